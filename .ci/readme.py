#!/usr/bin/env python3
"""Runs the commands of README.md's fenced `sh` blocks that begin with `vtk `, with the built program, and holds them to exit status 0.

A command that fetches something (`vtk models pull`) needs a network and is only checked for its arguments, by adding --help.
"""
import os
import re
import subprocess
import sys
import tempfile

vtk = os.path.abspath(sys.argv[1])
text = open("README.md", encoding="utf-8").read()
commands = [
    line.split("   #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", text, re.S)
    for line in block.splitlines()
    if line.startswith("vtk ")
]
if not commands:
    sys.exit("README.md shows no command of the program")
root = os.getcwd()
with tempfile.TemporaryDirectory() as work:
    # Commands name files of the repository and write beside them: they run in a folder that looks like it.
    for name in os.listdir(root):
        if name not in (".git", "target"):
            os.symlink(os.path.join(root, name), os.path.join(work, name))
    bin_dir = os.path.join(work, ".bin")
    os.mkdir(bin_dir)
    os.symlink(vtk, os.path.join(bin_dir, "vtk"))
    env = {**os.environ, "PATH": bin_dir + os.pathsep + os.environ["PATH"]}
    for command in commands:
        run = command + " --help" if " pull " in command else command
        print("$", run, flush=True)
        done = subprocess.run(["bash", "-c", run], cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        print("\n".join(done.stdout.splitlines()[:8]), flush=True)
        if done.returncode:
            sys.exit(f"README.md: `{run}` ended with status {done.returncode}")
