"""Renders pages with known text: python render.py OUT [PART…]; parts: spaces, pages, long, transparency, awkward, sample.

Beside each picture lies NAME.truth.json: its lines with their quads, and under `reading` what a person would read off it where the order
or the rows of the lines are the point. Wants Pillow, and fonts of Debian's (drawing.py names them).
"""

import itertools
import sys
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw

import texts
from drawing import CHINESE, Page, font, save, spoiled

LATIN = ["DejaVuSans.ttf", "DejaVuSerif.ttf", "LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf"]
SPOILS = {"clean": {}, "blur": {"blur": 0.7}, "jpeg": {"jpeg": 55}, "both": {"blur": 0.6, "jpeg": 60}}


def spaced(sentences, name, dpi, gap, ink="black", ground="white", points=11):
    """A page of sentences; gap None: the font's own space."""
    size = points * dpi / 72
    page = Page(round(7.2 * dpi), round(len(sentences) * 1.7 * size + 2 * size), ground)
    for row, sentence in enumerate(sentences):
        page.line(sentence, size, size + 1.7 * size * row, size, name, gap=gap, ink=ink)
    return page


def spaces(out):
    languages = {"en": (texts.ENGLISH, LATIN), "de": (texts.GERMAN, LATIN), "mixed": (texts.CHINESE + texts.MIXED, [CHINESE])}
    for language, (sentences, fonts) in languages.items():
        settings = itertools.product(fonts, [70, 100, 150], [None, 0.2, 0.15, 0.1])
        for number, (name, dpi, gap) in enumerate(settings):
            page = spaced(sentences, name, dpi, gap)
            for spoil, how in SPOILS.items():
                setting = "own" if gap is None else f"{gap:.2f}em"
                face = name.split(".")[0].split("-")[0]
                save(spoiled(page.finished(), **how), page.lines, out / f"{language}-{face}-{dpi}dpi-{setting}-{spoil}.png")
    for name, face in [("DejaVuSansMono.ttf", "mono"), ("LiberationMono-Regular.ttf", "mono2"), ("DejaVuSans-Bold.ttf", "bold")]:
        page = spaced(texts.ENGLISH, name, 100, None, points=9)
        save(page.finished(), page.lines, out / f"en-{face}-100dpi-own-clean.png")
    page = spaced(texts.ENGLISH, LATIN[0], 100, 0.2, ink="white", ground=(40, 60, 110))
    save(spoiled(page.finished(), jpeg=60), page.lines, out / "en-DejaVuSans-100dpi-0.20em-light.png")


