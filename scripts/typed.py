"""Cells as values and back: the text of a CSV cell is what is kept, a value what a library wants."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .package import MISSING, Field

Value = str | int | float | bool | list[str] | None
DECIMALS = 4  # of a number that is worked out


def value(field: Field, cell: str) -> Value:
    """What a sound cell says: None where it is empty, else a text, whole number, number, truth value or list of texts."""
    if cell == MISSING:
        return None
    match field.type:
        case "integer":
            return int(cell)
        case "number":
            return float(cell)
        case "boolean":
            return cell == "true"
        case "list":
            return cell.split(field.delimiter)
    return cell


def cell(field: Field, value: Value) -> str:
    """The cell that says a value; the inverse of `value`. A missing value (None, NaN) is an empty cell, an empty list too."""
    if value is None or (field.type != "list" and value != value):
        return MISSING
    match field.type:
        case "integer":
            return str(int(value))
        case "number":
            return format(Decimal(repr(round(float(value), DECIMALS))).normalize() + 0, "f")
        case "boolean":
            return "true" if value else "false"
        case "list":
            return field.delimiter.join(value)
    return str(value)


def values(field: Field, cells: Iterable[str]) -> list[Value]:
    """`value` of each cell."""
    return [value(field, one) for one in cells]


def cells(field: Field, found: Iterable[Value]) -> list[str]:
    """`cell` of each value."""
    return [cell(field, one) for one in found]
