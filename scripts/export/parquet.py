"""Parquet files with real types, a file a table, which describe themselves: `parquet/TABLE.parquet`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .. import edtf, typed
from ..package import FLAT, Field, Package, Table
from ..tables import Content, Tables

FOLDER = "parquet"
TYPES = {"integer": pa.int64(), "year": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(),
         "list": pa.list_(pa.string())}
TERMS = pa.dictionary(pa.int32(), pa.string())


def write(tables: Tables, folder: Path) -> None:
    """Write each recorded and derived table to `parquet/` in `folder`. Raises OSError where that fails."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for content in tables:
        if content.table.folder != FLAT:
            sink = pa.BufferOutputStream()
            pq.write_table(arrow(content, tables.package), sink)
            (folder / FOLDER / f"{content.table.name}.parquet").write_bytes(sink.getvalue())


def arrow(content: Content, package: Package) -> pa.Table:
    """A table with real types; after each partial date the first and the last day that it can mean, as `NAME_first` and `NAME_last`.

    Empty cells are null. A field's description, title and vocabulary are its metadata; the table's metadata say what it is, and of
    which package, version, day and licence. The rows must be sound.
    """
    columns = [column for field in content.table.fields
               for column in arrow_columns(field, content.rows[field.name].tolist(), never_empty(content.table, field))]
    fields, arrays = zip(*columns, strict=True)
    return pa.Table.from_arrays(list(arrays), schema=pa.schema(fields, metadata=about(content.table, package)))


def never_empty(table: Table, field: Field) -> bool:
    """Whether no cell of a column is empty."""
    return field.required or field.name in table.primary_key


def about(table: Table, package: Package) -> dict[str, str]:
    """What the file says of itself."""
    descriptor = package.descriptor
    return {"name": table.name, "title": table.title, "description": table.description, "package": descriptor["name"],
            "package_title": descriptor.get("title", ""), "version": descriptor["version"], "created": package.created,
            "license": "; ".join(one.get("title") or one["name"] for one in descriptor.get("licenses", []))}


def arrow_columns(field: Field, cells: list[str], filled: bool) -> list[tuple[pa.Field, pa.Array]]:
    """The column of a field and, where it holds partial dates, those of their first and last days. `filled`: it has no null."""
    column, is_date = arrow_array(field, cells), field.constraints.get("pattern") == edtf.PATTERN
    metadata = {"title": field.title, "description": field.description, **({"vocabulary": field.vocabulary} if field.vocabulary else {})}
    columns = [(pa.field(field.name, column.type, not filled, metadata), column)]
    for end, of_day, day in (("first", "First", edtf.first), ("last", "Last", edtf.last)) if is_date else ():
        days = pa.array([date.fromisoformat(day(cell)) if cell else None for cell in cells], pa.date32())
        words = {"title": f"{field.title}, {end} day", "description": f"{of_day} day that `{field.name}` can mean. {field.description}"}
        columns.append((pa.field(f"{field.name}_{end}", days.type, not filled, words), days))
    return columns


def arrow_array(field: Field, cells: list[str]) -> pa.Array:
    """The cells of a column as values of its type; terms of a vocabulary point into the whole vocabulary, in its order."""
    if field.terms and field.type == "string":
        number = {term: position for position, term in enumerate(field.terms)}
        return pa.DictionaryArray.from_arrays(pa.array([number[cell] if cell else None for cell in cells], TERMS.index_type),
                                              pa.array(field.terms, TERMS.value_type))
    if field.type in ("date", "year"):
        make = date.fromisoformat if field.type == "date" else int
        return pa.array([make(cell) if cell else None for cell in cells], TYPES[field.type])
    return pa.array(typed.values(field, cells), TYPES.get(field.type, pa.string()))
