"""The release of the real data, built once in a test session for all workers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.write import lock
from tests.fictional import PROJECT

NAME = "release"


@pytest.fixture(scope="session")
def release_folder(tmp_path_factory, worker_id) -> Path:
    """The folder as `python -m scripts release` leaves it; whoever comes first builds it. Look, but change nothing in it."""
    alone = worker_id == "master"  # then the folder above is shared with other sessions
    above = tmp_path_factory.mktemp(NAME) if alone else tmp_path_factory.getbasetemp().parent
    place = above / NAME / NAME  # the build locks the folder in which it puts the release: that must not be the one locked here
    with lock(above):
        if not place.exists():
            build(place)
    return place


def build(place: Path) -> None:
    """Build the release in a process of its own, as users do."""
    done = subprocess.run([sys.executable, "-m", "scripts", "release", "--out", str(place)], cwd=PROJECT, capture_output=True, text=True,
                          check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


def copied(release: Path, place: Path) -> Path:
    """A copy of a release for programs that may leave something beside what they read."""
    return shutil.copytree(release, place)
