"""What states did with texts, and where texts stand: kinds of instruments, lists of signatories, themes, and country by instrument."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from .. import edtf
from ..package import MISSING
from ..tables import Tables, remembered
from .settings import Settings

ANSWERS = ["country_code", "statement_id", "instrument_kind", "answer", "refused", "acts", "basis", "date"]
COUNTRIES = [("deployments", "country_code"), ("deployment_countries", "country_code"), ("standards_roles", "country_code"),
             ("statement_endorsements", "country_code"), ("policy_statements", "country_code"), ("claim_countries", "country_code")]
YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Act:
    """What one country did with one text, where it counts as backing it or else as refusing it. It is `certain` where a source names
    the country, or the country is on a list that is shown complete."""

    action: str
    stage: str
    date: str
    named: bool
    certain: bool
    backs: bool


@dataclass(frozen=True)
class Instrument:
    """A text with all that answers for it are made of: its own country, who did what, whether any other state could have done it too,
    and whether absence from its lists tells."""

    statement_id: str
    country_code: str
    issued: str
    kind: str
    open_to_states: bool
    list_complete: bool
    acts: dict[str, list[Act]]


@remembered
def signatories(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each list of acts: `known` and `known_named` (int), `total` and `missing` (int or None), `complete` (bool: as long as a
    tally that is no lower bound)."""
    key = ["statement_id", "action", "stage"]
    named = defaultdict(list)
    for *which, basis in tables["statement_endorsements"][[*key, "basis"]].itertuples(index=False, name=None):
        named[tuple(which)].append(basis == "named")
    totals, bounds = {}, set()
    for *which, total, note in tables["statement_tallies"][[*key, "total", "note"]].itertuples(index=False, name=None):
        totals[tuple(which)] = int(total)
        bounds |= {tuple(which)} if note.startswith(tuple(settings.lower_bounds)) else set()
    lists = sorted({*named, *totals})
    known = [len(named[which]) for which in lists]
    total = [totals.get(which) for which in lists]
    return pd.DataFrame(lists, columns=key).assign(
        known=known, known_named=[sum(named[which]) for which in lists], total=pd.Series(total, dtype=object),
        missing=pd.Series([None if t is None else t - k for k, t in zip(known, total, strict=True)], dtype=object),
        complete=pd.Series([k == t and which not in bounds for which, k, t in zip(lists, known, total, strict=True)], dtype=bool))


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
    """A row for each statement: `instrument_kind`, `acts` (int), `meets_rights_based_rule`, `open_to_states` and `list_complete` (bool),
    `countries_backing` (int, None where `country_instruments` has no row)."""
    acts = tables["statement_endorsements"].statement_id.value_counts()
    answers = country_instruments(tables, settings)
    backing = answers.statement_id[answers.answer == YES].value_counts()
    answered = {one.statement_id: one for one in answered_instruments(tables, settings)}
    found, rights_based = kinds(tables, settings), rights_based_rule(tables, settings)
    return pd.DataFrame({
        "statement_id": list(found), "instrument_kind": list(found.values()), "acts": [int(acts.get(one, 0)) for one in found],
        "meets_rights_based_rule": pd.Series([rights_based[one] is True for one in found], dtype=bool),
        "open_to_states": pd.Series([one in answered and answered[one].open_to_states for one in found], dtype=bool),
        "countries_backing": pd.Series([int(backing.get(one, 0)) if one in answered else None for one in found], dtype=object),
        "list_complete": pd.Series([one in answered and answered[one].list_complete for one in found], dtype=bool)})


@remembered
def kinds(tables: Tables, settings: Settings) -> dict[str, str]:
    """Statement → kind of instrument, by the first rule that holds."""
    acts, rows = tables["statement_endorsements"], tables["policy_statements"]
    is_joint = set(acts.statement_id[(acts.action == "issued") & (acts.country_code != settings.china)])
    by_themes = {True: "rights_based", None: "undetermined", False: "other"}
    return {statement: "un_wide" if issuer in settings.un_wide_issuers
            else "china_led" if country == settings.china and statement not in is_joint
            else by_themes[rights_based_rule(tables, settings)[statement]]
            for statement, issuer, country in zip(rows.statement_id, rows.issuer_id, rows.country_code, strict=True)}


@remembered
def rights_based_rule(tables: Tables, settings: Settings) -> dict[str, bool | None]:
    """Statement → whether its coded themes meet the rights-based rule (True), rule it out (False), or leave it undecided (None)."""
    needed, either = settings.rights_based_themes["all"], settings.rights_based_themes["any"]
    found = {}
    for row in theme_matrix(tables, settings).to_dict("records"):
        supported = {theme for theme, stance in row.items() if stance == "supports"}
        open_ = {theme for theme, stance in row.items() if stance in ("supports", "not_coded")}
        possible = open_.issuperset(needed) and not open_.isdisjoint(either)
        meets = supported.issuperset(needed) and not supported.isdisjoint(either)
        found[row["statement_id"]] = True if meets else None if possible else False
    return found


