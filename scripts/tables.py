"""The tables in memory: text frames that know their line numbers, and the views of them that several rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow.compute as pc

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

    def with_rows(self, rows: pd.DataFrame) -> Content:
        """The same table with other rows."""
        return replace(self, rows=rows, columns={})

    def cells(self, line: int, columns: Iterable[str]) -> tuple[str, ...]:
        """Some cells of the row on a line."""
        row, found = self.rows.index.get_loc(line), map(self.coded, columns)
        return tuple(column.values[column.codes[row]] for column in found)

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
        key = key_of(view, arguments)
        if key not in tables.memory:
            tables.memory[key] = view(tables, *arguments)
        elif isinstance(tables.memory[key], Future):
            tables.memory[key] = tables.memory[key].result()
        return tables.memory[key]
    return once


def key_of(view: Callable, arguments: tuple) -> tuple:
    """What a view with its arguments is remembered by."""
    return view.__module__, view.__qualname__, *arguments


@contextmanager
def ahead(tables: Tables, views: Iterable[tuple]) -> Iterator[None]:
    """Work out remembered views, each with its arguments, in a thread of its own while other things are done: whoever asks for one
    waits for it. They must not depend on what those other things find. Arrow, which does most of the work, lets go of the interpreter."""
    with ThreadPoolExecutor(1) as pool:
        for view, *arguments in dict.fromkeys(views):
            tables.memory[key_of(view, tuple(arguments))] = pool.submit(view.__wrapped__, tables, *arguments)
        yield


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
        return pd.Series(rows.index.isin(lines) if lines else False, index=rows.index, dtype=bool)

    def link_to_sources(self, name: str) -> Table:
        """The table that links the records of a table to their sources and says what each supports."""
        return next(link for link in self.package.links_of(name) if "supports" in link.columns)

    @remembered
    def numbers(self, name: str, column: str, other: str, key: str) -> np.ndarray:
        """For each distinct text of a column its number among those of another table's column, -1 where it is not there."""
        texts, known = self.contents[name].coded(column).texts, self.contents[other].coded(key).texts
        return pc.fill_null(pc.index_in(texts, known), -1).to_numpy()
