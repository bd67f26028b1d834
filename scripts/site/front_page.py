"""The front page: the question, and what the data let one say to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import known, years
from .cells import Item
from .content import Site
from .cross import asked, cross
from .lists import explorer
from .map_chart import deployments_map
from .news import news
from .page import Page, count
from .structured import of_dataset

QUESTION = "Does what a country deploys agree with what it signs?"
PLACE = ""


@dataclass(frozen=True)
class Channel:
    """One of the three channels: what it is called, how many records of what, in which states, what is counted beside them, and a page
    about it (place and words)."""

    title: str
    number: int
    noun: tuple[str, str]
    words: str
    place: str
    counts: list[Item]
    more: tuple[str, str]


def pages(site: Site) -> Iterator[Page]:
    """The front page, and the lists behind its numbers."""
    both, china = cross(site), site.label("countries", site.settings.china)
    yield Page(PLACE, f"{site.package.descriptor['title']}: {QUESTION[0].lower()}{QUESTION[1:]}", "front.html", {
        "question": QUESTION, "cross": both, "china": china if both.has("yes", site.settings.china) else "",
        "asked": asked(site), "channels": channels(site), "shares": known.shares(site),
        "answers": site.package.vocabularies["answer"].terms, "deploys": site.package.vocabularies["deploys"].terms,
        "kind": site.package.vocabularies["instrument_kind"].terms["rights_based"], "map": deployments_map(site, PLACE),
        "years": years.chart(site, PLACE), "keys": years.keys(site), "news": news(site)},
        about=site.package.descriptor["description"], part_of=PLACE, linked_data=of_dataset(site, PLACE))
    yield from years.pages(site)
    yield from known.pages(site)


def channels(site: Site) -> list[Channel]:
    """The three, with numbers of the tables."""
    deployments, roles, texts = (site.rows(name) for name in ("deployments", "standards_roles", "policy_statements"))
    countries, bodies = kinds(deployments, "country_code"), kinds(roles, "body_id")
    running, acts = len(site.where("deployments", "status", "operational")), len(site.rows("statement_endorsements"))
    return [Channel("Commercial reach", len(deployments), ("deployment", "deployments"), "of any status, from offers to removals",
                    "deployments/", [explorer("deployments", f"{running:,} operational", status="operational"),
                                     Item(f"in {count(countries, 'country or area', 'countries and areas')}", "countries/")],
                    ("countries/", "By country")),
            Channel("Technical standards", len(roles), ("role", "roles"), "in standards bodies, of holders from any country", "roles/",
                    [Item(count(bodies, "standards body", "standards bodies"), "standards/#bodies")],
                    ("standards/", "Who led what, and when")),
            Channel("Declared policy", len(texts), ("text", "texts"), "of China and of others", "statements/",
                    [Item(f"{count(acts, 'act')} of states, such as signing or voting", "countries/")],
                    ("compare/", "Compare texts by theme"))]


def kinds(rows: list[dict], column: str) -> int:
    """How many different values stand in a column."""
    return len({row[column] for row in rows} - {""})
