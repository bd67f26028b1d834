"""The controlled vocabularies: terms with a definition, an example and a source each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .documents import MAX_ITEMS, Mapping, load_yaml
from .problem import ERROR, Problem, kind

VOCABULARIES = "schemas/vocabularies.yaml"
TERM = re.compile("[a-z][a-z0-9_]{0,39}")  # columns of derived tables are called by terms
TERM_KEYS = {"title", "definition", "example", "source", "deprecated"}

BAD_VOCABULARY = kind(
    "bad-vocabulary", ERROR, "package", "A vocabulary term has a title, a definition, an example and a source.",
    good="{title: Zzz, definition: …, example: …, source: …}", bad="{title: Zzz}")


@dataclass(frozen=True)
class Term:
    title: str
    definition: str
    example: str
    source: str
    deprecated: str = ""


@dataclass(frozen=True)
class Vocabulary:
    title: str
    description: str
    terms: dict[str, Term]


def load_vocabularies(root: Path, path: str = VOCABULARIES) -> tuple[dict[str, Vocabulary] | None, list[Problem]]:
    """The vocabularies of a file by name, or None and what is wrong with the file."""
    document, problems = load_yaml(root / path, path)
    if document is None:
        return None, problems
    if len(document) > MAX_ITEMS:
        return None, [*problems, BAD_VOCABULARY.at(f"There are more than {MAX_ITEMS:,} vocabularies.", "Leave some out.", file=path)]
    vocabularies = {}
    for name, body in document.items():
        terms = body.get("terms") if isinstance(body, Mapping) else None
        if not isinstance(terms, Mapping) or not terms or set(body) != {"title", "description", "terms"} or not is_text(body, "terms"):
            problems.append(BAD_VOCABULARY.at(f"The vocabulary `{name[:80]}` lacks a part or has one too many.",
                                              "It has title and description, each a text, and terms.", file=path,
                                              line=getattr(body, "line", None)))
            vocabularies[name] = Vocabulary(name, "", {})
            continue
        wrong = {term: parts for term, parts in terms.items()
                 if not isinstance(parts, Mapping) or not TERM_KEYS >= set(parts) >= TERM_KEYS - {"deprecated"} or not is_text(parts)}
        problems += [BAD_VOCABULARY.at(f"The term `{term[:80]}` of `{name[:80]}` lacks a part or has one too many.",
                                       "A term has title, definition, example and source, each a text.", file=path,
                                       line=getattr(parts, "line", None)) for term, parts in wrong.items()]
        problems += [BAD_VOCABULARY.at(f"`{term[:80]}` of `{name[:80]}` cannot be a term.",
                                       "A term is at most 40 small letters, digits and underscores, the first a letter.", file=path,
                                       line=getattr(parts, "line", None)) for term, parts in terms.items() if not TERM.fullmatch(term)]
        vocabularies[name] = Vocabulary(body["title"], body["description"], {
            term: Term(**parts) if term not in wrong else Term(term, "", "", "") for term, parts in terms.items()})
    return vocabularies, problems


def is_text(mapping: Mapping, *but: str) -> bool:
    """Whether each part of a mapping, but these, is a text that says something."""
    return all(isinstance(part, str) and part.strip() for key, part in mapping.items() if key not in but)
