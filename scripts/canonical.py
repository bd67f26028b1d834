"""Tables back to canonical CSV from whatever a spreadsheet or an editor saved, without a change in what a cell means.

What cannot be mended safely is reported, and that table's file stays as it is, byte for byte; the others are still mended.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from unicodedata import normalize

import pandas as pd

from . import read
from .constraints import TYPES, compile_field, schema_problems
from .layout import descends
from .package import MISSING, Field, Package, Table
from .problem import ERROR, Problem, kind, plain
from .write import canonical, replace_tables

RUN = re.compile("[ \n\u00a0\u2007\u202f\u2028\u2029]+")  # becomes one space; U+3000 inside a text stays
SPACE = " \t\n\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))  # goes at either end
BLOCK = 16  # rows that Excel gives as many separators as the fullest of them needs
SLASHED = re.compile("([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")
LONGEST = 500  # characters in a cell that is no free text

UNWRITABLE = kind("unwritable-file", ERROR, "bytes", "A table's file can be written.",
                  good="a folder that you may write to", bad="a folder that is read-only")


@dataclass(frozen=True)
class Outcome:
    """What came of it: the tables that were (or, with `check`, would be) changed, and what is left to a person."""

    changed: list[str]
    problems: list[Problem]


def mend(package: Package, check: bool = False) -> Outcome:
    """Write every table in canonical form, or only look if `check`. All files are replaced in one go; one that is canonical
    already, or that cannot be mended safely, is not touched."""
    changed, files, problems = [], {}, []
    for table in package.tables.values():
        data, more = bytes_of(package, table)
        mended = None
        if data is not None:
            mended, more = mend_bytes(package, table, data)
        problems += more
        if mended is not None and mended != data:
            changed.append(table.name)
            files[package.root / table.path] = mended
    if files and not check:
        try:
            replace_tables(package, files)
        except OSError as error:
            problem = UNWRITABLE.at(f"The tables cannot be written: {error.strerror or error}. Nothing was changed.",
                                    "Check the permissions of the folder and the room on the disk.")
            return Outcome([], [*problems, problem])
    return Outcome(changed, problems)


def bytes_of(package: Package, table: Table) -> tuple[bytes | None, list[Problem]]:
    """The bytes of a table's file, or None and why there are none."""
    path = package.root / table.path
    try:
        if path.is_file() and path.stat().st_size <= read.MOST_BYTES:
            return path.read_bytes(), []
    except OSError:
        pass
    return None, read.read_table(package, table)[1]


def mend_bytes(package: Package, table: Table, data: bytes) -> tuple[bytes | None, list[Problem]]:
    """The canonical bytes of a table, or None and every reason why there are none."""
    if is_mended(table, data):
        return data, []
    place = {"table": table.name, "file": table.path}
    text, problems = decode(data, place)
    if text is None:
        return None, problems
    conflict = read.check_conflict(text, place)
    if conflict:
        return None, [conflict]
    sheet, problems = split(package, table, text, place)
    if sheet is None:
        return None, problems
    rows, problems = level(sheet, place)
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(sheet.names)
    columns, more = choose(sheet, cells, place)
    if problems or more:
        return None, problems + more
    return canonical(pd.DataFrame({name: pd.Series(columns[name], dtype=object) for name in table.columns}), table), []


def is_mended(table: Table, data: bytes) -> bool:
    """Whether a file is as `format` would write it, which takes a look at each distinct text."""
    content, problems = read.parse(table, data)
    if problems or content.text is not None or descends([content.coded(column).per_row() for column in table.primary_key]).any():
        return False
    menders = {field.name: mender(field) for field in table.fields}
    return all(mend_(text) == text for name, mend_ in menders.items() for text in content.coded(name).values)


def decode(data: bytes, place: dict) -> tuple[str | None, list[Problem]]:
    """The text of a file that is UTF-8, or UTF-16 with its mark, with LF line ends; else None and the problem."""
    if data[:2] in read.UTF_16 and data[:4] != read.UTF_32:
        with suppress(UnicodeDecodeError):  # told below
            data = data.decode("utf-16").encode()
    text, problems = read.decode(data, place)
    if text is None:
        return None, problems
    return text.lstrip("\ufeff"), []


def clean(text: str) -> str:
    """A text in NFC on one line, with single spaces and none at either end."""
    return RUN.sub(" ", normalize("NFC", text)).strip(SPACE)


