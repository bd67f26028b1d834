"""What states did with texts: each rule on the fictional package, and a recount of the real answers that is written differently."""

from __future__ import annotations

import csv

import pytest
import yaml

from scripts.derive.settings import SETTINGS, load_settings
from scripts.derive.statements import countries_in_data, country_instruments, instruments, signatories, theme_matrix
from scripts.derived import with_derived
from scripts.package import load
from scripts.read import read
from tests.fictional import PROJECT, ROWS, write_package

ABROAD = {"statement_id": "zzz-statement", "country_code": ""}  # issued by no country
TALLY = {"statement_id": "zzz-statement", "action": "endorsed", "stage": "adopted", "total": "2"}
WHOLE = {"policy_statements": [ABROAD], "statement_tallies": [TALLY]}
FUNCTIONS = [instruments, signatories, theme_matrix, country_instruments]


def derived(function, root, example=None):
    package = write_package(root, example)
    return function(read(package), load_settings(package.root)[0])


def act(country: str, action: str = "endorsed", stage: str = "adopted", **cells: str) -> dict:
    return {"statement_id": "zzz-statement", "country_code": country, "action": action, "stage": stage, **cells}


def answer(root, country: str, example=None) -> dict:
    rows = derived(country_instruments, root, example)
    return rows[rows.country_code == country].iloc[0].to_dict()


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("example", [None, dict.fromkeys(ROWS)])
def test_the_columns_are_those_of_the_schema(function, example, tmp_path):
    package = write_package(tmp_path, example)
    whole, problems = with_derived(package)
    rows = function(read(package), load_settings(package.root)[0])
    assert problems == [] and set(rows.columns) == set(whole.tables[function.__name__].columns)
    assert bool(len(rows)) is (example is None)


# signatories

def lists(root, example=None) -> dict:
    rows = derived(signatories, root, example)
    return {(row.action, row.stage): (row.known, row.known_named, row.total, row.missing, row.complete) for row in rows.itertuples()}


@pytest.mark.parametrize(("total", "expected"), [("3", (2, 2, 3, 1, False)), ("2", (2, 2, 2, 0, True))])
def test_a_list_is_complete_where_it_is_as_long_as_its_tally(total, expected, tmp_path):
    assert lists(tmp_path, {"statement_tallies": [{**TALLY, "total": total}]}) == {("endorsed", "adopted"): expected}


def test_a_list_without_a_tally_is_not_complete_and_its_length_unknown(tmp_path):
    assert lists(tmp_path, {"statement_tallies": None}) == {("endorsed", "adopted"): (2, 2, None, None, False)}


def test_a_tally_without_names_is_a_list_too(tmp_path):
    found = lists(tmp_path, {"statement_tallies": [{**TALLY, "action": "voted_for", "stage": "draft", "total": "9"}]})
    assert found["voted_for", "draft"] == (0, 0, 9, 9, False)


@pytest.mark.parametrize(("note", "complete"), [
    ("", True), ("More than 2.", False), ("At least 2.", False), ("Over 2.", False), ("Other pages say more than 2.", True)])
def test_a_list_is_not_complete_where_its_tally_is_a_lower_bound(note, complete, tmp_path):
    found = lists(tmp_path, {"statement_tallies": [{**TALLY, "note": note}]})
    assert found["endorsed", "adopted"] == (2, 2, 2, 0, complete)


def test_rows_from_membership_are_known_but_not_named(tmp_path):
    assert lists(tmp_path, {"statement_endorsements": [act("ZZB", basis="membership")]})["endorsed", "adopted"][:2] == (2, 1)


# theme_matrix

def test_not_coded_is_kept_apart_from_absent(tmp_path):
    second = {"statement_id": "zzz-second"}
    row = derived(theme_matrix, tmp_path, {"policy_statements": [second], "statement_themes": [{
        "statement_id": "zzz-statement", "theme": "labour", "stance": "absent"}]}).set_index("statement_id")
    assert row.loc["zzz-statement", ["privacy", "labour", "talent"]].tolist() == ["supports", "absent", "not_coded"]
    assert set(row.loc["zzz-second"]) == {"not_coded"}


