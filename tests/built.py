"""What takes long to build of the real data, built once in a test session for all workers: the release."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.lock import lock
from tests.fictional import PROJECT


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id) -> Callable[[str, Callable[[Path], None]], Path]:
    """A function that takes a name and what builds a folder, and gives the folder; whoever comes first builds it. Look at such a
    folder, but change nothing in it."""
    alone = worker_id == "master"  # then the folder above is shared with other sessions

    def build(name: str, make: Callable[[Path], None]) -> Path:
        above = tmp_path_factory.mktemp(name) if alone else tmp_path_factory.getbasetemp().parent / f"{name}-once"
        above.mkdir(exist_ok=True)
        place = above / name / name  # the build locks the folder in which it puts the release: that must not be the one locked here
        with lock(above):
            if not place.exists():
                make(place)
        return place

    return build


@pytest.fixture(scope="session")
def release_folder(once) -> Path:
    """The folder as `python -m scripts release` leaves it."""
    return once("release", lambda place: run("release", "--out", str(place)))


def run(*arguments: str) -> None:
    """Run a command of ours in a process of its own, as users do."""
    done = subprocess.run([sys.executable, "-m", "scripts", *arguments], cwd=PROJECT, capture_output=True, text=True,
                          check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


def copied(release: Path, place: Path) -> Path:
    """A copy of a release for programs that may leave something beside what they read."""
    return shutil.copytree(release, place)
