"""Makes crates/imaging/tests/forms: small files in the forms that scanners, phones and editors write, and what they should decode to.

    python forms.py CAT.png OUT

The rarer forms, of which many are refused by name, stand in edges.py.

CAT.png is any photo (the repository's files are made of scikit-image's chelsea, CC0). Wants opencv-python-headless 4.10.0.84,
Pillow 13, tifffile, imagecodecs, and the programs cjpeg, tiffcp and exiftool (Debian: libjpeg-turbo-progs, libtiff-tools,
libimage-exiftool-perl). Expected pixels come from OpenCV where it reads the file, else from Pillow; forms.tsv says which.
"""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import tifffile
from PIL import Image

import edges

OUT = Path(sys.argv[2])
ROWS = []
W, H = 37, 23
PHOTO = Image.open(sys.argv[1]).convert("RGB").resize((W, H), Image.BICUBIC)
RGB = np.asarray(PHOTO)
GREY = np.asarray(PHOTO.convert("L"))
YCBCR = np.asarray(PHOTO.convert("YCbCr"))
BITS = GREY > 120


def write(name, data):
    (OUT / name).write_bytes(data)


def by_opencv(name):
    picture = cv2.imread(str(OUT / name), cv2.IMREAD_COLOR)
    return None if picture is None else picture[:, :, ::-1]


def by_pillow(name, page=1):
    with Image.open(OUT / name) as picture:
        picture.seek(page - 1)
        return np.asarray(picture.convert("RGB"))


SEEN = {}


def expect(name, pixels, reference, levels=0, page=1, alpha="drop", note=""):
    key = pixels.tobytes() + bytes(str(pixels.shape), "ascii")
    if key not in SEEN:
        SEEN[key] = f"expected-{len(SEEN):02}.png"
        Image.fromarray(np.ascontiguousarray(pixels)).save(OUT / SEEN[key], optimize=True)
    ROWS.append((name, page, alpha, SEEN[key], levels, reference, note))


def check(name, levels=0, note="", page=1, pillow=False):
    """Expects what OpenCV makes of the file, or Pillow."""
    pixels = None if pillow or page > 1 else by_opencv(name)
    if pixels is None:
        expect(name, by_pillow(name, page), "Pillow", levels, page, note=note)
    else:
        expect(name, pixels, "OpenCV", levels, note=note)


def refuse(name, word, note=""):
    ROWS.append((name, 1, "drop", "refused", word, "", note))


def run(*command):
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def saved(picture, name, **options):
    picture.save(OUT / name, **options)


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_END = png_chunk(b"IEND", b"")


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def png():
    for bits in (1, 2, 4):
        levels = (GREY >> (8 - bits)).astype(np.uint8)
        rows = b"".join(b"\0" + pack(row, bits) for row in levels)
        head = struct.pack(">IIBBBBB", W, H, bits, 0, 0, 0, 0)
        write(f"grey{bits}.png", PNG_START + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(rows)) + PNG_END)
        check(f"grey{bits}.png")
    palette = PHOTO.quantize(16)
    saved(palette, "palette4-transparent.png", transparency=bytes([0, 128] + [255] * 14))
    check("palette4-transparent.png")
    shown = Image.open(OUT / "palette4-transparent.png").convert("RGBA")
    for ground, word in (((255, 0, 0), "on-ff0000"), ((255, 255, 255), "on-ffffff")):
        on = Image.new("RGBA", shown.size, ground + (255,))
        expect("palette4-transparent.png", np.asarray(Image.alpha_composite(on, shown).convert("RGB")), "Pillow", 1, alpha=word)
    saved(PHOTO.convert("RGBA"), "animated.png", save_all=True, append_images=[PHOTO.convert("RGBA").rotate(180)])
    check("animated.png", note="the first picture")
    for name, rows, bits, kind in (("interlaced-grey1", GREY >> 7, 1, 0), ("interlaced-rgb", RGB, 8, 2)):
        data = b""
        for x, y, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
            data += b"".join(b"\0" + pack(row.reshape(-1), bits) for row in rows[y::dy, x::dx])
        head = struct.pack(">IIBBBBB", W, H, bits, kind, 0, 0, 1)
        write(f"{name}.png", PNG_START + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(data, 9)) + PNG_END)
        check(f"{name}.png")
    plain = imagecodecs.png_encode(RGB, level=9)
    write("exif-behind-pixels.png", plain[:-12] + png_chunk(b"eXIf", exif(6)[6:]) + PNG_END)
    expect("exif-behind-pixels.png", np.rot90(RGB, -1), "the rule", note="OpenCV 4.10 reads eXIf before the pixels only")
    for orientation in range(1, 9):
        name = f"exif{orientation}.png"
        write(name, plain[:33] + png_chunk(b"eXIf", exif(orientation)[6:]) + plain[33:])
        check(name)
    write("rgb16.png", imagecodecs.png_encode(RGB.astype(np.uint16) * 257 - (RGB > 100) * np.uint16(100)))
    check("rgb16.png")