# instruments

def kind(root, cells: dict, acts: list = (), themes: list = ()) -> str:
    return derived(instruments, root, {"policy_statements": [{"statement_id": "zzz-statement", **cells}], "statement_endorsements": acts,
                                       "statement_themes": themes}).instrument_kind[0]


def supports(*themes: str, stance: str = "supports") -> list:
    return [{"statement_id": "zzz-statement", "theme": theme, "stance": stance} for theme in themes]


@pytest.mark.parametrize(("cells", "acts", "themes", "expected"), [
    ({"issuer_id": "unesco", "country_code": "CHN"}, [], [], "un_wide"),
    ({"country_code": "CHN"}, [], supports("human_rights", "democracy"), "china_led"),
    ({"country_code": "CHN"}, [act("ZZB", "joined")], [], "china_led"), ({"country_code": "CHN"}, [act("CHN", "issued")], [], "china_led"),
    ({"country_code": "CHN"}, [act("ZZB", "issued")], [], "undetermined"),
    ({"country_code": "ZZB"}, [act("CHN", "issued")], [], "undetermined"),
    ({}, [], supports("human_rights", "democracy"), "rights_based"), ({}, [], supports("human_rights", "rule_of_law"), "rights_based"),
    ({}, [], supports("human_rights", "democracy") + supports("rule_of_law", stance="absent"), "rights_based"),
    ({}, [], [], "undetermined"), ({}, [], supports("human_rights", "privacy"), "undetermined"),
    ({}, [], supports("democracy", "rule_of_law"), "undetermined"),
    ({}, [], supports("human_rights") + supports("democracy", stance="absent"), "undetermined"),
    ({}, [], supports("human_rights") + supports("democracy", "rule_of_law", stance="absent"), "other"),
    ({}, [], supports("democracy", "rule_of_law", stance="absent"), "other"),
    ({}, [], supports("human_rights", stance="restricts"), "other"),
    ({}, [], supports("human_rights", stance="absent") + supports("democracy"), "other")])
def test_the_kind_of_an_instrument_by_the_first_rule_that_holds(cells, acts, themes, expected, tmp_path):
    assert kind(tmp_path, cells, acts, themes) == expected


@pytest.mark.parametrize(("cells", "themes", "meets"), [
    ({"country_code": "CHN"}, ("human_rights", "democracy"), True), ({"issuer_id": "unesco"}, ("human_rights", "rule_of_law"), True),
    ({"country_code": "CHN"}, ("human_rights",), False), ({}, ("human_rights", "democracy"), True), ({}, ("democracy",), False)])
def test_the_rights_based_rule_is_told_whoever_issued_the_text(cells, themes, meets, tmp_path):
    example = {"policy_statements": [{"statement_id": "zzz-statement", **cells}], "statement_themes": supports(*themes)}
    assert derived(instruments, tmp_path, example).meets_rights_based_rule.tolist() == [meets]


@pytest.mark.parametrize(("example", "open_", "backing"), [
    ({"statement_tallies": None}, True, 2), ({"statement_endorsements": None}, True, 1),
    ({"statement_endorsements": None, "statement_tallies": None}, False, None),
    ({"statement_endorsements": None, "statement_tallies": [
        {**TALLY, "stage": "draft", "action": "voted_for"}, {**TALLY, "-": "left out"}]}, False, None)])
def test_a_text_is_open_to_states_where_acts_that_count_are_recorded(example, open_, backing, tmp_path):
    row = derived(instruments, tmp_path, example).iloc[0]
    assert (row.open_to_states, row.countries_backing) == (open_, backing)


def test_only_countries_that_backed_it_by_name_are_counted(tmp_path):
    acts = [act("ZZB", basis="membership"), act("ZZC", "declined"), act("ZZA", "ratified")]
    row = derived(instruments, tmp_path, {"statement_endorsements": acts}).iloc[0]
    assert (row.acts, row.countries_backing, row.list_complete) == (4, 1, False)


