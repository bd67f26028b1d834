"""Rules on `statement_tallies`."""

from __future__ import annotations

import pandas as pd

from scripts.problem import ERROR
from scripts.rule import Content, Rows, Tables, rule

ACT = ["statement_id", "action", "stage"]


def listed(rows: Rows, tables: Tables) -> pd.Series:
    """How many rows of the endorsement list each tally has."""
    known = tables["statement_endorsements"].groupby(ACT).size().rename("listed").reset_index()
    return rows[ACT].merge(known, on=ACT, how="left").listed.fillna(0).astype(int).set_axis(rows.index)


@rule("statement_tallies", "tally-exceeded", ERROR, ["total"], needs=("statement_endorsements",),
      message="The source counts {total}, yet {listed} are listed.",
      hint="Check data/statement_endorsements.csv for a country too many, or the tally.",
      explain=lambda rows, tables: pd.DataFrame({"listed": listed(rows, tables)}),
      good={"total": "2"}, bad={"total": "1"})
def not_exceeded(content: Content, tables: Tables) -> pd.Series:
    """The rows of an endorsement list never outnumber its tally."""
    totals = pd.to_numeric(content.rows.total, errors="coerce")
    return totals.isna() | (listed(content.rows, tables) <= totals)


RULES = [not_exceeded]
