"""Bytes of the tables to columns of text, and every problem of bytes on the way."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .coded import READERS, Coded
from .journal import steady
from .package import Package, Table
from .problem import ERROR, FORMAT, Problem, did_you_mean, kind, nearest, plain
from .regular import read_regular
from .tables import FIRST_LINE, LINE, Content, Tables, empty

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
MOST_BYTES = 2**31 - 1  # of a table: what the texts of a column may add up to in Arrow
LAST_LINE = "The last line does not end."
LETTER_OR_DIGIT = r"[\pL\pN]"
CONFLICT_CELLS = ("<<<<<<< ", ">>>>>>> ")  # how the mark of a conflict starts that has as many cells as a row
CONFLICT_MARK = re.compile("<<<<<<< |=======,*$|>>>>>>> ")  # a cell may start with `=======`, but other cells follow it
UTF_16, UTF_32 = (b"\xff\xfe", b"\xfe\xff"), b"\xff\xfe\0\0"  # how they start
WORKBOOK = b"PK\x03\x04"  # how a zip archive starts
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
EXCEL_HINT = re.compile(r'"?sep=[,;\t|]"?(?=\n)', re.IGNORECASE)

UNREADABLE = kind("unreadable-file", ERROR, "bytes", "Each table's file is there and can be opened.",
                  good="data/zzz.csv is a file", bad="data/zzz.csv is missing, or a folder")
STRAY = kind("stray-file", ERROR, "bytes", "Beside the tables lies no file that the package does not name.",
             good="data/zzz.csv, named in datapackage.json", bad="data/zzz (1).csv")
EMPTY_FILE = kind("empty-file", ERROR, "bytes", "A table's file has at least its header.",
                  good="zzz_id,name", bad="a file of no bytes")
ENCODING = kind("encoding", ERROR, "bytes", "A table is UTF-8 text.", good="Zürich in UTF-8", bad="Zürich in Latin-1, or UTF-16")
BOM = kind("byte-order-mark", ERROR, "bytes", "A table starts with its header, without a byte order mark.",
           good="zzz_id,name", bad="EF BB BF before zzz_id", breaks=False)
LINE_END = kind("line-end", ERROR, "bytes", "Lines end with LF alone, the last one too.", good="a,b⏎", bad="a,b␍⏎", breaks=False)
DELIMITER = kind("delimiter", ERROR, "bytes", "Cells are separated by commas.", good="zzz_id,name", bad="zzz_id;name")
QUOTE = kind("unbalanced-quote", ERROR, "bytes", "A quote that opens in a cell closes in it.",
             good='zzz-a,"A ""b"" c"', bad='zzz-a,"A b')
UNKNOWN_COLUMN = kind("unknown-column", ERROR, "bytes", "Each column of the header is one of the schema, spelt so.",
                      good="zzz_id,title", bad="zzz_id,Titel")
MISSING_COLUMN = kind("missing-column", ERROR, "bytes", "Each column of the schema is in the header.",
                      good="zzz_id,title", bad="zzz_id")
REPEATED_COLUMN = kind("repeated-column", ERROR, "bytes", "Each column stands once in the header.",
                       good="zzz_id,title", bad="zzz_id,title,title")
COLUMN_ORDER = kind("column-order", ERROR, "bytes", "Columns stand in the order of the schema.",
                    good="zzz_id,title", bad="title,zzz_id")
RAGGED = kind("ragged-row", ERROR, "bytes", "Each row has as many cells as the header.", good="zzz-a,A", bad="zzz-a,A,,x")
BLANK_ROW = kind("blank-row", ERROR, "bytes", "No line is blank.", good="zzz-a,A", bad="an empty line, or only commas")
NOTE = kind("stray-note", ERROR, "bytes", "Each row is one of the table: no note stands above or below it.",
            good="zzz-a,A", bad="a row Checked by Zzz,")
CONFLICT = kind("merge-conflict", ERROR, "bytes", "No mark of a merge conflict stands in a table.",
                good="one version of a row", bad="<<<<<<< zzz")
LINE_BREAK = kind("line-break", ERROR, "bytes", "No cell holds a line break.", good="zzz-a,A b", bad='zzz-a,"A⏎b"')


def read(package: Package) -> Tables:
    """All tables of the package; the problems of bytes are in `Tables.problems`."""
    tables = Tables(package, {})
    with steady(package.places) as half, ThreadPoolExecutor(READERS) as pool:  # Arrow lets go of the interpreter while it reads
        tables.problems.add(*([half] if half else []), *stray_files(package))
        found = list(pool.map(partial(read_table, package), package.tables.values()))
    for content, problems in found:
        tables.contents[content.table.name] = content
        tables.problems.add(*problems)
    return tables


def stray_files(package: Package) -> Iterator[Problem]:
    """Files beside the tables that the package does not name; hidden ones are not looked at, and links not followed."""
    root = package.root.resolve()
    named = {place for table in package.tables.values() for place in (root / table.path, (root / table.path).resolve())}
    for folder in sorted({(root / table.path).parent for table in package.tables.values()}):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path not in named and not path.name.startswith("."):
                yield STRAY.at("This file is no table of the package.", "Move its rows to the table they belong to, and delete it.",
                               file=path.relative_to(root).as_posix())


def read_table(package: Package, table: Table) -> tuple[Content, list[Problem]]:
    """One table from its file."""
    path = package.root / table.path
    try:
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            return parse(table, path.read_bytes())
        what = ("The file has more than 2 GB." if path.is_file() else "There is a folder where the file should be." if path.is_dir()
                else "The file is missing.")
    except OSError as error:
        what = f"The file cannot be opened: {error.strerror}."
    hint = f"Restore it, for example with `git checkout -- {table.path}`."
    return unreadable(table), [UNREADABLE.at(what, hint, table=table.name, file=table.path)]


def unreadable(table: Table, data: bytes = b"") -> Content:
    content = empty(table)
    content.data, content.readable = data, False
    return content


def parse(table: Table, data: bytes) -> tuple[Content, list[Problem]]:
    """A table from the bytes of its file: what can be read of it, and every problem of bytes."""
    found = read_regular(table.columns, data)
    if found is None:
        return parse_any(table, data)
    no_rows = {row: found.cells(row) for row in doubtful(table, found.columns) if is_no_row(table, found.cells(row))}
    strange = no_rows | found.odd
    if not strange:
        return Content(table, None, data, columns=found.columns), []
    if any(CONFLICT_MARK.match(",".join(cells)) for cells in strange.values()):
        return parse_any(table, data)
    records = [Record(row + FIRST_LINE, row + FIRST_LINE, cells) for row, cells in strange.items()]
    others, problems = build(table, list(table.columns), records, {"table": table.name, "file": table.path})
    content = Content(table, None, data, None if problems else data.decode(), aligned=not problems, columns=found.columns)
    blank = {record.line for record in records} - set(others.lines)
    return content.with_rows(content.rows.drop(index=list(blank))) if blank else content, problems


def doubtful(table: Table, columns: dict[str, Coded]) -> list[int]:
    """The rows that may be blank, somebody's note or the mark of a merge conflict: without a letter or digit in one of the two columns
    that ask for one and have the fewest texts, or with the start of a mark or of the header."""
    asked = [columns[field.name] for field in table.fields if field.required] or [columns[table.id]]
    fewest = sorted(asked, key=lambda column: len(column.texts))[:2]
    filled = [column.in_rows(holds_word(column.texts)) for column in fewest]
    first = columns[table.columns[0]]
    marked = first.in_rows(pc.or_(*(pc.starts_with(first.texts, mark) for mark in CONFLICT_CELLS))) | first.is_text(table.columns[0])
    return np.flatnonzero(~np.logical_and.reduce(filled) | marked).tolist()


def holds_word(texts: pa.StringArray) -> np.ndarray:
    """Which texts have a letter or digit; those of ASCII are looked for first, as others take a while to set up."""
    found = np.asarray(pc.match_substring_regex(texts, "[0-9A-Za-z]"), dtype=bool)
    if not found.all():
        found[~found] = pc.match_substring_regex(texts.filter(pa.array(~found)), LETTER_OR_DIGIT)
    return found


def is_no_row(table: Table, cells: list[str]) -> bool:
    """Whether a row is blank, somebody's note or the mark of a merge conflict."""
    return (not any(map(str.strip, cells)) or find_note(table, list(table.columns), cells, 0, {}) is not None
            or CONFLICT_MARK.match(cells[0]) is not None)


