"""The Makefile: what it empties is its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fictional import PROJECT
from tests.programs import needs


def made(root: Path, target: str) -> str:
    """What `make` says for a target that it cannot make: no Python is there."""
    shutil.copy(PROJECT / "Makefile", root)
    for name in ("requirements.txt", "package-lock.json"):
        (root / name).touch()
    done = subprocess.run([needs("make"), target, "PYTHON=false", f"--assume-old={'.venv/.complete' if 'node' in target else 'none'}"],
                          cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.mark.parametrize("folder", [".venv", ".venv-readers", "node_modules"])
def test_a_folder_that_is_a_symbolic_link_is_not_emptied(folder, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "zzz.txt").touch()
    (tmp_path / folder).symlink_to("mine")
    (tmp_path / "requirements-readers.txt").touch()
    said = made(tmp_path, f"{folder}/.complete")
    assert f"{folder} is a symbolic link" in said and f"Run `rm {folder}`, then make." in said
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["zzz.txt"]


def test_a_folder_that_is_none_is_set_up(tmp_path):
    said = made(tmp_path, ".venv/.complete")
    assert "Setting up .venv" in said and "symbolic link" not in said


def test_what_the_site_loads_is_fetched_with_a_word(tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".complete").touch()
    assert "Fetching what the site takes from the npm registry" in made(tmp_path, "node_modules/.complete")