def pack(row, bits):
    digits = "".join(format(int(v), f"0{bits}b") for v in row)
    digits += "0" * (-len(digits) % 8)
    return int(digits, 2).to_bytes(len(digits) // 8, "big")


def cjpeg(name, *options, grey=False):
    Image.fromarray(GREY if grey else RGB).save("/tmp/forms.ppm")
    data = subprocess.run(["cjpeg", *options, "/tmp/forms.ppm"], check=True, capture_output=True).stdout
    write(name, data)


ADOBE = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"


def behind_start(data, segment):
    return data[:2] + segment + data[2:]


def without(data, *markers):
    """The file without these segments of its header."""
    result, at = data[:2], 2
    while data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] not in markers:
            result += data[at:end]
        at = end
    return result + data[at:]


def jpeg():
    cjpeg("grey.jpg", "-quality", "90", "-grayscale")
    grey = (OUT / "grey.jpg").read_bytes()
    for transform in (0, 1, 2, 3):
        name = f"grey-adobe{transform}.jpg"
        write(name, behind_start(without(grey, 0xE0), ADOBE + bytes([transform])))
        check(name, 1)
    (OUT / "grey.jpg").unlink()
    cjpeg("progressive.jpg", "-quality", "85", "-progressive")
    check("progressive.jpg", 5)
    for name, sample in (("420", "2x2"), ("422", "2x1"), ("440", "1x2"), ("411", "4x1"), ("410", "4x2")):
        cjpeg(f"{name}.jpg", "-quality", "90", "-sample", sample)
        check(f"{name}.jpg", {"411": 60, "410": 60}.get(name, 6))
    Path("/tmp/forms.scans").write_text("0;\n1;\n2;\n")
    cjpeg("one-scan-a-channel.jpg", "-quality", "90", "-sample", "1x1", "-scans", "/tmp/forms.scans")
    check("one-scan-a-channel.jpg", 2)
    cjpeg("restarts.jpg", "-quality", "90", "-restart", "1B")
    check("restarts.jpg", 5)
    cjpeg("rgb-by-names.jpg", "-quality", "90", "-rgb")
    check("rgb-by-names.jpg", 1)
    cjpeg("arithmetic.jpg", "-quality", "90", "-arithmetic")
    refuse("arithmetic.jpg", "arithmetic coding")
    # RGB by Adobe's transform 0, the components called 1, 2, 3.
    write("rgb-called-cmyk.jpg", renamed(behind_start(without((OUT / "rgb-by-names.jpg").read_bytes(), 0xE0, 0xEE), ADOBE + b"\0"), b"RGB", b"\1\2\3"))
    check("rgb-called-cmyk.jpg", 1, "three components whose Adobe marker says 0, which means CMYK for four")
    write("ycbcr-called-ycck.jpg", behind_start(without((OUT / "422.jpg").read_bytes(), 0xE0), ADOBE + b"\2"))
    check("ycbcr-called-ycck.jpg", 6)
    plain = (OUT / "422.jpg").read_bytes()
    write("bytes-between-segments.jpg", plain[:20] + b"\0" * 7 + plain[20:])
    check("bytes-between-segments.jpg", 6)
    cmyk = PHOTO.convert("CMYK")
    saved(cmyk, "cmyk-adobe.jpg", quality=95)
    check("cmyk-adobe.jpg", 4)
    write("cmyk-bare.jpg", without((OUT / "cmyk-adobe.jpg").read_bytes(), 0xEE))
    check("cmyk-bare.jpg", 4)
    write("ycck-adobe.jpg", imagecodecs.jpeg8_encode(255 - np.asarray(cmyk), level=95, colorspace="CMYK", outcolorspace="YCCK"))
    check("ycck-adobe.jpg", 5)
    write("ycck-adobe1.jpg", (OUT / "ycck-adobe.jpg").read_bytes().replace(ADOBE + b"\2", ADOBE + b"\1"))
    check("ycck-adobe1.jpg", 5)
    write("ycck-bare.jpg", without((OUT / "ycck-adobe.jpg").read_bytes(), 0xEE))
    check("ycck-bare.jpg", 5, "without its marker it is taken for CMYK, by everyone")
    write("12-bit.jpg", imagecodecs.jpeg8_encode(RGB.astype(np.uint16) * 16, level=90, bitspersample=12))
    refuse("12-bit.jpg", "12 bits a channel")
    write("lossless.jpg", imagecodecs.ljpeg_encode(GREY, bitspersample=8))
    refuse("lossless.jpg", "lossless coding")
    write("two-pictures.jpg", (OUT / "420.jpg").read_bytes() + (OUT / "422.jpg").read_bytes())
    check("two-pictures.jpg", 6, "as phones append a second picture")
    for orientation in range(1, 9):
        saved(PHOTO, f"exif{orientation}.jpg", quality=95, subsampling=0, exif=exif(orientation))
        check(f"exif{orientation}.jpg", 2)


