"""The tables in memory, as columns of text or frames that know their line numbers, and the views of them that several rules share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from .coded import READERS, Coded, coded
from .package import Package, Table
from .problem import Problems

T = TypeVar("T")
LINE, FIRST_LINE = "line", 2  # what rows are known by, and that of the first


@dataclass(eq=False)
class Content:
    """One table: its rows as a frame of text, indexed by the line of the file, or the `columns` that a file was read as, from which that
    frame is made once somebody asks for it; columns as far as the header has them.

    `data` is that of the file, `text` the same without byte order mark and with LF, None where the bytes are canonical already;
    `columns` are those that are known by their texts. `readable` is False where nothing could be read; `whole` is
    True where also every column is there, `aligned` where the header is that of the schema and each row has a cell for each
    column and stands on the line after the last.
    """

    table: Table
    frame: pd.DataFrame | None
    data: bytes = b""
    text: str | None = None
    readable: bool = True
    aligned: bool = True
    columns: dict[str, Coded] = field(default_factory=dict, repr=False)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The columns that are there."""
        return tuple(self.columns if self.frame is None else self.frame.columns)

    @cached_property
    def lines(self) -> pd.Index:
        """The line of each row; in a file without a frame they follow each other."""
        if self.frame is not None:
            return self.frame.index
        return pd.RangeIndex(FIRST_LINE, FIRST_LINE + len(next(iter(self.columns.values())).codes), name=LINE)

    @property
    def rows(self) -> pd.DataFrame:
        """The rows as a frame of text, indexed by line."""
        if self.frame is None:
            cells = {name: self.columns[name].cells() for name in self.header}
            self.frame = pd.DataFrame(cells, index=self.lines, dtype=object, copy=False)
        return self.frame

    def on(self, lines: Collection[int]) -> np.ndarray:
        """Which rows stand on some lines."""
        found = np.zeros(len(self.lines), dtype=bool)
        if len(lines):
            rows = self.lines.get_indexer(pd.Index(list(lines), dtype="int64"))
            found[rows[rows >= 0]] = True
        return found

    def at(self, lines: pd.Index, columns: Iterable[str] = ()) -> pd.DataFrame:
        """The rows on some lines, or some of their columns."""
        rows, columns = self.lines.get_indexer(lines), list(columns or self.header)
        return pd.DataFrame({column: self.coded(column).of(rows) for column in columns}, index=lines, dtype=object)

    def with_rows(self, rows: pd.DataFrame) -> Content:
        """The same table with other rows."""
        return replace(self, frame=rows, columns={})

    def cells(self, line: int, columns: Iterable[str]) -> tuple[str, ...]:
        """Some cells of the row on a line."""
        row, found = self.lines.get_loc(line), map(self.coded, columns)
        return tuple(column.texts[column.codes[row]].as_py() for column in found)

    def coded(self, column: str) -> Coded:
        """A column by its distinct texts. The rows must not change after it is first asked for."""
        if column not in self.columns:
            self.columns[column] = coded(self.rows[column])
        return self.columns[column]

    @cached_property
    def whole(self) -> bool:
        return self.readable and set(self.table.columns) <= set(self.header)


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
    """Work out remembered views, each with its arguments, in threads of their own while other things are done: whoever asks for one
    waits for it. They must not depend on what those other things find. Arrow, which does most of the work, lets go of the interpreter."""
    with ThreadPoolExecutor(READERS) as pool:
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
        content = self.contents[name]
        return pd.Series(content.on(self.problems.broken_lines(name, columns or content.header)), index=content.lines)

    def named(self, name: str, column: str) -> np.ndarray:
        """Which of the distinct texts of a table's column are named by the references to it."""
        found = np.zeros(len(self.contents[name].coded(column).texts), dtype=bool)
        for content in self:
            for key in content.table.foreign_keys:
                if (key.resource, key.reference) == (name, (column,)) and key.fields[0] in content.header:
                    numbers = self.numbers(content.table.name, *key.fields, name, column)
                    found[numbers[numbers >= 0]] = True
        return found

    def link_to_sources(self, name: str) -> Table:
        """The table that links the records of a table to their sources and says what each supports."""
        return next(link for link in self.package.links_of(name) if "supports" in link.columns)

    @remembered
    def numbers(self, name: str, column: str, other: str, key: str) -> np.ndarray:
        """For each distinct text of a column its number among those of another table's column, -1 where it is not there."""
        texts, known = self.contents[name].coded(column).texts, self.contents[other].coded(key).texts
        if not len(texts) or texts.equals(known):  # as where each record has a source, in the same order
            return np.arange(len(texts))
        return pc.fill_null(pc.index_in(texts, known), -1).to_numpy()
