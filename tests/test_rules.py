"""Each rule of meaning fires on its bad example, alone, and keeps silent on its good one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera
import pyarrow as pa
import pytest

from schemas import every_table, frame_schema, rules_of
from scripts.problem import Problem
from scripts.read import read
from scripts.rule import Example, Rule
from scripts.validate import check, validate
from tests.fictional import ROWS, write_package

RULES = [rule for table in ROWS for rule in rules_of(table)]
SHOWN = [rule for rule in RULES if rule.good or rule.bad]
ALIKE: dict[tuple[str, str], list[Rule]] = {}  # rules of a table that share their good example
for one in SHOWN:
    ALIKE.setdefault((one.table, repr(one.good)), []).append(one)


def name_of(rule: Rule) -> str:
    return f"{rule.table}-{rule.kind.code}-{'-'.join(rule.columns[:1])}"


def found(root: Path, rule: Rule, example: Example) -> list[Problem]:
    """What is wrong with the fictional package, changed by an example of a rule."""
    tables = read(write_package(root, example, rule.table))
    check(tables, fast=True)
    return tables.problems.found


def test_the_fictional_package_has_no_problem(tmp_path):
    write_package(tmp_path)
    assert [problem.text for problem in validate(tmp_path).problems.found] == []


@pytest.mark.parametrize("table", ROWS)
def test_the_rules_of_a_table_know_that_they_are(table):
    assert {rule.table for rule in rules_of(table)} == {table}


@pytest.mark.parametrize("table", ROWS)
def test_each_rule_of_a_table_has_a_good_example_and_a_bad_one(table):
    assert all(rule.good is not None and rule.bad for rule in rules_of(table)[len(every_table.rules(table)):])


def test_the_rules_of_text_are_shown_once_for_each_table_of_records_and_hold_for_any_table():
    assert all(rule.good is not None and rule.bad for rule in every_table.rules("deployments"))
    assert [rule.kind.code for rule in rules_of("zzz")] == [rule.kind.code for rule in every_table.rules("deployments")]


@pytest.mark.parametrize("name", ROWS)
def test_rules_wait_for_the_tables_that_they_read(name, tmp_path):
    path = tmp_path / write_package(tmp_path).tables[name].path
    lines = path.read_bytes().split(b"\n")
    without_first, without_last = (b"\n".join(take(line) for line in lines) for take in (
        lambda line: line.split(b",", 1)[-1], lambda line: line.rsplit(b",", 1)[0]))
    for content, code in ((without_first, "missing-column"), (without_last, "missing-column"), (b"", "empty-file")):
        path.write_bytes(content)
        assert [problem.code for problem in validate(tmp_path, fast=True).problems.found] == [code]


@pytest.mark.parametrize("rules", ALIKE.values(), ids=lambda rules: name_of(rules[0]))
def test_good(rules, tmp_path):
    problems = found(tmp_path, rules[0], rules[0].good)
    assert [p.text for p in problems if p.code in {rule.kind.code for rule in rules}] == []
    assert {p.code for p in problems} <= {"unsupported-column", "no-supplier"}


@pytest.mark.parametrize("rule", SHOWN, ids=name_of)
def test_bad(rule, tmp_path):
    problems = [p for p in found(tmp_path, rule, rule.bad) if p.code not in ("unsupported-column", "no-supplier")
                or p.code == rule.kind.code]
    assert {p.code for p in problems} == {rule.kind.code}, [p.text for p in problems]
    assert rule.table in {p.table for p in problems}
    assert all(p.severity == rule.kind.severity and p.message and p.hint for p in problems)


def test_the_rules_of_a_table_are_a_pandera_schema(tmp_path):
    """For those who check a frame of their own with pandera alone."""
    tables = read(write_package(tmp_path))
    schema, rows = frame_schema("deployments", tables), tables["deployments"]
    pd.testing.assert_frame_equal(schema.validate(rows, lazy=True), rows)
    with pytest.raises(pandera.errors.SchemaErrors, match="`ended` stands only"):
        schema.validate(rows.assign(ended="2021"), lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors, match="Nothing that has happened"):
        schema.validate(rows.assign(started="2999"), lazy=True)


def test_pandera_tells_the_rule_the_row_and_the_cell(tmp_path):
    tables = read(write_package(tmp_path))
    schema, rows = frame_schema("deployments", tables), tables["deployments"]
    assert [(one.name, one.raise_warning) for one in schema.checks] == [
        (rule.kind.code, rule.kind.severity == "warning") for rule in rules_of("deployments")]
    assert schema.name == "deployments"
    two = pd.concat([rows, rows.assign(title="Quite another", started="2999", ended="2021")]).set_axis([7, 9])
    with pytest.warns(pandera.errors.SchemaWarning, match="What a record says in further columns"), \
            pytest.raises(pandera.errors.SchemaErrors) as error:
        schema.validate(two, lazy=True)
    cases = error.value.failure_cases
    assert set(cases["index"]) == {9}
    assert cases[cases.check.str.startswith("Nothing that has happened")].failure_case.tolist() == [{"started": "2999"}]
    assert set(cases.column[cases.check.str.startswith("`ended` stands only")]) == set(rows.columns)


@pytest.mark.parametrize(("channel", "role", "warns"), [
    ("system", "partner", True), ("infrastructure", "operator", True), ("model", "integrator", True),
    ("technology_transfer", "client", True), ("system", "supplier", False), ("system", "bidder", False),
    ("training", "partner", False), ("research", "partner", False), ("information_operation", "operator", False)])
def test_who_must_name_a_supplier(tmp_path, channel, role, warns):
    write_package(tmp_path, {"deployments": [{"channel": channel}], "deployment_parties": [
        {"party_role": role}, *([{"party_role": "supplier", "-": "left out"}] if role != "supplier" else [])]})
    assert ("no-supplier" in {problem.code for problem in validate(tmp_path, fast=True).problems.found}) == warns


@pytest.mark.parametrize(("cells", "expected"), [
    ({"published": "13.03.2019", "accessed": "2999-01-01"}, [("future-date", "accessed"), ("pattern", "published")]),
    ({"published": "2999-01-01", "accessed": "2019-02-30"}, [("future-date", "published"), ("type", "accessed")]),
    ({"published": "2999-13-13", "accessed": "2019-02-28"}, [("pattern", "published")])])  # one mistake, not two
def test_a_broken_date_hides_no_other_date_of_its_row(cells, expected, tmp_path):
    write_package(tmp_path, {"citations": [{"citation_id": "zzz-full", **cells}]})
    errors = [problem for problem in validate(tmp_path, fast=True).problems.found if problem.severity == "error"]
    assert sorted((problem.code, problem.column) for problem in errors) == expected


@pytest.mark.parametrize("short", [1, 10**9])
def test_columns_are_searched_for_odd_letters_alone_or_together(short, tmp_path, monkeypatch):
    monkeypatch.setattr(every_table, "SHORT", short)  # bytes
    write_package(tmp_path, {"deployments": [{"note": "Zzz  zzz"}]})
    assert [(problem.code, problem.column) for problem in validate(tmp_path, fast=True).problems.found] == [("double-space", "note")]


@pytest.mark.parametrize(("text", "lost"), [("https://example.org/a?b=c", False), ("Why?https://example.org", False), ("Z?rich", True)])
def test_a_question_mark_of_or_before_an_address_stands_for_no_letter(text, lost):
    assert every_table.lost_letters(pa.array([text])).tolist() == [lost]