def parse_any(table: Table, data: bytes) -> tuple[Content, list[Problem]]:
    """A table from bytes of any kind: the csv module reads them line by line, so that each problem has its place."""
    place = {"table": table.name, "file": table.path}
    text, problems = decode(data, place)
    if text is None:
        return unreadable(table, data), problems
    conflict = check_conflict(text, place)
    if conflict:
        return unreadable(table, data), [*problems, conflict]
    delimiter = check_delimiter(table, text, place)
    if delimiter:
        return unreadable(table, data), [*problems, delimiter]
    records, more = split(text, place)
    if records is None:
        return unreadable(table, data), [*without_cut(problems), *more]
    header, more = read_header(table, records[0].cells, place, header_line(table, records))
    problems += more
    if header is None:
        return unreadable(table, data), problems
    widths = {len(record.cells) for record in records[1:] if any(record.cells)}
    if any(problem.code != COLUMN_ORDER.code for problem in more) and widths and len(header) not in widths:
        return unreadable(table, data), problems  # a word too few or too many in the header, not a cell in each row
    content, more = build(table, header, records[1:], place)
    content.data, content.text = data, text
    content.aligned = not more and records[0].cells == list(table.columns) and text.count("\n") == line_ends(data)
    if any(problem.code == RAGGED.code and problem.line == records[-1].line for problem in more):
        problems = without_cut(problems)
    return content, problems + more


