"""Problems of bytes: each kind fires where it should, alone, at its line and column, and stops no check that can go on."""

from __future__ import annotations

import pytest

from scripts import layout, read
from scripts import package as descriptors
from scripts.package import Field, Table
from scripts.problem import Kind, Problem
from scripts.read import read_table, split
from scripts.tables import Content, Tables
from scripts.validate import validate
from tests.fictional import PROJECT, write_package
from tests.small import check_small, schema, table

FIELDS = (*(Field(name, constraints={"required": True}) for name in ("zzz_id", "title")), Field("kind"), Field("note"))
ZZZ = Table("zzz", "data/zzz.csv", "Zzz", "", "schemas/zzz.json", FIELDS, ("zzz_id",))
HEADER = "zzz_id,title,kind,note\n"
A, B, C = "zzz-a,A,x,\n", "zzz-b,B,,n\n", "zzz-c,C,y,n\n"
PLAIN = HEADER + A + B + C

BAD = [  # code, content, line, column
    ("empty-file", "", 1, None),
    ("empty-file", "\n \r\n", 1, None),
    ("empty-file", "\ufeff\n", 1, None),
    ("encoding", PLAIN.replace("B,", "Zürich,").encode("latin-1"), 3, None),
    ("encoding", PLAIN.encode("utf-16"), 1, None),
    ("encoding", PLAIN.replace("C,", "\0,"), 4, None),
    ("encoding", PLAIN.encode("utf-16-le"), 1, None),
    ("encoding", b"PK\x03\x04 the start of a workbook", 1, None),
    ("byte-order-mark", "\ufeff" + PLAIN, 1, None),
    ("line-end", PLAIN.replace("\n", "\r\n"), 1, None),
    ("line-end", PLAIN.replace("\n", "\r\r\n"), 1, None),
    ("line-end", PLAIN.replace("\n", "\r"), 1, None),
    ("line-end", PLAIN.replace("B,", "B\rB,"), 3, None),
    ("line-end", PLAIN.replace("B,", '"B\rB",'), 3, None),
    ("line-end", PLAIN.removesuffix("\n"), 4, None),
    ("line-end", HEADER + A + B.replace("\n", "\r\n") + C, 3, None),
    ("delimiter", PLAIN.replace(",", ";"), 1, None),
    ("delimiter", PLAIN.replace(",", "\t"), 1, None),
    ("delimiter", PLAIN.replace(",", "|"), 1, None),
    ("delimiter", "sep=;\n" + PLAIN.replace(",", ";"), 1, None),
    ("stray-note", PLAIN + "Checked by Zzz,,,\n", 5, None),
    ("stray-note", PLAIN + "Checked by Zzz\n", 5, None),
    ("stray-note", PLAIN + ",,Checked,\n", 5, None),
    ("unbalanced-quote", PLAIN.replace("B,", '"B,'), 3, None),
    ("unbalanced-quote", PLAIN + 'zzz-d,"D', 5, None),
    ("ragged-row", PLAIN + "zzz-d,D", 5, None),
    ("unbalanced-quote", PLAIN.replace("B,", '"B,').replace("C,", '"C, D",'), 3, None),
    ("unbalanced-quote", PLAIN.replace("B,", '"B"b,'), 3, None),
    ("unbalanced-quote", PLAIN.replace(",n\nzzz-c", ',"n\nzzz-c",,,"C\n'), 4, None),
    ("unbalanced-quote", PLAIN.replace("C,", 'C,"'), 4, None),
    ("unknown-column", PLAIN.replace("title", "Titel"), 1, "Titel"),
    ("unknown-column", PLAIN.replace("kind", "kind "), 1, "kind "),
    ("unknown-column", PLAIN.replace("\n", ",\n"), 1, None),
    ("unknown-column", PLAIN.replace("note", "note,zzz").replace("n\n", "n,1\n").replace("x,\n", "x,,1\n"), 1, "zzz"),
    ("unknown-column", A + B + C, 1, None),
    ("unknown-column", "\n" + PLAIN, 1, None),
    ("missing-column", "zzz_id,title,kind\nzzz-a,A,x\n", 1, "note"),
    ("repeated-column", "zzz_id,title,title,kind,note\nzzz-a,A,A,x,\n", 1, "title"),
    ("column-order", "title,zzz_id,kind,note\nA,zzz-a,x,\n", 1, None),
    ("ragged-row", PLAIN.replace("zzz-b,B,,n", "zzz-b,B,n"), 3, None),
    ("ragged-row", PLAIN.replace("zzz-b,B,,n", "zzz-b,B, b,,n"), 3, None),
    ("ragged-row", PLAIN.replace("zzz-b,B,,n", "zzz-b"), 3, None),
    ("blank-row", PLAIN.replace(B, "\n" + B), 3, None),
    ("blank-row", PLAIN + "\n", 5, None),
    ("blank-row", PLAIN.replace(B, ",,,\n"), 3, None),
    ("blank-row", PLAIN.replace(B, "  \n" + B), 3, None),
    ("blank-row", PLAIN.replace(B, B + ",,,,,,\n"), 4, None),
    ("line-break", PLAIN.replace("B,", '"B\nb",'), 3, "title"),
    ("row-order", HEADER + B + A + C, 3, None),
    ("row-order", HEADER + A + C.replace("zzz-c", "zzz-é") + B, 3, None),
    ("merge-conflict", HEADER + A + "<<<<<<< zzz\n" + B + "=======\n" + B + ">>>>>>> yyy\n", 3, None),
    ("quoting", PLAIN.replace("B,", '"B",'), 3, None),
    ("quoting", PLAIN.replace("title", '"title"'), 1, None),
    ("quoting", PLAIN.replace("B,", 'a "B",'), 3, None),
]
GOOD = [  # code that does not fire, content that comes near to it
    ("empty-file", HEADER),
    ("encoding", PLAIN.replace("B,", "Zürich 全 \U0001f600 é,")),
    ("byte-order-mark", PLAIN.replace("B,", "\ufeffB,")),
    ("line-end", PLAIN.replace("B,", "B\u2028\x85b\x0b\x0c\x1cb,")),
    ("delimiter", PLAIN.replace("B,", "b;b\tb|b,")),
    ("delimiter", "zzz_id\nzzz-a\n"),
    ("stray-note", PLAIN + "zzz-d,,,\n"),
    ("stray-note", PLAIN + "zzz d,D,,\n"),
    ("unbalanced-quote", PLAIN.replace("B,", '"B ""b"" b, c",')),
    ("unbalanced-quote", PLAIN.replace("B,", '"""",')),
    ("ragged-row", PLAIN.replace("B,", '"B, b",')),
    ("blank-row", HEADER + ",A,,\n"),
    ("row-order", HEADER + "zzz,A,,\nzzz-a,A,,\nzzz0,A,,\n"),
    ("row-order", HEADER + A + A),
    ("quoting", PLAIN.replace("B,", '"a ""B"" b",')),
    *((code, PLAIN) for code in (
        "merge-conflict", "unknown-column", "missing-column", "repeated-column", "column-order", "line-break", "unreadable-file")),
]


