"""Compares `vtk ocr` with what another program read: python compare.py VTK REFERENCE.json PICTURES [--decoded] [-- OPTION…]

REFERENCE.json: {"pages": {picture: [{"quad", "text", "score"}…]}} as that program returned them; PICTURES: the folder of the pictures.
Lines are paired in order of their overlap; each pair's character errors, the characters of lines that only one of the two has, and the
sum over the page are over the characters of the reference. `--decoded` feeds vtk OpenCV's pixels (as PNG, EXIF orientation applied)
instead of the files, so that what remains is no matter of JPEG decoding; it wants opencv-python. OPTIONs go to `vtk ocr`: the recipe and
models that the reference names, such as `--recipe rapidocr-1.4 --model ppocr-v4 --line-orient`. Exit status 1 where a page has more than
.005 (PNG, or with --decoded) or .01 (JPEG).
"""

import json
import sys
import tempfile
from pathlib import Path

from scoring import distance, iou, plain, read

BOUNDS = {"png": 0.005, "jpg": 0.01}


def pairs(want, found):
    """Lines of both, the best overlap first; then what stays alone on either side."""
    ranked = sorted(((iou(a["quad"], b["quad"]), i, j) for i, a in enumerate(want) for j, b in enumerate(found)), reverse=True)
    taken_a, taken_b, both = set(), set(), []
    for shared, i, j in ranked:
        if shared >= 0.3 and i not in taken_a and j not in taken_b:
            taken_a.add(i)
            taken_b.add(j)
            both.append((i, j))
    return sorted(both), [i for i in range(len(want)) if i not in taken_a], [j for j in range(len(found)) if j not in taken_b]


def corners(a, b):
    return max(abs(p - q) for first, second in zip(a["quad"], b["quad"]) for p, q in zip(first, second))


def compare(name, want, found):
    """Prints the lines that differ; errors and characters of the page."""
    both, lost, extra = pairs(want, found)
    errors, characters = 0, sum(len(plain(line["text"])) for line in want)
    moved = score = 0.0
    for i, j in both:
        a, b = plain(want[i]["text"]), plain(found[j]["text"])
        moved, score = max(moved, corners(want[i], found[j])), max(score, abs(want[i]["score"] - found[j]["score"]))
        if a != b:
            errors += distance(b, a)
            print(f"    - {a}\n    + {b}")
    for lines, indices, sign in ((want, lost, "-"), (found, extra, "+")):
        for index in indices:
            errors += len(plain(lines[index]["text"]))
            print(f"    {sign} {plain(lines[index]['text'])}   (only here)")
    order = "same order" if [j for _, j in both] == sorted(j for _, j in both) else "other order"
    rate = errors / characters if characters else float(errors)
    print(f"{name:30} {len(want):3} lines {characters:5} characters  CER {rate:.4f}  corners off by {moved:.1f}  scores by {score:.4f}  {order}")
    return errors, characters, rate


def decoded(pictures, folder):
    import cv2

    made = []
    for picture in pictures:
        made.append(Path(folder) / f"{picture.name}.png")
        cv2.imwrite(str(made[-1]), cv2.imread(str(picture)))
    return made


def main():
    arguments, options = sys.argv[1:], []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, options = arguments[:at], arguments[at + 1:]
    as_png = "--decoded" in arguments
    arguments = [argument for argument in arguments if argument != "--decoded"]
    if len(arguments) != 3:
        raise SystemExit(__doc__)
    vtk, reference, folder = arguments[0], json.loads(Path(arguments[1]).read_text(encoding="utf-8")), Path(arguments[2])
    pages = reference["pages"]
    pictures = [folder / name for name in pages]
    print(f"reference: {reference.get('recipe', '?')}")
    failed, sums = [], {"png": [0, 0], "jpg": [0, 0]}
    with tempfile.TemporaryDirectory() as scratch:
        files = decoded(pictures, scratch) if as_png else pictures
        results = read(vtk, files, options)
        for (name, want), file in zip(pages.items(), files):
            (result,) = results[str(file)]
            if "error" in result:
                raise SystemExit(f"{name}: {result['error']}")
            errors, characters, rate = compare(name, want, result["lines"])
            kind = "png" if as_png or name.endswith(".png") else "jpg"
            sums[kind][0] += errors
            sums[kind][1] += characters
            if rate > BOUNDS[kind]:
                failed.append(name)
    for kind, (errors, characters) in sums.items():
        if characters:
            print(f"all {kind}: {errors} errors in {characters} characters, CER {errors / characters:.4f}")
    print(f"beyond the bound: {', '.join(failed) or 'none'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
