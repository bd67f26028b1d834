"""Partial dates (EDTF level 0: `2019`, `2019-04`, `2019-04-27`) as intervals of days, over whole columns.

Days are ISO texts, which compare as dates do.
Source: Library of Congress, Extended Date/Time Format (EDTF) Specification, level 0.
"""

from __future__ import annotations

import re
from calendar import monthrange
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .coded import Coded

PATTERN = "[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
FORM = re.compile(PATTERN)
MONTHS = np.array([31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])  # days of each; a year without a month has one of 31
KNOWN = 100_000  # dates of which is remembered when they begin and end


@lru_cache(KNOWN)
def first(text: str) -> str:
    """The earliest day that a date can mean; an empty text where it is not well-formed."""
    return text + "-01-01"[len(text) - 4:] if FORM.fullmatch(text) else ""


@lru_cache(KNOWN)
def last(text: str) -> str:
    """The latest day that a date can mean, `2021-02-28` for `2021-02`; an empty text where it is not well-formed."""
    if len(text) == 7 and FORM.fullmatch(text):
        return f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]}"
    return (f"{text}-12-31" if len(text) == 4 else text) if FORM.fullmatch(text) else ""


def first_day(dates: Coded) -> np.ndarray:
    """`first` of each date as a number, 20190427; 0 where it is not well-formed."""
    day = _numbers(dates)
    return np.where(day < 0, 0, day + 100 * (day % 10_000 == 0) + (day % 100 == 0))[dates.codes]


def last_day(dates: Coded) -> np.ndarray:
    """`last` of each date as a number."""
    day = _numbers(dates)
    day = day + 1_200 * (day % 10_000 == 0)
    return np.where(day < 0, 0, day + _days_of_month(day) * (day % 100 == 0))[dates.codes]


def on_calendar(dates: Coded) -> np.ndarray:
    """Which dates are on the calendar (not 30 February, and not in a year 0000); what is not well-formed is not our business."""
    day = _numbers(dates)
    return ((day < 0) | ((day >= 10_000) & (day % 100 <= _days_of_month(day))))[dates.codes]


def _numbers(dates: Coded) -> np.ndarray:
    """Each distinct date as a number, 20190400 for `2019-04`; -1 where it is not well-formed."""
    formed = pc.match_substring_regex(dates.texts, rf"\A(?:{PATTERN})\z")
    texts = pc.if_else(formed, dates.texts, "-")
    digits = pc.utf8_rpad(pc.replace_substring(texts, "-", ""), 8, "0")
    return np.where(formed, digits.cast(pa.int64()).to_numpy(), -1)


def _days_of_month(days: np.ndarray) -> np.ndarray:
    """How many days the month of each of the days, as numbers, has."""
    year, month = days // 10_000, np.maximum(days, 0) // 100 % 100
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return MONTHS[month] + (leap & (month == 2))


def number(day: str) -> int:
    """A day as a number that compares as days do."""
    return int(day.replace("-", ""))


def certainly_after(a: Coded, b: Coded) -> np.ndarray:
    """Where both dates are known and every reading of `a` lies after every reading of `b`."""
    start, end = first_day(a), last_day(b)
    return (start > 0) & (end > 0) & (start > end)


def certainly_overlap(start_a: str, end_a: str, start_b: str, end_b: str) -> bool:
    """Whether two closed terms share a day in every reading of their four partial dates.

    A day on which one term ends and the other starts is a handover, not an overlap.
    """
    return max(last(start_a), last(start_b)) < min(first(end_a), first(end_b))
