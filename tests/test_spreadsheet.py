"""A real spreadsheet program opens the real tables and saves them its own way; `format` gives back the same bytes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import edtf
from scripts.canonical import mend
from scripts.package import Package, load
from scripts.validate import validate
from tests.fictional import PROJECT
from tests.programs import needs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Package:
    """The project's tables, each opened by Gnumeric and saved as quoted, semicolon-separated text with CR LF."""
    program, root = needs("ssconvert"), tmp_path_factory.mktemp("saved")
    shutil.copy(PROJECT / "datapackage.json", root)
    for folder in ("schemas", "data"):
        shutil.copytree(PROJECT / folder, root / folder)
    package, _ = load(root)
    for table in package.tables.values():
        book, text = root / f"{table.name}.xlsx", root / f"{table.name}.txt"
        for arguments in (["--import-encoding=UTF-8", root / table.path, book],
                          ["-O", "separator=; quoting-mode=always eol=windows", book, text]):
            subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, timeout=120)
        text.replace(root / table.path)
    assert mend(package).problems == []
    return package


def dated(package: Package) -> set[str]:
    """The tables that have a column of dates."""
    return {table.name for table in package.tables.values() for field in table.fields
            if field.type == "date" or field.constraints.get("pattern") == edtf.PATTERN}


def test_tables_without_dates_come_back_byte_for_byte(saved):
    tables = [table for table in saved.tables.values() if table.name not in dated(saved)]
    assert len(tables) > 10
    for table in tables:
        assert (saved.root / table.path).read_bytes() == Path(PROJECT / table.path).read_bytes(), table.name


def test_dates_that_the_program_rewrote_are_told(saved):
    """The program turns 2019-04 into 2019/04/01: that cannot be undone, so `validate` says where and what to write."""
    found = validate(saved.root, fast=True).problems.found
    assert {problem.table for problem in found if problem.code in ("pattern", "type")} <= dated(saved)
    rewritten = [problem for problem in found if problem.column == "status_as_of" and problem.code == "pattern"]
    assert rewritten and all("2019-04" in problem.hint for problem in rewritten)