def prose_columns(columns, degrees=0.0):
    width, size = 900, 17
    page = Page(width, 620)
    page.line("How a page is read", width / 2, 30, 34, "DejaVuSerif-Bold.ttf", center=True)
    room = (width - 80 - 40 * (columns - 1)) / columns
    rows = textwrap.wrap(texts.PROSE, int(room / (0.53 * size)))
    each = -(-len(rows) // columns)
    for index, row in enumerate(rows):
        column, line = divmod(index, each)
        page.line(row, 40 + column * (room + 40), 100 + 1.45 * size * line, size, "DejaVuSerif.ttf")
    page.line("Printed for a test of reading order", width / 2, 580, 14, center=True)
    blocks = ["\n".join(rows[at:at + each]) for at in range(0, len(rows), each)]
    reading = "\n\n".join(["How a page is read", *blocks, "Printed for a test of reading order"])
    image = page.finished()
    if degrees:
        image = image.rotate(-degrees, Image.BICUBIC, expand=True, fillcolor="white")
        return image, [{"text": line["text"], "quad": None} for line in page.lines], reading
    return image, page.lines, reading


def receipt(width=420):
    sizes = [0 if not left else 26 if left.isupper() and not right else 21 if left.startswith("TOTAL") else 17 for left, right in texts.RECEIPT]
    steps = [1.55 * size or 16 for size in sizes]
    page = Page(width, 600, (250, 249, 245))
    y, reading = 24, []
    for (left, right), size, step in zip(texts.RECEIPT, sizes, steps):
        face = "DejaVuSansMono-Bold.ttf" if size > 17 else "DejaVuSansMono.ttf"
        if left:
            page.line(left, 24 if right else width / 2, y, size, face, ink=(30, 30, 34), center=not right)
        if right:
            page.line(right, width - 24, y, size, face, ink=(30, 30, 34), right=True)
        reading.append(f"{left} {right}" if right else left)
        y += step
    return page, "\n".join(reading).strip()


def slide():
    page = Page(1280, 720, (245, 247, 250))
    title, points = texts.SLIDE
    page.pen.rectangle((0, 0, 1280 * 4, 16 * 4), fill=(20, 90, 160))
    page.line(title, 80, 80, 52, "DejaVuSans-Bold.ttf", ink=(20, 40, 80))
    for row, point in enumerate(points):
        page.line(f"• {point}", 110, 220 + 85 * row, 34, ink=(40, 40, 40))
    page.line("7", 1200, 660, 20, ink=(120, 120, 120))
    return page, "\n".join([title, "", *(f"• {point}" for point in points), "", "7"])


def pages(out):
    for columns in (2, 3):
        for degrees in (0.0, 2.0, -3.0):
            image, lines, reading = prose_columns(columns, degrees)
            turned = f"-turned{degrees:+.0f}" if degrees else ""
            save(image, lines, out / f"columns-{columns}{turned}.png", reading)
    page, reading = receipt()
    save(page.finished(), page.lines, out / "receipt.png", reading)
    image = page.finished().rotate(2.0, Image.BICUBIC, expand=True, fillcolor=(120, 100, 80))
    save(spoiled(image, blur=0.6, jpeg=70), [dict(line, quad=None) for line in page.lines], out / "receipt-turned-2.png", reading)
    page, reading = slide()
    save(page.finished(), page.lines, out / "slide.png", reading)
    samples = [("en", texts.ENGLISH, LATIN[2]), ("de", texts.GERMAN, LATIN[3]), ("mixed", texts.MIXED, CHINESE), ("zh", texts.CHINESE, CHINESE)]
    for dpi in (70, 100, 150):
        for name, sentences, face in samples:
            page = spaced(sentences, face, dpi, None)
            save(page.finished(), page.lines, out / f"{name}-{dpi}dpi.png", "\n".join(sentences))
    papers = [spaced(texts.ENGLISH[at:at + 6], LATIN[0], 100, None) for at in (0, 6, 12)]
    images = [page.finished() for page in papers]
    lines = [dict(line, page=number) for number, page in enumerate(papers, 1) for line in page.lines]
    save(images[0], lines, out / "three-pages.tif", save_all=True, append_images=images[1:], compression="tiff_lzw")


def long(out):
    page = Page(600, 15000, (236, 229, 221))
    y, row = 40, 0
    while y < 14900:
        text, mine = texts.MESSAGES[row % len(texts.MESSAGES)], row % 3 == 1
        text = f"{text} ({row})"
        x = 570 if mine else 40
        width = font("DejaVuSans.ttf", 22 * 4).getlength(text) / 4
        left = x - width if mine else x
        page.pen.rounded_rectangle([v * 4 for v in (left - 14, y - 10, left + width + 14, y + 36)], 40, fill=(220, 248, 198) if mine else "white")
        page.line(text, x, y, 22, right=mine, ink=(17, 27, 33))
        y, row = y + 66 + (30 if row % 7 == 6 else 0), row + 1
    save(page.finished(), page.lines, out / "screenshot-600x15000.png", "\n".join(line["text"] for line in page.lines), optimize=True)
    strip = Page(1920, 60, "black")
    subtitle = "And then, out of nowhere, the whole crowd began to sing along with the band on the little stage."
    strip.line(subtitle, 960, 12, 32, "DejaVuSans-Bold.ttf", ink="white", center=True)
    save(strip.finished(), strip.lines, out / "strip-1920x60.png")
    strip = Page(1920, 60, (30, 30, 30))
    for text, x in [("Markets close higher", 30), ("Rain expected in the north", 620), ("Trains late after storm", 1300)]:
        strip.line(text, x, 14, 30, ink=(255, 220, 0))
    save(strip.finished(), strip.lines, out / "ticker-1920x60.png", "Markets close higher Rain expected in the north Trains late after storm")


def transparency(out):
    """Letters on a transparent ground. Under full transparency lies black or white, as editors leave it."""
    sentences = texts.ENGLISH[:5]
    page = spaced(sentences, "DejaVuSans.ttf", 120, None)
    cover = page.finished().convert("L").point(lambda v: 255 - v)
    for ink, under in [("white", "white"), ("white", "black"), ("black", "black"), ("black", "white")]:
        image = Image.new("RGB", cover.size, under)
        image.paste(ink, mask=cover.point(lambda v: 255 if v else 0))
        image.putalpha(cover)
        save(image, page.lines, out / f"{ink}-on-transparent-{under}.png")
    flat = page.finished().convert("L").point(lambda v: 1 if v < 128 else 0).convert("L")
    palette = Image.new("P", flat.size, 0)
    palette.putpalette([0, 0, 0, 0, 0, 0])
    palette.paste(1, mask=flat.point(lambda v: 255 * v))
    save(palette, page.lines, out / "palette-black-on-transparent.png", transparency=0)
    colors = spaced(sentences, "DejaVuSans.ttf", 120, None, ink=(200, 220, 255), ground=(20, 20, 60))
    save(colors.finished().quantize(16), colors.lines, out / "palette-light-on-dark.png")


def awkward(out):
    """The twelve inputs of the list: blank, one letter, turned, vertical, light on dark, tiny, no text, grey, RGBA, one pixel, EXIF."""
    save(Image.new("RGB", (800, 600), "white"), [], out / "01-blank.png", "")
    page = Page(120, 120)
    page.line("A", 60, 25, 60, center=True)
    save(page.finished(), page.lines, out / "02-one-letter.png", "A")
    page = spaced(texts.ENGLISH[:8], LATIN[2], 110, None)
    reading = "\n".join(texts.ENGLISH[:8])
    turned = [dict(line, quad=None) for line in page.lines]
    save(page.finished().transpose(Image.Transpose.ROTATE_270), turned, out / "03-turned-90.png", reading)
    columns = ["春眠不觉晓处处闻啼鸟", "夜来风雨声花落知多少"]
    image, lines = Image.new("RGB", (220, 420), "white"), []
    for index, column in enumerate(columns):
        x = 130 - 70 * index
        for row, letter in enumerate(column):
            ImageDraw.Draw(image).text((x, 20 + 38 * row), letter, font=font(CHINESE, 32), fill="black")
        lines.append({"text": column, "quad": [[x, 20], [x + 32, 20], [x + 32, 396], [x, 396]]})
    save(image, lines, out / "04-vertical-chinese.png", "\n".join(columns))
    page = spaced(texts.ENGLISH[:8], LATIN[0], 110, None, ink="white", ground="black")
    save(page.finished(), page.lines, out / "05-white-on-black.png", reading)
    page = spaced(texts.ENGLISH[:8], LATIN[0], 8 * 72 / 11, None)
    save(page.finished(), page.lines, out / "06-tiny-8px.png", reading)
    drops = Image.effect_noise((640, 480), 90).resize((640, 480)).convert("RGB")
    drops = Image.composite(drops, Image.linear_gradient("L").resize((640, 480)).convert("RGB"), Image.radial_gradient("L").resize((640, 480)))
    save(spoiled(drops, blur=6), [], out / "07-no-text.jpg", "", quality=85)
    page = spaced(texts.ENGLISH[:8], LATIN[3], 110, None)
    save(page.finished().convert("L"), page.lines, out / "08-grey.png", reading)
    save(page.finished().convert("RGBA"), page.lines, out / "09-rgba.png", reading)
    save(Image.new("RGB", (1, 1), "white"), [], out / "10-one-pixel.png", "")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = [dict(line, quad=None) for line in page.lines]
    save(page.finished().transpose(Image.Transpose.ROTATE_90), turned, out / "11-exif-turned.jpg", reading, quality=90, exif=exif)
    save(page.finished().rotate(180), turned, out / "12-upside-down.png", reading)


def sample(out):
    """The receipt that the README reads: docs/receipt.png."""
    page, reading = receipt()
    image = page.finished().quantize(64)
    out.mkdir(parents=True, exist_ok=True)
    image.save(out / "receipt.png", optimize=True)
    (out / "receipt.txt").write_text(reading + "\n", encoding="utf-8")


PARTS = {"spaces": spaces, "pages": pages, "long": long, "transparency": transparency, "awkward": awkward, "sample": sample}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    for part in sys.argv[2:] or PARTS:
        PARTS[part](Path(sys.argv[1]) / part)
