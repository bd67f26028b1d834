"""Gnumeric's ssconvert as a contributor's spreadsheet: it opens the tables of a package, types into cells and saves."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from scripts.package import Package, load
from tests.fictional import PROJECT
from tests.programs import needs

CSV, TEXT = "Gnumeric_stf:stf_csv", "Gnumeric_stf:stf_assistant"
SEMICOLONS = "separator=; quoting-mode=always eol=windows"
WAYS: dict[str, tuple[str, ...]] = {  # how a book is saved: the workbook that it becomes first, if any, then exporter and options
    "csv": ("", CSV),
    "semicolons": ("", TEXT, SEMICOLONS),
    "unicode text": ("", TEXT, "separator='\t' eol=windows charset=UTF-16LE"),
    "as shown": ("", TEXT, f"{SEMICOLONS} format=preserve"),
    "raw": ("", TEXT, f"{SEMICOLONS} format=raw"),
    "xlsx": ("xlsx", CSV),
    "ods": ("ods", CSV),
}
BOOK = """<?xml version="1.0" encoding="UTF-8"?>
<gnm:Workbook xmlns:gnm="http://www.gnumeric.org/v10.dtd"><gnm:SheetNameIndex>{names}</gnm:SheetNameIndex>
<gnm:Sheets>{sheets}</gnm:Sheets></gnm:Workbook>"""
SHEET = """<gnm:Sheet><gnm:Name>{name}</gnm:Name>
<gnm:Styles><gnm:StyleRegion startCol="0" startRow="0" endCol="255" endRow="65535"><gnm:Style Format="@"/></gnm:StyleRegion></gnm:Styles>
<gnm:Cells>{cells}</gnm:Cells></gnm:Sheet>"""


def ssconvert(*arguments: object) -> None:
    """Run the program, which must succeed."""
    subprocess.run([needs("ssconvert"), *map(str, arguments)], check=True, capture_output=True, timeout=120)


def copy_of_project(root: Path) -> Package:
    """The descriptors and tables of the project in another folder."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "datapackage.json", root)
    for folder in ("schemas", "data"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    package, problems = load(root)
    assert package, problems
    return package


def rows_of(path: Path) -> list[list[str]]:
    """The cells of a canonical table, the header first."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def opened(package: Package, book: Path) -> Path:
    """A book with a sheet for each table, opened as a double click does it: the program decides what each cell is."""
    first, *others = (package.root / table.path for table in package.tables.values())
    ssconvert(*([f"--merge-to={book}", first, *others] if others else [first, book]))
    return book


def opened_as_text(package: Package, book: Path) -> Path:
    """The same with every column imported as text. Only the window of the program offers that, so its book is written here."""
    sheets, names = [], []
    for table in package.tables.values():
        cells = "".join(f'<gnm:Cell Row="{i}" Col="{j}" ValueType="60">{escape(cell)}</gnm:Cell>'
                        for i, row in enumerate(rows_of(package.root / table.path)) for j, cell in enumerate(row) if cell)
        name = Path(table.path).name
        sheets.append(SHEET.format(name=escape(name), cells=cells))
        names.append(f"<gnm:SheetName gnm:Cols={quoteattr('256')} gnm:Rows={quoteattr('65536')}>{escape(name)}</gnm:SheetName>")
    book.write_text(BOOK.format(names="".join(names), sheets="".join(sheets)), encoding="utf-8")
    return book


def type_into(package: Package, open_book: Callable[[Package, Path], Path], way: str, typing: dict[str, list[tuple]]) -> None:
    """Open each of these tables, type texts into its cells (line, column, text), and save it. The program types into the first
    sheet of a book only, so each table has a book of its own."""
    for name, cells in typing.items():
        table = package.tables[name]
        alone = replace(package, tables={name: table})
        letters = {column: chr(ord("A") + i) for i, column in enumerate(table.columns)}
        save(open_book(alone, package.root / "book.gnumeric"), way, alone,
             *(f"--set={letters[column]}{line}={text}" for line, column, text in cells))


def save(book: Path, way: str, package: Package, *typing: str) -> None:
    """Save each sheet of a book over its table, in one of the WAYS, once the cells of `typing` are typed."""
    workbook, exporter, *options = WAYS[way]
    if workbook:
        ssconvert(*typing, book, book.with_suffix(f".{workbook}"))
        book, typing = book.with_suffix(f".{workbook}"), ()
    ssconvert(*typing, "--export-file-per-sheet", "-T", exporter, *(f"--export-options={text}" for text in options),
              book, package.root / "data" / "%s")
    if "UTF-16" in str(options):  # Excel starts such a file with a mark; this program writes none, or (as UTF-16) many
        for table in package.tables.values():
            path = package.root / table.path
            path.write_bytes(b"\xff\xfe" + path.read_bytes())
