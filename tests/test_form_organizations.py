"""What a form says of organizations and of many lines: nothing is attached to another organization without a word."""

from __future__ import annotations

import pytest

from scripts.draft import MOST_LINES
from tests.web import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk(tmp_path_factory.mktemp("package"))


@pytest.mark.parametrize("line", ["Zzz Supplier; supplier", "Zzz Supplier; supplier; company", "Zzz Supplier; supplier; company; Yyy Land"])
def test_what_is_said_of_an_organization_that_is_there_may_be_said_again(desk, line):
    assert desk.send("deployment", {"Parties": line}).ready


@pytest.mark.parametrize("line", ["Zzz Supplier; supplier; government; Yyy Land", "Zzz Supplier; supplier; company; Zzz Land"])
def test_an_organization_of_another_type_or_country_is_not_taken_for_one_that_is_there(desk, line):
    found = desk.send("deployment", {"Parties": line})
    assert [(one.heading, one.message) for one in found.complaints] == [
        ("Parties", "`Zzz Supplier` stands in the dataset already, as company in ZZB.")]


def test_a_form_takes_only_so_many_lines(desk):
    lines = "\n".join(f"Zzz Firm {number}; supplier; company; Yyy Land" for number in range(MOST_LINES + 1))
    found = desk.send("deployment", {"Parties": lines})
    assert [(one.heading, one.message) for one in found.complaints] == [
        ("Parties", f"The answer has {MOST_LINES + 1} lines; a form takes {MOST_LINES}.")]
