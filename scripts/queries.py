"""Queries worth having, from `schemas/answers.yaml`: a question, its SQL and what one must know to read the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from .documents import Mapping, load_yaml
from .problem import ERROR, Problem, kind

ANSWERS = "schemas/answers.yaml"
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
READS = re.compile(r"\s*(?:SELECT|WITH)\b[^;]*", re.IGNORECASE)
BAD_QUERY = kind("bad-query", ERROR, "package", "A query has a question, one SQL statement that reads, and a caveat.",
                 good="zzz: {question: …, sql: SELECT …, caveat: …}", bad="zzz: {question: …}")


@dataclass(frozen=True)
class Query:
    """A question that one SELECT over the database of a release answers."""

    question: str
    sql: str
    caveat: str


def load_queries(root: Path) -> tuple[dict[str, Query] | None, list[Problem]]:
    """The queries of the dataset in `root` by name, or None and what is wrong with the file."""
    document, problems = load_yaml(root / ANSWERS, ANSWERS)
    if document is None:
        return None, problems
    for name, body in document.items():
        problems += [BAD_QUERY.at(message, hint, file=ANSWERS, line=document.lines.get(name)) for message, hint in faults(name, body)]
    return (None, problems) if problems else ({name: Query(**body) for name, body in document.items()}, [])


def faults(name: str, body: object) -> Iterator[tuple[str, str]]:
    """What is wrong with one query, and what to do."""
    parts = [field.name for field in fields(Query)]
    whole = isinstance(body, Mapping) and set(body) == set(parts) and all(isinstance(text, str) and text.strip() for text in body.values())
    if not NAME.fullmatch(name):
        yield f"`{name[:80]}` cannot stand in an address.", "Write it in small letters, digits and hyphens: `zzz-by-year`."
    if not whole:
        yield f"The query `{name[:80]}` is not made of {', '.join(parts)}, each a text.", "Give all three and nothing else."
    elif not READS.fullmatch(body["sql"]):
        yield f"The SQL of `{name[:80]}` is not one statement that reads.", "Begin with SELECT or WITH, and write no semicolon."


def page(queries: dict[str, Query], results: dict[str, list[str]] | None = None) -> str:
    """A page in Markdown with each question, its query, its caveat and, where there are any, the lines that tell its result."""
    lines = ["# Answers", "", "Queries over the SQLite database of a release, with what one must know to read the answer. " + (
        "The results are those of this release." if results else "Each release gives their results in its `answers.md`.")]
    for name, query in queries.items():
        lines += ["", f"## {query.question}", "", f'<a name="{name}"></a>{query.caveat}', "", "```sql", query.sql.rstrip("\n"), "```"]
        lines += ["", *results[name]] if results else []
    return "\n".join(lines) + "\n"
