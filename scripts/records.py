"""A record: a row with an id, the rows that belong to it, and the rows of other records that refer to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .package import Table
from .tables import Tables

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
        table = content.table
        if table.is_link or not content.whole:
            continue
        rows = content.rows[content.rows[table.id] == identifier]
        if len(rows):
            return complete(tables, Record(table, rows.iloc[0].to_dict()))
    return None


def complete(tables: Tables, record: Record) -> Record:
    """The record with all that is linked to it."""
    for content in tables:
        table = content.table
        if not content.whole:
            continue
        if table.is_link and table.owner == record.table.name:
            rows = content.rows[content.rows[table.id] == record.id].to_dict("records")
            if table.targets.get(table.primary_key[1]) == "citations":
                record.sources = [(row, row_of(tables, "citations", row["citation_id"])) for row in rows]
            elif rows:
                record.links[table.name] = rows
            continue
        if table.is_link and "record_id" in table.by_name:  # it names a record of any table, which no foreign key can
            rows = content.rows[(content.rows["table"] == record.table.name) & (content.rows["record_id"] == record.id)]
            if len(rows):
                record.used_by[table.name, "record_id"] = rows[table.id].unique().tolist()
        for column, target in table.targets.items():
            if target == record.table.name:
                users = content.rows.loc[content.rows[column] == record.id, table.id].unique().tolist()
                if users:
                    record.used_by[table.name, column] = users
    return record


def row_of(tables: Tables, table: str, identifier: str) -> Row:
    """The row of a record, or a row of empty cells."""
    content = tables.contents[table]
    rows = content.rows[content.rows[content.table.id] == identifier] if content.whole else content.rows.iloc[:0]
    return rows.iloc[0].to_dict() if len(rows) else dict.fromkeys(content.table.columns, "")


def label(tables: Tables, table: str, identifier: str) -> str:
    """What a person calls a record: the cells that its table's `label` names, or the id itself."""
    row = row_of(tables, table, identifier)
    return ", ".join(row[column] for column in tables.contents[table].table.label if row[column]) or identifier


def identifiers(tables: Tables) -> list[str]:
    """The ids of all records."""
    return [key for content in tables if content.whole and not content.table.is_link for key in content.rows[content.table.id]]
