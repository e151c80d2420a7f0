"""How well `vtk ocr` reads pages of known text: python measure.py [--pages | --part N] VTK FOLDER [-- OPTION…]

FOLDER holds pictures with NAME.truth.json beside them, as render.py makes them. Reads every one twice, with `--spaces model` and with
`--spaces auto`, and prints per group of pages (the N-th part of the name between its `-`, the first unless said; and all) what was wrong: character errors over
the truth's characters (lines paired by place, blanks made one), spaces missing and wrongly added over the spaces there are, and where
the truth says what a person reads, character errors of the plain text output (all blanks and line ends made one space). OPTIONs go to
`vtk ocr`. With `--pages` every page has a line of its own.
"""

import argparse
import collections
import json
import subprocess
from pathlib import Path

from scoring import distance, overlap, plain, read, spaces


def paired(truth, found):
    """For each line of the truth the text of the found lines that lie in it, from left to right; then what lies nowhere."""
    texts, left = [[] for _ in truth], []
    for line in found:
        best = max(range(len(truth)), key=lambda i: overlap(truth[i]["quad"], line["quad"]), default=None)
        if best is None or overlap(truth[best]["quad"], line["quad"]) < 0.3:
            left.append(line["text"])
        else:
            texts[best].append((line["quad"][0][0], line["text"]))
    return [" ".join(text for _, text in sorted(parts)) for parts in texts], left


def score(truth, results):
    """Counts of one picture."""
    count = collections.Counter(pages=1)
    for number, result in enumerate(results, 1):
        if "error" in result:
            count["failed"] += 1
            continue
        lines = [line for line in truth["lines"] if line.get("page", number) == number]
        if lines and any(line["quad"] is None for line in lines):
            got, want = (" ".join(plain(line["text"]) for line in found) for found in (result["lines"], lines))
            count["letters"] += len(want)
            count["errors"] += distance(got, want)
            continue
        texts, left = paired(lines, result["lines"])
        for line, text in zip(lines, texts):
            want, got = plain(line["text"]), plain(text)
            count["letters"] += len(want)
            count["errors"] += distance(got, want)
            for key, value in zip(("spaces", "missing", "added"), spaces(got, want)):
                count[key] += value
        count["errors"] += sum(len(plain(text)) for text in left)
    return count


def reading(vtk, picture, truth, options):
    text = subprocess.run([vtk, "ocr", "--quiet", *options, str(picture)], capture_output=True, text=True, encoding="utf-8", check=False)
    want = plain(truth["reading"])
    return collections.Counter(reading_letters=len(want), reading_errors=distance(plain(text.stdout), want))


def rate(count, part, whole):
    return f"{count[part] / count[whole]:8.4f}" if count[whole] else f"{count[part]:8d}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--part", type=int, default=1)
    parser.add_argument("vtk")
    parser.add_argument("folder", type=Path)
    parser.add_argument("options", nargs="*")
    asked = parser.parse_args()
    vtk, folder, options = asked.vtk, asked.folder, asked.options
    truths = {}
    for path in sorted(folder.glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        truths[folder / truth["picture"]] = truth
    print(f"{'pages':40} {'spaces':7} {'CER':>8} {'missing':>8} {'added':>8} {'reading':>8} {'failed':>6}")
    for setting in ("model", "auto"):
        chosen = [*options, "--spaces", setting]
        results = read(vtk, truths, chosen)
        groups = collections.defaultdict(collections.Counter)
        for picture, truth in truths.items():
            count = score(truth, results.get(str(picture), [{"error": {}}]))
            if truth.get("reading"):
                count += reading(vtk, picture, truth, chosen)
            groups[picture.stem if asked.pages else picture.stem.split("-")[asked.part - 1]] += count
            groups["all"] += count
        for name, count in groups.items():
            rates = [rate(count, *pair) for pair in
                     (("errors", "letters"), ("missing", "spaces"), ("added", "spaces"), ("reading_errors", "reading_letters"))]
            print(f"{name:40} {setting:7} {' '.join(rates)} {count['failed']:6d}", flush=True)


if __name__ == "__main__":
    main()
