"""What a change does to the records: from one version of the dataset to another, whatever order or form the files are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pandas as pd

from .canonical import bytes_of, mend_bytes
from .package import MISSING, Package, Table
from .read import parse, read_table
from .support import support
from .tables import Content, Tables

Row: TypeAlias = dict[str, str]
Pair: TypeAlias = tuple[int, int]
Ids: TypeAlias = dict[tuple[str, str], str]  # table and id of a record that went → id of the one that holds its facts
LinkKind: TypeAlias = Literal["added", "removed", "changed"]
RecordKind: TypeAlias = Literal["vanished", "returned", "removed", "withdrawn", "merged", "renamed", "changed", "added"]
Counted: TypeAlias = Literal["table", "country", "status", "supplier"]
WITHDRAWN = "withdrawn"
TOLD_BY_WITHDRAWN = {"withdrawn", "renamed", "merged", "returned"}
SOURCING = {"citation_id", "access", "citation_type", "publisher", "original_publisher"}  # which an old version may lack


@dataclass(frozen=True)
class Cell:
    """A cell that changed."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class LinkChange:
    """A row that belongs to a record: `key` is the rest of its primary key, `row` the row as it is, or was before it was removed."""

    table: str
    kind: LinkKind
    key: tuple[str, ...]
    row: Row
    cells: tuple[Cell, ...] = ()


@dataclass
class RecordChange:
    """What happened to one record.

    `kind` is added, changed, withdrawn, renamed (withdrawn for a new record that holds its facts), merged (withdrawn for another
    record), vanished (gone without a row in `withdrawn`), returned (there again although withdrawn), or removed (a row without an
    id to withdraw). `id` and `replaced_by` are the old and the new id of one that was renamed or merged; `cells` and `links` are
    what differs between a renamed record and its new self, and `links` the rows of a merged one that the other record has not.
    `sources` and `publishers` count, before and after, the read sources that support it and whose texts they are.
    """

    table: str
    id: str
    kind: RecordKind
    title: str
    cells: tuple[Cell, ...] = ()
    links: list[LinkChange] = field(default_factory=list)
    reason: str = MISSING
    replaced_by: str = MISSING
    sources: Pair | None = None
    publishers: Pair | None = None


@dataclass
class Difference:
    """All that changed. `counts` gives by what is counted the terms whose number changed, with the number before and after;
    `columns` the columns that a table gained (+) or lost (-); `unread` the tables that could not be compared as a whole, and why.
    A row that names a renamed record by its new id has not changed thereby; one that names another record since a merge has."""

    records: list[RecordChange] = field(default_factory=list)
    counts: dict[Counted, dict[str, Pair]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.records or self.columns or self.unread or self.counts)


@dataclass(frozen=True)
class Heirs:
    """The records that went for another one, as `withdrawn` says: `renamed` to an id that is new and stands for one record alone,
    or `merged` into another record."""

    renamed: Ids = field(default_factory=dict)
    merged: Ids = field(default_factory=dict)


def diff(before: Package, after: Package) -> Difference:
    """The difference between two versions of the dataset."""
    unread: dict[str, str] = {}
    return compare(mended(before, "before", unread), mended(after, "after", unread), unread)


def compare(old: Tables, new: Tables, unread: dict[str, str] | None = None) -> Difference:
    """The difference between two sets of tables in canonical form. `unread` names those that are not to be compared, and why."""
    unread = unread or {}
    tables = {**old.package.tables, **new.package.tables}
    found = Difference(unread=unread, columns=columns_of(old.package, new.package))
    links = {name: [link for link in tables.values() if link.is_link and link.owner == name and link.name not in unread]
             for name in tables}
    heirs = heirs_of(old, new)
    old = under_new_ids(old, heirs.renamed)
    for table in sorted(tables.values(), key=lambda table: not links[table.name]):  # what others hang on first
        if not table.is_link and table.name not in unread:
            sourced = "citations" not in unread and any("supports" in link.columns for link in links[table.name])
            sources = [sourcing(side, table) if sourced else None for side in (old, new)]
            found.records += changes(table, links[table.name], old, new, heirs, sources)
    found.records = told_once(found.records)
    found.counts = counted(old, new, unread)
    return found


def heirs_of(old: Tables, new: Tables) -> Heirs:
    """What holds the facts of the records that went, at the end of the chain if that went in its turn."""
    rows = rows_of(new, WITHDRAWN)
    if not {"table", "record_id", "replaced_by"} <= set(rows.columns):
        return Heirs()
    said = dict(zip(zip(rows["table"], rows.record_id, strict=True), rows.replaced_by, strict=True))
    there, now = ({(name, record) for name, content in tables.contents.items() if not content.table.is_link
                   for record in content.rows.get(content.table.id, ())} for tables in (old, new))
    found = {}
    for key in (said.keys() & there) - now:
        heir, seen = key, set()
        while heir in said and heir not in now and heir not in seen:
            seen.add(heir)
            heir = (heir[0], said[heir])
        if heir in now:
            found[key] = heir
    shared = Counter(found.values())
    renamed = {key for key, heir in found.items() if heir not in there and shared[heir] == 1}
    return Heirs({key: found[key][1] for key in found if key in renamed}, {key: found[key][1] for key in found if key not in renamed})


