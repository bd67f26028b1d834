"""What states did with texts, and where texts stand: kinds of instruments, lists of signatories, themes, and country by instrument."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from .. import edtf
from ..package import MISSING
from ..tables import Tables, remembered
from .settings import Settings

ANSWERS = ["country_code", "statement_id", "instrument_kind", "answer", "acts", "basis", "date"]
COUNTRIES = [("deployments", "country_code"), ("deployment_countries", "country_code"), ("standards_roles", "country_code"),
             ("statement_endorsements", "country_code"), ("policy_statements", "country_code"), ("claim_countries", "country_code")]
YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Act:
    """What one country did with one text, where it counts as backing it or else as refusing it."""

    action: str
    stage: str
    date: str
    named: bool
    backs: bool


@dataclass(frozen=True)
class Instrument:
    """A text with all that answers for it are made of: its own country, who did what, and whether absence from its lists tells."""

    statement_id: str
    country_code: str
    issued: str
    kind: str
    list_complete: bool
    acts: dict[str, list[Act]]


@remembered
def signatories(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each list of acts: `known` and `known_named` (int), `total` and `missing` (int or None), `complete` (bool)."""
    key = ["statement_id", "action", "stage"]
    named = defaultdict(list)
    for *which, basis in tables["statement_endorsements"][[*key, "basis"]].itertuples(index=False, name=None):
        named[tuple(which)].append(basis == "named")
    totals = {tuple(which): int(total) for *which, total in tables["statement_tallies"][[*key, "total"]].itertuples(index=False, name=None)}
    lists = sorted({*named, *totals})
    known = [len(named[which]) for which in lists]
    total = [totals.get(which) for which in lists]
    return pd.DataFrame(lists, columns=key).assign(
        known=known, known_named=[sum(named[which]) for which in lists], total=pd.Series(total, dtype=object),
        missing=pd.Series([None if t is None else t - k for k, t in zip(known, total, strict=True)], dtype=object),
        complete=pd.Series([k == t for k, t in zip(known, total, strict=True)], dtype=bool))


