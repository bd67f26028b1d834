"""What a change does to the records: from one version of the dataset to another, whatever order or form the files are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from .canonical import bytes_of, mend_bytes
from .package import MISSING, Package, Table
from .read import parse, read_table
from .tables import Content, Tables

Row = dict[str, str]
WITHDRAWN = "withdrawn"
SOURCING = {"citation_id", "access", "citation_type", "publisher", "original_publisher"}  # which an old version may lack


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
    """What happened to one record: `kind` is added, changed, withdrawn, renamed (withdrawn for another that holds its facts),
    vanished (gone without a row in `withdrawn`), returned (there again although withdrawn), or removed (a row without an id to
    withdraw). `sources` and `publishers` count, before and after, the read sources that support it and whose texts they are."""

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
    compared as a whole, and why."""

    records: list[RecordChange] = field(default_factory=list)
    counts: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.records or self.columns or self.unread or self.counts)


def diff(before: Package, after: Package) -> Difference:
    """The difference between two versions of the dataset."""
    unread: dict[str, str] = {}
    old, new = mended(before, "before", unread), mended(after, "after", unread)
    tables = {**before.tables, **after.tables}
    found = Difference(unread=unread, columns=columns_of(before, after))
    links = {name: [link for link in tables.values() if link.is_link and link.owner == name and link.name not in unread]
             for name in tables}
    for table in sorted(tables.values(), key=lambda table: not links[table.name]):  # what others hang on first
        if not table.is_link and table.name not in unread:
            sourced = "citations" not in unread and any("supports" in link.columns for link in links[table.name])
            found.records += changes(table, links[table.name], old, new, sourced)
    found.records = told_once(found.records)
    found.counts = counted(old, new, unread)
    return found


def mended(package: Package, which: str, unread: dict[str, str]) -> Tables:
    """The tables as `format` would write them. Why one cannot be compared as a whole goes into `unread`."""
    tables = Tables(package, {})
    for table in package.tables.values():
        data, problems = bytes_of(package, table)
        good, more = mend_bytes(package, table, data) if data is not None else (None, [])
        content, _ = parse(table, good) if good is not None else read_table(package, table)
        tables.contents[table.name] = content
        reasons = [problem.text for problem in [*problems, *more]] if good is None else repeated(content)
        if reasons:
            unread.setdefault(table.name, f"{which}: {reasons[0]}")
    return tables


def repeated(content: Content) -> list[str]:
    """The keys that stand twice in a table, of which only one row could be compared."""
    keys = content.rows[list(content.table.primary_key)]
    return [f"the key `{' / '.join(key)}` stands twice" for key in keys[keys.duplicated()].itertuples(index=False, name=None)]


def columns_of(before: Package, after: Package) -> dict[str, list[str]]:
    """By table the columns that came (+) and went (-); those of a table that came or went as a whole too."""
    found = {}
    for name in {**after.tables, **before.tables}:
        old, new = (set(package.tables[name].columns) if name in package.tables else set() for package in (before, after))
        if old != new:
            found[name] = [f"+{column}" for column in sorted(new - old)] + [f"-{column}" for column in sorted(old - new)]
    return found


def rows_of(tables: Tables, name: str) -> pd.DataFrame:
    """The rows of a table, or none where this version has no such table."""
    return tables[name] if name in tables.contents else pd.DataFrame()


def by_key(tables: Tables, table: Table) -> dict[tuple[str, ...], Row]:
    """The rows of a table by primary key."""
    rows = rows_of(tables, table.name)
    if not set(table.primary_key) <= set(rows.columns):
        return {}
    return {tuple(row[column] for column in table.primary_key): row for row in rows.to_dict("records")}


def cells_of(old: Row, new: Row) -> tuple[Cell, ...]:
    """The cells that differ; a column that one version lacks is empty there."""
    return tuple(Cell(column, old.get(column, MISSING), new.get(column, MISSING)) for column in {**new, **old}
                 if old.get(column, MISSING) != new.get(column, MISSING))


def differ(old: Row | None, new: Row | None) -> bool:
    """Whether a row came, went or has a cell that differs."""
    return old is None or new is None or bool(cells_of(old, new))


