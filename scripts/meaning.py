"""The rules of meaning: runs the Pandera checks of `schemas/` and turns what fails into problems."""

from __future__ import annotations

import pandas as pd

from schemas import check_of, rules_of

from .form import place
from .problem import Problem
from .rule import Rule
from .tables import Content, Tables


def check(tables: Tables) -> None:
    """Add every problem of meaning to `tables.problems`. Tables that lack a column, and rules that read such a table, are
    left out; so are rows whose cells are already known to be broken."""
    for content in tables:
        if content.whole and len(content.rows):
            for rule in rules_of(content.table.name):
                if tables.whole(*rule.needs):
                    run(rule, content, tables)


def run(rule: Rule, content: Content, tables: Tables) -> None:
    """One rule over the rows of its table."""
    found = check_of(rule, tables)(content.rows).check_output
    if isinstance(found, pd.DataFrame):
        for column in found.columns[~found.all()]:
            report(rule, content, tables, column, content.rows.index[~found[column].astype(bool)])
    elif isinstance(found, pd.Series) and not found.all():
        report(rule, content, tables, rule.columns[0] if rule.columns else None, content.rows.index[~found.astype(bool)])


def report(rule: Rule, content: Content, tables: Tables, column: str | None, lines: pd.Index) -> None:
    """The problems of the rows on these lines, without those that another problem explains."""
    table, rows = content.table, content.rows
    columns = (column,) if column and column not in rule.columns else rule.columns or (table.id,)
    lines = lines[~lines.isin(tables.problems.broken_lines(table.name, columns))]
    if rule.lacks:
        lines = lines[~rows.loc[lines, table.id].isin(tables.records_in_doubt(table.name))]
    if not len(lines):
        return
    if rule.counted:
        cells = {"count": len(lines), "record": rows.at[lines[0], table.id]}
        tables.problems.add(rule.kind.at(rule.message.format(**cells), rule.hint, table=table.name, file=table.path,
                                         column=counted_column(rule), count=len(lines)))
        return
    failing = rows.loc[lines]
    extra = rule.explain(failing, tables) if rule.explain else None

    def make(line: int) -> Problem:
        cells = {name: text[:200] for name, text in rows.loc[line].items()} | (dict(extra.loc[line]) if extra is not None else {})
        cells["value"] = cells.get(column, "")
        return rule.kind.at(rule.message.format(**cells), rule.hint.format(**cells), column=column, **place(content, line))

    tables.problems.add_rows(rule.kind, lines.tolist(), make, table.name, [column] if column else list(rule.columns))


def counted_column(rule: Rule) -> str | None:
    """The column that a counted warning is about; None where it is about linked rows."""
    return rule.columns[0] if rule.columns else None
