"""Descriptors and vocabularies: each kind of problem fires alone, and nothing hostile gets through or raises."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts import documents, form, vocabularies
from scripts import package as descriptors
from scripts.documents import MAX_DEPTH, load_json, load_yaml
from scripts.package import DESCRIPTOR, load
from scripts.problem import Kind
from scripts.read import read
from scripts.validate import validate
from scripts.vocabularies import VOCABULARIES
from tests.fictional import PROJECT, write_package
from tests.small import ABSENT, TERM, put_json, resource, schema, table, write_small
from tests.small import VOCABULARIES as SMALL

BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
NOT_JSON = [  # content, code, line
    ("", "broken-json", 1), ("{", "broken-json", 1), ('{"a": 1,\n}', "broken-json", 2), ("{'a': 1}", "broken-json", 1),
    ("[]", "broken-json", None), ('"a"', "broken-json", None), ("null", "broken-json", None), ("5", "broken-json", None),
    ('{"a": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}", "broken-json", None),
    ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "broken-json", None),
    ('{"a":' * 970 + "1" + "}" * 970, "broken-json", None), ('{"a": ' + "1" * 5_000 + "}", "broken-json", None),
    ('{"a": 1, "a": 1}', "repeated-key", None), ('{"b": [{"a": 1, "a": 2}]}', "repeated-key", None),
    (b'{"a": "\xff"}', "unreadable-document", 1), (b"{\n\n\xfc}", "unreadable-document", 3)]
NOT_YAML = [
    ("", "broken-yaml", 1), ("a", "broken-yaml", 1), ("- a", "broken-yaml", 1), ("a: b: c", "broken-yaml", 1),
    ("a:\n\tb: c", "broken-yaml", 2), ("a: [b\n", "broken-yaml", 2), ("a: 1\nb: 'c", "broken-yaml", 2), ("a: \x01", "broken-yaml", None),
    ("? [a]\n: b", "broken-yaml", 1), ("a: b\n@", "broken-yaml", 2),
    ("a: !!python/object/apply:os.system [zzz]", "unsafe-yaml", 1), ("a: !!python/name:os.system ''", "unsafe-yaml", 1),
    ("b: 1\na: !zzz b", "unsafe-yaml", 2), ("a: !!int '1'", "unsafe-yaml", 1), ("!!map {}", "unsafe-yaml", 1),
    ("a: &b c", "unsafe-yaml", 1), ("a: *b", "unsafe-yaml", 1), (BOMB, "unsafe-yaml", 1), ("a: 1\n<<: *a", "unsafe-yaml", 2),
    ("a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "unsafe-yaml", 1), ("a: " + "[" * 200_000, "unsafe-yaml", 1),
    ("a: " + "{b: " * 50 + "}" * 50, "unsafe-yaml", 1), ("a: 1\n---\nb: 1", "unsafe-yaml", 2),
    ("a: 1\nb: 2\na: 3", "repeated-key", 3), ("a: {b: 1, b: 1}", "repeated-key", 1),
    (b"a: \xff", "unreadable-document", 1), ("a: 1".encode("utf-16"), "unreadable-document", 1)]


@pytest.mark.parametrize(("loader", "content", "code", "line"), [
    *((load_json, *case) for case in NOT_JSON), *((load_yaml, *case) for case in NOT_YAML)])
def test_a_bad_document_gives_one_problem(loader, content, code, line, tmp_path):
    (tmp_path / "zzz").write_bytes(content if isinstance(content, bytes) else content.encode())
    _, problems = loader(tmp_path / "zzz", "zzz")
    assert [(p.code, p.file, p.line) for p in problems] == [(code, "zzz", line)]
    assert problems[0].message and problems[0].hint


@pytest.mark.parametrize("loader", [load_json, load_yaml])
@pytest.mark.parametrize("there", ["nothing", "folder", "pipe", "endless name", "huge"])
def test_what_is_no_file_is_told(loader, there, tmp_path, monkeypatch):
    path = tmp_path / ("zzz" * (100 if there == "endless name" else 1))
    if there == "folder":
        path.mkdir()
    elif there == "pipe":
        os.mkfifo(path)
    elif there == "huge":
        monkeypatch.setattr(documents, "MAX_BYTES", 10)
        path.write_text('{"a": "zzz"}')
    value, (problem,) = loader(path, "zzz")
    assert value is None and problem.code == "unreadable-document" and problem.hint


def test_values_of_yaml_are_the_texts_that_stand_there(tmp_path):
    (tmp_path / "zzz").write_text("\ufeffa: no\nb: 2019-04\nc: 0012\nd:\ne: null\nf: ''\ng: [1e3, {h: true}]\ni: '*a &b !c'\n")
    value, problems = load_yaml(tmp_path / "zzz", "zzz")
    assert not problems and value.line == 1 and value["g"][1].line == 7
    assert value == {"a": "no", "b": "2019-04", "c": "0012", "d": "", "e": "", "f": "", "g": ["1e3", {"h": "true"}], "i": "*a &b !c"}


def test_sound_json_is_read(tmp_path):
    text = '{"a": ' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}"
    (tmp_path / "zzz").write_text("\ufeff" + text)
    assert load_json(tmp_path / "zzz", "zzz") == (json.loads(text), [])


COLOUR = {"name": "colour", "vocabulary": "colour", "constraints": {"enum": SMALL["colour"]}}
KEY = {"fields": ["target"], "reference": {"resource": "yyy", "fields": ["zzz_id"]}}

@pytest.fixture
def small(tmp_path) -> Path:
    """A sound package of two tables: `zzz` refers to `yyy`, and has a list and a term."""
    names = {"name": "columns", "type": "list", "delimiter": ";", "columnsOf": "yyy"}
    schemas = {"zzz": schema({"name": "target"}, COLOUR, names, foreignKeys=[KEY], label=["colour"], uniqueKeys=[["target", "colour"]]),
               "yyy": schema({"name": "title", "example": "Zzz"}, card={"section": "yyy"}, missingValues=[""])}
    write_small(tmp_path, schemas, {"zzz": table("zzz_id,target,colour,columns"), "yyy": table("zzz_id,title")})
    assert load(tmp_path)[1] == []
    return tmp_path


Z, Y, D, V = "schemas/zzz.json", "schemas/yyy.json", DESCRIPTOR, VOCABULARIES
BAD = [  # code, file, place in it, value, what the message or hint says
    *(("bad-package", D, "resources", value, "resources") for value in (ABSENT, [])),
    *(("bad-package", D, "resources.0.name", value, "Resource 1") for value in (ABSENT, 5, "", "Zzz", "a.b", "../zzz", "zzz\n")),
    *(("bad-package", D, "resources.0", value, "Resource 1") for value in (None, "zzz", [], {})),
    *(("bad-package", D, f"resources.1.{key}", value, "no path inside") for key in ("path", "schema") for value in (
        ABSENT, None, 5, "", [], ["data/zzz.csv"], {}, "../zzz.csv", "data/../../zzz.csv", "/etc/hosts", "~/../../etc/hosts",
        "https://example.org/zzz.csv", "file:///etc/hosts", "C:\\zzz.csv", "data\\zzz.csv", "zzz\0.csv", "\ud800",
        "out/zzz.csv", "out.csv", "loop/zzz")),
    ("bad-package", D, "resources", [resource("zzz"), resource("yyy"), resource("zzz")], "stands twice"),
    ("bad-package", D, "resources.1.path", "data/zzz.csv", "Two resources"),
    ("bad-package", D, "resources.0.dialect", "https://example.org/dialect.json", "`dialect` is not known"),
    ("bad-package", D, "resources.0.extrapaths", ["/etc/hosts"], "not known"),
    ("bad-package", D, "resources.0.encoding", "cp1252", "utf-8"),
    ("bad-package", D, "resources.0.format", "xlsx", "csv"), ("bad-package", D, "resources.0.title", 5, "is not a text"),
    ("bad-package", D, "profile", "https://example.org/profile.json", "`profile` is not known"),
    ("bad-package", D, "licences", [], "Did you mean `licenses`?"), ("bad-package", D, "version", 1, "is not a text"),
    *(("bad-package", D, "created", value, "no date") for value in ("zzz", "2021-03-01\n", "2021-03-01Tzzz", "2021-03-01T00:00:00")),
    *(("bad-package", D, "name", value, "no name of a package") for value in (
        "", "../zzz", "zzz/yyy", "Zzz", "zzz-", "zzz--yyy", "zzz\n", "zzz.yyy", "zzz\0")),
    *(("bad-schema", Y, "fields", value, "`fields` is not a list") for value in (
        ABSENT, None, [], {}, [5], [{}], [{"name": 5}], [{"name": "a,b"}])),
    ("bad-schema", Y, "fields.1", schema()["fields"][0], "stands twice"),
    ("bad-schema", Y, "desciption", "", "Did you mean `description`?"),
    ("bad-schema", Y, "fields.1.exmple", "", "Did you mean `example`?"), ("bad-schema", Y, "fields.1.required", True, "not known"),
    ("bad-schema", Y, "fields.1.groupChar", " ", "not known"), ("bad-schema", Y, "fields.1.missingValues", ["NA"], "not known"),
    ("bad-schema", Y, "fields.1.example", 5, "is not a text"), ("bad-schema", Y, "fields.1.constraints", [], "is not an object"),
    ("bad-schema", Y, "fields.1.type", [], "is not a text"), ("bad-schema", Y, "fields.1.vocabulary", {}, "is not a text"),
    ("bad-schema", Y, "fields.1.trueValues", [], "trueValues"), ("bad-schema", Y, "fields.1.falseValues", [1], "falseValues"),
    ("bad-schema", Y, "fields.1.card", {"key": 5}, "card"), ("bad-schema", Z, "fields.3.delimiter", "", "delimiter"),
    ("bad-schema", Y, "missingValues", ["", "NA"], "missingValues"), ("bad-schema", Y, "missingValues", [], "missingValues"),
    *(("bad-schema", Y, "card", value, "card") for value in (5, {}, {"section": 5}, {"section": "a", "key": []},
                                                            {"section": "a", "also": 5}, {"section": "a", "also": [{"key": "b"}]})),
    *(("bad-schema", Y, "primaryKey", value, "primary") for value in (ABSENT, [], "")),
    ("bad-schema", Y, "primaryKey", ["zzz_idd"], "Did you mean `zzz_id`?"), ("bad-schema", Y, "primaryKey", 5, "is not a list"),
    ("bad-schema", Z, "label", ["color"], "Did you mean `colour`?"), ("bad-schema", Z, "uniqueKeys", [["color"]], "Did you mean `colour`?"),
    ("bad-schema", Z, "uniqueKeys", 5, "is not a list"), ("bad-schema", Z, "foreignKeys", {}, "is not a list"),
    *(("bad-schema", Z, "foreignKeys.0", value, "lacks `fields` or `reference`") for value in (
        5, {}, {"fields": "target"}, {**KEY, "fields": []}, {**KEY, "reference": {"resource": 5, "fields": ["zzz_id"]}})),
    ("bad-schema", Z, "foreignKeys.0.fields", ["targett"], "Did you mean `target`?"),
    ("bad-schema", Z, "foreignKeys.0.reference.resource", "yyyy", "Did you mean `yyy`?"),
    ("bad-schema", Z, "foreignKeys.0.reference.fields", ["zzz"], "does not fit"),
    ("bad-schema", Z, "foreignKeys.0.reference.fields", ["zzz_id", "title"], "does not fit"),
    ("bad-schema", Z, "primaryKey", ["zzz_id", "target"], "is no foreign key"),
    ("bad-schema", Z, "fields.3.columnsOf", "yyyy", "Did you mean `yyy`?"), ("bad-schema", Z, "fields.2.vocabulary", "color", "`colour`"),
    ("stale-enum", Z, "fields.2.constraints.enum", ["dark_red", "blue"], "differs"),
    ("stale-enum", Z, "fields.2.constraints", {}, "differs"),
    ("stale-enum", Z, "fields.2.constraints.enum", SMALL["colour"][::-1], "differs"),
    *(("bad-vocabulary", V, "colour", value, "`colour`") for value in (
        "zzz", [], {}, {"title": "a", "description": "b"}, {"title": "a", "description": "b", "terms": {}},
        {"title": "a", "terms": {"green": TERM}}, {"title": "a", "description": "b", "terms": {"green": TERM}, "zzz": ""})),
    *(("bad-vocabulary", V, "colour.terms.green", value, "`green`") for value in (
        "zzz", [], {}, {**TERM, "zzz": "a"}, {**TERM, "title": ["a"]}, {**TERM, "definition": ""})),
    *(("bad-vocabulary", V, "size", {"title": "a", "description": "b", "terms": {term: TERM}}, "cannot be a term") for term in (
        "", "Zzz", 'a"b', "`a|b`c`", "z" * 41, "1st", "_zzz", "zzz-a", "zzz a", "zzz\n", "é")),
    ("unreadable-document", D, "resources.0.schema", "schemas", "folder"),
    ("unreadable-document", D, "resources.0.schema", "schemas/xxx.json", "no such file"),
]
GOOD = [  # what stays near to the cases above and is sound
    *((D, "name", name) for name in (ABSENT, "zzz-yyy-2", "2zzz")),
    (D, "resources.0.path", "data/./zzz.csv"), (D, "resources.0.path", "in/zzz.csv"), (D, "resources.0.encoding", ABSENT),
    (D, "created", "2021-03-01"), (D, "created", "2021-03-01T00:00:00Z"), (D, "licenses", []), (Y, "missingValues", ABSENT),
    (Y, "primaryKey", "zzz_id"), (Z, "foreignKeys.0.fields", "target"), (Z, "foreignKeys.0.reference.fields", "zzz_id"),
    (Z, "foreignKeys.0.reference.resource", ABSENT), (Y, "card.also", [{"section": "a", "key": "b"}]),
    (V, "colour.terms.green", {**TERM, "deprecated": "2021"}), (V, "size", {"title": "a", "description": "b", "terms": {"c": TERM}}),
    (V, "size", {"title": "a", "description": "b", "terms": {"z" * 40: TERM, "a_1_": TERM}}),
]


def lay_traps(root: Path) -> None:
    """Links that lead out of the package, into it, and in a circle."""
    outside = root.parent / f"{root.name}-outside"
    outside.mkdir()
    (outside / "zzz.csv").write_text("zzz_id\n")
    (root / "out").symlink_to(outside)
    (root / "out.csv").symlink_to(outside / "zzz.csv")
    (root / "in").symlink_to(root / "data")
    (root / "loop").symlink_to(root / "loop")


@pytest.mark.parametrize(("code", "file", "path", "value", "words"), BAD)
def test_a_bad_descriptor_gives_one_problem(code, file, path, value, words, small):
    lay_traps(small)
    put_json(small, file, path, value)
    package, problems = load(small)
    assert package is None and [p.code for p in problems] == [code], [p.text for p in problems]
    assert problems[0].hint and words in problems[0].text


@pytest.mark.parametrize(("file", "path", "value"), GOOD)
def test_a_sound_descriptor_gives_none(file, path, value, small):
    lay_traps(small)
    put_json(small, file, path, value)
    package, problems = load(small)
    assert package and problems == []


def test_every_kind_of_the_modules_is_tested():
    kinds = {value.code for module in (documents, descriptors, vocabularies) for value in vars(module).values() if isinstance(value, Kind)}
    assert kinds == {code for code, *_ in BAD} | {case[1] for case in NOT_JSON + NOT_YAML}


@pytest.mark.parametrize("file", [DESCRIPTOR, VOCABULARIES, Z])
@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[]", b"{", b"!!python/object:zzz {}"])
def test_a_broken_file_of_the_package_gives_one_problem(file, content, small):
    (small / file).unlink() if content is None else (small / file).write_bytes(content)
    package, problems = load(small)
    assert package is None and [p.file for p in problems] == [file]


def test_a_package_knows_its_tables(small):
    package, _ = load(small)
    assert package.tables["zzz"].by_name["columns"].terms == ("title",)
    assert package.tables["zzz"].by_name["colour"].terms == tuple(SMALL["colour"])
    assert package.tables["zzz"].targets == {"target": "yyy"} and package.created == ""


@pytest.mark.parametrize(("file", "path", "words"), [
    ("schemas/citations.json", "fields.2", "the column `publisher`"), ("schemas/deployments.json", "fields.13", "the column `ended`"),
    ("schemas/statement_citations.json", "foreignKeys.0.reference.resource", "the foreign key of statement_id"),
    ("schemas/deployment_parties.json", "primaryKey.2", "the primary key deployment_id, organization_id, party_role")])
def test_rules_that_miss_a_column_or_key_of_a_schema_are_left_out_and_told(file, path, words, tmp_path):
    write_package(tmp_path)
    put_json(tmp_path, file, path, ABSENT)
    found = validate(tmp_path, fast=True).problems.found
    assert [(p.file, p.message, p.hint) for p in found if p.code == "other-schema"] == [
        (file, f"The schema lacks {words}.", "Put it back, or change the rules that read it too.")]


def test_all_columns_that_a_schema_lacks_are_named(tmp_path):
    write_package(tmp_path)
    for path in ("fields.13", "fields.12"):
        put_json(tmp_path, "schemas/deployments.json", path, ABSENT)
    found = validate(tmp_path, fast=True).problems.found
    assert [p.message for p in found if p.code == "other-schema"] == ["The schema lacks the column `started`, `ended`."]


SCALAR = st.none() | st.booleans() | st.integers(-2, 2) | st.floats() | st.text(max_size=5) | st.sampled_from(
    ["../zzz", "string", "list", "integer", "country_code", "deployments", "(a+)+$", "["])
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3))
TEXT = VALUE.map(json.dumps) | st.sampled_from(["[" * 5_000 + "]" * 5_000, '{"a":' * 400 + "1" + "}" * 400, "1" * 5_000, "1e999"])
FILES = [DESCRIPTOR, *(f"schemas/{path.name}" for path in sorted((PROJECT / "schemas").glob("*.json")))]


def places(value: object, path: tuple = ()) -> list[tuple]:
    """Every place in a JSON value but its root."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, part in inner for found in [(*path, key), *places(part, (*path, key))]]


@pytest.fixture(scope="module")
def fictional(tmp_path_factory) -> Path:
    return write_package(tmp_path_factory.mktemp("fictional")).root


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_value_in_any_place_of_a_descriptor_never_raises(fictional, data):
    name = data.draw(st.sampled_from(FILES))
    sound = (fictional / name).read_text()
    document = at = json.loads(sound)
    *steps, last = data.draw(st.sampled_from(places(document)))
    for step in steps:
        at = at[step]
    at[last] = "@@"
    try:
        (fictional / name).write_text(json.dumps(document).replace('"@@"', data.draw(TEXT)))
        package, problems = load(fictional)
        assert (package is None) == bool(problems)
        if package:
            form.check(read(package))
    finally:
        (fictional / name).write_text(sound)


@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=40) | st.text(
    st.sampled_from("a1:-#&*!?|>'\"%@`{}[], \n\t\r\x85\u2028\ufeff~"), max_size=30).map(str.encode))
def test_no_bytes_of_a_document_raise(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "document"
    path.write_bytes(content)
    for loader in (load_json, load_yaml):
        value, problems = loader(path, "document")
        assert value is not None or problems
