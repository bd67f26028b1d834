"""Countries' shares of the roles recorded in a standards body, as far as the records narrow them down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import altair as alt

from ..derive.standards import GROUP, share
from ..records import Row
from ..typed import DECIMALS
from .bars import BY_EMPLOYER, Bar, Stretch, drawing, side
from .chart import Chart
from .content import Site
from .lists import explorer
from .page import count

DATED = 0.5  # the part of the possible role-years that must be certain for a year to be drawn
SEATS = 2  # role-years: of fewer seats a share is all or nothing, and the years of who led say more
MOST = 20  # countries of a year that are drawn, and years that the table has
CHARTS = 20  # those of most role-years


@dataclass(frozen=True)
class Seats:
    """The roles of one kind at one level of a body in one year: their role-years, and the rows of `standards_share`."""

    body_id: str
    level: str
    role: str
    year: int
    certain: float
    possible: float
    rows: list[Row]

    @property
    def unknown(self) -> float:
        """The possible role-years of those whose country is not recorded."""
        return round(self.possible - role_years(self.rows)[1], DECIMALS)


@dataclass(frozen=True)
class Share:
    """The bounds of a country's share, from 0 to 1, the role-years that they are made of, and what ties the roles to it."""

    country_code: str
    certain: float
    possible: float
    low: float
    high: float
    bases: frozenset[str] = frozenset()

    @property
    def mark(self) -> str:
        """Whether the roles are tied to the country by the holders' employers alone: '' where none is."""
        return "" if BY_EMPLOYER not in self.bases else " (by employer)" if len(self.bases) == 1 else " (some by employer)"


def kinds(site: Site) -> list[list[Seats]]:
    """For each body and kind of role that several hold, the years that are dated well enough, the latest first; the most role-years
    first."""
    found: dict[tuple[str, ...], list[Seats]] = {}
    for one in seats(site):
        if one.possible >= SEATS and one.certain >= DATED * one.possible:
            found.setdefault((one.body_id, one.level, one.role), []).append(one)
    every = [sorted(some, key=lambda one: -one.year) for some in found.values()]
    return sorted(every, key=lambda some: -some[0].possible)


def charts(site: Site, here: str) -> Iterator[Chart]:
    """A chart of the latest year of each kind, of the first CHARTS kinds; its table has other years too."""
    for found in kinds(site)[:CHARTS]:
        yield share_chart(site, found, here)


def share_chart(site: Site, found: list[Seats], here: str) -> Chart:
    """The chart of the first of some years of one kind of roles, with a table of the first MOST."""
    latest = found[0]
    body, level = site.label("organizations", latest.body_id), site.term("committee_level", latest.level).lower()
    name, known = f"shares-{latest.body_id}-{latest.level}-{latest.role}", ranked(latest)
    kind = f"{body}, {site.term('standards_role', latest.role).lower()} ({level}), {latest.year}"
    amount = f"{amounts(latest.certain, latest.possible)} recorded role-years"
    china = next((f"{named(site, one)} {bounds(one)}" for one in known if one.country_code == site.settings.china), None)
    title = f"{kind}: " + (f"{china} of {amount}" if china else f"{count(len(known), 'country', 'countries')} in {amount}")
    axis = alt.Axis(orient="top", values=[0, 25, 50, 75, 100], labelExpr="datum.value + '%'")
    bars = [bar(site, one, kind, amount, roles_place(latest.body_id, latest.role)) for one in known[:MOST]]
    return Chart(name, title, drawing(bars, axis, Stretch(0, 100), here, name, title),
                 "computed from role_years and standards_share; each row leads to the roles of all countries.",
                 ["Year", "Country", "Share", "Certain role-years", "Possible role-years"],
                 [table_row(site, year, one) for year in found[:MOST] for one in ranked(year)[:MOST]],
                 " ".join(notes(latest, known, found)))


def notes(latest: Seats, known: list[Share], found: list[Seats]) -> Iterator[str]:
    """What to keep in mind of a chart."""
    yield f"Certain are {latest.certain:.1f} of {latest.possible:.1f} possible role-years."
    if latest.unknown:
        yield f"Of the possible ones {latest.unknown:.3g} have no recorded country: they may be anybody's and are not drawn."
    if len(known) > MOST:
        yield f"Shown are {MOST} of {len(known)} countries."
    if len(found) > MOST:
        yield f"The table has the latest {MOST} of {len(found)} years, the file of `standards_share` among the downloads all."
    elif len(found) > 1:
        yield f"The table has {count(len(found) - 1, 'more year')}."


def bar(site: Site, one: Share, kind: str, amount: str, place: str) -> Bar:
    """A share as a row of the chart."""
    label = f"{named(site, one)} · {bounds(one)}"
    return Bar(label, f"{label} of {amount}: {kind}", place, side(site, one.country_code), Stretch(100 * one.low, 100 * one.high))


def table_row(site: Site, year: Seats, one: Share) -> list:
    """A share as a row of the table beside the chart."""
    return [str(year.year), {"text": named(site, one), "place": f"countries/{one.country_code}/"}, bounds(one),
            round(one.certain, 2), round(one.possible, 2)]


def named(site: Site, one: Share) -> str:
    """The country of a share, and whether only employers tie its roles to it."""
    return site.label("countries", one.country_code) + one.mark


def amounts(low: float, high: float) -> str:
    """Two numbers between which one lies: `9–15`."""
    return f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g}–{high:.3g}"


def seats(site: Site) -> Iterator[Seats]:
    """The rows of `standards_share`, by what they are shares of."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in site.rows("standards_share"):
        found.setdefault(tuple(row[column] for column in GROUP), []).append(row)
    for (body, level, role, year), rows in found.items():
        yield Seats(body, level, role, int(year), float(rows[0]["total_certain"]), float(rows[0]["total_possible"]), rows)


def shares(one: Seats) -> Iterator[Share]:
    """The share of each country, whatever ties the roles to it."""
    countries: dict[str, list[Row]] = {}
    for row in one.rows:
        countries.setdefault(row["country_code"], []).append(row)
    named_certain, named_possible = role_years(one.rows)
    for country, rows in countries.items():
        certain, possible = role_years(rows)
        yield Share(country, certain, possible, share(certain, one.possible - possible) or 0.0,
                    share(possible + one.possible - named_possible, named_certain - certain) or 0.0,
                    frozenset(row["country_basis"] for row in rows))


def role_years(rows: list[Row]) -> tuple[float, float]:
    """The certain and the possible role-years of rows of `standards_share`."""
    return sum(float(row["role_years_certain"]) for row in rows), sum(float(row["role_years_possible"]) for row in rows)


def ranked(one: Seats) -> list[Share]:
    """The shares of all countries, largest first."""
    return sorted(shares(one), key=lambda share: (-share.low, -share.high, share.country_code))


def bounds(one: Share) -> str:
    """The bounds of a share: `14.3–33%`."""
    return f"{amounts(100 * one.low, 100 * one.high)}%"


def roles_place(body_id: str, *roles: str) -> str:
    """The list of the recorded roles in a body, of these kinds or of all."""
    return explorer("standards_roles", "", body_id=body_id, role=list(roles)).place


def undetermined(site: Site) -> tuple[int, int, int]:
    """How many rows of `standards_share` leave everything open, from 0 to 100%, how many lack a bound, and how many there are."""
    rows = site.rows("standards_share")
    bounds = [(row["share_low"], row["share_high"]) for row in rows]
    return bounds.count(("0", "1")), sum("" in pair for pair in bounds), len(rows)