def under_new_ids(tables: Tables, ids: Ids) -> Tables:
    """The tables with the new ids in the records' own rows and wherever rows of others name the old ones."""
    if not ids:
        return tables
    contents = {}
    for content in tables:
        table, rows = content.table, content.rows
        named = {column: [target] * len(rows) for column, target in {**table.targets, table.id: table.owner}.items()}
        if table.is_link and {"table", "record_id"} <= set(rows.columns):  # names a record of any table, which no foreign key can
            named["record_id"] = rows["table"].tolist()
        texts = {column: [ids.get(key, key[1]) for key in zip(targets, rows[column], strict=True)]
                 for column, targets in named.items() if column in rows}
        contents[table.name] = content.with_rows(rows.assign(**texts))
    return Tables(tables.package, contents)


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


def changes(table: Table, links: list[Table], old: Tables, new: Tables, heirs: Heirs,
            sources: Sequence[dict[str, Pair] | None]) -> Iterator[RecordChange]:
    """The changes of the records of a table, by id: of their own cells, of the rows that belong to them and, if it can be told, of
    their sourcing. In `old` those that were renamed have their new ids."""
    before, after = by_key(old, table), by_key(new, table)
    of_links = links_by_record(table, links, old, new, heirs)
    former = {heir: record for (name, record), heir in heirs.renamed.items() if name == table.name}
    differing = {key[0] for key in before.keys() | after.keys() if differ(before.get(key), after.get(key))}
    if None not in sources:
        differing |= {record for record in sources[0].keys() | sources[1].keys() if sources[0].get(record) != sources[1].get(record)}
    withdrawn = {row["record_id"]: row for tables in (old, new) for row in rows_of(tables, WITHDRAWN).to_dict("records")
                 if row.get("table") == table.name}
    for record in sorted({*of_links, *differing, *former}):
        there, now, id_ = before.get((record,)), after.get((record,)), former.get(record, record)
        change = RecordChange(table.name, id_, fate(table, id_, there, now, heirs, withdrawn), title(table, now or there or {}),
                              links=of_links.get(record, []))
        if change.kind in TOLD_BY_WITHDRAWN:
            change.reason, said = (withdrawn[id_].get(column, MISSING) for column in ("reason", "replaced_by"))
            change.replaced_by = heirs.renamed.get((table.name, id_)) or heirs.merged.get((table.name, id_)) or said
        change.cells = tuple(cell for cell in cells_of(there or {}, now) if cell.column != table.id) if now else ()
        if None not in sources:
            change.sources, change.publishers = zip(*(numbers.get(record, (0, 0)) for numbers in sources), strict=True)
        yield change


def fate(table: Table, record: str, there: Row | None, now: Row | None, heirs: Heirs, withdrawn: Container[str]) -> RecordKind:
    """What became of a record as a whole. One that stands in both versions, or in neither (its rows name it wrongly), is changed."""
    if (table.name, record) in heirs.renamed:
        return "renamed"
    if (there is None) == (now is None):
        return "changed"
    if now is not None:
        return "returned" if record in withdrawn else "added"
    if record in withdrawn:
        return "merged" if (table.name, record) in heirs.merged else "withdrawn"
    return "vanished" if table.is_record else "removed"


def links_by_record(table: Table, links: list[Table], old: Tables, new: Tables, heirs: Heirs) -> dict[str, list[LinkChange]]:
    """By record the rows of link tables that are new, gone or altered, without those that a merged record left to its heir."""
    found: dict[str, list[LinkChange]] = {}
    for link in links:
        held = by_key(new, link) if heirs.merged else {}
        for change in link_changes(link, old, new):
            record = change.row[link.id]
            heir = heirs.merged.get((table.name, record))
            if heir is None or differ({**change.row, link.id: heir}, held.get((heir, *change.key))):
                found.setdefault(record, []).append(change)
    return found


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
    """Without the rows of `withdrawn` that a record which went tells already."""
    told = {record.id for record in records if record.kind in TOLD_BY_WITHDRAWN}
    return [record for record in records if record.table != WITHDRAWN or record.id not in told or record.kind != "added"]


def title(table: Table, row: Row) -> str:
    """What a record is called."""
    return next((row[column] for column in table.label if row.get(column)), MISSING)


def sourcing(tables: Tables, table: Table) -> dict[str, Pair] | None:
    """By record how many read sources support it, and how many independent publishers' texts they are; None where that cannot be told."""
    links = [link.name for link in tables.package.links_of(table.name) if "supports" in link.columns]
    if not links or not tables.whole("citations", *links) or not set(tables["citations"].columns) >= SOURCING:
        return None
    citations = tables["citations"].drop_duplicates("citation_id").set_index("citation_id")
    texts = citations.original_publisher.where(citations.original_publisher != MISSING, citations.publisher)
    known = support(tables, table.name)
    sources = tables[known.link.name][known.read & known.backs]
    found = sources.assign(text=sources.citation_id.map(texts)).groupby(known.link.id)[["citation_id", "text"]].nunique()
    return dict(zip(found.index, found.itertuples(index=False, name=None), strict=True))


def counted(old: Tables, new: Tables, unread: Iterable[str]) -> dict[Counted, dict[str, Pair]]:
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
