"""What a rule of meaning is: a kind of problem, a vectorised test of rows, and the words for a row that fails it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from .problem import Kind, kind
from .tables import Content, Tables

Rows = pd.DataFrame
Example = Mapping[str, object]  # column → cell of the table's own row, or table → rows (None: no rows)
Truths = np.ndarray | pd.Series  # for each row
Test = Callable[[Content, Tables], Truths | dict[str, Truths] | bool]


@dataclass(frozen=True)
class Rule:
    """A rule on the rows of one table.

    `ok(content, tables)`, given the whole table, says of each row whether it holds (by column, where the rule is about each
    of several; just True where all is well). `columns` are the cells that it reads, the first the one it points at;
    where one of them is already broken the rule keeps silent. `needs` are the other tables it reads. `message` and `hint` are
    templates over the row's cells and what `explain(failing rows, tables)` adds, a frame with the same index, in which `at`
    is another column to point at. A `counted` rule gives one problem for all rows; one about what a record `lacks` in its
    linked rows keeps silent while one of those is broken. `view` is a remembered view of whole tables, with its arguments, that takes
    long and may be worked out ahead: it reads no problems, and asks for no view that is worked out ahead too.
    """

    kind: Kind
    table: str
    columns: tuple[str, ...]
    ok: Test
    message: str
    hint: str
    good: Example
    bad: Example
    needs: tuple[str, ...] = ()
    explain: Callable[[Rows, Tables], Rows] | None = None
    counted: bool = False
    lacks: bool = False
    view: tuple | None = None


def rule(table: str, code: str, severity: str, columns: Iterable[str], *, message: str, hint: str, good: Example, bad: Example,
         **options) -> Callable[[Test], Rule]:
    """Make a function the test of a rule of its own kind; the first line of its docstring is the rule's sentence."""
    def make(test: Test) -> Rule:
        sentence = (test.__doc__ or "").strip().splitlines()[0]
        shown = {table, *options.get("needs", ())}
        own = kind(code, severity, "meaning", sentence, as_text(good, shown), as_text(bad, shown))
        return Rule(own, table, tuple(columns), test, message, hint, good, bad, **options)
    return make


def shared(own: Kind, table: str, columns: Iterable[str], test: Test, *arguments, **options) -> Rule:
    """A rule of a kind that several tables share; `arguments` go to the test before the table and all tables."""
    return Rule(own, table, tuple(columns), partial(test, *arguments) if arguments else test, **options)


def as_text(example: Example, shown: Collection[str] = ()) -> str:
    """An example as the catalogue prints it, with the tables that are to be shown: `started: 2020; ended: 2019`."""
    parts = []
    for name, value in example.items():
        if not isinstance(value, str) and name not in shown:
            continue
        if value is None:
            parts.append(f"{name}: no row")
        elif isinstance(value, str):
            parts.append(f"{name}: {value or '(empty)'}")
        else:
            parts += [f"{name} ({as_text(row)})" for row in value if "-" not in row]
    return "; ".join(parts)


