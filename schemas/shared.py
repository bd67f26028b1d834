"""Rules that several tables share: the order of dates, the future, sources, support, cycles, use, near duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, takewhile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scripts import edtf, near
from scripts.coded import Coded, keys
from scripts.problem import AS_TEXT, ERROR, WARNING, kind
from scripts.rule import Content, Example, Rows, Rule, Tables, shared
from scripts.support import support
from scripts.tables import remembered

ZERO = date(1899, 12, 30)  # the day from which spreadsheets count
DATES = kind("dates-in-order", ERROR, "meaning", "Dates of a record are in order, in at least one reading of partial dates.",
             good="announced: 2019; started: 2019-04", bad="announced: 2020; started: 2019-04")
FUTURE = kind("future-date", ERROR, "meaning", "Nothing that has happened lies in the future; the end of a term in office may.",
              good="started: 2019", bad="started: 2999")
NO_SOURCE = kind("no-read-source", ERROR, "meaning", "Every record has a source that was read, in full or in part, and supports it.",
                 good="a source with access: excerpt", bad="no source, or only one with access: listed")
UNSUPPORTED = kind("unsupported", ERROR, "meaning", "What a record must have evidence for is supported by a source that was read.",
                   good="a read source that supports country_code", bad="no read source supports country_code")
UNSUPPORTED_COLUMN = kind(
    "unsupported-column", WARNING, "meaning", "What a record says in further columns is supported by a source that was read.",
    good="place: Zzz, and a read source that supports place", bad="place: Zzz, and no read source that supports place")
CYCLE = kind("cycle", ERROR, "meaning", "No record is, through others or directly, a part of itself.",
             good="zzz-a is part of zzz-b", bad="zzz-a is part of zzz-b, and zzz-b of zzz-a")
SUPPORTS_NOTHING = kind("supports-nothing", ERROR, "meaning", "A source supports only what the record says: no empty cell.",
                        good="supports: started, of a record with started: 2019", bad="supports: started, of a record without it")
BOTH_SIDES = kind("both-sides", ERROR, "meaning", "No source supports and disputes the same column of a record.",
                  good="supports: place, and in a second link with stance: disputes: started", bad="supports: place in both links")
ID_TAKEN = kind("id-taken", ERROR, "meaning", "An id is given once in all tables.",
                good="a deployment zzz-a, an organization zzz-b", bad="a deployment zzz-a, an organization zzz-a")
UNUSED = kind("unused", ERROR, "meaning", "Every citation and every organization is used by a record.",
              good="zzz-a is the source of a record", bad="nothing refers to zzz-a")
NEAR = kind("near-duplicate", WARNING, "meaning", "No two records look like the same one entered twice.",
            good="Zzz camera network; Zzz data centre", bad="Zzz camera network; The Zzz Camera Network")
SERIAL = kind("year-as-day", ERROR, "meaning", "No date is a year that a spreadsheet took for a number of days.",
              good="started: 2019", bad="started: 1905-07-11")
CALENDAR = kind("calendar-date", ERROR, "meaning", "A date is on the calendar.", good="started: 2020-02-29", bad="started: 2021-02-29")


def dates_in_order(table: str, *columns: str, good: Example, bad: Example) -> Rule:
    """Each of the columns, in this order, is not certainly after a later one."""
    pairs = list(combinations(columns, 2))

    def late(content: Content) -> dict[tuple[str, str], np.ndarray]:
        return {(a, b): edtf.certainly_after(content.coded(a), content.coded(b)) for a, b in pairs}

    def ok(content: Content, tables: Tables) -> np.ndarray:
        return ~np.logical_or.reduce(list(late(content).values()))

    def explain(rows: Rows, tables: Tables) -> Rows:
        content, found = tables.contents[table], pd.DataFrame(index=rows.index, dtype=object)
        for (a, b), wrong in reversed(late(content).items()):
            lines = rows.index.intersection(content.lines[wrong])
            found.loc[lines, ["at", "first", "second"]] = b, a, b
            found.loc[lines, ["late", "early"]] = rows.loc[lines, [a, b]].to_numpy()
        return found

    return shared(DATES, table, columns, ok, message="`{first}` is {late}, which is after `{second}`, {early}.",
                  hint="Check both dates against the sources.", good=good, bad=bad, explain=explain)


def not_in_future(table: str, *columns: str, good: Example, bad: Example) -> Rule:
    """The first day of each date is not after the later of tomorrow (UTC) and the package's `created`."""
    def ok(content: Content, tables: Tables) -> dict[str, np.ndarray]:
        limit = max(str(datetime.now(UTC).date() + timedelta(days=1)), tables.package.created)
        return {column: edtf.first_day(content.coded(column)) <= edtf.number(limit[:10]) for column in columns}

    return shared(FUTURE, table, columns, ok, message="`{value}` lies in the future.",
                  hint="Only what has happened is recorded; correct the date.", good=good, bad=bad)


