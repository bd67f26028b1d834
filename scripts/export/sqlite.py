"""One SQLite database of all recorded and derived tables, with keys, full-text search and views: `NAME.sqlite`.

Its definitions are made from the descriptors. It is built in memory and written in one go, so no half database is ever on disk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from .. import typed
from ..changelog import version_of
from ..package import FLAT, RECORDED, Field, Package, Table
from ..tables import Tables

APPLICATION = int.from_bytes(b"AIGR")  # tells this kind of database from others
MOST = 2**31 - 1  # the highest number that a database can have as its own
TYPES = {"integer": "INTEGER", "year": "INTEGER", "number": "REAL", "boolean": "INTEGER"}  # else TEXT
SEARCHED = {  # what the full-text search looks through
    "deployments": ("title", "summary", "place"),
    "policy_statements": ("title", "title_local", "summary"),
    "standards_roles": ("committee", "holder", "summary"),
    "citations": ("title", "publisher"),
    "organizations": ("name", "name_local"),
}
TOKENS = "porter unicode61 remove_diacritics 2"  # `cameras` finds `camera`, `Zurich` finds `Zürich`
OF_SOURCE = ("title", "publisher", "original_publisher", "published", "url", "archive_url", "language", "citation_type", "access")
NAMED_PARTIES = ("supplier", "client", "operator")
OWN = {"_package": ("key", "value"), "_tables": ("table", "title", "description"),  # text; by these the database describes itself
       "_columns": ("table", "column", "type", "title", "description", "vocabulary")}


def write(tables: Tables, folder: Path) -> None:
    """Write the database into `folder`. Raises OSError where that fails."""
    package = tables.package
    kept = [content for content in tables if content.table.folder != FLAT]
    described = [content.table for content in kept]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for setting, value in (("page_size", 4096), ("encoding", "'UTF-8'"), ("auto_vacuum", 0), ("application_id", APPLICATION),
                               ("user_version", version_number(package.descriptor["version"]))):
            connection.execute(f"PRAGMA {setting} = {value}")
        connection.execute("BEGIN")
        for content in kept:
            connection.execute(table_sql(content.table))
            fill(connection, content.table.name, zip(*(sqlite_values(field, content.rows[field.name]) for field in content.table.fields),
                                                   strict=True), len(content.table.fields))
        for name, rows in own_rows(package, described).items():
            connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(f'{quoted(column)} TEXT' for column in OWN[name])}) STRICT")
            fill(connection, name, rows, len(OWN[name]))
        for statement in (*index_sql(described), *search_sql(described), *view_sql(package)):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        data = connection.serialize()
    (folder / database(package)).write_bytes(data)


def database(package: Package) -> str:
    """The name of the database's file."""
    return f"{package.descriptor['name']}.sqlite"


def version_number(version: str) -> int:
    """A version as a number that grows with it and that no other version has: 1.20.3 is 1020003. It is 0, as in a database without one,
    where there is no such number: where more than three numbers stand there, or one of them is too high."""
    found = version_of(version)
    if found is None or found.text != ".".join(map(str, found.numbers)):
        return 0
    major, minor, patch = found.numbers
    number = (major * 1000 + minor) * 1000 + patch
    return number if minor < 1000 and patch < 1000 and number <= MOST else 0


def quoted(*names: str) -> str:
    """Names of tables or columns in quotes, with commas between them."""
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


def text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def fill(connection: sqlite3.Connection, name: str, rows: Iterable[tuple], width: int) -> None:
    """Put rows into a table."""
    connection.executemany(f"INSERT INTO {quoted(name)} VALUES ({', '.join('?' * width)})", rows)


def sqlite_values(field: Field, cells: Iterable[str]) -> list[str | int | float | None]:
    """The cells of a column as SQLite keeps them: lists as JSON arrays, truth values as 0 and 1, dates as text, empty cells as NULL."""
    found = typed.values(field, cells)
    match field.type:
        case "list":
            return [None if items is None else json.dumps(items, ensure_ascii=False, separators=(",", ":")) for items in found]
        case "boolean" | "year":
            return [None if one is None else int(one) for one in found]
    return found


def table_sql(table: Table) -> str:
    """The definition of a table: types, required columns, terms, keys. Foreign keys are checked at the end of a transaction, since
    rows name one another."""
    parts = [column_sql(table, field) for field in table.fields]
    parts += [f"PRIMARY KEY ({quoted(*table.primary_key)})"]
    parts += [f"UNIQUE ({quoted(*key)})" for key in table.unique_keys]
    parts += [f"FOREIGN KEY ({quoted(*key.fields)}) REFERENCES {quoted(key.resource)} ({quoted(*key.reference)}) "
              "DEFERRABLE INITIALLY DEFERRED" for key in table.foreign_keys]
    return f"CREATE TABLE {quoted(table.name)} (\n  " + ",\n  ".join(parts) + "\n) STRICT"


