"""A frame of values as the rows of a table."""

from __future__ import annotations

import pandas as pd

from ..package import Table
from ..tables import Content
from ..typed import cells
from ..write import key_order


def as_content(frame: pd.DataFrame, table: Table) -> Content:
    """A frame of values as the rows of a table: text cells, columns and rows in canonical order. Raises ValueError where the columns
    are not those of the schema."""
    if set(frame.columns) != set(table.columns):
        raise ValueError(f"{table.name}: {sorted(set(frame.columns) ^ set(table.columns))} stand only in the schema or only in the rows")
    rows = pd.DataFrame({field.name: pd.Series(cells(field, frame[field.name].tolist()), dtype=object) for field in table.fields})
    return Content(table, in_order(rows, table))


def in_order(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Rows sorted by primary key, columns as in the schema, numbered by the line of the file."""
    order = sorted(range(len(rows)), key=key_order(rows, table).__getitem__)
    rows = rows.iloc[order][list(table.columns)]
    return rows.set_axis(pd.Index(range(2, len(rows) + 2), name="line"))