@pytest.mark.parametrize(("more", "tallies", "open_", "rows"), [
    ([], [], False, {"ZZA": "yes", "ZZB": "yes"}), ([act("ZZC", "declined")], [], True, {"ZZA": "yes", "ZZB": "yes", "ZZC": "no"}),
    ([], [{**TALLY, "action": "issued"}, {**TALLY, "-": "left out"}], True, {"ZZA": "yes", "ZZB": "yes", "ZZC": "unknown"})])
def test_a_text_issued_jointly_has_answers_for_its_issuers_alone(more, tallies, open_, rows, tmp_path):
    acts = [act("ZZB", "issued"), *more, act("ZZA", **{"-": "left out"}), act("ZZB", **{"-": "left out"})]  # ZZA by its own text
    package = write_package(tmp_path, {"statement_endorsements": acts, "statement_tallies": tallies})
    tables, settings = read(package), load_settings(package.root)[0]
    answers, row = country_instruments(tables, settings), instruments(tables, settings).iloc[0]
    assert dict(zip(answers.country_code, answers.answer, strict=True)) == rows
    assert (row.open_to_states, row.countries_backing, row.list_complete) == (open_, 2, False)


# country_instruments

def test_every_country_of_the_data_and_every_open_text_but_no_mere_seat(tmp_path):
    example = {"organizations": [{"organization_id": "zzz-supplier", "country_code": "ZZD"}]}
    rows = derived(country_instruments, tmp_path / "a", example)
    assert sorted(rows.country_code) == ["ZZA", "ZZB", "ZZC"] and set(rows.statement_id) == {"zzz-statement"}
    assert derived(country_instruments, tmp_path / "b", {"statement_endorsements": None, "statement_tallies": None}).empty
    package = write_package(tmp_path / "c", {"claim_countries": [{"claim_id": "zzz-claim", "country_code": "ZZE"}]})
    assert "ZZE" in countries_in_data(read(package))


def test_a_named_act_that_backs_the_text_is_a_yes(tmp_path):
    row = answer(tmp_path, "ZZB")
    assert (row["answer"], row["acts"], row["basis"], row["date"]) == ("yes", ["endorsed"], "named", "2019-03-02")


def test_the_country_of_the_text_is_a_yes_by_its_issue(tmp_path):
    row = answer(tmp_path, "ZZA", {"statement_endorsements": [act("ZZA", **{"-": "left out"})]})
    assert (row["answer"], row["acts"], text(row["basis"]), row["date"]) == ("yes", [], "", "2019-03")


@pytest.mark.parametrize(("tally", "expected", "date"), [
    ({"total": "3"}, "unknown", ""), ({"note": "More than 2."}, "unknown", ""), ({"stage": "draft"}, "unknown", ""),
    ({}, "yes", "2019-03-02")])
def test_membership_is_a_yes_only_where_its_list_is_shown_complete(tally, expected, date, tmp_path):
    tallies = [{**TALLY, **tally}, *([{**TALLY, "-": "left out"}] if "stage" in tally else [])]
    row = answer(tmp_path, "ZZB", {**WHOLE, "statement_tallies": tallies, "statement_endorsements": [act("ZZB", basis="membership")]})
    assert (row["answer"], row["acts"], row["basis"], text(row["date"])) == (expected, ["endorsed"], "membership", date)


@pytest.mark.parametrize(("total", "expected"), [("1", ("no", True)), ("2", ("unknown", False))])
def test_refusing_by_membership_alone_counts_on_a_complete_list_too(total, expected, tmp_path):
    row = answer(tmp_path, "ZZC", {"statement_endorsements": [act("ZZC", "abstained", basis="membership")],
                                   "statement_tallies": [{**TALLY, "action": "abstained", "total": total}]})
    assert (row["answer"], row["refused"]) == expected


