"""Each constraint of a Table Schema fires on its bad cells, keeps silent on its good ones, and says what to do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts import constraints, edtf
from scripts.package import Field, Table
from scripts.problem import KINDS, LIMIT
from scripts.validate import validate
from tests.fictional import write_package
from tests.small import VOCABULARIES, check_small, check_values, schema, table

COLOURS = VOCABULARIES["colour"]
SLUG, URL = "[a-z0-9]+(?:-[a-z0-9]+)*", r"https?://\S+"


def column(type_: str = "string", **properties) -> dict:
    """A field `cell` of a type; what is a constraint stands under `constraints`."""
    own = {key: properties.pop(key) for key in ("delimiter", "trueValues", "falseValues", "vocabulary", "keepOrder", "format", "example")
           if key in properties}
    return {"name": "cell", "type": type_, **own, "constraints": properties}


TERM, TERMS = column(enum=COLOURS, vocabulary="colour"), column("list", delimiter=";", vocabulary="colour")
BOOLEAN = column("boolean", trueValues=["true"], falseValues=["false"])
BAD = [  # field, cell, code, message, hint
    (column("integer"), "1,500", "type", "`1,500` is not of type integer.", ""),
    (column("integer", example="1500"), "abc", "type", "`abc` is not of type integer.", "Write digits only"),
    *((column("integer"), cell, "type", f"`{cell}` is not of type integer.", "") for cell in (
        "01", "+5", "1_0", "1.0", "1e3", "-0", "--1", "٣", "１", "NaN", "0x1")),
    (column("integer"), "9" * 5_000, "type", f"`{'9' * 120}` is not of type integer.", ""),
    *((column("number"), cell, "type", f"`{cell}` is not of type number.", "") for cell in ("NaN", "INF", ".5", "1,5", "5.", "1_0", "+1")),
    *((column("date"), cell, "type", f"`{cell}` is not of type date.", "") for cell in (
        "2021-02-30", "2021-1-1", "2021-13-01", "2021", "20210101", "2021-01-01T00:00", "0000-01-01", "２０２１-01-01")),
    (column("year"), "21", "type", "`21` is not of type year.", ""),
    (column("yearmonth"), "2021-13", "type", "`2021-13` is not of type yearmonth.", ""),
    (BOOLEAN, "TRUE", "type", "`TRUE` is not one of `true`, `false`.", "Did you mean `true`?"),
    (BOOLEAN, "yes", "type", "`yes` is not one of `true`, `false`.", "Write one of these words."),
    (column(format="uri"), "example.org", "type", "`example.org` is not an address.", constraints.FORMS[URL]),
    (column(required=True), "", "required", "`cell` is empty.", "Every row needs it."),
    (column(pattern=edtf.PATTERN), "04/2019", "pattern", "`04/2019` does not have the form asked for.", constraints.FORMS[edtf.PATTERN]),
    *((column(pattern=edtf.PATTERN), cell, "pattern", f"`{cell}` does", "Write a date") for cell in (
        "2019-4", "2019-04-32", "2019-", "2019-00", "２０１９", "~2019", "2019/2020")),
    *((column(pattern=SLUG), cell, "pattern", f"`{cell}` does", "An id is") for cell in (
        "Zzz", "zzz_a", "-zzz", "zzz--a", "zzz a", "zzz-é")),
    (column(pattern=URL), "example.org", "pattern", "`example.org` does", "An address starts with"),
    (column(pattern="[A-Z]{3}"), "Zza", "pattern", "`Zza` does", "three capital letters"),
    (column(pattern="(?:a|b)", example="a"), "ab", "pattern", "`ab` does", "Its form is (?:a|b), as in `a`."),
    (column(pattern="a|b"), "ab", "pattern", "`ab` does", "Its form is a|b."),
    (TERM, "dark red", "enum", "`dark red` is not a known colour.", "Did you mean `dark_red`? The terms are in schemas/vocabularies.yaml."),
    (TERM, "GREEN", "enum", "`GREEN` is not a known colour.", "Did you mean `green`?"),
    (TERM, "ochre", "enum", "`ochre` is not a known colour.", "The terms are in schemas/vocabularies.yaml."),
    (column(enum=["a", "b"]), "c", "enum", "`c` is not a known value.", "Known: a, b."),
    (column("integer", minimum=1), "0", "minimum", "`0` is below 1.", "The minimum is 1."),
    (column("integer", minimum=1, example="7"), "-3", "minimum", "`-3` is below 1.", "Write it as in `7`."),
    (column("integer", maximum=5), "10", "maximum", "`10` is above 5.", "The maximum is 5."),
    (column("number", exclusiveMinimum=0.5), "0.50", "exclusive-minimum", "`0.50` is at or below 0.5.", "is 0.5."),
    (column("date", exclusiveMaximum="2021-01-01"), "2021-01-01", "exclusive-maximum", "`2021-01-01` is at or above 2021-01-01.", ""),
    (column("year", minimum=1950), "1949", "minimum", "`1949` is below 1950.", ""),
    (column(minLength=3), "ab", "min-length", "`ab` is shorter than 3 characters long.", ""),
    (column(maxLength=2), "abc", "max-length", "`abc` is longer than 2 characters long.", ""),
    (column("list", delimiter=";", minLength=2), "a", "min-length", "`a` is shorter than 2 items long.", ""),
    (column("list", delimiter=";", maxLength=2), "a;b;c", "max-length", "`a;b;c` is longer than 2 items long.", ""),
    (TERMS, "dark red", "unknown-term", "`dark red` is not a known colour.", "Did you mean `dark_red`? The terms are in"),
    (TERMS, "blue;ochre;umber", "unknown-term", "`ochre`, `umber` are each not a known colour.", "The terms are in schemas"),
    (TERMS, "blue, green", "unknown-term", "`blue, green` is not a known colour.", "The terms are in"),
    (TERMS, "blue; green", "item-space", "An item of `blue; green` starts or ends with a space.", "format"),
    (TERMS, "blue,green", "unknown-term", "`blue,green` is not a known colour.", "Items are separated by `;`"),
    *((TERMS, cell, "empty-item", f"`{cell}` has an empty item.", "`;` alone") for cell in (
        ";", "blue;", ";blue", "blue;;green", "blue; ;green")),
    (TERMS, "blue;blue", "repeated-item", "`blue;blue` names an item twice.", "Keep one"),
    (TERMS, "green;blue", "item-order", "The items of `green;blue` are not sorted.", "format"),
    (column("list", delimiter=";", keepOrder=True), "b;a;b", "repeated-item", "`b;a;b` names an item twice.", "Keep one"),
]
GOOD = [
    (column("integer"), ["0", "-1", "1500", "9" * 400]), (column("number"), ["1", "-0.5", "2E+8", "007.0"]),
    (column("date"), ["2021-02-28", "2020-02-29", "0001-01-01"]), (column("year"), ["2021"]), (column("yearmonth"), ["2021-12"]),
    (BOOLEAN, ["true", "false"]), (column("boolean"), ["true", "TRUE", "1", "False"]), (column("any"), ["", "zzz"]),
    (column(format="uri"), ["https://example.org", "mailto:zzz@example.org", "HTTPS://example.org"]),
    (column(required=True), ["NA", "null", "0", " "]),
    (column(pattern=edtf.PATTERN), ["2019", "2019-04", "2019-04-27", ""]), (column(pattern=SLUG), ["zzz", "zzz-1-a", "0"]),
    (column(pattern=URL), ["https://example.org", "http://example.org/a?b=c#d"]), (column(pattern="(?:a|b)"), ["a", "b"]),
    (TERM, [*COLOURS, ""]), (column("integer", minimum=1, maximum=5), ["1", "5", ""]), (column("integer", enum=[1, 2]), ["1", "2"]),
    (column("any", enum=["a", "b"]), ["a"]), (column(minLength=0), ["a"]),
    (column("number", exclusiveMinimum=0, exclusiveMaximum=1), ["0.1", "0.9"]), (column(minLength=2, maxLength=3), ["ab", "abc", "全全"]),
    (column("list", delimiter=";", minLength=1, maxLength=2), ["a", "a;b", ""]), (TERMS, ["", "blue", "blue;dark_red;green"]),
    (column("list", delimiter=";", keepOrder=True), ["b;a"]), (column("list"), ["a,b", "a;b"]),
]


@pytest.mark.parametrize(("field", "cell", "code", "message", "hint"), BAD)
def test_a_bad_cell_gives_one_problem(field, cell, code, message, hint, tmp_path):
    cell = f'"{cell}"' if "," in cell else cell
    (problem,) = check_values(tmp_path, field, cell)
    assert (problem.code, problem.table, problem.file, problem.line, problem.column, problem.record) == (
        code, "zzz", "data/zzz.csv", 2, "cell", "zzz-000")
    assert problem.message.startswith(message) and hint in problem.hint


@pytest.mark.parametrize(("field", "cells"), GOOD)
def test_good_cells_give_none(field, cells, tmp_path):
    cells = [f'"{cell}"' if "," in cell else cell for cell in cells]
    assert [p.text for p in check_values(tmp_path, field, *cells)] == []


def test_every_kind_of_form_is_tested():
    codes = {kind.code for kind in KINDS.values() if kind.group == "form"}
    assert codes == {code for _, _, code, *_ in BAD} | {"primary-key", "unique", "foreign-key"}


def test_the_message_of_the_issue(tmp_path):
    """Word for word, on the line where it was asked for."""
    cells = {"technologies": "facial recognition", "deployment_id": "zzz-x"}
    rows = [{"deployment_id": f"zzz-{number:02}"} for number in range(40)]
    write_package(tmp_path, {"deployments": [*rows, cells], "deployment_parties": None}, "deployments")
    found = [problem.text for problem in validate(tmp_path, fast=True).problems.found if problem.code == "unknown-term"]
    assert found == ["data/deployments.csv line 43, technologies: `facial recognition` is not a known technology. "
                     "Did you mean `facial_recognition`? The terms are in schemas/vocabularies.yaml."]


@pytest.mark.parametrize(("field", "message", "hint"), [
    ({"type": "integr"}, "The type `integr` is not known.", "Did you mean `integer`?"),
    ({"type": "geopoint"}, "The type `geopoint` is not known.", "Known: string"),
    ({"format": "email"}, "The format `email` of string is not known.", "Use the default."),
    ({"type": "date", "format": "%d/%m/%Y"}, "The format `%d/%m/%Y` of date is not known.", "Use the default."),
    ({"type": "list", "itemType": "integer"}, "The itemType `integer` is not known.", "Use string."),
    ({"constraints": {"requierd": True}}, "The constraint `requierd` of a string is not known.", "Did you mean `required`?"),
    ({"constraints": {"jsonSchema": {}}}, "The constraint `jsonSchema` of a string is not known.", "Known: "),
    *(({"type": type_, "constraints": {name: value}}, f"The constraint `{name}` of a {type_} is not known.", "")
      for type_, name, value in [
          ("integer", "pattern", "1"), ("list", "enum", ["a"]), ("list", "unique", True), ("string", "minimum", 1),
          ("boolean", "minimum", 1)]),
    *(({"type": type_, "constraints": {name: value}}, f"The constraint `{name}` cannot have the value `{value}`.", "Table Schema")
      for type_, name, value in [
          ("string", "required", "yes"), ("string", "unique", 1), ("string", "pattern", "("), ("string", "pattern", 5),
          ("string", "minLength", "3"), ("string", "minLength", True), ("string", "maxLength", -1), ("string", "enum", []),
          ("string", "enum", "a"), ("integer", "minimum", "one"), ("integer", "maximum", None), ("date", "minimum", "2021"),
          ("number", "maximum", [])]),
])
def test_what_the_compiler_does_not_know_is_an_error_of_the_schema(field, message, hint, tmp_path):
    (problem,) = check_values(tmp_path, {"name": "cell", **field}, "1")
    assert (problem.code, problem.severity, problem.file, problem.column) == ("unknown-constraint", "error", "schemas/zzz.json", "cell")
    assert problem.message == message and problem.hint and hint in problem.hint


@pytest.mark.parametrize("type_", constraints.TYPES)
def test_every_constraint_that_is_allowed_is_compiled(type_):
    bounds = {"date": "2021-01-01", "yearmonth": "2021-01", "year": 2021}
    values = {"pattern": "a", "enum": [bounds.get(type_, "1")], "minLength": 1, "maxLength": 1}
    for name in constraints.ALLOWED[type_]:
        field = Field("cell", type_, constraints={name: values.get(name, bounds.get(type_, 1))})
        assert not list(constraints.schema_problems(Table("zzz", "", "", "", "", (field,), ("cell",))))
        assert len(list(constraints.compile_field(field))) > len(list(constraints.compile_field(Field("cell", type_))))


KEY = {"fields": ["target"], "reference": {"resource": "yyy", "fields": ["zzz_id"]}}
TARGET = {"name": "target"}
OWN = "Delete one of the two rows, or give this one an id of its own."


def of(found, *codes: str) -> list[tuple]:
    return [(p.line, p.column, p.message, p.hint) for p in found if p.code in codes]


def test_a_changed_id_is_told_once_where_it_was_changed(tmp_path):
    """Several rows name the record rightly; none of them is to blame."""
    more = {"deployment_parties": [{"party_role": role} for role in ("supplier", "client", "operator")],
            "organizations": [{"organization_id": "zzz-supplier", "-": "left out"},
                              {"organization_id": "zzz-suplier", "name": "Zzz Supplier"}]}
    write_package(tmp_path, more)
    (problem,) = [p for p in validate(tmp_path, fast=True).problems.found if p.severity == "error"]
    assert (problem.code, problem.table, problem.column) == ("foreign-key", "organizations", "organization_id")
    assert "3 rows name `zzz-supplier`" in problem.message and "Did you mean `zzz-supplier`?" in problem.hint


def test_a_typo_in_one_reference_is_told_there(tmp_path):
    write_package(tmp_path, {"deployment_parties": [{"organization_id": "zzz-suplier"}]})
    (problem,) = [p for p in validate(tmp_path, fast=True).problems.found if p.severity == "error"]
    assert (problem.code, problem.table) == ("foreign-key", "deployment_parties") and "Did you mean `zzz-supplier`?" in problem.hint


def test_a_name_in_place_of_an_id_is_understood(tmp_path):
    write_package(tmp_path, {"deployment_countries": [{"country_code": "Yyy Land"}, {"country_code": "ZZC", "-": "left out"}]})
    (problem,) = [p for p in validate(tmp_path, fast=True).problems.found if p.severity == "error"]
    assert problem.code == "foreign-key" and problem.hint == "Did you mean `ZZB`?"


def test_a_short_code_is_not_near_to_another(tmp_path):
    write_package(tmp_path, {"deployment_countries": [{"country_code": "ZZ"}, {"country_code": "ZZC", "-": "left out"}]})
    (problem,) = [p for p in validate(tmp_path, fast=True).problems.found if p.severity == "error"]
    assert problem.code == "foreign-key" and "Did you mean" not in problem.hint


def test_of_two_equal_keys_the_later_row_is_reported(tmp_path):
    found = check_small(tmp_path, {"zzz": schema()}, {"zzz": table("zzz_id", "zzz-a", "zzz-a", "zzz-b", "zzz-a")}).problems.found
    assert of(found, "primary-key") == [(line, "zzz_id", "`zzz-a` stands already on line 2.", OWN) for line in (3, 5)]
    assert {p.code for p in found} == {"primary-key"}


@pytest.mark.parametrize(("keys", "code"), [({"primaryKey": ["target", "cell"], "foreignKeys": [KEY]}, "primary-key"),
                                            ({"uniqueKeys": [["target", "cell"]]}, "unique")])
def test_keys_of_several_columns(keys, code, tmp_path):
    data = {"zzz": table("zzz_id,target,cell", "zzz-a,yyy-a,1", "zzz-b,yyy-a,2", "zzz-c,yyy-a,2", "zzz-d,yyy-a,", "zzz-e,yyy-a,"),
            "yyy": table("zzz_id", "yyy-a")}
    found = check_small(tmp_path, {"zzz": schema(TARGET, {"name": "cell"}, **keys), "yyy": schema()}, data).problems.found
    assert of(found, code) == [(4, None, "`yyy-a 2` stands already on line 3.", "Delete one of the two rows.")]
    empty = {("required", 5), ("required", 6)} if code == "primary-key" else set()
    assert {(p.code, p.line) for p in found} - {("row-order", 4)} == {(code, 4), *empty}


def test_a_key_of_no_columns_asks_for_nothing(tmp_path):
    found = check_small(tmp_path, {"zzz": schema(uniqueKeys=[[]])}, {"zzz": table("zzz_id", "zzz-a", "zzz-b")}).problems.found
    assert [p.code for p in found] == []


def test_a_unique_column_may_be_empty_often(tmp_path):
    found = check_values(tmp_path, column(unique=True), "a", "", "b", "", "a")
    assert of(found, "unique") == [(6, "cell", "`a` stands already on line 2.", OWN)]
    assert len(found) == 1


@pytest.mark.parametrize(("ids", "targets", "expected"), [
    (["yyy-a", "yyy-b"], ["yyy-a", "yyy-b", ""], []),
    (["yyy-a", "yyy-b"], ["yyy-a", "yyy-A", "xxx"], [("foreign-key", "zzz", 3), ("foreign-key", "zzz", 4)]),
    (["Yyy_A", "yyy-b"], ["yyy-a", "yyy-a", "yyy-b"], [("pattern", "yyy", 2)]),
    (["Yyy_A", "yyy-b"], ["yyy-a", "yyy-a", "xxx"], [("pattern", "yyy", 2), ("foreign-key", "zzz", 4)]),
    (["", "yyy-b"], ["yyy-a", "yyy-a", "yyy-b"], [("required", "yyy", 2)]),
    (["", "yyy-b"], ["yyy-a", "xxx", "yyy-b"], [("required", "yyy", 2), ("foreign-key", "zzz", 2), ("foreign-key", "zzz", 3)]),
    (["yyy-a", "yyy-a"], ["yyy-a", "yyy-b"], [("primary-key", "yyy", 3)]),
    (["", ""], ["yyy-a", "yyy-b"], [("required", "yyy", 2), ("required", "yyy", 3)]),
    ([], ["yyy-a"], [("foreign-key", "zzz", 2)]),
    (["yyy-a,,", "yyy-b"], ["yyy-a", "yyy-b"], [("ragged-row", "yyy", 2)]),
    (["Zzz,yyy-a,x", "yyy-b"], ["yyy-a", "yyy-b"], [("ragged-row", "yyy", 2)]),
])
def test_a_broken_key_is_not_also_a_dangling_reference(ids, targets, expected, tmp_path):
    data = {"zzz": table("zzz_id,target", *(f"zzz-{i},{target}" for i, target in enumerate(targets))),
            "yyy": table("zzz_id,cell", *(key if "," in key else f"{key},x" for key in ids))}
    found = check_small(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": schema({"name": "cell"})}, data).problems.found
    assert sorted((p.code, p.table, p.line) for p in found if p.code != "row-order") == sorted(expected)


def test_a_reference_names_what_is_near(tmp_path):
    data = {"zzz": table("zzz_id,target", "zzz-a,YYY A", "zzz-b,xxx"), "yyy": table("zzz_id", "yyy-a")}
    found = check_small(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": schema()}, data).problems.found
    assert of(found, "foreign-key") == [
        (2, "target", "`YYY A` is not in data/yyy.csv.", "Did you mean `yyy-a`?"),
        (3, "target", "`xxx` is not in data/yyy.csv.", "Add it there first, or write here a `zzz_id` that is there.")]


def test_thousands_of_loose_references_are_counted_unless_as_many_keys_are_broken(tmp_path):
    ids = [f"{number * 7_919 % 10_007:05}-{number * 104_729 % 1_299_709:07}-yyy-{number:04}" for number in range(2_000)]
    for known, count in ((sorted(ids[1_000:]), 1_000), ([key.upper() for key in sorted(ids[1_000:])], 0)):
        rows = [f"zzz-{number:04},{target}" for number, target in enumerate(ids[:1_000])]
        data = {"zzz": table("zzz_id,target", *rows), "yyy": table("zzz_id", *known)}
        found = check_small(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": schema()}, data).problems
        assert found.counts["foreign-key"] == count


def test_a_table_may_refer_to_itself(tmp_path):
    own = {"fields": ["target"], "reference": {"fields": ["zzz_id"]}}
    found = check_small(tmp_path, {"zzz": schema(TARGET, foreignKeys=[own])}, {"zzz": table("zzz_id,target", "zzz-a,zzz-b", "zzz-b,zzz-c")})
    assert of(found.problems.found, "foreign-key")[0][:2] == (3, "target") and len(found.problems.found) == 1


def test_a_reference_of_two_columns(tmp_path):
    pair = {"fields": ["target", "cell"], "reference": {"resource": "yyy", "fields": ["zzz_id", "cell"]}}
    schemas = {"zzz": schema(TARGET, {"name": "cell"}, foreignKeys=[pair]), "yyy": schema({"name": "cell"})}
    data = {"zzz": table("zzz_id,target,cell", "zzz-a,yyy-a,1", "zzz-b,yyy-a,2", "zzz-c,yyy-a,"), "yyy": table("zzz_id,cell", "yyy-a,1")}
    assert [(line, name) for line, name, *_ in of(check_small(tmp_path, schemas, data).problems.found, "foreign-key")] == [(3, None)]


def test_cells_of_a_ragged_row_are_left_alone(tmp_path):
    found = check_small(tmp_path, {"zzz": schema(TERM)}, {"zzz": table("zzz_id,cell", "Zzz,ochre,x", "zzz-b,ochre")}).problems.found
    assert [(p.code, p.line) for p in found if p.code != "row-order"] == [("ragged-row", 2), ("enum", 3)]


def test_of_many_problems_all_are_counted(tmp_path):
    tables = check_small(tmp_path, {"zzz": schema(TERM)}, {"zzz": table("zzz_id,cell", *(f"zzz-{i:06},ochre" for i in range(LIMIT + 5)))})
    assert tables.problems.counts == {"enum": LIMIT + 5} and len(tables.problems.found) == LIMIT
    assert tables.problems.broken_lines("zzz", ["cell"]) == set(range(2, LIMIT + 7))


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=12), st.sampled_from([field for field, *_ in BAD]))
def test_no_cell_raises(cell, properties):
    field = Field(**{key: value for key, value in properties.items() if key in ("name", "type", "format", "constraints", "delimiter")})
    for check in constraints.compile_field(field):
        if cell and check.fails(cell):
            message, hint = check.say(cell)
            assert message and isinstance(hint, str)
            break


def test_an_id_changed_to_another_is_told_once_too(tmp_path):
    """No longer near to what it was, but the only one that nothing refers to, while the only missing one is named by several."""
    more = {"deployments": [{"deployment_id": "yyy-2", "title": "Something else"}, {"deployment_id": "zzz-deployment", "-": "left out"}]}
    write_package(tmp_path, more)
    (problem,) = [p for p in validate(tmp_path, fast=True).problems.found if p.severity == "error" and p.code != "no-such-record"]
    assert (problem.code, problem.table, problem.record) == ("foreign-key", "deployments", "yyy-2")
