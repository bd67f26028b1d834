"""What a change does to the records, as text for a terminal, Markdown for a pull request, or JSON and back."""

from __future__ import annotations

import json
import string
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from pydantic import TypeAdapter, ValidationError

from .diff import Cell, Difference, Pair, RecordChange
from .problem import visible

NOTHING = "No change in content."
EMPTY = "(empty)"
SIGNS = {"vanished": "-", "returned": "+", "removed": "-", "withdrawn": "-", "merged": ">", "renamed": ">", "changed": "~", "added": "+"}
GROUPS = {"Gone, renamed or back": SIGNS.keys() - {"changed", "added"}, "Changed": {"changed"}, "Added": {"added"}}
FATES = {"withdrawn": "withdrawn: {0.reason}", "merged": "merged into {0.replaced_by}: {0.reason}", "removed": "removed",
         "renamed": "renamed to {0.replaced_by}: {0.reason}", "vanished": "gone without a row in withdrawn",
         "returned": "there again, although withdrawn: {0.reason}"}
LOST = "withdrawn for {0.replaced_by}, which is not there: {0.reason}"
SAME = "unchanged otherwise"
COLOURS = {"+": "32", "-": "31", "~": "33", ">": "36"}
LONGEST = 60_000  # characters of a Markdown comment; GitHub takes 65,536
PART = LONGEST // 5  # of these for what could not be compared, for the numbers, and for any one record
CLOSING = 40  # of these for saying how many more there are
CELL = 300  # characters of a text in Markdown
LINE = 3 * CELL
NEAR = 40  # characters that are the same, shown before and after what differs
OPEN = 20  # lines of a record that Markdown shows unfolded
TABLES = 20  # that a heading counts
MOST = 10**9  # of anything counted
PLAIN = "-,;=?%+/"  # punctuation that starts no markup, link or mention within a line
BREAKS = "\r\n\u2028\u2029"
ENTITIES = {ord(mark): f"&#{ord(mark)};" for mark in set(string.punctuation) - set(PLAIN)} | dict.fromkeys(map(ord, BREAKS), " ")


def as_json(found: Difference) -> str:
    """One JSON object with the keys of Difference: `records`, `counts`, `columns`, `unread`, and in them those of RecordChange,
    LinkChange and Cell."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> Difference:
    """The difference that `as_json` wrote. Raises ValueError with one sentence for anything else: a file from a pull request may
    say what it likes. How long the text may be is the caller's to say."""
    try:
        found = TypeAdapter(Difference).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = short(".".join(map(str, first["loc"])), CELL)
        raise ValueError(visible(f"This is no difference as `diff --format json` writes it: {f'{place}: ' * bool(place)}"
                                 f"{first['msg']}.")) from None
    if not all(0 <= number <= MOST for pair in pairs(found) for number in pair):
        raise ValueError(f"This is no difference as `diff --format json` writes it: a number is below 0 or above {MOST:,}.")
    return found


def pairs(found: Difference) -> Iterator[Pair]:
    """All numbers before and after."""
    for terms in found.counts.values():
        yield from terms.values()
    for record in found.records:
        yield from (pair for pair in (record.sources, record.publishers) if pair)


def as_text(found: Difference, colour: bool = False) -> str:
    """Each record with its changes, what goes first, then what the numbers do."""
    lines = [NOTHING] if found.is_empty else [headline(found), *map(visible, unread_lines(found))]
    table = None
    for record in (record for records in grouped(found).values() for record in records):
        if record.table != table:
            table = record.table
            lines += ["", visible(table)]
        lines += [painted(line, colour) for line in record_lines(record)]
    for what, terms in found.counts.items():
        lines += ["", f"by {what}", *(f"  {visible(term) or EMPTY}: {before:,} -> {after:,}" for term, (before, after) in terms.items())]
    return "".join(f"{line}\n" for line in lines)


def grouped(found: Difference) -> dict[str, list[RecordChange]]:
    """The records by what happened to them, so that what goes is not buried."""
    return {group: [record for record in found.records if record.kind in kinds] for group, kinds in GROUPS.items()}


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


def record_lines(record: RecordChange, most: int = sys.maxsize) -> Iterator[str]:
    """A record: its sign, id and title, then a line each cell, row and effect; of an old or new text at most so many characters."""
    yield visible(f"  {SIGNS[record.kind]} {record.id}{f' ({record.title})' if record.title else ''}{what_became(record)}")
    for cell in record.cells:
        yield visible(f"      {cell.column}: {cell.new if record.kind in ('added', 'returned') else altered(cell, most)}")
    for link in record.links:
        keys = {record.id, record.replaced_by, *link.key}
        rest = [f"{column}: {text}" for column, text in link.row.items() if text and text not in keys] if link.kind == "added" else []
        cells = [f"{cell.column}: {altered(cell, most)}" for cell in link.cells]
        yield visible(f"    {SIGNS[link.kind]} {link.table}: {' / '.join([*link.key, *rest, *cells])}")
    for what, pair in (("sources that were read", record.sources), ("independent publishers", record.publishers)):
        if pair and pair[0] != pair[1] and (record.kind not in FATES or record.kind == "renamed"):
            yield f"      {what}: {pair[0]:,} -> {pair[1]:,}"


