"""Partial dates (EDTF level 0: `2019`, `2019-04`, `2019-04-27`) as intervals of days, over whole columns.

Days are ISO texts, which compare as dates do.
Source: Library of Congress, Extended Date/Time Format (EDTF) Specification, level 0.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from functools import lru_cache

import numpy as np

from .coded import Coded

PATTERN = "[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
FORM = re.compile(PATTERN)
KNOWN = 100_000  # dates of which is remembered when they begin and end


@lru_cache(KNOWN)
def first(text: str) -> str:
    """The earliest day that a date can mean; an empty text where it is not well-formed."""
    return (text + "-01-01"[len(text) - 4:] if len(text) < 10 else text) if FORM.fullmatch(text) else ""


@lru_cache(KNOWN)
def last(text: str) -> str:
    """The latest day that a date can mean, `2021-02-28` for `2021-02`; an empty text where it is not well-formed."""
    if len(text) == 7 and FORM.fullmatch(text):
        return f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]}"
    return (f"{text}-12-31" if len(text) == 4 else text) if FORM.fullmatch(text) else ""


def first_day(dates: Coded) -> np.ndarray:
    """`first` of each date as a number, 20190427; 0 where it is not well-formed."""
    return _numbers(dates, first)


def last_day(dates: Coded) -> np.ndarray:
    """`last` of each date as a number."""
    return _numbers(dates, last)


def _numbers(dates: Coded, day: Callable[[str], str]) -> np.ndarray:
    return np.array([number(day(text)) for text in dates.values], dtype=np.int64)[dates.codes]


def number(day: str) -> int:
    """A day as a number that compares as days do; 0 for an empty text."""
    return int(day.replace("-", "") or 0)


def certainly_after(a: Coded, b: Coded) -> np.ndarray:
    """Where both dates are known and every reading of `a` lies after every reading of `b`."""
    start, end = first_day(a), last_day(b)
    return (start > 0) & (end > 0) & (start > end)


def certainly_overlap(start_a: str, end_a: str, start_b: str, end_b: str) -> bool:
    """Whether two closed terms share a day in every reading of their four partial dates.

    A day on which one term ends and the other starts is a handover, not an overlap.
    """
    return max(last(start_a), last(start_b)) < min(first(end_a), first(end_b))


def is_calendar_date(text: str) -> bool:
    """Whether a date is on the calendar (not 30 February, and not in a year 0000); what is not well-formed is not our business."""
    try:
        return not FORM.fullmatch(text) or bool(date.fromisoformat(first(text)))
    except ValueError:
        return False