@pytest.mark.parametrize(("action", "stage", "basis", "expected"), [
    ("declined", "adopted", "named", "no"), ("abstained", "adopted", "named", "no"), ("voted_against", "adopted", "named", "no"),
    ("voted_against", "draft", "named", "unknown"), ("voted_for", "draft", "named", "unknown"),
    ("declined", "adopted", "membership", "unknown"), ("co_sponsored", "draft", "named", "yes"), ("voted_for", "adopted", "named", "yes")])
def test_what_an_act_tells(action, stage, basis, expected, tmp_path):
    row = answer(tmp_path, "ZZC", {"statement_endorsements": [act("ZZC", action, stage, basis=basis)]})
    assert (row["answer"], row["acts"]) == (expected, [action] if stage == "adopted" or action == "co_sponsored" else [])
    assert row["refused"] == (expected == "no")


@pytest.mark.parametrize(("acts", "expected"), [
    ([act("ZZC", "declined"), act("ZZC", "signed")], "yes"), ([act("ZZC", "co_sponsored", "draft"), act("ZZC", "abstained")], "no"),
    ([act("ZZC", "declined"), act("ZZC", "signed", basis="membership")], "no")])
def test_two_acts_of_one_country(acts, expected, tmp_path):
    row = answer(tmp_path, "ZZC", {"statement_endorsements": acts})
    assert (row["answer"], row["refused"]) == (expected, expected == "no") and row["acts"] == sorted(one["action"] for one in acts)


@pytest.mark.parametrize(("dates", "first"), [(("2020", "2019-05"), "2019-05"), (("2019", "2019-05"), "2019"), (("", "2019-05"), "2019-05"),
                                              (("", ""), "")])
def test_the_date_is_the_earliest_that_is_known(dates, first, tmp_path):
    acts = [act("ZZC", action, date=date) for action, date in zip(("signed", "ratified"), dates, strict=True)]
    assert text(answer(tmp_path, "ZZC", {"statement_endorsements": [*acts, act("ZZC", "declined", date="2018")]})["date"]) == first


@pytest.mark.parametrize(("more", "expected"), [
    ({}, "no"),
    ({"statement_tallies": [{**TALLY, "total": "3"}]}, "unknown"), ({"statement_tallies": None}, "unknown"),
    ({"statement_endorsements": [act("ZZB", basis="membership")]}, "unknown"),
    ({"statement_endorsements": [act("ZZA", "signed")]}, "unknown"),
    ({"statement_endorsements": [act("ZZA", "signed")], "statement_tallies": [TALLY, {**TALLY, "action": "signed", "total": "1"}]}, "no"),
    ({"statement_tallies": [TALLY, {**TALLY, "action": "voted_for", "total": "9"}]}, "unknown"),
    ({"statement_tallies": [TALLY, {**TALLY, "action": "voted_for", "stage": "draft", "total": "9"}]}, "no"),
    ({"statement_tallies": [TALLY, {**TALLY, "action": "abstained", "total": "9"}]}, "no"),
    ({"statement_endorsements": [act("ZZA", "co_sponsored", "draft")]}, "no"),
    ({"statement_endorsements": [act("ZZA", "joined")],
      "statement_tallies": [TALLY, {**TALLY, "action": "joined", "total": "1"}]}, "unknown")])
def test_absence_is_a_no_only_where_every_backing_list_is_complete_named_and_closed(more, expected, tmp_path):
    row = answer(tmp_path, "ZZC", {**WHOLE, **more})
    assert (row["answer"], row["refused"], row["acts"], text(row["basis"]), text(row["date"])) == (expected, False, [], "", "")


def test_complete_refusals_alone_tell_nothing_of_others(tmp_path):
    example = {"policy_statements": [ABROAD], "statement_endorsements": [
        act("ZZA", "abstained"), act("ZZA", **{"-": "left out"}), act("ZZB", **{"-": "left out"})],
        "statement_tallies": [{**TALLY, "action": "abstained", "total": "1"}, {**TALLY, "-": "left out"}]}
    assert [answer(tmp_path / code, code, example)["answer"] for code in ("ZZA", "ZZC")] == ["no", "unknown"]