def parse(table: Table, data: bytes) -> tuple[Content, list[Problem]]:
    """A table from its bytes, with all problems of bytes."""
    content, problems = read.parse(table, data)
    tables = Tables(None, {table.name: content})
    tables.problems.add(*problems)
    layout.check(tables)
    return content, tables.problems.found


def as_bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


@pytest.mark.parametrize(("code", "content", "line", "column"), BAD)
def test_fires_alone_at_its_place(code, content, line, column):
    _, problems = parse(ZZZ, as_bytes(content))
    assert [(p.code, p.table, p.file, p.line, p.column) for p in problems] == [(code, "zzz", "data/zzz.csv", line, column)]
    assert problems[0].message and problems[0].hint and problems[0].severity == "error"


@pytest.mark.parametrize(("code", "content"), GOOD)
def test_keeps_silent(code, content):
    assert code not in [problem.code for problem in parse(ZZZ, as_bytes(content))[1]]


def test_every_kind_of_bytes_is_tested():
    codes = {value.code for module in (read, layout) for value in vars(module).values() if isinstance(value, Kind)}
    assert codes == {code for code, *_ in BAD} | {"unreadable-file", "stray-file"} == {code for code, _ in GOOD} | {"stray-file"}


def test_a_sound_file_is_read_as_it_stands():
    content, problems = parse(ZZZ, PLAIN.replace("B,", '"B, ""b""",').encode())
    assert not problems and content.readable and content.whole and content.aligned
    assert content.rows.index.tolist() == [2, 3, 4]
    assert content.rows.loc[3].tolist() == ["zzz-b", 'B, "b"', "", "n"]


def test_texts_that_look_like_nothing_stay_texts():
    words = ["NA", "null", "NaN", "0012", "1e5", "True", "-"]
    content, _ = parse(ZZZ, (HEADER + "".join(f"{word},,,\n" for word in words)).encode())
    assert content.rows.zzz_id.tolist() == words


@pytest.mark.parametrize(("header", "meant"), [
    ("zzz_id,Title,kind,note", "title"), ("zzz_id,titel,kind,note", "title"), ("ZZZ id,title,kind,note", "zzz_id")])
def test_a_misspelt_column_is_read_as_the_one_that_is_meant(header, meant):
    content, (problem,) = parse(ZZZ, f"{header}\nzzz-a,A,x,\n".encode())
    assert content.whole and problem.hint == f"Did you mean `{meant}`?"


