"""How many true and false pairs `scripts.twins` shows: `python -m tests.measure_twins`, in a clone with its history.

What the numbers mean: docs/near-duplicates.md. Rows made here never leave the memory.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pandas as pd
from slugify import slugify

from scripts.marks import NOT_LATIN
from scripts.package import load
from scripts.read import read
from scripts.tables import Content, Tables
from scripts.twins import LOOKS, MOST, Search, find
from scripts.versions import git, revision
from tests.fictional import PROJECT

Row = dict[str, str]
Found = tuple[str, ...] | None  # the rules that show a pair; None if it is not shown
NEW = "zzz-new"
NAME = {"deployments": "title", "standards_roles": "holder", "policy_statements": "title", "organizations": "name", "citations": "title"}
SAMPLE = 100  # rows of a table that are typed in anew in one way
TIMES = 100


def main() -> None:
    """Measure and print."""
    tables = current()
    print("TRUE: merged in the history\n", *(f"  {line}\n" for line in merged()), end="")
    print("TRUE: as first entered, without its sources, beside the row of today")
    report(first_entered(tables))
    print("TRUE: made by the script (synthetic)")
    report(typed_anew(tables))
    print(f"FALSE: every record taken as new, at most {MOST} shown of each")
    for table in LOOKS:
        taken_as_new(tables, table)
    print(f"TIME: one new record, {TIMES} times the rows")
    for table in LOOKS:
        hundredfold(tables, table)


def current() -> Tables:
    """The tables as they are."""
    package, problems = load(PROJECT)
    assert package, problems
    return read(package)


def report(results: Iterable[tuple[str, Found]]) -> None:
    """How many of each group are shown, and by which rules."""
    groups: dict[str, list[Found]] = {}
    for group, rules in results:
        groups.setdefault(group, []).append(rules)
    for group, found in groups.items():
        rules = Counter(name for rules in found for name in rules or ())
        print(f"  {group}: {sum(rules is not None for rules in found)} of {len(found)}; by rule {dict(rules)}")


# --- true pairs

def merged() -> Iterator[str]:
    """Records that were merged into another one, taken as new beside the tables of that day."""
    for gone in current()["withdrawn"].to_dict("records"):
        if gone["replaced_by"]:
            changes = git(PROJECT, "log", "--format=%H", f"-S{gone['record_id']},", "--", f"data/{gone['table']}.csv").stdout.decode()
            with revision(PROJECT, f"{changes.split()[0]}^") as (package, _):
                then = read(package)
            twins = find(without(then, gone["table"], gone["record_id"]), then)
            yield f"{gone['table']} {gone['record_id']}: {[(twin.other == gone['replaced_by'], twin.rules) for twin in twins]}"


def first_entered(tables: Tables) -> Iterator[tuple[str, Found]]:
    """Records whose name or dates were rewritten, in their first wording and with other sources, as new ones."""
    first = git(PROJECT, "log", "--reverse", "--format=%H", "--", "data/deployments.csv").stdout.decode().split()[0]
    with revision(PROJECT, first) as (package, _):
        then = read(package)
    for table in LOOKS:
        now = by_id(tables, table)
        for record, row in by_id(then, table).items():
            columns = {NAME[table], *LOOKS[table].dates, *({"summary"} & row.keys())}
            if record in now and any(row[column] != now[record].get(column, row[column]) for column in columns):
                yield table, shown(tables, table, row, links_of(then, table, record), record)


def typed_anew(tables: Tables) -> Iterator[tuple[str, Found]]:
    """Real rows as somebody else might type them."""
    for table, ways in ANEW.items():
        for name, way in ways.items():
            made = [(record, new) for record, row in by_id(tables, table).items() if (new := way(row, tables)) and new != row]
            for record, row in made[::max(1, len(made) // SAMPLE)][:SAMPLE]:
                links = links_of(tables, table, record)
                yield f"{table}, {name}", shown(tables, table, row, links, record)
                if links.get("deployment_parties"):
                    yield f"{table}, {name}, no parties", shown(tables, table, row, {}, record)


def shown(tables: Tables, table: str, row: Row, links: dict[str, list[Row]], true: str) -> Found:
    """The rules that show the true record of a new one."""
    found = find(tables, with_row(tables, table, row, links))
    return next((twin.rules for twin in found if twin.record == NEW and twin.other == true), None)


# --- rows typed anew

def reworded(row: Row, _tables: Tables) -> Row:
    """Every third word of the title dropped, the others in reverse order, no summary, dates to the year."""
    words = [word for at, word in enumerate(row["title"].split()) if at % 3 != 2]
    return coarse({**row, "title": " ".join(reversed(words)), "summary": "", "note": "", "place": ""})


def headlines(row: Row, tables: Tables) -> Row | None:
    """The headlines of its English sources, which others wrote, for title and summary; dates to the year."""
    links, citations = tables["deployment_citations"], tables["citations"]
    ours = citations[citations.citation_id.isin(links.citation_id[links.deployment_id == row["deployment_id"]])]
    titles = ours.title[(ours.language == "en")].tolist()
    return coarse({**row, "title": titles[0], "summary": " ".join(titles[1:3]), "note": "", "place": ""}) if titles else None


def coarse(row: Row) -> Row:
    return {**row, **{column: row[column][:4] for column in ("announced", "started", "ended", "issued") if column in row}}


def cell(column: str, change: Callable[[str], str]) -> Callable[[Row, Tables], Row | None]:
    """A way to type one cell otherwise, where it is not empty."""
    return lambda row, _tables: {**row, column: change(row[column])} if row[column] else None


def backwards(name: str) -> str:
    return " ".join(reversed(name.split()))


def plain(name: str) -> str:
    return slugify(name, separator=" ").replace(" ", "") if len(name.split()) == 1 else slugify(name.replace("-", ""), separator=" ")


def misspelt(name: str) -> str:
    return name[:3] + name[4:] if len(name) > 5 else ""


def half(title: str) -> str:
    words = title.split()
    return " ".join(words[: max(4, len(words) * 2 // 3)])


def from_note(row: Row, _tables: Tables) -> Row | None:
    """The name in its own script, where the note has it."""
    found = NOT_LATIN.findall(row["note"])
    return {**row, "holder": found[0], "note": ""} if row["holder"].isascii() and found else None


def other_address(change: Callable[[str], str]) -> Callable[[Row, Tables], Row]:
    """A citation with another headline and publisher, so that only its address tells."""
    return lambda row, _tables: {**row, "url": change(row["url"]), "title": NEW, "publisher": NEW}


ANEW = {
    "deployments": {"title reworded, no summary": reworded, "headlines for title and summary": headlines},
    "standards_roles": {"name backwards": cell("holder", backwards), "no hyphen or accent": cell("holder", plain),
                        "a letter missing": cell("holder", misspelt), "another script": from_note},
    "policy_statements": {"title reworded, no summary": reworded,
                          "title in its own language": lambda row, _: {**row, "title": row["title_local"], "title_local": "", "summary": ""}
                          if row["title_local"] else None},
    "organizations": {"local script": lambda row, _: {**row, "name": row["name_local"], "name_local": ""} if row["name_local"] else None,
                      "longer name": cell("name", lambda name: f"Zzz {name} Co., Ltd."), "a letter missing": cell("name", misspelt),
                      "words in another order": cell("name", backwards)},
    "citations": {"www, http, tracking": other_address(lambda url: url.replace("https://", "http://").replace("://", "://www.", 1)
                                                       .replace("www.www.", "www.") + ("&" if "?" in url else "?") + "utm_source=zzz#top"),
                  "archived": other_address(lambda url: f"https://web.archive.org/web/2024/{url}"),
                  "cut headline at another address": lambda row, _: {**row, "title": half(row["title"]), "url": "https://example.org/zzz"}},
}


# --- false pairs and time

def taken_as_new(tables: Tables, table: str) -> None:
    """Every record as the only new one beside all others."""
    records = list(by_id(tables, table))
    search = Search(tables, table, frozenset(records))
    found = {record: dict(list(search.candidates(record).items())[:MOST]) for record in records}
    pairs = {frozenset((record, other)): rules for record, others in found.items() for other, rules in others.items()}
    number = sum(len(others) for others in found.values())
    print(f"  {table}: {len(records)} records, {len(pairs)} pairs, {number / len(records):.2f} shown of a record,"
          f" {sum(map(bool, found.values()))} records show any; by rule {dict(Counter(n for rules in pairs.values() for n in rules))},"
          f" by it alone {dict(Counter(rules[0] for rules in pairs.values() if len(rules) == 1))}")


def hundredfold(tables: Tables, table: str) -> None:
    """Processor seconds for one new record beside the table and its links with every id and every name made TIMES different ones."""
    contents = dict(tables.contents)
    for name in (table, *(link.name for link in tables.package.links_of(table))):
        content = contents[name]
        rows = pd.concat([content.rows] * TIMES, ignore_index=True)
        number = pd.Series([str(at // len(content.rows)) for at in range(len(rows))], dtype=object)
        rows[content.table.id] += "-" + number
        if name == table:
            rows[NAME[table]] += " " + number
        contents[name] = Content(content.table, rows)
    many = Tables(tables.package, contents)
    row = many[table].iloc[0].to_dict()
    after = with_row(many, table, row, links_of(many, table, row[many.contents[table].table.id]))
    start = time.process_time()
    twins = find(many, after)
    print(f"  {table}: {len(many[table]):,} rows, {time.process_time() - start:.1f} s, {len(twins)} shown")


# --- tables

def by_id(tables: Tables, table: str) -> dict[str, Row]:
    return {row[tables.contents[table].table.id]: row for row in tables[table].to_dict("records")}


def links_of(tables: Tables, table: str, record: str) -> dict[str, list[Row]]:
    """The rows of the link tables, but not those of its sources, that belong to a record."""
    if table != "deployments":
        return {}
    names = ("deployment_countries", "deployment_parties")
    return {name: tables[name][tables[name].deployment_id == record].to_dict("records") for name in names}


def with_row(tables: Tables, table: str, row: Row, links: dict[str, list[Row]]) -> Tables:
    """The tables with a new record and the rows that belong to it."""
    contents = dict(tables.contents)
    for name, new in [(table, [row]), *links.items()]:
        content = contents[name]
        cells = [{column: each.get(column, "") for column in content.table.columns} | {content.table.id: NEW} for each in new]
        rows = pd.concat([content.rows, pd.DataFrame(cells, columns=list(content.table.columns), dtype=object)], ignore_index=True)
        contents[name] = content.with_rows(rows)
    return Tables(tables.package, contents)


def without(tables: Tables, table: str, record: str) -> Tables:
    """The tables without a record."""
    content = tables.contents[table]
    rows = content.rows[content.rows[content.table.id] != record]
    return Tables(tables.package, tables.contents | {table: content.with_rows(rows)})


if __name__ == "__main__":
    main()
