"""A column by its distinct texts says of each row what the rows themselves say."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from scripts.coded import coded, keys

CELLS = st.lists(st.sampled_from(["", "a", "b", "é", "a b", "\ud800"]), max_size=8)


@given(CELLS.map(lambda cells: [cell for cell in cells if cell != "\ud800"]))
def test_the_rows_come_back(cells):
    column = coded(cells)
    assert column.cells().tolist() == column.per_row().to_pylist() == cells
    assert list(column.values) == list(dict.fromkeys(cells))
    assert column.is_text("a").tolist() == [cell == "a" for cell in cells]
    assert column.in_rows(pc.starts_with(column.texts, "a")).tolist() == [cell.startswith("a") for cell in cells]


def test_half_a_surrogate_pair_is_shown_as_what_it_is():
    assert list(coded(["a", "\ud800"]).values) == ["a", "\ufffd\ufffd\ufffd"]


@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 3), max_size=30))
def test_rows_have_the_same_key_that_have_the_same_cells(rows):
    found = keys([coded(column) for column in zip(*rows, strict=True)]) if rows else np.array([])
    assert [[one == other for other in found] for one in found] == [[one == other for other in rows] for one in rows]
