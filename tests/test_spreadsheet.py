"""A real spreadsheet program opens the real tables and saves them its own way: what can be undone `format` undoes, and nothing
that cannot gets past `validate`."""

from __future__ import annotations

from collections import defaultdict

import pytest

from scripts import edtf
from scripts.canonical import mend
from scripts.package import Package
from scripts.validate import validate
from tests.fictional import PROJECT, ROWS, write_package, write_table
from tests.spreadsheet import WAYS, copy_of_project, opened, opened_as_text, rows_of, save, ssconvert, type_into
from tests.test_history import BASE, commit, git

pytestmark = pytest.mark.slow


def is_date(field) -> bool:
    return field.type == "date" or field.constraints.get("pattern") == edtf.PATTERN


def changed_cells(package: Package) -> set[tuple[str, int, str]]:
    """Table, line and column of each cell that is not what it is in the project; the rows are the same, in the same order."""
    found = set()
    for table in package.tables.values():
        before, after = rows_of(PROJECT / table.path), rows_of(package.root / table.path)
        assert (len(after), after[0]) == (len(before), before[0])
        found |= {(table.name, line, table.columns[i]) for line, (old, new) in enumerate(zip(before, after, strict=True), 1)
                  for i in range(len(table.columns)) if old[i] != new[i]}
    return found


def errors(package: Package) -> set[tuple[str, int, str]]:
    """Table, line and column of each error."""
    return {(p.table, p.line, p.column) for p in validate(package.root, fast=True).problems.found if p.severity == "error"}


@pytest.mark.parametrize("way", WAYS)
def test_tables_imported_as_text_come_back_byte_for_byte(way, tmp_path):
    package = copy_of_project(tmp_path)
    save(opened_as_text(package, tmp_path / "book.gnumeric"), way, package)
    outcome = mend(package)
    assert outcome.problems == [] and len(outcome.changed) > 10
    for table in package.tables.values():
        assert (tmp_path / table.path).read_bytes() == (PROJECT / table.path).read_bytes(), table.name


@pytest.mark.parametrize("way", WAYS)
def test_after_a_double_click_no_cell_is_changed_without_an_error(way, tmp_path):
    package = copy_of_project(tmp_path)
    save(opened(package, tmp_path / "book.gnumeric"), way, package)
    assert mend(package).problems == []
    changed = changed_cells(package)
    assert changed and changed == errors(package)
    assert all(is_date(package.tables[table].by_name[column]) or column == "value_amount" for table, _, column in changed)


def test_after_a_double_click_only_dates_that_may_have_been_months_are_lost(tmp_path):
    """2019-04 and 2019-04-01 both became 2019/04/01; 2019/04/27 is what it was, and so is each day of a column of days."""
    package = copy_of_project(tmp_path)
    save(opened(package, tmp_path / "book.gnumeric"), "csv", package)
    mend(package)
    for table, line, column in changed_cells(package):
        at = package.tables[table].columns.index(column)
        old, new = (rows_of(root / package.tables[table].path)[line - 1][at] for root in (PROJECT, tmp_path))
        assert edtf.first(old) == new.replace("/", "-") and new.endswith("/01")


def test_what_a_program_did_not_quote_is_told_once_a_table(tmp_path):
    """Gnumeric leaves a cell with a semicolon bare between semicolons, unless told to quote all."""
    package = copy_of_project(tmp_path)
    book = opened_as_text(package, tmp_path / "book.gnumeric")
    ssconvert("--export-file-per-sheet", "-T", "Gnumeric_stf:stf_assistant", "--export-options=separator=;", book, tmp_path / "data" / "%s")
    found = {problem.table: problem for problem in mend(package).problems}
    assert {"deployments", "deployment_citations"} <= set(found)
    assert "did not quote" in found["deployments"].message and "with all cells in quotes" in found["deployments"].hint
    for table in package.tables.values():
        assert table.name in found or (tmp_path / table.path).read_bytes() == (PROJECT / table.path).read_bytes(), table.name


NEW = {name: {**ROWS[name][0]} for name in ("organizations", "citations", "deployments", "deployment_parties", "deployment_citations")}
NEW["organizations"]["country_code"] = NEW["deployments"]["country_code"] = "KEN"
NEW["deployments"] |= {"started": "2019-04", "title": "Zzz camera network of Zzz city"}
NEW["deployment_citations"]["supports"] = NEW["deployment_citations"]["supports"].replace("status", "started;status")
NEW["citations"]["title"] = "A fictional report of Zzz on Zzz"


