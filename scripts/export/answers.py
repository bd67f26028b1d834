"""`answers.md`: what the queries worth having answer in this release; and `using.md`, how to load it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ..codebook import escape
from ..queries import Query, load_queries, page
from ..tables import Tables
from .sqlite import database

SHOWN = 40  # rows of a result that stand on the page
USING = "docs/using.md"
RENAMED = {"](codebook.md": "](codebook.html"}  # what stands beside the page under another name in a release


def write(tables: Tables, folder: Path) -> None:
    """Write the answers of the database that stands in the folder and, where the package has it, the page on loading. Raises ValueError
    where the queries cannot be used, sqlite3.Error where one cannot be run, OSError where a file cannot be written."""
    queries, problems = load_queries(tables.package.root)
    if queries is None:
        raise ValueError(problems[0].text)
    found = results(queries, folder / database(tables.package))
    (folder / "answers.md").write_bytes(page(queries, found).encode())
    using = tables.package.root / USING
    if using.is_file():
        text = using.read_text(encoding="utf-8")
        for here, there in RENAMED.items():
            text = text.replace(here, there)
        (folder / "using.md").write_bytes(text.encode())


def results(queries: dict[str, Query], path: Path) -> dict[str, list[str]]:
    """The lines that tell the result of each query on a database, which is only read. Raises sqlite3.Error where one cannot be run."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return {name: list(table(connection.execute(query.sql))) for name, query in queries.items()}


def table(cursor: sqlite3.Cursor) -> Iterator[str]:
    """The lines of a Markdown table with the first rows of a result, and how many there are."""
    columns = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    yield from (line(columns), "|" + "---|" * len(columns))
    yield from (line("" if cell is None else str(cell) for cell in row) for row in rows[:SHOWN])
    yield from ("", f"{len(rows):,} row{'s' * (len(rows) != 1)}" + (f", the first {SHOWN} shown." if len(rows) > SHOWN else "."))


def line(cells) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(map(escape, cells)) + " |"