def changes(table: Table, links: list[Table], old: Tables, new: Tables, with_sources: bool) -> Iterator[RecordChange]:
    """The changes of the records of a table, by id: of their own cells, of the rows that belong to them and, if it can be told, of
    their sourcing."""
    before, after = by_key(old, table), by_key(new, table)
    of_links: dict[str, list[LinkChange]] = {}
    for link in links:
        for change in link_changes(link, old, new):
            of_links.setdefault(change.row[link.id], []).append(change)
    sourced = [sourcing(tables, table) if with_sources else None for tables in (old, new)]
    differing = {key[0] for key in before.keys() | after.keys() if differ(before.get(key), after.get(key))}
    if None not in sourced:
        differing |= {record for record in sourced[0].keys() | sourced[1].keys() if sourced[0].get(record) != sourced[1].get(record)}
    withdrawn = {row["record_id"]: row for row in rows_of(new, WITHDRAWN).to_dict("records") if row.get("table") == table.name}
    for record in sorted({*of_links, *differing}):
        there, now = before.get((record,)), after.get((record,))
        change = RecordChange(table.name, record, "changed", title(table, now or there or {}), links=of_links.get(record, []))
        change.kind, change.reason, change.replaced_by = fate(table, there, now, withdrawn.get(record))
        change.cells = tuple(cell for cell in cells_of(there or {}, now) if cell.column != table.id) if now else ()
        if None not in sourced:
            change.sources, change.publishers = zip(*(numbers.get(record, (0, 0)) for numbers in sourced), strict=True)
        yield change


def fate(table: Table, there: Row | None, now: Row | None, withdrawn: Row | None) -> tuple[str, str, str]:
    """What became of a record as a whole, the reason and what replaced it. One that stands in both versions, or in neither (its
    rows name it wrongly), is changed."""
    if (there is None) == (now is None):
        return "changed", MISSING, MISSING
    if now is not None:
        return ("returned", withdrawn["reason"], MISSING) if withdrawn else ("added", MISSING, MISSING)
    if withdrawn:
        return "renamed" if withdrawn["replaced_by"] else "withdrawn", withdrawn["reason"], withdrawn["replaced_by"]
    return ("vanished" if table.is_record else "removed"), MISSING, MISSING


def link_changes(link: Table, old: Tables, new: Tables) -> Iterator[LinkChange]:
    """The rows of a link table that are new, gone or altered."""
    before, after = by_key(old, link), by_key(new, link)
    for key in sorted(before.keys() | after.keys()):
        there, now = before.get(key), after.get(key)
        if not differ(there, now):
            continue
        kind = "added" if there is None else "removed" if now is None else "changed"
        yield LinkChange(link.name, kind, key[1:], now or there, cells_of(there, now) if there and now else ())


def told_once(records: list[RecordChange]) -> list[RecordChange]:
    """Without the rows of `withdrawn` that a withdrawn or renamed record tells already."""
    told = {record.id for record in records if record.kind in ("withdrawn", "renamed")}
    return [record for record in records if record.table != WITHDRAWN or record.id not in told or record.kind != "added"]


def title(table: Table, row: Row) -> str:
    """What a record is called."""
    return next((row[column] for column in table.label if row.get(column)), MISSING)


def sourcing(tables: Tables, table: Table) -> dict[str, tuple[int, int]] | None:
    """By record how many read sources support it, and how many independent publishers' texts they are; None where that cannot be told."""
    links = [link.name for link in tables.package.links_of(table.name) if "supports" in link.columns]
    if not links or not tables.whole("citations", *links) or not set(tables["citations"].columns) >= SOURCING:
        return None
    citations = tables["citations"].drop_duplicates("citation_id").set_index("citation_id")
    texts = citations.original_publisher.where(citations.original_publisher != MISSING, citations.publisher)
    sources = tables.sources(table.name)
    sources = sources[sources.read & (sources.stance == "supports")]
    found = sources.assign(text=sources.citation_id.map(texts)).groupby("record")[["citation_id", "text"]].nunique()
    return dict(zip(found.index, found.itertuples(index=False, name=None), strict=True))


def counted(old: Tables, new: Tables, unread: Iterable[str]) -> dict[str, dict[str, tuple[int, int]]]:
    """Rows by table, and deployments by country, supplier and status, where the number changed; of tables that could be compared."""
    found = {"table": tuple(Counter({name: len(content.rows) for name, content in tables.contents.items() if name not in unread})
                            for tables in (old, new))}
    for what, table, column in (("country", "deployments", "country_code"), ("status", "deployments", "status"),
                                ("supplier", "deployment_parties", "organization_id")):
        pair = []
        for tables in (old, new) if table not in unread else ():
            rows = rows_of(tables, table)
            if what == "supplier" and "party_role" in rows:
                rows = rows[rows.party_role == "supplier"]
            pair.append(Counter(rows[column]) if column in rows else Counter())
        if pair:
            found[what] = tuple(pair)
    changed = {what: {term: (before[term], after[term]) for term in sorted(before.keys() | after.keys()) if before[term] != after[term]}
               for what, (before, after) in found.items()}
    return {what: terms for what, terms in changed.items() if terms}
