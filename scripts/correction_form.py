"""The answers to a web form about a record that is there, as a card: a correction, a dispute, a further source or a withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from .answers import term
from .cards import CORRECTIONS, Section, item_keys
from .changes import WITHDRAWN
from .draft import CITATION, DISPUTES, SOURCES, SUPPORTS, Draft, Entry, cell, citation, link, parts_of, rows_of, say
from .forms import APART, CITATIONS, ORGANIZATIONS, Question
from .package import Field, Table
from .problem import did_you_mean, plain

MISREAD, DISAGREE = "misread", "disagree"  # choices of forms.yaml that decide what becomes of the sources of a corrected column
STATUS, AS_OF, UNKNOWN = "status", "status_as_of", "unknown"  # nothing supports a status that is unknown
NOTHING = "-"  # an empty cell, where an answer has a line for each of several columns
LISTED = "listed"  # the access of a source that nobody opened
PERMANENT = "Ids are permanent: withdraw the record and send a new one."


def complain(made: Draft, part: str, key: str, message: str, hint: str) -> None:
    """Complain of the answer to a question."""
    made.answers.complain(made.answers.question(part, key).heading, message, hint)


def change(made: Draft) -> None:
    """A correction, a source for a record that is there, or a withdrawal."""
    asked = made.answers.of("change")
    made.record = made.title = str(asked.get("record", ""))
    table = made.names.owners.get(made.record)
    section = next((section for section in made.sections.values() if section.table is table), None)
    if section is None:
        if made.record:
            unknown(made)
    elif "reason" in asked:
        made.put(WITHDRAWN, {"record": made.record, "reason": asked["reason"], "replaced_by": asked.get("replaced_by")})
    elif "column" in asked:
        correct(made, section, asked)
    elif SUPPORTS in asked:
        speak(made, section, asked)


def unknown(made: Draft) -> None:
    """Complain of a record that is not there."""
    gone, id_ = made.tables[WITHDRAWN], made.record
    for row in gone[gone.record_id == id_].itertuples():
        complain(made, "change", "record", f"`{id_}` is withdrawn: {row.reason}",
                 f"Its facts are in `{row.replaced_by}`." if row.replaced_by else "Nothing replaced it, so there is nothing to change.")
        return
    complain(made, "change", "record", f"No record has the id `{id_[:80]}`.",
             did_you_mean(id_, made.names.owners) or "Copy the first cell of its row.")


def column_of(made: Draft, asked: str, text: str, choices: list[tuple[str, str]], table: Table) -> str | None:
    """The value among the choices that a text names in answer to a question, else a complaint."""
    found = term(text, choices)
    if found is None and plain(text) in (plain("id"), plain(table.id), plain(table.by_name[table.id].title)):
        made.answers.complain(made.answers.question("change", asked).heading, "The id of a record cannot change.", PERMANENT)
    elif found is None:
        known = list(dict.fromkeys(value for value, _ in choices))
        made.answers.complain(made.answers.question("change", asked).heading, f"`{text[:80]}` is no column of {table.name}.",
                              did_you_mean(text, known) or f"Known: {', '.join(f'`{value}`' for value in known)}.")
    return found


def source_of(made: Draft) -> str:
    """The id of the source that the form gives, if it was opened."""
    source = citation(made)
    known = made.tables[CITATIONS]
    access = made.answers.of("citation").get("access")
    if source and access != LISTED:
        access = next(iter(known.loc[known.citation_id == source, "access"]), access)
    if access == LISTED:
        complain(made, "citation", "access", "A source that was not opened shows nothing.",
                 "Read at least a part of it, or give another one.")
    return source


def speak(made: Draft, section: Section, asked: Entry) -> None:
    """A source that supports or disputes what a record says."""
    if SOURCES not in section.nested:
        complain(made, "change", "record", f"Sources are linked to no record of {section.table.name}.",
                 "Name a deployment, a standards role or a policy statement.")
        return
    columns, said = section.nested[SOURCES].by_name[SUPPORTS].terms, made.answers.of("link")
    choices = [(column, column) for column in columns]
    choices += [(column.name, name) for key, column in item_keys(section.table).items() if column.name in columns
                for name in (key, column.title)]
    named = filter(None, parts_of(str(asked[SUPPORTS]).replace("\n", ";").replace(",", ";")))
    found = [column_of(made, SUPPORTS, text, choices, section.table) or text for text in named]
    if not found:
        complain(made, "change", SUPPORTS, "The answer names no column.", "Write one, such as `status`.")
    stance = str(said.get("stance", DISPUTES))
    if lacking := [column for column in dict.fromkeys(found) if column in columns and is_empty(made, section, column)]:
        complain(made, "change", SUPPORTS, f"The source {stance} {', '.join(f'`{column}`' for column in lacking)}, "
                 f"which is empty in the record.", "Leave that out, or send the form for a correction to fill it.")
    say(made, section, source_of(made), found, stance, str(said.get("locator", "")))
    if note := asked.get("note"):
        there = cells(made, section)["note"]
        made.put(CORRECTIONS, {"record": made.record, "column": "note", "old": there, "new": f"{there} {note}".strip()})


def cells(made: Draft, section: Section) -> dict[str, str]:
    """What the record says now, by column."""
    rows = made.tables[section.table.name]
    return rows[rows[section.table.id] == made.record].iloc[0].to_dict()


def is_empty(made: Draft, section: Section, column: str) -> bool:
    """Whether the record says nothing in a column, or has no row in a list of that name."""
    if column not in section.nested:
        return not cells(made, section)[column]
    rows = made.tables[section.nested[column].name]
    return made.record not in set(rows[section.table.id])


@dataclass(frozen=True)
class Change:
    """What shall be said otherwise under a key of the record: `column` is what a source names for it, `old` and `new` the answers."""

    key: str
    column: str
    old: str
    new: str
    nested: bool

    @property
    def stays(self) -> bool:
        """Whether there is something afterwards for a source to support."""
        return bool(self.new) and (self.key, plain(self.new)) != (STATUS, UNKNOWN)


def correct(made: Draft, section: Section, asked: Entry) -> None:
    """What the tables say otherwise, and what becomes of the sources that the record has for it."""
    rows = {question.key: question for form in made.forms if form.section == section.name for question in form.questions
            if question.part == "rows"}
    columns = {key: column for key, column in item_keys(section.table).items() if column.name != section.table.id}
    choices = [(key, name) for key, column in columns.items() for name in (key, column.name, column.title)]
    choices += [(key, question.heading) for key, question in rows.items()]
    named = filter(None, parts_of(str(asked["column"]).replace("\n", ";")))
    keys = list(dict.fromkeys(column_of(made, "column", text, choices, section.table) for text in named))
    texts = None if None in keys else lines_of(made, keys, asked)
    source = source_of(made)
    if texts is None:
        return
    changes = [Change(key, supported_as(section, key), *pair, key in section.nested) for key, pair in zip(keys, texts, strict=True)]
    if not possible(made, section, changes):
        return
    for one in changes:
        put(made, section, one, columns.get(one.key), rows.get(one.key), source)
    evidence(made, section, changes, source)


def lines_of(made: Draft, keys: list[str], asked: Entry) -> list[tuple[str, str]] | None:
    """The old and the new text for each key; None, with a complaint, where they do not fit."""
    texts = {which: str(asked.get(which, "")) for which in ("old", "new")}
    if not any(texts.values()):
        complain(made, "change", "new", "Neither answer says anything.", "Write what it says now, what it should say, or both.")
        return None
    if len(keys) == 1:
        return [(texts["old"], texts["new"])]
    found = []
    for which, text in texts.items():
        lines = [line.strip() for line in text.splitlines() if line.strip()] or [NOTHING] * len(keys)
        if len(lines) != len(keys):
            complain(made, "change", which, f"There are {len(keys)} columns and {len(lines)} lines.",
                     f"Write one line for each of {', '.join(keys)}, in this order, and `{NOTHING}` for an empty cell.")
            return None
        found.append(["" if line == NOTHING else line for line in lines])
    return list(zip(*found, strict=True))


def supported_as(section: Section, key: str) -> str:
    """What a source names for a key of the record: its column, or that of the rows that belong to it."""
    nested = section.nested.get(key)
    if nested is None:
        return item_keys(section.table)[key].name
    if key in section.nested[SOURCES].by_name[SUPPORTS].terms:
        return key
    return next(name for name in nested.columns if name in section.table.by_name and name != section.table.id)


def possible(made: Draft, section: Section, changes: list[Change]) -> bool:
    """Whether the changes go together with each other and with the reason; what does not is complained of."""
    before = len(made.answers.complaints)
    by_key = {one.key: one for one in changes}
    as_of = cells(made, section).get(AS_OF, "")
    if STATUS in by_key and AS_OF not in by_key and as_of and plain(by_key[STATUS].old) != plain(by_key[STATUS].new):
        complain(made, "change", "column", f"The record gives its status as of {as_of}.",
                 f"Correct both: `{STATUS}; {AS_OF}`, with a line for each.")
    if made.answers.of("change").get("why") == DISAGREE and any(one.nested and one.stays for one in changes):
        complain(made, "change", "why", "A source cannot support and dispute the same list.",
                 "For the disagreement send the form for a dispute or a further source.")
    return len(made.answers.complaints) == before


def put(made: Draft, section: Section, one: Change, column: Field | None, rows: Question | None, source: str) -> None:
    """The corrections that a change stands for."""
    old, new = (list(values(made, section, column, rows, text, made.answers.question("change", which).heading))
                for which, text in (("old", one.old), ("new", one.new)))
    for entry in new if rows and CITATION in item_keys(rows.table, nested=True) and source else ():
        entry[CITATION] = source
    for then, now in zip_longest(old, new, fillvalue=""):
        made.put(CORRECTIONS, {"record": made.record, "column": one.key, "old": then, "new": now})


def values(made: Draft, section: Section, column: Field | None, rows: Question | None, text: str, heading: str) -> Iterator[object]:
    """An old or new value as a card has it: of a column, or of rows that belong to the record, one a line."""
    if rows:
        yield from rows_of(made, rows, text, heading)
    elif text and column.type == "list":
        yield [cell(made, section.table, column, part, [], heading) for part in parts_of(text) if part]
    elif text and section.table.targets.get(column.name) == ORGANIZATIONS:
        name, *more = parts_of(text)
        yield cell(made, section.table, column, name, more, heading)
    elif text:
        yield cell(made, section.table, column, text, [], heading)


def evidence(made: Draft, section: Section, changes: list[Change], source: str) -> None:
    """What becomes of the sources of a record after a correction, by its reason: a source that was misread goes on to support a
    column; others no longer do, and those that still say the old value dispute it. No source supports what is empty or unknown."""
    why, stays = made.answers.of("change").get("why"), [one for one in changes if one.stays]
    if source and not (stays and SOURCES in section.nested):
        complain(made, "citation", "url", "No source can be linked to this." if stays else "A value that goes has no source.",
                 "Leave the answers on the source empty, and name the page in a comment on this issue.")
    if SOURCES not in section.nested or why is None:
        return
    if why != MISREAD and not source and any(one.key not in APART for one in stays):
        complain(made, "citation", "url", "A correction that the sources of the record do not show needs one that does.",
                 "Give its address and what else is asked of a source.")
    turned = [one for one in changes if not one.nested and (why != MISREAD or not one.stays)]
    turn(made, section, {one.column: why == DISAGREE and one.stays for one in turned}, source)
    if source:
        say(made, section, source, [one.column for one in stays], SUPPORTS, str(made.answers.of("link").get("locator", "")))


def turn(made: Draft, section: Section, columns: dict[str, bool], source: str) -> None:
    """Let the other sources of a record no longer support columns; perhaps they dispute them from now on (column → whether)."""
    for row in made.links(section):
        supported = row[SUPPORTS].split(";")
        lost = [column for column in supported if column in columns]
        if row["stance"] == SUPPORTS and lost and row["citation_id"] != source:
            link(made, row, [column for column in supported if column not in columns])
            say(made, section, row["citation_id"], [column for column in lost if columns[column]], DISPUTES, row["locator"])
