"""The tables in memory: text frames that know their line numbers, and the views of them that several rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TypeVar

import pandas as pd

from .coded import Coded, coded
from .package import Package, Table
from .problem import Problems

T = TypeVar("T")


@dataclass(eq=False)
class Content:
    """One table as read: `rows` holds text, indexed by the line of the file; columns as far as the header has them.

    `data` is that of the file, `text` the same without byte order mark and with LF, None where the bytes are canonical already;
    `columns` are those that were asked for by their texts. `readable` is False where nothing could be read; `whole` is
    True where also every column is there, `aligned` where the header is that of the schema and each row has a cell for each
    column and stands on the line after the last.
    """

    table: Table
    rows: pd.DataFrame
    data: bytes = b""
    text: str | None = None
    readable: bool = True
    aligned: bool = True
    columns: dict[str, Coded] = field(default_factory=dict, repr=False)

    def coded(self, column: str) -> Coded:
        """A column by its distinct texts. The rows must not change after it is first asked for."""
        if column not in self.columns:
            self.columns[column] = coded(self.rows[column])
        return self.columns[column]

    @cached_property
    def whole(self) -> bool:
        return self.readable and set(self.table.columns) <= set(self.rows.columns)


def empty(table: Table) -> Content:
    """A table without rows."""
    return Content(table, pd.DataFrame(columns=list(table.columns), dtype=object))


def remembered(view: Callable[..., T]) -> Callable[..., T]:
    """Work out a view of the tables once for each of its arguments. The tables must not change after it is first used."""
    @wraps(view)
    def once(tables: Tables, *arguments) -> T:
        key = (view.__module__, view.__qualname__, *arguments)
        if key not in tables.memory:
            tables.memory[key] = view(tables, *arguments)
        return tables.memory[key]
    return once


@dataclass(eq=False)
class Tables:
    """All tables of a package, and what is already known to be broken in them."""

    package: Package
    contents: dict[str, Content]
    problems: Problems = field(default_factory=Problems)
    memory: dict[tuple, object] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The rows of a table."""
        return self.contents[name].rows

    def __iter__(self) -> Iterator[Content]:
        return iter(self.contents.values())

    def whole(self, *names: str) -> bool:
        """Whether all these tables could be read with all their columns."""
        return all(name in self.contents and self.contents[name].whole for name in names)

    def broken(self, name: str, *columns: str) -> pd.Series:
        """Rows of a table in which one of the columns (or, with none named, any cell) is already known to be broken."""
        rows = self[name]
        lines = self.problems.broken_lines(name, columns or tuple(rows.columns))
        return pd.Series(rows.index.isin(lines), index=rows.index)

    def link_to_sources(self, name: str) -> Table:
        """The table that links the records of a table to their sources and says what each supports."""
        return next(link for link in self.package.links_of(name) if "supports" in link.columns)

    @remembered
    def sources(self, name: str) -> pd.DataFrame:
        """The sources of the records of a table: a row a link, with `record`, its `line`, its own columns, the source's `access`
        and `citation_type`, `read` (opened at all) and `broken` (the link or its source has a problem of its own)."""
        link = self.link_to_sources(name)
        rows, citations = self[link.name].reset_index(), self["citations"].drop_duplicates("citation_id")
        joined = rows.rename(columns={link.id: "record"}).assign(link_broken=self.broken(link.name).to_numpy()).merge(
            citations[["citation_id", "access", "citation_type"]].assign(
                source_broken=self.broken("citations", "citation_id", "access", "citation_type")),
            on="citation_id", how="left")
        joined["broken"] = joined.link_broken | joined.source_broken.isin([True]) | joined.access.isna()
        joined["read"] = joined.access.isin(["full_text", "excerpt"])
        return joined

    @remembered
    def named(self, name: str) -> pd.DataFrame:
        """What the sources of a table's records support, with stance `supports`: a row for each `column` that a link names, with its
        `record`, the `line` of the link, and `read`."""
        sources = self.sources(name)
        sources = sources[sources.stance == "supports"]
        columns = sources.supports.str.split(self.link_to_sources(name).by_name["supports"].delimiter)
        return sources[["record", "line", "read"]].assign(column=columns).explode("column")

    @remembered
    def supported(self, name: str) -> pd.DataFrame:
        """What sources that were read support: pairs of `record` and `column`."""
        named = self.named(name)
        return named.loc[named.read, ["record", "column"]].drop_duplicates()

    @remembered
    def records_in_doubt(self, name: str) -> frozenset[str]:
        """Records of a table whose id, or one of whose link rows or sources, is broken: rules about what they lack leave them alone."""
        id_ = self.contents[name].table.id
        doubtful = set(self[name][id_][self.broken(name, id_)])
        for link in self.package.links_of(name):
            if not self.contents[link.name].readable:
                return frozenset(self[name][id_])
            rows = self[link.name]
            if link.id in rows:
                doubtful |= set(rows[link.id][self.broken(link.name)])
            if "supports" in link.columns and self.whole(link.name, "citations"):
                sources = self.sources(name)
                doubtful |= set(sources.record[sources.broken])
        return frozenset(doubtful)

    def has_support(self, name: str, column: str) -> pd.Series:
        """Which records of a table have a read source that supports the column."""
        pairs = self.supported(name)
        ids = self[name][self.contents[name].table.id]
        return ids.isin(pairs.record[pairs.column == column])
