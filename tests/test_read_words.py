"""With which words a problem of bytes is told, where each ends, and what is kept of a file that cannot be read."""

from __future__ import annotations

import errno
import shutil
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import pytest

from scripts import read
from scripts.package import Field, Package, Table
from scripts.problem import FORMAT
from scripts.read import line_ends, open_quote, with_line_ends
from scripts.tables import empty
from tests.fictional import write_package
from tests.test_read import HEADER, PLAIN, ZZZ, A, B, C, as_bytes, parse

UTF_8, CUT = "Save it as CSV in UTF-8.", "Put a cell with a comma in it in quotes; keep one comma for each empty cell."
NO_HEADER = "The first line is not the header of this table."
OPEN = "A quote opens in this line and does not close where the cell ends."
LONG = "z" * 100

WORDS = [  # content, code, line, message, hint
    ("", "empty-file", 1, "The file is empty.", "Restore it: a table without rows still has its header."),
    ("\ufeff\n", "empty-file", 1, "The file is empty.", "Restore its header."),
    (PLAIN.replace("B,", "Zürich,").encode("latin-1"), "encoding", 3,
     "The byte 0xfc is not UTF-8: the file is in another encoding, such as Windows-1252, or damaged.", UTF_8),
    (b"\xff" + PLAIN.encode(), "encoding", 1,
     "The byte 0xff is not UTF-8: the file is in another encoding, such as Windows-1252, or damaged.", UTF_8),
    (PLAIN.encode("utf-16") + b"\n", "encoding", 1, "The file starts as UTF-16, but is not UTF-16 to its end.", UTF_8),
    (PLAIN.encode("utf-32"), "encoding", 1, "The file is UTF-32.", UTF_8),
    (b"\n" + PLAIN.encode("utf-16-le"), "encoding", 2, "The file is binary: it holds a zero byte.", UTF_8),
    (PLAIN.encode("utf-16"), "encoding", 1, "The file is UTF-16, as spreadsheets save “Unicode text”.", FORMAT),
    (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "encoding", 1, "The file is UTF-16, as spreadsheets save “Unicode text”.", FORMAT),
    (b"PK\x03\x04 the start of a workbook", "encoding", 1, "The file is a workbook (.xlsx or .ods), not CSV.",
     "Open it and save this table as CSV in UTF-8."),
    ("\ufeff" + PLAIN, "byte-order-mark", 1, "The file starts with a byte order mark.", FORMAT),
    (PLAIN.replace("B,", "B\rB,"), "line-end", 3, "The line holds CR, where LF alone should end it.", FORMAT),
    (PLAIN.removesuffix("\n"), "line-end", 4, "The last line does not end.", FORMAT),
    (PLAIN.replace(",", ";"), "delimiter", 1, "The cells are separated by semicolons, not by commas.", FORMAT),
    (PLAIN.replace(",", "\t"), "delimiter", 1, "The cells are separated by tabs, not by commas.", FORMAT),
    (PLAIN.replace(",", "|"), "delimiter", 1, "The cells are separated by bars, not by commas.", FORMAT),
    ('"zzz_id";"title";"kind";"note"\n"zzz-a";"A";"x";""\n', "delimiter", 1,
     "The cells are separated by semicolons, not by commas.", FORMAT),
    ("\n" + PLAIN.replace(",", ";"), "delimiter", 2, "The cells are separated by semicolons, not by commas.", FORMAT),
    (PLAIN.replace(",", ";").replace("zzz_id;title", "ZZZ_ID;Title"), "delimiter", 1,
     "The cells are separated by semicolons, not by commas.", FORMAT),
    *(("".join(f'"{line}"\n' for line in PLAIN.replace(",", character).splitlines()), "delimiter", 1,
       "The whole line is in quotes, and so it is one cell.", f"Take the quotes around the lines away. {FORMAT}") for character in ",;\t|"),
    ("sep=;\n" + PLAIN.replace(",", ";"), "delimiter", 1, "The first line tells Excel what separates the cells; it is no header.", FORMAT),
    ("sep=,\n" + PLAIN, "delimiter", 1, "The first line tells Excel what separates the cells; it is no header.", FORMAT),
    ("Some notes; of Zzz\n" + PLAIN, "unknown-column", 1, NO_HEADER, "It stands on line 2: move it to the top, and keep nothing above it."),
    (A + B + C, "unknown-column", 1, NO_HEADER, "Put it back above the rows: zzz_id,title,kind,note"),
    ("A note\nzzz_id;title;kind;note\nzzz-a;A;x;\n", "unknown-column", 1, NO_HEADER, "Put it back above the rows: zzz_id,title,kind,note"),
    ("zzz_id;x,title,kind,note\nzzz-a,A,x,\n", "unknown-column", 1, "`zzz_id;x` is not a column of this table.", "Did you mean `zzz_id`?"),
    (HEADER + A + "<<<<<<< zzz\n" + B + "=======\n" + B + ">>>>>>> yyy\n", "merge-conflict", 3, "A merge conflict was left in the file.",
     f"Keep the rows of both sides and delete the marks. {FORMAT}"),
    (HEADER + A + "<<<<<<< zzz,yyy,xxx,www\n" + B + C, "merge-conflict", 3, "A merge conflict was left in the file.",  # cells of a row
     f"Keep the rows of both sides and delete the marks. {FORMAT}"),
    (HEADER + A + "=======,,,\n" + B + C, "merge-conflict", 3, "A merge conflict was left in the file.",  # padded by a spreadsheet
     f"Keep the rows of both sides and delete the marks. {FORMAT}"),
    (PLAIN + '"By Zzz\nand Yyy"\n', "stray-note", 5, "Nothing but `By Zzz\nand Yyy` stands in this row: a note is no row of the table.",
     "Delete the row; a note for the reviewers belongs in the pull request."),
    (PLAIN + HEADER, "stray-note", 5, "The header stands here again.", "Delete this line."),
    (HEADER + A + 'zzz-b,"B, b, b\nC",x,\n', "line-break", 3, "The cell holds a line break.", f"Write it in one line: {FORMAT}"),
    (HEADER + A + '\nzzz-b,B b,x,"n\nzzz-c,C c,y,n"\n', "unbalanced-quote", 4,  # two quotes too many
     "A quote opens in this line and closes in line 5, yet each of these lines has the cells of a row.",
     "Delete the quotes that do not belong there, or write the cell in one line."),
    (PLAIN.replace("B,", '"B,'), "unbalanced-quote", 3, OPEN, 'Close it; a quote inside a quoted cell is doubled: "".'),
    (PLAIN.replace("title", '"title'), "unbalanced-quote", 1, OPEN, 'Close it; a quote inside a quoted cell is doubled: "".'),
    (PLAIN.replace("title", "Titel"), "unknown-column", 1, "`Titel` is not a column of this table.", "Did you mean `title`?"),
    (PLAIN.replace("title", "Überschrift"), "unknown-column", 1, "`Überschrift` is not a column of this table.", "Did you mean `title`?"),
    (PLAIN.replace("title", ""), "unknown-column", 1, "Column 2 has no name.", "Name it `title`."),
    (PLAIN.replace("\n", ",\n"), "unknown-column", 1, "Column 5 has no name.",
     f"If it is empty: {FORMAT} Otherwise delete it, or move its cells where they belong."),
    (PLAIN.replace("\n", ",\n").replace("note,", "note,titles"), "unknown-column", 1, "`titles` is not a column of this table.",
     "Did you mean `title`?"),
    (PLAIN.replace("\n", ",\n").replace("note,", f"note,{LONG}"), "unknown-column", 1,
     f"`{LONG[:80]}` is not a column of this table.", "Delete it, or see docs/codebook.md."),
    ("zzz_id,title,kind\nzzz-a,A,x\n", "missing-column", 1, "The column `note` is missing.", "Put it back, with its cells if it had any."),
    ("zzz_id,title,title,kind,note\nzzz-a,A,A,x,\n", "repeated-column", 1, "The column `title` stands twice.", "Keep one."),
    ("zzz_id,kind,title,note\nzzz-a,x,A,\n", "column-order", 1,
     "The columns stand in another order than in the schema, from `kind` on.",
     f"If whole columns were moved: {FORMAT} If only words of the header changed places, put those back."),
    (PLAIN.replace("zzz-b,B,,n", "zzz-b"), "ragged-row", 3, "The row has 1 cell, the header 4.", CUT),
    (PLAIN.replace("zzz-b,B,,n", "zzz-b,B, b,,n"), "ragged-row", 3, "The row has 5 cells, the header 4.", CUT),
    (PLAIN.replace(B, "\n" + B), "blank-row", 3, "The line is blank.", FORMAT),
    (PLAIN.replace("B,", '"B\nb",'), "line-break", 3, "The cell holds a line break.", f"Write it in one line: {FORMAT}"),
    (PLAIN + f" By {LONG} ,,,\n", "stray-note", 5, f"Nothing but `By {LONG[:77]}` stands in this row: a note is no row of the table.",
     "Delete the row; a note for the reviewers belongs in the pull request."),
]


