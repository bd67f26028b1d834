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
LAYOUT = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|#[^\n]*|\s+", re.DOTALL)
ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\."
OUTSIDE = re.compile(ESCAPE + r"|\[\^?\]?|\{,(?=[0-9]*\})|.", re.DOTALL)  # the parts of a pattern without and within brackets
INSIDE = re.compile(ESCAPE + "|.", re.DOTALL)


@cache
def whole(pattern: str) -> str | None:
    """The pattern for RE2 that matches the texts that `re.fullmatch` matches, but for the case of a few letters such as \u0131, or None
    where there is none: it looks around or back, possesses, is too large, or is none for `re` either."""
    try:
        found = rf"\A(?:{translate(pattern)})\z"
        re.compile(pattern)
        pc.match_substring_regex(pa.array([""]), found)
    except (ValueError, re.error, RecursionError, OverflowError):
        return None
    return found


def may_stall(pattern: object) -> bool:
    """Whether something is a pattern for `re`, which may search for it without end, and none for RE2."""
    if not isinstance(pattern, str):
        return False
    try:
        translate(pattern)
    except ValueError:
        return True
    try:
        re.compile(pattern)
    except (ValueError, ArithmeticError, re.error, RecursionError):  # no pattern at all: told with the constraints
        return False
    return whole(pattern) is None


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern that is one for RE2; half a surrogate pair matches none."""
    return pc.match_substring_regex(pa.array([text.encode(errors="replace")]).cast(pa.string()), pattern)[0].as_py()


def translate(pattern: str) -> str:
    """The pattern with each class, letter and repetition written as RE2 has it. Raises ValueError where it has none."""
    parts, inside, at = [], False, 0
    while at < len(pattern):
        part = (INSIDE if inside else OUTSIDE).match(pattern, at)[0]
        at += len(part)
        parts.append(within(part) if inside else without(part))
        inside = part != "]" if inside else part.startswith("[")
    return "".join(parts)


def without(part: str) -> str:
    """A part of a pattern outside brackets."""
    if part in (r"\b", r"\B"):
        raise ValueError("RE2 knows the letters of ASCII alone")
    return {r"\Z": r"\z", "{,": "{0,"}.get(part) or CLASSES.get(part) or code_point(part)


def within(part: str) -> str:
    """A part of a pattern within brackets."""
    found = {r"\b": r"\x08"}.get(part) or WITHIN.get(part) or code_point(part)
    if part == "[" or (part in WITHIN and found.startswith("[")):
        raise ValueError("engines differ on a bracket within brackets, and a class that is turned round cannot stand there")
    return found


def code_point(part: str) -> str:
    """A letter that is given by its number as RE2 gives it, or the part."""
    return rf"\x{{{part[2:]}}}" if part[:2] in (r"\u", r"\U") and len(part) > 2 else part


def without_layout(pattern: str) -> str:
    """A pattern that was written with `re.VERBOSE` as one that was not."""
    return LAYOUT.sub(r"\1", pattern)
