"""Patterns of a Table Schema, which Python's `re` defines, as patterns of RE2, which matches in time that grows with the text alone.

Source: the syntax of RE2, https://github.com/google/re2/wiki/Syntax, and of https://docs.python.org/3/library/re.html.
"""

from __future__ import annotations

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

SPACES, WORDS = r"\s\x0b\x1c-\x1f\x85\p{Z}", r"\p{L}\p{N}_"  # what `re` takes for \s and \w; RE2 knows those of ASCII alone
CLASSES = {r"\d": r"\p{Nd}", r"\D": r"\P{Nd}", r"\s": f"[{SPACES}]", r"\S": f"[^{SPACES}]", r"\w": f"[{WORDS}]", r"\W": f"[^{WORDS}]"}
WITHIN = {**CLASSES, r"\s": SPACES, r"\w": WORDS}  # the same within brackets, where a class cannot be turned round
LINEAR = ("Write it without what looks ahead or behind, refers back, takes in all at once or repeats something more than 1,000 times: see "
          "https://github.com/google/re2/wiki/Syntax.")
OTHERWISE = re.compile(r"\\[bB]|\[\[:")  # what both know, and take for different things
LAYOUT = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|#[^\n]*|\s+", re.DOTALL)
PART = re.compile(r"\\.|\[\^?\]?|\]|\{,|.", re.DOTALL)


@cache
def whole(pattern: str) -> str | None:
    """The pattern for RE2 that matches the texts that `re.fullmatch` matches, or None where there is none: it looks around or back,
    possesses, is too large, or is none for `re` either."""
    if OTHERWISE.search(pattern):
        return None
    try:
        re.compile(pattern)
        found = rf"\A(?:{translate(pattern)})\z"
        pc.match_substring_regex(pa.array([""]), found)
    except (ValueError, re.error, RecursionError, OverflowError):
        return None
    return found


def may_stall(pattern: object) -> bool:
    """Whether something is a pattern for `re`, which may search for it without end, and none for RE2."""
    if not isinstance(pattern, str) or whole(pattern) is not None:
        return False
    try:
        return bool(OTHERWISE.search(pattern) or re.compile(pattern))
    except (ValueError, ArithmeticError, re.error, RecursionError):  # no pattern at all: told with the constraints
        return False


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern that is one for RE2; half a surrogate pair matches none."""
    return pc.match_substring_regex(pa.array([text.encode(errors="replace")]).cast(pa.string()), pattern)[0].as_py()


def translate(pattern: str) -> str:
    """The pattern with each class and repetition written as RE2 has it. Raises ValueError where it has none."""
    parts, inside = [], False
    for part in PART.findall(pattern):
        if part.startswith("[") and not inside:
            inside = True
        elif part == "]":
            inside = False
        elif part == "{," and not inside:
            part = "{0,"
        elif part in CLASSES:
            part = (WITHIN if inside else CLASSES)[part]
            if inside and part.startswith("["):
                raise ValueError("a class that is turned round cannot stand in brackets")
        parts.append(part)
    return "".join(parts)


def without_layout(pattern: str) -> str:
    """A pattern that was written with `re.VERBOSE` as one that was not."""
    return LAYOUT.sub(r"\1", pattern)
