"""What changed since the previous release, cell by cell: the tables `delta.csv` and `delta_derived.csv`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .package import MISSING, RECORDED, Table
from .tables import Content, Tables
from .write import canonical_lines

COLUMNS = ("operation", "table", "id", "column", "old", "new")
ADD, MOD, DEL, GONE = "ADD", "MOD", "DEL", "WITHDRAWN"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, eq=False)
class Side:
    """A table in one of the two versions: the ids of its rows, and its cells by column as arrays of texts."""

    key: tuple[str, ...]
    ids: pd.Index
    cells: dict[str, np.ndarray]

    def of(self, column: str) -> np.ndarray:
        """The cells of a column, all empty where this version lacks it."""
        return self.cells.get(column, np.full(len(self.ids), MISSING, dtype=object))


NOTHING = Side((), pd.Index([], dtype=object), {})


def delta(before: Tables | None, after: Tables, folder: str = RECORDED) -> pd.DataFrame:
    """Each cell of the recorded tables, or of those in another folder, that differs between two versions: a row a cell with operation,
    table, id, column, old and new (texts), sorted by table, id and column, tables and columns in the order of the package, those that
    went last.

    ADD gives each filled cell of a new row (`old` is empty), MOD a changed cell, DEL each filled cell of a row that went (`new` is
    empty), WITHDRAWN the same of a record that stands in the table `withdrawn` now. `id` is the primary key (see `ids_of`). Where the
    key of a table has other columns than before, all its old rows went and all its rows are new. Without `before` nothing differs.
    Raises ValueError where a key stands twice.
    """
    frames = []
    if before is not None:
        sides = [{content.table.name: side(content) for content in tables if content.table.folder == folder}
                 for tables in (before, after)]
        withdrawn = withdrawn_ids(after)
        frames = [cells_of(name, sides[0].get(name, NOTHING), sides[1].get(name, NOTHING), withdrawn.get(name, []))
                  for name in {**sides[1], **sides[0]}]
    return pd.concat([pd.DataFrame(columns=list(COLUMNS), dtype=object), *frames], ignore_index=True)


def as_csv(frame: pd.DataFrame) -> bytes:
    """Canonical CSV of a frame that `delta` gave."""
    return "".join(line + "\n" for line in canonical_lines(frame)).encode()


def ids_of(rows: pd.DataFrame, table: Table) -> list[str]:
    """The id of each row: its primary key, the cells joined by `;`. In a key of several columns a `;` within a cell is written `%3B` and
    a `%` as `%25`, so that no two keys give the same text."""
    columns = [rows[column].tolist() for column in table.primary_key]
    if len(columns) == 1:
        return columns[0]
    return [";".join(cell.replace("%", "%25").replace(";", "%3B") for cell in cells) for cells in zip(*columns, strict=True)]


def side(content: Content) -> Side:
    """A table as one side of the comparison; a column that its file lacks is empty."""
    table, rows = content.table, content.rows.reindex(columns=list(content.table.columns), fill_value=MISSING)
    ids = pd.Index(ids_of(rows, table), dtype=object)
    if not ids.is_unique:
        raise ValueError(f"{table.name}: the key `{ids[ids.duplicated()][0]}` stands twice")
    return Side(table.primary_key, ids, {column: rows[column].to_numpy(dtype=object) for column in table.columns})


def withdrawn_ids(tables: Tables) -> dict[str, list[str]]:
    """By table the ids of the records that were withdrawn from it."""
    if not tables.whole(WITHDRAWN):
        return {}
    return {name: list(ids) for name, ids in tables[WITHDRAWN].groupby("table")["record_id"]}


def cells_of(name: str, old: Side, new: Side, withdrawn: list[str]) -> pd.DataFrame:
    """The rows of the delta for one table."""
    columns = list(dict.fromkeys([*new.cells, *old.cells]))
    parts = [part for number, column in enumerate(columns) for part in cells_of_column(number, column, old, new)]
    frame = pd.concat([pd.DataFrame({"operation": [], "id": [], "number": [], "old": [], "new": []}, dtype=object), *parts])
    gone = frame["operation"] == DEL
    frame = frame.assign(last=~gone).sort_values(["id", "last", "number"], kind="stable")
    frame["operation"] = frame["operation"].mask((frame["operation"] == DEL) & frame["id"].isin(withdrawn), GONE)
    return frame.assign(table=name, column=[columns[number] for number in frame["number"]])[list(COLUMNS)].astype(object)


def cells_of_column(number: int, column: str, old: Side, new: Side) -> Iterator[pd.DataFrame]:
    """The cells of one column that were added, changed and deleted."""
    place = old.ids.get_indexer(new.ids) if old.key == new.key else np.full(len(new.ids), -1)
    stays = np.zeros(len(old.ids), dtype=bool)
    stays[place[place >= 0]] = True
    was, now = old.of(column), new.of(column)
    before = np.full(len(now), MISSING, dtype=object)
    before[place >= 0] = was[place[place >= 0]]
    for operation, ids, olds, news, chosen in (
            (DEL, old.ids, was, np.full(len(was), MISSING, dtype=object), ~stays & (was != MISSING)),
            (MOD, new.ids, before, now, (place >= 0) & (before != now)),
            (ADD, new.ids, before, now, (place < 0) & (now != MISSING))):
        if chosen.any():
            yield pd.DataFrame({"operation": operation, "id": ids[chosen], "number": number, "old": olds[chosen], "new": news[chosen]},
                               dtype=object)
