"""`answers.md` and `answers/*.csv`: what the queries worth having answer in this release."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd

from ..codebook import escape
from ..problem import Problem
from ..queries import ANSWERS, BAD_QUERY, Query, load_queries, page
from ..tables import Tables
from ..write import canonical_lines
from .sqlite import database

SHOWN = 40  # rows of a result that stand on the page
STEP, MOST_STEPS = 100_000, 1_000  # instructions of SQLite between two looks, and looks; those of today need far less than a tenth
CHANCE = {"random", "randomblob", "date", "time", "datetime", "julianday", "strftime", "unixepoch", "timediff", "sqlite_version",
          "sqlite_source_id", "load_extension", "current_date", "current_time", "current_timestamp"}
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}


class Unanswered(Exception):
    """A query that cannot be answered, with its problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


def write(tables: Tables, folder: Path) -> None:
    """Write the answers of the database that stands in the folder, whole as `answers/NAME.csv`, and the page. Raises ValueError
    where the queries cannot be used, Unanswered where one cannot be run, OSError where a file cannot be written."""
    queries, problems = load_queries(tables.package.root)
    if queries is None:
        raise ValueError(problems[0].text)
    found = results(queries, folder / database(tables.package))
    (folder / "answers").mkdir()
    for name, rows in found.items():
        (folder / "answers" / f"{name}.csv").write_bytes("".join(f"{line}\n" for line in canonical_lines(rows)).encode())
    told = {name: list(table(rows, f"answers/{name}.csv")) for name, rows in found.items()}
    (folder / "answers.md").write_bytes(page(queries, told).encode())


def results(queries: dict[str, Query], path: Path) -> dict[str, pd.DataFrame]:
    """The result of each query on a database, which is only read, as text. Raises Unanswered where one cannot be run to its end, reads
    what is no table, or calls a function whose result is not that of the data alone."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("SELECT * FROM json_each('[]')")  # made at its first use, which no query would be allowed
        connection.set_authorizer(allowed)
        return {name: result(name, query, connection) for name, query in queries.items()}


def result(name: str, query: Query, connection: sqlite3.Connection) -> pd.DataFrame:
    """The result of one query; see `results`."""
    left = iter(range(MOST_STEPS))
    connection.set_progress_handler(lambda: next(left, None) is None, STEP)  # steps, not seconds: the same on any machine
    try:
        return as_text(connection.execute(query.sql))
    except sqlite3.Error as error:
        long = "interrupted" in str(error)
        raise Unanswered(BAD_QUERY.at(f"`{name}` cannot be run on the database of this release: {'it does not end' if long else error}.",
                                      "Mend its SQL.", file=ANSWERS)) from error


def allowed(action: int, first: str | None, second: str | None, *_: object) -> int:
    """What a query may do: select, read, recurse, and call functions that give the same from the same data."""
    calm = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in CHANCE
    return sqlite3.SQLITE_OK if calm or action in READING else sqlite3.SQLITE_DENY


def as_text(cursor: sqlite3.Cursor) -> pd.DataFrame:
    """The rows of a result as text cells, a missing one empty, line breaks as spaces."""
    rows = [["" if cell is None else " ".join(str(cell).splitlines()) for cell in row] for row in cursor]
    return pd.DataFrame(rows, columns=[column[0] for column in cursor.description], dtype=object)


def table(rows: pd.DataFrame, file: str) -> Iterator[str]:
    """The lines of a Markdown table with the first rows of a result, and where the whole is."""
    yield from (line(rows.columns), "|" + "---|" * len(rows.columns))
    yield from map(line, rows.head(SHOWN).itertuples(index=False))
    shown = f", the first {SHOWN} shown" if len(rows) > SHOWN else ""
    yield from ("", f"{len(rows):,} row{'s' * (len(rows) != 1)}{shown}: [`{file}`]({file}).")


def line(cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(map(escape, cells)) + " |"