def renamed(data, old, new):
    """Component names in the frame and scan headers replaced."""
    data = bytearray(data)
    for marker, first, step in ((0xC0, 10, 3), (0xDA, 5, 2)):
        at = data.index(bytes([0xFF, marker]))
        for i in range(3):
            assert data[at + first + i * step] == old[i]
            data[at + first + i * step] = new[i]
    return bytes(data)


def bare_tiff(name, bits, photometric, data, palette=None, samples=1, length=False):
    """One strip, no compression, as few fields as will do: where `length` is false, the strip's length is left out."""
    fields = [(256, 3, [W]), (257, 3, [H]), (258, 3, [bits] * samples), (259, 3, [1]), (262, 3, [photometric]), (273, 4, [8]), (277, 3, [samples])]
    if length:
        fields.append((279, 4, [len(data)]))
    if palette:
        fields.append((320, 3, palette))
    behind = 8 + len(data) + len(data) % 2
    entries, extra = b"", b""
    start = behind + 2 + 12 * len(fields) + 4
    for tag, kind, values in fields:
        body = struct.pack("<" + {3: "H", 4: "I"}[kind] * len(values), *values)
        if len(body) > 4:
            value = struct.pack("<I", start + len(extra))
            extra += body
        else:
            value = body.ljust(4, b"\0")
        entries += struct.pack("<HHI", tag, kind, len(values)) + value
    head = b"II*\0" + struct.pack("<I", behind)
    write(name, head + data + b"\0" * (len(data) % 2) + struct.pack("<H", len(fields)) + entries + b"\0" * 4 + extra)


