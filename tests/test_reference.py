"""The real Frictionless and our checks of form, on the same broken tables: the same verdict wherever it has an opinion."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import constraints, edtf, form, reference
from scripts.package import load
from scripts.problem import KINDS
from scripts.read import read
from scripts.tables import Tables
from tests.small import VOCABULARIES, check_small, load_small, put_json, schema, table
from tests.test_form import SLUG, URL, column

ENUM = column(enum=VOCABULARIES["colour"], vocabulary="colour")
LIST = column("list", delimiter=";", vocabulary="colour")
BOOLEAN = column("boolean", trueValues=["true"], falseValues=["false"])
SAME = [  # field, cells that both accept, cells that both refuse
    (column("integer"), ["0", "-1", "1500", ""], ["1,500", "abc", "1.0", "1e3", "--1", "0x1", "1 0", "NaN", "9" * 5_000]),
    (column("number"), ["1", "-0.5", "2E+8", "007.0"], ["1,5", "abc", "1 0", "1e", "0x1"]),
    (column("date"), ["2021-02-28", "2020-02-29"], ["2021-02-30", "2021-13-01", "2021", "20210101", "27/04/2021", "2021-01-01T00:00"]),
    (column("year"), ["2021", "1000"], ["21", "zzz", "20211"]), (column("yearmonth"), ["2021-12"], ["2021-13", "2021", "zzz"]),
    (BOOLEAN, ["true", "false", ""], ["TRUE", "1", "yes", "false "]), (column("boolean"), ["true", "TRUE", "1"], ["yes", "tRUE"]),
    (column("any"), ["", "zzz"], []), (column(required=True), ["NA", "0", " ", "null"], [""]),
    (column("integer", required=True), ["0"], [""]), (column("list", delimiter=";", required=True), ["a", "a;b"], [""]),
    (column(pattern=edtf.PATTERN), ["2019", "2019-04", "2019-04-27"], ["2019-4", "04/2019", "2019-04-32", "2019-", "~2019", "２０１９"]),
    (column(pattern=SLUG), ["zzz", "zzz-1-a"], ["Zzz", "zzz_a", "-zzz", "zzz--a", "zzz a"]),
    (column(pattern=URL), ["https://example.org", "http://example.org/a?b"], ["example.org", "https://", "https://exa mple.org"]),
    (column(pattern="[A-Z]{3}"), ["ZZA"], ["Zza", "ZZ", "ZZAA", "ZZA "]), (column(pattern="(?:a|b)"), ["a", "b"], ["ab", "c"]),
    (ENUM, ["green", "dark_red", ""], ["dark red", "GREEN", "green ", "zzz"]),
    (column("integer", enum=[1, 2]), ["1", "2"], ["3", "one"]), (column("integer", minimum=1, maximum=5), ["1", "5"], ["0", "6", "-3"]),
    (column("number", minimum=0.5, maximum=5), ["0.5", "5.0"], ["0.4", "5.01"]),
    (column("number", exclusiveMinimum=0, exclusiveMaximum=1), ["0.1", "0.9"], ["0", "0.0", "1"]),
    (column("date", minimum="2021-01-01"), ["2021-01-01"], ["2020-12-31"]), (column("year", maximum=2021), ["2021"], ["2022"]),
    (column(minLength=2, maxLength=3), ["ab", "abc", "全全"], ["a", "abcd"]),
    (column("list", delimiter=";", minLength=2, maxLength=3), ["a;b", "a;b;c"], ["a", "a;b;c;d"]),
    (column(format="uri"), ["https://example.org", "mailto:zzz@example.org"], ["example.org"]),
    (LIST, ["blue", "blue;green", ""], []),
]
EXCEPTIONS = [  # field, cells that we refuse and Frictionless accepts, why it stays so
    (column("integer"), ["01", "+5", "1_0", " 5 ", "-0", "٣", "１"], "Python's int() takes them; one number has one spelling here"),
    (column("number"), ["NaN", "INF", "-INF", ".5", "5.", "+1", "1_0", " 1"], "Python's Decimal() takes them; none is a plain number"),
    (column("date"), ["2020-1-1", "2020-01-1", "２０２１-01-01"], "strptime() takes them; dates are compared as texts here"),
    (column("yearmonth"), ["2021-1"], "as with dates"),
    (LIST, ["zzz", "blue;zzz", "dark red"], "an enum on a list means the whole list to it, so the terms stand in `vocabulary`"),
    (LIST, ["blue;", ";", "blue;;green", "blue;blue", "green;blue"], "it has no rule on empty, repeated or unsorted items"),
]
LEAK = column(pattern="a|b")  # Frictionless compiles ^a|b$, which also finds the b in ab: a pattern like this is a fault to be told


def both(root: Path, schemas: dict, data: dict) -> tuple[Tables, dict[str, reference.Verdict]]:
    """A small package with our problems, and what Frictionless says of it."""
    tables = check_small(root, schemas, data)
    verdicts, refused = reference.run(tables, {name: content for name, content in tables.contents.items() if reference.is_sound(content)})
    assert [problem.text for problem in refused] == []
    return tables, verdicts


def one_column(field: dict, cells: list[str]) -> tuple[dict, dict]:
    """A table with these cells in a column, a row each from line 2 on."""
    rows = [f'zzz-{number:03},"{cell}"' if "," in cell else f"zzz-{number:03},{cell}" for number, cell in enumerate(cells)]
    return {"zzz": schema(field)}, {"zzz": table("zzz_id,cell", *rows)}


def refused_cells(tables: Tables) -> set[int]:
    return {problem.line for problem in tables.problems.found if problem.column == "cell"}


def disagreements(tables: Tables) -> list[tuple]:
    """What the comparison adds: code, line, column and the first words."""
    before = len(tables.problems.found)
    reference.check(tables)
    return [(p.code, p.line, p.column, p.message.split(",")[0]) for p in tables.problems.found[before:]]


@pytest.mark.parametrize(("field", "good", "bad"), SAME)
def test_both_give_the_same_verdict(field, good, bad, tmp_path):
    tables, verdicts = both(tmp_path, *one_column(field, good + bad))
    wrong = set(range(2 + len(good), 2 + len(good) + len(bad)))
    assert refused_cells(tables) == wrong
    assert verdicts["zzz"].cells == {(line, "cell") for line in wrong}
    assert disagreements(tables) == []


@pytest.mark.parametrize(("field", "cells", "reason"), EXCEPTIONS)
def test_the_known_exceptions_are_still_as_they_were(field, cells, reason, tmp_path):
    tables, verdicts = both(tmp_path, *one_column(field, cells))
    assert refused_cells(tables) == set(range(2, 2 + len(cells)))
    assert verdicts["zzz"].cells == set(), "Frictionless has changed: it refuses this too, so the exception can go"
    assert disagreements(tables) == []


BYTES = {"byte order mark": "\ufeffzzz_id,cell\nzzz-a,b\n", "CRLF": "zzz_id,cell\r\nzzz-a,b\r\n", "no end": "zzz_id,cell\nzzz-a,b",
         "quotes": '"zzz_id","cell"\n"zzz-a","b"\n', "order": "zzz_id,cell\nzzz-b,b\nzzz-a,b\n", "CR": "zzz_id,cell\rzzz-a,b\r",
         "mixed ends": "zzz_id,cell\r\nzzz-a,b\nzzz-b,b\r\n", "a formula": "zzz_id,cell\nzzz-a,=1+1\n"}


@pytest.mark.parametrize("content", BYTES.values(), ids=BYTES)
def test_it_has_no_opinion_on_bytes(content, tmp_path):
    tables, verdicts = both(tmp_path, {"zzz": schema({"name": "cell"})}, {"zzz": content})
    assert verdicts["zzz"] == reference.Verdict(set(), set(), set(), False)
    assert disagreements(tables) == []


UNMATCHED = [
    "zzz_id,cell\nzzz-a\n", "zzz_id,cell\nzzz-a,b,c\n", "zzz_id\nzzz-a\n", "cell,zzz_id\nb,zzz-a\n", "zzz_id,Cell\nzzz-a,b\n",
    "zzz_id,cell,\nzzz-a,b,\n", "zzz_id,cell\n\nzzz-a,b\n", "", "\ufeff", 'zzz_id,cell\nzzz-a,"b\n', 'zzz_id,cell\nzzz-a,"b\nb"\n',
    "zzz_id,cell\nzzz-a,b\rb\n", "zzz_id,cell\r\r\nzzz-a,b\r\r\n", b"zzz_id,cell\n\xff,b\n"]


@pytest.mark.parametrize("content", UNMATCHED)
def test_tables_whose_rows_cannot_be_matched_are_left_out(content, tmp_path):
    tables = check_small(tmp_path, {"zzz": schema({"name": "cell"})}, {"zzz": content})
    assert tables.problems.found and disagreements(tables) == []


KEY = {"fields": ["target"], "reference": {"resource": "yyy", "fields": ["zzz_id"]}}
OWN = {"fields": ["target"], "reference": {"fields": ["zzz_id"]}}
PAIR = {"fields": ["target", "cell"], "reference": {"resource": "yyy", "fields": ["zzz_id", "cell"]}}
YYY = table("zzz_id,cell", "yyy-a,1", "yyy-b,2")
KEYS = [  # keys of the table, its rows, lines with an equal earlier primary key, lines that refer to nothing
    ({}, ["zzz-a,,", "zzz-a,,", "zzz-b,,"], {3}, set()),
    ({"primaryKey": ["target", "cell"], "foreignKeys": [KEY]}, ["a,yyy-a,1", "b,yyy-a,2", "c,yyy-a,1"], {4}, set()),
    ({"foreignKeys": [KEY]}, ["a,yyy-a,1", "b,,1", "c,yyy-c,1", "d,YYY-A,1"], set(), {4, 5}),
    ({"foreignKeys": [OWN]}, ["a,b,1", "b,c,1", "c,zzz,1"], set(), {4}),
    ({"foreignKeys": [PAIR]}, ["a,yyy-a,1", "b,yyy-a,2", "c,yyy-b,2"], set(), {3}),
]


@pytest.mark.parametrize(("keys", "rows", "repeated", "loose"), KEYS)
def test_both_find_the_same_keys(keys, rows, repeated, loose, tmp_path):
    schemas = {"zzz": schema({"name": "target"}, {"name": "cell"}, **keys), "yyy": schema({"name": "cell"})}
    tables, verdicts = both(tmp_path, schemas, {"zzz": table("zzz_id,target,cell", *rows), "yyy": YYY})
    assert (verdicts["zzz"].primary_key, verdicts["zzz"].foreign_key) == (repeated, loose)
    for code, lines in (("primary-key", repeated), ("foreign-key", loose)):
        assert {p.line for p in tables.problems.found if p.code == code} == lines
    assert disagreements(tables) == []


def test_it_ignores_unique_keys(tmp_path):
    keys = schema({"name": "cell"}, uniqueKeys=[["cell"]])
    tables, verdicts = both(tmp_path, {"zzz": keys}, {"zzz": table("zzz_id,cell", "a,1", "b,1")})
    assert [p.code for p in tables.problems.found] == ["unique"] and not verdicts["zzz"].cells and disagreements(tables) == []


def test_a_unique_column(tmp_path):
    tables, _ = both(tmp_path, *one_column(column(unique=True), ["a", "b", "a"]))
    assert [p.line for p in tables.problems.found] == [4] and disagreements(tables) == []


def test_a_reference_to_a_row_with_a_broken_key_is_reported_once(tmp_path):
    schemas = {"zzz": schema({"name": "target"}, foreignKeys=[KEY]), "yyy": schema()}
    tables, verdicts = both(tmp_path, schemas, {"zzz": table("zzz_id,target", "a,yyy-a"), "yyy": table("zzz_id", "Yyy-a")})
    assert verdicts["zzz"].foreign_key == {2}
    assert [p.code for p in tables.problems.found] == ["pattern"] and disagreements(tables) == []


def test_what_we_miss_is_told(tmp_path, monkeypatch):
    for name in ("check_cells", "check_unique", "check_foreign_key"):
        monkeypatch.setattr(form, name, lambda *_: None)
    schemas = {"zzz": schema({"name": "target"}, ENUM, foreignKeys=[KEY]), "yyy": schema({"name": "cell"})}
    rows = ["a,yyy-a,zzz", "b,xxx,green", "b,yyy-a,green"]
    tables, _ = both(tmp_path, schemas, {"zzz": table("zzz_id,target,cell", *rows), "yyy": YYY})
    assert disagreements(tables) == [
        ("reference-disagrees", 2, "cell", "Frictionless refuses this cell"),
        ("reference-disagrees", 4, "zzz_id", "Frictionless refuses this cell"),
        ("reference-disagrees", 4, None, "Frictionless finds a repeated primary key in this row"),
        ("reference-disagrees", 3, None, "Frictionless finds a broken reference in this row")]


def test_what_we_refuse_alone_is_told(tmp_path, monkeypatch):
    refuses_all = constraints.Check(constraints.PATTERN, lambda _: True, lambda _: ("Zzz.", "Zzz."))
    monkeypatch.setitem(constraints.CONSTRAINTS, "pattern", lambda *_: refuses_all)
    tables, _ = both(tmp_path, *one_column(column(pattern="a"), ["a"]))
    assert ("reference-disagrees", 2, "cell", "Frictionless accepts this cell") in disagreements(tables)


def test_a_pattern_that_leaks_is_told(tmp_path):
    tables, _ = both(tmp_path, *one_column(LEAK, ["ab"]))
    assert disagreements(tables) == [("reference-disagrees", 2, "cell", "Frictionless accepts this cell")]


@pytest.mark.parametrize(("file", "path", "value"), [
    ("datapackage.json", "licenses", [5]), ("datapackage.json", "contributors", ["zzz"])])
def test_descriptors_that_it_refuses_are_told(file, path, value, tmp_path):
    load_small(tmp_path, *one_column(column("integer", example="1"), ["1"]))
    put_json(tmp_path, file, path, value)
    tables = read(load(tmp_path)[0])
    form.check(tables)
    assert [code for code, *_ in disagreements(tables)] == ["reference-refuses"]


def test_what_the_compiler_refuses_is_not_reported_twice(tmp_path):
    tables = check_small(tmp_path, *one_column(column(requierd=True), ["a"]))
    assert [p.code for p in tables.problems.found] == ["unknown-constraint"] and disagreements(tables) == []


def test_every_kind_of_the_reference_is_tested():
    assert {kind.code for kind in KINDS.values() if kind.group == "reference"} == {"reference-disagrees", "reference-refuses"}