def without_cut(problems: list[Problem]) -> list[Problem]:
    """Problems without that of a last line that does not end, where its cells are broken off too: that is one mistake."""
    return [problem for problem in problems if problem.message != LAST_LINE]


def decode(data: bytes, place: dict) -> tuple[str | None, list[Problem]]:
    """The text of a file with LF line ends, or None where it is no UTF-8 text."""
    def bad(kind, message, hint, at=0):
        return kind.at(message, hint, line=data.count(b"\n", 0, at) + 1, **place)

    save = "Save it as CSV in UTF-8."
    if not data.strip():
        return None, [EMPTY_FILE.at("The file is empty.", "Restore it: a table without rows still has its header.", line=1, **place)]
    if data[:4] == UTF_32:
        return None, [bad(ENCODING, "The file is UTF-32.", save)]
    if data[:2] in UTF_16:
        try:
            data.decode("utf-16")
        except UnicodeDecodeError:
            return None, [bad(ENCODING, "The file starts as UTF-16, but is not UTF-16 to its end.", save)]
        return None, [bad(ENCODING, "The file is UTF-16, as spreadsheets save “Unicode text”.", FORMAT)]
    if data[:4] == WORKBOOK:
        return None, [bad(ENCODING, "The file is a workbook (.xlsx or .ods), not CSV.", "Open it and save this table as CSV in UTF-8.")]
    if b"\0" in data:
        return None, [bad(ENCODING, "The file is binary: it holds a zero byte.", save, data.index(b"\0"))]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"The byte {data[error.start]:#04x} is not UTF-8: the file is in another encoding, such as Windows-1252, or damaged."
        return None, [bad(ENCODING, message, save, error.start)]
    problems = []
    if text.startswith("\ufeff"):
        problems.append(bad(BOM, "The file starts with a byte order mark.", FORMAT))
        text = text[1:]
        if not text.strip():
            return None, [EMPTY_FILE.at("The file is empty.", "Restore its header.", line=1, **place)]
    if "\r" in text:
        problems.append(bad(LINE_END, "The line holds CR, where LF alone should end it.", FORMAT, data.index(b"\r")))
        text = with_line_ends(text)
    elif not text.endswith("\n"):
        problems.append(bad(LINE_END, LAST_LINE, FORMAT, len(data)))
    return text, problems


def check_conflict(text: str, place: dict) -> Problem | None:
    """The first mark that a merge left in a text."""
    line = next((line for line, content in enumerate(text.split("\n"), 1) if CONFLICT_MARK.match(content)), None)
    return line and CONFLICT.at("A merge conflict was left in the file.",
                                f"Keep the rows of both sides and delete the marks. {FORMAT}", line=line, **place)


def check_delimiter(table: Table, text: str, place: dict) -> Problem | None:
    """What the first line that is not blank says of other signs than commas between the cells."""
    if EXCEL_HINT.match(text):
        return DELIMITER.at("The first line tells Excel what separates the cells; it is no header.", FORMAT, line=1, **place)
    blank = len(text) - len(text.lstrip("\n"))
    header, columns = text[blank:].split("\n", 1)[0], set(map(plain, table.columns))
    for character, name in DELIMITERS.items() if "," not in header else ():
        cells = next(csv.reader([header], delimiter=character))
        if len(cells) > 1 and not columns.isdisjoint(map(plain, cells)):
            return DELIMITER.at(f"The cells are separated by {name}, not by commas.", FORMAT, line=blank + 1, **place)
    return None


