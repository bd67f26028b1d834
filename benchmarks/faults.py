"""Faults for synthetic tables: a broken row gets one, and it is known which problem the checks must find on which line.

A fault stands where it has no further consequence: ids that other rows name stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import pandas as pd

from scripts import edtf
from scripts.package import Field, Package, Table

from .records import SINGLE

TARGETS = ("countries", "organizations", "citations")  # what dangling keys pretend to name; their rows keep their place
HAPPENED = {"citations": "published", "standards_roles": "started", "deployments": "announced", "policy_statements": "issued",
            "statement_endorsements": "date"}
EXTRA_CELL, REPEATED_KEY = "extra cell", "repeated key"


@dataclass(frozen=True)
class Fault:
    """What was done to a row, where it stands now, and the code of the problem that it must cause there."""

    kind: str
    code: str
    table: str
    line: int
    column: str | None

    def adds_cell(self, table: str) -> bool:
        return self.kind == EXTRA_CELL and self.table == table


@dataclass(frozen=True)
class Way:
    """A way to break rows of a table: `change` makes a broken cell of a sound one, `fits` says of which rows."""

    kind: str
    code: str
    column: str | None = None
    change: Callable[[str], str] = str
    fits: Callable[[pd.DataFrame], pd.Series] | None = None

    def where(self, rows: pd.DataFrame) -> np.ndarray:
        """Of which rows it can break one."""
        if self.fits:
            return self.fits(rows).to_numpy(bool)
        return (rows[self.column] != "").to_numpy(bool) if self.column else np.ones(len(rows), bool)


def ways(table: Table) -> Iterator[Way]:
    """All ways to break a row of a table."""
    if table.name == "countries":
        return
    for field in table.fields:
        if field.name != table.id:
            yield from of_field(table, field)
    if table.name not in TARGETS:
        yield Way(EXTRA_CELL, "ragged-row")
        yield Way(REPEATED_KEY, "primary-key")
    if table.name in HAPPENED:
        column = HAPPENED[table.name]

        def fits(rows: pd.DataFrame) -> pd.Series:
            return (rows[column] != "") & (~rows["role"].isin(SINGLE) if "role" in rows else True)

        yield Way("future date", "future-date", column, lambda _: "2999", fits)
        yield Way("impossible day", "calendar-date", column, lambda _: "2021-02-30", fits)


def of_field(table: Table, field: Field) -> Iterator[Way]:
    """The ways to break a cell of one column."""
    name, constraints = field.name, field.constraints
    if field.required and name not in table.primary_key:
        yield Way("missing cell", "required", name, lambda _: "")
    if "enum" in constraints:
        yield Way("unknown term", "enum", name, lambda term: f"zzz_{term}")
    elif constraints.get("pattern") == edtf.PATTERN:
        yield Way("bad date", "pattern", name, lambda date: f"{date[:4]}-13")
    elif "pattern" in constraints:
        yield Way("wrong pattern", "pattern", name, lambda text: f"Zzz!{text}")
    elif field.type == "date":
        yield Way("bad date", "type", name, lambda date: "/".join(reversed(date.split("-"))))
    elif field.type in ("integer", "boolean"):
        yield Way("wrong type", "type", name, lambda text: f"{text}.5")
    elif field.type == "list" and field.terms:
        yield Way("unknown item", "unknown-term", name, lambda items: f"{items};zzz_item")
        yield Way("repeated item", "repeated-item", name, lambda items: f"{items};{items.split(';')[-1]}")
        yield Way("space in a list", "item-space", name, lambda items: items.replace(";", "; "),
                  lambda rows: rows[name].str.contains(";", regex=False))
    elif name in table.targets:
        if table.targets[name] in TARGETS and table.targets[name] != table.name:
            short = table.targets[name] == "countries"
            numbers = count()  # several rows with the same lost key would tell of a record that was renamed
            yield Way("dangling key", "foreign-key", name, (lambda code: f"{code[:2]}0") if short else
                      (lambda key: f"{key}-nobody-{next(numbers)}"))
    elif field.type == "string" and name not in table.primary_key:
        yield Way("outer space", "outer-space", name, lambda text: f"{text} ")


def break_rows(package: Package, frames: dict[str, pd.DataFrame], share: float, rng: np.random.Generator,
               ) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """The tables with one fault in this share of the rows of each (but for the countries), and the faults."""
    broken, faults = dict(frames), []
    for name, rows in frames.items():
        known = list(ways(package.tables[name]))
        many = round(len(rows) * share)
        if known and many:
            chosen = rng.permutation(len(rows))[:many]
            broken[name], more = break_table(package.tables[name], rows.copy(), known, chosen, rng)
            faults += more
    return broken, faults


def break_table(table: Table, rows: pd.DataFrame, known: list[Way], chosen: np.ndarray, rng: np.random.Generator,
                ) -> tuple[pd.DataFrame, list[Fault]]:
    """One table with a fault in each of the chosen rows; every kind of fault is as likely as the others where it fits."""
    kinds = Counter(way.kind for way in known)
    weights = np.array([1 / kinds[way.kind] / len(kinds) for way in known])
    fits = np.array([way.where(rows) for way in known])
    odds = (fits[:, chosen] * weights[:, None]).cumsum(axis=0)
    picked = (odds < rng.random(len(chosen)) * odds[-1]).sum(axis=0)
    done: list[tuple[int, Way]] = []
    for number, way in enumerate(known):
        at = np.sort(chosen[picked == number])
        if way.column:
            column = rows[way.column].to_numpy(object, copy=True)
            column[at] = [way.change(cell) for cell in column[at]]
            rows[way.column] = column
        done += [(int(position), way) for position in at]
    copies = np.zeros(len(rows), int)
    copies[[position for position, way in done if way.kind == REPEATED_KEY]] = 1
    lines = np.arange(len(rows)) + 2 + copies.cumsum()  # a copy stands on the line after its original
    key = table.primary_key[0] if len(table.primary_key) == 1 else None
    faults = [Fault(way.kind, way.code, table.name, int(lines[position]), key if way.kind == REPEATED_KEY else way.column)
              for position, way in sorted(done, key=lambda item: item[0])]
    return rows.iloc[np.repeat(np.arange(len(rows)), copies + 1)].reset_index(drop=True), faults


def with_extra_cells(lines: Iterable[str], broken: set[int]) -> Iterator[str]:
    """The lines of a table, some of them with a cell too many."""
    for number, line in enumerate(lines, 1):
        yield f"{line},zzz" if number in broken else line
