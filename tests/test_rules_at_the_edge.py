"""Where a rule of meaning begins and ends, in which cell it tells of a mistake, and with which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from scripts.validate import validate
from scripts.write import canonical
from tests.fictional import write_package
from tests.small import put_json

Told = list[tuple[str, int | None, str | None, str]]


def told(root, code: str, change: dict) -> Told:
    """Table, line, column and message of each problem of a kind that a change of the fictional package makes."""
    write_package(root, change)
    found = validate(root, fast=True).problems.found
    return [(p.table, p.line, p.column, p.message) for p in found if p.code == code]


def deployment(number: int, **cells) -> dict:
    """One more deployment, of a title of its own."""
    return {"deployment_id": f"zzz-{number}", "title": f"Project {number}", **cells}


def role(name: str, started: str, ended: str, holder: str = "", **cells) -> dict:
    """A chair of one committee; each has another holder unless it is named."""
    return {"role_id": f"zzz-{name}", "holder": holder or f"Zzz {name}", "started": started, "ended": ended, **cells}


def chairs(*roles: dict) -> dict:
    """These roles alone."""
    return {"standards_roles": [*roles, {"role_id": "zzz-role", "-": "left out"}]}


WORDS = [
    ("unknown-language", {"citations": [{"language": "xx"}]}, [("citations", 3, "language", "`xx` is no language of ISO 639-1.")]),
    ("repeated-url", {"citations": [{"citation_id": "zzz-a", "url": "http://WWW.example.org/zzz-full/", "title": "Quite another"}]},
     [("citations", 3, "url", "The same address is already that of `zzz-a`.")]),
    ("id-taken", {"citations": [{"citation_id": "zzz-body"}], "deployment_citations": [{"citation_id": "zzz-body"}]},
     [("citations", 2, None, "The id stands already in data/organizations.csv.")]),
    ("id-taken", {"deployments": [deployment(1), {"deployment_id": "zzz-source"}]},
     [("deployments", 4, None, "The id stands already in data/citations.csv.")]),
    ("own-further-country", {"deployment_countries": [{"country_code": "ZZA"}]},
     [("deployment_countries", 2, "country_code", "`ZZA` is already the country of the project.")]),
    ("absent-unread", {"statement_themes": [{"stance": "absent", "citation_id": "zzz-source"}]},
     [("statement_themes", 2, "stance", "The theme is coded `absent`, but `zzz-source` was not read in full.")]),
    ("absent-unread", {"citations": [{"citation_id": "zzz-source", "language": "English"}],  # what else is wrong with the source
                       "statement_themes": [{"stance": "absent", "citation_id": "zzz-source"}]},
     [("statement_themes", 2, "stance", "The theme is coded `absent`, but `zzz-source` was not read in full.")]),
    ("endorsed-before-issue", {"statement_endorsements": [{"country_code": "ZZB", "date": "2019-02"}]},
     [("statement_endorsements", 3, "date", "The act is dated 2019-02, before the statement was issued (2019-03).")]),
    ("endorsed-before-issue", {"statement_endorsements": [{"country_code": "ZZB", "date": "2019-02"}],
                               "policy_statements": [{"scope": "zzz"}]},  # the date is sound
     [("statement_endorsements", 3, "date", "The act is dated 2019-02, before the statement was issued (2019-03).")]),
    ("tally-exceeded", {"statement_tallies": [{"total": "1"}]},
     [("statement_tallies", 2, "total", "The source counts 1, yet 2 are listed.")]),
    ("claim-cites-itself", {"claim_citations": [{"citation_id": "zzz-full"}]},
     [("claim_citations", 2, "citation_id", "`zzz-full` is the text that makes the claim.")]),
    ("no-such-record", {"claim_records": [{"record_id": "zzz-deploymnt"}]},
     [("claim_records", 3, "record_id", "`zzz-deploymnt` is no record of `deployments`.")]),
    ("no-such-record", {"claim_records": [{"record_id": "zzz-deploymnt"}], "deployments": [{"status": "zzz"}]},  # its ids are sound
     [("claim_records", 3, "record_id", "`zzz-deploymnt` is no record of `deployments`.")]),
    ("dates-in-order", {"deployments": [{"announced": "2020", "started": "2018", "ended": "2017"}]},
     [("deployments", 2, "started", "`announced` is 2020, which is after `started`, 2018.")]),
    ("dates-in-order", {"deployments": [{"started": "2018-02", "ended": "2018-01-31"}]},
     [("deployments", 2, "ended", "`started` is 2018-02, which is after `ended`, 2018-01-31.")]),
    ("dates-in-order", {"deployments": [{"announced": "2019", "started": "", "ended": "2018"},
                                         deployment(1, announced="", started="2018", ended="2019")]},
     [("deployments", 3, "ended", "`announced` is 2019, which is after `ended`, 2018.")]),
    ("value-together", {"deployments": [{"value_currency": ""}]},
     [("deployments", 2, "value_currency", "Of amount, currency and kind of the value only some are given.")]),
    ("value-together", {"deployments": [{"value_amount": "", "value_currency": ""}]},
     [("deployments", 2, "value_amount", "Of amount, currency and kind of the value only some are given.")]),
    ("supports-nothing", {"deployment_citations": [{"supports": "country_code;ended;parties;place;value_amount"}]},
     [("deployment_citations", 2, "supports", "The source supports `ended`, `place`, which is empty in the record.")]),
    ("supports-nothing", {"deployments": [deployment(1), deployment(2), {"place": "Zzz"}],  # the last has what others lack
                          "deployment_citations": [{"deployment_id": "zzz-1", "supports": "place"}]},
     [("deployment_citations", 2, "supports", "The source supports `place`, which is empty in the record.")]),
    ("unsupported", {"deployment_citations": [{"supports": "channel;country_code;purposes;status;technologies;value_amount"}]},
     [("deployments", 2, None, "No source that was read supports `parties`.")]),
    ("unsupported", {"role_citations": [{"supports": "committee"}]},
     [("standards_roles", 2, "holder", "No source that was read supports `holder` or `affiliation_id` or `country_code`."),
      ("standards_roles", 2, "role", "No source that was read supports `role`.")]),
    ("unsupported-column", {"statement_citations": [{"supports": "issued"}]},
     [("policy_statements", None, None, "No source that was read supports `themes` in 1 of the records; the first is `zzz-statement`.")]),
    ("both-sides", {"deployment_citations": [{"stance": "disputes", "supports": "channel;ai_basis;parties"}]},
     [("deployment_citations", 3, "supports", "The source supports and disputes `channel`, `parties`.")]),
    ("unsupported-column", {"deployments": [deployment(1, place="Zzz"), {"place": "Zzz"}, deployment(3, place="")],
                            "deployment_citations": [{"deployment_id": f"zzz-{number}", "stance": "supports",
                                                      "supports": "channel;country_code;parties;purposes;status;technologies;value_amount"}
                                                     for number in (1, 3)]},
     [("deployments", None, "place", "No source that was read supports `place` in 2 of the records; the first is `zzz-1`.")]),
]


@pytest.mark.parametrize(("code", "change", "expected"), WORDS, ids=[f"{code}-{i}" for i, (code, *_) in enumerate(WORDS)])
def test_a_problem_says_where_it_is_and_what_it_is_about(code, change, expected, tmp_path):
    if code == "unsupported-column":
        assert expected[0] in told(tmp_path, code, change)
    else:
        assert told(tmp_path, code, change) == expected


def test_what_is_counted_is_told_once_with_its_file_and_number(tmp_path):
    links = [{"deployment_id": f"zzz-{number}", "stance": "supports", "supports": "channel"} for number in (1, 2)]
    write_package(tmp_path, {"deployments": [deployment(1, place="Zzz"), deployment(2, place="Zzz")], "deployment_citations": links})
    (found,) = [p for p in validate(tmp_path, fast=True).problems.found if (p.code, p.column) == ("unsupported-column", "place")]
    assert (found.file, found.line, found.count) == ("data/deployments.csv", None, 2)
    assert found.hint == "Where a source of the record says it, add `place` to `supports` in data/deployment_citations.csv."


@pytest.mark.parametrize(("code", "change", "message"), [
    ("future-date", {"deployments": [{"status_as_of": "2999"}]}, "`2999` lies in the future."),
    ("calendar-date", {"deployments": [{"started": "2019-02-30"}]}, "`2019-02-30` is no day of the calendar."),
    ("unknown-language", {"citations": [{"language": "qq"}]}, "`qq` is no language of ISO 639-1.")])
def test_a_message_names_the_cell_that_is_wrong(code, change, message, tmp_path):
    (one,) = told(tmp_path, code, change)
    assert (one[2], one[3]) == (*list(next(iter(change.values()))[0])[:1], message)


def test_a_message_shows_the_beginning_of_a_long_cell(tmp_path):
    (one,) = told(tmp_path, "no-such-record", {"claim_records": [{"record_id": "z" * 300}]})
    assert one[3] == f"`{'z' * 200}` is no record of `deployments`."


SILENT = [
    ("dates-in-order", {"deployments": [{"announced": "2019-04", "started": "2019", "ended": "2019-04-01"}]}),
    ("tally-exceeded", {"statement_tallies": [{"total": "2"}]}),
    ("tally-exceeded", {"statement_tallies": [{"total": "1", "stage": "draft"}]}),
    ("endorsed-before-issue", {"statement_endorsements": [{"date": "2019-03-01"}]}),
    ("endorsed-before-issue", {"statement_endorsements": [{"date": "2018"}], "policy_statements": [{"issued": ""}]}),
    ("endorsed-before-issue", {"statement_endorsements": [{"date": "2018"}], "policy_statements": [{"issued": "2019-3"}]}),
    ("absent-unread", {"statement_themes": [{"stance": "absent", "citation_id": "zzz-source"}], "citations": [{"access": "Excerpt"}]}),
    ("no-such-record", {"claim_records": [{"record_id": "zzz-none"}], "deployments": [{"deployment_id": "ZZZ!"}]}),
    ("unknown-language", {"citations": [{"language": "EN"}]}),  # told as a broken pattern
    ("unknown-currency", {"deployments": [{"value_amount": "", "value_currency": "", "value_kind": ""}]}),
    ("unused", {"citations": [{"citation_id": "zzz-second"}], "claims": [{"made_in": "zzz-none"}]}),
    ("unsupported", {"citations": [{"citation_id": "zzz-source", "access": "listed"}]}),  # told once, as a record without a source
    ("unsupported-column", {"citations": [{"citation_id": "zzz-source", "access": "listed"}]}),
    ("no-supplier", {"deployments": [{"channel": "system"}], "deployment_parties": None}),  # told as a record without a party
    ("no-such-replacement", {"withdrawn": [{"replaced_by": "zzz-late"}, {"record_id": "zzz-late", "replaced_by": ""}]}),
    ("no-such-replacement", {"withdrawn": [{"replaced_by": "zzz-x", "table": "colours"}]}),  # told as an unknown term
    ("endorsed-before-issue", {"policy_statements": [{"issued": "2999"}]}),  # told as the future
    ("tally-exceeded", {"statement_tallies": [{"total": "many"}]}),  # told as no number
    ("supports-nothing", {"deployments": [{"country_code": ""}]}),  # told as a missing cell
    ("supports-nothing", {"deployment_citations": [{"deployment_id": "zzz-none", "supports": "place"}]}),  # told as a dangling key
    ("supports-nothing", {"deployments": [deployment(1, place="Zzz")]}),
    ("near-duplicate", {"citations": [{"citation_id": "zzz-a", "url": "https://example.org/a", "title": "Zzz city camera network report"},
                                      {"citation_id": "zzz-b", "url": "https://example.org/b",
                                       "title": "Zzz city camera network reports"}]}),  # a word of a title counts
    ("overlapping-terms", chairs(role("a", "2018", "2020-05-02"), role("b", "2020-05-02", "2022"))),  # a handover
    ("overlapping-terms", chairs(role("a", "2018", "2020"), role("b", "2019", "2020", committee="ZZZ 2"))),
    ("overlapping-terms", chairs(role("a", "2018", "2022", holder="Zzz One"), role("b", "2019", "2020", holder="Zzz One"))),
    ("overlapping-terms", chairs(role("a", "2018", "2022", role="vice_chair"), role("b", "2019", "2020", role="vice_chair"))),
    ("overlapping-terms", chairs(role("a", "2018", ""), role("b", "2019", "2020"))),
    ("open-term", chairs(role("a", "2018", "2020"), role("b", "2021", ""))),  # the holder of today
    ("open-term", chairs(role("a", "2018", "2020"), role("b", "2019", "2022"), role("c", "2022", ""))),  # nor where others overlap
    ("open-term", chairs(role("a", "2018", ""), role("b", "2018", ""))),  # none is known to be later
    ("open-term", chairs(role("a", "2018", "", holder="Zzz One"), role("b", "2019", "2020", holder="Zzz One"))),
    ("unsupported", {"deployment_citations": [{"supports": "status"},  # nor where another source may support it
                                              {"citation_id": "zzz-full", "stance": "zzz"}]}),
    ("unsupported-column", {"statement_citations": [{"supports": "issued"}, {"citation_id": "zzz-source", "stance": "zzz"}]}),
    ("unsupported-column", {"statement_citations": [{"supports": "issued"}], "statement_themes": None}),
    ("overlapping-terms", chairs({**role("a", "2018", "2022"), "holder": "", "affiliation_id": "zzz-supplier"}, role("b", "2019", "2020"))),
    ("overlapping-terms", chairs(role("a", "2018-13", "2022"), role("b", "2019", "2020"))),  # told as a broken pattern
    ("cycle", {"deployments": [{"deployment_id": ""}]}),  # told as a missing id
    ("cycle", {"deployments": [deployment(1, part_of="zzz-2"), deployment(2, part_of="zzz-3"), deployment(3)]}),
]


@pytest.mark.parametrize(("code", "change"), SILENT, ids=[f"{code}-{i}" for i, (code, _) in enumerate(SILENT)])
def test_a_rule_ends_where_it_says(code, change, tmp_path):
    assert told(tmp_path, code, change) == []


def lines(found: Told) -> list[int | None]:
    return [line for _, line, *_ in found]


def test_a_term_overlaps_by_a_day(tmp_path):
    change = chairs(role("a", "2018", "2020-05-03"), role("b", "2020-05-02", "2022"), role("c", "2021", "2023-01-01"))
    assert told(tmp_path, "overlapping-terms", change) == [
        ("standards_roles", 3, "started", "The term overlaps that of `zzz-a`, another holder of the same office."),
        ("standards_roles", 4, "started", "The term overlaps that of `zzz-b`, another holder of the same office.")]


def test_two_terms_overlap_after_one_that_was_over(tmp_path):
    change = chairs(role("a", "2010", "2011"), role("b", "2015", "2020"), role("c", "2016", "2018"))
    assert lines(told(tmp_path, "overlapping-terms", change)) == [4]


def test_a_long_term_overlaps_all_that_start_in_it(tmp_path):
    change = chairs(role("a", "2010", "2020-05-03"), role("b", "2011", "2013"), role("c", "2014", "2016"), role("d", "2021", "2022"))
    assert [(line, message.split("`")[1]) for _, line, _, message in told(tmp_path, "overlapping-terms", change)] == [
        (3, "zzz-a"), (4, "zzz-a")]


def test_an_open_term_is_told_with_the_first_other_holder_after_it(tmp_path):
    one = "Zzz One"
    change = chairs(role("a", "2018", "", one), role("b", "2019", "2020", one), role("c", "2021", "2022"), role("d", "2023", "2024"))
    assert told(tmp_path, "open-term", change) == [
        ("standards_roles", 2, "ended", "The term has no end, yet `zzz-c` started in the same office later.")]


def test_a_term_that_starts_at_the_same_time_is_not_later(tmp_path):
    change = chairs(role("a", "2018", ""), role("b", "2018", "2019"), role("c", "2018-06", "2019"))
    assert [message.split("`")[1] for *_, message in told(tmp_path, "open-term", change)] == ["zzz-c"]


def test_all_on_a_circle_are_told_and_none_that_leads_to_it(tmp_path):
    rows = [deployment(number, part_of=f"zzz-{above}") for number, above in ((1, 2), (2, 3), (3, 4), (4, 2), (5, 1), (6, 6))]
    assert lines(told(tmp_path, "cycle", {"deployments": rows})) == [3, 4, 5, 7]


@pytest.mark.parametrize(("code", "letters"), [
    ("invisible-character", "\u00ad\u1160\u17b4\u200b\u202e\u2060\u2800\u3164\ue000\ufdd0\ufeff\uffa0\ufffe\uffff\U000e0041"),
    ("invisible-character", "\U000e0101\U000f0000\U0010fffd\u206a\u180f\U0001d173\U0001ffff"),
    ("no-break-space", "\u00a0\u2007\u202f"), ("control-character", "\x01\x1f\x7f")])
def test_each_letter_that_cannot_be_seen_is_told(code, letters, tmp_path):
    change = {"deployments": [deployment(number, note=f"Zzz{letter}zzz") for number, letter in enumerate(letters)]}
    assert len(told(tmp_path, code, change)) == len(letters)


@pytest.mark.parametrize(("year", "day", "wrong"), [
    (1949, "1905-05-02", False), (1950, "1905-05-03", True), (2050, "1905-08-11", True), (2051, "1905-08-12", False)])
def test_a_day_is_a_year_between_1950_and_2050(year, day, wrong, tmp_path):
    assert bool(told(tmp_path, "year-as-day", {"deployments": [{"announced": day}]})) == wrong


@pytest.mark.parametrize(("days", "wrong"), [(0, False), (1, False), (3, True)])
def test_the_future_begins_after_tomorrow(days, wrong, tmp_path):
    day = str(datetime.now(UTC).date() + timedelta(days=days))
    found = told(tmp_path, "future-date", {"deployments": [{"status_as_of": day}]})
    assert [column for _, _, column, _ in found] == ["status_as_of"] * wrong


class LastMinute(datetime):
    """A clock that stands a minute before midnight on the first day of 2990."""

    @classmethod
    def now(cls, tz=None):
        assert tz is UTC
        return cls(2990, 1, 1, 23, 59, tzinfo=tz)


@pytest.mark.parametrize(("created", "day", "wrong"), [
    ("2021-01-01", "2990-01-02", False), ("2021-01-01", "2990-01-03", True), ("2995-06-01T12:00:00Z", "2995-06-01", False),
    ("2995-06-01T12:00:00Z", "2995-06-02", True)])
def test_the_future_begins_after_tomorrow_or_the_date_of_the_package(created, day, wrong, tmp_path, monkeypatch):
    monkeypatch.setattr("schemas.shared.datetime", LastMinute)
    write_package(tmp_path, {"deployments": [{"status_as_of": day}]})
    put_json(tmp_path, "datapackage.json", "created", created)
    found = validate(tmp_path, fast=True).problems.found
    assert [p.column for p in found if p.code == "future-date"] == ["status_as_of"] * wrong


def test_the_end_of_a_term_may_lie_in_the_future(tmp_path):
    assert told(tmp_path, "future-date", {"standards_roles": [{"started": "2018", "ended": "2999"}]}) == []


@pytest.mark.parametrize("url", ["http://example.org/zzz-full", "https://www.example.org/zzz-full", "https://EXAMPLE.org/zzz-full",
                                 "https://example.org/zzz-full/", "https://example.org/zzz-full#part",
                                 "https://example.org/zzz-full?", "https://example.org/zzz-full/?#part"])
def test_addresses_of_one_page(url, tmp_path):
    change = {"citations": [{"citation_id": "zzz-second", "url": url, "title": "Quite another"}]}
    assert lines(told(tmp_path, "repeated-url", change)) == [3]


@pytest.mark.parametrize("url", ["https://example.org/ZZZ-full", "https://example.org/zzz-full?page=2", "https://example.org/zzz/full",
                                 "https://example.net/zzz-full", "https://example.org/zzz-ful", "https://example.org/?zzz-full"])
def test_addresses_of_two_pages(url, tmp_path):
    change = {"citations": [{"citation_id": "zzz-second", "url": url, "title": "Quite another"}]}
    assert told(tmp_path, "repeated-url", change) == []


@pytest.mark.parametrize("pair", ["a?b=/c a?b=c", "aX a/X", "a?b ab", "a/b ab"])
def test_addresses_that_differ_in_one_sign_are_of_two_pages(pair, tmp_path):
    change = {"citations": [{"citation_id": f"zzz-{number}", "url": f"https://example.org/{path}", "title": f"Text number {number}"}
                            for number, path in enumerate(pair.split())]}
    assert told(tmp_path, "repeated-url", change) == []


def test_only_the_later_of_three_equal_addresses_are_told(tmp_path):
    change = {"citations": [{"citation_id": f"zzz-{name}", "url": "https://example.org/zzz-full", "title": f"Text number {name}"}
                            for name in ("x", "y")]}
    assert [(line, message.split("`")[1]) for _, line, _, message in told(tmp_path, "repeated-url", change)] == [
        (4, "zzz-full"), (5, "zzz-full")]


@pytest.mark.parametrize(("title", "near"), [
    ("Network of cameras, Zzz city", True), ("Network Zzz city", True), ("Camera network of Zzz city two", True),
    ("Camera network", False), ("Camera network 2 of Zzz city", False), ("Data centre of Zzz city", False)])
def test_titles_are_near_by_their_words(title, near, tmp_path):
    first = {"title": "Cameras network of Zzz city" if "cameras" in title else "Camera network of Zzz city"}
    found = told(tmp_path, "near-duplicate", {"deployments": [first, deployment(1, title=title)]})
    assert lines(found) == [2, 3] * near


def test_near_titles_in_two_countries_are_two_projects(tmp_path):
    change = {"deployments": [deployment(1, title="Camera network of Zzz city", country_code="ZZB")]}
    assert told(tmp_path, "near-duplicate", change) == []


def test_a_fact_is_supported_by_one_of_the_sources(tmp_path):
    links = [{"supports": "channel;parties;purposes;status;technologies;value_amount"},
             {"citation_id": "zzz-full", "supports": "country_code"}]
    assert told(tmp_path, "unsupported", {"deployment_citations": links}) == []


@pytest.mark.parametrize("link", [{"stance": "disputes", "supports": "country_code"}, {"supports": "place"}])
def test_a_fact_is_not_supported_by_what_disputes_it(link, tmp_path):
    links = [{"supports": "channel;parties;purposes;status;technologies;value_amount"}, {"citation_id": "zzz-full", **link}]
    assert told(tmp_path, "unsupported", {"deployment_citations": links, "deployments": [{"place": "Zzz"}]}) == [
        ("deployments", 2, "country_code", "No source that was read supports `country_code`.")]


def test_the_weight_of_a_source_counts_for_its_own_record_alone(tmp_path):
    change = {"deployments": [{"rights_concern": "documented"}, deployment(1, rights_concern="documented")],
              "deployment_citations": [{"deployment_id": "zzz-1", "citation_id": "zzz-full"}],
              "deployment_parties": [{"deployment_id": "zzz-1"}]}
    assert lines(told(tmp_path, "weak-documented", change)) == [2]


def test_a_citation_is_used_wherever_a_table_names_it(tmp_path):
    second = {"citation_id": "zzz-second", "url": "https://example.org/second", "title": "Another report altogether"}
    users = [{"claims": [{"made_in": "zzz-second"}]}, {"statement_tallies": [{"citation_id": "zzz-second"}]}, {}]
    found = []
    for number, user in enumerate(users):
        (tmp_path / str(number)).mkdir()
        found.append(lines(told(tmp_path / str(number), "unused", {"citations": [second], **user})))
    assert found == [[], [], [3]]


def test_replacements_that_replace_each_other_are_told(tmp_path):
    rows = [{"record_id": "zzz-gone", "replaced_by": "zzz-late"}, {"record_id": "zzz-late", "replaced_by": "zzz-gone"}]
    assert lines(told(tmp_path, "no-such-replacement", {"withdrawn": rows})) == [2, 3]


def test_a_table_that_cannot_be_read_says_nothing_of_what_replaces_a_record(tmp_path):
    write_package(tmp_path, {"withdrawn": [{"replaced_by": "zzz-none"}]})
    (tmp_path / "data/deployments.csv").write_bytes(b"")
    assert "no-such-replacement" not in {problem.code for problem in validate(tmp_path, fast=True).problems.found}


def test_a_source_is_told_for_the_empty_column_of_its_own_record_alone(tmp_path):
    change = {"deployments": [deployment(1, place="Zzz")],
              "deployment_citations": [{"supports": "announced;country_code"},
                                       {"deployment_id": "zzz-1", "supports": "country_code;place"}]}
    assert told(tmp_path, "supports-nothing", change) == [
        ("deployment_citations", 3, "supports", "The source supports `announced`, which is empty in the record.")]


@pytest.mark.parametrize(("record", "hint"), [
    ("zzz-deploymnt", "Did you mean `zzz-deployment`?"), ("something-else-entirely", "Correct the table or the id.")])
def test_a_record_that_is_not_there_is_told_with_the_nearest(record, hint, tmp_path):
    write_package(tmp_path, {"claim_records": [{"record_id": record}]})
    found = validate(tmp_path, fast=True).problems.found
    assert [p.hint for p in found if p.code == "no-such-record"] == [hint]


@pytest.mark.parametrize(("table", "column"), [
    ("claims", "claim"), ("deployments", "title"), ("policy_statements", "title"), ("organizations", "name"), ("citations", "title"),
    ("standards_roles", "summary"), ("countries", "name")])
def test_no_rule_stumbles_over_an_id_that_stands_twice(table, column, tmp_path):
    known = write_package(tmp_path, {"deployment_countries": [{}], "claim_citations": [{}]}).tables[table]
    rows = pd.read_csv(tmp_path / known.path, dtype=str, keep_default_na=False)
    twice = pd.concat([rows, rows.iloc[:1].assign(**{column: "Yyy, told in quite another way"})])
    (tmp_path / known.path).write_bytes(canonical(twice, known))
    found = validate(tmp_path, fast=True).problems.found
    assert [(p.line, p.record) for p in found if (p.code, p.table) == ("primary-key", table)] == [(3, rows[known.id][0])]


def stands_twice(root, table: str, **cells: str) -> list[str]:
    """What is told once the first row of a table stands there again, with other cells."""
    known = write_package(root).tables[table]
    rows = pd.read_csv(root / known.path, dtype=str, keep_default_na=False)
    (root / known.path).write_bytes(canonical(pd.concat([rows, rows.iloc[:1].assign(**cells)]), known))
    return [problem.code for problem in validate(root, fast=True).problems.found]


def test_a_link_that_stands_twice_takes_one_side(tmp_path):
    assert stands_twice(tmp_path, "role_citations", locator="page 9") == ["primary-key"]


def test_a_source_that_stands_twice_repeats_no_address(tmp_path):
    assert stands_twice(tmp_path, "citations", note="Zzz") == ["primary-key"]


def test_of_a_statement_that_stands_twice_the_first_date_counts(tmp_path):
    assert "endorsed-before-issue" not in stands_twice(tmp_path, "policy_statements", issued="2020", title="Zzz again")


def test_nothing_names_a_record_whatever_else_is_wrong_where_others_are_named(tmp_path):
    change = {"citations": [{"citation_id": "zzz-a", "url": "https://example.org/a", "title": "Quite another"}],
              "deployment_citations": [{"stance": "zzz"}]}
    assert lines(told(tmp_path, "unused", change)) == [2]
