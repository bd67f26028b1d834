"""What the sources of a table's records support: which link names which column, and whether its source was read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .coded import Coded
from .package import Table
from .tables import Tables, remembered

READ = ["full_text", "excerpt"]  # what `access` says of a source that was opened


@dataclass(frozen=True, eq=False)
class Support:
    """The links from the records of a table, known by their `ids`, to their sources, a row a link.

    `record` is the number of the link's record among the distinct ids (-1: none), `backs` where the stance is `supports`, `read` where
    the source was opened at all, `source` the row of its citation (-1: none).
    """

    link: Table
    ids: Coded
    record: np.ndarray
    supports: Coded
    backs: np.ndarray
    read: np.ndarray
    source: np.ndarray

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """Column → which of the distinct texts of `supports` name it."""
        lists = pc.split_pattern(self.supports.texts, self.link.by_name["supports"].delimiter)
        owner, names = np.asarray(pc.list_parent_indices(lists)), pc.list_flatten(lists).dictionary_encode()
        number = np.asarray(names.indices)
        return {column: np.isin(np.arange(len(lists)), owner[number == i]) for i, column in enumerate(names.dictionary.to_pylist())}

    def names(self, column: str) -> np.ndarray:
        """The links with stance `supports` that name a column."""
        return self.backs & self.columns[column][self.supports.codes] if column in self.columns else np.zeros(len(self.backs), dtype=bool)

    def of(self, links: np.ndarray) -> np.ndarray:
        """The rows of the records to which some of the links belong."""
        records = self.record[links]
        return (np.bincount(records[records >= 0], minlength=len(self.ids.texts)) > 0)[self.ids.codes]

    def supported(self, *columns: str) -> np.ndarray:
        """The rows of the records that have a read source that supports one of the columns; with none named, anything at all."""
        return self.of(self.read & (np.logical_or.reduce([self.names(column) for column in columns]) if columns else self.backs))


@remembered
def support(tables: Tables, name: str) -> Support:
    """The links of the records of a table to their sources, and what they support."""
    link, table = tables.link_to_sources(name), tables.contents[name].table
    content, citations = tables.contents[link.name], tables.contents["citations"]
    known, access = citations.coded("citation_id"), citations.coded("access")
    first = np.full(len(known.texts) + 1, -1)  # the last for what is no citation
    first[known.codes[::-1]] = np.arange(len(known.codes))[::-1]
    source = first[tables.numbers(link.name, "citation_id", "citations", "citation_id")][content.coded("citation_id").codes]
    opened = np.append(access.in_rows(pc.is_in(access.texts, pa.array(READ))), False)
    record = tables.numbers(link.name, link.id, name, table.id)[content.coded(link.id).codes]
    return Support(link, tables.contents[name].coded(table.id), record, content.coded("supports"),
                   content.coded("stance").is_text("supports"), opened[source], source)


@remembered
def records_in_doubt(tables: Tables, name: str) -> frozenset[str]:
    """Records of a table whose id, or one of whose link rows or sources, is broken: rules about what they lack leave them alone."""
    def ids(table: str, broken: np.ndarray | pd.Series) -> set[str]:
        content = tables.contents[table]
        return set(content.coded(content.table.id).of(np.flatnonzero(broken)))

    id_ = tables.contents[name].table.id
    doubtful = ids(name, tables.broken(name, id_))
    for link in tables.package.links_of(name):
        if not tables.contents[link.name].readable:
            return frozenset(tables.contents[name].coded(id_).values)
        if link.id in tables.contents[link.name].header:
            doubtful |= ids(link.name, tables.broken(link.name))
        if "supports" in link.columns and tables.whole(link.name, "citations"):
            broken = np.append(tables.broken("citations", "access", "citation_type"), True)
            doubtful |= ids(link.name, broken[support(tables, name).source])
    return frozenset(doubtful)
