"""The rarer forms of forms.py: what decoders disagree on or get wrong, and what is refused by name."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def make(f):
    for part in (jpeg, tiff, png, others):
        part(f)


def segment(marker, body):
    return bytes([255, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(f):
    for name, script, sample, word in (
        ("scans-subsampled", "0;1;2;", "2x2", "subsampled components in a scan each"),
        ("scans-reversed", "2;1;0;", "1x1", "scans in another order"),
    ):
        script_path = f.OUT / "scans"
        script_path.write_text(script)
        f.cjpeg(f"{name}.jpg", "-quality", "90", "-sample", sample, "-scans", script_path)
        script_path.unlink()
        f.refuse(f"{name}.jpg", word)
    for name, sample, word in (
        ("luma-low", "1x1,2x1,1x1", "brightness sampled lower than color"),
        ("luma-low-both", "1x1,2x2,2x2", "brightness sampled lower than color"),
        ("thirds", "3x1", "components sampled by thirds"),
        ("two-of-four-rows", "1x4,1x2,1x2", "this sampling of its components"),
    ):
        f.cjpeg(f"{name}.jpg", "-quality", "90", "-sample", sample)
        f.refuse(f"{name}.jpg", word)
    f.cjpeg("luma-fewer-rows.jpg", "-quality", "90", "-sample", "2x1,1x2,1x1")
    f.check("luma-fewer-rows.jpg", 8)
    f.cjpeg("standard.jpg", "-quality", "90", "-sample", "1x1")
    plain = (f.OUT / "standard.jpg").read_bytes()
    (f.OUT / "standard.jpg").unlink()
    f.write("motion.jpg", f.without(plain, 0xC4))
    f.check("motion.jpg", 2, "a frame of Motion-JPEG: no Huffman tables, the standard's are meant")
    at = plain.index(b"\xff\xc0") + 5
    f.write("dnl.jpg", plain[:at] + b"\0\0" + plain[at + 2 : -2] + segment(0xDC, struct.pack(">H", f.H)) + plain[-2:])
    f.refuse("dnl.jpg", "behind the first scan (DNL)")


def pages(name, f, *directories):
    """A TIFF file of these pages: (fields, strips) each; a field is (tag, kind, values), kind 3, 4 or 5 (pairs). The strips' places are
    filled in where a field 273 is None."""
    data, link = bytearray(b"II*\0\0\0\0\0"), 4
    for fields, strips in directories:
        places = []
        for strip in strips:
            places.append(len(data))
            data += strip + b"\0" * (len(strip) % 2)
        entries = b""
        for tag, kind, values in sorted(fields, key=lambda field: field[0]):
            values = places if values is None else values
            body = b"".join(struct.pack({3: "<H", 4: "<I", 5: "<II"}[kind], *(v if kind == 5 else (v,))) for v in values)
            if len(body) > 4:
                place = struct.pack("<I", len(data))
                data += body + b"\0" * (len(body) % 2)
            else:
                place = body.ljust(4, b"\0")
            entries += struct.pack("<HHI", tag, kind, len(values)) + place
        data[link : link + 4] = struct.pack("<I", len(data))
        data += struct.pack("<H", len(fields)) + entries + b"\0" * 4
        link = len(data) - 4
    f.write(name, bytes(data))


def fields(f, photometric, samples=1, compression=1, lengths=None, rows=None, size=None, more=()):
    width, height = size or (f.W, f.H)
    result = [(256, 3, [width]), (257, 3, [height]), (258, 3, [8] * samples), (259, 3, [compression]), (262, 3, [photometric])]
    result += [(273, 4, None), (277, 3, [samples]), *more]
    if lengths is not None:
        result.append((279, 4, lengths))
    if rows is not None:
        result.append((278, 3, [rows]))
    return result


def tiff(f):
    grey = f.GREY.tobytes()
    # Adobe's marker inside says RGB; the page says YCbCr.
    Image.fromarray(f.RGB).save(inside := io.BytesIO(), "jpeg", quality=95, subsampling=0)
    stream = f.behind_start(f.without(inside.getvalue(), 0xE0), f.ADOBE + b"\0")
    pages("jpeg-adobe-inside.tif", f, (fields(f, 6, 3, 7, [len(stream)], more=[(530, 3, [1, 1])]), [stream]))
    f.check("jpeg-adobe-inside.tif", 2)
    ycbcr = f.YCBCR.tobytes()
    luma, range_ = (529, 5, [(2126, 10000), (7152, 10000), (722, 10000)]), (532, 5, [(v, 1) for v in (16, 235, 128, 240, 128, 240)])
    for name, field in (("ycbcr-bt709", luma), ("ycbcr-video-range", range_)):
        pages(f"{name}.tif", f, (fields(f, 6, 3, 1, [len(ycbcr)], more=[(530, 3, [1, 1]), field]), [ycbcr]))
        f.check(f"{name}.tif", 3, "Pillow leaves the field out of account")
    # Lengths and rows as careless writers leave them.
    pages("length-0.tif", f, (fields(f, 1, lengths=[0]), [grey]))
    pages("length-too-great.tif", f, (fields(f, 1, lengths=[len(grey) + 999]), [grey]))
    pages("rows-0.tif", f, (fields(f, 1, lengths=[len(grey)], rows=0), [grey]))
    strips = [grey[i * 5 * f.W : (i + 1) * 5 * f.W] for i in range((f.H + 4) // 5)]
    pages("strips-without-lengths.tif", f, (fields(f, 1, rows=5), strips))
    for name in ("length-0", "length-too-great", "rows-0", "strips-without-lengths"):
        f.check(f"{name}.tif", pillow=True)
    # GIF packs like LZW before TIFF 5.0 did.
    Image.fromarray(f.GREY).save(packed := io.BytesIO(), "gif", optimize=False)
    blocks, old = packed.getvalue(), b""
    at = blocks.index(b"\x2c" + struct.pack("<HHHH", 0, 0, f.W, f.H)) + 10
    assert blocks[at] == 8
    at += 1
    while blocks[at]:
        old += blocks[at + 1 : at + 1 + blocks[at]]
        at += 1 + blocks[at]
    pages("lzw-old.tif", f, (fields(f, 1, 1, 5, [len(old)]), [old]))
    f.check("lzw-old.tif", note="as written before TIFF 5.0, the lowest bit first")
    for compression, word in ((34887, "LERC compression"), (50002, "JPEG XL compression")):
        name = word.split(" c")[0].lower().replace(" ", "-")
        pages(f"{name}.tif", f, (fields(f, 1, 1, compression, [len(grey)]), [grey]))
        f.refuse(f"{name}.tif", word)
    small = f.GREY[::4, ::4]
    thumb = (fields(f, 1, lengths=[small.size], size=small.shape[::-1], more=[(254, 4, [1])]), [small.tobytes()])
    full = lambda pixels: (fields(f, 1, lengths=[pixels.size]), [pixels.tobytes()])
    pages("thumbnails.tif", f, thumb, full(f.GREY), thumb, full(f.GREY[::-1]))
    for page, pixels in ((1, f.GREY), (2, f.GREY[::-1])):
        f.expect("thumbnails.tif", np.repeat(pixels[:, :, None], 3, 2), "the rule", page=page, note="reduced copies are no pages")


def png(f):
    head = struct.pack(">IIBBBBB", f.W, f.H, 8, 2, 0, 0, 0)
    data = f.png_chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in f.RGB), 9)) + f.PNG_END
    start = f.PNG_START + f.png_chunk(b"IHDR", head)
    f.write("apple.png", f.PNG_START + f.png_chunk(b"CgBI", b"\x50\0\x20\x02") + f.png_chunk(b"IHDR", head) + data)
    f.refuse("apple.png", "Apple's own compression (CgBI)")
    block = f.exif(6)
    profile = f"\nexif\n{len(block):8}\n{block.hex()}\n".encode()
    f.write("raw-profile.png", start + f.png_chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile)) + data)
    xmp = b'XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    f.write("xmp.png", start + f.png_chunk(b"iTXt", xmp) + data)
    for name in ("raw-profile.png", "xmp.png"):
        f.expect(name, np.rot90(f.RGB, -1), "the rule", note="as Pillow's exif_transpose; OpenCV reads eXIf only")


def others(f):
    body = b"".join(row.tobytes().ljust((3 * f.W + 3) // 4 * 4, b"\0") for row in f.RGB[::-1, :, ::-1])
    info = struct.pack("<IiiHHIIiiII", 64, f.W, f.H, 1, 24, 0, len(body), 0, 0, 0, 0).ljust(64, b"\0")
    f.write("os2-2.bmp", struct.pack("<2sIHHI", b"BM", 78 + len(body), 0, 0, 78) + info + body)
    f.refuse("os2-2.bmp", "a header of OS/2 2.0 (64 bytes)")
    rgba = np.dstack([f.RGB[::-1], np.full((f.H, f.W), 255, np.uint8)]).tobytes()
    info = struct.pack("<IiiHHIIiiII", 40, f.W, f.H, 1, 32, 6, len(rgba), 0, 0, 0, 0) + struct.pack("<IIII", 255, 255 << 8, 255 << 16, 255 << 24)
    f.write("alpha-masks.bmp", struct.pack("<2sIHHI", b"BM", 70 + len(rgba), 0, 0, 70) + info + rgba)
    f.refuse("alpha-masks.bmp", "BI_ALPHABITFIELDS")
    data = bytearray((f.OUT / "animated.gif").read_bytes())
    data[6:10] = struct.pack("<HH", 20, 10)
    f.write("large-frame.gif", bytes(data))
    f.refuse("large-frame.gif", "on a canvas of 20×10")
    rows = "\n".join(" ".join(map(str, row)) + " # a row" for row in f.GREY[:4, :5])
    f.write("comments.pgm", f"P2 5 4 # width and height\n255\n{rows}\n".encode())
    f.expect("comments.pgm", np.repeat(f.GREY[:4, :5, None], 3, 2), "the rule")
