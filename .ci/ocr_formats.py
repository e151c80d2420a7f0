#!/usr/bin/env python3
"""Holds what `vtk ocr --format …` writes to the formats' own checks: python3 .ci/ocr_formats.py VTK [PICTURE…]

hOCR by the hocr-spec tool, ALTO against the Library of Congress's schema (docs/schemas), TSV against tesseract's columns and levels; and
all three must hold the same words. Wants the Python packages hocr-spec (with setuptools) and lxml. Without pictures it takes those of
docs that hold text.
"""
import csv
import io
import os
import subprocess
import sys
import tempfile

from lxml import etree

COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text".split()
XHTML = "{http://www.w3.org/1999/xhtml}"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"


def written(vtk, form, pictures):
    done = subprocess.run([vtk, "ocr", "--quiet", "--format", form, *pictures], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"vtk ocr --format {form} ended with status {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def tsv_words(data):
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    if rows[0] != COLUMNS:
        sys.exit(f"TSV: the columns are {rows[0]}")
    words, last = [], [0] * 5
    for row in rows[1:]:
        if len(row) != len(COLUMNS):
            sys.exit(f"TSV: {len(row)} columns: {row}")
        level, *numbers = map(int, row[:6])
        left, top, width, height = map(int, row[6:10])
        if not 1 <= level <= 5 or min(left, top, width, height) < 0 or any(numbers[level:]) or not all(numbers[:level]):
            sys.exit(f"TSV: {row}")
        # Within its parent each part is the one after the last of its level.
        if numbers[:level - 1] != last[:level - 1] or numbers[level - 1] != last[level - 1] + 1:
            sys.exit(f"TSV: {row} does not follow {last}")
        last = numbers
        if (level == 5) != (0 <= float(row[10]) <= 100) or (level == 5) != bool(row[11]):
            sys.exit(f"TSV: only words have a confidence and a text: {row}")
        if level == 5:
            words.append(row[11])
    return words


def hocr_words(data):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.hocr")
        with open(path, "wb") as file:
            file.write(data)
        program = "import sys; from hocr_spec.cli import main; sys.exit(main())"
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", program, path], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"hOCR: {done.stdout}{done.stderr}")
    return [element.text for element in etree.fromstring(data).iter(XHTML + "span") if element.get("class") == "ocrx_word"]


def alto_words(data):
    schema = etree.XMLSchema(etree.parse("docs/schemas/alto-4-4.xsd"))
    document = etree.fromstring(data)
    if not schema.validate(document):
        sys.exit(f"ALTO: {schema.error_log}")
    return [element.get("CONTENT") for element in document.iter(ALTO + "String")]


vtk = os.path.abspath(sys.argv[1])
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
pictures = sys.argv[2:] or ["docs/page.png", "docs/receipt.png"]
counts = []
for inputs in [*([picture] for picture in pictures), pictures]:
    words = tsv_words(written(vtk, "tsv", inputs))
    for form, check in [("hocr", hocr_words), ("alto", alto_words)]:
        found = check(written(vtk, form, inputs))
        if found != words:
            sys.exit(f"{form}: other words than in the TSV:\n{found}\n{words}")
    counts.append(f"{len(words)} words in {' '.join(inputs)}")
    if not words:
        sys.exit(f"no words in {' '.join(inputs)}")
print("TSV, hOCR and ALTO are valid and agree:", "; ".join(counts))
