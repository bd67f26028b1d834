"""Rules on `standards_roles`."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from scripts import edtf
from scripts.problem import ERROR, WARNING
from scripts.rule import Rows, Tables, rule

from .shared import dates, dates_in_order, has_read_source, id_is_free, should_be_supported, supported

LINK = "role_citations"
WHO = ["holder", "affiliation_id", "country_code"]
SINGLE = ("president", "secretary_general", "chair")
TERM = ["body_id", "committee", "role"]
SECOND = {"role_id": "zzz-second", "holder": "Yyy Holder", "started": "2020", "ended": "2022"}
FIRST = {"role_id": "zzz-role", "started": "2018", "ended": "2020"}


def example(first: dict, second: dict) -> dict:
    """Two holders of one chair, with their terms."""
    return {"standards_roles": [{**FIRST, **first}, {**SECOND, **second}],
            LINK: [{"supports": "committee;holder;role;started"}, {"role_id": "zzz-second", "supports": "committee;holder;role"}]}


def support(*columns: str) -> dict:
    """The first record's source, supporting these columns."""
    return {LINK: [{"supports": ";".join(columns)}]}


@rule("standards_roles", "no-holder", ERROR, WHO, message="The role has no holder, no affiliation and no country.",
      hint="Say who holds it: a person, an organization or a country.",
      good={"holder": "", "affiliation_id": "zzz-supplier", **support("committee", "country_code", "role")},
      bad={"holder": "", "affiliation_id": "", "country_code": "", **support("committee", "role")})
def has_holder(rows: Rows, _tables: Tables) -> pd.Series:
    """A role has a holder, an affiliation or a country."""
    return (rows[WHO] != "").any(axis=1)


def clashes(rows: Rows) -> tuple[dict[int, int], dict[int, int]]:
    """Line → line of another holder of the same single office: terms that certainly overlap, and open terms that another
    holder's later start ends."""
    dated = (edtf.first_day(rows.started) != "") & ((rows.ended == "") | (edtf.last_day(rows.ended) != ""))
    single = rows[rows.role.isin(SINGLE) & (rows.holder != "") & dated]
    certain: dict[int, int] = {}
    hidden: dict[int, int] = {}
    for _, terms in single[single.duplicated(TERM, keep=False)].groupby(TERM):
        dated = terms.sort_values("started", kind="stable")
        for (line, a), (later, b) in combinations(dated.iterrows(), 2):
            if a.holder == b.holder:
                continue
            if a.ended and b.ended and edtf.certainly_overlap(a.started, a.ended, b.started, b.ended):
                certain.setdefault(later, line)
            elif not a.ended and b.started != a.started:
                hidden.setdefault(line, later)
    return certain, hidden


def other(index: int):
    """The record that a line clashes with, of the first or second kind of clash."""
    def explain(rows: Rows, tables: Tables) -> pd.DataFrame:
        whole = tables["standards_roles"]
        found = clashes(whole)[index]
        return pd.DataFrame({"other": [whole.role_id.at[found[line]] for line in rows.index]}, index=rows.index)
    return explain


@rule("standards_roles", "overlapping-terms", ERROR, ["started", "ended", *TERM], explain=other(0),
      message="The term overlaps that of `{other}`, another holder of the same office.",
      hint="Check the dates; joint chairs are `co_chair`.", good=example({}, {}), bad=example({"ended": "2021-06"}, {}))
def one_holder(rows: Rows, _tables: Tables) -> pd.Series:
    """One holder at a time is president, secretary-general or chair of a body and committee."""
    return pd.Series(~rows.index.isin(clashes(rows)[0]), index=rows.index)


@rule("standards_roles", "open-term", WARNING, ["ended", "started", *TERM], explain=other(1),
      message="The term has no end, yet `{other}` started in the same office later.",
      hint="Add the end if a source gives it.", good=example({}, {}), bad=example({"ended": ""}, {}))
def end_not_hidden(rows: Rows, _tables: Tables) -> pd.Series:
    """A term in an office that one person holds has an end where another holder started later."""
    return pd.Series(~rows.index.isin(clashes(rows)[1]), index=rows.index)


RULES = [
    id_is_free("standards_roles", good=example({}, {}),
               bad={"standards_roles": [{"role_id": "zzz-body", "committee": "ZZZ 2"}], LINK: [{"role_id": "zzz-body"}]}),
    has_holder,
    *dates("standards_roles", "started", "ended", future=("ended",), example="started"),
    dates_in_order("standards_roles", "started", "ended", good={"started": "2018", "ended": "2018-05"},
                   bad={"started": "2019", "ended": "2018-05"}),
    has_read_source("standards_roles", LINK, good={}, bad={"citations": [{"citation_id": "zzz-source", "access": "listed"}]}),
    supported("standards_roles", LINK, "role", good={}, bad=support("committee", "holder")),
    supported("standards_roles", LINK, *WHO, good=support("committee", "country_code", "role"), bad=support("committee", "role")),
    *(should_be_supported("standards_roles", LINK, column, good={}, bad={column: cell, **support("holder", "role")})
      for column, cell in [("committee", "ZZZ 1"), ("started", "2018"), ("ended", "2019")]),
    one_holder, end_not_hidden,
]
