"""Partial dates are intervals: what certainly comes after what, and what is on the calendar."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import edtf
from scripts.coded import coded
from scripts.validate import validate
from tests.fictional import write_package

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)).map(str)
PARTIAL = st.builds(lambda day, length: day[:length], DAYS, st.sampled_from([4, 7, 10]))


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2019", "2019-01-01", "2019-12-31"), ("2019-04", "2019-04-01", "2019-04-30"), ("2019-02", "2019-02-01", "2019-02-28"),
    ("2020-02", "2020-02-01", "2020-02-29"), ("1900-02", "1900-02-01", "1900-02-28"), ("2000-02", "2000-02-01", "2000-02-29"),
    ("2019-12", "2019-12-01", "2019-12-31"), ("0000", "0000-01-01", "0000-12-31"), ("2019-04-27", "2019-04-27", "2019-04-27"),
    ("", "", ""), ("April 2019", "", ""), ("2019-13", "", ""), ("٢٠١٩", "", "")])
def test_days_of_a_date(text, first, last):
    assert (edtf.first(text), edtf.last(text)) == (first, last)
    assert edtf.first_day(coded([text])).tolist() == [int(first.replace("-", "") or 0)]
    assert edtf.last_day(coded([text])).tolist() == [int(last.replace("-", "") or 0)]


@pytest.mark.parametrize(("a", "b", "after"), [
    ("2020", "2019", True), ("2019", "2019-04", False), ("2019-05", "2019-04-30", True), ("2019-04", "2019-04-30", False),
    ("2019-04-02", "2019-04-01", True), ("2019-04-01", "2019-04-01", False), ("2020", "", False), ("", "2019", False)])
def test_certainly_after(a, b, after):
    assert edtf.certainly_after(coded([a]), coded([b])).tolist() == [after]


@given(PARTIAL, PARTIAL)
def test_two_dates_are_never_each_after_the_other(a, b):
    assert not (edtf.certainly_after(coded([a]), coded([b])).item() and edtf.certainly_after(coded([b]), coded([a])).item())


@given(PARTIAL, DAYS)
def test_a_date_is_not_after_a_day_within_it(partial, day):
    if day.startswith(partial):
        assert not edtf.certainly_after(coded([partial]), coded([day])).item()
        assert not edtf.certainly_after(coded([day]), coded([partial])).item()


@pytest.mark.parametrize(("terms", "overlap"), [
    (("2015", "2018", "2017", "2020"), True),  # even from 31 December 2017 to 1 January 2018
    (("2015", "2019", "2017", "2020"), True), (("2015", "2017", "2017", "2020"), False),
    (("2015-01-01", "2017-06-30", "2017-06-30", "2020"), False), (("2015-01-01", "2017-06-30", "2017-06-29", "2020-01-01"), True)])
def test_terms_certainly_overlap(terms, overlap):
    assert edtf.certainly_overlap(*terms) is overlap


@pytest.mark.parametrize(("text", "exists"), [("2020-02-29", True), ("2019-02-29", False), ("2019-04-31", False), ("2019-02", True),
                                              ("0000", False), ("0000-01", False), ("0000-01-01", False), ("0001", True), ("zzz", True)])
def test_calendar(text, exists):
    assert edtf.on_calendar(coded([text, "2020"])).tolist() == [exists, True]


@given(PARTIAL, DAYS)
def test_the_first_and_last_day_are_on_the_calendar_and_hold_every_day_between_them(partial, day):
    first, last = date.fromisoformat(edtf.first(partial)), date.fromisoformat(edtf.last(partial))
    assert (first <= date.fromisoformat(day) <= last) is day.startswith(partial)


@given(DAYS)
def test_every_day_has_the_form(day):
    assert re.fullmatch(edtf.PATTERN, day) and edtf.on_calendar(coded([day])).item()


@pytest.mark.parametrize(("table", "column"), [
    ("standards_roles", "started"), ("citations", "published"), ("statement_endorsements", "date")])
@pytest.mark.parametrize(("text", "codes"), [("0000", ["calendar-date"]), ("0000-12", ["calendar-date"]), ("2019", [])])
def test_a_year_that_no_calendar_has_is_told(table, column, text, codes, tmp_path):
    write_package(tmp_path, {table: [{column: text}]})
    found = validate(tmp_path, fast=True).problems.found
    assert [p.code for p in found if p.severity == "error" and (p.table, p.column) == (table, column)] == codes