def column_sql(table: Table, field: Field) -> str:
    """The definition of a column, with the constraints that SQLite can check; a strict table has no empty keys anyway."""
    name, limits = quoted(field.name), field.constraints
    checks = []
    if field.type == "list":
        checks.append(f"{name} IS NULL OR (json_valid({name}) AND json_type({name}) = 'array')")
    if field.type == "boolean":
        checks.append(f"{name} IN (0, 1)")
    if limits.get("enum"):
        checks.append(f"{name} IN ({', '.join(map(text, limits['enum']))})")
    if field.type in ("integer", "year", "number"):
        checks += [f"{name} {sign} {limits[key]}" for key, sign in (("minimum", ">="), ("maximum", "<=")) if key in limits]
    return " ".join([name, TYPES.get(field.type, "TEXT"),
                     *(["NOT NULL"] if field.required else []),
                     *(["UNIQUE"] if limits.get("unique") and table.primary_key != (field.name,) else []),
                     *(f"CHECK ({check})" for check in checks)])


def index_sql(described: list[Table]) -> Iterator[str]:
    """An index on the columns of each foreign key that do not already lead the primary key."""
    for table in described:
        for columns in dict.fromkeys(key.fields for key in table.foreign_keys):
            if table.primary_key[:len(columns)] != columns:
                yield f"CREATE INDEX {quoted('_'.join((table.name, *columns)))} ON {quoted(table.name)} ({quoted(*columns)})"


def search_sql(described: list[Table]) -> Iterator[str]:
    """A full-text index TABLE_fts beside each table that is searched, which keeps no text of its own."""
    for table in described:
        columns = [column for column in SEARCHED.get(table.name, ()) if column in table.columns]
        if columns:
            name = quoted(f"{table.name}_fts")
            yield f"CREATE VIRTUAL TABLE {name} USING FTS5 ({quoted(*columns)}, tokenize='{TOKENS}', content={quoted(table.name)})"
            yield f"INSERT INTO {name} ({name}) VALUES ('rebuild')"


def view_sql(package: Package) -> Iterator[str]:
    """The views: for each kind of record RECORD_sources, a row a record and source; and deployments with names for codes."""
    of_source = [f's.{quoted(column)}' for column in OF_SOURCE if column in package.tables["citations"].columns]
    for link in package.tables.values():
        if link.folder == RECORDED and link.is_link and "citation_id" in link.primary_key:
            columns = [*(f"l.{quoted(column)}" for column in link.columns), *of_source]
            yield (f"CREATE VIEW {quoted(link.name.removesuffix('_citations') + '_sources')} AS\nSELECT {', '.join(columns)}\n"
                   f"FROM {quoted(link.name)} l JOIN citations s ON s.citation_id = l.citation_id")
    columns = [f"d.{quoted(column)}" for column in package.tables["deployments"].columns]
    columns += ["c.name AS country", names("further_countries", "deployment_countries p JOIN countries o USING (country_code)")]
    columns += [names(f"{role}s", "deployment_parties p JOIN organizations o USING (organization_id)", f" AND p.party_role = '{role}'")
                for role in NAMED_PARTIES]
    yield "CREATE VIEW deployments_named AS\nSELECT " + ",\n  ".join(columns) + "\nFROM deployments d JOIN countries c USING (country_code)"


def names(column: str, rows: str, condition: str = "") -> str:
    """A column with the names of what a deployment is linked to, as a JSON array in their order; NULL where there is none."""
    found = f"SELECT o.name FROM {rows} WHERE p.deployment_id = d.deployment_id{condition} ORDER BY o.name"
    return f"(SELECT nullif(json_group_array(name), '[]') FROM ({found})) AS {column}"


def own_rows(package: Package, described: list[Table]) -> dict[str, list[tuple]]:
    """The rows of the tables by which the database describes itself."""
    descriptor = package.descriptor
    licenses = "; ".join(one.get("title") or one["name"] for one in descriptor.get("licenses", []))
    return {
        "_package": [*((key, descriptor.get(key)) for key in ("name", "title", "description", "version")), ("created", package.created),
                     ("license", licenses)],
        "_tables": [(table.name, table.title, table.description) for table in described],
        "_columns": [(table.name, field.name, field.type, field.title, field.description, field.vocabulary)
                     for table in described for field in table.fields]}
