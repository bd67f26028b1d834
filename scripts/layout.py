"""How the rows of a table are laid out in its file: in order, and with quotes only where they must be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .problem import ERROR, FORMAT, Problem, kind
from .regular import line_of
from .tables import Content, Tables
from .write import canonical_lines

ROW_ORDER = kind("row-order", ERROR, "bytes", "Rows are sorted by primary key, by code point.",
                 good="zzz-a before zzz-b", bad="zzz-b before zzz-a", breaks=False)
QUOTING = kind("quoting", ERROR, "bytes", "A cell is quoted where it must be, and only there.", good="zzz-a,A", bad='"zzz-a","A"',
               breaks=False)


def check(tables: Tables) -> None:
    """Add the first row of each table that stands out of order and the first line that is not quoted as `format` does, to the
    problems, once it is known which cells are broken: what is wrong with those is told already."""
    for content in tables:
        name = content.table.name
        if content.data:
            tables.problems.add(*check_order(content, ~tables.broken(name, *content.table.primary_key).to_numpy()))
        if content.text is not None and content.aligned:
            rows = content.rows
            stray = (rows.index[tables.broken(name, column) & rows[column].str.contains('"', regex=False)] for column in rows)
            tables.problems.add(*check_quoting(content, set().union(*stray)))


def check_order(content: Content, sound: np.ndarray) -> Iterator[Problem]:
    """The first of the `sound` rows that stands where it should not."""
    table = content.table
    if not set(table.primary_key) <= set(content.header):
        return
    keys = [content.coded(column).per_row().filter(sound) for column in table.primary_key]
    moved = next(iter(np.flatnonzero(descends(keys)) + 1), None)
    if moved is None:
        return
    before, last, here = (tuple(key[at].as_py() for key in keys) if at >= 0 else None for at in (moved - 2, moved - 1, moved))
    if before is not None and here >= before:
        moved, here, words = moved - 1, last, f"stands before `{' '.join(here)}`"
    else:
        words = f"stands after `{' '.join(last)}`"
    yield ROW_ORDER.at(f"`{' '.join(here)}` {words}.", f"Sort by {', '.join(table.primary_key)}: {FORMAT}", table=table.name,
                       file=table.path, line=int(content.lines[sound][moved]), record=here[0])


def descends(keys: list[pa.StringArray]) -> np.ndarray:
    """For each row but the first whether its key, of several columns, is less than that of the row before. UTF-8 sorts by code point."""
    less = np.zeros(max(len(keys[0]) - 1, 0), dtype=bool)
    for key in reversed(keys):
        last, here = key[:-1], key[1:]
        less = np.asarray(pc.less(here, last)) | (np.asarray(pc.equal(here, last)) & less)
    return less


def check_quoting(content: Content, stray: set[int]) -> Iterator[Problem]:
    """The first line whose cells are quoted in another way than `format` quotes them, but for those that are broken because a
    stray quote is in them."""
    table, lines = content.table, content.text.removesuffix("\n").split("\n")
    regular = pc.match_substring_regex(pa.array(lines), rf"\A{line_of(len(table.columns))}\z")
    odd = next((int(line) for line in np.flatnonzero(~np.asarray(regular)) + 1 if line not in stray), None)
    if odd is not None:
        bare = odd > 1 and len(lines[odd - 1]) < len(next(islice(canonical_lines(content.rows.loc[[odd]]), 1, None)))
        yield QUOTING.at("A cell with quotes in it is not quoted itself." if bare else "Cells are in quotes that need none.",
                         f"{FORMAT} A quote that does not belong there is deleted by hand.", table=table.name, file=table.path, line=odd)