def is_blank(cells: list[str]) -> bool:
    return not any(cell.strip(SPACE) for cell in cells)


@dataclass(frozen=True)
class Sheet:
    """A file taken apart: the delimiter, for each cell of the header the column it names (or empty text), and the rows
    under it, which may have any width."""

    package: Package
    table: Table
    delimiter: str
    names: list[str]
    rows: list[read.Record]

    @property
    def width(self) -> int:
        return len(self.names)

    @cached_property
    def by_machine(self) -> bool:
        """Whether all rows of each block are of one width, as Excel writes them; a few odd rows at the end are no block."""
        widths = [self.width, *(len(row.cells) for row in self.rows if row.cells)]
        blocks = [widths[i:i + BLOCK] for i in range(0, len(widths), BLOCK)]
        return all(set(block) == {self.width} or (len(block) > BLOCK / 2 and len(set(block)) == 1) for block in blocks)

    @cached_property
    def drops_blanks(self) -> bool:
        """Whether no row ends in an empty cell and several are short: something has cut the empty cells off throughout."""
        return (not any(row.cells and is_blank(row.cells[-1:]) for row in self.rows)
                and sum(0 < len(row.cells) < self.width for row in self.rows) > 1)

    @cached_property
    def lengthened(self) -> bool:
        """Whether the header alone has got new columns at its end: several rows, all of one width, and each cell fits its column.
        A separator that got lost makes one row shorter than the others."""
        rows = [row.cells for row in self.rows if not is_blank(row.cells)]
        lacking = [MISSING] * (self.width - min(map(len, rows), default=self.width))
        return (len(rows) > 1 and len(set(map(len, rows))) == 1 and self.names == list(self.table.columns)
                and all(all(map(self.fits, self.names, cells + lacking)) for cells in rows))

    @cached_property
    def fits(self) -> Callable[[str, str], bool]:
        """The test whether a cell has the form that its column asks for."""
        return cache(fitness(self.package, self.table))


