"""Rules that several tables share: the order of dates, the future, sources, support, cycles, use, near duplicates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, takewhile

import pandas as pd

from scripts import edtf, near
from scripts.problem import AS_TEXT, ERROR, WARNING, kind
from scripts.rule import Example, Rows, Rule, Tables, shared
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

    def ok(rows: Rows, _tables: Tables) -> pd.Series:
        return ~pd.concat([edtf.certainly_after(rows[a], rows[b]) for a, b in pairs], axis=1).any(axis=1)

    def explain(rows: Rows, _tables: Tables) -> Rows:
        found = {}
        for a, b in reversed(pairs):
            for line in rows.index[edtf.certainly_after(rows[a], rows[b])]:
                found[line] = {"at": b, "first": a, "second": b, "late": rows.at[line, a], "early": rows.at[line, b]}
        return pd.DataFrame.from_dict(found, orient="index")

    return shared(DATES, table, columns, ok, message="`{first}` is {late}, which is after `{second}`, {early}.",
                  hint="Check both dates against the sources.", good=good, bad=bad, explain=explain)


def not_in_future(table: str, *columns: str, good: Example, bad: Example) -> Rule:
    """The first day of each date is not after the later of tomorrow (UTC) and the package's `created`."""
    def ok(rows: Rows, tables: Tables) -> pd.DataFrame:
        limit = max(str(datetime.now(UTC).date() + timedelta(days=1)), tables.package.created)
        return pd.DataFrame({column: edtf.first_day(rows[column]) <= limit for column in columns})

    return shared(FUTURE, table, columns, ok, message="`{value}` lies in the future.",
                  hint="Only what has happened is recorded; correct the date.", good=good, bad=bad)


def on_calendar(table: str, *columns: str, good: Example, bad: Example) -> Rule:
    """Days exist: no 30 February."""
    def ok(rows: Rows, _tables: Tables) -> pd.DataFrame:
        impossible = {text for column in columns for text in rows[column].unique() if not edtf.is_calendar_date(text)}
        return ~rows[list(columns)].isin(impossible)

    return shared(CALENDAR, table, columns, ok, message="`{value}` is no day of the calendar.",
                  hint="Correct the date, or leave the day out: 2021-02.", good=good, bad=bad)


def not_counted_as_days(table: str, *columns: str, good: Example, bad: Example) -> Rule:
    """No date is as many days after the day zero of spreadsheets as a year of our time."""
    def ok(rows: Rows, _tables: Tables) -> pd.DataFrame:
        return ~rows[list(columns)].isin({str(ZERO + timedelta(days=year)) for year in range(1950, 2051)})

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
    def ok(rows: Rows, tables: Tables) -> pd.Series:
        return sourced(table, rows, tables)

    return shared(NO_SOURCE, table, (), ok, message="The record has no source that was read and supports it.",
                  hint=f"Add one to data/{link}.csv whose `access` is excerpt or full_text.",
                  good=good, bad=bad, needs=(link, "citations"), lacks=True)


def sourced(table: str, rows: Rows, tables: Tables) -> pd.Series:
    """Which records have a source that was read and supports them."""
    return rows[identifier(table, tables)].isin(tables.supported(table).record)


def supported(table: str, link: str, *columns: str, when=lambda rows, tables: True, good: Example, bad: Example) -> Rule:
    """Where `when` holds, a read source supports one of the columns; records without any read source have their own rule."""
    def ok(rows: Rows, tables: Tables) -> pd.Series:
        found = pd.concat([tables.has_support(table, column) for column in columns], axis=1).any(axis=1)
        return found | ~sourced(table, rows, tables) | ~pd.Series(when(rows, tables), index=rows.index)

    names = " or ".join(f"`{column}`" for column in columns)
    return shared(UNSUPPORTED, table, tuple(c for c in columns if c != "parties"), ok,
                  message=f"No source that was read supports {names}.",
                  hint=f"Name {names} in `supports` of a source in data/{link}.csv that says so, or leave the value out.",
                  good=good, bad=bad, needs=(link, "citations", *(("deployment_parties",) if "parties" in columns else ())), lacks=True)


