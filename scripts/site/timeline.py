"""Who led a standards body when, as far as the records go: a small chart for each body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

import altair as alt

from ..records import Row
from . import address
from .bars import BY_EMPLOYER, Bar, Stretch, drawing, side
from .chart import Chart
from .content import Site
from .page import count

FEWEST, MOST = 3, 30  # rows of a chart: a body with fewer stands with others, one with more leaves its lower levels to the list
BODIES = 20  # that have a chart of their own
OTHERS = "Other bodies"
DAY = 1 / 366  # of a year
DAYS = 31  # a certain stretch of at most so many days is said in days


@dataclass(frozen=True)
class Term:
    """A leading role with its years: certain (None where none is; `surely` says it in words) and possible."""

    row: Row
    body: str
    level: str
    holder: str
    office: str
    country_code: str
    country: str
    certain: Stretch | None
    surely: str
    possible: Stretch

    @property
    def place(self) -> str:
        return address.of_record("standards_roles", self.row["role_id"])


def charts(site: Site, here: str) -> Iterator[Chart]:
    """A chart for each body with some leading roles, then one for the others; most officers of the whole body first."""
    bodies: dict[str, list[Term]] = {}
    for term in terms(site):
        bodies.setdefault(term.row["body_id"], []).append(term)
    known = [term for found in bodies.values() for term in found]
    if not known:
        return
    ends = Stretch(min(floor(term.possible.first) for term in known), max(floor(term.possible.last) + 1 for term in known))
    highest = next(iter(levels(site)))
    large = sorted((found for found in bodies.values() if len(found) >= FEWEST),
                   key=lambda found: (-sum(term.level == highest for term in found), -len(found), found[0].body))
    for found in large[:BODIES]:
        yield body_chart(site, found, f"years-{found[0].row['body_id']}", found[0].body, ends, here)
    drawn = {found[0].row["body_id"] for found in large[:BODIES]}
    if rest := [term for body, found in bodies.items() if body not in drawn for term in found]:
        yield body_chart(site, rest, "years-others", OTHERS, ends, here)


def body_chart(site: Site, found: list[Term], name: str, body: str, ends: Stretch, here: str) -> Chart:
    """The chart of one body: its highest levels, and of these the latest terms, in the order of offices and years."""
    order = {level: number for number, level in enumerate(levels(site))}
    latest = sorted(found, key=lambda term: (order[term.level], -term.possible.last, -term.possible.first))[:MOST]
    roles = {role: number for number, role in enumerate(leading_roles(site))}
    drawn = sorted(latest, key=lambda term: (order[term.level], term.body, roles[term.row["role"]], term.office,
                                             (term.certain or term.possible).first))
    china = [term for term in found if term.country_code == site.settings.china]
    employed = sum(not term.row["country_code"] for term in china)
    unknown = sum(not term.country_code for term in found)
    tied = f"{len(china) - employed} of {site.label('countries', site.settings.china)}" + f", {employed} more by employer" * bool(employed)
    title = f"{body}: {count(len(found), 'leading role')} recorded, {tied}"
    many = max(Counter(term.row["body_id"] for term in found).values()) >= FEWEST
    notes = [f"Those with fewer than {FEWEST} each{f', and all after the first {BODIES}' * many}." if body == OTHERS else "",
             f"{unknown} without a recorded country." if unknown else "",
             f"Drawn are {len(drawn)}; the list has all." if len(drawn) < len(found) else ""]
    axis = alt.Axis(format="d", orient="top", tickMinStep=1, tickCount=5)
    return Chart(name, title, drawing([bar(site, term, body) for term in drawn], axis, ends, here, name, title),
                 "role_years; each row leads to the role and its sources.", ["Holder", "Role", "Country", "Certain", "Possible"],
                 [table_row(term) for term in drawn], " ".join(filter(None, notes)))


def bar(site: Site, term: Term, body: str) -> Bar:
    """A term as a row of the chart of a body, or of all others."""
    label = ", ".join(filter(None, (term.holder, term.country)))
    says = f"{label}: {term.office}, {term.body}. Certain: {term.surely}. Possible: {years(term.possible)}."
    heading = term.office if term.body == body else f"{term.body}: {term.office}"
    return Bar(label, says, term.place, side(site, term.country_code), term.certain, term.possible, heading)


def table_row(term: Term) -> list:
    """A term as a row of the table beside the chart."""
    holder = {"text": term.holder or term.country, "place": term.place}
    return [holder, term.office, term.country, term.surely, years(term.possible)]


def terms(site: Site) -> Iterator[Term]:
    """The roles that one holds at a time and that have years."""
    for role in leading_roles(site):
        for row in site.where("standards_roles", "role", role):
            if held := site.where("role_years", "role_id", row["role_id"]):
                yield term_of(site, row, held)


def term_of(site: Site, row: Row, held: list[Row]) -> Term:
    """A role with its years."""
    known, body = held[0], site.label("organizations", row["body_id"])
    possible = stretch([(int(year["year"]), float(year["possible"])) for year in held], None)
    sure = [(int(year["year"]), float(year["certain"])) for year in held]
    country = site.label("countries", known["country_code"]) if known["country_code"] else "country not recorded"
    basis = " (by employer)" if known["country_basis"] == BY_EMPLOYER else ""
    holder = row["holder"] or (site.label("organizations", row["affiliation_id"]) if row["affiliation_id"] else "")
    office = ", ".join(filter(None, (site.term("standards_role", row["role"]), row["committee"])))
    return Term(row, body, known["committee_level"], holder, office, known["country_code"], country + basis,
                stretch(sure, possible), surely(sure), possible)


def stretch(held: list[tuple[int, float]], within: Stretch | None) -> Stretch | None:
    """Where a stretch of days lies, of which each year's share is known: it fills the years between its first and its last. One that
    lies in a single year is put into the middle of what is possible there."""
    held = sorted((year, share) for year, share in held if share)
    if not held:
        return None
    (first, start), (last, end) = held[0], held[-1]
    if first < last:
        return Stretch(first + 1 - start, last + end)
    low, high = max(first, within.first if within else first), min(first + 1, within.last if within else first + 1)
    middle = (low + high) / 2
    return Stretch(middle - start / 2, middle + start / 2)


def surely(held: list[tuple[int, float]]) -> str:
    """In words, what of years is certain, of which each year's share is known: `2019–2020, part of 2018 and 2021`; `2 days in 2018`."""
    whole = [year for year, share in held if share == 1]
    parts = [(year, share) for year, share in held if 0 < share < 1]
    days, named = sum(round(share / DAY) for _, share in parts), " and ".join(str(year) for year, _ in parts)
    some = f"{count(days, 'day')} in" if days <= DAYS and not whole else "part of"
    years = f"{min(whole)}–{max(whole)}" if len(whole) > 1 else "".join(map(str, whole))
    return ", ".join(filter(None, (years, f"{some} {named}" * bool(parts)))) or "none"


def years(stretch: Stretch) -> str:
    """The calendar years of a stretch: `2018–2021`."""
    first, last = floor(stretch.first + DAY / 2), floor(stretch.last - DAY / 2)
    return f"{first}–{last}" if first < last else f"{first}"


def leading_roles(site: Site) -> list[str]:
    """The roles that one holder has at a time, in the order of the vocabulary."""
    return [role for role in site.package.vocabularies["standards_role"].terms if role in site.settings.exclusive_roles]


def levels(site: Site) -> list[str]:
    """The levels of committees, the whole body first."""
    return list(site.package.vocabularies["committee_level"].terms)
