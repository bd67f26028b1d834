"""A difference as text, Markdown and JSON: bounded and harmless whatever the cells, or a stored report, say."""

from __future__ import annotations

import json
import re
import sys
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.__main__ import main
from scripts.diff import Cell, Counted, Difference, LinkChange, LinkKind, RecordChange, RecordKind
from scripts.diff_report import CELL, GROUPS, LONGEST, SIGNS, as_json, as_markdown, as_text, from_json
from tests.fictional import write_package
from tests.page import read_as_page
from tests.test_diff import SECOND, difference

HOSTILE = "<script>alert(1)</script> @zzz #1 https://example.org [a](b) **c** `d` | www.example.org </details>"
LIMIT = 65_536  # characters of a comment on GitHub
TAG = r"</?(?:details|summary|code|ul|li)>|<details open>"
ADDED = {"table": "claims", "id": "zzz-claim", "kind": "added", "title": "A fictional claim"}


def assert_harmless(text: str) -> None:
    """A comment fits, its tags are ours and close, all else that has a meaning is ours, and it can be written."""
    own, tags = re.sub("<code>.*?</code>", "", text), re.findall(TAG, text)
    assert len(text) < LIMIT and text.encode()
    assert not re.search(r"[<>@\[\]`]|://|www\.", re.sub(TAG, "", text))
    assert sum("/" in tag for tag in tags) * 2 == len(tags)
    assert re.fullmatch(r"[a-zA-Z0-9 ,.:;|*#\n…-]*", re.sub(TAG, "", own))
    read_as_page(text, "")


