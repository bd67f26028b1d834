"""What is recorded of each country: what was deployed there, what it backed, which roles it holds; as a whole and year by year."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import accumulate

import pandas as pd

from ..package import MISSING
from ..tables import Tables, remembered
from .quality import record_quality
from .settings import Settings
from .standards import role_countries
from .statements import NO, UNKNOWN, YES, countries_in_data, country_instruments

PARTS = "has_parts"
KINDS = ("rights_based", "china_led", "un_wide")


@dataclass(frozen=True)
class Project:
    """What a profile counts of a deployment. `announced` and `started` are years; `counts` says that `deploys` rests on it; `authorities`
    are the countries whose authorities use it; `disputed` says that a source disputes what makes it such a use."""

    deployment_id: str
    channel: str
    status: str
    announced: int | None
    started: int | None
    recommended: bool
    surveillance: bool
    ai_stated: bool
    counts: bool
    authorities: frozenset[str]
    disputed: bool

    @property
    def first_dated(self) -> int | None:
        """The year of its announcement or start, whichever is earlier."""
        return min((year for year in (self.announced, self.started) if year), default=None)


@dataclass(frozen=True)
class Backing:
    """A text that a country backed, and the year of the act where that is known."""

    kind: str
    year: int | None


def year_of(date: object) -> int | None:
    """The year of a partial date, None where it is missing."""
    return int(date[:4]) if isinstance(date, str) and date else None


def of_china(tables: Tables, settings: Settings) -> set[str]:
    """The deployments with a party that makes the technology Chinese: an organization of China, or with a parent there up the chain."""
    rows, parties = tables["organizations"], tables["deployment_parties"]
    parents = dict(zip(rows.organization_id, rows.parent_organization_id, strict=True))
    chinese = set(rows.organization_id[rows.country_code == settings.china])
    while more := {child for child, parent in parents.items() if parent in chinese} - chinese:
        chinese |= more
    return set(parties.deployment_id[parties.party_role.isin(settings.china_ties) & parties.organization_id.isin(chinese)])


def authorities(tables: Tables, settings: Settings) -> dict[str, frozenset[str]]:
    """Deployment → the countries whose authorities use it."""
    parties = tables["deployment_parties"].merge(tables["organizations"], on="organization_id")
    users = parties[parties.party_role.isin(settings.authority_ties) & parties.organization_type.isin(settings.authority_types)]
    return {which: frozenset(codes) - {MISSING} for which, codes in users.groupby("deployment_id").country_code}


def disputed_uses(tables: Tables, settings: Settings) -> set[str]:
    """The deployments of which a source disputes what is used, whether it is, or where."""
    links = tables["deployment_citations"]
    delimiter = tables.contents["deployment_citations"].table.by_name["supports"].delimiter
    return {row.deployment_id for row in links[links.stance == "disputes"].itertuples()
            if not settings.use_parts.isdisjoint(row.supports.split(delimiter))}


@remembered
def projects(tables: Tables, settings: Settings) -> dict[str, list[Project]]:
    """Country → the deployments there, those that have it as a further country included."""
    quality, rows = record_quality(tables, settings), tables["deployments"]
    recommended = set(quality.record_id[quality.recommended_for_aggregates.astype(bool)])
    reasons = dict(zip(quality.record_id, quality.reasons, strict=True))
    delimiter = tables.contents["deployments"].table.by_name["technologies"].delimiter
    chinese, users, disputed = of_china(tables, settings), authorities(tables, settings), disputed_uses(tables, settings)
    found, made = defaultdict(list), {}
    for row in rows.itertuples():
        watches, stated = bool(settings.surveillance_technologies & set(row.technologies.split(delimiter))), row.ai_basis == "stated"
        usable = row.deployment_id in recommended
        shows = usable or reasons[row.deployment_id] == [PARTS]  # a whole shows use as well as its parts
        counts = shows and watches and stated and row.status in settings.put_to_use and row.deployment_id in chinese
        made[row.deployment_id] = Project(row.deployment_id, row.channel, row.status, year_of(row.announced), year_of(row.started), usable,
                                          watches, stated, counts, users.get(row.deployment_id, frozenset()), row.deployment_id in disputed)
    further = tables["deployment_countries"]
    for which, country in [*zip(rows.deployment_id, rows.country_code, strict=True),
                           *zip(further.deployment_id, further.country_code, strict=True)]:
        found[country].append(made[which])
    return dict(found)


@remembered
def backings(tables: Tables, settings: Settings) -> dict[str, list[Backing]]:
    """Country → the texts that it backed. An act without a date has the year of issue where such acts happen at the latest with it."""
    issued = dict(zip(tables["policy_statements"].statement_id, tables["policy_statements"].issued, strict=True))
    found = defaultdict(list)
    answers = country_instruments(tables, settings)
    for row in answers[answers.answer == YES].itertuples():
        by_issue = bool(row.acts) and set(row.acts) <= settings.dated_by_issue
        year = year_of(row.date) or (year_of(issued[row.statement_id]) if by_issue else None)
        found[row.country_code].append(Backing(row.instrument_kind, year))
    return dict(found)


@remembered
def country_profiles(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each country that occurs in a record, a link or a claim: counts (int), `suppliers` (sorted list), years (int or None) and
    the headline `deploys` and `signs`."""
    answers = {country: list(zip(rows.instrument_kind, rows.answer, rows.refused, strict=True))
               for country, rows in country_instruments(tables, settings).groupby("country_code")}
    roles = Counter(role_countries(tables).country_code.dropna())
    described = tables["countries"].set_index("country_code")[["name", "region"]].to_dict("index")
    found = [{"country_code": code, **described[code], "roles": roles[code],
              **of_projects(tables, code, projects(tables, settings).get(code, [])),
              **of_answers(answers.get(code, []), backings(tables, settings).get(code, []))}
             for code in countries_in_data(tables)]
    columns = ["country_code", "name", "region", "roles", *of_projects(tables, "", []), *of_answers([], [])]
    return pd.DataFrame(found, columns=columns, dtype=object)


