"""A record: a row with an id, the rows that belong to it, and the rows of other records that refer to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .package import MISSING, RECORDED, Table
from .tables import Tables, remembered

Row = dict[str, str]


@dataclass
class Record:
    """One record of `table`: its `row`, `links` (link table → rows), `sources` (the rows that link it to a source, each with the
    row of its citation) and `used_by` (table and column → ids of the records that name it)."""

    table: Table
    row: Row
    links: dict[str, list[Row]] = field(default_factory=dict)
    sources: list[tuple[Row, Row]] = field(default_factory=list)
    used_by: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.row[self.table.id]


def find(tables: Tables, identifier: str) -> Record | None:
    """The record with this id, whichever table holds it (a withdrawn one is a record of `withdrawn`), or None."""
    for content in tables:
        if not content.table.is_link and content.whole and (found := where(tables, content.table.name, content.table.id, identifier)):
            return complete(tables, Record(content.table, found[0]))
    return None


def complete(tables: Tables, record: Record) -> Record:
    """The record with all that is linked to it."""
    for table in recorded(tables):
        if table.is_link and table.owner == record.table.name:
            rows = where(tables, table.name, table.id, record.id)
            if table.targets.get(table.primary_key[1]) == "citations":
                record.sources = [(row, row_of(tables, "citations", row["citation_id"])) for row in rows]
            elif rows:
                record.links[table.name] = rows
            continue
        if table.is_link and "record_id" in table.by_name:  # it names a record of any table, which no foreign key can
            users = [row for row in where(tables, table.name, "record_id", record.id) if row["table"] == record.table.name]
            add_users(record, table, "record_id", users)
        for column, target in table.targets.items():
            if target == record.table.name:
                add_users(record, table, column, where(tables, table.name, column, record.id))
    return record


@remembered
def recorded(tables: Tables) -> list[Table]:
    """The recorded tables that could be read with all their columns."""
    return [content.table for content in tables if content.whole and content.table.folder == RECORDED]


def add_users(record: Record, table: Table, column: str, rows: list[Row]) -> None:
    """Note that rows of a table name the record in a column."""
    if rows:
        record.used_by[table.name, column] = list(dict.fromkeys(row[table.id] for row in rows))


def row_of(tables: Tables, table: str, identifier: str) -> Row:
    """The row of a record, or a row of empty cells."""
    content = tables.contents[table]
    found = where(tables, table, content.table.id, identifier) if content.whole else []
    return found[0] if found else dict.fromkeys(content.table.columns, MISSING)


def label(tables: Tables, table: str, identifier: str) -> str:
    """What a person calls a record: the cells that its table's `label` names, or the id itself."""
    row = row_of(tables, table, identifier)
    return ", ".join(row[column] for column in tables.contents[table].table.label if row[column]) or identifier


def identifiers(tables: Tables) -> list[str]:
    """The ids of all records."""
    return [key for content in tables if content.whole and not content.table.is_link for key in content.rows[content.table.id]]


def where(tables: Tables, table: str, column: str, value: str) -> list[Row]:
    """The rows of a table that have this value in this column, in the order of the table."""
    return by_value(tables, table, column).get(value, [])


@remembered
def by_value(tables: Tables, table: str, column: str) -> dict[str, list[Row]]:
    """The rows of a table by their value in a column."""
    found: dict[str, list[Row]] = {}
    for row in every_row(tables, table):
        found.setdefault(row[column], []).append(row)
    return found


@remembered
def every_row(tables: Tables, table: str) -> list[Row]:
    """The rows of a table."""
    return tables[table].to_dict("records")
