"""Rules on `statement_endorsements`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts import edtf
from scripts.coded import coded
from scripts.problem import ERROR
from scripts.rule import Content, Rows, Tables, rule

from .shared import dates


def issue_dates(rows: Rows, tables: Tables) -> pd.Series:
    """When the statement of each row was issued; an empty text where that is unknown or broken."""
    statements = tables["policy_statements"].drop_duplicates("statement_id")
    sound = statements[~tables.broken("policy_statements", "issued").reindex(statements.index)]
    issued = dict(zip(sound.statement_id, sound.issued, strict=True))
    return pd.Series([issued.get(key, "") for key in rows.statement_id], index=rows.index, dtype=object)


@rule("statement_endorsements", "endorsed-before-issue", ERROR, ["date", "stage"], needs=("policy_statements",),
      message="The act is dated {date}, before the statement was issued ({issued}).",
      hint="Check both dates; what was done to a draft has the stage `draft`.",
      explain=lambda rows, tables: pd.DataFrame({"issued": issue_dates(rows, tables)}),
      good={"date": "2017", "stage": "draft"}, bad={"date": "2017", "stage": "adopted"})
def not_before_issue(content: Content, tables: Tables) -> np.ndarray:
    """No state endorses a statement before its issue, but at stage draft."""
    issued = coded(issue_dates(content.rows, tables))
    return content.coded("stage").is_text("draft") | ~edtf.certainly_after(issued, content.coded("date"))


RULES = [*dates("statement_endorsements", "date", example="date"), not_before_issue]
