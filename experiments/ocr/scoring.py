"""Counting differences between texts."""

import json
import subprocess
import unicodedata


def distance(a, b):
    """Levenshtein distance of two sequences."""
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)))
        before = row
    return before[-1]


def aligned(a, b):
    """Pairs of indices of equal characters on a cheapest way from a to b."""
    table = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        above, row = table[-1], [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)))
        table.append(row)
    i, j, pairs = len(a), len(b), []
    while i and j:
        if table[i][j] == table[i - 1][j - 1] + (a[i - 1] != b[j - 1]):
            i, j = i - 1, j - 1
            if a[i] == b[j]:
                pairs.append((i, j))
        elif table[i][j] == table[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def plain(text):
    """One kind of blank, one form of each letter; full-width punctuation as it is."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def without_spaces(text):
    """The characters that are no space, and which of them have a space before them."""
    letters, spaced = [], set()
    for word in plain(text).split(" "):
        if letters and word:
            spaced.add(len(letters))
        letters.extend(word)
    return letters, spaced


def spaces(got, want):
    """(spaces wanted, missing, wrongly added) where the letters around are the same in both texts."""
    (got, got_spaced), (want, want_spaced) = without_spaces(got), without_spaces(want)
    pairs = aligned(got, want)
    wanted = missing = added = 0
    for (i, j), (i1, j1) in zip(pairs, pairs[1:]):
        if i1 == i + 1 and j1 == j + 1:
            wanted += j1 in want_spaced
            missing += j1 in want_spaced and i1 not in got_spaced
            added += i1 in got_spaced and j1 not in want_spaced
    return wanted, missing, added


def read(vtk, pictures, options):
    """What `vtk ocr --json` says: for each input a list of its objects, one a page."""
    command = [vtk, "ocr", "--json", "--quiet", *options, *map(str, pictures)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command[:8])} … ended with status {done.returncode}:\n{done.stderr}")
    results = {}
    for line in done.stdout.splitlines():
        found = json.loads(line)
        results.setdefault(found["input"], []).append(found)
    return results


def boxed(quad):
    return [min(c[0] for c in quad), min(c[1] for c in quad), max(c[0] for c in quad), max(c[1] for c in quad)]


def shared(a, b):
    """The area that the upright boxes around two quads share, and the area of each."""
    a, b = boxed(a), boxed(b)
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0) * max(height, 0), *((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))


def overlap(a, b):
    """Shared area over the smaller one."""
    both, first, second = shared(a, b)
    return both / max(min(first, second), 1e-9)


def iou(a, b):
    """Shared area over what the two cover together."""
    both, first, second = shared(a, b)
    return both / max(first + second - both, 1e-9)