@pytest.mark.parametrize("above", [A + B, "\n", "A table of Zzz,,,\n"])
def test_a_header_that_is_not_the_first_line_is_found(above):
    _, problems = parse(ZZZ, (above + PLAIN).encode())
    assert [(p.code, p.line) for p in problems] == [("unknown-column", 1)]
    assert f"line {above.count(chr(10)) + 1}:" in problems[0].hint


def test_every_missing_column_is_named():
    _, problems = parse(ZZZ, b"zzz_id\nzzz-a\n")
    assert [(p.code, p.column) for p in problems] == [("missing-column", name) for name in ("title", "kind", "note")]


def test_each_cell_with_a_line_break_is_named_and_lines_are_those_of_the_file():
    content, problems = parse(ZZZ, (HEADER + 'zzz-a,"A\nA",x,"n\n\nn"\n' + B + "\n").encode())
    assert [(p.code, p.line, p.column) for p in problems] == [("line-break", 2, "title"), ("line-break", 2, "note"), ("blank-row", 7, None)]
    assert content.rows.index.tolist() == [2, 6]


@pytest.mark.parametrize(("line", "cells"), [("Checked by Zzz", ["Checked by Zzz", "", "", ""]), ("zzz-d,D", ["zzz-d", "D", "", ""])])
def test_a_row_with_too_few_cells_has_empty_ones(line, cells):
    for end in ("\n", "\r\n"):
        content, _ = parse(ZZZ, (PLAIN + line + "\n").replace("\n", end).encode())
        assert content.rows.loc[5].tolist() == cells


def test_a_ragged_row_names_its_record():
    _, (_, ragged) = parse(ZZZ, b"title,zzz_id,kind,note\nA,zzz-a\n")
    assert (ragged.record, ragged.message) == ("zzz-a", "The row has 2 cells, the header 4.")


def test_all_problems_of_a_file_are_told_at_once():
    content = "\ufeff" + (HEADER + B + A + "\n" + '"zzz-c",C,y\n').replace("\n", "\r\n")
    assert {p.code for p in parse(ZZZ, content.encode())[1]} == {"byte-order-mark", "line-end", "row-order", "blank-row", "ragged-row"}


def test_a_huge_cell_is_read():
    assert not parse(ZZZ, (HEADER + f"zzz-a,{'a' * 300_000},,\n").encode())[1]


def test_lines_of_a_quote_are_told_for_other_delimiters():
    _, (problem,) = split('a;b\nc;"d\ne;f\n', {"table": "zzz", "file": "data/zzz.csv"}, ";")
    assert (problem.code, problem.line) == ("unbalanced-quote", 2)


@pytest.mark.parametrize("there", ["nothing", "folder", "dangling link"])
def test_a_file_that_cannot_be_opened(there, tmp_path):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/zzz.csv"
    if there == "folder":
        path.mkdir()
    elif there == "dangling link":
        path.symlink_to(tmp_path / "data/yyy.csv")
    content, (problem,) = read_table(descriptors.Package(tmp_path, {}, {"zzz": ZZZ}, {}), ZZZ)
    assert not content.readable
    assert (problem.code, problem.file, problem.line) == ("unreadable-file", "data/zzz.csv", None)
    assert ("folder" in problem.message) == (there == "folder")


COLOUR = {"name": "colour", "vocabulary": "colour", "constraints": {"enum": ["dark_red", "green", "blue"]}}
NUMBER = {"name": "number", "type": "integer"}


@pytest.mark.parametrize(("content", "code"), [
    ("zzz_id,colour,number\nzzz-b,grean,1\nzzz-a,,x\n", "row-order"),
    ("colour,zzz_id,number\ngrean,zzz-a,1\n,zzz-b,x\n", "column-order"),
    ('zzz_id,colour,number\nzzz-a,"grean",1\n"zzz-b",,x\n', "quoting"),
    ("zzz_id,colour,number\nzzz-a,grean,1\nzzz-b,,x", "line-end"),
    ("zzz_id,colour,number\r\nzzz-a,grean,1\r\nzzz-b,,x\r\n", "line-end"),
    ("\ufeffzzz_id,colour,number\nzzz-a,grean,1\nzzz-b,,x\n", "byte-order-mark"),
    ('zzz_id,colour,number\nzzz-a,grean,1\nzzz-b,"gr\nn",x\n', "line-break"),
    ("zzz_id,colour,number\nzzz-a,grean,1\nzzz-b,,x\n\n", "blank-row"),
    ("zzz_id,colour,number\nzzz-a,grean,1\nzzz-b,,x\nzzz-c\n", "ragged-row"),
    ("zzz_id,Colour,number\nzzz-a,grean,1\nzzz-b,,x\n", "unknown-column"),
    ("zzz_id,colour,number,number\nzzz-a,grean,1,\nzzz-b,,x,\n", "repeated-column"),
])
def test_later_checks_go_on(content, code, tmp_path):
    found = check_small(tmp_path, {"zzz": schema(COLOUR, NUMBER)}, {"zzz": content}).problems.found
    assert sorted(p.code for p in found if p.code != "enum" or p.message.startswith("`grean`")) == sorted([code, "enum", "type"])