def tiff():
    bilevel = Image.fromarray(BITS)
    bilevel.save("/tmp/forms-bits.tif")
    for name, options in (
        ("g4", ["-c", "g4"]),
        ("g3-1d", ["-c", "g3:1d"]),
        ("g3-2d", ["-c", "g3:2d"]),
        ("g3-2d-fill", ["-c", "g3:2d:fill"]),
        ("g4-lsb-first", ["-c", "g4", "-f", "lsb2msb"]),
        ("g3-lsb-first", ["-c", "g3:1d", "-f", "lsb2msb"]),
        ("bits-packbits", ["-c", "packbits"]),
        ("g4-strips", ["-c", "g4", "-r", "8"]),
    ):
        run("tiffcp", *options, "/tmp/forms-bits.tif", OUT / f"{name}.tif")
        check(f"{name}.tif")
    saved(bilevel, "huffman.tif", compression="tiff_ccitt")
    check("huffman.tif")
    # The other sense of black: the same data with PhotometricInterpretation turned round.
    for name in ("g4", "g3-1d"):
        data = bytearray((OUT / f"{name}.tif").read_bytes())
        at = data.index(struct.pack("<HHI", 262, 3, 1)) + 8
        data[at] ^= 1
        write(f"{name}-inverted.tif", bytes(data))
        check(f"{name}-inverted.tif")
    Image.fromarray(RGB).save("/tmp/forms-rgb.tif")
    for name, options in (
        ("lzw-differences", ["-c", "lzw:2"]),
        ("deflate-differences", ["-c", "zip:2"]),
        ("packbits", ["-c", "packbits"]),
        ("tiled", ["-t", "-w", "16", "-l", "16", "-c", "lzw"]),
        ("planes", ["-p", "separate", "-c", "lzw"]),
        ("planes-tiled", ["-p", "separate", "-t", "-w", "16", "-l", "32", "-c", "zip:2"]),
        ("big-endian", ["-B", "-c", "none"]),
        ("bigtiff", ["-8", "-c", "lzw"]),
        ("strips", ["-r", "5", "-c", "lzw"]),
    ):
        run("tiffcp", *options, "/tmp/forms-rgb.tif", OUT / f"{name}.tif")
        check(f"{name}.tif")
    saved(PHOTO, "jpeg.tif", compression="jpeg", quality=95)
    check("jpeg.tif", 4)
    run("tiffcp", "-c", "jpeg:r:95", "-t", "-w", "16", "-l", "16", "/tmp/forms-rgb.tif", OUT / "jpeg-rgb-tiled.tif")
    check("jpeg-rgb-tiled.tif", 2)
    tifffile.imwrite(OUT / "jpeg-grey.tif", GREY, compression="jpeg", compressionargs={"level": 95})
    check("jpeg-grey.tif", 1)
    tifffile.imwrite(OUT / "jpeg-ycbcr-subsampled.tif", RGB, photometric="ycbcr", compression="jpeg", compressionargs={"level": 95}, subsampling=(2, 2), tile=(16, 16))
    check("jpeg-ycbcr-subsampled.tif", 6)
    saved(PHOTO.quantize(200), "palette8.tif")
    check("palette8.tif")
    colors = (np.arange(48) * 1365).tolist()
    bare_tiff("palette4.tif", 4, 3, b"".join(pack(row, 4) for row in GREY >> 4), palette=colors)
    check("palette4.tif", pillow=True)
    for bits in (2, 4):
        bare_tiff(f"grey{bits}.tif", bits, 1, b"".join(pack(row, bits) for row in GREY >> (8 - bits)))
        check(f"grey{bits}.tif", pillow=True)
    subsampled = b""
    for y in range(0, H, 2):
        for x in range(0, W, 2):
            block = YCBCR[y : y + 2, x : x + 2]
            luma = np.pad(block[:, :, 0], ((0, 2 - block.shape[0]), (0, 2 - block.shape[1])), mode="edge")
            subsampled += luma.tobytes() + bytes([int(block[:, :, 1].mean()), int(block[:, :, 2].mean())])
    bare_tiff("ycbcr-subsampled.tif", 8, 6, subsampled, samples=3, length=True)
    check("ycbcr-subsampled.tif", 2)
    tifffile.imwrite(OUT / "grey8-inverted.tif", GREY, photometric="miniswhite")
    check("grey8-inverted.tif", pillow=True)
    deep = GREY.astype(np.uint16) * 257 - 3
    tifffile.imwrite(OUT / "grey16-differences.tif", deep, photometric="minisblack", compression="lzw", predictor=True)
    check("grey16-differences.tif")
    tifffile.imwrite(OUT / "rgb16-big-endian.tif", RGB.astype(np.uint16) * 257 - 3, byteorder=">", compression="deflate", predictor=True)
    check("rgb16-big-endian.tif")
    saved(PHOTO.convert("CMYK"), "cmyk.tif", compression="tiff_lzw")
    check("cmyk.tif", 1)
    pages = [PHOTO, PHOTO.convert("L"), bilevel]
    saved(pages[0], "pages.tif", save_all=True, append_images=pages[1:], compression="tiff_deflate")
    for page in (1, 2, 3):
        check("pages.tif", page=page, pillow=True)
    for orientation in range(1, 9):
        saved(PHOTO, f"orientation{orientation}.tif", compression="tiff_lzw", tiffinfo={274: orientation})
        check(f"orientation{orientation}.tif", pillow=True)
    rgba = np.dstack([RGB, np.tile(np.linspace(0, 255, W).astype(np.uint8), (H, 1))])
    tifffile.imwrite(OUT / "alpha.tif", rgba, photometric="rgb", extrasamples=["unassalpha"], compression="deflate")
    expect("alpha.tif", RGB, "the rule")
    on = Image.new("RGBA", PHOTO.size, (0, 0, 255, 255))
    expect("alpha.tif", np.asarray(Image.alpha_composite(on, Image.fromarray(rgba)).convert("RGB")), "Pillow", 1, alpha="on-0000ff")
    tifffile.imwrite(OUT / "float.tif", RGB.astype(np.float32) / 255, photometric="rgb")
    refuse("float.tif", "samples of 32 bits")
    tifffile.imwrite(OUT / "zstandard.tif", RGB, photometric="rgb", compression="zstd")
    refuse("zstandard.tif", "Zstandard compression")
    tifffile.imwrite(OUT / "lab.tif", RGB, photometric="cielab")
    refuse("lab.tif", "L*a*b* colors")
    write("old-jpeg.tif", (OUT / "jpeg.tif").read_bytes().replace(struct.pack("<HHI", 259, 3, 1) + b"\7", struct.pack("<HHI", 259, 3, 1) + b"\6"))
    refuse("old-jpeg.tif", "old-style JPEG compression")


