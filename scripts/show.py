"""One record as text: its cells with labels, what belongs to it, its quality, its sources, what refers to it, and its history."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from . import form
from .derive.content import as_content
from .derive.quality import RATED, record_quality
from .derive.settings import load_settings
from .derived import with_derived
from .package import Package, Table
from .problem import visible
from .records import Record, Row, label
from .tables import Tables
from .versions import git

WIDTH, INDENT = 110, 2


def render(record: Record, tables: Tables) -> str:
    """The record for a terminal, ending with a line break; no cell may speak to the terminal."""
    text = "\n".join([f"{record.table.name} {record.id}", *cells(record.table, record.row, tables), *links(record, tables),
                      *quality(record, tables), *sources(record, tables), *users(record, tables),
                      *history(record, tables)])
    return "".join(f"{visible(line)}\n" for line in text.split("\n"))


def cells(table: Table, row: Row, tables: Tables) -> Iterator[str]:
    """The cells that are not empty, each with its title; ids with the name of what they refer to, terms with their title."""
    width = max(len(field.title) for field in table.fields)
    for field in table.fields:
        if row[field.name] and field.name != table.id:
            text = worded(table, field.name, row[field.name], tables)
            yield textwrap.fill(text, WIDTH, initial_indent=f"{'':{INDENT}}{field.title:<{width}}  ",
                                subsequent_indent=" " * (INDENT + width + 2), break_long_words=False, break_on_hyphens=False)


def worded(table: Table, column: str, value: str, tables: Tables) -> str:
    """A cell in words: `China (CHN)`, `Under way (under_way)`."""
    field = table.by_name[column]
    if column in table.targets:
        name = label(tables, table.targets[column], value)
        return value if name == value else f"{name} ({value})"
    if field.vocabulary and not field.columns_of:
        return ", ".join(term_title(tables.package, field.vocabulary, term) for term in value.split(field.delimiter))
    return value.replace(field.delimiter, ", ") if field.type == "list" else value


def term_title(package: Package, vocabulary: str, term: str) -> str:
    """The title of a term with the term itself behind it."""
    known = package.vocabularies[vocabulary].terms.get(term)
    return f"{known.title} ({term})" if known else term


def links(record: Record, tables: Tables) -> Iterator[str]:
    """The rows that belong to the record, a line each."""
    for name, rows in record.links.items():
        table = tables.contents[name].table
        yield f"\n{table.title}"
        for row in rows:
            parts = [worded(table, column, row[column], tables) for column in table.columns if row[column] and column != table.id]
            yield textwrap.fill("; ".join(parts), WIDTH, initial_indent="  - ", subsequent_indent="    ")


def quality(record: Record, tables: Tables) -> Iterator[str]:
    """The row of `record_quality` for the record, as a release gives it; nothing where there is none. It rests on keys and cells
    that hold."""
    package, settings = with_derived(tables.package)[0], load_settings(tables.package.root)[0]
    if record.table.name not in RATED or package is None or settings is None:
        return
    form.check(tables)
    if any(tables.problems.broken.values()) or not all(content.whole for content in tables):
        yield "\nQuality"
        yield f"{'':{INDENT}}Not rated: the tables have errors, which `validate` names."
        return
    rows = record_quality(tables, settings)
    rated = as_content(rows[rows.record_id == record.id], package.tables["record_quality"])
    for row in rated.rows.to_dict("records"):
        yield "\nQuality"
        yield from cells(rated.table, {**row, "table": ""}, Tables(package, tables.contents))


def sources(record: Record, tables: Tables) -> Iterator[str]:
    """Each source with what it supports and disputes and how far it was read; those that only dispute last."""
    found: dict[str, tuple[dict, list[dict]]] = {}
    for link, citation in sorted(record.sources, key=lambda pair: pair[0].get("stance", "supports") != "supports"):
        found.setdefault(link["citation_id"], (citation, []))[1].append(link)
    if found:
        yield f"\nSources ({len(found)})"
    for key, (citation, links_of_source) in found.items():
        carried = f" (text of {citation['original_publisher']})" if citation["original_publisher"] else ""
        dated = f", {citation['published']}" if citation["published"] else ", no date"
        says = ["; ".join(filter(None, (f"{link['stance']} {link['supports'].replace(';', ', ')}", link["locator"])))
                for link in links_of_source if "supports" in link]
        lines = [f"{citation['title']}. {citation['publisher']}{carried}{dated}. {key}", citation["url"], *says,
                 f"read: {citation['access'].replace('_', ' ')}; {citation['citation_type'].replace('_', ' ')}"]
        for number, line in enumerate(lines):
            yield textwrap.fill(line, WIDTH, initial_indent="  - " if number == 0 else "    ", subsequent_indent="    ",
                                break_long_words=False, break_on_hyphens=False)


def users(record: Record, tables: Tables) -> Iterator[str]:
    """The records that name this one, by table and column."""
    if record.used_by:
        yield "\nReferred to by"
    for (table, column), ids in record.used_by.items():
        yield textwrap.fill(f"{table}, {column}: {', '.join(ids)}", WIDTH, initial_indent="  - ",
                            subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def history(record: Record, tables: Tables) -> Iterator[str]:
    """The commits that changed a row of the record, the newest first; nothing where the dataset is in no git repository."""
    files = [table.path for table in (record.table, *tables.package.links_of(record.table.name))]
    try:
        found = git(tables.package.root, "log", "--format=%as %h %s", "-G", f"^{record.id},", "--", *files)
    except OSError:  # no git
        return
    lines = found.stdout.decode(errors="replace").splitlines()
    if lines:
        yield "\nHistory"
        yield from (f"  - {textwrap.shorten(line, WIDTH, placeholder=' …')}" for line in lines)
