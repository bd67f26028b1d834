"""Cells as values and back."""

from __future__ import annotations

import math

import pytest

from scripts.package import Field
from scripts.typed import cell, cells, value, values

PAIRS = [("string", "NA", "NA"), ("string", "0012", "0012"), ("string", "", None), ("integer", "210000000", 210000000),
         ("number", "0.25", 0.25), ("number", "1", 1.0), ("boolean", "true", True), ("boolean", "false", False),
         ("list", "a;b", ["a", "b"]), ("list", "", None), ("date", "2021-02-01", "2021-02-01")]


def field(type_: str) -> Field:
    return Field("zzz", type_, delimiter=";")


@pytest.mark.parametrize(("type_", "text", "meant"), PAIRS)
def test_a_cell_becomes_its_value_and_the_value_the_cell(type_, text, meant):
    assert value(field(type_), text) == meant and type(value(field(type_), text)) is type(meant)
    assert cell(field(type_), meant) == text


@pytest.mark.parametrize(("type_", "missing"), [("string", None), ("number", math.nan), ("integer", math.nan),
                                              ("list", []), ("list", None)])
def test_what_is_missing_is_an_empty_cell(type_, missing):
    assert cell(field(type_), missing) == ""


@pytest.mark.parametrize(("number", "text"), [(1 / 3, "0.3333"), (0.1 + 0.2, "0.3"), (100.0, "100"), (0.0, "0"), (-0.00001, "0"),
                                              (1e-7, "0"), (123456.5, "123456.5")])
def test_a_number_has_four_decimals_at_most_and_no_exponent(number, text):
    assert cell(field("number"), number) == text


def test_columns_go_there_and_back():
    assert cells(field("list"), values(field("list"), ["a;b", "", "c"])) == ["a;b", "", "c"]
