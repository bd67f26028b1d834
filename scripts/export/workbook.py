"""The Excel workbook: a sheet to read first, the columns explained, and a sheet for each flat, recorded and derived table."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from itertools import count
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ..citation import authors, licence, name_of, reference
from ..package import DERIVED, FLAT, RECORDED, Field, Package, Table
from ..tables import Content, Tables
from ..typed import value

README, COLUMNS = "README", "columns"
RESERVED = (README, COLUMNS, "history")  # Excel keeps the last for itself
NAME_LIMIT, ROW_LIMIT, LINK_LIMIT, ADDRESS_LIMIT = 31, 1_048_576, 65_530, 2_079  # of a sheet's name, a sheet, and an address, in Excel
TEXT_LIMIT = 32_767  # UTF-16 units in a cell
DIGITS = 15  # of a whole number that Excel keeps exactly
LONG = 255  # characters; older versions show a longer text as ##### where the cell's format is text
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FORMATS = {
    "header": {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "valign": "top"},
    "title": {"bold": True, "font_size": 16},
    "label": {"bold": True, "valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "top": {"valign": "top", "num_format": "0"},
    "link": {"font_color": "#0563C1", "underline": 1, "valign": "top"},
    "text": {"num_format": "@"},
    "plain": {},
    "integer": {"num_format": "0"},
    "number": {"num_format": "General"},
}
START = (
    "Start with the sheets {}. Each has one row a record, with what stands in other tables joined in: names, years, sources with their "
    "addresses, and whether the record should enter counts and sums. The joined columns follow the recorded ones, to the right.",
    "To filter, use the arrows at the heads of the columns. For one row a party, source or theme, and for everything recorded, go to the "
    "sheets after them (blue tabs); figures worked out by country, year or text are on the last ones (grey tabs).")
CAVEATS = (
    "It is no census. The tables hold what public sources show and contributors recorded; what is not here may exist all the same.",
    "An empty cell is missing: not known, or it does not apply. It never means no or zero.",
    "Several items in one cell are separated by semicolons (;), without spaces.",
    "Dates are text: 2019, 2019-04 or 2019-04-27, as precise as the source and no more.",
    "Figures about AI count only deployments whose ai_basis is stated. The columns recommended_for_aggregates and reasons say which "
    "records should enter counts and sums, and why others should not; disputed marks those that a source denies or contradicts in part.",
    "Allegations are attributed to those who make them. Country codes follow ISO 3166-1 and imply no view on sovereignty.",
    "An address of a web page is a link; where a cell holds several they are text.",
    "Point at the head of a column to see what it means. The sheet columns explains all of them, vocabulary_terms every term.")
HEADS = {"table": 24, "column": 26, "title": 26, "type": 9, "key": 44, "required": 11, "meaning": 90, "example": 36, "vocabulary": 22,
         "terms": 60}  # of the sheet columns, with their widths
TEXT_WIDTH = 110  # of the texts on the first sheet
LINE, HEIGHT_LIMIT = 15, 409  # points of height
TABS = {FLAT: "#70AD47", RECORDED: "#4472C4", DERIVED: "#A5A5A5"}  # in the order of the sheets


def write(tables: Tables, folder: Path) -> None:
    """Write the workbook, named after the package, into a release folder. Raises OSError where it cannot be written, also where a
    table has more rows than a sheet holds."""
    package, data = tables.package, BytesIO()
    shown = [content for folder_ in TABS for content in tables if content.table.folder == folder_]
    names = sheet_names(content.table.name for content in shown)
    with Workbook(data, OPTIONS) as book:
        book.set_properties(properties(package))
        book.set_calc_mode("auto")
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        readme, columns = book.add_worksheet(README), book.add_worksheet(COLUMNS)
        cut = [line for content in shown
               for line in write_table(book.add_worksheet(names[content.table.name]), content, formats)]
        write_columns(columns, [content.table for content in shown], formats)
        write_readme(readme, package, shown, names, cut, formats)
    (folder / f"{package.descriptor['name']}.xlsx").write_bytes(data.getvalue())


def properties(package: Package) -> dict:
    """The properties of the document. Its only date is that of the release."""
    descriptor = package.descriptor
    return {"title": f"{descriptor['title']} {descriptor['version']}", "author": "; ".join(map(name_of, authors(package))),
            "subject": descriptor.get("description", "")[:LONG], "keywords": ", ".join(descriptor.get("keywords", [])),
            "created": datetime.fromisoformat(package.created)}


def sheet_names(tables: Iterable[str]) -> dict[str, str]:
    """A name of a sheet for each table: its own, cut where it is too long, and numbered where another has it already."""
    names: dict[str, str] = {}
    for table in tables:
        taken = {name.lower() for name in (*RESERVED, *names.values())}
        ends = (f"_{number}" if number > 1 else "" for number in count(1))
        names[table] = next(name for end in ends if (name := f"{table[:NAME_LIMIT - len(end)]}{end}").lower() not in taken)
    return names


def write_table(sheet: Worksheet, content: Content, formats: dict[str, Format]) -> list[str]:
    """Fill the sheet of a table; gives a line for each cell that had to be cut."""
    table, rows = content.table, content.rows
    if len(rows) >= ROW_LIMIT:
        raise OSError(f"{table.name} has {len(rows)} rows; a sheet of a workbook holds {ROW_LIMIT - 1}")
    cut, links = [], 0
    for position, field in enumerate(table.fields):
        cells = rows[field.name].tolist()
        look, has_urls = formats[look_of(field, cells)], is_url(field)
        sheet.set_column(position, position, width(field.name, cells), look)
        for row, cell in enumerate(cells, 1):
            if has_urls and links < LINK_LIMIT and is_address(cell) and not (field.type == "list" and field.delimiter in cell):
                sheet.write_url(row, position, cell, formats["link"], cell)
                links += 1
            elif cell != "" and not write_value(sheet, row, position, field, cell, look):
                cut.append(f"{table.name}, {rows[table.primary_key[0]].iloc[row - 1]}, {field.name}")
    write_heads(sheet, [field.name for field in table.fields], [help_of(field) for field in table.fields], len(rows), formats)
    sheet.set_tab_color(TABS[table.folder])
    return cut


def write_heads(sheet: Worksheet, heads: Iterable[str], helps: Iterable[str], rows: int, formats: dict[str, Format]) -> None:
    """The head of each column with its help; head and first column stay in view, rows can be filtered, pages print legibly."""
    heads = list(heads)
    for position, head in enumerate(heads):
        sheet.write_string(0, position, head, formats["header"])
    for position, text in enumerate(helps):
        sheet.write_comment(0, position, text, {"width": 360, "height": LINE * (1 + sum(lines_of(line, 62) for line in text.split("\n"))),
                                                "font_size": 9})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, rows, len(heads) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{ROW_LIMIT}"})
    printed(sheet)
    sheet.print_area(0, 0, rows, len(heads) - 1)
    sheet.repeat_rows(0)


def printed(sheet: Worksheet) -> None:
    """A page is A4 across and as wide as the sheet."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def write_value(sheet: Worksheet, row: int, column: int, field: Field, cell: str, look: Format) -> bool:
    """Write one filled cell as what it is; whether it is whole. A text too long for a cell ends in a mark that says so."""
    found = value(field, cell)
    if isinstance(found, bool):
        sheet.write_boolean(row, column, found, look)
    elif isinstance(found, float) or (isinstance(found, int) and len(cell.lstrip("-")) <= DIGITS):
        sheet.write_number(row, column, found, look)
    elif cell.startswith("<r>") and cell.endswith("</r>"):  # the library takes such a text for markup
        sheet.write_rich_string(row, column, cell[:1], look, cell[1:], look)
    else:
        text = fitting(cell)
        sheet.write_string(row, column, text, look)
        return text == cell
    return True