def what_became(record: RecordChange) -> str:
    """What became of a record as a whole, where more is to be said than its sign does."""
    fate = LOST if record.kind == "withdrawn" and record.replaced_by else FATES.get(record.kind, "")
    rest = SAME if record.kind == "renamed" and not record.cells and not record.links else ""
    return "".join(f" {text}" for text in (fate.format(record), f"({rest})" if rest else "") if text)


def altered(cell: Cell, most: int) -> str:
    """Old and new text of a cell, of each at most so many characters, without most of what both begin and end with."""
    old, new = cell.old, cell.new
    same = alike(old, new)
    start, end = max(0, same - NEAR), max(0, alike(old[same:][::-1], new[same:][::-1]) - NEAR)
    texts = (f"{'…' * bool(start)}{text[start:len(text) - end]}{'…' * bool(end)}" for text in (old, new))
    return " -> ".join(short(text, most) or EMPTY for text in texts)


def alike(one: str, other: str) -> int:
    """How many characters two texts have in common before they differ."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def short(text: str, most: int) -> str:
    """A text, cut where it is longer than so many characters."""
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,} characters)"


def painted(line: str, colour: bool) -> str:
    """A line in the colour of its sign."""
    sign = line.strip()[:1]
    return f"\x1b[{COLOURS[sign]}m{line}\x1b[0m" if colour and sign in COLOURS else line


def as_markdown(found: Difference, longest: int = LONGEST) -> str:
    """A comment for a pull request: what changed, the numbers, then the records, long ones folded, as many as fit into `longest`
    characters, 1,000 at least. Text of the tables stands in code, its marks as entities, so that it cannot become markup, a link
    or a mention."""
    if found.is_empty:
        return f"### What this does to the records\n\n{NOTHING}\n"
    parts = ["### What this does to the records\n", f"**{headline(found)}**\n",
             *within([f"{code(line)}\n" for line in unread_lines(found)], longest // 5, "tables"), *markdown_counts(found, longest // 5)]
    room = longest - sum(len(part) + 1 for part in parts) - CLOSING
    return "\n".join([*parts, *within(markdown_records(found), room, "records", len(found.records))]) + "\n"


def within(parts: Iterable[str], room: int, what: str, count: int | None = None) -> Iterator[str]:
    """As many of the parts as there is room for, then how many more there are of `count`, or of those in the list."""
    count = len(parts) if count is None else count
    for number, part in enumerate(parts):
        room -= len(part) + 1
        if room < 0:
            yield f"… and {count - number:,} more {what}."
            return
        yield part


def markdown_counts(found: Difference, room: int) -> Iterator[str]:
    """A table of the numbers that changed, with as many rows as there is room for."""
    rows = (f"| {what} | {code(term or EMPTY)} | {before:,} | {after:,} |" for what, terms in found.counts.items()
            for term, (before, after) in terms.items())
    if count := sum(map(len, found.counts.values())):
        yield "<details><summary>numbers</summary>\n\n| by | of | before | after |\n|---|---|---|---|"
        yield "\n".join(within(rows, room, "rows", count))
        yield "\n</details>\n"


def markdown_records(found: Difference) -> Iterator[str]:
    """A block for each record, the first of each group under the heading of the group."""
    for group, records in grouped(found).items():
        tables = Counter(record.table for record in records).most_common(TABLES)
        heading = f"#### {group}: {', '.join(f'{count:,} in {code(table)}' for table, count in tables)}\n\n"
        for number, record in enumerate(records):
            yield heading * (number == 0) + markdown_record(record)


def markdown_record(record: RecordChange) -> str:
    """A record as a block that folds if it is long."""
    first, *rest = record_lines(record, CELL)
    summary = f"{code(record.table)} {code(first.strip())}"
    if not rest:
        return f"{summary}\n"
    items = "\n".join(within((f"<li>{code(line.strip())}</li>" for line in rest), PART, "lines", len(rest)))
    return f"<details{' open' * (len(rest) <= OPEN)}><summary>{summary}</summary>\n<ul>\n{items}\n</ul></details>\n"


def code(text: str) -> str:
    """A text as inline code, cut where it is long; GitHub makes no mentions or links in it."""
    return f"<code>{visible(short(text, LINE)).translate(ENTITIES)}</code>"
