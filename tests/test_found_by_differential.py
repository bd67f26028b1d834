"""What the differential test found in our checks: Frictionless is right here, and ours says the same."""

from __future__ import annotations

import pytest

from scripts.package import load
from scripts.problem import ERROR
from scripts.read import read
from scripts.validate import check
from tests.small import schema, table, write_small
from tests.test_form import column


def refused(root, field: dict, *cells: str, **keys) -> list[tuple]:
    """What is wrong in a column of these cells, as code, line and column; what is wrong in the descriptors has no line."""
    rows = [f"zzz-{number},{cell}" for number, cell in enumerate(cells)]
    write_small(root, {"zzz": schema(field, **keys)}, {"zzz": table("zzz_id,cell", *rows)})
    return problems(root)


def problems(root) -> list[tuple]:
    package, found = load(root)
    if package is not None:
        tables = read(package)
        check(tables, fast=True)
        found = [*found, *tables.problems.found]
    return [(problem.code, problem.line, problem.column) for problem in found if problem.severity == ERROR]


@pytest.mark.parametrize(("field", "good", "bad"), [
    (column("boolean", trueValues=["yes"], falseValues=["no"], enum=[True]), "yes", "no"),
    (column("boolean", enum=[True]), "TRUE", "0"), (column("boolean", enum=[False]), "0", "1"),
    (column("number", enum=[1, 2.5]), "1.0", "2.6"), (column("number", enum=[1, 2.5]), "2.50", "0.1"),
    (column("number", enum=[10]), "1E+1", "1E+2")])
def test_an_enum_names_values_not_texts(field, good, bad, tmp_path):
    assert refused(tmp_path, field, good, bad) == [("enum", 3, "cell")]


@pytest.mark.parametrize(("field", "one", "other"), [
    (column("number", unique=True), "1", "1.0"), (column("number", unique=True), "10", "1E+1"),
    (column("boolean", unique=True), "true", "TRUE"), (column("boolean", unique=True), "false", "0")])
def test_one_value_in_two_spellings_stands_twice(field, one, other, tmp_path):
    assert refused(tmp_path, field, one, other) == [("unique", 3, "cell")]


def test_a_reference_finds_a_value_in_another_spelling(tmp_path):
    key = {"fields": ["there"], "reference": {"resource": "", "fields": ["cell"]}}
    write_small(tmp_path, {"zzz": schema(column("number"), {"name": "there", "type": "number"}, foreignKeys=[key])},
                {"zzz": table("zzz_id,cell,there", "zzz-0,1,1.0", "zzz-1,2,3.0")})
    assert problems(tmp_path) == [("foreign-key", 3, "there")]


def test_a_primary_key_is_required_whether_it_says_so_or_not(tmp_path):
    described = schema({"name": "cell"})
    described["fields"][0] = {"name": "zzz_id", "type": "string"}
    write_small(tmp_path, {"zzz": described}, {"zzz": table("zzz_id,cell", ",a")})
    assert problems(tmp_path) == [("required", 2, "zzz_id")]


@pytest.mark.parametrize("field", [
    column(enum=[1, "a"]), column(enum=[True]), column(enum=[None]), column("integer", enum=["zzz"]), column("date", enum=["2021-02-30"]),
    column("yearmonth", minimum="zzz"), column("yearmonth", maximum="2021-13"), column("number", minimum="NaN"),
    column("integer", example="zzz"), column("date", example="2021-02-30"), column("boolean", example="zzz"),
    column(format="uri", example="zzz"),
    column("year", minimum=5)])
def test_a_value_in_a_field_is_of_the_type_of_the_field(field, tmp_path):
    assert [(line, name) for _, line, name in refused(tmp_path, field)] == [(None, "cell")]


def test_a_schema_is_called_by_a_name(tmp_path):
    assert refused(tmp_path, column(), name="Zzz Zzz") == [("bad-schema", None, None)]
