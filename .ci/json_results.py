#!/usr/bin/env python3
"""Holds what the commands print as JSON to docs/schemas/results.schema.json: python3 .ci/json_results.py VTK

Wants the Python package jsonschema.
"""
import json
import os
import subprocess
import sys
import tempfile

from jsonschema import Draft202012Validator

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs")
PICTURES = [os.path.join(DOCS, name) for name in ("cat.png", "receipt.png", "street.jpg")]


def data(folder):
    """A little labelled data for each measurement."""
    def write(name, content):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        mode = "wb" if isinstance(content, bytes) else "w"
        with open(path, mode) as file:
            file.write(content)
        return path

    for picture in PICTURES:
        with open(picture, "rb") as file:
            write(os.path.join("images", os.path.basename(picture)), file.read())
    write("page.truth.json", json.dumps({"picture": "images/receipt.png", "lines": [{"text": "CORNER BAKERY"}]}))
    with open(os.path.join(DOCS, "..", "crates", "zoo", "catalogue", "lists", "coco-80.txt")) as file:
        categories = [{"id": number, "name": name} for number, name in enumerate(file.read().split("\n")) if name]
    cat = {"id": 1, "image_id": 1, "category_id": 15, "bbox": [20, 10, 300, 280], "area": 84000, "iscrowd": 0}
    instances = {"images": [{"id": 1, "file_name": "cat.png"}], "categories": categories, "annotations": [cat]}
    return {
        "cls": write("classes.tsv", "images/cat.png\t282\nabsent.png\t1\n"),
        "rec": write("words.tsv", "images/receipt.png\tword\n"),
        "ocr": folder,
        "det": write("instances.json", json.dumps(instances)),
    }


def main():
    vtk = sys.argv[1]
    with open(os.path.join(DOCS, "schemas", "results.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    held = 0

    def hold(definition, *args, whole=False):
        nonlocal held
        done = subprocess.run([vtk, *args], capture_output=True, text=True, check=False, encoding="utf-8")
        found = [done.stdout] if whole else done.stdout.splitlines()
        if done.returncode > 1 or not found:
            sys.exit(f"vtk {' '.join(args)} ended with status {done.returncode}: {done.stderr}")
        for line in found:
            value = json.loads(line)
            name = "failed" if "error" in value else definition
            validator = Draft202012Validator({**schema, "anyOf": [{"$ref": f"#/$defs/{name}"}]})
            for error in validator.iter_errors(value):
                inner = "; ".join(f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in error.context or [error])
                sys.exit(f"vtk {' '.join(args)}: no object of the kind {name}: {inner}\n{line[:1000]}")
            held += 1

    for task, more in [("cls", []), ("det", ["--threshold", "0.2"]), ("ocr", []), ("ocr", ["--words"]), ("ocr", ["--words=characters"]),
                       ("ocr", ["--explain"]), ("ocr", ["--det-only"]), ("ocr", ["--rec-only"])]:
        hold(task, task, "--json", *more, *PICTURES, "absent.png", __file__)
    hold("coco", "det", "--format", "coco", *PICTURES, whole=True)
    with tempfile.TemporaryDirectory() as folder:
        for task, where in data(folder).items():
            hold(f"eval-{task}", "eval", task, "--data", where, "--json")
        hold("eval-ocr", "eval", "ocr", "--data", folder, "--pages", "--json")
    print(f"{held} objects as the schema has them")


main()