@pytest.mark.parametrize(("content", "code", "line", "message", "hint"), WORDS,
                         ids=[f"{code}-{i}" for i, (_, code, *_) in enumerate(WORDS)])
def test_a_problem_of_bytes_says_what_is_wrong_and_what_to_do(content, code, line, message, hint):
    content, problems = parse(ZZZ, as_bytes(content))
    assert [(p.code, p.file, p.line, p.message, p.hint) for p in problems] == [(code, "data/zzz.csv", line, message, hint)]
    assert content.table is ZZZ


@pytest.mark.parametrize("content", [PLAIN.encode("utf-16"), PLAIN.replace(",", ";"), HEADER + "=======\n", A + B,
                                     PLAIN.replace("B,", '"B,'), PLAIN.replace("title,", "")])
def test_the_bytes_of_a_file_that_cannot_be_read_are_kept(content):
    """For whoever would mend it."""
    found, _ = parse(ZZZ, as_bytes(content))
    assert not found.readable and found.table is ZZZ and found.data == as_bytes(content) and found.header == ZZZ.columns
    assert found.rows.empty and not found.whole


def test_a_table_without_a_file_has_its_columns_and_no_bytes():
    found = empty(ZZZ)
    assert (found.header, len(found.lines), found.data) == (ZZZ.columns, 0, b"")


