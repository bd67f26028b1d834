"""All tables of a release, recorded, derived and flat: of the fictional package and of the real data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from scripts.derive.build import derive
from scripts.derive.settings import load_settings
from scripts.derived import with_derived
from scripts.package import load
from scripts.read import read
from scripts.tables import Tables
from tests.fictional import PROJECT, write_package


def released(root: Path, example: dict | None = None, table: str | None = None) -> Tables:
    """Those of the fictional package, written to `root` with an example changed as `write_package` takes it."""
    return everything(write_package(root, example, table).root)


@cache
def real() -> Tables:
    """Those of the real data."""
    return everything(PROJECT)


def everything(root: Path) -> Tables:
    package, problems = load(root)
    whole, more = with_derived(package)
    settings, most = load_settings(root)
    assert not problems + more + most, [problem.text for problem in problems + more + most]
    return derive(read(package), whole, settings)
