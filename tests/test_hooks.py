"""The hooks before a commit, run by the real pre-commit in a repository made for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fictional import PROJECT, write_package
from tests.test_history import commit, git


@pytest.fixture
def root(tmp_path) -> Path:
    """A repository with the project's tools and hooks, and the fictional tables, all committed."""
    root = tmp_path / "repository"
    for folder in ("scripts", "schemas"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / ".pre-commit-config.yaml", root)
    (root / ".gitignore").write_text(".venv\n__pycache__/\n")
    (root / ".venv").symlink_to(sys.prefix)
    write_package(root)
    git(root, "init", "--quiet")
    commit(root)
    return root


def hooks(root: Path) -> tuple[int, str]:
    """Stage everything and run the hooks as `git commit` would; exit code and output."""
    git(root, "add", "--all")
    env = {**os.environ, "PRE_COMMIT_HOME": str(root.parent / "pre-commit"), "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run([sys.executable, "-m", "pre_commit", "run"], cwd=root, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_table_as_a_spreadsheet_saved_it_is_mended_and_then_passes(root):
    path = root / "data/organizations.csv"
    good = path.read_bytes()
    header, *rows = good.decode().splitlines()
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([header, *reversed(rows)]).encode())
    code, text = hooks(root)
    assert code == 1 and "files were modified by this hook" in text and "data/organizations.csv was written" in text
    assert path.read_bytes() == good
    path.write_bytes(good.replace(b"Zzz Ministry", b"Zzz Ministry of Zzz"))
    code, text = hooks(root)
    assert code == 0 and text.count("Passed") == 2


def test_a_mistake_stops_the_commit_and_says_where(root):
    path = root / "data/deployments.csv"
    path.write_text(path.read_text().replace("operational", "operatoinal"))
    code, text = hooks(root)
    assert code == 1 and "data/deployments.csv line 2" in text and "`operational`" in text


def test_a_table_that_is_deleted_stops_the_commit(root):
    (root / "data/claims.csv").unlink()
    code, text = hooks(root)
    assert code == 1 and "data/claims.csv" in text and "The file is missing." in text


def test_a_change_beside_the_data_formats_nothing(root):
    (root / "notes.txt").write_text("zzz\n")
    code, text = hooks(root)
    assert code == 0 and (text.count("Skipped"), text.count("Passed")) == (1, 1)
