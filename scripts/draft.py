"""The answers to a web form as a record card: ids made up, names and terms looked up, what cannot be told complained of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest

from slugify import slugify

from .answers import Answers, nearest, term
from .cards import CORRECTIONS, PLAIN, Section, item_keys, sections
from .changes import WITHDRAWN
from .forms import APART, CITATIONS, COUNTRIES, ORGANIZATION_TYPE, ORGANIZATIONS, YES_NO, Form, Question
from .names import Names
from .package import Field, Table
from .problem import did_you_mean, plain
from .tables import Tables

Entry = dict[str, object]
LONGEST = 40  # characters of a title in an id
SMALL_WORDS = ("a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "s", "the", "to", "with")
SUPPORTS, DISPUTES = "supports", "disputes"
SOURCES, CITATION = "sources", "citation"  # keys of a card
MISREAD, DISAGREE = "misread", "disagree"  # choices of forms.yaml that decide what becomes of the sources of a corrected column


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


def draft(answers: Answers, tables: Tables, forms: list[Form]) -> Draft:
    """The card that the answers stand for."""
    made = Draft(answers, Names(tables), forms)
    if answers.form.section:
        record(made)
    else:
        change(made)
    return made


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
    made.put(section.name, {"id": made.record, **entry})


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


def organization(made: Draft, heading: str, name: str, more: list[str]) -> str | None:
    """The id of the organization that a text names; of a new one where `more` gives its type and country, else a complaint."""
    if known := made.names.organization(name):
        return known
    type_, country, *rest = [*more, "", ""]
    types = made.terms(made.tables.package.tables[ORGANIZATIONS].by_name[ORGANIZATION_TYPE].vocabulary)
    term_, code = term(type_, types), made.names.country(country)
    if name and term_ and (code or not country) and not any(rest):
        made.names.organizations[plain(name)] = id_ = made.names.new_id(short(name) or name)
        made.put(ORGANIZATIONS, {"id": id_, "name": name, "type": term_, "country": code})
        return id_
    if not type_:
        near = did_you_mean(name, made.tables[ORGANIZATIONS]["name"])
        message, hint = f"No organization `{name[:80]}` is in the dataset.", f"{near} If it is new, add its type and country."
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
    for line in filter(None, (line.strip().lstrip("-*").strip() for line in text.splitlines())):
        parts, before = parts_of(line), len(made.answers.complaints)
        if not (columns[-1].vocabulary or columns[-1].name in question.table.targets):  # the last part is text, which may hold semicolons
            parts[len(columns) - 1:] = filter(None, ["; ".join(parts[len(columns) - 1:])])
        more = parts[len(columns):]
        entry = {key: cell(made, question.table, column, part, more, heading)
                 for key, column, part in zip(question.line, columns, parts, strict=False) if part}
        lacks = [column.title.lower() for key, column in zip(question.line, columns, strict=True)
                 if column.required and not column.default and key not in entry]
        if lacks or (any(more) and ORGANIZATIONS not in [question.table.targets.get(column.name) for column in columns]):
            wrong = f"does not say the {' and the '.join(lacks)}" if lacks else "has too many parts"
            made.answers.complain(heading, f"The line `{line[:80]}` {wrong}.", f"Write a line as: {'; '.join(question.line)}.")
        if len(made.answers.complaints) == before:
            yield entry[PLAIN] if PLAIN in question.line else entry


def cell(made: Draft, table: Table, column: Field, text: str, more: list[str], heading: str) -> str:
    """A text as a cell of a column: the code of a country, the id of an organization (with `more` of a new one), a term, or the text
    itself; where it names none of these, the text with a complaint under a heading."""
    target = table.targets.get(column.name)
    if target == ORGANIZATIONS:
        return organization(made, heading, text, more) or text
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


def change(made: Draft) -> None:
    """A correction, a source for a record that is there, or a withdrawal."""
    asked = made.answers.of("change")
    made.record = made.title = str(asked.get("record", ""))
    table = made.names.owners.get(made.record)
    if table is None:
        if made.record:
            unknown(made)
        return
    section = next(section for section in made.sections.values() if section.table is table)
    if "reason" in asked:
        made.put(WITHDRAWN, {"record": made.record, "reason": asked["reason"], "replaced_by": asked.get("replaced_by")})
    elif "column" in asked:
        correct(made, section, asked)
    elif SUPPORTS in asked:
        speak(made, section, asked)


def unknown(made: Draft) -> None:
    """Complain of a record that is not there."""
    gone, id_ = made.tables[WITHDRAWN], made.record
    successor = dict(zip(gone.record_id, gone.replaced_by, strict=True)).get(id_)
    message = f"No record has the id `{id_[:80]}`." if successor is None else f"`{id_}` is withdrawn."
    hint = f"Its facts are in `{successor}`." if successor else did_you_mean(id_, made.names.owners) or "Copy the first cell of its row."
    made.answers.complain(made.answers.question("change", "record").heading, message, hint)


def column_of(made: Draft, asked: str, text: str, choices: list[tuple[str, str]], table: Table) -> str | None:
    """The value among the choices that a text names in answer to a question, else a complaint."""
    found = term(text, choices)
    if found is None:
        known = list(dict.fromkeys(value for value, _ in choices))
        made.answers.complain(made.answers.question("change", asked).heading, f"`{text[:80]}` is no column of {table.name}.",
                              did_you_mean(text, known) or f"Known: {', '.join(f'`{value}`' for value in known)}.")
    return found


def speak(made: Draft, section: Section, asked: Entry) -> None:
    """A source that supports or disputes what a record says."""
    if SOURCES not in section.nested:
        made.answers.complain(made.answers.question("change", "record").heading,
                              f"Sources are linked to no record of {section.table.name}.",
                              "Name a deployment, a standards role or a policy statement.")
        return
    columns, said = section.nested[SOURCES].by_name[SUPPORTS].terms, made.answers.of("link")
    choices = [(column, column) for column in columns]
    choices += [(column.name, name) for key, column in item_keys(section.table).items() if column.name in columns
                for name in (key, column.title)]
    named = filter(None, parts_of(str(asked[SUPPORTS]).replace("\n", ";").replace(",", ";")))
    found = [column_of(made, SUPPORTS, text, choices, section.table) or text for text in named]
    if not found:
        made.answers.complain(made.answers.question("change", SUPPORTS).heading, "The answer names no column.",
                              "Write one, such as `status`.")
    say(made, section, citation(made), found, str(said.get("stance", DISPUTES)), str(said.get("locator", "")))
    if note := asked.get("note"):
        rows = made.tables[section.table.name]
        there = rows.note[rows[section.table.id] == made.record].iloc[0]
        made.put(CORRECTIONS, {"record": made.record, "column": "note", "old": there, "new": f"{there} {note}".strip()})


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


def correct(made: Draft, section: Section, asked: Entry) -> None:
    """What the tables say otherwise, and what becomes of the sources that the record has for it."""
    answers, source = made.answers, citation(made)
    rows = {question.key: question for form in made.forms if form.section == section.name for question in form.questions
            if question.part == "rows"}
    columns = {key: column for key, column in item_keys(section.table).items() if column.name != section.table.id}
    choices = [(key, name) for key, column in columns.items() for name in (key, column.name, column.title)]
    choices += [(key, question.heading) for key, question in rows.items()]
    key = column_of(made, "column", str(asked["column"]), choices, section.table)
    texts = {which: str(asked.get(which, "")) for which in ("old", "new")}
    if key and not any(texts.values()):
        answers.complain(answers.question("change", "new").heading, "Neither answer says anything.",
                         "Write what it says now, what it should say, or both.")
    if key is None or not any(texts.values()):
        return
    old, new = (list(values(made, section, columns.get(key), rows.get(key), text, answers.question("change", which).heading))
                for which, text in texts.items())
    for entry in new if key in rows and CITATION in item_keys(rows[key].table, nested=True) and source else ():
        entry[CITATION] = source
    for pair in zip_longest(old, new, fillvalue=""):
        made.put(CORRECTIONS, {"record": made.record, "column": key, **dict(zip(texts, pair, strict=True))})
    evidence(made, section, key, source, bool(texts["new"]))


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


def evidence(made: Draft, section: Section, key: str, source: str, stays: bool) -> None:
    """What becomes of the sources of a record after a correction under a key, by its reason: a source that was misread goes on to
    support the column; others no longer do, and those that still say the old value dispute it. No source supports what is empty."""
    why, heading = made.answers.of("change").get("why"), made.answers.question("citation", "url").heading
    if source and not (stays and SOURCES in section.nested):
        made.answers.complain(heading, "No source can be linked to this." if stays else "A value that goes has no source.",
                              "Leave the answers on the source empty, and name the page in a comment on this issue.")
    if SOURCES not in section.nested or why is None:
        return
    if stays and why != MISREAD and not source and key not in APART:
        made.answers.complain(heading, "A correction that the sources of the record do not show needs one that does.",
                              "Give its address and what else is asked of a source.")
    named = section.nested.get(key)
    column = item_keys(section.table)[key].name if not named else key if key in section.nested[SOURCES].by_name[SUPPORTS].terms \
        else next(name for name in named.columns if name in section.table.by_name and name != section.table.id)
    if not named and (why != MISREAD or not stays):
        turn(made, section, column, source, why == DISAGREE and stays)
    if source and stays:
        say(made, section, source, [column], SUPPORTS, str(made.answers.of("link").get("locator", "")))


def turn(made: Draft, section: Section, column: str, source: str, dispute: bool) -> None:
    """Let the other sources of a record no longer support a column; perhaps they dispute it from now on."""
    for row in made.links(section):
        supported = row[SUPPORTS].split(";")
        if row["stance"] == SUPPORTS and column in supported and row["citation_id"] != source:
            link(made, row, [other for other in supported if other != column])
            if dispute:
                say(made, section, row["citation_id"], [column], DISPUTES, row["locator"])
