"""The table `countries` is what `scripts.countries` says, whole and once."""

import csv
from pathlib import Path

import pycountry
import pytest

from scripts.__main__ import main
from scripts.countries import COLUMNS, GROUPS, rows
from tests.fictional import write_package

TABLE = Path(__file__).parents[1] / "data" / "countries.csv"
REGIONS = {"Africa", "Americas", "Asia", "Europe", "Oceania"}
ROWS = {row["country_code"]: row for row in rows()}


def test_the_file_equals_the_rows():
    with TABLE.open(encoding="utf-8", newline="") as lines:
        assert list(csv.DictReader(lines)) == rows()


def test_every_code_once_and_in_order():
    codes = [row["country_code"] for row in rows()]
    assert len(codes) == len(set(codes)) == 251
    assert codes == sorted(codes)
    assert set(codes) == {country.alpha_3 for country in pycountry.countries} | {"EUU", "XKX"}
    assert len({row["name"] for row in rows()}) == 251


def test_columns_and_text():
    for row in rows():
        assert tuple(row) == COLUMNS
        assert row["name"] and all(value == value.strip() for value in row.values())
        assert ", " not in row["name"] or row["country_code"] in {"BES", "SHN"}  # lists of islands, not inversions


def test_regions_are_those_of_m49():
    assert {row["region"] for row in rows()} - {""} == REGIONS
    assert {pair[0] for pair in GROUPS.values()} == REGIONS
    assert len(GROUPS) == 22 and len(set(GROUPS.values())) == 17
    assert {code for code, row in ROWS.items() if not row["region"]} == {"ATA", "EUU"}
    assert all(bool(row["region"]) == bool(row["subregion"]) for row in rows())


def test_kinds():
    kinds = [row["kind"] for row in rows()]
    assert kinds.count("country") == 195  # 193 members and two observer states
    assert kinds.count("bloc") == 1
    assert kinds.count("territory") == 55


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("NAM", ("Namibia", "country", "Africa", "Sub-Saharan Africa")),  # its two-letter code is NA
        ("DZA", ("Algeria", "country", "Africa", "Northern Africa")),
        ("BRA", ("Brazil", "country", "Americas", "Latin America and the Caribbean")),
        ("USA", ("United States", "country", "Americas", "Northern America")),
        ("PSE", ("Palestine", "country", "Asia", "Western Asia")),
        ("VAT", ("Holy See", "country", "Europe", "Southern Europe")),
        ("TWN", ("Taiwan", "territory", "Asia", "Eastern Asia")),
        ("XKX", ("Kosovo", "territory", "Europe", "Southern Europe")),
        ("HKG", ("Hong Kong", "territory", "Asia", "Eastern Asia")),
        ("NRU", ("Nauru", "country", "Oceania", "Micronesia")),  # the library's file has Polynesia
        ("EUU", ("European Union", "bloc", "", "")),
        ("ATA", ("Antarctica", "territory", "", "")),
    ],
)
def test_known_rows(code, expected):
    assert tuple(ROWS[code].values())[1:] == expected


def test_the_command_writes_the_table(tmp_path, capsys):
    package = write_package(tmp_path)
    for message in ("was written", "is current"):
        assert main(["countries", "--root", str(tmp_path)]) == 0 and message in capsys.readouterr().out
    assert (tmp_path / package.tables["countries"].path).read_bytes() == TABLE.read_bytes()