def test_a_word_too_few_in_the_header_is_told_once_though_there_is_but_one_row():
    assert [p.code for p in parse(ZZZ, (HEADER.replace("title,", "") + A).encode())[1]] == ["missing-column"]


@pytest.mark.parametrize(("header", "is_header"), [("zzz_id,title,x,y", True), ("zzz_id,title,x,y,z", False), ("zzz_id,x,y", False)])
def test_a_line_is_the_header_if_half_of_its_cells_are_columns(header, is_header):
    assert (NO_HEADER not in [p.message for p in parse(ZZZ, f"{header}\n".encode())[1]]) == is_header


@pytest.mark.parametrize("header", ["zzz_id,kind,note,titles", "zzz_id,X,kind,note"])
def test_a_misspelt_column_is_found_wherever_it_stands(header):
    assert parse(ZZZ, f"{header}\nzzz-a,A,x,n\n".encode())[0].whole


def test_two_columns_are_told_from_one():
    two = Table("zzz", "data/zzz.csv", "Zzz", "", "schemas/zzz.json", (Field("zzz_id"), Field("title")), ("zzz_id",))
    assert [p.message for p in parse(two, b"zzz_id;title\nzzz-a;A\n")[1]] == ["The cells are separated by semicolons, not by commas."]
    assert [p.message for p in parse(two, b'"zzz_id,title"\n"zzz-a,A"\n')[1]] == ["The whole line is in quotes, and so it is one cell."]
    assert [(p.code, p.line) for p in parse(two, b'zzz_id,title\nzzz-a,"A\nzzz-b,B"\n')[1]] == [("unbalanced-quote", 2)]
    assert [p.code for p in parse(two, b"zzz_id,title\nzzz-a;A,\n")[1]] == []


