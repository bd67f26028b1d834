"""Near duplicates at the door: each rule shows a record that may be the same, and leaves one alone that is not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from scripts import marks, twins
from scripts.package import Package, load
from scripts.tables import Content, Tables
from tests.fictional import PROJECT as ROOT
from tests.fictional import ROWS, changed

ID = {"deployments": "deployment_id", "standards_roles": "role_id", "policy_statements": "statement_id",
      "organizations": "organization_id", "citations": "citation_id"}
OLD = {"deployments": "zzz-deployment", "standards_roles": "zzz-role", "policy_statements": "zzz-statement",
       "organizations": "zzz-supplier", "citations": "zzz-source"}
OTHER_WORDS = {"title": "Yyy", "summary": "Yyy."}  # nothing that the fictional record has
PROJECT = {**OTHER_WORDS, "started": "2019", "place": "Zzz city"}  # the same project told by somebody else
TERM = {"started": "2019", "ended": "2022", "holder": "Wei Zzz-Li"}
STATEMENT = {"title": "Yyy", "summary": "Yyy.", "issued": "2019-03"}
PLACE = {"place": "Zzz city"}


@cache
def package() -> Package:
    return load(ROOT)[0]


def tables(example: dict) -> Tables:
    """The fictional tables with these changes."""
    contents = {}
    for name, table in package().tables.items():
        rows = list(ROWS[name])
        for change in example.get(name, []):
            rows = changed(rows, table, change)
        contents[name] = Content(table, pd.DataFrame(rows, columns=list(table.columns), dtype=object).fillna(""))
    return Tables(package(), contents)


def found(table: str, new: dict, old: dict | None = None, links: dict | None = None) -> list[twins.Twin]:
    """What is shown for a new record, a copy of the fictional one with these cells, beside that one with the cells `old`."""
    before = {table: [{ID[table]: OLD[table], **(old or {})}]}
    after = {**before, table: [*before[table], {**(old or {}), ID[table]: "zzz-new", **new}], **(links or {})}
    return twins.find(tables(before), tables(after))


def rules(*arguments) -> set[str]:
    """The rules that show the fictional record for a new one."""
    return {rule for twin in found(*arguments) if twin.other == OLD[twin.table] for rule in twin.rules}


def party(organization: str, role: str = "supplier") -> dict:
    return {"deployment_parties": [{"deployment_id": "zzz-new", "organization_id": organization, "party_role": role}]}


SUPPLIER = party("zzz-supplier")
SOURCE = {"deployment_citations": [{"deployment_id": "zzz-new", "citation_id": "zzz-source"}]}


@pytest.mark.parametrize(("rule", "new", "old", "links"), [
    ("title", {"title": "The Zzz City camera network", "channel": "model"}, {}, {}),
    ("words", {"title": "Built by fictional Zzz", "summary": "A network, for the city.", "channel": "model"}, {}, {}),
    ("words, elsewhere", {"country_code": "ZZB"}, {}, {}),
    ("project", {**PROJECT, "started": "2019-12"}, {**PLACE, "started": "2018-11"}, SUPPLIER),
    ("project", {**PROJECT, "country_code": "ZZC"}, PLACE, SUPPLIER),
    ("project", {**PROJECT, "place": ""}, PLACE, SUPPLIER),
    ("source", PROJECT, PLACE, SOURCE),
])
def test_a_deployment_that_may_be_the_same(rule, new, old, links):
    assert rule in rules("deployments", new, old, links)


@pytest.mark.parametrize(("new", "old", "links"), [
    ({**OTHER_WORDS, "title": "Camera network of Zzz city", "country_code": "ZZB"}, {}, {}),
    ({"title": "Network of Zzz", "summary": "Yyy.", "channel": "model"}, {}, {}),
    ({**PROJECT, "country_code": "ZZB"}, PLACE, SUPPLIER),
    ({**PROJECT, "channel": "model"}, PLACE, SUPPLIER),
    ({**PROJECT, "technologies": "cloud"}, PLACE, SUPPLIER),
    ({**PROJECT, "place": "Yyy town"}, PLACE, SUPPLIER),
    ({**PROJECT, "started": "2021"}, {**PLACE, "started": "2019-12"}, SUPPLIER),
    (PROJECT, PLACE, party("zzz-body")),
    ({**PROJECT, "place": "Yyy town"}, PLACE, SOURCE),
    ({"part_of": "zzz-deployment"}, {}, SUPPLIER),
])
def test_a_deployment_that_is_another(new, old, links):
    assert not rules("deployments", new, old, links)


def test_the_same_client_with_another_supplier_is_another_deployment():
    def clients(*records: str) -> list[dict]:
        return [{"deployment_id": record, "organization_id": "zzz-issuer", "party_role": "client"} for record in records]

    before = {"deployment_parties": clients("zzz-deployment")}
    after = {"deployments": [{"deployment_id": "zzz-new", **OTHER_WORDS}], "deployment_parties": clients("zzz-deployment", "zzz-new")}
    other = {**after, "deployment_parties": [*after["deployment_parties"], *party("zzz-body")["deployment_parties"]]}
    assert twins.find(tables(before), tables(after))
    assert not twins.find(tables(before), tables(other))


@pytest.mark.parametrize(("rule", "new", "old"), [
    ("person in a body", {"holder": "Zzz Li Wei", "role": "co_chair", "committee": "ZZZ 2"}, TERM),
    ("person in a body", {"holder": "Weï Zzzli", "ended": ""}, TERM),
    ("person in a body", {"holder": "Wei Zz Li", "role": "co_chair"}, TERM),
    ("person in a body", {"holder": "字字字"}, {**TERM, "note": "Name in Chinese: 字字字."}),
    ("person in a role", {"body_id": "zzz-issuer"}, TERM),
    ("part of a name", {"holder": "W. Zzz-Li", "country_code": ""}, TERM),
    ("seat", {"holder": "", "committee": "1"}, TERM),
])
def test_a_role_that_may_be_the_same(rule, new, old):
    assert rule in rules("standards_roles", new, old)


@pytest.mark.parametrize("new", [
    {"started": "2022", "ended": "2025"}, {"started": "2023", "ended": ""}, {"holder": "Yyy Chen", "committee": "ZZZ 1"},
    {"holder": "", "role": "editor"}, {"holder": "", "country_code": "ZZB"}, {"body_id": "zzz-issuer", "role": "editor"}])
def test_a_role_that_is_another(new):
    assert not rules("standards_roles", new, TERM)


@pytest.mark.parametrize(("rule", "new", "old"), [
    ("title", {"title": "The Zzz Declaration", "issued": "2021"}, {}),
    ("title", {"title": "字字宣言"}, {"title_local": "字字宣言"}),
    ("words", {"title": "Declaration", "summary": "Of fictional Zzz.", "issuer_id": "zzz-body", "issued": "2020-01"}, {}),
    ("issuer", {"title": "Declaration on Zzz", "summary": "Yyy."}, {}),
    ("day", STATEMENT, {}),
])
def test_a_statement_that_may_be_the_same(rule, new, old):
    assert rule in rules("policy_statements", new, old)


@pytest.mark.parametrize("new", [
    {**STATEMENT, "issuer_id": "zzz-body"}, {**STATEMENT, "issued": "2019-04"}, {"title": "Zzz again", "issued": "2021-03"}])
def test_a_statement_that_is_another(new):
    assert not rules("policy_statements", new)


@pytest.mark.parametrize(("rule", "name", "old"), [
    ("name", "Suplier Zzz", {}), ("name", "ZzzSupplier Ltd", {}), ("name", "字字公司", {"name_local": "字字公司"}),
    ("name", "ZSWL", {"name": "Zzz Supplier Works of Land"}), ("name", "Yyy Works (Zzz-Supplier)", {}),
    ("title", "Zzz Supplier Works of Iron", {"name": "Zzz Supplier Works"}),
    ("words", "Supplier of Xxx works in Yyy", {"name": "Xxx Supplier Works Zzz"}),
    ("part", "Yyy Zzz Supplier Technology", {}),
])
def test_an_organization_that_may_be_the_same(rule, name, old):
    assert rule in rules("organizations", {"name": name, "name_local": ""}, old)


@pytest.mark.parametrize("new", [{"name": "Zzz Works"}, {"name": "Zzz Supplier", "country_code": "ZZA"},
                                 {"name": "Zzz Supplier Cloud", "parent_organization_id": "zzz-supplier"}])
def test_an_organization_that_is_another(new):
    assert not rules("organizations", new)


@pytest.mark.parametrize(("rule", "new", "old"), [
    *(("address", {"title": "Yyy", "url": url}, {}) for url in (
        "http://www.EXAMPLE.org/zzz-source/?utm_source=yyy#top", "https://m.example.org/zzz-source", "https://example.org/zzz-source/amp/",
        "https://example.org/zzz-source?amp=1",
        "https://web.archive.org/web/2021/https://example.org/zzz-source")),
    ("title", {"title": "Report of Zzz", "publisher": "Yyy Post", "url": "https://example.org/yyy"}, {}),
    ("words", {"title": "Zzz gets a camera network, city says", "url": "https://example.org/yyy"}, {"title": "City camera network opens"}),
])
def test_a_source_that_may_be_the_same(rule, new, old):
    assert rule in rules("citations", new, old)


@pytest.mark.parametrize("new", [
    {"title": "Zzz gets a camera network, city says", "publisher": "Yyy Post"}, {"title": "Zzz gets a camera network", "published": "2019"},
    {"title": "Camera sales of Zzz"}])
def test_a_source_that_is_another(new):
    assert not rules("citations", {"url": "https://example.org/yyy", **new}, {"title": "City camera network opens"})


def test_a_line_says_what_is_the_same_and_what_differs():
    twin, = found("deployments", {"title": "Zzz\ncameras " + "y" * 80, "started": "2020", "status": "planned", "place": "Zzz"},
                  {"started": "2019"}, SUPPLIER)
    assert {"country ZZA", "party Zzz Supplier", "technology video_surveillance", "channel system"} <= set(twin.same)
    assert twins.Cell("started", "2020", "2019") in twin.differs and twins.Cell("place", "Zzz", "") in twin.differs
    assert twin.text.startswith("zzz-new may be zzz-deployment (Camera network of Zzz city): same country ZZA, ")
    assert "started: 2020 / 2019" in twin.text and "y…" in twin.text and "place" not in twin.text and "\n" not in twin.text


def test_dates_that_overlap_are_the_same():
    twin, = found("deployments", {"started": "2019-05", "title": "Zzz"}, {"started": "2019"}, SUPPLIER)
    assert "both 2019" in twin.same


def test_only_new_records_are_looked_at():
    twice = tables({"deployments": [{"deployment_id": "zzz-second"}]})
    assert twins.find(twice, twice) == []


def test_of_two_new_records_the_later_shows_the_other():
    before, after = tables({}), tables({"citations": [
        {"citation_id": f"zzz-new-{number}", "title": "Yyy", "url": "https://example.org/yyy"} for number in (1, 2)]})
    assert [(twin.record, twin.other) for twin in twins.find(before, after)] == [("zzz-new-2", "zzz-new-1")]


def test_at_most_three_are_shown_and_the_likeliest_first():
    like = [{"deployment_id": f"zzz-like-{number}", **OTHER_WORDS} for number in range(twins.MOST + 1)]
    before, after = tables({"deployments": like}), tables({
        "deployments": [*like, {"deployment_id": "zzz-new"}], "deployment_parties": [
            {"deployment_id": record, "organization_id": "zzz-supplier", "party_role": "supplier"}
            for record in ["zzz-new", *(each["deployment_id"] for each in like)]]})
    shown = [twin.other for twin in twins.find(before, after) if twin.record == "zzz-new"]
    assert len(shown) == twins.MOST and shown[0] == "zzz-deployment"


def test_a_word_that_many_records_have_says_nothing():
    crowd = [{"statement_id": f"zzz-crowd-{number}", "title": f"Declaration of {'abcdefgh'[number] * 5}", "issuer_id": "zzz-body"}
             for number in range(twins.FEW + 1)]
    before = {"policy_statements": crowd}
    after = {"policy_statements": [*crowd, {"statement_id": "zzz-new", "title": "Declaration of yyyyy"}]}
    shown = twins.find(tables(before), tables(after))
    assert [twin.rules for twin in shown] == [("day",)]


def test_a_table_that_cannot_be_read_shows_nothing():
    before, after = tables({}), tables({"deployments": [{"deployment_id": "zzz-new"}]})
    assert twins.find(before, after)
    after.contents["deployment_parties"] = replace(after.contents["deployment_parties"], readable=False)
    assert twins.find(before, after) == []


@pytest.mark.parametrize(("one", "other"), [
    ("Li Wei", "Wei Li"), ("Zhang Xiao-ping", "Zhang Xiaoping"), ("José Núñez", "Jose Nunez"), ("Khaled Soufi", "Khaled Sofi"),
    ("中国标准化协会", "Zhongguo Biaozhunhua Xiehui"), ("ФСБ России", "FSB Rossii"), ("Zzz Works Co., Ltd.", "The Zzz Works")])
def test_spellings_of_one_name(one, other):
    assert set(marks.spelling(one)) & set(marks.spelling(other))


@pytest.mark.parametrize(("one", "other"), [("RTA", "TRA"), ("ITU-T", "ITU-R"), ("Zzz Conference 2024", "Zzz Conference 2025"),
                                            ("Li Wei", "Li Na"), ("字", "文")])
def test_spellings_of_two_names(one, other):
    assert not set(marks.spelling(one)) & set(marks.spelling(other))


@pytest.mark.parametrize("text", ["", "()" * 10_000, "(" * 10_000, "字" * 100_000, "https://[", "?&" * 10_000, "\u202e"])
def test_no_text_breaks_a_reading(text):
    for reading in (marks.words, marks.title, marks.spelling, marks.names, marks.local_names, marks.address):
        assert len(set(reading(text))) < 100


def test_the_index_is_asked_and_not_every_pair(monkeypatch):
    """With ten times the records that share nothing with the new one, no more records are compared."""
    def compared(number: int) -> int:
        crowd = [{"deployment_id": f"zzz-crowd-{at}", "country_code": "ZZB", "title": f"Yyy{at}", "summary": f"Xxx{at}."}
                 for at in range(number)]
        before = tables({"deployments": crowd})
        after = tables({"deployments": [*crowd, {"deployment_id": "zzz-new"}]})
        seen = []
        monkeypatch.setattr(twins.Search, "related", lambda search, record, other: seen.append(other) or False)
        assert twins.find(before, after)
        return len(seen)

    assert compared(20) == compared(200)


def alike(count: int) -> dict:
    """New deployments of one card that are the same but for their ids."""
    cells = {"title": "Zzz one two", "summary": "Yyy."}
    return {"deployments": [{"deployment_id": f"zzz-new-{number:05}", **cells} for number in range(count)]}


def test_of_a_crowd_of_new_records_each_later_one_shows_earlier_ones(monkeypatch):
    monkeypatch.setattr(twins, "CROWD", 10)
    shown = {twin.record for twin in twins.find(tables({"deployments": [{}]}), tables(alike(30)))}
    assert shown == {f"zzz-new-{number:05}" for number in range(1, 30)}


def test_the_work_grows_with_the_new_records_and_not_with_their_pairs(monkeypatch):
    compared = []
    related = twins.Search.related
    monkeypatch.setattr(twins, "CROWD", 10)
    monkeypatch.setattr(twins.Search, "related", lambda *pair: compared.append(pair) or related(*pair))
    pairs = []
    for count in (40, 80):
        compared.clear()
        twins.find(tables({"deployments": [{}]}), tables(alike(count)))
        pairs.append(len(compared))
    assert 0 < pairs[1] <= 2.2 * pairs[0] <= 2.2 * 40 * (twins.CROWD + 1) * len(twins.LOOKS["deployments"].rules)
