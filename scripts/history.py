"""What must hold against a base revision: ids that vanish or come back, and which problems the base has too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from . import form, versions
from .package import Package
from .problem import ERROR, Problem, kind
from .read import read
from .tables import Content, Tables

VANISHED = kind("vanished-id", ERROR, "history", "An id that disappears leaves a row in withdrawn.",
                good="zzz-a gone from deployments, and a row zzz-a in withdrawn", bad="zzz-a gone, and no row in withdrawn")
UNWITHDRAWN = kind("withdrawal-gone", ERROR, "history", "What is withdrawn stays withdrawn.",
                   good="a row zzz-a in withdrawn, as before", bad="the row zzz-a is gone from withdrawn")


def read_base(package: Package, revision: str) -> tuple[Tables | None, str]:
    """The tables as they were at a git revision, with their problems of bytes, or None and why not.

    A revision without a dataset, or with one that cannot be loaded, gives tables without content: all is new against it.
    """
    with versions.revision(package.root, revision) as (before, reason):
        if reason:
            return None, reason
        return (read(before) if before else Tables(package, {})), ""


def check(tables: Tables, before: Tables) -> None:
    """Add ids that vanished, and tell each problem of `tables` whether it is new against `before`."""
    for name, content in before.contents.items():
        if tables.whole(name) and content.whole and (content.table.is_record or name == "withdrawn"):
            tables.problems.add(*vanished(tables, content))
    touched = touched_records(tables, before)
    known = Counter(signature(problem) for problem in before.problems.found)
    marked = []
    for problem in tables.problems.found:
        key = signature(problem)
        old = known[key] > 0 and (problem.table, problem.record) not in touched
        known[key] -= 1
        marked.append(replace(problem, new=not old))
    tables.problems.found = marked


def signature(problem: Problem) -> tuple:
    """What makes a problem the same in two revisions: all but its line, and the count of a counted warning."""
    return problem.code, problem.file, problem.column, problem.record


def vanished(tables: Tables, before: Content) -> Iterator[Problem]:
    """Ids of the base that are neither in their table nor in `withdrawn`, but for those whose row is there, badly spelt."""
    table, rows = before.table, tables[before.table.name]
    gone = set(before.rows[table.id]) - set(rows[table.id]) - {""}
    if table.name != "withdrawn" and tables.whole("withdrawn"):
        gone -= set(tables["withdrawn"].record_id)
    broken = form.broken_keys(tables, tables.contents[table.name], (table.id,))
    gone -= {value for value, in form.spelt_rightly({(key,) for key in gone}, broken)}
    for key in sorted(gone):
        place = {"table": table.name, "file": table.path, "record": key}
        if table.name == "withdrawn":
            yield UNWITHDRAWN.at(f"`{key}` was withdrawn and no longer is.", "Put its row back: an id is never used again.", **place)
        else:
            yield VANISHED.at(f"`{key}` was in the base and is gone.",
                              "Put its row back, or add a row to data/withdrawn.csv that says why it went.", **place)


def touched_records(tables: Tables, before: Tables) -> set[tuple[str, str]]:
    """Table and record of each row of that record, in any of its tables, that the change adds, removes or alters."""
    touched: set[tuple[str, str]] = set()
    for content in tables:
        table, old = content.table, before.contents.get(content.table.name)
        now, then = row_set(content), row_set(old) if old else set()
        position = list(content.rows.columns).index(table.id) if table.id in content.rows else None
        if position is None:
            continue
        records = {row[position] for row in now ^ then if len(row) > position}
        family = [table.owner, *(link.name for link in tables.package.links_of(table.owner))]
        touched |= {(name, record) for name in family for record in records}
    return touched


def row_set(content: Content) -> set[tuple]:
    """The rows of a table as tuples in the order of its own columns."""
    return set(content.rows.itertuples(index=False, name=None))