def of_projects(tables: Tables, code: str, rows: list[Project]) -> dict[str, object]:
    """The columns of a profile that count a country's deployments."""
    def number(column: str, of: list[Project] = rows) -> int:
        return sum(bool(getattr(row, column)) for row in of)

    vocabularies, parties, own = tables.package.vocabularies, tables["deployment_parties"], {row.deployment_id for row in rows}
    suppliers = parties.organization_id[(parties.party_role == "supplier") & parties.deployment_id.isin(own)]
    years = [row.first_dated for row in rows if row.first_dated]
    used = [row for row in rows if row.counts]
    return {"deployments": len(rows),
            **{f"channel_{term}": sum(row.channel == term for row in rows) for term in vocabularies["channel"].terms},
            **{f"status_{term}": sum(row.status == term for row in rows) for term in vocabularies["status"].terms},
            "deployments_recommended": number("recommended"), "deployments_surveillance": number("surveillance"),
            "deployments_ai_stated": number("ai_stated"), "deployments_surveillance_ai": len(used),
            "deployments_surveillance_ai_by_authority": sum(code in row.authorities for row in used),
            "deployments_surveillance_ai_disputed": number("disputed", used),
            "deployments_undated": len(rows) - number("first_dated"),
            "deployments_surveillance_ai_undated": len(used) - number("first_dated", used), "suppliers": sorted(set(suppliers)),
            "first_year": min(years, default=None), "last_year": max(years, default=None), "deploys": YES if used else "not_recorded"}


def of_answers(answers: list[tuple[str, str, bool]], backed: list[Backing]) -> dict[str, object]:
    """The columns of a profile that count the texts a country backed, did not back or even refused, or may have backed."""
    counts = Counter((kind, answer) for kind, answer, _ in answers)
    refused = Counter(kind for kind, answer, refusal in answers if answer == NO and refusal)
    undated = Counter(one.kind for one in backed if one.year is None)
    return {**{f"{kind}_{answer}": counts[kind, answer] for kind in KINDS for answer in (YES, NO, UNKNOWN)},
            **{f"{kind}_refused": refused[kind] for kind in KINDS}, **{f"{kind}_undated": undated[kind] for kind in KINDS},
            "signs": signs([answer for kind, answer, _ in answers if kind == "rights_based"])}


def signs(answers: list[str]) -> str:
    """`yes` if one answer is, `no` if there are answers and all are, else `unknown`."""
    return YES if YES in answers else NO if set(answers) == {NO} else UNKNOWN


@remembered
def country_years(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each country of the profiles and each year from the first that anything is dated to the release's: what began and what
    was backed in it, and up to it (int)."""
    events = {code: dated_events(projects(tables, settings).get(code, []), backings(tables, settings).get(code, []))
              for code in countries_in_data(tables)}
    created, dated = year_of(tables.package.created), [year for some in events.values() for counts in some.values() for year in counts]
    years = range(min([created, *dated]), max([created, *dated]) + 1)
    found = []
    for code, some in events.items():
        columns = {column: [counts[year] for year in years] for column, counts in some.items()}
        for column, total in CUMULATIVE.items():
            columns[total] = list(accumulate(columns[column]))
        found += [{"country_code": code, "year": year, **{column: counts[at] for column, counts in columns.items()}}
                  for at, year in enumerate(years)]
    return pd.DataFrame(found, columns=["country_code", "year", *dated_events([], []), *CUMULATIVE.values()], dtype=object)


CUMULATIVE = {"deployments_first_dated": "deployments_to_date", "surveillance_ai_projects_started": "surveillance_ai_to_date",
              **{f"{kind}_backed": f"{kind}_to_date" for kind in KINDS}}


def dated_events(rows: list[Project], backed: list[Backing]) -> dict[str, Counter[int]]:
    """Column of the panel → year → number. Projects that started are kept apart from those only known to have been announced: an
    announcement is no use, and to count it as one would put using before signing too often."""
    used = [row for row in rows if row.counts]
    return {"deployments_first_dated": Counter(row.first_dated for row in rows if row.first_dated),
            "surveillance_ai_projects_started": Counter(row.started for row in used if row.started),
            "surveillance_ai_announced": Counter(row.announced for row in used if row.announced and not row.started),
            **{f"{kind}_backed": Counter(one.year for one in backed if one.kind == kind and one.year) for kind in KINDS}}