def bmp():
    def file(bits, compression, body, palette=b"", masks=b"", height=H):
        offset = 14 + 40 + len(masks) + len(palette)
        head = struct.pack("<2sIHHI", b"BM", offset + len(body), 0, 0, offset)
        info = struct.pack("<IiiHHIIiiII", 40, W, height, 1, bits, compression, len(body), 2835, 2835, len(palette) // 4, 0)
        return head + info + masks + palette + body

    def padded(rows):
        return b"".join(row + b"\0" * (-len(row) % 4) for row in rows)

    indexed = PHOTO.quantize(16)
    table = np.array(indexed.getpalette()[: 16 * 3], np.uint8).reshape(-1, 3)
    palette = b"".join(bytes([b, g, r, 0]) for r, g, b in table.tolist())
    index = np.asarray(indexed)
    # Rows of runs and literals, with a delta and an early end of line in the last.
    rle8 = bytearray()
    for row in index[::-1]:
        at = 0
        while at < W:
            run_length = 1
            while at + run_length < W and row[at + run_length] == row[at]:
                run_length += 1
            if run_length > 2 or at + 3 > W:
                rle8 += bytes([run_length, row[at]])
                at += run_length
            else:
                rle8 += bytes([0, 3]) + bytes(row[at : at + 3].tolist()) + b"\0"
                at += 3
        rle8 += b"\0\0"
    rle8 += b"\0\1"
    write("rle8.bmp", file(8, 1, bytes(rle8), palette))
    check("rle8.bmp")
    rle4 = bytearray()
    for row in index[::-1]:
        for at in range(0, W - 1, 2):
            rle4 += bytes([2, (int(row[at]) << 4) | int(row[at + 1])])
        rle4 += bytes([1, int(row[W - 1]) << 4, 0, 0])
    rle4 += b"\0\1"
    write("rle4.bmp", file(4, 2, bytes(rle4), palette))
    check("rle4.bmp")
    r, g, b = (RGB[::-1, :, i].astype(np.uint16) for i in range(3))
    five = (r >> 3 << 10) | (g >> 3 << 5) | (b >> 3)
    write("rgb555.bmp", file(16, 0, padded([row.astype("<u2").tobytes() for row in five])))
    check("rgb555.bmp", pillow=True, note="OpenCV shifts (31 → 248), Pillow and we stretch (31 → 255)", levels=1)
    six = (r >> 3 << 11) | (g >> 2 << 5) | (b >> 3)
    write("rgb565.bmp", file(16, 3, padded([row.astype("<u2").tobytes() for row in six]), masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
    check("rgb565.bmp", pillow=True, note="as rgb555.bmp", levels=1)
    write("top-down.bmp", file(24, 0, padded([row.tobytes() for row in RGB[:, :, ::-1]]), height=-H))
    check("top-down.bmp")
    rgba = np.dstack([RGB[::-1, :, ::-1], np.full((H, W), 200, np.uint8)])
    write("32-bit.bmp", file(32, 0, rgba.tobytes()))
    check("32-bit.bmp")
    core = struct.pack("<2sIHHIIHHHH", b"BM", 0, 0, 0, 26, 12, W, H, 1, 24) + padded([row.tobytes() for row in RGB[::-1, :, ::-1]])
    write("os2.bmp", core)
    check("os2.bmp", pillow=True)


def gif():
    frames = [PHOTO.quantize(64), PHOTO.rotate(180).quantize(64)]
    saved(frames[0], "animated.gif", save_all=True, append_images=frames[1:], duration=100)
    check("animated.gif", pillow=True)
    saved(PHOTO.quantize(64), "transparent.gif", transparency=3)
    check("transparent.gif", pillow=True)
    # A first frame that covers part of the canvas.
    data = bytearray((OUT / "animated.gif").read_bytes())
    data[6:10] = struct.pack("<HH", 60, 40)
    write("small-frame.gif", bytes(data))
    canvas = np.zeros((40, 60, 3), np.uint8)
    canvas[:H, :W] = by_pillow("animated.gif")
    expect("small-frame.gif", canvas, "the rule", note="what no frame covers is black")


def webp():
    saved(PHOTO, "lossy.webp", quality=80)
    check("lossy.webp")
    saved(PHOTO, "animated.webp", save_all=True, append_images=[PHOTO.rotate(180)], lossless=True)
    check("animated.webp", pillow=True)
    for orientation in range(1, 9):
        saved(PHOTO, f"exif{orientation}.webp", lossless=True, exif=exif(orientation))
        turned = Image.open(OUT / f"exif{orientation}.webp")
        from PIL import ImageOps

        expect(f"exif{orientation}.webp", np.asarray(ImageOps.exif_transpose(turned).convert("RGB")), "Pillow", note="OpenCV 4.10 leaves WebP as stored")
    rgba = Image.fromarray(np.dstack([RGB, np.tile(np.linspace(0, 255, W).astype(np.uint8), (H, 1))]))
    saved(rgba, "alpha.webp", lossless=True, exact=True)
    expect("alpha.webp", RGB, "the rule")


def pnm():
    saved(PHOTO, "colors.ppm")
    check("colors.ppm")
    saved(PHOTO.convert("L"), "grey.pgm")
    check("grey.pgm")
    saved(Image.fromarray(BITS), "bits.pbm")
    check("bits.pbm")
    write("text.ppm", b"P3\n# a comment\n2 1\n255\n255 0 0  0 128 255\n")
    check("text.ppm")
    write("arbitrary.pam", b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n" + bytes([255, 0, 0, 0, 128, 255]))
    expect("arbitrary.pam", np.array([[[255, 0, 0], [0, 128, 255]]], np.uint8), "the rule")


OUT.mkdir(parents=True, exist_ok=True)
for old in OUT.iterdir():
    old.unlink()
for make in (png, jpeg, tiff, bmp, gif, webp, pnm):
    make()
edges.make(sys.modules[__name__])
with open(OUT / "forms.tsv", "w") as table:
    table.write("file\tpage\talpha\texpected\tlevels, or what the message names\treference\tnote\n")
    for row in ROWS:
        table.write("\t".join(map(str, row)) + "\n")
print(len(ROWS), "rows,", sum(f.stat().st_size for f in OUT.iterdir()), "bytes")
