"""What a country deploys by what it signs: which countries stand where, and the records that put them there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..derive.countries import projects
from ..derive.statements import YES
from ..records import Row
from .cells import Item, record_item
from .content import Site

RIGHTS_BASED = "rights_based"
PROFILES, ANSWERS = "country_profiles", "country_instruments"


@dataclass(frozen=True)
class Country:
    """A country with its row of `country_profiles`, the deployments that `deploys` rests on, those of them that a source disputes, and
    the rights-based texts that it backed."""

    page: Item
    row: Row
    deployments: tuple[Item, ...] = ()
    disputed: int = 0
    texts: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Cell:
    """Countries with the same two answers."""

    deploys: str
    signs: str
    countries: tuple[Country, ...]


@dataclass(frozen=True)
class Cross:
    """The chart: for each answer on what is deployed its cells, one for each answer on what is signed."""

    rows: dict[str, list[Cell]]

    def at(self, deploys: str, signs: str) -> int:
        """How many countries have these answers."""
        return sum(len(cell.countries) for cell in self.rows[deploys] if cell.signs == signs)

    def all(self, deploys: str) -> int:
        """How many countries have this answer on what is deployed."""
        return sum(len(cell.countries) for cell in self.rows[deploys])

    def has(self, deploys: str, code: str) -> bool:
        """Whether a country is among those with this answer on what is deployed."""
        return any(country.row["country_code"] == code for cell in self.rows[deploys] for country in cell.countries)

    def using(self, column: str) -> int:
        """In how many countries one of the deployments that count has this of its profile: `by_authority`, `disputed`."""
        return sum(country.row[f"deployments_surveillance_ai_{column}"] != "0" for country in self.listed)

    @property
    def listed(self) -> list[Country]:
        """The countries with a yes to either."""
        return [country for cells in self.rows.values() for cell in cells for country in cell.countries
                if country.deployments or country.texts]


def cross(site: Site) -> Cross:
    """The chart, its answers in the order of their vocabularies."""
    deploys, signs = (site.package.vocabularies[name].terms for name in ("deploys", "answer"))
    found: dict[tuple[str, str], list[Country]] = {(one, other): [] for one in deploys for other in signs}
    for row in sorted(site.rows(PROFILES), key=lambda row: row["name"]):
        found[row["deploys"], row["signs"]].append(country(site, row))
    return Cross({one: [Cell(one, other, tuple(found[one, other])) for other in signs] for one in deploys})


def country(site: Site, row: Row) -> Country:
    """A country with its records."""
    code = row["country_code"]
    used = [one for one in projects(site.tables, site.settings).get(code, []) if one.counts]
    texts = [one["statement_id"] for one in site.where(ANSWERS, "country_code", code)
             if one["instrument_kind"] == RIGHTS_BASED and one["answer"] == YES]
    return Country(record_item(site, "countries", code), row, tuple(record_item(site, "deployments", one.deployment_id) for one in used),
                   int(row["deployments_surveillance_ai_disputed"]), tuple(record_item(site, "policy_statements", one) for one in texts))


def asked(site: Site) -> tuple[int, int]:
    """Of how many rights-based texts every country with a profile is asked, and of how many of these the list of those that backed it is
    closed and complete."""
    rows, countries = site.where(ANSWERS, "instrument_kind", RIGHTS_BASED), len(site.rows(PROFILES))
    every = {text for text, number in Counter(row["statement_id"] for row in rows).items() if number == countries}
    closed = {row["statement_id"] for row in site.where("instruments", "list_complete", "true")}
    return len(every), len(every & closed)