def split(package: Package, table: Table, text: str, place: dict) -> tuple[Sheet | None, list[Problem]]:
    """A text taken apart by the delimiter that makes the most columns of the schema out of its header, or None and why the
    header or the quotes cannot be trusted."""
    hint = read.EXCEL_HINT.match(text)
    text = text[hint.end():] if hint else text  # its line end stays, so that lines keep their numbers

    def known(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return len(set(name_columns(table, next((cells for cells in rows if not is_blank(cells)), []))) & set(table.columns))

    delimiter = max((",", *read.DELIMITERS), key=known)
    records, problems = read.split(text, place, delimiter)
    if records is None:
        return None, problems
    start = next((i for i, record in enumerate(records) if not is_blank(record.cells)), None)
    if start is None:
        return None, [read.EMPTY_FILE.at("The file holds only blank cells.", "Restore its header.", line=1, **place)]
    names = name_columns(table, records[start].cells)
    problems = header_problems(table, names, records, records[start].line, place) + spaced_quotes(text, delimiter, records, place)
    return (None, problems) if problems else (Sheet(package, table, delimiter, names, records[start + 1:]), [])


def name_columns(table: Table, cells: list[str]) -> list[str]:
    """For each cell of a header the column that it names, whatever its case and spaces; else the cell itself, cleaned."""
    spelt = [plain(column) for column in table.columns]
    alike = {plain(column): column for column in table.columns if spelt.count(plain(column)) == 1}
    texts = [clean(cell) for cell in cells]
    return [text if text in table.by_name else alike.get(plain(text), text) for text in texts]


def header_problems(table: Table, names: list[str], records: list[read.Record], line: int, place: dict) -> list[Problem]:
    """Columns that are missing or that nobody knows; the order, blank and repeated ones are another matter."""
    _, problems = read.read_header(table, [name for name in dict.fromkeys(names) if name], place, read.header_line(table, records))
    return [replace(problem, line=line) for problem in problems if problem.code != read.COLUMN_ORDER.code]


def spaced_quotes(text: str, delimiter: str, records: list[read.Record], place: dict) -> list[Problem]:
    """Cells where a space stands before the first quote: it may open the cell, or be part of the text."""
    if not re.search(rf'(?m)(?:^|{re.escape(delimiter)}) +"', text):
        return []
    other = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    for record, cells in zip(records, islice(other, len(records)), strict=False):
        if [cell.lstrip(" ") for cell in record.cells] != [cell.lstrip(" ") for cell in cells]:
            return [read.QUOTE.at("A space stands before the quote that opens a cell.",
                                  "Take the space away, or put the whole cell in quotes and double those inside.",
                                  line=record.line, **place)]
    return []


def level(sheet: Sheet, place: dict) -> tuple[list[list[str]], list[Problem]]:
    """The rows that are not blank, each as wide as the header, and a problem for each that cannot be made so."""
    rows, problems, long = [], [], []
    for record in sheet.rows:
        cells = record.cells
        if is_blank(cells):
            continue
        if note := read.find_note(sheet.table, sheet.names, cells, record.line, place):
            problems.append(note)
        elif len(cells) == sheet.width or is_settled(sheet, cells):
            rows.append((cells + [MISSING] * sheet.width)[:sheet.width])
        else:
            problems.append(ragged(sheet, record, place))
            long += [record.line] if len(cells) > sheet.width else []
    if sheet.delimiter != "," and len(long) > max(BLOCK, len(rows)):
        problems = [read.RAGGED.at(f"{len(long)} rows have more cells than the header: the program did not quote the cells that hold "
                                   f"{read.DELIMITERS[sheet.delimiter]}.", "Save it again with commas, or with all cells in quotes.",
                                   line=long[0], **place)]
    return rows, problems


def ragged(sheet: Sheet, record: read.Record, place: dict) -> Problem:
    """The problem of a row that is too short or too long."""
    count = len(record.cells)
    hint = ("Put back the separator of each empty cell: it cannot be told which cells are missing."
            if count < sheet.width else "Put a cell that holds the separator in quotes, or delete the surplus cells.")
    return read.RAGGED.at(f"The row has {count} cell{'s' * (count != 1)}, the header {sheet.width}.", hint, line=record.line,
                          record=dict(zip(sheet.names, record.cells, strict=False)).get(sheet.table.id) or None, **place)


def is_settled(sheet: Sheet, cells: list[str]) -> bool:
    """Whether a row of another width than the header may be filled up, or cut, with empty cells at its end.

    Something may have dropped or added empty cells at the end, and then this is right. But a lost separator makes a row
    short too, and a cell with a bare comma makes it long, with an empty cell at its end where the last column is empty: then
    the cells after that place belong to other columns. So it is done only where the whole file shows how a program wrote
    it, or where the row has no second reading: each cell fits its column, and would not if some of them moved. (A row that
    has also lost a required cell can deceive this; then the checks find that cell.)
    """
    width, names, short = sheet.width, sheet.names, len(cells) < sheet.width
    while names and not names[-1]:
        names = names[:-1]
    if not is_blank(cells[width:]) or not is_blank(cells[len(names):]) or sorted(names) != sorted(sheet.table.columns):
        return False
    row = (cells + [MISSING] * width)[:len(names)]
    if sheet.by_machine:
        return not any(sheet.table.by_name[name].required for name, cell in zip(names, row, strict=True) if is_blank([cell]))
    if not all(map(sheet.fits, names, row)):
        return False
    return (short and (sheet.drops_blanks or sheet.lengthened)) or (len(names) == width and readings(sheet, cells, short) == 1)


def readings(sheet: Sheet, cells: list[str], short: bool) -> int:
    """In how many ways the cells fit the columns: where the row is short with columns left empty anywhere and texts that
    have run together, where it is long with cells that a bare separator has cut in parts."""
    names, fits, count = sheet.names, sheet.fits, len(cells)

    @cache
    def ways(at: int, column: int) -> int:
        if column == len(names):
            return int(at == count if short else is_blank(cells[at:]))
        name, blank = names[column], is_blank(cells[at:at + 1])
        total = ways(at, column + 1) if short and (at == count or not blank) and fits(name, MISSING) else 0
        if at < count and fits(name, cells[at]):
            total += ways(at + 1, column + 1)
            if short and not blank and has_run_together(sheet, cells[at], *names[column:column + 2]):
                total += ways(at + 1, column + 2)
        for end in range(at + 2, count + 1 if not short else 0):
            if blank or is_blank(cells[end - 1:end]):
                break
            total += ways(end, column + 1) if fits(name, sheet.delimiter.join(cells[at:end])) else 0
        return total

    return ways(0, 0)


def has_run_together(sheet: Sheet, cell: str, name: str, following: str | None = None) -> bool:
    """Whether a cell may be the text of its column and, without the separator, what belongs to the column after it."""
    def free(name: str) -> bool:
        field = sheet.table.by_name[name]
        return (field.type in ("string", "list") and not field.terms and name not in sheet.table.targets
                and not {"pattern", "enum"} & set(field.constraints))

    if following is None or not free(name):
        return False
    return free(following) or any(sheet.fits(following, cell[-size:]) for size in range(1, min(len(cell), LONGEST)))


def fitness(package: Package, table: Table) -> Callable[[str, str], bool]:
    """The test whether a cell, once mended, has the form of its column, or of the key that the column refers to."""
    @cache
    def checks(name: str) -> list | None:
        fields = [(table, table.by_name[name])]
        fields += [(package.tables[key.resource], package.tables[key.resource].by_name[key.reference[0]])
                   for key in table.foreign_keys if key.fields == (name,)]
        sound = all(field.type in TYPES and field.name not in {problem.column for problem in schema_problems(owner)}
                    for owner, field in fields)
        return [check for _, field in fields for check in compile_field(field)] if sound else None

    def fits(name: str, cell: str) -> bool:
        value = mender(table.by_name[name])(cell)
        tests = checks(name)
        try:
            return tests is not None and (not any(test.fails(value) for test in tests) if value
                                          else not table.by_name[name].required)
        except (ValueError, ArithmeticError):  # a number of thousands of digits
            return False

    return fits


def choose(sheet: Sheet, cells: list[tuple[str, ...]], place: dict) -> tuple[dict[str, list[str]], list[Problem]]:
    """The mended cells of each column, and a problem for each nameless or repeated column that holds something of its own."""
    columns, problems = {}, []
    for position, (name, values) in enumerate(zip(sheet.names, cells, strict=True), 1):
        if not name:
            if not is_blank(set(values)):
                line = next(row.line for row in sheet.rows if not is_blank(row.cells[position - 1:position]))
                problems.append(read.UNKNOWN_COLUMN.at(f"Column {position} has no name, but text in this line.",
                                                       "Move it to the column where it belongs, or delete it.", line=line, **place))
            continue
        mended = mend_column(sheet.table.by_name[name], values)
        if columns.setdefault(name, mended) != mended:
            problems.append(read.REPEATED_COLUMN.at(f"The column `{name}` stands twice, and its cells differ.", "Keep one.",
                                                    line=1, column=name, **place))
    return columns, problems


def mend_column(field: Field, values: tuple[str, ...]) -> list[str]:
    """The cells of a column as they should be; each distinct one is looked at once."""
    mended = {value: mender(field)(value) for value in set(values)}
    return [mended[value] for value in values]


@cache
def _words(true: tuple[str, ...], false: tuple[str, ...]) -> dict[str, str]:
    """Boolean words by their case-folded form, the first of those alike, but for forms that mean both."""
    words: dict[str, str] = {}
    for word in (*true, *false):
        words.setdefault(word.casefold(), word)
    both = {word.casefold() for word in true} & {word.casefold() for word in false}
    return {fold: word for fold, word in words.items() if fold not in both}


def mender(field: Field) -> Callable[[str], str]:
    """What mends a cell of a field: any text, the case of a boolean, the slashes of a day, the spaces, order and
    repetitions of a list."""
    if field.type == "list":
        return lambda value: mend_list(field, value)
    if field.type == "boolean":
        true, false = tuple(field.true_values), tuple(field.false_values)
        return lambda value: mend_boolean(clean(value), true, false)
    if field.is_date:
        return lambda value: mend_date(clean(value), whole=field.type == "date")
    return clean


def mend_date(value: str, whole: bool) -> str:
    """A day that a program wrote with slashes, year first, in ISO form. The first of a month may have been the month alone, so
    that one is left, but where the column holds `whole` days only."""
    found = SLASHED.fullmatch(value)
    year, month, day = map(int, found.groups()) if found else (0, 0, 1)
    return f"{year}-{month:02}-{day:02}" if found and (whole or day > 1) else value


def mend_boolean(value: str, true: tuple[str, ...], false: tuple[str, ...]) -> str:
    """The boolean word that differs from the value in case alone, or the value."""
    return value if value in true or value in false else _words(true, false).get(value.casefold(), value)


def mend_list(field: Field, value: str) -> str:
    """A list without spaces around its items, empty items and repetitions; sorted, but for authors."""
    items = dict.fromkeys(item.strip(SPACE) for item in clean(value).split(field.delimiter))
    items.pop(MISSING, None)
    return field.delimiter.join(items if field.keep_order else sorted(items))