ISSUED_BY_ZZB = {"policy_statements": [{"statement_id": "zzz-statement", "country_code": "ZZB"}],
                 "statement_tallies": [{**TALLY, "total": "1"}], "statement_endorsements": [act("ZZB", **{"-": "left out"})]}


@pytest.mark.parametrize("example", [WHOLE, ISSUED_BY_ZZB])
@pytest.mark.parametrize(("bloc", "expected"), [("ZZB", "unknown"), ("ZZD", "no")])
def test_a_member_of_a_bloc_that_backed_or_issued_the_text_is_unknown(bloc, expected, example, tmp_path):
    package = write_package(tmp_path, example)
    path = package.root / SETTINGS
    path.write_text(path.read_text().replace("bloc_members:", "bloc_members:\n  " + bloc + ": [ZZC]", 1))
    rows = country_instruments(read(package), load_settings(package.root)[0]).set_index("country_code")
    assert rows.answer["ZZC"] == expected


@pytest.mark.parametrize("file", ["schemas/vocabularies.yaml", "schemas/derived/vocabularies.yaml"])
def test_any_reader_of_yaml_takes_the_vocabularies_for_text(file):
    def texts(value: object) -> list:
        return [part for key, inner in value.items() for part in (key, *texts(inner))] if isinstance(value, dict) else [value]

    assert [one for one in texts(yaml.safe_load((PROJECT / file).read_text())) if not isinstance(one, str)] == []


# the real data

@pytest.fixture(scope="module")
def real():
    return read(load(PROJECT)[0]), load_settings(PROJECT)[0]


