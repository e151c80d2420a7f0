"""Time of decoding and preparing pictures: OpenCV and NumPy as the official pipelines call them, and vtk, in turns, one thread each.

    cargo build --release -p vtk-imaging --example timing
    python timing.py target/release/examples/timing CAT.png PAGE.png [ROUNDS]

Wants opencv-python-headless 4.10.0.84. The 12-megapixel photo and the page are made of two small pictures, enlarged, with noise on them.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

MEAN, STD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)


def photo(path):
    rng = np.random.default_rng(1)
    large = cv2.resize(cv2.imread(path), (4000, 3000), interpolation=cv2.INTER_CUBIC)
    noisy = np.clip(large + rng.normal(0, 3, large.shape), 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]


def page(path):
    return cv2.imencode(".jpg", cv2.resize(cv2.imread(path), (3508, 2480), interpolation=cv2.INTER_CUBIC), [cv2.IMWRITE_JPEG_QUALITY, 90])[1]


def normalize(picture):
    """PaddleClas's NormalizeImage and ToCHWImage."""
    return np.ascontiguousarray(((picture.astype(np.float32) * np.float32(1 / 255) - MEAN) / STD).transpose(2, 0, 1))


def picodet(picture):
    picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    start = time.perf_counter()
    resized = cv2.resize(picture, (416, 416), interpolation=cv2.INTER_CUBIC)
    middle = time.perf_counter()
    normalize(resized)
    return middle - start, time.perf_counter() - middle


def imagenet(picture):
    picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    height, width = picture.shape[:2]
    start = time.perf_counter()
    share = 256 / min(height, width)
    resized = cv2.resize(picture, (round(width * share), round(height * share)))
    y, x = (resized.shape[0] - 224) // 2, (resized.shape[1] - 224) // 2
    resized = resized[y : y + 224, x : x + 224]
    middle = time.perf_counter()
    normalize(resized)
    return middle - start, time.perf_counter() - middle


def ocr(picture):
    height, width = picture.shape[:2]
    start = time.perf_counter()
    ratio = min(960 / max(height, width), 1)
    height, width = (max(int(round(int(side * ratio) / 32) * 32), 32) for side in (height, width))
    resized = cv2.resize(picture, (width, height))
    middle = time.perf_counter()
    normalize(resized)
    return middle - start, time.perf_counter() - middle


def main():
    program, cat, scan, *rounds = sys.argv[1:]
    rounds = int(rounds[0]) if rounds else 40
    cv2.setNumThreads(1)
    cases = [
        ("12 MP JPEG -> PicoDet 416", photo(cat), "picodet-416", picodet),
        ("12 MP JPEG -> classification 224", photo(cat), "imagenet-224", imagenet),
        ("8.7 MP page JPEG -> OCR 960", page(scan), "paddleocr-det", ocr),
    ]
    print("| picture | step | OpenCV ms | vtk ms | vtk / OpenCV |\n| --- | --- | --- | --- | --- |")
    for name, data, recipe, prepare in cases:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "picture.jpg"
            path.write_bytes(data.tobytes())
            theirs, ours = {"decode": [], "resize": [], "normalize": []}, {"decode": [], "prepare": []}
            picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
            for _ in range(5):
                for _ in range(3):
                    start = time.perf_counter()
                    cv2.imdecode(data, cv2.IMREAD_COLOR)
                    theirs["decode"].append((time.perf_counter() - start) * 1e3)
                for _ in range(rounds // 5):
                    resize, rest = prepare(picture)
                    theirs["resize"].append(resize * 1e3)
                    theirs["normalize"].append(rest * 1e3)
                answer = json.loads(subprocess.run([program, path, recipe, str(rounds // 5)], check=True, capture_output=True).stdout)
                for step in ours:
                    ours[step].append(answer[step]["median"])
        both = [a + b for a, b in zip(theirs["resize"], theirs["normalize"])]
        for step, a, b in (
            ("decode", theirs["decode"], ours["decode"]),
            ("resize alone (OpenCV) / resize and normalize (vtk)", theirs["resize"], ours["prepare"]),
            ("resize and normalize", both, ours["prepare"]),
        ):
            a, b = statistics.median(a), statistics.median(b)
            print(f"| {name} | {step} | {a:.2f} | {b:.2f} | {b / a:.2f} |")


main()
