"""The known exceptions: every difference that is let be, with its reason and a package in which it is still needed.

The first part is what only Frictionless finds, the second what only we find: first of them its faults and lenient forms, then
what it has no opinion on.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from .compare import CELL_KINDS, World
from .draft import Draft
from .known import (
    ANY,
    FILE_CODES,
    KEEPS,
    NAMES,
    ROW_CODES,
    Known,
    broken_rows,
    cell,
    data,
    has_lone_cr,
    in_doubt,
    key_of,
    package,
    pair,
    reference,
    text_of,
    type_of,
    works,
)
from .refusals import REFUSALS
from .sides import Finding

KEY_KINDS = frozenset({"primary-key", "unique", "foreign-key"})
TYPE, PATTERN = frozenset({"type"}), frozenset({"pattern"})


def file_is_told(world: World, finding: Finding) -> object:
    return world.codes(finding.table) & FILE_CODES


def header_is_told(world: World, finding: Finding) -> object:
    return finding.kind not in ("header", "label") and "header" in world.codes(finding.table)


def no_header_is_told(world: World, finding: Finding) -> object:
    return "is not the header of this table" in world.ours.findings.get(Finding(finding.table, 1, "", "header"), "")


def row_is_told(world: World, finding: Finding) -> object:
    return world.ours.places.get((finding.table, finding.row, ""), set()) & ROW_CODES


def cell_is_told(world: World, finding: Finding) -> object:
    return world.ours.places.get((finding.table, finding.row, finding.field))


def key_cell_is_told(world: World, finding: Finding) -> object:
    columns, told = key_of(world, finding), world.ours.places
    row = told.get((finding.table, finding.row, ""), set())
    keys = [*("primary-key" in row) * [world.schemas[finding.table]["primaryKey"]],
            *("unique-key" in row) * world.schemas[finding.table].get("uniqueKeys", [])]
    return (any(told.get((finding.table, finding.row, column), set()) - KEEPS - {finding.kind} for column in columns)
            or (finding.kind == "foreign-key" and any(set(columns) & set(key) for key in keys)))


def equal_to_broken(world: World, finding: Finding) -> object:
    earlier = re.search("position ([0-9]+)$", world.theirs.findings[finding])
    return earlier and int(earlier[1]) in broken_rows(world, finding.table, key_of(world, finding))


def target_is_told(world: World, finding: Finding) -> object:
    table, columns = reference(world, finding)
    return in_doubt(world, table) or broken_rows(world, table, columns)


def of_two_types(world: World, finding: Finding) -> object:
    table, columns = reference(world, finding)
    return any(world.field(finding.table, own).get("type", "string") != world.field(table, there).get("type", "string")
               for own, there in zip(finding.field.split(","), columns, strict=True))


def target_is_in_doubt(world: World, finding: Finding) -> object:
    return in_doubt(world, (reference(world, finding) or [finding.table])[0])


def target_file_is_told(world: World, finding: Finding) -> object:
    return any(file_is_told(world, replace(finding, table=key["reference"].get("resource") or finding.table))
               for key in world.schemas[finding.table].get("foreignKeys", []))


def they_read_nothing(world: World, finding: Finding) -> object:
    return (finding.table, 0, "") in world.theirs.places and target_file_is_told(world, finding)


def target_was_renamed(world: World, finding: Finding) -> object:
    """We tell it at the record to which nothing refers any more."""
    table, columns = reference(world, finding)
    return any(text_of(world, finding) in NAMES.findall(words) for other, words in world.ours.findings.items()
               if other.kind == "foreign-key" and other.table == table and [other.field] == columns)


def names_the_lost(world: World, finding: Finding) -> object:
    """A record that we find renamed, where Frictionless finds rows that refer to its old name, or cannot tell."""
    if any(key["reference"].get("resource") == finding.table and in_doubt(world, name)
           for name, schema in world.schemas.items() for key in schema.get("foreignKeys", [])):
        return True
    lost = {text_of(world, other) for other in world.theirs.findings
            if other.kind == "foreign-key" and reference(world, other) == (finding.table, [finding.field])}
    return lost & set(NAMES.findall(world.ours.findings[finding]))


def part_is_empty(world: World, finding: Finding) -> object:
    texts = [world.cell(finding.table, finding.row, column) for column in finding.field.split(",")]
    return len(texts) > 1 and "" in texts


def header_has_spaces(world: World, finding: Finding) -> object:
    return any(cell != cell.strip() for cell in next(iter(world.cells[finding.table]), []))


def header_is_blank(world: World, finding: Finding) -> object:
    return world.cells[finding.table][:1] == [[]]


def row_of_spaces(world: World, finding: Finding) -> object:
    cells = world.cells[finding.table][finding.row - 1]
    return any(cells) and not any(cell.strip() for cell in cells)


def has_zero_byte(world: World, finding: Finding) -> object:
    return b"\0" in world.data[finding.table]


def lenient(type_: str, takes) -> object:
    """Whether a cell of a type has a form that Frictionless takes beside the plain ones."""
    return lambda world, finding: type_of(world, finding) == type_ and works(takes, text_of(world, finding))


def year_month(text: str) -> bool | None:
    year, month = map(int, text.split("-"))
    return True if year is not None and 1 <= month <= 12 else None


def four(text: str) -> int | None:
    return int(text) if len(text) == 4 else None


def finite(text: str) -> Decimal | None:
    return number if (number := Decimal(text.strip())).is_finite() else None


def endless(text: str) -> Decimal | None:
    return None if (number := Decimal(text.strip())).is_finite() else number


def leaks(world: World, finding: Finding) -> object:
    pattern = world.field(finding.table, finding.field).get("constraints", {}).get("pattern")
    return pattern is not None and re.compile(f"^{pattern}$").match(text_of(world, finding))


def cr_is_told(world: World, finding: Finding) -> object:
    return has_lone_cr(world.data[finding.table]) and "line-end" in world.codes(finding.table)


def repeats_broken(world: World, finding: Finding) -> object:
    """A repeated key of which a cell is of the wrong type: Frictionless compares only those that it could read."""
    columns = key_of(world, finding)
    return any("type" in world.theirs.places.get((finding.table, finding.row, column), ()) for column in columns)


def is_part_of_key(world: World, finding: Finding) -> object:
    return finding.field in world.schemas[finding.table]["primaryKey"]


def key_in_part() -> Draft:
    """A package in which a primary key of two cells is half empty."""
    draft = pair("zzz_id,there\n,yyy-a\n", TWO)
    draft.tables["one"].schema.update(primaryKey=["there", "zzz_id"])
    draft.tables["one"].schema["fields"][0] = {"name": "zzz_id", "type": "string"}
    return draft


def always(_world: World, _finding: Finding) -> object:
    return True


def two_types() -> Draft:
    """A package in which a text refers to a number."""
    draft = pair("zzz_id,there\nzzz-a,1\n", "zzz_id\n1\n")
    draft.tables["two"].schema["fields"][0] = {"name": "zzz_id", "type": "integer", "constraints": {"required": True}}
    return draft


def empty_in_part() -> Draft:
    """A package with a reference of two columns, one of which is empty."""
    column, key = {"name": "b", "type": "string"}, {"fields": ["a", "b"], "reference": {"resource": "two", "fields": ["zzz_id", "b"]}}
    return package(("one", [{**column, "name": "a"}, column], "zzz_id,a,b\nzzz-a,yyy-a,\n"), ("two", [column], "zzz_id,b\nyyy-a,x\n"),
                   foreignKeys=[key])


ENUM = {"type": "string", "constraints": {"enum": ["a"]}}
INTEGER, TWO = {"type": "integer"}, "zzz_id\nyyy-a\nyyy-b\n"
THEIRS = (
    Known("a lone CR ends a row", "theirs", ANY,
          "A CR in a file with other line ends is a space to us and told; Frictionless ends a row there, so that its rows are others.",
          cr_is_told, data(b"zzz_id,cell\nzzz-a,b\rb\n")),
    Known("a file is told once", "theirs", ANY,
          "Where the file is no CSV in UTF-8, or a quote or a merge leaves its cells in doubt, that is the one thing to mend; "
          "Frictionless reads on as far as it gets.",
          file_is_told, data("zzz_id;cell\nzzz-a;b\n")),
    Known("a header is told once", "theirs", ANY,
          "Where the header is wrong, Frictionless checks the cells by position under other names.",
          header_is_told, data("cell,zzz_id\n!,zzz-a\n")),
    Known("a row that is no header is told once", "theirs", frozenset({"label"}),
          "Where hardly a word of the first line is a column, the header is missing, not each word wrong.",
          no_header_is_told, data("zzz-a,b\n")),
    Known("a row is told once", "theirs", ANY,
          "A row with a cell too few or too many, a blank one or a note is told as such, not once more for each cell.",
          row_is_told, data("zzz_id,cell\nzzz-a\n", ENUM | {"name": "cell", "constraints": {"required": True}})),
    Known("a cell is told once", "theirs", CELL_KINDS,
          "Of several things wrong in a cell the first is told.",
          cell_is_told, cell({"type": "string", "constraints": {"maxLength": 2}}, "a\nbc")),
    Known("a key of a broken cell", "theirs", KEY_KINDS,
          "A key that has a broken cell in it is told by that cell.",
          key_cell_is_told, pair("zzz_id,there\nzzz-a,YYY\n", TWO, constraints={"pattern": "[a-z-]+"})),
    Known("a table that refers to a file that is told", "theirs", frozenset({"file"}),
          "Where a table cannot be read, Frictionless checks none that refers to it, and reports those too.",
          target_file_is_told, pair("zzz_id,there\nzzz-a,yyy-a\n", b"zzz_id\n\xff\n")),
    Known("a reference of another type", "theirs", frozenset({"foreign-key"}),
          "Where the columns of a key are of two types, no value of one is a value of the other to Frictionless; to us a reference is a "
          "text.",
          of_two_types, two_types()),
    Known("a key equal to a broken one", "theirs", frozenset({"primary-key", "unique"}),
          "A form that we refuse (01) may equal one that we accept (1) to Frictionless; the first is told.",
          equal_to_broken, cell(INTEGER | {"constraints": {"unique": True}}, "01", "1")),
    Known("a renamed record", "theirs", frozenset({"foreign-key"}),
          "Where several rows name a record that is gone and nothing names another, the id was changed: that is told at the record, once.",
          target_was_renamed, pair("zzz_id,there\nzzz-a,yyy-a\nzzz-b,yyy-a\n", "zzz_id\nyyy-c\n")),
    Known("a reference to a broken row", "theirs", frozenset({"foreign-key"}),
          "Where the row that is meant has a broken key, or its table cannot be read, that is told there, once.",
          target_is_told, pair("zzz_id,there\nzzz-a,yyy-a\n", "zzz_id\nYyy-a\n")),
    Known("a composite reference that is empty in part", "theirs", frozenset({"foreign-key"}),
          "Such a reference refers to nothing, as in SQL; Frictionless lets only those be that are empty as a whole.",
          part_is_empty, empty_in_part()),
)
FAULTS = (
    Known("our rows beside a lone CR", "ours", ANY,
          "See above: the rows are others.",
          cr_is_told, data(b"zzz_id,cell\nzzz-a,a\ra\nzzz-b,a\n", ENUM | {"name": "cell"})),
    Known("our cells under a wrong header", "ours", ANY,
          "We check the cells by the names of their columns, Frictionless by position.",
          header_is_told, data("cell,zzz_id\nb,a\n", ENUM | {"name": "cell"})),
    Known("our findings in a table that they do not check", "ours", ANY,
          "See above: the table refers to one that cannot be read.",
          they_read_nothing, pair("zzz_id,there\nZZZ,\n", b"zzz_id\n\xff\n")),
    Known("our references to a table with a wrong header", "ours", frozenset({"foreign-key"}),
          "See above: its columns, or its rows, are others.",
          target_is_in_doubt, pair("zzz_id,there\nzzz-a,yyy-a\n", "other,zzz_id\nyyy-a,yyy-b\n")),
    Known("a blank first line", "ours", frozenset({"header", "file"}),
          "Without a header Frictionless takes the fields as they come, and finds nothing.",
          header_is_blank, data("\nzzz-a,b\n")),
    Known("spaces around a word of the header", "ours", frozenset({"header", "label"}),
          "Frictionless strips them; the column of another program is then called otherwise.",
          header_has_spaces, data("zzz_id, cell\nzzz-a,b\n")),
    Known("a zero byte", "ours", frozenset({"file"}),
          "Python's reader takes it for a letter; other programs end the text there.",
          has_zero_byte, data(b"zzz_id,cell\nzzz-a,b\0\n")),
    Known("a row of spaces", "ours", frozenset({"blank"}),
          "Nothing stands in it, though Frictionless takes a space for a value.",
          row_of_spaces, data("zzz_id,cell\n , \n")),
    Known("integers in other forms", "ours", TYPE,
          "Python's int() takes 01, +5, 1_0, ' 5 ' and other digits; one number has one spelling here.",
          lenient("integer", int), cell(INTEGER, "01")),
    Known("numbers in other forms", "ours", TYPE,
          "Python's Decimal() takes .5, 5., +1, 1_0, ' 1'; here a number is digits with a point.",
          lenient("number", finite), cell({"type": "number"}, "+1")),
    Known("NaN and INF", "ours", TYPE,
          "Python's Decimal() takes them; none is a number.",
          lenient("number", endless), cell({"type": "number"}, "NaN")),
    Known("dates in other forms", "ours", TYPE,
          "strptime() takes 2020-1-1; dates are compared as texts here.",
          lenient("date", lambda text: datetime.strptime(text, "%Y-%m-%d")), cell({"type": "date"}, "2020-1-1")),
    Known("years in other forms", "ours", TYPE,
          "Python's int() takes +202 and other digits.",
          lenient("year", four), cell({"type": "year"}, "+202")),
    Known("months in other forms", "ours", TYPE,
          "Frictionless takes any two numbers with a hyphen; months are compared as texts here.",
          lenient("yearmonth", year_month), cell({"type": "yearmonth"}, "2021-1")),
    Known("a pattern that leaks", "ours", PATTERN,
          "Frictionless puts ^ and $ around a pattern without brackets, so that of a|b each half is held by one end alone; and $ also "
          "stands before a last line break.",
          leaks, cell({"type": "string", "constraints": {"pattern": "a|b"}}, "ab")),
    Known("a part of a primary key", "ours", frozenset({"required"}),
          "The standard requires each cell of a primary key; Frictionless lets one be empty as long as not all are.",
          is_part_of_key, key_in_part()),
    Known("unique keys", "ours", frozenset({"unique-key"}),
          "Frictionless does not know uniqueKeys.",
          always, cell({"type": "string"}, "a", "a", uniqueKeys=[["cell"]])),
    Known("the record that was renamed", "ours", frozenset({"foreign-key"}),
          "See above: told where it is to be mended.",
          names_the_lost, pair("zzz_id,there\nzzz-a,yyy-a\nzzz-b,yyy-a\n", "zzz_id\nyyy-c\n")),
    Known("a repeated key of cells of the wrong type", "ours", KEY_KINDS,
          "The same wrong text twice is a repeated key to us; Frictionless has lost the text.",
          repeats_broken, cell(INTEGER | {"constraints": {"unique": True}}, "abc", "abc")),
)
SILENT = {  # our code → why Frictionless has no opinion, and a package in which we find it
    "byte-order-mark": ("A file is the same bytes on every machine.", data(b"\xef\xbb\xbfzzz_id,cell\nzzz-a,b\n")),
    "line-end": ("A file is the same bytes on every machine.", data("zzz_id,cell\r\nzzz-a,b\r\n")),
    "quoting": ("A file is the same bytes whoever writes it.", data('"zzz_id",cell\nzzz-a,b\n')),
    "row-order": ("Rows are sorted, so that a change shows as the rows that changed.", data("zzz_id,cell\nzzz-b,b\nzzz-a,b\n")),
    "line-break": ("One row is one line.", data('zzz_id,cell\nzzz-a,"b\nb"\n')),
    "stray-note": ("A row with one filled cell is a note, told as such.", data("zzz_id,cell\nChecked by Zzz,\n", ENUM | {
        "name": "cell", "constraints": {"required": True}})),
    "unbalanced-quote": ("Frictionless takes what stands between two stray quotes for one cell, line breaks and all.",
                         data('zzz_id,cell\nzzz-a,"b\n')),
    "merge-conflict": ("Frictionless takes the marks of a merge for rows.", data("zzz_id,cell\n<<<<<<< zzz\nzzz-a,b\n")),
    "empty-item": ("Frictionless has no rule on the items of a list.", cell({"type": "list", "delimiter": ";"}, "a;;b")),
    "item-space": ("Frictionless has no rule on the items of a list.", cell({"type": "list", "delimiter": ";"}, "a; b")),
    "repeated-item": ("Frictionless has no rule on the items of a list.", cell({"type": "list", "delimiter": ";"}, "a;a")),
    "item-order": ("Frictionless has no rule on the items of a list.", cell({"type": "list", "delimiter": ";"}, "b;a")),
    "unknown-term": ("An enum on a list means the whole list to Frictionless, so that the terms stand in `vocabulary`.",
                     cell({"type": "list", "delimiter": ";", "vocabulary": "colour"}, "zzz")),
}
EXCEPTIONS = (*THEIRS, *FAULTS, *REFUSALS, *(
    Known(code, "ours", frozenset({code}), reason, always, example) for code, (reason, example) in SILENT.items()))
