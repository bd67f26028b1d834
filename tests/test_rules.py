"""Each rule of meaning fires on its bad example, alone, and keeps silent on its good one."""

from __future__ import annotations

import pandas as pd
import pandera
import pytest

from schemas import frame_schema, rules_of
from scripts.read import read
from scripts.validate import validate
from tests.fictional import ROWS, write_package

RULES = [rule for table in ROWS for rule in rules_of(table)]
NAMED = [pytest.param(rule, id=f"{rule.table}-{rule.kind.code}-{'-'.join(rule.columns[:1])}-{i}") for i, rule in enumerate(RULES)
         if rule.good or rule.bad]


def test_the_fictional_package_has_no_problem(tmp_path):
    write_package(tmp_path)
    assert [problem.text for problem in validate(tmp_path).problems.found] == []


@pytest.mark.parametrize("rule", NAMED)
def test_good(rule, tmp_path):
    write_package(tmp_path, rule.good, rule.table)
    found = validate(tmp_path, fast=True).problems.found
    assert [p.text for p in found if p.code == rule.kind.code] == []
    assert {p.code for p in found} <= {"unsupported-column", "no-supplier"}


@pytest.mark.parametrize("rule", NAMED)
def test_bad(rule, tmp_path):
    write_package(tmp_path, rule.bad, rule.table)
    found = [p for p in validate(tmp_path, fast=True).problems.found if p.code not in ("unsupported-column", "no-supplier")
             or p.code == rule.kind.code]
    assert {p.code for p in found} == {rule.kind.code}, [p.text for p in found]
    assert rule.table in {p.table for p in found}
    assert all(p.severity == rule.kind.severity and p.message and p.hint for p in found)


def test_the_rules_of_a_table_are_a_pandera_schema(tmp_path):
    """For those who check a frame of their own with pandera alone."""
    tables = read(write_package(tmp_path))
    schema, rows = frame_schema("deployments", tables), tables["deployments"]
    pd.testing.assert_frame_equal(schema.validate(rows, lazy=True), rows)
    with pytest.raises(pandera.errors.SchemaErrors, match="`ended` stands only"):
        schema.validate(rows.assign(ended="2021"), lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors, match="Nothing that has happened"):
        schema.validate(rows.assign(started="2999"), lazy=True)


@pytest.mark.parametrize(("channel", "role", "warns"), [
    ("system", "partner", True), ("infrastructure", "operator", True), ("model", "integrator", True),
    ("technology_transfer", "client", True), ("system", "supplier", False), ("system", "bidder", False),
    ("training", "partner", False), ("research", "partner", False), ("information_operation", "operator", False)])
def test_who_must_name_a_supplier(tmp_path, channel, role, warns):
    write_package(tmp_path, {"deployments": [{"channel": channel}], "deployment_parties": [
        {"party_role": role}, *([{"party_role": "supplier", "-": "left out"}] if role != "supplier" else [])]})
    assert ("no-supplier" in {problem.code for problem in validate(tmp_path, fast=True).problems.found}) == warns