def line_ends(data: bytes) -> int:
    """How many lines end in the bytes of a file, be it with LF, CR LF or CR."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def with_line_ends(text: str) -> str:
    """A text with LF line ends. A CR without LF ends a row where most rows end so, else it stands within a cell."""
    text = re.sub(r"\r+\n", "\n", text)
    bare = re.sub('"[^"]*"', "", text)
    return text.replace("\r", "\n" if bare.count("\r") >= bare.count("\n") else " ")


@dataclass(frozen=True)
class Record:
    """The cells of one row of a CSV file, and the lines it starts and ends on."""

    line: int
    last: int
    cells: list[str]


def split(text: str, place: dict, delimiter: str = ",") -> tuple[list[Record] | None, list[Problem]]:
    """A CSV text as records, blank lines as records without cells; None where a quote leaves the rest in doubt."""
    reader = csv.reader(io.StringIO(text), strict=True, delimiter=delimiter)
    records, line = [], 1
    try:
        for cells in reader:
            records.append(Record(line, reader.line_num, cells))
            line = reader.line_num + 1
    except csv.Error:
        return None, [QUOTE.at("A quote opens in this line and does not close where the cell ends.",
                               'Close it; a quote inside a quoted cell is doubled: "".', line=open_quote(text, line, delimiter), **place)]
    problems = [QUOTE.at(f"A quote opens in this line and closes in line {record.last}, yet each of these lines has the cells of a row.",
                         "Delete the quotes that do not belong there, or write the cell in one line.", line=record.line, **place)
                for record in swallowing(records, text, delimiter)]
    return None if problems else records, problems


def swallowing(records: list[Record], text: str, delimiter: str) -> list[Record]:
    """Rows of several lines that two quotes too many may have made one: each of the lines has as many cells as they."""
    several = [record for record in records if record.last > record.line and len(record.cells) > 1]
    lines = text.split("\n") if several else []
    return [record for record in several
            if all(len(line.split(delimiter)) >= len(record.cells) for line in lines[record.line - 1:record.last])]


def open_quote(text: str, line: int, delimiter: str) -> int:
    """The line, from `line` on, on which the quote opens that does not close where its cell ends."""
    text = "\n".join(text.split("\n")[line - 1:])
    cell = re.compile('(?:"(?:[^"]|"")*+"|[^"D\n][^D\n]*)?(?:D|\n)'.replace("D", re.escape(delimiter)))
    at = 0
    while found := cell.match(text, at):
        at = found.end()
    return line + text.count("\n", 0, at)


def header_line(table: Table, records: list[Record]) -> int | None:
    """The line of the header, wherever it has got to: a sort may have taken it along."""
    return next((record.line for record in records if set(table.columns) <= set(record.cells)), None)


def read_header(table: Table, cells: list[str], place: dict, there: int | None = None) -> tuple[list[str | None] | None, list[Problem]]:
    """For each cell of the header the column it means or None; None instead of all where no column can be told. `there` is the
    line on which the header may stand instead."""
    words = set(map(plain, table.columns))
    if len(cells) == 1 and len(parts := re.split("[,;\t|]", cells[0])) > 1 and not words.isdisjoint(map(plain, parts)):
        return None, [DELIMITER.at("The whole line is in quotes, and so it is one cell.",
                                   f"Take the quotes around the lines away. {FORMAT}", line=1, **place)]
    if sum(plain(cell) in words for cell in cells) * 2 < max(len(cells), 1):
        hint = f"It stands on line {there}: move it to the top, and keep nothing above it." if there else (
            f"Put it back above the rows: {','.join(table.columns)}")
        return None, [UNKNOWN_COLUMN.at("The first line is not the header of this table.", hint, line=1, **place)]
    missing = [column for column in table.columns if column not in cells]
    header, problems = [], []
    for position, cell in enumerate(cells):
        column = cell if cell in table.by_name else None
        if column in header and column:
            problems.append(REPEATED_COLUMN.at(f"The column `{cell}` stands twice.", "Keep one.", line=1, column=cell, **place))
            column = None
        elif column is None:
            column = meant(cell, position, cells, table, missing)
            missing = [name for name in missing if name != column]
            problems.append(unknown_column(cell, position, column, table, place))
        header.append(column)
    problems += [MISSING_COLUMN.at(f"The column `{column}` is missing.", "Put it back, with its cells if it had any.",
                                   line=1, column=column, **place) for column in missing]
    known = [column for column in header if column]
    if not problems and known != list(table.columns):
        first = next(found for found, wanted in zip(known, table.columns, strict=False) if found != wanted)
        problems.append(COLUMN_ORDER.at(
            f"The columns stand in another order than in the schema, from `{first}` on.",
            f"If whole columns were moved: {FORMAT} If only words of the header changed places, put those back.", line=1, **place))
    return header, problems


def meant(cell: str, position: int, cells: list[str], table: Table, missing: list[str]) -> str | None:
    """The missing column that an unknown cell of a header means: one spelt nearly so, or the one that belongs in its place."""
    is_header = len(cells) == len(table.columns) and not set(table.columns).isdisjoint(cells)
    here = table.columns[position] if is_header and table.columns[position] in missing else None
    return nearest(cell, missing) or here


def unknown_column(cell: str, position: int, column: str | None, table: Table, place: dict) -> Problem:
    """The problem of a cell of the header that is no column."""
    if not cell.strip():
        hint = f"Name it `{column}`." if column else f"If it is empty: {FORMAT} Otherwise delete it, or move its cells where they belong."
        return UNKNOWN_COLUMN.at(f"Column {position + 1} has no name.", hint, line=1, **place)
    hint = f"Did you mean `{column}`?" if column else did_you_mean(cell, table.columns) or "Delete it, or see docs/codebook.md."
    return UNKNOWN_COLUMN.at(f"`{cell[:80]}` is not a column of this table.", hint, line=1, column=cell[:80], **place)


def find_note(table: Table, header: list[str | None], cells: list[str], line: int, place: dict) -> Problem | None:
    """The problem of a row that is the header once more, or has one filled cell, not an id, where the table asks for more: a note."""
    if cells == list(table.columns):
        return NOTE.at("The header stands here again.", "Delete this line.", line=line, **place)
    filled = [(column, cell) for column, cell in zip_longest(header, cells, fillvalue="") if any(map(str.isalnum, cell))]
    if len(filled) != 1 or len(header) == 1 or sum(field.required for field in table.fields) < 2:
        return None
    (column, cell), = filled
    return None if (column == table.id and len(cell.split()) == 1) or set(DELIMITERS) & set(cell) else NOTE.at(
        f"Nothing but `{cell.strip()[:80]}` stands in this row: a note is no row of the table.",
        "Delete the row; a note for the reviewers belongs in the pull request.", line=line, **place)


def build(table: Table, header: list[str | None], records: list[Record], place: dict) -> tuple[Content, list[Problem]]:
    """The rows as a frame, with what is wrong in the shape of each."""
    width, problems, rows, lines = len(header), [], [], []
    for record in records:
        cells, line = record.cells, record.line
        if not any(map(str.strip, cells)):
            problems.append(BLANK_ROW.at("The line is blank.", FORMAT, line=line, **place))
            continue
        if note := find_note(table, header, cells, line, place):
            problems.append(note)
            cells = (cells + [""] * width)[:width]
        elif len(cells) != width:
            problems.append(RAGGED.at(f"The row has {len(cells)} cell{'s' * (len(cells) != 1)}, the header {width}.",
                                      "Put a cell with a comma in it in quotes; keep one comma for each empty cell.",
                                      line=line, record=dict(zip(header, cells, strict=False)).get(table.id, "")[:80] or None, **place))
            cells = (cells + [""] * width)[:width]
        elif record.last > line:
            problems += [LINE_BREAK.at("The cell holds a line break.", f"Write it in one line: {FORMAT}", line=line, column=column, **place)
                         for column, cell in zip(header, cells, strict=True) if "\n" in cell]
        rows.append(cells)
        lines.append(line)
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    frame = pd.DataFrame({column: pd.Series(values, dtype=object) for column, values in zip(header, columns, strict=True) if column})
    frame.index = pd.Index(lines, dtype="int64", name=LINE)
    return Content(table, frame), problems


