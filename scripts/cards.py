"""Record cards, the form in which a fact reaches the dataset: read from YAML into rows of the tables, and checked for shape.

Which key becomes which column stands in the table schemas (`card`). Nothing here asks whether a value is right: that is for
the checks of the tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from pathlib import Path

from . import fill
from .documents import Mapping, load_yaml, unknown_keys
from .package import MISSING, Field, Package, Table
from .problem import ERROR, Kind, Problem, kind

UNKNOWN_SECTION = kind("unknown-section", ERROR, "cards", "The sections of a card are known.",
                       good="deployments:", bad="deployment:")
EMPTY_CARD = kind("empty-card", ERROR, "cards", "A card file holds at least one entry.",
                  good="claims: [{id: zzz-a, …}]", bad="claims: []")
UNKNOWN_KEY = kind("unknown-key", ERROR, "cards", "Each key of a card is one of its section, spelt so.",
                   good="country: ZZA", bad="Country: ZZA")
SHAPE = kind("card-shape", ERROR, "cards", "Each key of a card holds a text, a list of texts or a list of entries, as it should.",
             good="technologies: [cloud]", bad="technologies: cloud")
NO_KEY = kind("incomplete-entry", ERROR, "cards", "Each entry of a card has the keys that tell it from all others.",
              good="- id: zzz-a", bad="- title: Zzz")
SEPARATOR = kind("separator-in-item", ERROR, "cards", "No item of a list holds the character that separates items in a table.",
                 good="authors: [Zoe Zzz, Yan Yyy]", bad="authors: [Zoe Zzz; Yan Yyy]")
VALUE_TWICE = kind("value-twice", ERROR, "cards", "A sum is given once: `value_usd`, or `value` with `currency`.",
                   good="value_usd: 1500", bad="value_usd: 1500 and value: 1400")

CORRECTIONS = "corrections"  # the section that belongs to no table: its entries change what the tables say
CORRECTION_KEYS = ("record", "column", "old", "new")
NESTED, PLAIN = "^", "."  # in a schema's `card`: the id of the record around it; the item itself, a plain text
SHORT_SUM, AMOUNT, CURRENCY, DOLLARS = "value_usd", "value", "currency", "USD"
SUM = re.compile(r"[1-9][0-9]{0,17}")
LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]")


@dataclass(frozen=True)
class CardRow:
    """A row as a card gives it.

    `cells` is the whole row as it would be added, `stated` the cells that the card itself gives, the only ones compared with a
    row that exists; `also` is another wording of `stated` that counts as the same; `filled` are the columns that a rule filled.
    `places` are the file and the line of each key, by column.
    `key` is the key of the list in which it stood, None for an entry of a section.
    """

    table: Table
    record: str
    cells: dict[str, str]
    stated: dict[str, str]
    file: str
    line: int
    key: str | None = None
    also: dict[str, str] | None = None
    filled: tuple[str, ...] = ()
    places: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def files(self) -> set[str]:
        """The files of the cards that it comes from."""
        return {self.file, *(file for file, _ in self.places.values())}

    @property
    def primary_key(self) -> tuple[str, ...]:
        return tuple(self.cells[column] for column in self.table.primary_key)

    @property
    def place(self) -> dict:
        """Where a problem of this row stands."""
        return {"table": self.table.name, "file": self.file, "line": self.line, "record": self.record or None}


@dataclass(frozen=True)
class Correction:
    """A change of what the tables say of a record under a key of its card (or a column): `old` is what they say, `new` what they
    shall say. Each is a text, a list of texts or, of a row that belongs to the record, an entry; empty text where there is none.
    `lines` are those of its keys, as far as they are there."""

    record: str
    key: str
    old: object
    new: object
    file: str
    line: int
    lines: dict[str, int] = field(default_factory=dict)


@dataclass
class Cards:
    """What card files hold: rows, corrections, and every problem of every file."""

    rows: list[CardRow] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """A section of a card: the table of its entries, and by key the tables of the lists nested in them."""

    name: str
    table: Table
    nested: dict[str, Table]


def sections(package: Package) -> dict[str, Section]:
    """The sections that a card may have, by name."""
    places = [(table, place) for table in package.tables.values() if table.card
              for place in (table.card, *table.card.get("also", ()))]
    nested: dict[str, dict[str, Table]] = defaultdict(dict)
    for table, place in places:
        if "key" in place:
            nested[place["section"]][place["key"]] = table
    return {place["section"]: Section(place["section"], table, nested[place["section"]])
            for table, place in places if "key" not in place}


def item_keys(table: Table, nested: bool = False) -> dict[str, Field]:
    """Key → field of an entry for a row of the table, as a section's own entry or nested in a record."""
    def from_record(field: Field) -> bool:
        return field.card == NESTED or (nested and isinstance(field.card, dict) and field.card.get("nested") == NESTED)

    return {field.card_key: field for field in table.fields if not from_record(field)}


