"""What a change does to the records, as text for a terminal, Markdown for a pull request, or JSON."""

from __future__ import annotations

import json
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from .diff import Cell, Difference, RecordChange
from .problem import visible

NOTHING = "No change in content."
EMPTY = "(empty)"
SIGNS = {"vanished": "-", "returned": "+", "removed": "-", "withdrawn": "-", "renamed": ">", "changed": "~", "added": "+"}
FATES = {"withdrawn": "withdrawn: {0.reason}", "renamed": "withdrawn for {0.replaced_by}: {0.reason}", "removed": "removed",
         "vanished": "gone without a row in withdrawn", "returned": "there again, although withdrawn: {0.reason}"}
COLOURS = {"+": "32", "-": "31", "~": "33", ">": "36"}
LONGEST = 60_000  # characters of a Markdown comment; GitHub takes 65,536
PART = 12_000  # of these for what could not be compared, for the numbers, and for any one record
CELL = 400  # characters of a line of text
OPEN = 8  # lines of a record that Markdown shows unfolded
PLAIN = "-,;=?%+/"  # punctuation that starts no markup, link or mention within a line
BREAKS = "\r\n\u2028\u2029"
ENTITIES = {ord(mark): f"&#{ord(mark)};" for mark in set(string.punctuation) - set(PLAIN)} | dict.fromkeys(map(ord, BREAKS), " ")


def as_json(found: Difference) -> str:
    """One JSON object: `records`, `counts`, `columns`, `unread` as in Difference."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n"


def as_text(found: Difference, colour: bool = False) -> str:
    """Each record with its changes, then what the numbers do."""
    lines = [NOTHING] if found.is_empty else [headline(found), *unread_lines(found)]
    table = None
    for record in found.records:
        if record.table != table:
            table = record.table
            lines += ["", table]
        lines += [painted(line, colour) for line in record_lines(record)]
    for what, terms in found.counts.items():
        lines += ["", f"by {what}", *(f"  {visible(term) or EMPTY}: {before:,} -> {after:,}" for term, (before, after) in terms.items())]
    return "".join(f"{line}\n" for line in lines)


def headline(found: Difference) -> str:
    """How many records were added, changed, withdrawn …"""
    kinds = Counter(record.kind for record in found.records)
    return ", ".join(f"{kinds[kind]:,} record{'s' * (kinds[kind] != 1)} {kind}" for kind in SIGNS if kinds[kind]) or "No record changed."


def unread_lines(found: Difference) -> Iterator[str]:
    """What could not be compared, and columns that came or went."""
    for table, problem in found.unread.items():
        yield f"{table} could not be compared: {problem}"
    for table, columns in found.columns.items():
        yield f"columns of {table}: {', '.join(columns)}"


def record_lines(record: RecordChange) -> Iterator[str]:
    """A record: its sign, id and title, then a line each cell, row and effect."""
    fate = f" {FATES[record.kind].format(record)}" if record.kind in FATES else ""
    yield visible(f"  {SIGNS[record.kind]} {record.id}{f' ({record.title})' if record.title else ''}{fate}")
    for cell in record.cells:
        yield visible(f"      {cell.column}: {cell.new if record.kind in ('added', 'returned') else altered(cell)}")
    for link in record.links:
        keys = {record.id, *link.key}
        rest = [f"{column}: {text}" for column, text in link.row.items() if text and text not in keys] if link.kind == "added" else []
        cells = [f"{cell.column}: {altered(cell)}" for cell in link.cells]
        yield visible(f"    {SIGNS[link.kind]} {link.table}: {' / '.join([*link.key, *rest, *cells])}")
    for what, pair in (("sources that were read", record.sources), ("independent publishers", record.publishers)):
        if pair and pair[0] != pair[1] and record.kind not in FATES:
            yield f"      {what}: {pair[0]} -> {pair[1]}"


def altered(cell: Cell) -> str:
    """Old and new text of a cell."""
    return f"{cell.old or EMPTY} -> {cell.new or EMPTY}"


def painted(line: str, colour: bool) -> str:
    """A line in the colour of its sign."""
    sign = line.strip()[:1]
    return f"\x1b[{COLOURS[sign]}m{line}\x1b[0m" if colour and sign in COLOURS else line


def as_markdown(found: Difference) -> str:
    """A comment for a pull request: counts, then the records, long ones folded, as many as fit. Text of the tables stands in code,
    its marks as entities, so that it cannot become markup, a link or a mention."""
    if found.is_empty:
        return f"### What this does to the records\n\n{NOTHING}\n"
    parts = ["### What this does to the records\n", f"**{headline(found)}**\n",
             *within([f"{code(line)}\n" for line in unread_lines(found)], PART, "tables"), *markdown_counts(found)]
    room = LONGEST - sum(len(part) + 1 for part in parts)
    records = sorted(found.records, key=lambda record: record.kind in ("changed", "added"))  # what goes must not be buried
    return "\n".join([*parts, *within([markdown_record(record) for record in records], room, "records")]) + "\n"


def within(parts: Sequence[str], room: int, what: str) -> Iterator[str]:
    """As many of the parts as there is room for, then how many more there are."""
    for number, part in enumerate(parts):
        room -= len(part) + 1
        if room < 0:
            yield f"… and {len(parts) - number:,} more {what}, which the stored report holds."
            return
        yield part


def markdown_counts(found: Difference) -> Iterator[str]:
    """A table of the numbers that changed, cut where it is long."""
    rows = [f"| {what} | {code(term)} | {before:,} | {after:,} |" for what, terms in found.counts.items()
            for term, (before, after) in terms.items()]
    if rows:
        yield "<details><summary>numbers</summary>\n\n| by | of | before | after |\n|---|---|---|---|"
        yield "\n".join(within(rows, PART, "rows"))
        yield "\n</details>\n"


def markdown_record(record: RecordChange) -> str:
    """A record as a block that folds if it is long."""
    first, *rest = record_lines(record)
    fold = " open" if len(rest) <= OPEN else ""
    items = "\n".join(within([f"<li>{code(line.strip())}</li>" for line in rest], PART, "lines"))
    return f"<details{fold}><summary>{inert(record.table)} {code(first.strip())}</summary>\n<ul>\n{items}\n</ul></details>\n"


def inert(text: str) -> str:
    """A text in which no mark means anything to Markdown or HTML."""
    return text.translate(ENTITIES)


def code(text: str) -> str:
    """A text as inline code, cut where it is long; GitHub makes no mentions or links in it."""
    return f"<code>{inert(visible(text if len(text) <= CELL else f'{text[:CELL]} … ({len(text):,} characters)'))}</code>"
