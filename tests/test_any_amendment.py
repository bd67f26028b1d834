"""Any corrections and withdrawals, hostile ones too, leave sound tables or all as it was."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adding import files, refused, run
from tests.fictional import ROWS, write_package
from tests.test_amend import FIRM, ID, SOURCE, card, correction, twice


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The fictional package, for tests that change nothing."""
    return write_package(tmp_path_factory.mktemp("any") / "package").root


@pytest.mark.parametrize("text", [
    "withdrawn: [&a {record: zzz-role, reason: Zzz}, *a]", "withdrawn: !!python/object:os.system [zzz]",
    f"corrections: [{{record: {ID}, column: note, old: '', new: &a [*a]}}]", "corrections: {zzz: zzz}", "withdrawn: zzz",
    "corrections: [zzz, [], {}, {record: [zzz], column: {}}]", f"corrections: [{{record: {ID}, column: note, old: '', new: \"\\0\"}}]",
    f"corrections: [{{record: {ID}, column: note, old: '', new: \"\\ud800\"}}]",
    f"corrections: [{{record: {ID}, column: note, old: \"a{' ' * 5_000_000}b\", new: zzz}}]",
    f"corrections: [{{record: {'z' * 5_000_000}, column: note, old: '', new: zzz}}]"])
def test_hostile_cards_are_refused(sound, text):
    assert all(len(problem.message) < 1000 for problem in refused(sound, text))


RECORDS = {next(iter(found.values())): found for name in ("organizations", "citations", "deployments", "standards_roles",
                                                          "policy_statements", "claims") for found in ROWS[name]}
TEXTS = ["", "zzz", "2019", "ZZB", "zzz-body", "zzz-full", ID, "removed", "=1", "a  b"]
PARTS = [("parties", FIRM), ("sources", SOURCE), ("further_countries", "ZZC"), ("records", {"table": "deployments", "record": ID}),
         ("countries", "ZZA"), ("themes", {"theme": "privacy"}), ("endorsements", {"country": "ZZA", "action": "endorsed"})]


@st.composite
def cells(draw):
    """A correction of a cell, mostly one whose `old` is true."""
    record = draw(st.sampled_from(sorted(RECORDS)))
    column, old = draw(st.sampled_from(sorted(RECORDS[record].items())))
    return correction(column, draw(st.sampled_from([old, old, "zzz"])), draw(st.sampled_from(TEXTS)), record)


PART = st.sampled_from(PARTS)
ROWS_OF_RECORDS = st.tuples(PART, PART, st.sampled_from([ID, "zzz-claim", "zzz-statement"]), st.integers(0, 2)).map(
    lambda parts: correction(parts[0][0], "" if parts[3] == 0 else parts[0][1], "" if parts[3] == 1 else parts[1][1], parts[2]))
GONE = st.sampled_from(sorted(RECORDS))
WITHDRAWALS = st.fixed_dictionaries({"record": GONE, "reason": st.sampled_from(["Twice.", ""])}, optional={"replaced_by": GONE})


@pytest.mark.slow
@given(st.lists(cells() | ROWS_OF_RECORDS, min_size=1, max_size=3), st.lists(WITHDRAWALS, max_size=2))
@settings(max_examples=25, deadline=None)
def test_any_card_leaves_sound_tables_or_all_as_it_was(sound, tmp_path_factory, corrections, withdrawals):
    root = shutil.copytree(sound, tmp_path_factory.mktemp("any") / "package")
    before = files(root)
    text = card(corrections=corrections, withdrawn=withdrawals)
    if run(root, text).problems:
        assert files(root) == before
    else:
        twice(root, text)


def test_a_row_is_not_corrected_and_moved_to_a_successor_in_one_call(tmp_path):
    write_package(tmp_path, {"deployment_citations": [{"citation_id": "zzz-full", "supports": "status"}]}, None)
    merge = "withdrawn: [{record: zzz-full, reason: The same page., replaced_by: zzz-source}]\n"
    link = "corrections: [{record: zzz-deployment, column: sources, old: {citation: zzz-full, supports: [status]}, new: ''}]\n"
    problems = refused(tmp_path, merge + link)
    assert ("cards-disagree", "zzz-deployment") in [(problem.code, problem.record) for problem in problems]
    assert run(tmp_path, link).problems == []