def should_be_supported(table: str, link: str, column: str, unless: str = "", *, part: str = "", good: Example, bad: Example) -> Rule:
    """Where the column has a value (other than `unless`), or the record a row in the table `part`, a read source supports it."""
    def ok(rows: Rows, tables: Tables) -> pd.Series:
        says = (~rows[column].isin(["", unless]) if not part else
                rows[identifier(table, tables)].isin(tables[part][tables.contents[part].table.id]))
        return tables.has_support(table, column) | ~says | ~sourced(table, rows, tables)

    return shared(UNSUPPORTED_COLUMN, table, () if part else (column,), ok, counted=True, lacks=True,
                  message=f"In {{count}} records no source that was read supports `{column}`; the first is `{{record}}`.",
                  hint=f"Where a source of the record says it, add `{column}` to `supports` in data/{link}.csv.",
                  good=good, bad=bad, needs=(link, "citations", *((part,) if part else ())))


def supports_something(link: str, table: str, *, good: Example, bad: Example) -> Rule:
    """No source supports a column that is empty in its record; parts that are rows of other tables are left alone."""
    def ok(rows: Rows, tables: Tables) -> pd.Series:
        key, named = identifier(table, tables), tables.named(table)
        records = tables[table][~tables[table][key].duplicated(keep=False)]
        wrong: set[int] = set()
        for column in set(named.column) & set(records.columns):
            lacking = records.loc[(records[column] == "") & ~tables.broken(table, column), key]
            wrong |= set(named.line[(named.column == column) & named.record.isin(lacking)])
        return pd.Series(~rows.index.isin(list(wrong)), index=rows.index)

    def explain(rows: Rows, tables: Tables) -> Rows:
        records, named = tables[table].set_index(identifier(table, tables)), tables.named(table)
        columns = {line: [column for column in part.column if column in records and records.at[part.record.iloc[0], column] == ""]
                   for line, part in named[named.line.isin(rows.index)].groupby("line")}
        return pd.DataFrame({"lacking": [", ".join(f"`{column}`" for column in columns[line]) for line in rows.index]}, index=rows.index)

    return shared(SUPPORTS_NOTHING, link, ("supports",), ok, explain=explain, needs=(table, "citations"),
                  message="The source supports {lacking}, which is empty in the record.",
                  hint="Fill it from the source, or take it out of `supports`.", good=good, bad=bad)


def takes_one_side(link: str, table: str, *, good: Example, bad: Example) -> Rule:
    """Where a source has two links to a record, one for each stance, they name different columns."""
    def again(tables: Tables) -> Rows:
        link_of, rows = tables.link_to_sources(table), tables[link].reset_index(names="line")
        pair = [link_of.id, "citation_id"]
        named = rows[rows.duplicated(pair, keep=False)].drop_duplicates(link_of.primary_key)
        named = named.assign(supports=named.supports.str.split(link_of.by_name["supports"].delimiter)).explode("supports")
        return named[named.duplicated([*pair, "supports"])]

    def ok(rows: Rows, tables: Tables) -> pd.Series:
        return pd.Series(~rows.index.isin(again(tables).line), index=rows.index)

    def explain(rows: Rows, tables: Tables) -> Rows:
        twice = again(tables).groupby("line").supports.agg(lambda columns: ", ".join(f"`{column}`" for column in columns))
        return pd.DataFrame({"twice": twice.reindex(rows.index)})

    return shared(BOTH_SIDES, link, ("supports",), ok, explain=explain,
                  message="The source supports and disputes {twice}.",
                  hint="Keep the column in the link whose stance the page bears out, and tell the rest in `note`.", good=good, bad=bad)


