"""A submitted web form to a card, checked: what a good one becomes, all mistakes at once and each once, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from scripts import forms
from scripts.__main__ import main
from scripts.add import add
from scripts.documents import load_yaml
from scripts.package import load
from scripts.read import read
from scripts.submission import answer, as_text
from scripts.validate import validate
from tests.fictional import write_package
from tests.web import DAY, DEPLOYMENT, GOOD, NO_SOURCE, STATES, Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk(tmp_path_factory.mktemp("package"))


# --- what each form becomes


@pytest.mark.parametrize("form", GOOD)
def test_a_good_form_becomes_a_card_that_add_takes(form, tmp_path):
    desk = Desk(tmp_path)
    found = desk.send(form)
    assert found.ready and not found.complaints and found.title.startswith(desk.forms[form].title), as_text(found)
    card = tmp_path / "card.yaml"
    card.write_text(found.card, encoding="utf-8")
    package, _ = load(tmp_path)
    assert add(package, read(package), [card]).problems == []
    report = validate(tmp_path, fast=True)
    assert report.exit_code == 0


def test_a_deployment(desk):
    card = desk.ready("deployment")
    assert card["deployments"][0] == {
        "id": "zzb-data-centre-zzz", "title": "Data centre of Zzz", "country": "ZZB", "channel": "infrastructure",
        "technologies": ["data_centre", "cloud"], "purposes": ["e_government"], "ai_basis": "enabling", "status": "operational",
        "started": "2020-05", "rights_concern": "none_reported", "summary": DEPLOYMENT["Summary"],
        "parties": [{"organization": "zzz-supplier", "role": "supplier"}, {"organization": "zzz-city", "role": "client"}],
        "sources": [{"citation": "zzz-daily-zzz-news", "locator": "para 3",
                     "supports": ["country_code", "channel", "technologies", "purposes", "status", "started", "parties"]}]}
    assert card["organizations"] == [{"id": "zzz-city", "name": "Zzz City", "type": "government", "country": "ZZA"}]
    assert card["citations"] == [{"id": "zzz-daily-zzz-news", "url": "https://example.org/new", "title": "Zzz news",
                                  "publisher": "Zzz Daily",
                                  "language": "en", "type": "news", "access": "full_text", "accessed": "2021-03-04"}]


def test_a_role(desk):
    card = desk.ready("standards_role", {"Affiliation": "Zzz Labs; Research institute; zzb"})
    role = card["standards_roles"][0]
    assert (role["id"], role["body"], role["affiliation"]) == ("zzz-body-rapporteur-2019-yan-yyy", "zzz-body", "zzz-labs")
    assert card["organizations"] == [{"id": "zzz-labs", "name": "Zzz Labs", "type": "research_institute", "country": "ZZB"}]


def test_a_statement(desk):
    statement = desk.ready("policy_statement")["policy_statements"][0]
    assert statement["binding"] == "false" and statement["issuer"] == "zzz-issuer"
    assert statement["themes"] == [{"theme": "privacy", "stance": "supports", "locator": "part 2; line 4"},
                                   {"theme": "labour", "stance": "opposes"}]
    assert statement["endorsements"] == [{"country": "ZZA", "action": "signed", "date": "2020-02-03"},
                                         {"country": "ZZB", "action": "voted_for", "date": "2020-02", "stage": "draft"},
                                         {"country": "ZZC", "action": "joined"}]


def test_further_countries_and_a_sum(desk):
    (entry,) = desk.ready("deployment", {"Further countries": "- Zzz Land\n- zzc", "Value": "1500", "Currency": "USD",
                                         "Kind of value": "Loan", STATES: [*DEPLOYMENT[STATES], "Value"]})["deployments"]
    assert (entry["further_countries"], entry["value"], entry["currency"], entry["value_kind"]) == (["ZZA", "ZZC"], "1500", "USD", "loan")


def test_an_information_operation_may_have_no_party(desk):
    assert "parties" not in desk.ready("deployment", {"Parties": "", "Channel": "Information operation",
                                                      STATES: [*DEPLOYMENT[STATES][:-1]]})["deployments"][0]


@pytest.mark.parametrize("address", ["https://example.org/zzz-source", "http://www.example.org/zzz-source/", "https://EXAMPLE.org/zzz-source#top",
                                     "https://example.org/zzz-source?utm_source=zzz"])
def test_a_source_that_is_known_by_its_address(address, desk):
    card = desk.ready("deployment", NO_SOURCE | {"Source address": address})
    assert "citations" not in card and card["deployments"][0]["sources"][0]["citation"] == "zzz-source"


@pytest.mark.parametrize(("name", "id_"), [
    ("zzz-supplier", "zzz-supplier"), ("ZZZ SUPPLIER", "zzz-supplier"), ("虚构公司", "zzz-supplier"), ("Zzz-Supplier", "zzz-supplier")])
def test_an_organization_by_any_of_its_names(name, id_, tmp_path):
    desk = Desk(tmp_path, {"organizations": [{"organization_id": "zzz-supplier", "name_local": "虚构公司"}]})
    assert desk.ready("deployment", {"Parties": f"{name}; Supplier"})["deployments"][0]["parties"][0]["organization"] == id_


@pytest.mark.parametrize(("title", "id_"), [
    ("Zzz 虚构", "zzb-zzz-xu-gou"), ("Ζζζ", "zzb-zzz"), ("🙂", "zzb"), ("A the of", "zzb"), ("Zzz gone", "zzb-zzz-gone-2"),
    ("Zzz " * 40, "zzb-zzz-zzz-zzz-zzz-zzz-zzz-zzz-zzz-zzz-zzz")])
def test_the_id_of_a_title(title, id_, tmp_path):
    desk = Desk(tmp_path, {"withdrawn": [{"record_id": "zzb-zzz-gone"}]})
    assert yaml.safe_load(desk.send("deployment", {"Title": title}).card)["deployments"][0]["id"] == id_


def test_an_id_that_a_record_has_is_not_given_again(tmp_path):
    desk = Desk(tmp_path, {"organizations": [{"organization_id": "zzz-supplier", "name": "Zzz Supplier of Zzz"}]})
    card = desk.ready("deployment", {"Parties": "Zzz Supplier!; supplier; company\nZzz Supplier?; client; company"})
    assert [entry["id"] for entry in card["organizations"]] == ["zzz-supplier-2", "zzz-supplier-3"]


# --- mistakes


@pytest.mark.parametrize(("form", "changes", "heading", "says"), [
    ("deployment", {"Title": ""}, "Title", "missing"), ("deployment", {"Country": ""}, "Country", "missing"),
    ("deployment", {"Country": "Zzz Lend"}, "Country", "none of"), ("deployment", {"Channel": "Sistem"}, "Channel", "none of"),
    ("deployment", {"Parties": ""}, "Parties", "no party"),
    ("deployment", {"Parties": "Zzz Suplier; supplier"}, "Parties", "No organization"),
    ("deployment", {"Parties": "Zzz Supplier"}, "Parties", "does not say the role"),
    ("deployment", {"Parties": "Zzz Supplier, supplier"}, "Parties", "too few parts"),
    ("deployment", {"Parties": "Zzz Supplier; seller"}, "Parties", "not known as role"),
    ("deployment", {"Parties": "Zzz Two; supplier; firm"}, "Parties", "no type of organization"),
    ("deployment", {"Parties": "Zzz Two; supplier; company; Zzz Lend"}, "Parties", "no country"),
    ("deployment", {"Parties": "Zzz Two; supplier; company; zzb; client"}, "Parties", "more than"),
    ("deployment", {"Parties": "=cmd; supplier; company"}, "Parties", "formula"),
    ("deployment", {"Further countries": "Zzz Land; Xxx Land"}, "Further countries", "too many"),
    ("deployment", {"Further countries": "Yyy Land"}, "Further countries", "already"),
    ("deployment", {"Value": "1,500", "Currency": "USD", "Kind of value": "Loan", STATES: [*DEPLOYMENT[STATES], "Value"]}, "Value",
     "1,500"),
    ("deployment", {"Currency": "USD"}, "Value", "only some"), ("deployment", {"Kind of value": "Lone"}, "Kind of value", "none of"),
    ("deployment", {"Started": "May 2020"}, "Started", "form"), ("deployment", {"Started": "2999"}, "Started", "future"),
    ("deployment", {"Ended": "2021"}, "Ended", "ended"), ("deployment", {"Started": ""}, STATES, "started"),
    ("deployment", {STATES: DEPLOYMENT[STATES][1:]}, STATES, "country_code"), ("deployment", {"Summary": "=1+1"}, "Summary", "formula"),
    ("deployment", {"How far you read the source": "Listed"}, "How far you read the source", "no source"),
    ("deployment", {"Source address": ""}, "Source address", "missing"),
    ("deployment", {"Source address": "ftp://example.org"}, "Source address", ""),
    ("deployment", {"Source publisher": ""}, "Source publisher", ""),
    ("deployment", {"Source published": "2021-05-01"}, "Day on which", "after"),
    ("standards_role", {"Body": "Zzz Bureau"}, "Body", "No organization"),
    ("standards_role", {"Body": "Zzz Bureau; standards"}, "Body", "no type"),
    ("standards_role", {"Affiliation": "=Zzz; company"}, "Affiliation", "formula"),
    ("standards_role", {"Role": ""}, "Role", "missing"), ("standards_role", {STATES: ["Holder"]}, STATES, "role"),
    ("policy_statement", {"Binding": "Perhaps"}, "Binding", "none of"),
    ("policy_statement", {"Themes": "privacy"}, "Themes", "does not say the stance"),
    ("policy_statement", {"Themes": "privat; supports"}, "Themes", "not known as theme"),
    ("policy_statement", {"Endorsements": "Zzz Lend; signed"}, "Endorsements", "no country"),
    ("policy_statement", {"Endorsements": "zza; signed; 2020-02-03; final"}, "Endorsements", "not known as stage"),
    ("policy_statement", {"Endorsements": "zza; signed; 2020-02-03; draft; x"}, "Endorsements", "too many parts"),
    ("policy_statement", {"Endorsements": "zza; signed; 2019"}, "Endorsements", ""),
    ("policy_statement", {STATES: ["Issued", "Themes"]}, STATES, "endorsements")])
def test_one_mistake_gives_one_complaint_where_it_is_mended(form, changes, heading, says, desk):
    told = desk.told(form, changes)
    assert [one for one, _ in told] == [next(question.heading for question in desk.forms[form].questions
                                            if question.heading.startswith(heading))] and says in told[0][1], told


def test_five_mistakes_give_five_complaints_at_once(desk):
    mistakes = {"Country": "", "Parties": "Zzz Suplier; supplier", "Started": "May 2020", "Summary": "=1+1", "Source language": "xx"}
    assert {heading for heading, _ in desk.told("deployment", mistakes)} == set(mistakes)
    mistakes = {"Issuer": "Nobody", "Themes": "zzz; supports", "Issued": "soon", "Summary": "", STATES: ["Issued", "Themes"]}
    assert {heading for heading, _ in desk.told("policy_statement", mistakes)} == set(mistakes)


def test_a_hint_is_for_a_form_and_not_for_a_table(desk):
    for changes in ({"Started": "May 2020"}, {STATES: []}, {"Started": ""}, {"Parties": ""}, {"How far you read the source": "Listed"}):
        for complaint in desk.send("deployment", changes).complaints:
            assert "data/" not in complaint.hint and "spreadsheet" not in complaint.hint, complaint


def hints(desk: Desk, form: str, changes: dict) -> list[str]:
    return [complaint.hint for complaint in desk.send(form, changes).complaints]


def test_commas_for_semicolons_are_told_so(desk):
    assert hints(desk, "deployment", {"Parties": "Zzz Supplier, supplier"}) == ["Separate the parts with semicolons: organization; role."]
    assert hints(desk, "deployment", {"Parties": "Zzz Supplier"}) != hints(desk, "deployment", {"Parties": "Zzz Supplier, supplier"})


@pytest.mark.parametrize(("name", "near"), [("Zzz Supplier Technologies Co., Ltd.", "Did you mean `Zzz Supplier`? "), ("Xyy", "")])
def test_an_organization_that_is_nearly_the_same_and_how_to_add_a_new_one(name, near, desk):
    assert hints(desk, "deployment", {"Parties": f"{name}; supplier"}) == [f"{near}If it is new, write: name; role; type; country."]
    assert hints(desk, "policy_statement", {"Issuer": name}) == [f"{near}If it is new, write: name; type; country."]


def test_a_part_of_a_larger_project(desk):
    assert desk.ready("deployment", {"Part of": "zzz-deployment"})["deployments"][0]["part_of"] == "zzz-deployment"


def test_the_same_form_accepted_twice(desk):
    again = NO_SOURCE | {"Source address": "https://example.org/zzz-source", "Title": "Camera network of ZZZ city"}
    told = desk.told("deployment", again | {"Country": "Zzz Land (ZZA)"})
    assert told == [("Title", "This seems to be `zzz-deployment`, which is in the dataset already.")]
    assert desk.ready("deployment", again)  # another country


# --- the command


def test_the_command_prints_the_card_the_comment_or_json(desk, tmp_path, capsys):
    file, root = tmp_path / "issue.md", ["--root", str(desk.package.root)]
    file.write_text(desk.body("deployment"), encoding="utf-8")
    found = answer(desk.package, desk.tables, desk.body("deployment"), DAY)
    assert main(["form", str(file), *root]) == 0
    out, err = capsys.readouterr()
    assert out == found.card and load_yaml_text(tmp_path, out) and "Ready" in err
    assert main(["form", str(file), "--format", "markdown", *root]) == 0
    assert capsys.readouterr() == (found.comment, "")
    assert main(["form", str(file), "--format", "json", *root]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == ["form", "ready", "title", "card", "complaints", "comment"]
    assert (shown["form"], shown["ready"], shown["card"], shown["complaints"]) == ("deployment", True, found.card, [])


def load_yaml_text(folder: Path, text: str) -> bool:
    """Whether a text is a card by the rules for documents."""
    (folder / "card.yaml").write_text(text, encoding="utf-8")
    return load_yaml(folder / "card.yaml", "card.yaml")[1] == []


def test_the_command_tells_what_is_missing(desk, tmp_path, capsys):
    file = tmp_path / "issue.md"
    file.write_text(desk.body("withdrawal", {"Reason": ""}), encoding="utf-8")
    assert main(["form", str(file), "--root", str(desk.package.root)]) == 1
    assert capsys.readouterr() == ("", "Reason: The answer is missing. Write it below the heading.\nNot ready.\n")


@pytest.mark.parametrize("data", [None, b"", b"\xff\xfe" + "### Title".encode("utf-16-le"), b"\x89PNG\r\n\0\xff", b"zzz"],
                         ids=["folder", "empty", "UTF-16", "binary", "no form"])
def test_the_command_on_what_is_no_form(data, desk, tmp_path, capsys):
    file = tmp_path / "issue.md"
    if data is None:
        file.mkdir()
    else:
        file.write_bytes(data)
    assert main(["form", str(file), "--root", str(desk.package.root)]) == 1
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 1 and "Traceback" not in err


def test_forms_that_are_described_wrongly_are_no_fault_of_whoever_sends_one(tmp_path, capsys):
    write_package(tmp_path)
    (tmp_path / forms.FORMS).write_text("forms: {zzz: {}}\n", encoding="utf-8")
    (tmp_path / "issue.md").write_text("zzz")
    assert main(["form", str(tmp_path / "issue.md"), "--root", str(tmp_path)]) == 1
    assert "forms cannot be made" in capsys.readouterr().err