def on_calendar(table: str, *columns: str, good: Example, bad: Example) -> Rule:
    """Days exist: no 30 February."""
    def ok(content: Content, tables: Tables) -> dict[str, np.ndarray]:
        return {column: edtf.on_calendar(content.coded(column)) for column in columns}

    return shared(CALENDAR, table, columns, ok, message="`{value}` is no day of the calendar.",
                  hint="Correct the date, or leave the day out: 2021-02.", good=good, bad=bad)


def not_counted_as_days(table: str, *columns: str, good: Example, bad: Example) -> Rule:
    """No date is as many days after the day zero of spreadsheets as a year of our time."""
    serial = pa.array([str(ZERO + timedelta(days=year)) for year in range(1950, 2051)])

    def ok(content: Content, tables: Tables) -> dict[str, np.ndarray]:
        found = {column: content.coded(column) for column in columns}
        return {column: ~dates.in_rows(pc.is_in(dates.texts, serial)) for column, dates in found.items()}

    return shared(SERIAL, table, columns, ok, message="`{value}` is what a spreadsheet makes of a year once the cell is shown as a date.",
                  hint=f"Write the year. {AS_TEXT}", good=good, bad=bad)


def dates(table: str, *columns: str, future: tuple[str, ...] = (), example: str, leap: int = 2020) -> list[Rule]:
    """Calendar and future for the date columns of a table; those in `future` may lie there."""
    rules = [on_calendar(table, *columns, good={example: f"{leap}-02-29"}, bad={example: f"{leap - 1}-02-29"}),
             not_counted_as_days(table, *columns, good={example: f"{leap}"}, bad={example: str(ZERO + timedelta(days=leap))})]
    happened = [column for column in columns if column not in future]
    return [*rules, not_in_future(table, *happened, good={example: f"{leap}"}, bad={example: "2999"})]


def has_read_source(table: str, link: str, *, good: Example, bad: Example) -> Rule:
    """The record has a source whose access is not `listed` and whose stance is `supports`."""
    def ok(content: Content, tables: Tables) -> np.ndarray:
        return support(tables, table).supported()

    return shared(NO_SOURCE, table, (), ok, message="The record has no source that was read and supports it.",
                  hint=f"Add one to data/{link}.csv whose `access` is excerpt or full_text.",
                  good=good, bad=bad, needs=(link, "citations"), lacks=True)


def supported(table: str, link: str, *columns: str, when=lambda content, tables: True, good: Example, bad: Example) -> Rule:
    """Where `when` holds, a read source supports one of the columns; records without any read source have their own rule."""
    def ok(content: Content, tables: Tables) -> np.ndarray:
        known = support(tables, table)
        return known.supported(*columns) | ~known.supported() | ~np.asarray(when(content, tables))

    names = " or ".join(f"`{column}`" for column in columns)
    return shared(UNSUPPORTED, table, tuple(c for c in columns if c != "parties"), ok,
                  message=f"No source that was read supports {names}.",
                  hint=f"Name {names} in `supports` of a source in data/{link}.csv that says so, or leave the value out.",
                  good=good, bad=bad, needs=(link, "citations", *(("deployment_parties",) if "parties" in columns else ())), lacks=True)


