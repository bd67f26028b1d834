"""The second reading: the figures in docs/methodology.md are those that docs/second-reading.csv gives."""

from __future__ import annotations

import krippendorff
import pandas as pd
import pytest

from scripts.package import load
from tests.fictional import PROJECT

PACKAGE, _ = load(PROJECT)
LISTS = {field.name for table in PACKAGE.tables.values() for field in table.fields if field.type == "list"}
KEY = ["table", "record_id", "item", "column"]
NOT_CODED = ("", "not_coded")  # a party role that one coder gave and the other did not; a theme that a coder did not find


def readings() -> pd.DataFrame:
    return pd.read_csv(PROJECT / "docs" / "second-reading.csv", dtype=str, keep_default_na=False)


def units(rows: pd.DataFrame) -> pd.DataFrame:
    """What is compared: a cell; of a list each record with each term that either reading used anywhere, as yes or no."""
    if rows.column.iloc[0] not in LISTS:
        return rows[["first", "second"]]
    first, second = (rows[reading].str.get_dummies(";").drop(columns="", errors="ignore").astype(bool)  # an empty list is no term
                     for reading in ("first", "second"))
    terms = first.columns.union(second.columns)
    return pd.DataFrame({name: reading.reindex(columns=terms, fill_value=False).stack().map({True: "yes", False: "no"})
                         for name, reading in (("first", first), ("second", second))})


def agreement(rows: pd.DataFrame) -> str:
    """A line of the table: column, records or items, the share with equal cells, and Krippendorff's alpha (nominal)."""
    compared = units(rows)
    varies = len(set(compared["first"]) | set(compared["second"])) > 1
    alpha = krippendorff.alpha(compared.T.to_numpy(dtype=str), level_of_measurement="nominal") if varies else None
    return (f"| `{rows.table.iloc[0]}.{rows.column.iloc[0]}` | {len(rows)} | {(rows['first'] == rows['second']).mean():.0%} | "
            f"{'no variation' if alpha is None else format(alpha, '.2f')} |")


def test_the_table_of_agreement_is_what_the_readings_give():
    lines = [agreement(rows) for _, rows in readings().groupby(["table", "column"], sort=False)]
    text = (PROJECT / "docs" / "methodology.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("| `") and line.count("|") == 5 and "." in line.split("`")[1]] == lines


def test_forty_deployments_and_twenty_themes_were_read_again():
    rows = readings()
    assert not rows.duplicated(KEY).any()
    assert rows[rows.table == "deployments"].record_id.nunique() == 40
    themes = rows[rows.table == "statement_themes"]
    assert (themes["first"] != "not_coded").sum() == 20


@pytest.mark.parametrize("reading", ["first", "second"])
def test_the_readings_use_the_terms_of_the_vocabularies(reading):
    for row in readings().itertuples():
        terms = PACKAGE.vocabularies[PACKAGE.tables[row.table].by_name[row.column].vocabulary].terms
        assert set(getattr(row, reading).split(";")) <= {*terms, *NOT_CODED}, row


@pytest.mark.parametrize(("first", "second", "expected"), [
    (["a", "a", "b", "b"], ["a", "a", "b", "b"], "| `zzz.status` | 4 | 100% | 1.00 |"),
    (["a", "a", "b", "b"], ["a", "b", "b", "b"], "| `zzz.status` | 4 | 75% | 0.53 |"),
    (["a", "a"], ["a", "a"], "| `zzz.status` | 2 | 100% | no variation |"),
])
def test_agreement_is_that_of_the_textbook(first, second, expected):
    """Nominal alpha is 1 − (n − 1) · Σ o(c≠k) / Σ n(c) · n(k) (Krippendorff 2011); 1 − 7 · 2 / 30 = 0.53 for the second."""
    rows = pd.DataFrame({"table": "zzz", "column": "status", "first": first, "second": second})
    assert agreement(rows) == expected
