"""The coder guide covers every column, and its worked examples are what the tables say."""

from __future__ import annotations

import re

import pytest

from scripts.package import load
from scripts.read import read
from tests.fictional import PROJECT

PACKAGE, _ = load(PROJECT)
GUIDE = (PROJECT / "docs" / "coder-guide.md").read_text(encoding="utf-8")
GAPS = (PROJECT / "docs" / "known-gaps.md").read_text(encoding="utf-8")
# A worked example: `record`: `column` = `value`, or `column` ∋ `item` of a list or of the record's linked rows.
EXAMPLE = re.compile(r"`(?P<record>[a-z0-9-]+)`: `(?P<column>\w+)` (?P<sign>=|∋) `(?P<value>[^`]*)`")


def sections() -> dict[str, str]:
    """The text under each `## table` heading of the guide."""
    parts = re.split(r"^## `?(\w+)`?[^\n]*$", GUIDE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def tables():
    return read(PACKAGE)


@pytest.mark.parametrize("name", [name for name in PACKAGE.tables if name != "countries"])
def test_every_column_has_a_row_in_the_guide(name):
    rows = re.findall(r"^\| (`[^|]+`) \|", sections()[name], flags=re.MULTILINE)
    assert [column for cell in rows for column in re.findall(r"`(\w+)`", cell)] == list(PACKAGE.tables[name].columns)


@pytest.mark.parametrize("name", [name for name in PACKAGE.tables if name != "countries"])
def test_the_worked_examples_are_what_the_tables_say(name, tables):
    rows = tables[name]
    for record, column, sign, value in EXAMPLE.findall(sections()[name]):
        cells = rows.loc[rows[PACKAGE.tables[name].primary_key[0]] == record, column].tolist()
        items = cells if sign == "=" else [item for cell in cells for item in cell.split(";")]
        assert value in items, f"{record}: {column} is {cells}, the guide says {value}"


def test_there_are_worked_examples_for_every_table_that_is_coded():
    coded = ("deployments", "deployment_parties", "deployment_citations", "citations", "organizations", "standards_roles",
             "policy_statements", "statement_themes", "statement_endorsements", "statement_tallies", "claims", "claim_records")
    assert [name for name in coded if not EXAMPLE.search(sections()[name])] == []


@pytest.mark.parametrize("text", [GUIDE, GAPS], ids=["coder-guide", "known-gaps"])
def test_what_looks_like_a_record_is_one(text, tables):
    known = {key for content in tables if content.table.is_record for key in content.rows[content.table.id]}
    known |= set(tables["withdrawn"].record_id)
    named = {word for word in re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+){2,})`", text) if re.search("[a-z]", word)}
    assert sorted(named - known) == []


def test_the_ten_rules_are_there():
    assert [int(number) for number in re.findall(r"^### (\d+)\. ", GUIDE, flags=re.MULTILINE)] == list(range(1, 11))
