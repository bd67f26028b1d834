"""A column as its distinct texts and, for each row, which of them it is: what holds for a text is found out once, not row by row.

The texts are an Arrow array, so that a question about all of them (one of a set? of this form?) is one call of a library. Who imports this
module has Arrow take its memory from the system's allocator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

pa.set_memory_pool(pa.system_memory_pool())  # keeps what one call gives back for the next; Arrow's own hands it to the system and asks anew
READERS = 2  # tables or columns that are looked at at the same time: Arrow lets go of the interpreter meanwhile

@dataclass(frozen=True, eq=False)
class Coded:
    """The distinct `texts` of a column in the order in which they first stand, and the `codes`: for each row the number of its text."""

    texts: pa.StringArray
    codes: np.ndarray

    @cached_property
    def values(self) -> np.ndarray:
        """The distinct texts, as Python's own, for what looks at them one by one."""
        return self.texts.to_numpy(zero_copy_only=False)

    @cached_property
    def empty(self) -> int:
        """The number of the empty text, which is asked for again and again, -1 where no row has it."""
        return self.code("")

    def code(self, text: str) -> int:
        """The number of a text, -1 where no row has it."""
        return pc.index(self.texts, text).as_py()

    def is_text(self, text: str) -> np.ndarray:
        """Which rows hold a text."""
        return self.codes == (self.code(text) if text else self.empty)

    def in_rows(self, holds: pa.BooleanArray | np.ndarray) -> np.ndarray:
        """What holds for each distinct text, for each row."""
        return np.asarray(holds, dtype=bool)[self.codes]

    def cells(self) -> np.ndarray:
        """The text of each row, as Python's own; equal ones are one object."""
        return self.values if len(self.values) == len(self.codes) else self.values[self.codes]

    def of(self, rows: np.ndarray) -> list[str]:
        """The texts of some rows, given by their positions."""
        return self.texts.take(pa.array(self.codes[rows])).to_pylist()

    def per_row(self) -> pa.StringArray:
        """The text of each row, as Arrow."""
        return self.texts.take(pa.array(self.codes))


def coded(cells: Sequence[str]) -> Coded:
    """The texts of a column. Half a surrogate pair, which no file can hold but a card can name, becomes U+FFFD."""
    try:
        texts = pa.array(cells, pa.string())
    except UnicodeEncodeError:
        texts = pa.array([cell.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for cell in cells], pa.string())
    return of_arrow(texts)


def of_arrow(cells: pa.StringArray) -> Coded:
    """The texts of an Arrow column."""
    found = cells.dictionary_encode()
    return Coded(found.dictionary, found.indices.to_numpy())


def keys(columns: Sequence[Coded]) -> np.ndarray:
    """A number for each row that is the same where all these columns hold the same texts."""
    def both(left: np.ndarray, right: Coded) -> np.ndarray:
        return pd.factorize(left.astype(np.int64) * max(len(right.texts), 1) + right.codes)[0]

    return reduce(both, columns[1:], columns[0].codes)