@pytest.mark.parametrize(("last", "code"), [('zzz-d,"D\nd",,', "line-break"), ("Checked by Zzz", "stray-note")])
def test_a_last_line_that_does_not_end_is_told_unless_its_cells_are_broken_off_too(last, code):
    assert {p.code for p in parse(ZZZ, (PLAIN + last).encode())[1]} == {"line-end", code}
    assert {p.code for p in parse(ZZZ, (PLAIN + "zzz-d,D").encode())[1]} == {"ragged-row"}
    assert {p.code for p in parse(ZZZ, (PLAIN.replace("zzz-b,B,,n", "zzz-b,B") + "zzz-d,D,,").encode())[1]} == {"line-end", "ragged-row"}


@pytest.mark.parametrize(("text", "line"), [
    ('a b,c d\n"e f\ng h","i\nj k,"l\n', 3),  # closes in the middle of another cell
    ('a,b\n"c\nd"e,f\n"g",h\n', 2), ('a,b\nc,"d\n"e",f\n', 2), ('a,b\nc,"d', 2), ('a,b\nc,d"\n"e f g', 3)])
def test_the_line_is_told_on_which_the_quote_opens(text, line):
    _, (problem,) = parse(ZZZ, text.encode())
    assert (problem.code, problem.line) == ("unbalanced-quote", line)


def test_a_quote_is_looked_for_from_the_row_on_that_holds_it():
    assert open_quote('"a\nb,c\n"d"e\n', 3, ",") == 3


@pytest.mark.parametrize(("text", "expected"), [
    ("a\r\nb\r\r\nc", "a\nb\nc"), ("a\rb\r", "a\nb\n"), ("a\rb\nc\n", "a b\nc\n"), ("a\rb\rc\n", "a\nb\nc\n"), ("a\rb\n", "a\nb\n"),
    ('a,"x\ny\nz"\rb\r', 'a,"x\ny\nz"\nb\n'), ('a,"x\ry\rz"\nb\n', 'a,"x y z"\nb\n')])
def test_a_lone_cr_ends_a_row_where_most_rows_end_so(text, expected):
    assert with_line_ends(text) == expected


@pytest.mark.parametrize(("data", "count"), [(b"a\nb\n", 2), (b"a\r\nb\r\n", 2), (b"a\rb\r", 2), (b"a\r\r\nb\n", 3), (b"", 0)])
def test_a_line_ends_with_any_of_three(data, count):
    assert line_ends(data) == count


@pytest.mark.parametrize(("old", "new", "aligned"), [("\n", "\r\n", True), ("\n", "\r", True),
                                                   ("B,", "B\rB,", False), (B, "\n" + B, False)])
def test_rows_stand_on_the_lines_of_the_file_or_not(old, new, aligned):
    assert parse(ZZZ, PLAIN.replace(old, new).encode())[0].aligned == aligned


def test_long_words_are_cut_where_they_name_a_place():
    _, (problem,) = parse(ZZZ, (PLAIN.replace("\n", ",\n").replace("note,", f"note,{LONG}")).encode())
    assert problem.column == LONG[:80]
    _, (problem,) = parse(ZZZ, (PLAIN + f"{LONG},D\n").encode())
    assert (problem.code, problem.record) == ("ragged-row", LONG[:80])


def test_a_ragged_row_without_an_id_names_no_record():
    problems = parse(ZZZ, b"title,kind,note\nA,x,\nB,C\n")[1]
    assert [(p.code, p.line, p.record) for p in problems] == [("missing-column", 1, None), ("ragged-row", 3, None)]


