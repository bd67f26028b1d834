"""All derived and flat tables at once."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ..package import Package, Table
from ..tables import Content, Tables
from ..typed import cells
from ..write import key_order
from . import countries, flat, quality, standards, statements, terms
from .settings import Settings

DERIVED: dict[str, Callable[[Tables, Settings], pd.DataFrame]] = {  # the frames hold values, not text
    "record_quality": quality.record_quality,
    "instruments": statements.instruments,
    "signatories": statements.signatories,
    "theme_matrix": statements.theme_matrix,
    "country_instruments": statements.country_instruments,
    "country_profiles": countries.country_profiles,
    "country_years": countries.country_years,
    "role_years": standards.role_years,
    "standards_share": standards.standards_share,
    "vocabulary_terms": terms.vocabulary_terms,
    "deployments_flat": flat.deployments,
    "standards_roles_flat": flat.standards_roles,
    "policy_statements_flat": flat.policy_statements,
}


def derive(tables: Tables, package: Package, settings: Settings) -> Tables:
    """The recorded tables and after them the derived and flat ones of `package` (see `derived.with_derived`), all as text cells in
    canonical order. The recorded tables must be sound."""
    recorded = Tables(package, dict(tables.contents))
    contents = {name: Content(package.tables[name], in_order(content.rows, content.table)) for name, content in tables.contents.items()}
    for name, function in DERIVED.items():
        contents[name] = as_content(function(recorded, settings), package.tables[name])
    return Tables(package, contents)


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
