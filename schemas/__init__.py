"""The rules of meaning, a module a table beside its Table Schema; `frame_schema` gives them to Pandera."""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scripts.problem import WARNING
from scripts.rule import Rule, Truths
from scripts.tables import Content, Tables

from . import every_table

if TYPE_CHECKING:
    import pandera.pandas as pandera


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


def outcome(rule: Rule, content: Content, tables: Tables) -> Truths | dict[str, Truths] | bool:
    """What a rule says of the rows of its table: just True where all of them hold it."""
    found = rule.ok(content, tables)
    return found is True or all(map(np.all, found.values() if isinstance(found, dict) else [found])) or found


def frame_schema(table: str, tables: Tables) -> pandera.DataFrameSchema:
    """All rules of a table as one Pandera schema, for `frame_schema(name, tables).validate(tables[name], lazy=True)`."""
    import pandera.pandas as pandera  # here: it takes a quarter of a second

    def check(rule: Rule) -> pandera.Check:
        return pandera.Check(partial(whole, rule), name=rule.kind.code, error=rule.kind.sentence,
                             raise_warning=rule.kind.severity == WARNING)

    def whole(rule: Rule, rows: pd.DataFrame) -> pd.Series | pd.DataFrame | bool:
        content = Content(tables.contents[table].table, rows)
        found = outcome(rule, content, Tables(tables.package, {**tables.contents, table: content}))
        if isinstance(found, dict):
            return pd.DataFrame({column: np.asarray(found.get(column, True)) for column in rows.columns}, index=rows.index)
        return pd.Series(np.asarray(found), index=rows.index)

    return pandera.DataFrameSchema(name=table, checks=[check(rule) for rule in rules_of(table)])
