"""What a change does to the records: from one version of the dataset to another, whatever order or form the files are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from .canonical import bytes_of, mend_bytes
from .package import MISSING, Package, Table
from .read import parse, read_table
from .tables import Tables

Row = dict[str, str]
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Cell:
    """A cell that changed."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class LinkChange:
    """A row that belongs to a record: `kind` is added, removed or changed, `key` the rest of its primary key."""

    table: str
    kind: str
    key: tuple[str, ...]
    row: Row
    cells: tuple[Cell, ...] = ()


@dataclass
class RecordChange:
    """What happened to one record: `kind` is added, removed, changed, withdrawn, or renamed (withdrawn for another that holds its
    facts). `sources` and `publishers` count, before and after, the read sources that support it and whose texts they are."""

    table: str
    id: str
    kind: str
    title: str
    cells: tuple[Cell, ...] = ()
    links: list[LinkChange] = field(default_factory=list)
    reason: str = MISSING
    replaced_by: str = MISSING
    sources: tuple[int, int] | None = None
    publishers: tuple[int, int] | None = None


@dataclass
class Difference:
    """All that changed. `counts` gives by what is counted (table, country, supplier, status) the terms whose number changed, with
    the number before and after; `columns` the columns that a table gained (+) or lost (-); `unread` the tables that could not be
    read in one of the versions, and why."""

    records: list[RecordChange] = field(default_factory=list)
    counts: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.records or self.columns or self.unread)


def diff(before: Package, after: Package) -> Difference:
    """The difference between two versions of the dataset, in the tables of the newer one."""
    old, new = mended(before), mended(after)
    found = Difference()
    for name in dict.fromkeys([*after.tables, *before.tables]):
        problems = [problem.text for tables in (old, new) if name in tables.contents and not tables.contents[name].whole
                    for problem in tables.problems.found if problem.table == name]
        if problems:
            found.unread[name] = problems[0]
        there = [set(tables.contents[name].table.columns) if name in tables.contents else set() for tables in (old, new)]
        if there[0] != there[1]:
            found.columns[name] = [f"+{column}" for column in sorted(there[1] - there[0])] + [
                f"-{column}" for column in sorted(there[0] - there[1])]
    for table in sorted(after.tables.values(), key=lambda table: not after.links_of(table.name)):  # what others hang on first
        if not table.is_link and table.name not in found.unread:
            found.records += changes(table, old, new, found.unread)
    found.records = told_once(found.records)
    found.counts = counted(old, new)
    return found


def mended(package: Package) -> Tables:
    """The tables as `format` would write them; one that it cannot mend as it stands."""
    tables = Tables(package, {})
    for table in package.tables.values():
        data, _ = bytes_of(package, table)
        data = mend_bytes(package, table, data)[0] or data if data is not None else None
        content, problems = parse(table, data) if data is not None else read_table(package, table)
        tables.contents[table.name] = content
        tables.problems.add(*problems)
    return tables


def rows_of(tables: Tables, name: str) -> pd.DataFrame:
    """The rows of a table, or none where this version has no such table."""
    return tables[name] if name in tables.contents else pd.DataFrame()


def by_key(tables: Tables, table: Table) -> dict[tuple[str, ...], Row]:
    """The rows of a table by primary key."""
    rows = rows_of(tables, table.name)
    if not set(table.primary_key) <= set(rows.columns):
        return {}
    return {tuple(row[column] for column in table.primary_key): row for row in rows.to_dict("records")}


def cells_of(old: Row, new: Row, columns: Iterable[str]) -> tuple[Cell, ...]:
    """The cells that differ."""
    return tuple(Cell(column, old.get(column, MISSING), new.get(column, MISSING)) for column in columns
                 if old.get(column, MISSING) != new.get(column, MISSING))


