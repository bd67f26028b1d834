"""The page that sets policy statements side by side, theme by theme."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..records import Row
from ..vocabularies import Term
from . import address
from .assets import data_script
from .content import Site
from .page import Page, shown
from .record_pages import anchor

PLACE, SCRIPT, DATA = "compare/", "compare.js", "themes.js"
GLOBAL = "themes"  # what the script with the matrix sets
BY_ISSUER = ("china_led", "un_wide")  # kinds of instruments that say who issued a text, in the order of the page; the others lie between
SYMBOLS = {"supports": "●", "opposes": "✕", "restricts": "◐", "absent": "○", "not_coded": "·"}
LOCATOR = 90  # characters of a note that stand for a locator


@dataclass(frozen=True)
class Stance:
    """Where a text can stand on a theme: the term, its sign in the matrix, whether a passage was coded so, and what it means."""

    name: str
    symbol: str
    coded: bool
    term: Term


@dataclass(frozen=True)
class Mark:
    """A cell of the matrix: the stance, the place of the passage ('' where nothing is coded), and where it is in the text."""

    stance: Stance
    place: str = ""
    where: str = ""


@dataclass(frozen=True)
class Text:
    """A statement as a column of the matrix: its marks stand in the order of the themes."""

    id: str
    title: str
    issuer: str
    issued: str
    place: str
    marks: list[Mark]

    @property
    def year(self) -> str:
        return self.issued[:4]


@dataclass(frozen=True)
class Group:
    """Statements of one kind, oldest first."""

    title: str
    texts: list[Text]


def pages(site: Site) -> Iterator[Page]:
    """The page of the matrix, with the statements that the settings name."""
    groups = list(chosen(all_groups(site), frozenset(site.own.compared_statements)))
    themes = site.package.vocabularies["theme"].terms
    texts = [text for group in groups for text in group.texts]
    tally = Counter(mark.stance.name for text in texts for mark in text.marks)
    statements = len(site.rows("policy_statements"))
    yield Page(PLACE, "How the texts are coded, theme by theme", "compare.html", {
        "groups": groups, "themes": themes, "stances": stances(site), "tally": tally, "shown_texts": texts, "statements": statements,
        "codings": codings(site), "anchor_of": lambda theme: passage(site, "STATEMENT", theme),
        "first": [text.id for text in texts], "data": DATA},
        about=f"How {statements:,} policy statements on artificial intelligence are coded on {len(themes)} themes, and from which sources.",
        part_of=PLACE, scripts=(DATA, SCRIPT))


def codings(site: Site) -> tuple[int, int]:
    """How many themes of statements are coded, and how many of these codings rest on an official text."""
    rows = site.rows("statement_themes")
    official = sum(site.row("citations", row["citation_id"])["citation_type"] in site.settings.official_types for row in rows)
    return len(rows), official


def write(site: Site, folder: Path) -> None:
    """Write the matrix of all statements as a script that the page loads. Raises OSError."""
    order = {name: number for number, name in enumerate(stance.name for stance in stances(site))}
    groups = [[group.title, [compact(text, order) for text in group.texts]] for group in all_groups(site)]
    whole = {"themes": list(site.package.vocabularies["theme"].terms), "stances": list(order), "groups": groups}
    data_script(folder, DATA, GLOBAL, whole)


def compact(text: Text, order: dict[str, int]) -> list:
    """A statement as the script holds it: a digit for each mark, and by its number where a mark is in the text."""
    return [text.id, *map(shown, (text.title, text.issuer, text.issued)), "".join(str(order[mark.stance.name]) for mark in text.marks),
            {number: shown(mark.where) for number, mark in enumerate(text.marks) if mark.where}]


def chosen(groups: list[Group], ids: frozenset[str]) -> Iterator[Group]:
    """The groups with only these statements, without those that have none of them."""
    for group in groups:
        if texts := [text for text in group.texts if text.id in ids]:
            yield Group(group.title, texts)


def all_groups(site: Site) -> list[Group]:
    """All statements: the China-led ones, those of other issuers, the UN-wide ones."""
    before, after = BY_ISSUER
    found: dict[str, list[Text]] = {before: [], "": [], after: []}
    for row in site.rows("policy_statements"):
        kind = next((one["instrument_kind"] for one in site.where("instruments", "statement_id", row["statement_id"])), "")
        found[kind if kind in BY_ISSUER else ""].append(text_of(site, row))
    return [Group(site.term("instrument_kind", kind) if kind else "Other issuers", sorted(texts, key=lambda one: (one.issued, one.id)))
            for kind, texts in found.items() if texts]


def text_of(site: Site, row: Row) -> Text:
    """A statement with a mark for each theme."""
    identifier = row["statement_id"]
    known = {stance.name: stance for stance in stances(site)}
    coded = {one["theme"]: one for one in site.where("statement_themes", "statement_id", identifier)}
    matrix = site.row("theme_matrix", identifier)
    marks = [Mark(known[matrix[theme]], *((passage(site, identifier, theme), where(coded[theme])) if theme in coded else ()))
             for theme in site.package.vocabularies["theme"].terms]
    return Text(identifier, row["title"], site.label("organizations", row["issuer_id"]), row["issued"],
                address.of_record("policy_statements", identifier), marks)


def stances(site: Site) -> list[Stance]:
    """All stances, in the order of the vocabulary."""
    coded = site.package.vocabularies["theme_stance"].terms
    return [Stance(name, SYMBOLS.get(name, term.title[:1]), name in coded, term)
            for name, term in site.package.vocabularies["theme_coding"].terms.items()]


def passage(site: Site, statement: str, theme: str) -> str:
    """The place at which the page of a statement has a theme."""
    table = site.package.tables["statement_themes"]
    return f"{address.of_record('policy_statements', statement)}#{anchor(table, {'theme': theme})}"


def where(row: Row) -> str:
    """Where in the text a theme is, or else how the coder's note on it starts."""
    return row["locator"] or textwrap.shorten(row["note"], LOCATOR, placeholder=" …")