def should_be_supported(table: str, link: str, column: str, unless: str = "", *, part: str = "", good: Example, bad: Example) -> Rule:
    """Where the column has a value (other than `unless`), or the record a row in the table `part`, a read source supports it."""
    def ok(content: Content, tables: Tables) -> np.ndarray:
        known, about = support(tables, table), content.coded(content.table.id if part else column)
        says = (pc.is_in(about.texts, tables.contents[part].coded(tables.contents[part].table.id).texts) if part else
                pc.invert(pc.is_in(about.texts, pa.array(["", unless]))))
        return known.supported(column) | ~about.in_rows(says) | ~known.supported()

    return shared(UNSUPPORTED_COLUMN, table, () if part else (column,), ok, counted=True, lacks=True,
                  message=f"No source that was read supports `{column}` in {{count}} of the records; the first is `{{record}}`.",
                  hint=f"Where a source of the record says it, add `{column}` to `supports` in data/{link}.csv.",
                  good=good, bad=bad, needs=(link, "citations", *((part,) if part else ())))


def supports_something(link: str, table: str, *, good: Example, bad: Example) -> Rule:
    """No source supports a column that is empty in its record; parts that are rows of other tables are left alone."""
    def lacking(tables: Tables) -> Iterator[tuple[str, np.ndarray]]:
        """Columns, each with the links that name it though it is empty in the one record they belong to."""
        content, links = tables.contents[table], support(tables, table)
        many = np.bincount(links.ids.codes)
        for column in sorted(set(links.columns) & set(content.table.columns)):
            empty = content.coded(column).is_text("") & ~tables.broken(table, column).to_numpy()
            if empty.any():
                lacks = np.append((np.bincount(links.ids.codes[empty], minlength=len(many)) > 0) & (many == 1), False)
                yield column, links.names(column) & lacks[links.record]

    def ok(content: Content, tables: Tables) -> np.ndarray:
        wrong = np.zeros(len(content.lines), dtype=bool)
        for _, links in lacking(tables):
            wrong |= links
        return ~wrong

    def explain(rows: Rows, tables: Tables) -> Rows:
        found = pd.DataFrame(dict(lacking(tables)), index=tables[link].index).loc[rows.index]
        return pd.DataFrame({"lacking": [", ".join(f"`{column}`" for column, wrong in zip(found, row, strict=True) if wrong)
                                         for row in found.to_numpy()]}, index=rows.index)

    return shared(SUPPORTS_NOTHING, link, ("supports",), ok, explain=explain, needs=(table, "citations"),
                  message="The source supports {lacking}, which is empty in the record.",
                  hint="Fill it from the source, or take it out of `supports`.", good=good, bad=bad)


def takes_one_side(link: str, table: str, *, good: Example, bad: Example) -> Rule:
    """Where a source has two links to a record, one for each stance, they name different columns."""
    def again(tables: Tables) -> Rows:
        link_of, content = tables.link_to_sources(table), tables.contents[link]
        pair = [link_of.id, "citation_id"]
        twice = pd.Series(keys([content.coded(column) for column in pair])).duplicated(keep=False).to_numpy()
        if not twice.any():
            return pd.DataFrame(columns=["line"])
        named = content.at(content.lines[twice]).reset_index(names="line").drop_duplicates(link_of.primary_key)
        named = named.assign(supports=named.supports.str.split(link_of.by_name["supports"].delimiter)).explode("supports")
        return named[named.duplicated([*pair, "supports"])]

    def ok(content: Content, tables: Tables) -> np.ndarray:
        return ~content.on(again(tables).line)

    def explain(rows: Rows, tables: Tables) -> Rows:
        twice = again(tables).groupby("line").supports.agg(lambda columns: ", ".join(f"`{column}`" for column in columns))
        return pd.DataFrame({"twice": twice.reindex(rows.index)})

    return shared(BOTH_SIDES, link, ("supports",), ok, explain=explain,
                  message="The source supports and disputes {twice}.",
                  hint="Keep the column in the link whose stance the page bears out, and tell the rest in `note`.", good=good, bad=bad)