def fitting(text: str) -> str:
    """A text that a cell can hold: itself, or its beginning with a mark that says how much is missing."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * TEXT_LIMIT:
        return text
    mark = f" … [cut here: the whole text has {len(text)} characters and stands in the CSV file]"
    return units[:2 * (TEXT_LIMIT - len(mark))].decode("utf-16-le", errors="ignore") + mark


def look_of(field: Field, cells: list[str]) -> str:
    """The name of a column's format. Text is marked as text, so that typing in a cell does not make a date or number of it."""
    if field.type in ("integer", "number"):
        return field.type
    return "plain" if field.type == "boolean" or max(map(len, cells), default=0) > LONG else "text"


def width(head: str, cells: list[str]) -> float:
    """How wide a column is, in characters: as most of its cells, with room for the filter's arrow beside the head."""
    lengths = sorted(len(cell) for cell in cells if cell)
    return min(max(len(head) + 4, lengths[len(lengths) * 9 // 10] + 1 if lengths else 0), 50)


def lines_of(text: str, wide: int) -> int:
    """How many lines a text takes in a column so wide, in digits; letters are narrower."""
    return len(textwrap.wrap(text, wide * 11 // 10)) or 1


def height(lines: int) -> int:
    """The height of a row of so many lines, in points."""
    return min(LINE * lines, HEIGHT_LIMIT)


def is_url(field: Field) -> bool:
    """Whether a column holds addresses, or lists of them."""
    if field.type == "list":
        return field.name.endswith("urls")
    return str(field.constraints.get("pattern", "")).startswith("https?://")


def plain(text: str) -> str:
    """A description without the marks that set names apart in it."""
    return text.replace("`", "")


def is_address(text: str) -> bool:
    """Whether a text can be a link: of the web, and not longer than Excel takes."""
    return re.fullmatch(r"https?://[^\s/]\S*", text) is not None and len(text) <= ADDRESS_LIMIT


def help_of(field: Field) -> str:
    """What is shown at the head of a column."""
    terms = f"\nTerms: {', '.join(field.terms)}" if field.terms else ""
    return f"{field.title or field.name}\n{plain(field.description)}{terms}"


def write_columns(sheet: Worksheet, tables: list[Table], formats: dict[str, Format]) -> None:
    """The codebook: a row for each column of each table."""
    row = 0
    for table in tables:
        for field in table.fields:
            row += 1
            parts = (table.name, field.name, field.title, field.type, key_of(table, field), "yes" if field.required else "",
                     plain(field.description), field.example, field.vocabulary or "", ", ".join(field.terms))
            sheet.set_row(row, height(max(lines_of(text, wide) for text, wide in zip(parts, HEADS.values(), strict=True))))
            for position, part in enumerate(parts):
                if part:
                    sheet.write_string(row, position, part, formats["wrapped"])
    for position, wide in enumerate(HEADS.values()):
        sheet.set_column(position, position, wide)
    write_heads(sheet, HEADS, (), row, formats)
    sheet.freeze_panes(1, 2)


def key_of(table: Table, field: Field) -> str:
    """What a column does as a key: part of the primary key, pointer to another table, or both."""
    points = [f"→ {key.resource}.{there}" for key in table.foreign_keys
              for here, there in zip(key.fields, key.reference, strict=True) if here == field.name]
    return "; ".join((["primary key"] if field.name in table.primary_key else []) + points)


def write_readme(sheet: Worksheet, package: Package, shown: list[Content], names: dict[str, str], cut: list[str],
                 formats: dict[str, Format]) -> None:
    """What the workbook is, how to cite it, what to mind, and its sheets, each a link."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, TEXT_WIDTH)
    sheet.set_column(2, 2, 10)
    sheet.hide_gridlines(2)
    printed(sheet)
    sheet.write_string(0, 0, f"{package.descriptor['title']} {package.descriptor['version']}", formats["title"])
    row = 2
    starts = [names[content.table.name] for content in shown if content.table.folder == FLAT]
    for label, text, link in about(package, starts, cut):
        sheet.write_string(row, 0, label, formats["label"])
        if is_address(link):
            sheet.write_url(row, 1, link, formats["link"], text)
        else:
            sheet.set_row(row, height(lines_of(text, TEXT_WIDTH)))
            sheet.write_string(row, 1, text, formats["wrapped"])
        row += 1
    row += 1
    for position, head in enumerate(("Sheet", "What a row is", "Rows")):
        sheet.write_string(row, position, head, formats["header"])
    columns = sum(len(content.table.fields) for content in shown)
    lines = [(COLUMNS, "Columns. One row is one column of one table: the codebook.", columns),
             *((names[content.table.name], plain(f"{content.table.title}. {content.table.description}"), len(content.rows))
               for content in shown)]
    for name, text, length in lines:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        sheet.set_row(row, height(lines_of(text, TEXT_WIDTH)))
        sheet.write_string(row, 1, text, formats["wrapped"])
        sheet.write_number(row, 2, length, formats["top"])


def about(package: Package, starts: list[str], cut: list[str]) -> list[tuple[str, str, str]]:
    """The lines at the top of the first sheet: label, text, address (or nothing). `starts` are the sheets to start with."""
    descriptor, terms = package.descriptor, licence(package)
    home = descriptor.get("homepage", "")
    return [
        ("What it is", plain(descriptor.get("description", "")), ""),
        *(("" if number else "Where to start", text.format(", ".join(starts)), "") for number, text in enumerate(START) if starts),
        ("Version", descriptor["version"], ""), ("Released", package.created, ""),
        *([("Licence", terms.get("title", terms["name"]), terms.get("path", ""))] if terms else []),
        *([("Home page", home, home)] if home else []),
        ("How to cite", reference(package), ""),
        *(("" if number else "What to mind", text, "") for number, text in enumerate(CAVEATS)),
        *(("Cut", f"This cell is longer than Excel allows, and is cut: {line}.", "") for line in cut)]
