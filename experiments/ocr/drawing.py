"""Drawing lines of text whose places are known. Fonts are the system's: Debian's fonts-dejavu-core, fonts-dejavu-extra,
fonts-liberation and fonts-wqy-microhei; none of them is in this repository."""

import io
import json
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FOLDERS = ["/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype/liberation", "/usr/share/fonts/truetype/wqy"]
CHINESE = "wqy-microhei.ttc"
FINE = 4  # pages are drawn so many times larger and made smaller, so that letters may stand between pixels


def font(name, size):
    for folder in FOLDERS:
        path = Path(folder) / name
        if path.exists():
            return ImageFont.truetype(str(path), size)
    raise SystemExit(f"the font {name} is missing: apt-get install fonts-dejavu-core fonts-dejavu-extra fonts-liberation fonts-wqy-microhei")


class Page:
    """A page on which each drawn line is remembered with the box of its ink. Numbers are pixels of the finished page."""

    def __init__(self, width, height, ground="white"):
        self.size = (width, height)
        self.image = Image.new("RGB", (width * FINE, height * FINE), ground)
        self.pen = ImageDraw.Draw(self.image)
        self.lines = []

    def line(self, text, x, y, size, name="DejaVuSans.ttf", ink="black", gap=None, right=False, center=False, known=True):
        """Draws a line whose letters begin at x, or end there (right), or have their middle there. gap: between words, in em."""
        face = font(name, round(size * FINE))
        words = [text] if gap is None else text.split(" ")
        room = 0 if gap is None else gap * size * FINE
        width = sum(face.getlength(word) for word in words) + room * (len(words) - 1)
        pen_x = x * FINE - (width if right else width / 2 if center else 0)
        boxes = []
        for word in words:
            self.pen.text((pen_x, y * FINE), word, font=face, fill=ink)
            boxes.append(self.pen.textbbox((pen_x, y * FINE), word, font=face))
            pen_x += face.getlength(word) + room
        if known:
            edges = [min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)]
            x0, y0, x1, y1 = (edge / FINE for edge in edges)
            self.lines.append({"text": text, "quad": [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]})
        return width / FINE

    def finished(self):
        return self.image.resize(self.size, Image.BOX)


def spoiled(image, blur=0.0, jpeg=None):
    """The picture after a soft lens and a thrifty camera."""
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    if jpeg:
        packed = io.BytesIO()
        image.save(packed, "JPEG", quality=jpeg)
        image = Image.open(packed).convert("RGB")
    return image


def save(image, lines, path, reading=None, **options):
    """Writes the picture and, beside it, NAME.truth.json: its lines, and what a person would read off it where that is more."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    truth = {"picture": path.name, "size": list(image.size), "lines": lines}
    if reading is not None:
        truth["reading"] = reading
    path.with_suffix(".truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