@pytest.mark.parametrize("row", ["Checked by Zzz", "zzz-d"])
def test_a_row_with_too_few_cells_is_filled_up_with_empty_ones(row):
    assert parse(ZZZ, (PLAIN + row + "\n").encode())[0].rows.loc[5].tolist() == [row, "", "", ""]


def test_a_problem_of_one_row_does_not_hide_that_of_another():
    problems = parse(ZZZ, (HEADER + "\n" + 'zzz-a,"A\nA",,\n' + "zzz-b,B\n").encode())[1]
    assert [(p.code, p.line) for p in problems] == [("blank-row", 2), ("line-break", 3), ("ragged-row", 5)]


def test_where_one_column_is_left_no_row_is_a_note():
    assert [p.code for p in parse(ZZZ, b"title\nA title\nAnother\n")[1]] == ["missing-column"] * 3


RESTORE = "Restore it, for example with `git checkout -- data/zzz.csv`."


@pytest.mark.parametrize(("there", "message"), [
    ("nothing", "The file is missing."), ("folder", "There is a folder where the file should be."),
    ("locked", "The file cannot be opened: Permission denied."), ("large", "The file has more than 2 GB."), ("as large as can be", None)])
def test_a_file_that_cannot_be_opened_is_told_with_the_reason(there, message, tmp_path, monkeypatch):
    path = tmp_path / "data/zzz.csv"
    path.parent.mkdir()
    path.mkdir() if there == "folder" else path.write_text(PLAIN) if there != "nothing" else None
    monkeypatch.setattr(read, "MOST_BYTES", len(PLAIN) - (there == "large"))
    if there == "locked":
        monkeypatch.setattr(Path, "read_bytes", mock.Mock(side_effect=PermissionError(errno.EACCES, "Permission denied")))
    content, problems = read.read_table(Package(tmp_path, {}, {"zzz": ZZZ}, {}), ZZZ)
    told = [(p.code, p.table, p.file, p.message, p.hint) for p in problems]
    assert told == ([("unreadable-file", "zzz", "data/zzz.csv", message, RESTORE)] if message else [])
    assert content.readable == (message is None)


def test_a_package_without_its_folder_of_tables_lacks_each(tmp_path):
    package = write_package(tmp_path)
    shutil.rmtree(tmp_path / "data")
    assert {(p.code, p.message) for p in read.read(package).problems.found} == {("unreadable-file", "The file is missing.")}


def test_a_file_beside_the_tables_is_told_with_what_to_do(tmp_path):
    package = write_package(tmp_path)
    (tmp_path / "data/zzz.txt").write_text("zzz")
    (problem,) = read.read(package).problems.found
    assert (problem.file, problem.message, problem.hint) == ("data/zzz.txt", "This file is no table of the package.",
                                                             "Move its rows to the table they belong to, and delete it.")


def test_a_change_that_was_stopped_halfway_and_cannot_be_undone_is_told(tmp_path, monkeypatch):
    package, half = write_package(tmp_path), read.UNREADABLE.at("A change was stopped halfway.", "Zzz.", file="data")
    monkeypatch.setattr(read, "steady", lambda places: nullcontext(half if places == package.places else None))
    assert read.read(package).problems.found == [half]


def test_a_row_of_other_letters_than_latin_ones_is_read_as_it_stands():
    content, problems = parse(ZZZ, (HEADER + A + "zzz-b,中国,,\n").encode())
    assert problems == [] and content.frame is None and content.cells(3, ["title"]) == ("中国",)


@pytest.mark.parametrize("odd", ['zzz-b,"B",,\n', "zzz-b,B\n", "\n"])
def test_the_bytes_of_a_file_with_an_odd_line_are_kept(odd):
    assert parse(ZZZ, (HEADER + A + odd).encode())[0].data == (HEADER + A + odd).encode()
