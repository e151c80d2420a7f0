#!/usr/bin/env python3
"""A folder of photos of many sizes through `vtk det`: peak memory as the folder grows, and the rate with one and with two threads;
beside it the rate of two processes of one thread each, which share nothing: what the machine gives at most.

    folder.py VTK PHOTOS [ROUNDS]

Makes 100 JPEG files from PHOTOS, 200 to 4000 pixels on the long side, in a temporary folder. One and two threads take turns, and the
fastest round of each counts: what else the machine does can only make a round slower.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import cv2

COUNT = 100
SIDES = (200, 320, 480, 640, 800, 1024, 1280, 1600, 2400, 4000)


def make(photos, folder):
    files = sorted(pathlib.Path(photos).glob("*.jpg"))
    for i in range(COUNT):
        picture = cv2.imread(str(files[i % len(files)]))
        scale = SIDES[i % len(SIDES)] / max(picture.shape[:2])
        resized = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f"{i:03}.jpg"), resized)
    return sorted(folder.iterdir())


def run(vtk, files, threads):
    """Seconds, peak memory in MB, seconds of all cores together."""
    start = time.perf_counter()
    with subprocess.Popen([vtk, "det", "--json", "--threads", str(threads), *map(str, files)], stdout=subprocess.PIPE) as child:
        lines = child.stdout.read().count(b"\n")
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if lines != len(files) or child.returncode:
        sys.exit(f"{lines} answers for {len(files)} photos, exit status {child.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def apart(vtk, files):
    """Seconds for two processes of one thread, each with every second ten of the files, so that both have as much to do."""
    halves = [file for i, file in enumerate(files) if i // len(SIDES) % 2 == 0], [file for i, file in enumerate(files) if i // len(SIDES) % 2]
    start = time.perf_counter()
    both = [subprocess.Popen([vtk, "det", "--json", "--threads", "1", *map(str, half)], stdout=subprocess.DEVNULL) for half in halves]
    if any([child.wait() for child in both]):
        sys.exit("a process failed")
    return time.perf_counter() - start


def main():
    vtk, photos, *rest = sys.argv[1:]
    rounds = int(rest[0]) if rest else 5
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        files = make(photos, pathlib.Path(folder))
        for threads in (1, 2):
            for count in (10, 50, 100):
                print(f"{threads} thread(s), {count} photos: peak {run(vtk, files[:count], threads)[1]:.0f} MB")
        rounds = [{threads: run(vtk, files, threads) for threads in (1, 2)} | {"apart": apart(vtk, files)} for _ in range(rounds)]
        best = {threads: min(r[threads][0] for r in rounds) for threads in (1, 2)}
        cpu = {threads: min(r[threads][2] for r in rounds) for threads in (1, 2)}
        for threads, seconds in best.items():
            print(f"{threads} thread(s): {COUNT / seconds:.2f} photos a second, {cpu[threads]:.1f} s of processor time")
        print(f"two threads: {best[1] / best[2]:.2f} times the rate of one; two processes of half the photos each: "
              f"{best[1] / min(r['apart'] for r in rounds):.2f}; load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
