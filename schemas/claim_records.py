"""Rules on `claim_records`."""

from __future__ import annotations

import pandas as pd

from scripts.problem import ERROR, Speller
from scripts.rule import Content, Rows, Tables, rule


def ids(table: str, tables: Tables) -> pd.Series:
    """The ids of the records of a table that is whole."""
    content = tables.contents[table]
    return content.rows[content.table.id]


def hints(rows: Rows, tables: Tables) -> pd.DataFrame:
    """The nearest record that is there."""
    spellers = {table: Speller(ids(table, tables)) for table in rows["table"].unique()}
    found = [spellers[row.table].did_you_mean(row.record_id) for row in rows.itertuples()]
    return pd.DataFrame({"near": [text or "Correct the table or the id." for text in found]}, index=rows.index)


@rule("claim_records", "no-such-record", ERROR, ["record_id", "table"], explain=hints,
      message="`{record_id}` is no record of `{table}`.", hint="{near}",
      good={"table": "deployments", "record_id": "zzz-deployment"}, bad={"table": "deployments", "record_id": "zzz-none"})
def record_exists(content: Content, tables: Tables) -> pd.Series:
    """A record that bears on a claim is there."""
    found = pd.Series(True, index=content.lines)
    for table, part in content.rows.groupby("table"):
        if table in tables.contents and tables.contents[table].whole and not tables.broken(table, tables.contents[table].table.id).any():
            found.loc[part.index] = part.record_id.isin(ids(table, tables))
    return found


RULES = [record_exists]