def with_new_rows(root, way: str, open_book) -> Package:
    """The project in a repository, its tables opened, a new deployment typed below the rows with all that it needs, and saved."""
    package = copy_of_project(root)
    git(root, "init", "--quiet")
    commit(root)
    below = {name: len(rows_of(root / package.tables[name].path)) + 1 for name in NEW}
    type_into(package, open_book, way, {name: [(below[name], *cell) for cell in cells.items()] for name, cells in NEW.items()})
    assert mend(package).problems == []
    return package


@pytest.mark.parametrize("way", ["csv", "semicolons", "unicode text", "xlsx"])
def test_a_row_that_is_added_is_the_only_difference(way, tmp_path):
    with_new_rows(tmp_path, way, opened_as_text)
    assert sorted(git(tmp_path, "diff", "--numstat").splitlines()) == sorted(f"1\t0\tdata/{name}.csv" for name in NEW)
    report = validate(tmp_path, base=BASE, fast=True)
    assert [p.text for p in report.problems.found if p.severity == "error" or p.new] == []


def test_a_row_that_is_added_after_a_double_click_has_its_errors_told(tmp_path):
    package = with_new_rows(tmp_path, "csv", opened)
    line = [row[0] for row in rows_of(tmp_path / "data/deployments.csv")].index("zzz-deployment") + 1
    found = [p for p in validate(package.root, fast=True).problems.found if (p.table, p.line) == ("deployments", line)]
    assert [(p.code, p.column) for p in found] == [("pattern", "started")]
    assert "`2019/04/01`" in found[0].message and "2019-04" in found[0].hint and "imported as text" in found[0].hint


DESTROYED = [  # table, column, what is typed, what the program saves, the code of the error
    ("deployments", "started", "2019-04", "2019/4", "pattern"), ("deployments", "ended", "Apr 2019", "Apr/01/2019", "pattern"),
    ("deployments", "value_amount", "200000000000", "2E+11", "type"), ("deployments", "title", "1.10", "1.1", "rewritten-text"),
    ("deployments", "note", "007", "7", "rewritten-text"), ("deployments", "place", "true", "TRUE", "rewritten-text"),
    ("deployments", "summary", "=1/0", "#DIV/0!", "spreadsheet-error"), ("claims", "note", "=1+1", "2", "rewritten-text"),
    ("citations", "note", "12:30", "12:30", "rewritten-text"), ("statement_tallies", "note", "10%", "10.00%", "rewritten-text"),
    ("statement_tallies", "total", "1.50", "1.5", "type")]


def test_what_the_program_makes_of_a_typed_cell_is_told_with_its_place(tmp_path):
    package = write_package(tmp_path)
    typing = defaultdict(list)
    for name, column, text, *_ in DESTROYED:
        write_table(tmp_path, package.tables[name], ROWS[name][:1])
        typing[name].append((2, column, text))
    type_into(package, opened, "as shown", typing)
    assert mend(package).problems == []
    found = {(p.table, p.column): p for p in validate(tmp_path, fast=True).problems.found}
    for name, column, _, shown, code in DESTROYED:
        problem = found[name, column]
        assert (problem.code, problem.line) == (code, 2) and problem.hint, problem
        assert shown == rows_of(tmp_path / package.tables[name].path)[1][package.tables[name].columns.index(column)]


@pytest.mark.parametrize(("table", "column", "found", "wanted"), [
    ("citations", "accessed", "2026/11/21", "2026-11-21"), ("citations", "accessed", "2021/2/1", "2021-02-01"),
    ("citations", "published", "2019/03/13", "2019-03-13"), ("citations", "published", "2019/03/01", "2019/03/01"),
    ("citations", "published", "2019/3", "2019/3"), ("citations", "published", "13/03/2019", "13/03/2019"),
    ("citations", "note", "2019/03/13", "2019/03/13")])
def test_a_day_with_slashes_is_mended_where_it_was_no_month(table, column, found, wanted, tmp_path):
    package = write_package(tmp_path)
    write_table(tmp_path, package.tables[table], [{**ROWS[table][0], column: found}])
    assert mend(package).problems == []
    assert rows_of(tmp_path / package.tables[table].path)[1][package.tables[table].columns.index(column)] == wanted


def test_a_note_below_the_rows_is_left_where_it_stands(tmp_path):
    package = write_package(tmp_path)
    path = tmp_path / "data/deployments.csv"
    path.write_text(path.read_text() + "\nChecked by Zzz; 3 May\n,,,Zzz and Zzz\n")
    before = path.read_bytes()
    (problem,) = [p for p in mend(package).problems if p.line == 5]
    assert (problem.code, "`Zzz and Zzz`" in problem.message, path.read_bytes()) == ("stray-note", True, before)