def id_is_free(table: str, *, good: Example, bad: Example) -> Rule:
    """No table of records before this one, in the order of the package, has the id."""
    def earlier(tables: Tables) -> Iterator[Content]:
        before = takewhile(lambda content: content.table.name != table, tables)
        return (content for content in before if content.table.is_record and content.whole)

    def ok(content: Content, tables: Tables) -> np.ndarray:
        ids, free = content.coded(content.table.id), np.ones(len(content.lines), dtype=bool)
        for other in earlier(tables):
            free &= ~ids.in_rows(pc.is_in(ids.texts, other.coded(other.table.id).texts))
        return free

    def explain(rows: Rows, tables: Tables) -> Rows:
        taken = {key: content.table.path for content in earlier(tables) for key in content.rows[content.table.id]}
        return pd.DataFrame({"where": rows[tables.contents[table].table.id].map(taken)})

    return shared(ID_TAKEN, table, (), ok, message="The id stands already in {where}.", hint="Give one of the two another id.",
                  good=good, bad=bad, explain=explain)


def no_cycle(table: str, column: str, *, good: Example, bad: Example) -> Rule:
    """Following the column from record to record never comes back."""
    def ok(content: Content, tables: Tables) -> np.ndarray | bool:
        ids, parents = content.coded(content.table.id), content.coded(column)
        given = np.flatnonzero(~parents.is_text("") & ~pd.Series(ids.codes).duplicated().to_numpy())
        circles = in_circles(dict(zip(ids.of(given), parents.of(given), strict=True)))
        return ~ids.in_rows(pc.is_in(ids.texts, pa.array(circles, pa.string())))

    return shared(CYCLE, table, (column,), ok, message=f"Following `{column}` from this record leads back to it.",
                  hint=f"Empty or correct `{column}` in one of the records on the way.", good=good, bad=bad)


def in_circles(up: dict[str, str]) -> set[str]:
    """What comes back to itself on the way up; each is passed once, however long the way."""
    found: set[str] = set()
    passed: dict[str, str] = {}  # key → where the walk started that passed it
    for start in up:
        here = start
        while here and here in up and here not in passed:
            passed[here] = start
            here = up[here]
        if passed.get(here) == start and here not in found:
            found.add(circle := here)
            while (circle := up[circle]) != here:
                found.add(circle)
    return found


def is_used(table: str, *users: str, good: Example, bad: Example) -> Rule:
    """Some row of the tables that refer to this one names the record; silent while one of their references is broken."""
    def ok(content: Content, tables: Tables) -> np.ndarray | bool:
        for user in tables:
            if any(target == table and tables.broken(user.table.name, column).any() for column, target in user.table.targets.items()):
                return True
        return content.coded(content.table.id).in_rows(tables.named(table, content.table.id))

    return shared(UNUSED, table, (), ok, message="Nothing refers to this record.",
                  hint="Name it where it is used, or leave it out; one that was in a release gets a row in data/withdrawn.csv.",
                  good=good, bad=bad, needs=users)


def no_near_duplicate(table: str, name: str, *block: str, leave_out: bool, good: Example, bad: Example) -> Rule:
    """No two rows with the same cells in `block` have near names."""
    @remembered
    def found(tables: Tables, table: str) -> dict[int, int]:
        content = tables.contents[table]
        once = np.flatnonzero(~pd.Series(content.coded(content.table.id).codes).duplicated().to_numpy())
        names, lines = content.coded(name), content.lines[once]
        near_ones = near.pairs(Coded(names.texts, names.codes[once]), keys([content.coded(column) for column in block])[once], leave_out)
        return {int(lines[i]): int(lines[j]) for i, j in near_ones.items()}

    def ok(content: Content, tables: Tables) -> np.ndarray:
        return ~content.on(found(tables, table))

    def explain(rows: Rows, tables: Tables) -> Rows:
        content, others = tables.contents[table], [found(tables, table)[line] for line in rows.index]
        return pd.DataFrame({"other": [content.cells(line, [content.table.id])[0] for line in others], "other_line": others},
                            index=rows.index)

    return shared(NEAR, table, (name, *block), ok, explain=explain, view=(found, table),
                  message="This looks like `{other}` on line {other_line}: the " + name + " is nearly the same.",
                  hint="If it is the same, keep one and put the other into data/withdrawn.csv with `replaced_by`.", good=good, bad=bad)