@remembered
def theme_matrix(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each statement, a column for each theme: its stance, or `not_coded`."""
    coded = tables["statement_themes"]
    stances = {(statement, theme): stance for statement, theme, stance in zip(coded.statement_id, coded.theme, coded.stance, strict=True)}
    themes = list(tables.package.vocabularies["theme"].terms)
    return pd.DataFrame([{"statement_id": statement, **{theme: stances.get((statement, theme), "not_coded") for theme in themes}}
                         for statement in tables["policy_statements"].statement_id], columns=["statement_id", *themes])


@remembered
def instruments(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each statement: `instrument_kind`, `acts` (int), `open_to_states` and `list_complete` (bool), `countries_backing`
    (int, None where it is not open to states)."""
    acts = tables["statement_endorsements"].statement_id.value_counts()
    answers = country_instruments(tables, settings)
    backing = answers.statement_id[answers.answer == YES].value_counts()
    complete = {one.statement_id: one.list_complete for one in open_instruments(tables, settings)}
    found = kinds(tables, settings)
    return pd.DataFrame({
        "statement_id": list(found), "instrument_kind": list(found.values()), "acts": [int(acts.get(one, 0)) for one in found],
        "open_to_states": pd.Series([one in complete for one in found], dtype=bool),
        "countries_backing": pd.Series([int(backing.get(one, 0)) if one in complete else None for one in found], dtype=object),
        "list_complete": pd.Series([complete.get(one, False) for one in found], dtype=bool)})


@remembered
def kinds(tables: Tables, settings: Settings) -> dict[str, str]:
    """Statement → kind of instrument, by the first rule that holds."""
    acts, coded = tables["statement_endorsements"], tables["statement_themes"]
    joint = acts[(acts.action == "issued") & (acts.country_code != settings.china_led_country)]
    supported = defaultdict(set)
    for statement, theme in coded.loc[coded.stance == "supports", ["statement_id", "theme"]].itertuples(index=False, name=None):
        supported[statement].add(theme)
    needed, either = set(settings.rights_based_themes["all"]), set(settings.rights_based_themes["any"])
    is_joint, rows = set(joint.statement_id), tables["policy_statements"]
    return {statement: "un_wide" if issuer in settings.un_wide_issuers
            else "china_led" if country == settings.china_led_country and statement not in is_joint
            else "rights_based" if needed <= supported[statement] and supported[statement] & either
            else "other" for statement, issuer, country in zip(rows.statement_id, rows.issuer_id, rows.country_code, strict=True)}


@remembered
def countries_in_data(tables: Tables) -> list[str]:
    """Every country that occurs in a record, a link or a claim, sorted; the seat of an organization does not count."""
    return sorted({code for name, column in COUNTRIES for code in tables[name][column]} - {MISSING})


@remembered
def open_instruments(tables: Tables, settings: Settings) -> list[Instrument]:
    """The statements with an act or a tally that counts as backing or refusing, so that a country can be on or off a list."""
    def counts(stage: str, action: str) -> bool:
        return action in settings.backing.get(stage, ()) or action in settings.refusing.get(stage, ())

    acts: dict[str, dict[str, list[Act]]] = defaultdict(lambda: defaultdict(list))
    for row in tables["statement_endorsements"].to_dict("records"):
        if counts(row["stage"], row["action"]):
            acts[row["statement_id"]][row["country_code"]].append(Act(
                row["action"], row["stage"], row["date"], row["basis"] == "named", row["action"] in settings.backing.get(row["stage"], ())))
    lists, statements = signatories(tables, settings), tables["policy_statements"]
    counting = [counts(stage, action) for stage, action in zip(lists.stage, lists.action, strict=True)]
    is_open, complete = set(lists.statement_id[counting]), with_complete_lists(lists, settings)
    return [Instrument(statement, country, issued, kinds(tables, settings)[statement], statement in complete, dict(acts[statement]))
            for statement, country, issued in zip(statements.statement_id, statements.country_code, statements.issued, strict=True)
            if statement in is_open]


def with_complete_lists(lists: pd.DataFrame, settings: Settings) -> frozenset[str]:
    """The statements of which a country that is on no list is known not to have backed them: every list of acts that back the adopted
    text is complete, names each country itself, and is of a kind that does not stay open."""
    backing = lists[(lists.stage == "adopted") & lists.action.isin(settings.backing["adopted"])]
    closed = backing.complete & (backing.known == backing.known_named) & ~backing.action.isin(settings.stays_open)
    return frozenset(backing.statement_id) - frozenset(backing.statement_id[~closed])


@remembered
def country_instruments(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each country in the data and each instrument open to states: its `answer`, the `acts` that count (sorted list), their
    `basis` (or None) and the `date` of the first that backs it (EDTF text or None)."""
    rows = []
    for one in open_instruments(tables, settings):
        excused = members_of_backers(one, settings)
        for country in countries_in_data(tables):
            acts = one.acts.get(country, [])
            is_issuer = country == one.country_code
            answer = answer_of(acts, is_issuer, one.list_complete and country not in excused)
            rows.append((country, one.statement_id, one.kind, answer, sorted({act.action for act in acts}),
                         "named" if any(act.named for act in acts) else "membership" if acts else None,
                         first_date(acts, one.issued if is_issuer else MISSING) if answer == YES else None))
    return pd.DataFrame(rows, columns=ANSWERS)


def answer_of(acts: list[Act], is_issuer: bool, absence_tells: bool) -> str:
    """What is known of one country and one text. An act on the adopted text goes before one on a draft, backing before refusing, and
    an act that follows from membership alone tells neither."""
    named = [act for act in acts if act.named]
    if is_issuer or any(act.backs and act.stage == "adopted" for act in named):
        return YES
    if any(not act.backs for act in named):
        return NO
    if named:
        return YES
    return NO if absence_tells and not acts else UNKNOWN


def members_of_backers(one: Instrument, settings: Settings) -> set[str]:
    """The members of the blocs that backed a text: that they are on no list themselves says nothing."""
    return {member for bloc, members in settings.bloc_members.items()
            if any(act.backs and act.named for act in one.acts.get(bloc, [])) for member in members}


def first_date(acts: list[Act], issued: str) -> str | None:
    """The earliest date, by its first possible day, of the acts that name the country and back the text, its own issue included."""
    dates = [date for date in (issued, *(act.date for act in acts if act.named and act.backs)) if date != MISSING]
    return min(dates, key=lambda date: (edtf.first(date), date), default=None)