def changes(table: Table, old: Tables, new: Tables, unread: Iterable[str]) -> Iterator[RecordChange]:
    """The changes of the records of a table, by id."""
    before, after = by_key(old, table), by_key(new, table)
    links: dict[str, list[LinkChange]] = {}
    for link in new.package.links_of(table.name):
        if link.name not in unread:
            for change in link_changes(link, old, new):
                links.setdefault(change.row[link.id], []).append(change)
    gone = {row["record_id"]: row for row in rows_of(new, WITHDRAWN).to_dict("records") if row.get("table") == table.name}
    for key in sorted({(record,) for record in links} | {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}):
        there, now = before.get(key), after.get(key)
        change = RecordChange(table.name, key[0], "changed", title(table, now or there or {}), links=links.get(key[0], []))
        if there is None:
            change.kind = "added"
        elif now is None:
            row = gone.get(key[0])
            change.kind = "removed" if row is None else "renamed" if row["replaced_by"] else "withdrawn"
            change.reason, change.replaced_by = (row["reason"], row["replaced_by"]) if row else (MISSING, MISSING)
        change.cells = cells_of(there or {}, now, [column for column in table.columns if column != table.id]) if now else ()
        if any("supports" in link.columns for link in new.package.links_of(table.name)):
            change.sources, change.publishers = zip(sourcing(old, table, key[0]), sourcing(new, table, key[0]), strict=True)
        yield change


def link_changes(link: Table, old: Tables, new: Tables) -> Iterator[LinkChange]:
    """The rows of a link table that are new, gone or altered."""
    before, after = by_key(old, link), by_key(new, link)
    for key in sorted(before.keys() | after.keys()):
        there, now = before.get(key), after.get(key)
        if there == now:
            continue
        kind = "added" if there is None else "removed" if now is None else "changed"
        yield LinkChange(link.name, kind, key[1:], now or there, cells_of(there, now, link.columns) if there and now else ())


def told_once(records: list[RecordChange]) -> list[RecordChange]:
    """Without the rows of `withdrawn` that a withdrawn or renamed record tells already."""
    told = {record.id for record in records if record.kind in ("withdrawn", "renamed")}
    return [record for record in records if record.table != WITHDRAWN or record.id not in told or record.kind != "added"]


def title(table: Table, row: Row) -> str:
    """What a record is called."""
    return next((row[column] for column in table.label if row.get(column)), MISSING)


def sourcing(tables: Tables, table: Table, record: str) -> tuple[int, int]:
    """How many read sources support a record, and how many independent publishers' texts they are."""
    links = [link.name for link in tables.package.links_of(table.name) if "supports" in link.columns]
    if not links or not tables.whole("citations", *links):
        return 0, 0
    sources = tables.sources(table.name)
    ids = sources.citation_id[(sources.record == record) & sources.read & (sources.stance == "supports")]
    cited = tables["citations"][tables["citations"].citation_id.isin(ids)]
    return len(cited), cited.original_publisher.where(cited.original_publisher != MISSING, cited.publisher).nunique()


def counted(old: Tables, new: Tables) -> dict[str, dict[str, tuple[int, int]]]:
    """Rows by table, and deployments by country, supplier and status, where the number changed."""
    found = {"table": tuple(Counter({name: len(content.rows) for name, content in tables.contents.items()}) for tables in (old, new))}
    for what, table, column in (("country", "deployments", "country_code"), ("status", "deployments", "status"),
                                ("supplier", "deployment_parties", "organization_id")):
        pair = []
        for tables in (old, new):
            rows = rows_of(tables, table)
            if what == "supplier" and "party_role" in rows:
                rows = rows[rows.party_role == "supplier"]
            pair.append(Counter(rows[column]) if column in rows else Counter())
        found[what] = tuple(pair)
    changed = {what: {term: (before[term], after[term]) for term in sorted(before.keys() | after.keys()) if before[term] != after[term]}
               for what, (before, after) in found.items()}
    return {what: terms for what, terms in changed.items() if terms}
