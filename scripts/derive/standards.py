"""Who held which role in which year, certainly and possibly, and what shares of the recorded roles that makes."""

from __future__ import annotations

from calendar import isleap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from .. import edtf
from ..tables import Tables, remembered
from ..typed import DECIMALS
from .settings import Settings

GROUP = ["body_id", "committee_level", "role", "year"]
COUNTRY = ["country_code", "country_basis"]


@dataclass(frozen=True, order=True)
class Days:
    """A stretch of days, both ends in it; what a partial date can mean is one too. It is empty where `last` lies before `first`."""

    first: date
    last: date

    def within(self, year: int) -> float:
        """Which share of a year's days lies in it."""
        days = (min(self.last, date(year, 12, 31)) - max(self.first, date(year, 1, 1))).days + 1
        return round(max(days, 0) / (366 if isleap(year) else 365), DECIMALS)


@dataclass(eq=False)
class Term:
    """A role with what dates it. `sources` are the dates of the sources that show it, oldest first; `rivals` the other terms of an
    office that one holder has at a time."""

    role_id: str
    body_id: str
    started: Days | None
    ended: Days | None
    sources: list[Days]
    rivals: list[Term] = field(default_factory=list)

    @cached_property
    def before(self) -> list[Term]:
        """Rivals whose end is known and lies before this term's end or, where that is open, before the newest source that shows it."""
        until = self.ended or (self.sources[-1] if self.sources else None)
        return [rival for rival in self.rivals if rival.ended and until and rival.ended.last < until.first]

    @cached_property
    def seen(self) -> list[Days]:
        """The sources that can show it in office: where nothing dates the start, one from before the end of an earlier holder only
        announces it."""
        if self.started:
            return self.sources
        taken = max((rival.ended.last for rival in self.before), default=date.min)
        return [source for source in self.sources if source.first > taken]

    @cached_property
    def known(self) -> Days | None:
        """By when it was held for sure: its start or else the oldest source that shows it in office."""
        return self.started or next(iter(self.seen), None)

    def overtaken(self, rival: Term) -> bool:
        """Whether both can have started on the same days and the rival is taken as the later one: its first possible day is later, nothing
        shows this one after the rival's last, and the rival has not ended by when this one can still have started."""
        own, other = self.started, rival.started
        return bool(own and other and own.first < other.first <= own.last and not any(days.first > other.last for days in self.sources)
                    and not (rival.ended and rival.ended.first <= own.last))

    @cached_property
    def after(self) -> list[Term]:
        """Rivals that hold the office later, by all that is known. One without a start must be seen after every source that shows this
        one."""
        since, found = self.known, []
        for rival in self.rivals if since else []:
            other, newest = rival.known, [since] if rival.started else [since, *self.seen]
            if (other and other.first > max(days.last for days in newest)) or self.overtaken(rival):
                found.append(rival)
        return sorted(found, key=lambda rival: (rival.known, rival.role_id))

    @cached_property
    def followers(self) -> frozenset[Term]:
        """Those that hold the office later, to look one up."""
        return frozenset(self.after)

    def possible(self, horizon: date, created: date) -> Days:
        """The days on which it can have been held."""
        earliest = [rival.ended.first for rival in self.before] + [
            max(days.first for days in (rival.known, *rival.seen))
            for rival in self.rivals if not rival.ended and self in rival.followers]
        first = self.started.first if self.started else max(earliest, default=horizon)
        last = self.ended.last if self.ended else min((rival.known.last for rival in self.after), default=created)
        return Days(first, min(last, created))

    def certain(self, created: date) -> Days | None:
        """The days on which it was held for sure, None where nothing says."""
        since, later = self.known, self.after
        taken = [rival.started.first - timedelta(days=1) for rival in later if rival.started]
        if self.ended:
            last = self.ended.first
        elif self.started and later and later[0].started:
            last = taken[0]
        else:
            last = min([max(source.first for source in self.seen), *taken]) if self.seen else None
        return Days(since.last, min(last, created)) if since and last else None


def days_of(text: str) -> Days | None:
    """What a partial date can mean, None where it is empty."""
    return Days(date.fromisoformat(edtf.first(text)), date.fromisoformat(edtf.last(text))) if text else None


def dated_sources(tables: Tables) -> dict[str, list[Days]]:
    """Role → the dates of the dated sources that were read and say that it is held, oldest first."""
    links = tables["role_citations"].merge(tables["citations"][["citation_id", "published", "access"]], on="citation_id")
    delimiter = tables.contents["role_citations"].table.by_name["supports"].delimiter
    found = defaultdict(list)
    for link in links[(links.stance == "supports") & (links.access != "listed") & (links.published != "")].itertuples():
        if "role" in link.supports.split(delimiter):
            found[link.role_id].append(days_of(link.published))
    return {role: sorted(dates) for role, dates in found.items()}