def test_an_unreadable_table_silences_only_the_checks_that_need_it(tmp_path):
    key = {"fields": ["target"], "reference": {"resource": "yyy", "fields": ["zzz_id"]}}
    schemas = {"zzz": schema({"name": "target"}, COLOUR, foreignKeys=[key]), "yyy": schema()}
    rows = table("zzz_id,target,colour", "zzz-a,yyy-a,green", "zzz-b,yyy-c,grean")
    for content, codes in [("zzz_id\nyyy-a\n", ["foreign-key", "enum"]), ('zzz_id\n"yyy-a\n', ["unbalanced-quote", "enum"]),
                           (b"", ["empty-file", "enum"]), (b"zzz_id\nyyy-\xff\n", ["encoding", "enum"])]:
        found = check_small(tmp_path, schemas, {"zzz": rows, "yyy": content}).problems.found
        assert sorted(p.code for p in found) == sorted(codes)


def first(old: str, new: str):
    return lambda data: data.replace(old.encode(), new.encode(), 1)


ONE_MISTAKE = [  # what happens to a file of the fictional package, and the one problem that it makes
    ("countries", first("subregion", "Sub-region"), "unknown-column"),
    ("citations", first("access", "acces"), "unknown-column"),
    ("citations", lambda data: b"\n".join(line.rsplit(b",", 1)[0] for line in data.split(b"\n")), "missing-column"),
    ("deployments", lambda data: data.replace(b",", b",,", 1).replace(b"\nzzz-deployment,", b"\nzzz-deployment,,"), "unknown-column"),
    ("deployments", first("zzz-deployment,", "zzz-deployment"), "ragged-row"),
    ("deployments", first("zzz-deployment,Camera", "Camera"), "ragged-row"),
    ("deployments", first("network of Zzz", "network, of Zzz"), "ragged-row"),
    ("deployments", first("network of Zzz", '"network of Zzz'), "quoting"),
    ("deployments", first(",Camera", ',"Camera'), "unbalanced-quote"),
    ("deployments", first("network of Zzz", "network\rof Zzz"), "line-end"),
    ("deployments", lambda data: data.replace(b"\n", b"\r\r\n"), "line-end"),
    ("deployments", lambda data: b"", "empty-file"),
    ("deployments", lambda data: data + b"\n", "blank-row"),
    ("deployment_citations", lambda data: data.replace(b",", b";"), "delimiter"),
    ("deployment_citations", first("zzz-source,", "zzz-source"), "ragged-row"),
    ("organizations", lambda data: data.decode().encode("utf-16"), "encoding"),
    ("organizations", lambda data: b"\n".join([*data.split(b"\n")[:1], *data.split(b"\n")[-2:0:-1], b""]), "row-order"),
    ("citations", lambda data: None, "unreadable-file"),
]


@pytest.mark.parametrize(("name", "change", "code"), ONE_MISTAKE)
def test_one_mistake_gives_one_problem(name, change, code, tmp_path):
    path = write_package(tmp_path).root / f"data/{name}.csv"
    data = change(path.read_bytes())
    assert data != path.read_bytes()
    path.unlink() if data is None else path.write_bytes(data)
    assert [(p.code, p.table) for p in validate(tmp_path).problems.found] == [(code, name)]


PROJECT_TABLES = sorted(descriptors.load(PROJECT)[0].tables)


@pytest.mark.parametrize("name", PROJECT_TABLES)
def test_a_row_in_place_of_the_header_is_told_once(name, tmp_path):
    """The header was deleted: the first row is none, though a cell of it may be spelt like a column."""
    table = write_package(tmp_path).tables[name]
    path = tmp_path / table.path
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])
    _, (problem,) = read.read_table(descriptors.load(tmp_path)[0], table)
    assert (problem.code, problem.line) == ("unknown-column", 1) and ",".join(table.columns) in problem.hint


def test_a_file_beside_the_tables_is_told(tmp_path):
    write_package(tmp_path)
    (tmp_path / "data/zzz (1).csv").write_text("zzz")
    (tmp_path / "data/.zzz").write_text("zzz")
    (problem,) = validate(tmp_path, fast=True).problems.found
    assert (problem.code, problem.file) == ("stray-file", "data/zzz (1).csv")
