"""The SQLite database: what is read back is what the tables hold; keys, checks, search and views; byte for byte the same."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pandas as pd
import pytest

from scripts import typed
from scripts.export import sqlite
from scripts.package import Field, Table
from scripts.tables import Content, Tables
from tests.fictional import PROJECT
from tests.released import real, released

NAME = "ai-governance-reach.sqlite"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """That of the real data."""
    folder = tmp_path_factory.mktemp("release")
    sqlite.write(real(), folder)
    assert [path.name for path in folder.iterdir()] == [NAME]
    with closing(sqlite3.connect(folder / NAME)) as connection:
        yield connection


@pytest.fixture
def made(tmp_path):
    """A function that makes the database of the fictional package with these changes and connects to it, foreign keys enforced."""
    open_ones = []

    def make(example: dict | None = None) -> sqlite3.Connection:
        return opened(released(tmp_path / "package", example))

    def opened(tables: Tables) -> sqlite3.Connection:
        sqlite.write(tables, tmp_path)
        open_ones.append(connection := sqlite3.connect(tmp_path / NAME))
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    make.of = opened
    yield make
    for connection in open_ones:
        connection.close()


def kept() -> list[Content]:
    return [content for content in real() if content.table.folder != "flat"]


def rows(connection: sqlite3.Connection, query: str, *values: object) -> list[tuple]:
    return connection.execute(query, values).fetchall()


def back(field: Field, value: object) -> str:
    """A value that was read, as the cell it should have come from."""
    return typed.cell(field, json.loads(value) if field.type == "list" and value is not None else value)


def test_the_database_holds_each_recorded_and_derived_table_and_no_flat_one(database):
    found = {name for name, in rows(database, "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite%'")}
    assert found == {content.table.name for content in kept()} | {"_package", "_tables", "_columns"}


def test_every_cell_of_the_real_data_reads_back(database):
    read = 0
    for content in kept():
        found = rows(database, f'SELECT * FROM "{content.table.name}"')
        assert len(found) == len(content.rows)
        for field, values in zip(content.table.fields, zip(*found, strict=True), strict=True):
            assert [back(field, value) for value in values] == content.rows[field.name].tolist(), field.name
            read += len(values)
    assert read > 50_000


def test_every_table_is_strict_and_its_columns_are_typed_and_required_as_declared(database):
    for content in kept():
        assert rows(database, "SELECT strict FROM pragma_table_list WHERE name = ?", content.table.name) == [(1,)]
        found = rows(database, 'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', content.table.name)
        key = content.table.primary_key
        assert found == [(field.name, {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}.get(field.type, "TEXT"),
                          int(field.required or field.name in key), key.index(field.name) + 1 if field.name in key else 0)
                         for field in content.table.fields]


def test_a_cell_becomes_the_value_that_it_says(made, tmp_path):
    fields = (Field("zzz_id"), Field("name"), Field("words", "list", delimiter=";"), Field("bright", "boolean"), Field("count", "integer"),
              Field("share", "number"), Field("seen", "date"))
    table = Table("zzz", "derived/zzz.csv", "Zzz", "", "schemas/zzz.json", fields, ("zzz_id",))
    tables = released(tmp_path / "package")
    cells = [("zzz-a", "None", 'one;"two"', "true", "7", "0.25", "2021-03-04"), ("zzz-b", *[""] * 6),
             ("zzz-c", "NA", "é", "false", "0", "1", "")]
    content = Content(table, pd.DataFrame(cells, columns=list(table.columns), dtype=object))
    package = replace(tables.package, tables={**tables.package.tables, "zzz": table})
    connection = made.of(Tables(package, {**tables.contents, "zzz": content}))
    assert rows(connection, "SELECT * FROM zzz") == [
        ("zzz-a", "None", '["one","\\"two\\""]', 1, 7, 0.25, "2021-03-04"), ("zzz-b", *[None] * 6),
        ("zzz-c", "NA", '["é"]', 0, 0, 1.0, None)]
    with pytest.raises(sqlite3.IntegrityError):  # a key is never empty, whether or not its field says so
        connection.execute("INSERT INTO zzz (name) VALUES ('Zzz')")
    assert rows(connection, "SELECT value FROM zzz, json_each(words) WHERE zzz_id = 'zzz-a'") == [("one",), ('"two"',)]


def test_texts_that_look_like_nothing_stay_texts(database, made):
    assert rows(database, "SELECT name FROM countries WHERE country_code = 'NAM'") == [("Namibia",)]
    words = ["None", "NA", "null", "nan", "true", "007", "1e5"]
    connection = made({"organizations": [{"organization_id": f"zzz-{number}", "name": word} for number, word in enumerate(words)]})
    assert [name for name, in rows(connection, "SELECT name FROM organizations WHERE organization_id GLOB 'zzz-[0-9]'")] == words


@pytest.mark.parametrize("change", [
    *(f"UPDATE deployments SET {cell}" for cell in (
        "title = NULL", "deployment_id = NULL", "status = 'zzz'", "technologies = 'cloud'", "technologies = '{}'", "value_amount = 0",
        "value_amount = 9007199254740992", "value_amount = 'many'", "country_code = 'ZZZ'", "part_of = 'zzz-none'")),
    "UPDATE policy_statements SET binding = 2", "INSERT INTO deployments SELECT * FROM deployments"])
def test_what_the_schema_forbids_is_refused(made, change):
    connection = made()
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(change)
        connection.commit()


@pytest.mark.parametrize("change", [
    "UPDATE deployments SET status = 'removed', technologies = '[\"cloud\"]', value_amount = 1, place = NULL",
    "UPDATE policy_statements SET binding = 1", "UPDATE citations SET authors = NULL", "UPDATE deployments SET part_of = deployment_id"])
def test_what_the_schema_allows_is_taken(made, change):
    connection = made()
    assert connection.execute(change).rowcount > 0
    connection.commit()


def test_a_row_may_stand_before_the_one_it_names(made):
    connection = made()
    connection.execute("INSERT INTO organizations VALUES ('zzz-z', 'Zzz', NULL, 'company', NULL, 'zzz-later')")
    connection.execute("INSERT INTO organizations VALUES ('zzz-later', 'Later', NULL, 'company', NULL, NULL)")
    connection.commit()


def test_the_checks_of_sqlite_find_nothing(database):
    assert rows(database, "PRAGMA foreign_key_check") == []
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert rows(database, "PRAGMA freelist_count") == [(0,)]


def test_no_page_of_the_file_is_wasted(database, tmp_path):
    database.execute("VACUUM INTO ?", (str(tmp_path / "again.sqlite"),))
    with closing(sqlite3.connect(tmp_path / "again.sqlite")) as again:
        assert rows(again, "PRAGMA page_count") == rows(database, "PRAGMA page_count")


def test_the_check_of_foreign_keys_knows_them_all(database, made):
    assert sum(len(rows(database, "SELECT DISTINCT id FROM pragma_foreign_key_list(?)", content.table.name)) for content in kept()) == sum(
        len(content.table.foreign_keys) for content in kept())
    connection = made({"deployments": [{"part_of": "zzz-none"}]})
    assert [(table, target) for table, _, target, _ in rows(connection, "PRAGMA foreign_key_check")] == [("deployments", "deployments")]


def test_every_foreign_key_has_an_index(database):
    for content in kept():
        indexes = [tuple(column for column, in rows(database, "SELECT name FROM pragma_index_info(?)", name))
                   for name, in rows(database, "SELECT name FROM pragma_index_list(?)", content.table.name)]
        for key in content.table.foreign_keys:
            assert sum(index[:len(key.fields)] == key.fields for index in indexes) >= 1, (content.table.name, key.fields)


def found(connection: sqlite3.Connection, table: str, words: str) -> list[str]:
    """The ids of the rows in which the words are found."""
    ids = f'SELECT * FROM "{table}" WHERE rowid IN (SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH ?)'
    return [row[0] for row in rows(connection, ids, words)]


def test_the_search_finds_words_without_regard_to_case_accents_and_plurals(made):
    connection = made({"deployments": [{"place": "Zürich", "summary": "Cameras watch a street."},
                                       {"deployment_id": "zzz-other", "title": "A school", "summary": "A course.", "place": ""}],
                       "organizations": [{"organization_id": "zzz-supplier", "name_local": "样品公司"}]})
    assert found(connection, "deployments", "zurich CAMERA") == ["zzz-deployment"]
    assert found(connection, "deployments", "course") == ["zzz-other"]
    assert found(connection, "organizations", "样品公司") == ["zzz-supplier"]
    assert found(connection, "deployments", "operational") == []  # a word of another column


def test_the_search_is_whole_on_the_real_data(database):
    for name, columns in sqlite.SEARCHED.items():
        assert [column for column, in rows(database, "SELECT name FROM pragma_table_info(?)", f"{name}_fts")] == list(columns)
        database.execute(f"INSERT INTO {name}_fts ({name}_fts, rank) VALUES ('integrity-check', 1)")
    database.rollback()
    written = real()["deployments"]
    assert set(found(database, "deployments", "huawei")) >= set(written.deployment_id[written.title.str.contains("Huawei")]) != set()
    assert found(database, "deployments", "zzzqqq") == []


@pytest.mark.parametrize(("view", "table"), [
    ("deployment_sources", "deployment_citations"), ("role_sources", "role_citations"), ("statement_sources", "statement_citations"),
    ("claim_sources", "claim_citations"), ("deployments_named", "deployments")])
def test_a_view_has_a_row_for_each_of_its_table(database, view, table):
    assert rows(database, f"SELECT count(*) FROM {view}") == [(len(real()[table]),)]


def test_a_view_joins_the_sources(made):
    connection = made()
    connection.row_factory = sqlite3.Row
    row, = rows(connection, "SELECT * FROM deployment_sources")
    assert dict(row) == {
        "deployment_id": "zzz-deployment", "citation_id": "zzz-source", "stance": "supports", "locator": None, "title": "A report of Zzz",
        "supports": '["channel","country_code","parties","purposes","rights_concern","status","technologies","value_amount"]',
        "publisher": "Zzz Press", "original_publisher": None, "published": "2021-01-05", "url": "https://example.org/zzz-source",
        "archive_url": None, "language": "en", "citation_type": "official_document", "access": "excerpt"}


def test_a_view_puts_names_for_codes(made):
    connection = made({"deployment_parties": [{"organization_id": "zzz-issuer", "party_role": "supplier"},
                                              {"organization_id": "zzz-issuer", "party_role": "client"}]})
    assert rows(connection, "SELECT country, further_countries, suppliers, clients, operators FROM deployments_named") == [
        ("Zzz Land", '["Xxx Land"]', '["Zzz Ministry","Zzz Supplier"]', '["Zzz Ministry"]', None)]


def test_the_database_describes_itself(database):
    package = dict(rows(database, "SELECT * FROM _package"))
    assert (package["name"], package["version"]) == ("ai-governance-reach", real().package.descriptor["version"])
    assert rows(database, "SELECT * FROM _tables") == [
        (content.table.name, content.table.title, content.table.description) for content in kept()]
    assert rows(database, "SELECT * FROM _columns") == [
        (content.table.name, field.name, field.type, field.title, field.description, field.vocabulary)
        for content in kept() for field in content.table.fields]
    assert rows(database, "PRAGMA application_id") == [(int.from_bytes(b"AIGR"),)]
    assert rows(database, "PRAGMA user_version") == [(sqlite.version_number(package["version"]),)]


@pytest.mark.parametrize(("version", "number"), [
    ("0.1.0", 1000), ("1.20.3", 1_020_003), ("1.0.999", 1_000_999), ("1.999.0", 1_999_000), ("2147.483.647", 2**31 - 1),
    *((version, 0) for version in ("2.0.0-rc.1", "2.0.0+zzz", "1.0.1000", "1.1000.0", "2147.483.648", "9999999999.0.0"))])
def test_a_version_is_a_number_of_its_own_or_none(version, number):
    assert sqlite.version_number(version) == number


@pytest.mark.parametrize(("version", "number"), [("2147.483.647", 2**31 - 1), ("2.0.0-rc.1", 0)])
def test_the_number_stands_in_the_database(version, number, made, tmp_path):
    tables = released(tmp_path / "package")
    package = replace(tables.package, descriptor={**tables.package.descriptor, "version": version})
    assert rows(made.of(replace(tables, package=package)), "PRAGMA user_version") == [(number,)]


def test_a_quote_in_a_name_does_not_end_it():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE zzz (" + sqlite.quoted("a", 'b"c, d') + ")")
        assert rows(connection, "SELECT name FROM pragma_table_info('zzz')") == [("a",), ('b"c, d',)]


WRITE = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[3], 8))
from scripts.export import datasette, sqlite
from scripts.package import load
from scripts.read import read
for format in (sqlite, datasette):
    format.write(read(load(Path(sys.argv[1]))[0]), Path(sys.argv[2]))
"""


def test_two_writes_in_other_surroundings_give_the_same_bytes(tmp_path):
    written = []
    for name, zone, language, mask in (("a", "UTC", "C", "022"), ("b", "Asia/Tokyo", "de_DE.UTF-8", "077")):
        (tmp_path / name).mkdir()
        subprocess.run([sys.executable, "-c", WRITE, PROJECT, tmp_path / name, mask], check=True, cwd=PROJECT, env={
            **os.environ, "TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": str(len(written))})
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert sorted(written[0]) == [NAME, "datasette.json"]
    assert written[0] == written[1]


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError):
        sqlite.write(released(tmp_path / "package"), tmp_path / "none")
