"""Stata files of the flat tables."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pandas as pd

from ..package import FLAT, Field
from ..tables import Content, Tables
from ..typed import values

VERSION = 118  # of the format: text in Unicode, opened by Stata 14 and later
LABEL_LIMIT = 80  # characters of a label
WIDE = 244  # bytes of the longest text in a column of fixed width; a longer one makes it a strL
YES_NO = {0: "no", 1: "yes"}


def write(tables: Tables, folder: Path) -> None:
    """Write `stata/TABLE.dta` for each flat table into a release folder. Raises OSError where one cannot be written."""
    (folder / "stata").mkdir()
    for content in tables:
        if content.table.folder == FLAT:
            (folder / "stata" / f"{content.table.name}.dta").write_bytes(dta(content, tables))


def dta(content: Content, tables: Tables) -> bytes:
    """One table as a Stata file: lists and dates as text, truth values as 0 and 1 with labels, a missing number as `.`, a missing
    text as an empty one."""
    package, table, data = tables.package, content.table, BytesIO()
    frame = pd.DataFrame({field.name: column(field, content.rows[field.name].tolist()) for field in table.fields})
    label = f"{table.title}, {package.descriptor['title']} {package.descriptor['version']}"
    frame.to_stata(
        data, write_index=False, version=VERSION, byteorder="little", time_stamp=datetime.fromisoformat(package.created),
        data_label=label[:LABEL_LIMIT], variable_labels={field.name: (field.title or field.name)[:LABEL_LIMIT] for field in table.fields},
        value_labels={field.name: YES_NO for field in table.fields if field.type == "boolean"},
        convert_strl=[field.name for field in table.fields if is_long(field, content.rows[field.name].tolist())])
    return data.getvalue()


def column(field: Field, cells: list[str]) -> pd.Series:
    """The cells of a column in the type that Stata gives it."""
    match field.type:
        case "boolean":
            return pd.Series(values(field, cells), dtype="boolean").astype("Int8")
        case "integer" | "number":
            return pd.Series(values(field, cells), dtype="Float64" if field.type == "number" else "Int64")
    return pd.Series(cells, dtype=object)


def is_long(field: Field, cells: list[str]) -> bool:
    """Whether a text column holds more than Stata's fixed-width columns do well."""
    return field.type not in ("boolean", "integer", "number") and max((len(cell.encode()) for cell in cells), default=0) > WIDE
