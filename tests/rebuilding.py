"""A program that writes one format of a fictional release in a process of its own, for tests that compare the bytes of two."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.fictional import PROJECT

PROGRAM = """
import importlib, os, sys
from pathlib import Path
from tests.released import released
os.umask(int(sys.argv[3], 8))
folder = Path(sys.argv[1])
importlib.import_module("scripts.export." + sys.argv[2]).write(released(folder / "package"), folder)
"""
PLACES = ({"TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
          {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1"})


def written_twice(folder: Path, module: str, files: str) -> list[dict[str, bytes]]:
    """What an export module writes in two processes with other time zones, languages, hash seeds and umasks: name → bytes of the
    files that fit a pattern, once for each."""
    found = []
    for number, (place, umask) in enumerate(zip(PLACES, ("022", "077"), strict=True)):
        there = folder / str(number)
        there.mkdir(parents=True)
        subprocess.run([sys.executable, "-c", PROGRAM, str(there), module, umask], cwd=PROJECT, env={**os.environ, **place}, check=True)
        found.append({str(path.relative_to(there)): path.read_bytes() for path in sorted(there.glob(files))})
    return found