def read_cards(paths: Iterable[Path], package: Package) -> Cards:
    """All that the cards in the files hold, in their order."""
    cards = Cards()
    for path in paths:
        document, problems = load_yaml(Path(path), str(path))
        cards.problems += problems
        if document is not None:
            reader = Reader(package, str(path))
            reader.read(document)
            cards.rows += reader.rows
            cards.corrections += reader.corrections
            cards.problems += reader.problems
            if not (reader.rows or reader.corrections or reader.problems or problems):
                cards.problems.append(EMPTY_CARD.at("The file holds no entries.", "Write at least one entry in a section.",
                                                    file=str(path)))
    return cards


@dataclass
class Reader:
    """Reads the cards of one document: rows, corrections and problems gather here."""

    package: Package
    file: str
    rows: list[CardRow] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def sections(self) -> dict[str, Section]:
        return sections(self.package)

    def read(self, document: Mapping) -> None:
        """Take in a document: sections with lists of entries."""
        for name, hint in unknown_keys(document, {*self.sections, CORRECTIONS}):
            self.problems.append(UNKNOWN_SECTION.at(f"`{name[:80]}` is not a section of a card.", hint, file=self.file,
                                                    line=document.lines[name]))
        for section in self.sections.values():
            for entry, line in self.entries(document, section.name, section.table):
                self.read_entry(section, entry, line)
        for entry, line in self.entries(document, CORRECTIONS, None):
            self.read_correction(entry, line)

    def entries(self, document: Mapping, name: str, table: Table | None) -> Iterable[tuple[object, int]]:
        """The entries of a section, each with its line; none where it holds no list."""
        entries = document.get(name) or []
        if isinstance(entries, list):
            return with_lines(entries, document.line)
        self.bad(SHAPE, table, document.lines[name], f"`{name}` is {shape(entries)}.",
                 "It holds a list: start each entry with a dash.")
        return []

    def read_correction(self, entry: object, line: int) -> None:
        """Take in an entry of the section of corrections."""
        if not isinstance(entry, Mapping):
            self.bad(SHAPE, None, line, f"An entry of `{CORRECTIONS}` is {shape(entry)}.",
                     f"Write keys with values: {', '.join(f'`{key}`' for key in CORRECTION_KEYS)}.")
            return
        before = len(self.problems)
        for word, hint in unknown_keys(entry, set(CORRECTION_KEYS)):
            self.bad(UNKNOWN_KEY, None, entry.lines.get(word, entry.line), f"`{word[:80]}` is not a key of `{CORRECTIONS}`.", hint,
                     word[:80])
        record, key, old, new = (entry.get(name, MISSING) for name in CORRECTION_KEYS)
        for name, value in zip(CORRECTION_KEYS[:2], (record, key), strict=True):
            line = entry.lines.get(name, entry.line)
            if not isinstance(value, str):
                self.bad(SHAPE, None, line, f"`{name}` is {shape(value)}.", "Give one text.", name)
            elif not value.strip():
                self.bad(NO_KEY, None, line, f"`{name}` is missing or empty.", "Each entry needs it.", name)
        if old == new:
            self.bad(NO_KEY, None, entry.line, "`old` and `new` are the same, or both are missing.",
                     "Give what the tables say as `old`, and what they shall say as `new`.")
        if len(self.problems) == before:
            self.corrections.append(Correction(normal(record), normal(key), old, new, self.file, entry.line, entry.lines))

    def read_entry(self, section: Section, entry: object, line: int) -> None:
        """Take in one entry of a section, with the lists nested in it: all its rows, or none where it has a problem."""
        table, before = section.table, len(self.problems)
        if not isinstance(entry, Mapping):
            self.bad(SHAPE, table, line, f"An entry of `{section.name}` is {shape(entry)}.",
                     f"Write keys with values, first `- {next(iter(item_keys(table)))}: …`.")
            return
        record = entry.get(table.by_name[table.id].card_key)
        record = normal(record) if isinstance(record, str) else ""
        rows = [self.row(section, table, None, filled(table, entry), record, entry)]
        for key, link in section.nested.items():
            rows += self.read_nested(section, key, link, entry, record)
        if len(self.problems) == before:
            self.rows += rows

    def read_nested(self, section: Section, key: str, link: Table, entry: Mapping, record: str) -> list[CardRow]:
        """The rows of a list nested in a record."""
        items, keys = entry.get(key) or [], item_keys(link, nested=True)
        if not isinstance(items, list):
            self.bad(SHAPE, link, entry.lines.get(key, entry.line), f"`{key}` is {shape(items)}.", "It is a list: put it in [ ].",
                     key, record)
            return []
        rows = []
        for item, line in with_lines(items, entry.line):
            if PLAIN in keys and isinstance(item, str) and item.strip():
                item = at_line(line, {PLAIN: item})
            elif PLAIN in keys or not isinstance(item, Mapping):
                wanted = "plain texts" if PLAIN in keys else f"entries with keys, such as {{{': …, '.join(keys)}: …}}"
                self.bad(SHAPE, link, line, f"An item of `{key}` is {shape(item)}.",
                         f"The list holds {wanted}.", key, record)
                continue
            rows.append(self.row(section, link, key, item, record, item))
        return rows

    def row(self, section: Section, table: Table, key: str | None, full: Mapping, record: str, entry: Mapping) -> CardRow:
        """One row: `full` is the entry with what rules fill, `entry` as the card has it."""
        keys = item_keys(table, nested=key is not None)
        place = {"table": table, "line": entry.line, "record": record}
        known = {*keys, *({SHORT_SUM} if AMOUNT in keys else ()), *(section.nested if key is None else ())}
        for word, hint in unknown_keys(entry, known):
            self.bad(UNKNOWN_KEY, message=f"`{word[:80]}` is not a key of `{key or section.name}`.", hint=hint,
                     column=word[:80], **{**place, "line": entry.lines.get(word, entry.line)})
        if AMOUNT in keys and entry.get(SHORT_SUM):
            for word in (AMOUNT, CURRENCY):
                if entry.get(word):
                    self.bad(VALUE_TWICE, message=f"`{word}` stands beside `{SHORT_SUM}`.",
                             hint=f"Keep `{SHORT_SUM}`, or `{AMOUNT}` with `{CURRENCY}`.", column=word,
                             **{**place, "line": entry.lines.get(word, entry.line)})
        raw = self.cells(keys, entry, place)
        after = raw if full is entry else self.cells(keys, full, place, quiet=True)
        given = {} if key is None else {field.name: record for field in table.fields if field not in keys.values()}
        cells = {field.name: after.get(field.name) or given.get(field.name) or field.default for field in table.fields}
        for column in table.primary_key:
            name = table.by_name[column].card_key
            if not cells[column] and column not in given and isinstance(entry.get(name, MISSING), str):
                self.bad(NO_KEY, message=f"`{name}` is missing or empty.",
                         hint="Each entry needs it.", column=column, **place)
        stated = {column: after[column] for column in raw if column in after}
        places = {field_.name: (self.file, entry.lines[word]) for word, field_ in keys.items() if word in entry.lines}
        if SHORT_SUM in entry.lines and AMOUNT in keys:
            places[keys[AMOUNT].name] = self.file, entry.lines[SHORT_SUM]
        return CardRow(table, record, cells, stated, self.file, entry.line, key, also=raw if raw != stated else None, places=places,
                       filled=tuple(column for column in after if after[column] != raw.get(column, MISSING)))

    def cells(self, keys: dict[str, Field], entry: dict, place: dict, quiet: bool = False) -> dict[str, str]:
        """Column → text of each key that the entry has; an empty value is as if the key were not there."""
        found, before, lines = {}, len(self.problems), getattr(entry, "lines", {})
        if entry.get(SHORT_SUM):
            entry = {**entry, AMOUNT: entry[SHORT_SUM], CURRENCY: DOLLARS}
        for key, field_ in keys.items():
            text = self.text(key, field_, entry.get(key, MISSING), {**place, "line": lines.get(key, place["line"])})
            if text:
                found[field_.name] = text
        if quiet:  # the same values were read before: say nothing twice
            del self.problems[before:]
        return found

    def text(self, key: str, field_: Field, value: object, place: dict) -> str:
        """The text of a cell; empty, with a problem, where the value has the wrong shape."""
        if value == MISSING:
            return MISSING
        if field_.type != "list":
            if isinstance(value, str):
                return normal(value)
            self.bad(SHAPE, message=f"`{key}` is {shape(value)}.", hint="Give one text.", column=key, **place)
            return MISSING
        if not isinstance(value, list):
            self.bad(SHAPE, message=f"`{key}` is {shape(value)}.", hint="It is a list: put it in [ ].", column=key, **place)
            return MISSING
        items = []
        for item, line in with_lines(value, place["line"]):
            here = {**place, "line": line}
            if not isinstance(item, str) or not item.strip():
                self.bad(SHAPE, message=f"An item of `{key}` is {shape(item)}.", hint="Each item is one text.", column=key, **here)
                continue
            items.append(normal(item))
            if field_.delimiter in item:
                self.bad(SEPARATOR, message=f"The item `{items[-1][:120]}` of `{key}` holds `{field_.delimiter}`.",
                         hint="Write two items, or leave the character out.", column=key, **here)
        if field_.columns_of:
            items = [self.supported(field_).get(item, item) for item in items]
        return field_.delimiter.join(items if field_.keep_order else sorted(set(items)))

    def supported(self, field_: Field) -> dict[str, str]:
        """Key of a card → the column that a source supports by naming it. What is no key stays as it is."""
        table = self.package.tables[field_.columns_of]
        columns = {key: field.name for key, field in item_keys(table).items() if field.name != table.id}
        if AMOUNT in columns:
            columns |= dict.fromkeys((SHORT_SUM, CURRENCY), columns[AMOUNT])  # a currency is read with its sum
        return {key: column for key, column in columns.items() if key not in field_.terms}

    def bad(self, kind: Kind, table: Table | None, line: int, message: str, hint: str, column: str | None = None,
            record: str = "") -> None:
        """Add a problem of this file."""
        self.problems.append(kind.at(message, hint, table=table.name if table else None, file=self.file, line=line,
                                     column=column, record=record or None))


