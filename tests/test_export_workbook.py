"""The workbook: what other programs read back is what the tables hold, text stays text, and everything to find one's way is there."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from scripts import citation, typed
from scripts.export import workbook
from scripts.package import Field, Table
from scripts.tables import Content, Tables
from tests.programs import needs
from tests.rebuilding import written_twice
from tests.released import real, released

FILE = "ai-governance-reach.xlsx"
HOSTILE = ("=1+1", "+1", "-1", "@x", "1-2", "2019-04", "2019-04-27", "0012", "1e5", "TRUE", "#N/A", "{=1}", "<r>x</r>", "<b>&", "_x0041_",
           "javascript:alert(1)", "https://example.org/zzz", " both ", "'quoted", "None", "nan", "你好, 😀", "a;b", "\t", "1/2")
LINKS = ("https://example.org/zzz", "http://example.org", "http://example.org/?a=%20b#part", "https://example.org/字")
NO_LINKS = ("javascript:alert(1)", "https://", "https:///x", "file:///etc/passwd", "internal:'README'!A1", "mailto:x@example.org",
            "ftp://example.org", "=HYPERLINK(1)", "https://example.org/ a", "https://example.org/" + "a" * 2079)
FIELDS = (Field("zzz_id", title="Zzz", description="The fictional id.", constraints={"required": True}), Field("text"),
          Field("url", constraints={"pattern": r"https?://\S+"}), Field("count", "integer"), Field("share", "number"),
          Field("bright", "boolean"), Field("words", "list", delimiter=";"), Field("urls", "list", delimiter=";"),
          Field("colour", vocabulary="colour", terms=("red", "blue")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    workbook.write(real(), folder)
    return folder


@pytest.fixture(scope="module")
def book(folder):
    """The workbook of the real data, as another library reads it."""
    return openpyxl.load_workbook(folder / FILE)


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return released(tmp_path_factory.mktemp("zzz")).package


def shown(tables: Tables) -> list[Content]:
    """The flat tables, then the others in their order."""
    return sorted(tables, key=lambda content: content.table.folder != "flat")


def small(package, folder, rows: list[dict], name: str = "zzz", fields=FIELDS):
    """The sheet of a fictional table with these cells, and the workbook that it is in."""
    table = Table(name, f"data/{name}.csv", "Zzz", "One row is one zzz.", "schemas/zzz.json", fields, ("zzz_id",))
    frame = pd.DataFrame([{"zzz_id": f"zzz-{number}", **row} for number, row in enumerate(rows)], columns=table.columns, dtype=object)
    workbook.write(Tables(package, {name: Content(table, frame.fillna(""))}), folder)
    book = openpyxl.load_workbook(folder / FILE)
    return book[book.sheetnames[-1]], book


def column(sheet, name: str) -> list:
    """The cells under a head."""
    return next(cells for cells in sheet.iter_cols(min_row=1) if cells[0].value == name)[1:]


def readme(book) -> list[tuple]:
    return list(book["README"].iter_rows(values_only=True))


def without_marks(text: str) -> str:
    return text.replace("`", "")


# every cell

def test_every_cell_is_read_back_as_it_stands_in_the_tables(book):
    assert book.sheetnames == ["README", "columns", *(content.table.name for content in shown(real()))]
    for content in shown(real()):
        rows = list(book[content.table.name].iter_rows(values_only=True))
        assert rows[0] == content.table.columns
        for field, cells in zip(content.table.fields, zip(*rows[1:], strict=True), strict=True):
            expected = content.rows[field.name].tolist()
            values = [found.split(field.delimiter) if field.type == "list" and found else found for found in cells]
            assert typed.cells(field, values) == expected


def test_the_flat_sheets_come_first_after_the_two_that_explain(book):
    assert book.sheetnames[:6] == [
        "README", "columns", "deployments_flat", "standards_roles_flat", "policy_statements_flat", "countries"]


def test_each_cell_has_the_type_of_its_column(book):
    kinds = {"integer": {int}, "number": {int, float}, "boolean": {bool}}
    seen = set()
    for content in shown(real()):
        for field in content.table.fields:
            cells = column(book[content.table.name], field.name)
            types = {type(cell.value) for cell in cells if cell.value is not None}
            assert types <= kinds.get(field.type, {str}), (content.table.name, field.name)
            assert not {cell.data_type for cell in cells} & {"d", "f", "e"}
            seen |= types
    assert seen == {int, float, bool, str}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text, package, tmp_path):
    sheet, _ = small(package, tmp_path, [{"text": text, "colour": text, "words": text, "url": text}])
    for name in ("text", "colour", "words", "url"):
        cell, = column(sheet, name)
        assert (cell.value, cell.data_type) == (text, "s")


def test_typing_in_a_column_of_text_makes_no_date_of_it(package, tmp_path):
    sheet, _ = small(package, tmp_path, [{"text": "2019-04", "count": "3"}])
    assert column(sheet, "text")[0].number_format == "@" and column(sheet, "count")[0].number_format == "0"


def test_a_column_of_long_texts_is_not_marked_as_text(package, tmp_path):
    sheet, _ = small(package, tmp_path, [{"text": "z" * 256}])
    assert column(sheet, "text")[0].number_format == "General"


@pytest.mark.parametrize(("number", "expected"), [
    ("210000000", 210000000), ("999999999999999", 999999999999999), ("-5", -5), ("9007199254740993", "9007199254740993")])
def test_a_number_that_excel_would_round_stays_text(number, expected, package, tmp_path):
    sheet, _ = small(package, tmp_path, [{"count": number, "share": "0.25", "bright": "false"}])
    assert [column(sheet, name)[0].value for name in ("count", "share", "bright")] == [expected, 0.25, False]


@pytest.mark.parametrize("length", [32_767, 32_768, 100_000])
@pytest.mark.parametrize("letter", ["z", "字", "😀"])
def test_a_text_too_long_for_a_cell_says_that_it_is_cut(letter, length, package, tmp_path):
    text = letter * (length // (2 if letter == "😀" else 1))
    sheet, book = small(package, tmp_path, [{"text": text}])
    found = column(sheet, "text")[0].value
    told = [row for row in readme(book) if row[0] == "Cut"]
    assert len(found.encode("utf-16-le")) // 2 <= 32_767
    if length == 32_767:
        assert found == text and not told
    else:
        start, mark = found.split(" … ")
        assert text.startswith(start) and len(start) > 16_000 and str(len(text)) in mark
        assert "zzz, zzz-0, text" in told[0][1]


def test_no_cell_of_the_real_data_is_cut(book):
    assert not [row for row in readme(book) if row[0] == "Cut"]


# links

@pytest.mark.parametrize("text", LINKS)
def test_an_address_is_a_link(text, package, tmp_path):
    cell, = column(small(package, tmp_path, [{"url": text}])[0], "url")
    target = cell.hyperlink.target + (f"#{cell.hyperlink.location}" if cell.hyperlink.location else "")
    assert (cell.value, target) == (text, text)


@pytest.mark.parametrize("text", NO_LINKS)
def test_what_is_no_address_of_the_web_is_no_link(text, package, tmp_path):
    cell, = column(small(package, tmp_path, [{"url": text}])[0], "url")
    assert cell.value == text and cell.hyperlink is None


def test_only_columns_of_addresses_hold_links(package, tmp_path):
    sheet, _ = small(package, tmp_path, [{"text": "https://example.org", "words": "https://example.org"}])
    assert not [cell for name in ("text", "words") for cell in column(sheet, name) if cell.hyperlink]


@pytest.mark.parametrize(("text", "is_link"), [
    ("https://example.org/zzz", True), ("https://example.org/a%3Bb", True), ("https://example.org/a;https://example.org/b", False)])
def test_in_a_list_of_addresses_one_alone_is_a_link_and_several_are_text(text, is_link, package, tmp_path):
    cell, = column(small(package, tmp_path, [{"urls": text}])[0], "urls")
    assert (cell.value, cell.data_type, cell.hyperlink.target if cell.hyperlink else None) == (text, "s", text if is_link else None)


def test_flat_sheets_have_both_single_links_and_lists_as_text(book):
    cells = [cell for cell in column(book["deployments_flat"], "urls") if cell.value]
    assert {(cell.hyperlink is not None, ";" in cell.value) for cell in cells} == {(True, False), (False, True)}


def test_beyond_what_a_sheet_takes_addresses_are_text(package, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LINK_LIMIT", 2)
    sheet, _ = small(package, tmp_path, [{"url": f"https://example.org/{number}"} for number in range(3)])
    assert [cell.hyperlink is not None for cell in column(sheet, "url")] == [True, True, False]
    assert [cell.value for cell in column(sheet, "url")] == [f"https://example.org/{number}" for number in range(3)]


def test_every_source_can_be_clicked(book):
    cells = column(book["citations"], "url")
    assert len(cells) == len(real()["citations"]) and all(cell.hyperlink.target.startswith("http") for cell in cells)


# finding one's way

def test_every_sheet_has_a_frozen_head_a_filter_and_help(book):
    for content in shown(real()):
        sheet, table = book[content.table.name], content.table
        last = openpyxl.utils.get_column_letter(len(table.columns))
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", f"A1:{last}{len(content.rows) + 1}")
        for cell, field in zip(sheet[1], table.fields, strict=True):
            assert cell.font.bold and not cell.alignment.wrap_text
            assert cell.comment.text.startswith(f"{field.title}\n{without_marks(field.description)}")
            assert all(term in cell.comment.text for term in field.terms)
            assert 8 <= sheet.column_dimensions[cell.column_letter].width <= 52


def test_the_first_sheet_says_what_one_must_know(book):
    rows, package = readme(book), real().package
    text = "\n".join(str(part) for row in rows for part in row if part is not None)
    for part in (package.descriptor["title"], package.descriptor["version"], package.created, citation.reference(package),
                 "Creative Commons", "no census", "empty cell is missing", "semicolons", "as precise as the source"):
        assert part in text
    assert book.active.title == "README"
    lines = {row[0]: row[2] for row in rows[[row[0] for row in rows].index("Sheet") + 1:]}
    assert lines == {name: book[name].max_row - 1 for name in book.sheetnames[1:]}
    links = {cell.value: cell.hyperlink.location for cell in book["README"]["A"] if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in lines}


def test_the_first_sheet_says_where_to_start(book, package, tmp_path):
    lines = {row[0]: row[1] for row in readme(book)}
    assert "deployments_flat, standards_roles_flat, policy_statements_flat" in lines["Where to start"]
    assert "Where to start" not in {row[0] for row in readme(small(package, tmp_path, [{}])[1])}


def test_what_is_explained_is_plain_text(book):
    texts = [cell for row in readme(book) for cell in row]
    texts += [cell.value for cell in column(book["columns"], "meaning")]  # an example is a cell as it stands
    texts += [cell.comment.text for sheet in book for cell in sheet[1] if cell.comment]
    assert len(texts) > 700 and not [text for text in texts if "`" in str(text)]


def test_the_columns_are_explained_on_a_sheet(book):
    head, *rows = book["columns"].iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    fields = [(content.table, field) for content in shown(real()) for field in content.table.fields]
    assert [(row["table"], row["column"], row["type"], row["meaning"], row["terms"] or "") for row in found] == [
        (table.name, field.name, field.type, without_marks(field.description), ", ".join(field.terms)) for table, field in fields]
    keys = {(row["table"], row["column"]): row["key"] for row in found}
    assert keys["deployments", "deployment_id"] == "primary key" and keys["deployments", "title"] is None
    assert keys["deployment_parties", "organization_id"] == "primary key; → organizations.organization_id"
    assert (book["columns"].freeze_panes, book["columns"].auto_filter.ref) == ("C2", f"A1:J{len(rows) + 1}")


def test_the_only_date_is_that_of_the_release(book, folder):
    created = datetime.fromisoformat(real().package.created)
    assert (book.properties.created, book.properties.modified) == (created, created)
    assert book.properties.title == "AI Governance Reach 0.1.0" and book.properties.creator == "AI Governance Reach contributors"
    assert {info.date_time for info in zipfile.ZipFile(folder / FILE).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(("names", "expected"), [
    (["zzz", "yyy"], ["zzz", "yyy"]), (["readme", "history", "columns"], ["readme_2", "history_2", "columns_2"]),
    (["z" * 31, "z" * 32, "z" * 33], ["z" * 31, "z" * 29 + "_2", "z" * 29 + "_3"])])
def test_sheets_have_short_names_of_their_own(names, expected):
    assert list(workbook.sheet_names(names).values()) == expected


def test_a_table_without_rows_has_its_sheet(package, tmp_path):
    sheet, _ = small(package, tmp_path, [])
    assert [cell.value for cell in sheet[1]] == [field.name for field in FIELDS] and sheet.max_row == 1


def test_a_table_longer_than_a_sheet_is_an_error(package, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ROW_LIMIT", 3)
    with pytest.raises(OSError, match="zzz has 3 rows"):
        small(package, tmp_path, [{}, {}, {}])
    assert not (tmp_path / FILE).exists()


def test_a_folder_that_is_not_there_is_an_error_of_the_system(package, tmp_path):
    with pytest.raises(OSError):
        small(package, tmp_path / "zzz", [{}])


def test_other_places_give_the_same_bytes(tmp_path):
    one, other = written_twice(tmp_path, "workbook", "*.xlsx")
    assert list(one) == [FILE] and one == other


def test_the_version_is_that_of_the_package(package, tmp_path):
    later = replace(package, descriptor={**package.descriptor, "version": "9.8.7"})
    assert "9.8.7" in str(readme(small(later, tmp_path, [{}])[1]))


# another program

@pytest.mark.slow
def test_libreoffice_opens_recalculates_and_shows_the_same_cells(folder, tmp_path):
    """It saves every sheet as CSV, as it shows it: text as it stands, truth values as TRUE and FALSE."""
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run([needs("soffice"), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", options,
                    "--outdir", str(tmp_path), str(folder / FILE)], check=True, capture_output=True, timeout=300)
    for content in shown(real()):
        table = content.table
        text = (tmp_path / f"{FILE.removesuffix('.xlsx')}-{table.name}.csv").read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert rows[0] == list(table.columns)
        for field, cells in zip(table.fields, zip(*rows[1:], strict=True), strict=True):
            shown_as = [cell.upper() if field.type == "boolean" else cell for cell in content.rows[field.name]]
            assert list(cells) == shown_as, (table.name, field.name)


def test_no_formula_macro_or_outside_data_is_in_it(folder):
    with zipfile.ZipFile(folder / FILE) as archive:
        names = archive.namelist()
        sheets = [archive.read(name).decode() for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    assert not [name for name in names if re.search("vba|externalLink|connections|calcChain|embeddings", name)]
    assert len(sheets) == len(shown(real())) + 2 and not any("<f>" in sheet for sheet in sheets)
