"""What must hold against a base revision: ids that vanish or come back, and which problems the base has too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from . import edtf, form, versions
from .package import MISSING, Package
from .problem import AS_TEXT, ERROR, WARNING, Problem, did_you_mean, kind
from .read import read
from .tables import Content, Tables

VANISHED = kind("vanished-id", ERROR, "history", "An id that disappears leaves a row in withdrawn, with its table.",
                good="zzz-a gone from deployments, and a row zzz-a in withdrawn", bad="zzz-a gone, and no row in withdrawn")
UNWITHDRAWN = kind("withdrawal-gone", ERROR, "history", "What is withdrawn stays withdrawn.",
                   good="a row zzz-a in withdrawn, as before", bad="the row zzz-a is gone from withdrawn")
UNKNOWN = kind("never-there", WARNING, "history", "What is withdrawn was a record.",
               good="zzz-a in withdrawn, a record in the base", bad="zzz-a in withdrawn, no record in the base")
SHARPENED = kind("month-as-day", ERROR, "history", "The months of a column do not turn into days, most of them at once.",
                 good="started: 2019-04, as before", bad="started: 2019-04-01 where the base has 2019-04, and so in most rows")
WITHDRAWN = "withdrawn"
MONTH = "[0-9]{4}-[0-9]{2}"
FEW = 3  # months that somebody may well have found the day of, and the first each time


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
        if content.whole and (content.table.is_record or name == WITHDRAWN):
            if name not in tables.contents:
                tables.problems.add(*dropped(content))
            elif tables.whole(name):
                tables.problems.add(*vanished(tables, content))
        if tables.whole(name) and content.whole:
            tables.problems.add(*sharpened(tables.contents[name], content))
    tables.problems.add(*never_there(tables, before))
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
    """What makes a problem the same in two revisions: all but its file and line, and the count of a counted warning."""
    return problem.code, problem.table or problem.file, problem.column, problem.record


def vanished(tables: Tables, before: Content) -> Iterator[Problem]:
    """Ids of the base that are neither in their table nor, as of that table, in `withdrawn`; but for those that are there badly spelt."""
    table, now = before.table, tables.contents[before.table.name]
    gone = set(before.rows[table.id]) - set(now.rows[now.table.id]) - {""}
    said = tables[WITHDRAWN].set_index("record_id")["table"].to_dict() if table.name != WITHDRAWN and tables.whole(WITHDRAWN) else {}
    gone -= {key for key, of in said.items() if of == table.name or of not in tables.contents}
    broken = form.broken_keys(tables, now, (now.table.id,))
    gone -= {value for value, in form.spelt_rightly({(key,) for key in gone}, broken)}
    for key in sorted(gone):
        place = {"table": table.name, "file": table.path, "record": key}
        if table.name == WITHDRAWN:
            yield UNWITHDRAWN.at(f"`{key}` was withdrawn and no longer is.", "Put its row back: an id is never used again.", **place)
        else:
            yield VANISHED.at(f"`{key}` was in the base and is gone.",
                              f"In data/withdrawn.csv it is a record of `{said[key]}`: correct the table there." if key in said else
                              "Put its row back, or add a row to data/withdrawn.csv that says why it went.", **place)


def dropped(before: Content) -> Iterator[Problem]:
    """A table with records that the package no longer has."""
    if count := len(before.rows):
        table, many = before.table, f"{count:,} record{'s' * (count != 1)}"
        yield (UNWITHDRAWN if table.name == WITHDRAWN else VANISHED).at(
            f"The table `{table.name}` with {many} was in the base and is gone.",
            "Put it back into datapackage.json: a record goes by a row in data/withdrawn.csv.", table=table.name, file=table.path)


def never_there(tables: Tables, before: Tables) -> Iterator[Problem]:
    """New rows of `withdrawn` whose record the base does not have; one of another table has vanished there, or is there still."""
    if not tables.whole(WITHDRAWN):
        return
    known = set(before[WITHDRAWN].record_id) if before.whole(WITHDRAWN) else set()
    rows = tables[WITHDRAWN][~tables.broken(WITHDRAWN, "record_id", "table")]
    ids = {name: set(before[name][before.contents[name].table.id]) for name in set(rows["table"]) if before.whole(name)}
    known.update(*(content.rows[content.table.id] for content in before if content.whole and content.table.is_record))
    for line, row in rows[~rows.record_id.isin(known)].iterrows():
        if row.record_id not in ids.get(row["table"], {row.record_id}):
            near = did_you_mean(row.record_id, ids[row["table"]])
            yield UNKNOWN.at(f"`{row.record_id}` was no record of `{row['table']}` in the base.", near or "Correct the id or the table.",
                             table=WITHDRAWN, file=tables.contents[WITHDRAWN].table.path, line=line, column="record_id",
                             record=row.record_id)


def sharpened(content: Content, before: Content) -> Iterator[Problem]:
    """Days where the base has months, in each column of which most months have become their first day: no source says that, but a
    spreadsheet does it."""
    table, key = content.table, list(before.table.primary_key)
    if not set(key) <= set(content.rows):
        return
    rows = content.rows.reset_index().drop_duplicates(key).merge(before.rows.drop_duplicates(key), on=key, suffixes=("", " before"))
    for column in (field.name for field in table.fields if field.constraints.get("pattern") == edtf.PATTERN):
        if f"{column} before" not in rows:
            continue
        months = rows[rows[f"{column} before"].str.fullmatch(MONTH)]
        days = months[months[column] == months[f"{column} before"].map(edtf.first)]
        if len(days) > max(FEW, len(months) / 2):
            for row in days.to_dict("records"):
                yield SHARPENED.at(f"`{row[column]}` was `{row[f'{column} before']}`, and most other months here have become days too.",
                                   f"Take the column from the base again. {AS_TEXT}", table=table.name, file=table.path,
                                   line=row["line"], column=column, record=row[table.id])


def touched_records(tables: Tables, before: Tables) -> set[tuple[str, str]]:
    """Table and record of each row of that record, in any of its tables, that the change adds, removes or alters."""
    touched: set[tuple[str, str]] = set()
    for content in tables:
        table, old = content.table, before.contents.get(content.table.name)
        if table.id not in content.header:
            continue
        columns = [table.id, *sorted({*content.rows, *(old.rows if old else ())} - {table.id})]
        records = {row[0] for row in row_set(content, columns) ^ (row_set(old, columns) if old else set())}
        family = [table.owner, *(link.name for link in tables.package.links_of(table.owner))]
        touched |= {(name, record) for name in family for record in records}
    return touched


def row_set(content: Content, columns: list[str]) -> set[tuple]:
    """The rows of a table as tuples of these columns; one that it lacks is empty."""
    return set(content.rows.reindex(columns=columns, fill_value=MISSING).itertuples(index=False, name=None))
