"""The list of countries, and a page for each: what is deployed there, what it backed and refused, which roles it holds, and what is
not known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..derive.statements import YES
from ..records import Row
from . import address, country_texts
from .cells import Cell, Item, cell, record_item
from .content import Site
from .country_gaps import gaps
from .country_records import counting, deployed, deployments, held, organizations, roles
from .lists import column, explorer, issued, of_records, record_line
from .page import Page

PROFILES = "country_profiles"
DEPLOYS = {  # the answer on practice in plain words; its definition stands below it
    "yes": "Surveillance technology with AI and a supplier or integrator from China is recorded there as in regular use, or as having been",
    "not_recorded": "No surveillance technology with AI and a supplier or integrator from China is recorded there as in regular use, which "
                    "does not say that there is none"}
SIGNS = {
    "yes": "it is recorded as having backed a rights-based text",
    "no": "it is known to have backed none of the rights-based texts",
    "unknown": "whether it backed any rights-based text is not known"}
NUMBERS = {  # columns of a profile at the head of a page, and the part of the page with the records that they count
    "Deployments there": ("deployments", ["deployments"]),
    "Of these, what “deploys” rests on": ("counting", ["deployments_surveillance_ai", "deployments_surveillance_ai_by_authority",
                                                       "deployments_surveillance_ai_disputed"]),
    "Answers on rights-based texts": ("texts-rights_based", ["rights_based_yes", "rights_based_no", "rights_based_unknown"]),
    "Standards bodies": ("roles", ["roles"])}


@dataclass(frozen=True)
class Standing:
    """The place of a country in the chart of practice and promise: a sentence, the two answers with their definitions, and the numbers
    behind them, which lead to their records."""

    sentence: str
    answers: tuple[Cell, ...]
    numbers: dict[str, list[Cell]]


@dataclass(frozen=True)
class Summary:
    """A country in the list of all: its page and code, the answers ('' where it has no profile), and how many deployments, texts that
    it backed, roles and organizations are recorded."""

    page: Item
    code: str
    region: str
    answers: tuple[str, ...]
    deployments: int
    backed: int
    roles: int
    organizations: int


def pages(site: Site) -> Iterator[Page]:
    """The list, then each country in the order of codes."""
    yield overview(site)
    for code in sorted(site.countries):
        yield country_page(site, code)


def overview(site: Site) -> Page:
    """The list of all countries that occur, by region and name; those without a region last."""
    regions: dict[str, list[Summary]] = {}
    for one in sorted((summary(site, code) for code in site.countries), key=lambda one: (not one.region, one.region, one.page.text)):
        regions.setdefault(one.region, []).append(one)
    table = site.package.tables[PROFILES]
    heads = [cell(site, table, table.by_name[name], "") for name in ("deploys", "signs")]
    return Page("countries/", "Countries and areas", "countries.html", {"regions": regions, "total": len(site.countries), "heads": heads},
                about="Each country and area that occurs in the dataset: what is deployed there and what it signed.", part_of="countries/")


def summary(site: Site, code: str) -> Summary:
    """A country in the list of all."""
    known = profile(site, code)
    return Summary(record_item(site, "countries", code), code, site.row("countries", code)["region"],
                   tuple(one.items[0].text for one in standing(site, code, known).answers) if known else ("", ""),
                   len(deployed(site, code)), sum(row["answer"] == YES for row in site.where("country_instruments", "country_code", code)),
                   len(held(site, code)), len(site.where("organizations", "country_code", code)))


def country_page(site: Site, code: str) -> Page:
    """The page of one country."""
    row, known = site.row("countries", code), profile(site, code)
    place_in_chart = standing(site, code, known) if known else None
    backed, refused = country_texts.acts(site, code)
    claims = [record_line(site, "claims", one["claim_id"]) for one in site.where("claim_countries", "country_code", code)]
    every_organization = explorer("organizations", "These in the list of organizations", country_code=code)
    return Page(address.of_record("countries", code), row["name"], "country.html", {
        "row": row, "counting": [record_item(site, "deployments", one) for one in counting(site, code)],
        "kind": column(site, site.package.tables["countries"], row, "kind").items[0], "standing": place_in_chart,
        "deployments": deployments(site, code), "backed": backed, "refused": refused, "kinds": country_texts.kinds(site, code),
        "incomplete": country_texts.incomplete(site, code), "statements": issued(site, "country_code", code), "roles": roles(site, code),
        "organizations": organizations(site, code), "every_organization": every_organization, "gaps": gaps(site, code),
        "claims": of_records(site, "claims", claims)},
        about=f"{row['name']}: {place_in_chart.sentence}" if place_in_chart else row["name"], part_of="countries/")


def profile(site: Site, code: str) -> Row | None:
    """The country's row of the profiles, None where it has none."""
    return next(iter(site.where(PROFILES, "country_code", code)), None)


def answer(site: Site, column: str, known: Row, words: dict[str, str]) -> str:
    """An answer of a profile in plain words; a term that has none by its title."""
    table = site.package.tables[PROFILES]
    return words.get(known[column]) or f"{table.by_name[column].title}: {site.words(table, column, known[column])}"


def standing(site: Site, code: str, known: Row) -> Standing:
    """The place of a country with this profile in the chart of practice and promise."""
    table, place = site.package.tables[PROFILES], address.of_record("countries", code)

    def shown(name: str, part: str = "") -> Cell:
        found = cell(site, table, table.by_name[name], known[name])
        return replace(found, items=(replace(found.items[0], place=f"{place}#{part}"),)) if part and known[name] != "0" else found

    return Standing(f"{answer(site, 'deploys', known, DEPLOYS)}; {answer(site, 'signs', known, SIGNS)}.",
                    (shown("deploys"), shown("signs")),
                    {title: [shown(name, part) for name in names] for title, (part, names) in NUMBERS.items()})