def rows_of(table: str) -> list[dict[str, str]]:
    with (PROJECT / f"data/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_blocs_and_their_members_are_in_the_data(real):
    codes = {row["country_code"]: row["kind"] for row in rows_of("countries")}
    assert all(codes[bloc] == "bloc" for bloc in real[1].bloc_members)
    assert all(codes[member] == "country" for members in real[1].bloc_members.values() for member in members)
    assert [len(members) for members in real[1].bloc_members.values()] == [27]
    assert real[1].stays_open <= set(real[1].backing["adopted"])


def test_known_is_never_more_than_the_tally_and_every_act_is_on_one_list(real):
    rows = signatories(*real)
    counted = rows[rows.total.notna()]
    assert (counted.known <= counted.total).all() and (rows.known_named <= rows.known).all()
    assert rows.known.sum() == len(rows_of("statement_endorsements")) and len(counted) == len(rows_of("statement_tallies"))


def test_every_real_stance_is_in_the_matrix(real):
    matrix = theme_matrix(*real).set_index("statement_id")
    coded = rows_of("statement_themes")
    assert all(matrix.loc[row["statement_id"], row["theme"]] == row["stance"] for row in coded)
    assert (matrix != "not_coded").sum().sum() == len(coded) and len(matrix) == len(rows_of("policy_statements"))


def recounted(statement: dict, country: str, acts: list[dict], lists: dict, eu: list[str]) -> str | None:
    """The answer by the words of the vocabulary, from the rows of one statement, or None where there is none to give; `lists` is
    action → (named, known, total), of the adopted text."""
    def tells(row: dict) -> bool:
        return row["basis"] == "named" or (row["stage"] == "adopted" and lists[row["action"]][1] == lists[row["action"]][2])

    mine = {row["action"] for row in acts if row["country_code"] == country and row["stage"] == "adopted" and tells(row)}
    sponsored = any(row["country_code"] == country and row["action"] == "co_sponsored" for row in acts)
    if statement["country_code"] == country or mine - {"declined", "abstained", "voted_against"}:
        return "yes"
    if mine or sponsored:
        return "no" if mine else "yes"
    if {row["action"] for row in acts} == {"issued"} and {total for *_, total in lists.values()} == {None}:
        return None
    if any(row["country_code"] == country and row["stage"] == "adopted" for row in acts):
        return "unknown"
    issuers = {row["country_code"] for row in acts if row["stage"] == "adopted"} | {statement["country_code"]}
    if country in eu and "EUU" in issuers:
        return "unknown"
    backing = {action: sizes for action, sizes in lists.items() if action not in ("declined", "abstained", "voted_against")}
    if not backing or {"joined", "adhered", "ratified"} & set(backing):
        return "unknown"
    return "no" if all(named == known == total for named, known, total in backing.values()) else "unknown"


def test_a_recount_of_the_real_answers_agrees(real):
    found = country_instruments(*real)
    acts, tallies = rows_of("statement_endorsements"), rows_of("statement_tallies")
    eu = yaml.safe_load((PROJECT / SETTINGS).read_text())["bloc_members"]["EUU"]
    answers = {}
    for statement in rows_of("policy_statements"):
        own = [row for row in acts if row["statement_id"] == statement["statement_id"]]
        totals = {row["action"]: float("inf") if "More than" in row["note"] else int(row["total"]) for row in tallies
                  if row["statement_id"] == statement["statement_id"] and row["stage"] == "adopted"}
        lists = {action: (sum(row["action"] == action and row["stage"] == "adopted" and row["basis"] == "named" for row in own),
                          sum(row["action"] == action and row["stage"] == "adopted" for row in own), totals.get(action))
                 for action in {*totals, *(row["action"] for row in own if row["stage"] == "adopted")}}
        if own or totals:
            answers |= {(statement["statement_id"], country): told for country in set(found.country_code)
                        if (told := recounted(statement, country, own, lists, eu))}
    assert dict(zip(zip(found.statement_id, found.country_code, strict=True), found.answer, strict=True)) == answers


def test_a_real_country_that_backed_by_name_is_yes_and_countries_backing_counts_it(real):
    rows, answers = instruments(*real).set_index("statement_id"), country_instruments(*real)
    assert set(rows.index) == {row["statement_id"] for row in rows_of("policy_statements")}
    yes = answers[answers.answer == "yes"].groupby("statement_id").size()
    assert all(rows.countries_backing[statement] == number for statement, number in yes.items())
    pairs = answers.set_index(["statement_id", "country_code"]).answer
    assert pairs["mul-2023-bletchley-declaration", "GBR"] == "yes" and pairs["reaim-2024-blueprint-for-action", "CHN"] == "no"
    assert pairs["mul-2023-bletchley-declaration", "SRB"] == "unknown" and pairs["oecd-2019-ai-principles", "EGY"] == "unknown"
    assert pairs["mul-2024-seoul-declaration", "SRB"] == "no" and pairs["mul-2024-seoul-declaration", "ESP"] == "unknown"
    assert pairs["oecd-2019-ai-principles", "NZL"] == "yes" and ("sco-2025-statement-ai-cooperation", "UGA") not in pairs.index
    assert rows.countries_backing["oecd-2019-ai-principles"] == 42
    assert rows.countries_backing["mul-2025-paris-ai-action-summit-statement"] < 39


def test_real_kinds_tell_ruled_out_from_not_coded(real):
    rows = instruments(*real).set_index("statement_id")
    assert rows.instrument_kind["mul-2023-bletchley-declaration"] == "other"
    assert rows.instrument_kind["usa-2023-political-declaration-military-ai"] == "undetermined"
    initiative = rows.loc["chn-2023-global-ai-governance-initiative"]
    assert initiative.instrument_kind == "china_led" and initiative.meets_rights_based_rule


def test_a_no_without_an_act_stands_only_for_complete_lists(real):
    answers = country_instruments(*real)
    absent = answers[(answers.answer == "no") & ~answers.refused]
    rows = instruments(*real)
    assert (absent.acts.map(len) == 0).all() and set(answers.answer[answers.refused]) == {"no"}
    assert set(absent.statement_id) <= set(rows.statement_id[rows.list_complete])