TEXTS = st.text(max_size=20) | st.sampled_from([HOSTILE, "\n\n# zzz\n\n", "</code></ul>", "\u202e", "\0", "x" * 5_000, "<" * 5_000])
PAIRS = st.tuples(st.integers(0, 10**9), st.integers(0, 10**9))
CELLS = st.lists(st.builds(Cell, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple)
LINKS = st.builds(LinkChange, TEXTS, st.sampled_from(get_args(LinkKind)), st.lists(TEXTS, max_size=3).map(tuple),
                  st.dictionaries(TEXTS, TEXTS, max_size=2), CELLS)
RECORDS = st.builds(RecordChange, TEXTS, TEXTS, st.sampled_from(get_args(RecordKind)), TEXTS, CELLS, st.lists(LINKS, max_size=2),
                    TEXTS, TEXTS, st.none() | PAIRS, st.none() | PAIRS)
DIFFERENCES = st.builds(
    Difference, st.lists(RECORDS, max_size=5),
    st.dictionaries(st.sampled_from(get_args(Counted)), st.dictionaries(TEXTS, PAIRS, max_size=3), max_size=3),
    st.dictionaries(TEXTS, st.lists(TEXTS, max_size=3), max_size=3), st.dictionaries(TEXTS, TEXTS, max_size=3))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(DIFFERENCES)
def test_whatever_a_stored_difference_says(found):
    assert from_json(as_json(found)) == found
    assert_harmless(as_markdown(found))
    assert all(line.isprintable() for line in as_text(found).replace("\u3000", " ").split("\n"))


@pytest.mark.parametrize("found", [
    Difference([RecordChange("claims", f"zzz-{number}", "added", HOSTILE) for number in range(100_000)]),
    Difference([RecordChange(f"zzz-{number}" * 1_000, "<" * 1_000_000, "vanished", "*" * 1_000_000) for number in range(30)]),
    Difference([RecordChange("claims", "zzz", "changed", "", links=[
        LinkChange("\0" * 9_000, "added", ("\0" * 9_000,), {"\0" * 9_000: "<" * 9_000})] * 200)]),
    Difference(counts={"country": {f"{HOSTILE} {number}": (0, 10**9) for number in range(50_000)}}),
    Difference(unread={f"{HOSTILE} {number}": HOSTILE * 90 for number in range(900)}),
    Difference(columns={HOSTILE: [HOSTILE] * 90_000}),
], ids=["records", "long ids", "links", "counts", "unread", "columns"])
def test_no_size_makes_a_comment_too_long(found):
    text = as_markdown(found)
    assert_harmless(text)
    assert "…" in text


@pytest.mark.parametrize("longest", [LONGEST, 19_900, 5_000, 1_000])
@pytest.mark.parametrize("text", ["zzz", HOSTILE], ids=["plain", "hostile"])
def test_a_comment_keeps_to_the_room_it_is_given(text, longest):
    """Also where each part of it could fill all of the room."""
    found = Difference([RecordChange("claims", f"{text}-{number}", kind, text) for number in range(1_000) for kind in SIGNS],
                       {"table": {f"{text}-{number}": (0, 10**9) for number in range(1_000)}},
                       {f"{text}-{number}": [text] for number in range(1_000)}, {f"{text}-{number}": text for number in range(1_000)})
    said = as_markdown(found, longest)
    assert_harmless(said)
    assert longest / 4 < len(said) <= longest and "more records." in said


@pytest.mark.parametrize(("text", "words"), [
    ("", "Invalid JSON"), ("zzz", "Invalid JSON"), ("[" * 90_000, "Invalid JSON"), ("[]", "should be an object"), ("\ud800", "unicode"),
    ('{"zzz": 1}', "zzz: Unexpected"), ('{"records": {}}', "records: "), ('{"records": [{}]}', "records.0.table: "),
    (json.dumps({"records": [ADDED | {"kind": "zzz"}]}), "records.0.kind: "),
    (json.dumps({"records": [ADDED | {"zzz": ""}]}), "records.0.zzz: Unexpected"),
    (json.dumps({"records": [ADDED | {"title": 1}]}), "records.0.title: "),
    (json.dumps({"records": [ADDED | {"sources": [1, 2, 3]}]}), "records.0.sources"),
    (json.dumps({"records": [ADDED | {"sources": [-1, 2]}]}), "a number is below 0"),
    (json.dumps({"records": [ADDED | {"links": [{"table": "", "kind": "renamed", "key": [], "row": {}}]}]}), "records.0.links.0.kind: "),
    ('{"counts": {"zzz": {}}}', "counts.zzz"), ('{"counts": {"table": {"zzz": [0, 1e3]}}}', "counts.table.zzz.1: "),
    ('{"counts": {"table": {"zzz": [0, true]}}}', "counts.table.zzz.1: "),
    ('{"counts": {"table": {"zzz": [0, NaN]}}}', "counts.table.zzz.1: "),
    (f'{{"counts": {{"table": {{"zzz": [0, {10**4000}]}}}}}}', "above 1,000,000,000"),
    (f'{{"counts": {{"table": {{"zzz": [0, {"9" * 9_000}]}}}}}}', "Invalid JSON"),
    (json.dumps({"\n<b>" * 90_000: 1}), "characters): Unexpected"), ('{"unread": {"zzz": null}}', "unread.zzz: "),
])
def test_what_is_no_difference_is_refused_in_one_sentence(text, words):
    with pytest.raises(ValueError, match=re.escape(words)) as refused:
        from_json(text)
    said = str(refused.value)
    assert said.startswith("This is no difference as `diff --format json` writes it: ") and "\n" not in said and len(said) < 3 * CELL


def test_every_kind_of_change_has_a_sign_and_one_group():
    assert set(SIGNS) == set(get_args(RecordKind)) >= set(get_args(LinkKind))
    assert sorted(kind for kinds in GROUPS.values() for kind in kinds) == sorted(SIGNS)


@pytest.mark.parametrize("kind", SIGNS)
def test_the_headline_counts_each_kind_of_change(kind):
    one = RecordChange("claims", "zzz-claim", kind, "")
    assert as_text(Difference([one])).startswith(f"1 record {kind}\n") and f"**1 record {kind}**" in as_markdown(Difference([one]))
    assert as_text(Difference([one] * 2_000)).startswith(f"2,000 records {kind}\n")


def test_a_headline_without_records_says_so():
    assert as_text(Difference(unread={"claims": "zzz"})).startswith("No record changed.\nclaims could not be compared: zzz\n")


def test_colour_only_where_it_is_asked_for(tmp_path):
    found = difference(tmp_path, {"deployments": [{"status": "suspended"}, SECOND]})
    assert "\x1b" not in as_text(found)
    assert "\x1b[33m  ~ zzz-deployment" in as_text(found, colour=True) and "\x1b[32m  + zzz-second" in as_text(found, colour=True)


@pytest.mark.parametrize(("terminal", "setting", "coloured"), [
    (True, None, True), (True, "", True), (True, "1", False), (False, None, False)])
def test_colour_on_a_terminal_that_does_not_forbid_it(terminal, setting, coloured, tmp_path, capsys, monkeypatch):
    write_package(tmp_path / "before")
    write_package(tmp_path / "after", {"deployments": [{"status": "suspended"}]})
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if setting is not None:
        monkeypatch.setenv("NO_COLOR", setting)
    assert main(["diff", str(tmp_path / "before"), "--root", str(tmp_path / "after")]) == 0
    assert ("\x1b[33m" in capsys.readouterr().out) == coloured


def test_of_a_long_text_that_changed_the_part_that_differs_is_shown(tmp_path):
    text = "A fictional sentence that stays. " * 20
    before, after = ({"deployments": [{"note": f"{text}{word} land. {text}"}]} for word in ("Zzz", "Yyy"))
    for said in (as_text(found := difference(tmp_path, after, before)), as_markdown(found)):
        (line,) = (line for line in said.splitlines() if "Yyy" in line)
        assert "Zzz" in line and len(line) < 300 and line.count("…") == 4


def test_a_text_written_anew_shows_old_and_new_in_markdown(tmp_path):
    before, after = ({"deployments": [{"note": f"{word} " * 400}]} for word in ("Zzz", "Yyy"))
    text = as_markdown(difference(tmp_path, after, before))
    assert text.count("characters") == 2 and "Zzz Zzz" in text and "Yyy Yyy" in text


def test_markdown_has_a_heading_for_each_group(tmp_path):
    found = difference(tmp_path, {"deployments": [SECOND, {"status": "suspended"}], "claims": None})
    assert re.findall("(?m)^#### (.*)$", as_markdown(found)) == [
        "Gone, renamed or back: 1 in <code>claims</code>", "Changed: 1 in <code>deployments</code>", "Added: 1 in <code>deployments</code>"]


def test_text_of_cells_is_nothing_but_text_in_markdown(tmp_path):
    text = as_markdown(difference(tmp_path, {"deployments": [{"title": HOSTILE, "note": HOSTILE}]}))
    assert set(re.findall(r"</?(\w+)", text)) == {"details", "summary", "code", "ul", "li"}
    assert not re.search(r"@|\]\(|https?:|www\.|\*\*c|`", text) and text.count("</details>") == text.count("<details")


def test_text_of_cells_cannot_steer_a_terminal(tmp_path):
    assert "\x1b" not in as_text(difference(tmp_path, {"deployments": [{"note": "zzz \x1b[2J"}]}))


def test_markdown_stays_short_enough_and_says_what_it_leaves_out(tmp_path):
    many = [{"claim_id": f"zzz-{number:04}", "claim": "Zzz *" * 40} for number in range(400)]
    text = as_markdown(difference(tmp_path, {"claims": many}))
    assert LONGEST / 2 < len(text) < 65_536 and re.search(r"… and \d+ more records", text)


@pytest.mark.parametrize("example", [
    {"deployments": [{"status": "x" * 70_000}]}, {"deployments": [{"country_code": "<" * 20_000}]},
    {"deployments": [{"note": "*" * 70_000}]}, {"claims": [{"claim_id": f"zzz-{'<' * 300}{n}"} for n in range(300)]},
], ids=["status", "country", "note", "ids"])
def test_no_cell_makes_markdown_long_or_hides_the_rest(tmp_path, example):
    text = as_markdown(difference(tmp_path, {**example, "organizations": [{"organization_id": "zzz-body", "name": "Zzz"}]}))
    assert len(text) < 65_536 and ("zzz-body" in text or "more records" in text)


def test_what_goes_comes_first_in_markdown(tmp_path):
    many = [{**SECOND, "deployment_id": f"zzz-{number:03}", "summary": "Zzz *" * 90} for number in range(400)]
    text = as_markdown(difference(tmp_path, {"deployments": many, "claims": None}))
    assert "gone without a row in withdrawn" in text and "more records" in text


def test_marks_that_turn_text_around_are_shown(tmp_path):
    assert not set(as_markdown(difference(tmp_path, {"deployments": [{"status": "a\u202eb\x1b[31mc"}]}))) & {"\u202e", "\x1b"}


def test_json_is_for_machines(tmp_path, capsys):
    write_package(tmp_path / "before")
    write_package(tmp_path / "after", {"deployments": [{"status": "suspended"}]})
    assert main(["diff", str(tmp_path / "before"), "--root", str(tmp_path / "after"), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"records", "counts", "columns", "unread"}
    assert found["records"][0]["cells"] == [{"column": "status", "old": "operational", "new": "suspended"}]
