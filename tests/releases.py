"""Scratch releases: the fictional package with a version, a date and a changelog, in a git repository with tags."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from scripts.package import Package, load
from tests.fictional import write_package
from tests.test_history import commit, git

DATE = "2021-03-01"
SECTION = f"## [{{version}}] - {DATE}\n\n### Data\n\n#### Changed\n\n- Zzz.\n"


def changelog(root: Path, *sections: str) -> None:
    """Write a changelog of these sections."""
    (root / "CHANGELOG.md").write_text("# Changelog\n\n" + "\n".join(sections), encoding="utf-8")


def edited(root: Path, file: str, change: Callable[[dict], None]) -> None:
    """Change a descriptor."""
    descriptor = json.loads((root / file).read_text(encoding="utf-8"))
    change(descriptor)
    (root / file).write_text(json.dumps(descriptor), encoding="utf-8")


def numbered(root: Path, version: str, *sections: str, example: dict | None = None) -> Package:
    """The fictional package, changed by an example, under a version, with these sections in its changelog."""
    root.mkdir(exist_ok=True)
    write_package(root, example)
    edited(root, "datapackage.json", lambda package: package.update(version=version, created=f"{DATE}T00:00:00Z"))
    changelog(root, *sections)
    package, problems = load(root)
    assert package, problems
    return package


def tagged_release(root: Path, version: str, tag: str, at: str = "0.1.0", example: dict | None = None) -> Package:
    """The fictional package, changed by an example, under a version, after a release of it as it is that was tagged as 0.1.0 (or at
    another version); its changelog tells of both."""
    numbered(root, at, SECTION.format(version=at))
    git(root, "init", "--quiet")
    commit(root)
    git(root, "tag", tag)
    return numbered(root, version, SECTION.format(version=version), SECTION.format(version="0.1.0"), example=example)