@remembered
def countries_in_data(tables: Tables) -> list[str]:
    """Every country that occurs in a record, a link or a claim, sorted; the seat of an organization does not count."""
    return sorted({code for name, column in COUNTRIES for code in tables[name][column]} - {MISSING})


@remembered
def answered_instruments(tables: Tables, settings: Settings) -> list[Instrument]:
    """The statements with an act or a tally that counts as backing or refusing, so that there is something to say of countries."""
    def counts(stage: str, action: str) -> bool:
        return action in settings.backing.get(stage, ()) or action in settings.refusing.get(stage, ())

    lists, statements = signatories(tables, settings), tables["policy_statements"]
    shown = lists[lists.complete]
    whole = set(zip(shown.statement_id, shown.action, shown.stage, strict=True))
    acts: dict[str, dict[str, list[Act]]] = defaultdict(lambda: defaultdict(list))
    for row in tables["statement_endorsements"].to_dict("records"):
        statement, action, stage, is_named = row["statement_id"], row["action"], row["stage"], row["basis"] == "named"
        if counts(stage, action):
            acts[statement][row["country_code"]].append(Act(
                action, stage, row["date"], is_named, is_named or (statement, action, stage) in whole,
                action in settings.backing.get(stage, ())))
    counting = [counts(stage, action) for stage, action in zip(lists.stage, lists.action, strict=True)]
    answered, complete, joint = set(lists.statement_id[counting]), with_complete_lists(lists, settings), jointly_issued(tables)
    return [Instrument(statement, country, issued, kinds(tables, settings)[statement], statement not in joint, statement in complete,
                       dict(acts[statement]))
            for statement, country, issued in zip(statements.statement_id, statements.country_code, statements.issued, strict=True)
            if statement in answered]


def jointly_issued(tables: Tables) -> frozenset[str]:
    """The statements that some states issued together, so that no other could back or refuse them: all acts recorded are of issuing,
    and nothing is tallied."""
    acts = tables["statement_endorsements"]
    others = {*acts.statement_id[acts.action != "issued"], *tables["statement_tallies"].statement_id}
    return frozenset(acts.statement_id) - others


def with_complete_lists(lists: pd.DataFrame, settings: Settings) -> frozenset[str]:
    """The statements of which a country that is on no list is known not to have backed them: every list of acts that back the adopted
    text is complete, names each country itself, and is of a kind that does not stay open."""
    backing = lists[(lists.stage == "adopted") & lists.action.isin(settings.backing["adopted"])]
    closed = backing.complete & (backing.known == backing.known_named) & ~backing.action.isin(settings.stays_open)
    return frozenset(backing.statement_id) - frozenset(backing.statement_id[~closed])


@remembered
def country_instruments(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each country in the data and each instrument open to states, and for each issuer of the other instruments: its `answer`,
    whether it `refused` (bool), the `acts` that count (sorted list), their `basis` (or None) and the `date` of the first that backs it
    (EDTF text or None)."""
    rows = []
    for one in answered_instruments(tables, settings):
        excused = members_of_backers(one, settings)
        for country in countries_in_data(tables) if one.open_to_states else sorted({*one.acts, one.country_code} - {MISSING}):
            acts = one.acts.get(country, [])
            is_issuer = country == one.country_code
            answer = answer_of(acts, is_issuer, one.list_complete and country not in excused)
            rows.append((country, one.statement_id, one.kind, answer, answer == NO and bool(acts), sorted({act.action for act in acts}),
                         "named" if any(act.named for act in acts) else "membership" if acts else None,
                         first_date(acts, one.issued if is_issuer else MISSING) if answer == YES else None))
    found = pd.DataFrame(rows, columns=ANSWERS)
    return found.astype({"refused": bool})


def answer_of(acts: list[Act], is_issuer: bool, absence_tells: bool) -> str:
    """What is known of one country and one text. An act on the adopted text goes before one on a draft, backing before refusing, and
    an act that follows from membership alone tells neither, unless its list is shown complete."""
    certain = [act for act in acts if act.certain]
    if is_issuer or any(act.backs and act.stage == "adopted" for act in certain):
        return YES
    if any(not act.backs for act in certain):
        return NO
    if certain:
        return YES
    return NO if absence_tells and not acts else UNKNOWN


def members_of_backers(one: Instrument, settings: Settings) -> set[str]:
    """The members of the blocs that issued or backed a text: that they are on no list themselves says nothing."""
    return {member for bloc, members in settings.bloc_members.items()
            if bloc == one.country_code or any(act.backs and act.certain for act in one.acts.get(bloc, [])) for member in members}


def first_date(acts: list[Act], issued: str) -> str | None:
    """The earliest date, by its first possible day, of the acts that are certain and back the text, its own issue included."""
    dates = [date for date in (issued, *(act.date for act in acts if act.certain and act.backs)) if date != MISSING]
    return min(dates, key=lambda date: (edtf.first(date), date), default=None)