def terms_of(tables: Tables, settings: Settings) -> list[Term]:
    """Every role as a term."""
    sources, offices, terms = dated_sources(tables), defaultdict(list), []
    for row in tables["standards_roles"].itertuples():
        term = Term(row.role_id, row.body_id, days_of(row.started), days_of(row.ended), sources.get(row.role_id, []))
        terms.append(term)
        if row.role in settings.exclusive_roles:
            offices[row.body_id, row.committee, row.role].append(term)
    for office in offices.values():
        for term in office:
            term.rivals = [other for other in office if other is not term]
    return terms


def held(tables: Tables, settings: Settings) -> Iterator[tuple[str, int, float, float]]:
    """Role, year, and the certain and the possible share of it, for each year with a possible day."""
    created, terms = date.fromisoformat(tables.package.created), terms_of(tables, settings)
    known: dict[str, date] = {}
    for term in terms:
        for days in filter(None, (term.started, term.ended, *term.sources)):
            known[term.body_id] = min(days.first, known.get(term.body_id, days.first))
    for term in terms:
        if term.body_id not in known:
            continue
        possible, certain = term.possible(known[term.body_id], created), term.certain(created)
        for year in range(possible.first.year, possible.last.year + 1):
            if share := possible.within(year):
                yield term.role_id, year, certain.within(year) if certain else 0.0, share


def committee_level(committee: str, settings: Settings) -> str:
    """Where in a body a committee of this name stands; `body` where there is none."""
    return next((level.level for level in settings.committee_levels if level.pattern.search(committee)), "body")


@remembered
def role_countries(tables: Tables) -> pd.DataFrame:
    """Role, country (None where unknown) and its basis, of every role."""
    seats = tables["organizations"].set_index("organization_id").country_code
    rows = []
    for row in tables["standards_roles"].itertuples():
        seat = seats.get(row.affiliation_id, "")
        basis = "holder" if row.country_code else "affiliation" if seat else "unknown"
        rows.append((row.role_id, row.country_code or seat or None, basis))
    return pd.DataFrame(rows, columns=["role_id", *COUNTRY], dtype=object)


@remembered
def role_years(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each role and year in which it may have been held, with the shares of the year's days, 0 to 1, on which that is
    certain and possible."""
    roles = tables["standards_roles"][["role_id", "body_id", "committee", "role"]]
    roles = roles.assign(committee_level=[committee_level(name, settings) for name in roles.committee]).drop(columns="committee")
    years = pd.DataFrame(held(tables, settings), columns=["role_id", "year", "certain", "possible"])
    return years.merge(roles, on="role_id").merge(role_countries(tables), on="role_id")


@remembered
def standards_share(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each body, level, role, year and known country by one basis: its role-years, those of all, and the bounds of its share
    of them (0 to 1, None where nobody's role-years could be divided). Roles of unknown country are somebody else's in the lower bound and
    this country's in the upper one."""
    years = role_years(tables, settings)
    nobody, sums = years.country_basis == "unknown", {"certain": "sum", "possible": "sum"}
    own = years[~nobody].groupby([*GROUP, *COUNTRY], as_index=False).agg(sums)
    every = years.groupby(GROUP, as_index=False).agg(sums)
    own = own.merge(every, on=GROUP, suffixes=("", "_total"))
    own = own.merge(years[nobody].groupby(GROUP, as_index=False).agg(sums), on=GROUP, how="left", suffixes=("", "_unknown"))
    own = own.fillna({"certain_unknown": 0, "possible_unknown": 0})
    most, least = own.possible + own.possible_unknown, own.certain_total - own.certain_unknown - own.certain
    own = own.assign(share_low=[share(*row) for row in zip(own.certain, own.possible_total - own.possible, strict=True)],
                     share_high=[share(*row) for row in zip(most, least, strict=True)])
    return own.drop(columns=["certain_unknown", "possible_unknown"]).rename(columns={
        "certain": "role_years_certain", "possible": "role_years_possible", "certain_total": "total_certain",
        "possible_total": "total_possible"})


def share(part: float, rest: float) -> float | None:
    """A part of the part and the rest, None where both are nothing."""
    whole = round(part + rest, DECIMALS)
    return min(part / whole, 1.0) if whole else None
