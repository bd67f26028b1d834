"""Partial dates (EDTF level 0: `2019`, `2019-04`, `2019-04-27`) as intervals of days, over whole columns.

Days are ISO texts, which compare as dates do.
Source: Library of Congress, Extended Date/Time Format (EDTF) Specification, level 0.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import pandas as pd

PATTERN = "[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
FORM = re.compile(PATTERN)


def first(text: str) -> str:
    """The earliest day that a date can mean; an empty text where it is not well-formed."""
    return (text + "-01-01"[len(text) - 4:] if len(text) < 10 else text) if FORM.fullmatch(text) else ""


def last(text: str) -> str:
    """The latest day that a date can mean, `2021-02-28` for `2021-02`; an empty text where it is not well-formed."""
    if len(text) == 7 and FORM.fullmatch(text):
        return f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]}"
    return (f"{text}-12-31" if len(text) == 4 else text) if FORM.fullmatch(text) else ""


def first_day(dates: pd.Series) -> pd.Series:
    """`first` of each date."""
    return dates.map({text: first(text) for text in dates.unique()})


def last_day(dates: pd.Series) -> pd.Series:
    """`last` of each date."""
    return dates.map({text: last(text) for text in dates.unique()})


def certainly_after(a: pd.Series, b: pd.Series) -> pd.Series:
    """Where both dates are known and every reading of `a` lies after every reading of `b`."""
    start, end = first_day(a), last_day(b)
    return (start != "") & (end != "") & (start > end)


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
