"""The rules of meaning, a module a table beside its Table Schema, as Pandera schemas."""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module

import pandas as pd
import pandera.pandas as pa

from scripts.problem import WARNING
from scripts.rule import Rule, Tables

from . import every_table


@cache
def rules_of(table: str) -> tuple[Rule, ...]:
    """The rules on the rows of a table: those of every table, then its own."""
    try:
        own = import_module(f"{__name__}.{table}").RULES
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{table}":
            raise
        own = []
    return (*every_table.rules(table), *own)


def check_of(rule: Rule, tables: Tables) -> pa.Check:
    """A rule as a Pandera check on the frame of its table."""
    return pa.Check(partial(_run, rule, tables), name=rule.kind.code, error=rule.kind.sentence,
                    raise_warning=rule.kind.severity == WARNING)


def _run(rule: Rule, tables: Tables, rows: pd.DataFrame) -> pd.Series | pd.DataFrame | bool:
    found = rule.ok(rows, tables)
    if not isinstance(found, bool) and found.to_numpy().all():  # Pandera would look for what fails column by column
        return True
    return found.reindex(columns=rows.columns, fill_value=True) if isinstance(found, pd.DataFrame) else found


def frame_schema(table: str, tables: Tables) -> pa.DataFrameSchema:
    """All rules of a table as one Pandera schema, for `frame_schema(name, tables).validate(tables[name], lazy=True)`."""
    return pa.DataFrameSchema(name=table, checks=[check_of(rule, tables) for rule in rules_of(table)])
