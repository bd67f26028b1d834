"""The hooks before a commit, run by the real pre-commit in a repository made for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fictional import PROJECT, write_package
from tests.programs import needs
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


def run(root: Path, *command: str) -> tuple[int, str]:
    """Exit code and output of a program in the repository."""
    env = {**os.environ, "PRE_COMMIT_HOME": str(root.parent / "pre-commit"), "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def hooks(root: Path) -> tuple[int, str]:
    """Stage everything and run the hooks as `git commit` would."""
    git(root, "add", "--all")
    return run(root, sys.executable, "-m", "pre_commit", "run")


def committed(root: Path) -> tuple[bool, str]:
    """Stage everything and commit it through the hooks that are installed: whether there is a new commit, and the output."""
    before = git(root, "rev-parse", "HEAD")
    git(root, "add", "--all")
    code, text = run(root, needs("git"), "-c", "user.name=Zzz", "-c", "user.email=zzz@example.org", "commit", "--message", "zzz")
    assert (code == 0) == (git(root, "rev-parse", "HEAD") != before)
    return code == 0, text


def test_a_row_from_a_spreadsheet_is_committed_at_the_second_try(root):
    assert run(root, sys.executable, "-m", "pre_commit", "install")[0] == 0
    path = root / "data/countries.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"ZZ0,Zzz Isle,territory,,\r\n")
    done, text = committed(root)
    assert not done and "tables in canonical form" in text and "data/countries.csv was written" in text
    done, text = committed(root)
    assert not done and "data/countries.csv line 2, country_code: `ZZ0`" in text  # a digit in a code: no second try helps
    path.write_text(path.read_text().replace("ZZ0", "ZZD"))
    assert [committed(root)[0], committed(root)[0]] == [False, True]  # ZZD belongs below ZZC: `format` moves it
    assert git(root, "diff", "--numstat", "HEAD~").split() == ["1", "0", "data/countries.csv"]


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
