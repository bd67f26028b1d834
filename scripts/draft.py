"""The answers to a web form as a record card: ids made up, names and terms looked up, what cannot be told complained of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from slugify import slugify

from .answers import Answers, nearest, term
from .cards import CORRECTIONS, PLAIN, Section, item_keys, sections
from .forms import CITATIONS, COUNTRIES, ORGANIZATION_TYPE, ORGANIZATIONS, YES_NO, Form, Question
from .names import Names
from .package import Field, Table
from .problem import plain
from .tables import Tables

Entry = dict[str, object]
TOO_FEW = "Separate the parts with semicolons: {}."
LONGEST = 40  # characters of a title in an id
SMALL_WORDS = ("a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "s", "the", "to", "with")
MOST_LINES = 250  # rows of one answer; more is work for a card, and for hours of comparison
SUPPORTS, DISPUTES = "supports", "disputes"
WHAT_IT_IS = ("title", "issued", "body", "committee", "role", "holder", "start", "country")  # keys that tell a record from others
SOURCES, CITATION = "sources", "citation"  # keys of a card


@dataclass
class Draft:
    """A card as far as the answers give it, by section: `record` is the id that it is about, `title` what that is called. What
    cannot be told is complained of in the answers."""

    answers: Answers
    names: Names
    forms: list[Form]
    card: dict[str, list[Entry]] = field(default_factory=dict)
    title: str = ""
    record: str = ""

    @property
    def tables(self) -> Tables:
        return self.names.tables

    @cached_property
    def sections(self) -> dict[str, Section]:
        return sections(self.tables.package)

    def put(self, section: str, entry: Entry) -> None:
        """Add an entry without what is empty."""
        self.card.setdefault(section, []).append({key: value for key, value in entry.items() if value})

    def links(self, section: Section) -> list[dict[str, str]]:
        """The links of the record to its sources."""
        table = section.nested[SOURCES]
        rows = self.tables[table.name]
        return rows[rows[table.id] == self.record].to_dict("records")

    def terms(self, vocabulary: str) -> list[tuple[str, str]]:
        """The terms of a vocabulary with their titles."""
        terms = self.tables.package.vocabularies[vocabulary].terms
        return [(value, parts.title) for value, parts in terms.items() if not parts.deprecated]


def short(title: str) -> str:
    """The first words of a title for an id."""
    return slugify(title, max_length=LONGEST, word_boundary=True, save_order=True, stopwords=SMALL_WORDS)


def record(made: Draft) -> None:
    """A new record with its rows and its source."""
    answers, section = made.answers, made.sections[made.answers.form.section]
    entry: Entry = {key: value_of(made, answers.question("record", key), value) for key, value in answers.of("record").items()}
    made.record = made.names.new_id(*id_parts(section.table, entry))
    made.title = str(entry.get("title") or " ".join(id_parts(section.table, entry)))
    link = answers.of("link")
    for key, text in answers.of("rows").items():
        question = answers.question("rows", key)
        rows = list(rows_of(made, question, text, question.heading))
        if CITATION in item_keys(question.table, nested=True) and key not in link.get(SUPPORTS, []):
            answers.complain(answers.question("link", SUPPORTS).heading, f"The source is not said to state {question.heading.lower()}.",
                             f"Tick them if the page states them, or leave the answer on {question.heading.lower()} out.")
        else:
            entry[key] = rows
    if source := citation(made):
        entry[SOURCES] = [{CITATION: source, **link}]
        sent_before(made, section, entry, source)
    made.put(section.name, {"id": made.record, **entry})


def sent_before(made: Draft, section: Section, entry: Entry, source: str) -> None:
    """Complain of a new record that is there with the same name, country and source."""
    keys, rows, links = item_keys(section.table), made.tables[section.table.name], made.tables[section.nested[SOURCES].name]
    same = rows[section.table.id].isin(links.loc[links.citation_id == source, section.table.id])
    for key in [key for key in WHAT_IT_IS if key in keys]:
        same &= rows[keys[key].name].map(plain) == plain(str(entry.get(key, "")))
    for id_ in rows.loc[same, section.table.id].head(1):
        made.answers.complain(made.answers.form.questions[0].heading, f"This seems to be `{id_}`, which is in the dataset already.",
                              "To change it, send the form for a correction, a dispute or a further source.")


def id_parts(table: Table, entry: Entry) -> list[str]:
    """What the id of a record is made of."""
    year = str(entry.get("issued") or entry.get("start") or "")[:4]
    if "title" in item_keys(table):
        return [str(entry.get("country", "")), year, short(str(entry.get("title", "")))]
    return [str(entry.get(key, "")) for key in ("body", "committee", "role")] + [year, str(entry.get("holder") or entry.get("country", ""))]


def value_of(made: Draft, question: Question, value: str | list[str]) -> str | list[str]:
    """The answer to a question as a card has it."""
    if question.field is None or isinstance(value, list) or question.choices:
        return value
    if question.table.targets.get(question.field.name) == ORGANIZATIONS:
        name, *more = parts_of(value)
        return organization(made, question.heading, name, more) or value
    return list(filter(None, parts_of(value))) if question.field.type == "list" else value


def parts_of(text: str) -> list[str]:
    """What stands between the semicolons of a line."""
    return [part.strip() for part in text.split(";")]


def organization(made: Draft, heading: str, name: str, more: list[str], line: tuple[str, ...] = ()) -> str | None:
    """The id of the organization that a text names; of a new one where `more` gives its type and country, else a complaint. `line`
    are the parts of the line in which it stands."""
    type_, country, *rest = [*more, "", ""]
    types = made.terms(made.tables.package.tables[ORGANIZATIONS].by_name[ORGANIZATION_TYPE].vocabulary)
    term_, code = term(type_, types), made.names.country(country)
    if known := made.names.organization(name):
        there = made.names.kinds.get(known, ("", ""))
        if any(given and given != is_ for given, is_ in zip((term_, code), there, strict=True)):
            made.answers.complain(heading, f"`{name[:80]}` stands in the dataset already, as {' in '.join(filter(None, there))}.",
                                  "If you mean that one, leave type and country out; if another, give the name that tells it apart.")
        return known
    if name and term_ and (code or not country) and not any(rest):
        made.names.organizations[plain(name)] = id_ = made.names.new_id(short(name) or name)
        made.names.kinds[id_] = (term_, code or "")
        made.put(ORGANIZATIONS, {"id": id_, "name": name, "type": term_, "country": code})
        return id_
    if not type_:
        known = made.names.near_organization(name)
        whole = "; ".join(("name", *line[1:], "type", "country"))
        message = f"No organization `{name[:80]}` is in the dataset."
        hint = f"{f'Did you mean `{known}`?' if known else ''} If it is new, write: {whole}."
    elif not term_:
        message, hint = f"`{type_[:80]}` is no type of organization.", nearest(type_, types)
    elif country and not code:
        message, hint = f"`{country[:80]}` is no country.", made.names.near_country(country)
    else:
        message, hint = f"`{name[:80]}` is followed by more than type and country.", "Write each organization on a line of its own."
    made.answers.complain(heading, message, hint.strip())
    return None


def rows_of(made: Draft, question: Question, text: str, heading: str) -> Iterator[Entry | str]:
    """An entry for each line of an answer of rows; what is wrong is complained of under a heading."""
    keys = item_keys(question.table, nested=True)
    columns = [keys[key] for key in question.line]
    lines = [line for line in (line.strip().lstrip("-*").strip() for line in text.splitlines()) if line]
    if len(lines) > MOST_LINES:
        made.answers.complain(heading, f"The answer has {len(lines):,} lines; a form takes {MOST_LINES}.", "Send a card for so many rows.")
    for line in lines[:MOST_LINES]:
        parts, before = parts_of(line), len(made.answers.complaints)
        if not (columns[-1].vocabulary or columns[-1].name in question.table.targets):  # the last part is text, which may hold semicolons
            parts[len(columns) - 1:] = filter(None, ["; ".join(parts[len(columns) - 1:])])
        if with_commas(columns, parts, line):
            made.answers.complain(heading, f"The line `{line[:80]}` has too few parts.", TOO_FEW.format("; ".join(question.line)))
            continue
        more = parts[len(columns):]
        entry = {key: cell(made, question.table, column, part, more, heading, question.line)
                 for key, column, part in zip(question.line, columns, parts, strict=False) if part}
        lacks = [column.title.lower() for key, column in zip(question.line, columns, strict=True)
                 if column.required and not column.default and key not in entry]
        if lacks or (any(more) and ORGANIZATIONS not in [question.table.targets.get(column.name) for column in columns]):
            wrong = f"does not say the {' and the '.join(lacks)}" if lacks else "has too many parts"
            made.answers.complain(heading, f"The line `{line[:80]}` {wrong}.", f"Write a line as: {'; '.join(question.line)}.")
        if len(made.answers.complaints) == before:
            yield entry[PLAIN] if PLAIN in question.line else entry


def with_commas(columns: list[Field], parts: list[str], line: str) -> bool:
    """Whether a line lacks parts that it would have if its commas were semicolons."""
    needed = sum(bool(column.required and not column.default) for column in columns)
    return len(list(filter(None, parts))) < needed <= len(list(filter(None, parts_of(line.replace(",", ";")))))


def cell(made: Draft, table: Table, column: Field, text: str, more: list[str], heading: str, line: tuple[str, ...] = ()) -> str:
    """A text as a cell of a column: the code of a country, the id of an organization (with `more` of a new one), a term, or the text
    itself; where it names none of these, the text with a complaint under a heading."""
    target = table.targets.get(column.name)
    if target == ORGANIZATIONS:
        return organization(made, heading, text, more, line) or text
    terms = made.terms(column.vocabulary) if column.vocabulary else list(YES_NO.items()) if column.type == "boolean" else []
    found = made.names.country(text) if target == COUNTRIES else term(text, terms) if terms else text
    if found is None and target == COUNTRIES:
        made.answers.complain(heading, f"`{text[:80]}` is no country.", made.names.near_country(text))
    elif found is None:
        made.answers.complain(heading, f"`{text[:80]}` is not known as {column.title.lower()}.", nearest(text, terms))
    return text if found is None else found


def citation(made: Draft) -> str:
    """The id of the source that the form gives, a new one if its address is not known; empty where it gives none."""
    answers = made.answers
    given = {key: value_of(made, answers.question("citation", key), value) for key, value in answers.of("citation").items()}
    if not given:
        return ""
    if known := made.names.page(str(given.get("url", ""))):
        return known
    id_ = made.names.new_id(str(given.get("publisher", "")), str(given.get("published", ""))[:4], short(str(given.get("title", ""))))
    made.put(CITATIONS, {"id": id_, **given})
    return id_


def say(made: Draft, section: Section, source: str, columns: list[str], stance: str, locator: str = "") -> None:
    """Let a source support or dispute columns of the record, in the link that it has already or in one of its own."""
    if not (source and columns):
        return
    for row in made.links(section):
        if (row["citation_id"], row["stance"]) == (source, stance):
            supported = row[SUPPORTS].split(";")
            link(made, row, sorted({*supported, *columns}))
            return
    given = {CITATION: source, SUPPORTS: columns, "stance": stance, "locator": locator}
    made.put(section.name, {"id": made.record, SOURCES: [{key: value for key, value in given.items() if value}]})


def link(made: Draft, row: dict[str, str], columns: list[str]) -> None:
    """Correct what a source that is there supports or disputes; without columns its link goes."""
    old = {CITATION: row["citation_id"], SUPPORTS: row[SUPPORTS].split(";"), "stance": row["stance"]}
    if columns != old[SUPPORTS]:
        made.put(CORRECTIONS, {"record": made.record, "column": SOURCES, "old": old, "new": {**old, SUPPORTS: columns} if columns else ""})