def filled(table: Table, entry: Mapping) -> Mapping:
    """The entry with what the written rules fill in it; the same object where they have nothing to add."""
    if any(not well_shaped(field, entry.get(key, MISSING)) for key, field in item_keys(table).items()):
        return entry
    if table.name == "citations":
        full = fill.citation(entry)
    elif table.name == "deployments":
        full = judged(entry) | {key: value for key, value in entry.items() if value}
    else:
        return entry
    return at_line(entry.line, full) if full != entry else entry


def judged(entry: Mapping) -> dict[str, str]:
    """What the rules say of a deployment that does not say it itself: how far it is AI, and what kind of sum it names."""
    amount = entry.get(AMOUNT) or entry.get(SHORT_SUM)
    words = {"ai_basis": fill.ai_basis(entry)}
    if isinstance(amount, str) and SUM.fullmatch(amount):
        words["value_kind"] = fill.value_kind({**entry, AMOUNT: int(amount)})  # the rule compares numbers
    return words


def well_shaped(field_: Field, value: object) -> bool:
    """Whether a value has the shape that its field takes."""
    if field_.type != "list":
        return isinstance(value, str)
    return value == MISSING or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def shape(value: object) -> str:
    """A value's shape in words."""
    if isinstance(value, str):
        return f"the text `{value[:40]}`" if value.strip() else "empty"
    return "a list" if isinstance(value, list) else "a mapping"


def at_line(line: int, values: dict) -> Mapping:
    """A mapping that says it stands on a line."""
    mapping = Mapping(values)
    mapping.line = line
    return mapping


def with_lines(items: list, line: int) -> Iterable[tuple[object, int]]:
    """Each item of a list with the line it starts on, `line` where the list does not know."""
    return zip(items, getattr(items, "lines", repeat(line)), strict=False)


def normal(text: str) -> str:
    """A text as a cell holds it: composed characters, line breaks as spaces, no space around it."""
    lines = LINE_BREAK.split(unicodedata.normalize("NFC", text))
    return " ".join(line for line in map(str.strip, lines) if line)