def id_is_free(table: str, *, good: Example, bad: Example) -> Rule:
    """No table of records before this one, in the order of the package, has the id."""
    @remembered
    def taken(tables: Tables, table: str) -> dict[str, str]:
        earlier = takewhile(lambda content: content.table.name != table, tables)
        return {key: content.table.path for content in earlier if content.table.is_record and content.whole
                for key in content.rows[content.table.id]}

    def ok(rows: Rows, tables: Tables) -> pd.Series:
        return ~rows[identifier(table, tables)].isin(taken(tables, table).keys())

    def explain(rows: Rows, tables: Tables) -> Rows:
        return pd.DataFrame({"where": rows[identifier(table, tables)].map(taken(tables, table))})

    return shared(ID_TAKEN, table, (), ok, message="The id stands already in {where}.", hint="Give one of the two another id.",
                  good=good, bad=bad, explain=explain)


def no_cycle(table: str, column: str, *, good: Example, bad: Example) -> Rule:
    """Following the column from record to record never comes back."""
    def ok(rows: Rows, tables: Tables) -> pd.Series:
        up = dict(zip(rows[identifier(table, tables)], rows[column], strict=True))
        return ~rows[identifier(table, tables)].isin({start for start in up if up[start] and comes_back(start, up)})

    return shared(CYCLE, table, (column,), ok, message=f"Following `{column}` from this record leads back to it.",
                  hint=f"Empty or correct `{column}` in one of the records on the way.", good=good, bad=bad)


def comes_back(start: str, up: dict[str, str]) -> bool:
    """Whether the way up from `start` returns to it."""
    seen, here = set(), up[start]
    while here and here not in seen and here != start:
        seen.add(here)
        here = up.get(here, "")
    return here == start


def is_used(table: str, *users: str, good: Example, bad: Example) -> Rule:
    """Some row of the tables that refer to this one names the record; silent while one of their references is broken."""
    def ok(rows: Rows, tables: Tables) -> pd.Series:
        used: set[str] = set()
        for content in tables:
            for column in (c for c, target in content.table.targets.items() if target == table):
                if tables.broken(content.table.name, column).any():
                    return pd.Series(True, index=rows.index)
                used |= set(content.rows[column])
        return rows[identifier(table, tables)].isin(used)

    return shared(UNUSED, table, (), ok, message="Nothing refers to this record.",
                  hint="Name it where it is used, or leave it out; one that was in a release gets a row in data/withdrawn.csv.",
                  good=good, bad=bad, needs=users)


def no_near_duplicate(table: str, name: str, *block: str, leave_out: bool, good: Example, bad: Example) -> Rule:
    """No two rows with the same cells in `block` have near names."""
    @remembered
    def found(tables: Tables, table: str) -> dict[int, int]:
        rows = tables[table].drop_duplicates(identifier(table, tables))
        near_ones = near.pairs(rows[name], rows[list(block)].itertuples(index=False, name=None), leave_out)
        return {int(rows.index[i]): int(rows.index[j]) for i, j in near_ones.items()}

    def ok(rows: Rows, tables: Tables) -> pd.Series:
        return pd.Series(~rows.index.isin(list(found(tables, table))), index=rows.index)

    def explain(rows: Rows, tables: Tables) -> Rows:
        others, ids = found(tables, table), tables[table][identifier(table, tables)]
        return pd.DataFrame({"other": [ids.at[others[line]] for line in rows.index],
                             "other_line": [others[line] for line in rows.index]}, index=rows.index)

    return shared(NEAR, table, (name, *block), ok, explain=explain,
                  message="This looks like `{other}` on line {other_line}: the " + name + " is nearly the same.",
                  hint="If it is the same, keep one and put the other into data/withdrawn.csv with `replaced_by`.", good=good, bad=bad)


def identifier(table: str, tables: Tables) -> str:
    """The id column of a table."""
    return tables.contents[table].table.id
