"""Rules on `standards_roles`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scripts import edtf
from scripts.coded import keys
from scripts.problem import ERROR, WARNING
from scripts.rule import Content, Rows, Tables, rule
from scripts.tables import remembered

from .shared import dates, dates_in_order, has_read_source, id_is_free, should_be_supported, supported

LINK = "role_citations"
WHO = ["holder", "affiliation_id", "country_code"]
SINGLE = ("president", "secretary_general", "chair")
TERM = ["body_id", "committee", "role"]
NEVER = 10**8  # a number later than that of any day
RUNNING = 100  # terms still running of one office that the next is held against
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
def has_holder(content: Content, tables: Tables) -> np.ndarray:
    """A role has a holder, an affiliation or a country."""
    return ~np.logical_and.reduce([content.coded(column).is_text("") for column in WHO])


class Term(NamedTuple):
    """A term in an office: its line, its holder, and its dates, the end empty where it is open."""

    line: int
    holder: str
    started: str
    ended: str


@remembered
def clashes(tables: Tables) -> tuple[dict[int, int], dict[int, int]]:
    """Line → line of another holder of the same single office: terms that certainly overlap, and open terms that another
    holder's later start ends."""
    content = tables.contents["standards_roles"]
    offices = keys([content.coded(column) for column in TERM])
    may = np.flatnonzero(is_office(content))
    may = may[np.isin(offices[may], offices[may][meet(content, offices, may)])]
    cells = {column: content.coded(column).of(may) for column in ("holder", "started", "ended")}
    single = pd.DataFrame({"office": offices[may], **cells}, index=content.lines[may])
    certain: dict[int, int] = {}
    hidden: dict[int, int] = {}
    single = single.sort_values(["office", "started"])
    terms = map(Term, single.index.tolist(), *(single[column].tolist() for column in ("holder", "started", "ended")))
    for _, office in groupby(zip(single.office.tolist(), terms, strict=True), key=itemgetter(0)):
        of_one = [term for _, term in office]
        certain.update(overlapping(of_one))
        hidden.update(ended_by_another(of_one))
    return certain, hidden


def is_office(content: Content) -> np.ndarray:
    """Which rows are terms of a known holder in an office that one person holds, with dates that can be compared."""
    role, holder, started, ended = map(content.coded, ("role", "holder", "started", "ended"))
    return (role.in_rows(pc.is_in(role.texts, pa.array(SINGLE))) & ~holder.is_text("") & (edtf.first_day(started) > 0)
            & (ended.is_text("") | (edtf.last_day(ended) > 0)))


def meet(content: Content, offices: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """The positions of those of some terms that may start, in their office, before an earlier one has ended: each office with a clash has
    one of them."""
    ended, of = content.coded("ended"), offices[terms].astype(np.int64) * NEVER
    start = of + edtf.first_day(content.coded("started"))[terms]
    end = of + np.where(ended.is_text(""), NEVER - 1, edtf.first_day(ended))[terms]
    order = np.lexsort((-end, start))
    return order[1:][start[order][1:] < np.maximum.accumulate(end[order])[:-1]]  # an earlier office ends before this one starts


def overlapping(terms: list[Term]) -> Iterator[tuple[int, int]]:
    """Lines of terms of one office, by start, that certainly overlap an earlier one of another holder, with that of the first."""
    running: list[Term] = []
    for term in terms:
        running = [other for other in running if edtf.first(other.ended) > edtf.first(term.started)]
        for other in running[:RUNNING]:
            if other.holder != term.holder and edtf.certainly_overlap(other.started, other.ended, term.started, term.ended):
                yield term.line, other.line
                break
        running.append(term)


def ended_by_another(terms: list[Term]) -> Iterator[tuple[int, int]]:
    """Lines of open terms of one office, by start, after which another holder started, with that of the first."""
    start, holder = next_other([term.started for term in terms]), next_other([term.holder for term in terms])
    for at, term in enumerate(terms):
        after = start[at]
        if not term.ended and after < len(terms):
            after = holder[after] if terms[after].holder == term.holder else after
            if after < len(terms):
                yield term.line, terms[after].line


def next_other(values: list[str]) -> list[int]:
    """For each position the next one with another value; the length where there is none."""
    found = [len(values)] * len(values)
    for at in range(len(values) - 2, -1, -1):
        found[at] = found[at + 1] if values[at + 1] == values[at] else at + 1
    return found


def other(index: int):
    """The record that a line clashes with, of the first or second kind of clash."""
    def explain(rows: Rows, tables: Tables) -> pd.DataFrame:
        whole = tables["standards_roles"]
        found = clashes(tables)[index]
        return pd.DataFrame({"other": [whole.role_id.at[found[line]] for line in rows.index]}, index=rows.index)
    return explain


@rule("standards_roles", "overlapping-terms", ERROR, ["started", "ended", *TERM], explain=other(0), view=(clashes,),
      message="The term overlaps that of `{other}`, another holder of the same office.",
      hint="Check the dates; joint chairs are `co_chair`.", good=example({}, {}), bad=example({"ended": "2021-06"}, {}))
def one_holder(content: Content, tables: Tables) -> np.ndarray:
    """One holder at a time is president, secretary-general or chair of a body and committee."""
    return ~content.on(clashes(tables)[0])


@rule("standards_roles", "open-term", WARNING, ["ended", "started", *TERM], explain=other(1),
      message="The term has no end, yet `{other}` started in the same office later.",
      hint="Add the end if a source gives it.", good=example({}, {}), bad=example({"ended": ""}, {}))
def end_not_hidden(content: Content, tables: Tables) -> np.ndarray:
    """A term in an office that one person holds has an end where another holder started later."""
    return ~content.on(clashes(tables)[1])


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
