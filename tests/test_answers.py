"""The body of an issue, as GitHub renders a submitted form, to answers."""

from __future__ import annotations

import pytest

from scripts import forms
from scripts.answers import BAD_FORM, LOST_HEADING, UNANSWERED, Answers, nearest, parse, term
from scripts.read import read
from tests.fictional import write_package
from tests.web import rendered


@pytest.fixture(scope="module")
def known(tmp_path_factory) -> dict[str, forms.Form]:
    """The forms of the fictional package, by name."""
    found, problems = forms.load(read(write_package(tmp_path_factory.mktemp("package"))))
    assert problems == []
    return {form.name: form for form in found}


WITHDRAWAL = {"Record to withdraw": "zzz-deployment", "Reason": "It stands there twice."}
BODY = "### Record to withdraw\n\nzzz-deployment\n\n### Reason\n\nTwice.\n\n### Record that holds its facts\n\n_No response_"
FOUND = {"Record to withdraw": "zzz-deployment", "Reason": "Twice."}


def parsed(body: str, known: dict[str, forms.Form]) -> Answers:
    answers = parse(body, known.values())
    assert answers is not None
    return answers


@pytest.mark.parametrize("body", [
    BODY, BODY + "\n", BODY.replace("\n", "\r\n"), BODY.replace("\n", "\r"), "\ufeff" + BODY, "\n\n" + BODY, BODY.replace("\n\n", "\n"),
    BODY.replace("### Reason", "###  Reason  "), BODY.replace("_No response_", ""), BODY.replace("_No response_", "None"),
    "Words before the first heading.\n" + BODY,
    "### Reason\n\nTwice.\n\n### Record that holds its facts\n\n_No response_\n\n### Record to withdraw\n\nzzz-deployment"])
def test_what_github_renders_and_people_edit(body, known):
    answers = parsed(body, known)
    assert (answers.form.name, answers.found, answers.complaints) == ("withdrawal", FOUND, [])


@pytest.mark.parametrize("body", ["", "\ufeff", "### Title", "Something is wrong with the cameras of Zzz.", "### Reason\n\nzzz", "\0" * 99,
                                  "#### Record to withdraw\n\n#### Reason", "Record to withdraw\n\nReason",
                                  "> ### Reason\n> ### Record to withdraw", "### Zzz\n" * 9999])
def test_a_text_that_is_no_form(body, known):
    assert parse(body, known.values()) is None


def test_each_form_is_told_from_the_others(known):
    for form in known.values():
        answers = parsed(rendered(form, {}), known)
        assert answers.form is form and not answers.found
        assert {complaint.code for complaint in answers.complaints} == {UNANSWERED.code}
        assert [complaint.heading for complaint in answers.complaints] == [one.heading for one in form.questions if one.required]


def test_what_looks_like_a_heading_belongs_to_the_answer(known):
    reason = "Twice.\n\n### Something\n\n---\n\n```\n# no heading\n```\n<!-- x -->\n#### Reason\n ### Reason\n" + "long " * 5000
    answers = parsed(BODY.replace("Twice.", reason), known)
    assert answers.found == {**FOUND, "Reason": reason.strip()} and answers.complaints == []


@pytest.mark.parametrize(("body", "heading", "says"), [
    (BODY.replace("Twice.", "Twice.\n\n### Reason\n\nNo."), "Reason", "there 2 times"),
    (BODY.replace("Twice.", "```\n### Reason\n```"), "Reason", "there 2 times"),
    (BODY.replace("### Record that holds its facts\n\n_No response_", ""), "Record that holds its facts", "missing"),
    (BODY.replace("### Reason\n", ""), "Reason", "missing")])
def test_a_heading_that_is_lost_or_stands_twice(body, heading, says, known):
    (complaint,) = parsed(body, known).complaints
    assert (complaint.heading, complaint.code) == (heading, LOST_HEADING.code) and says in complaint.message and complaint.hint


def test_a_broken_heading_is_told_once_and_its_text_swallowed_by_no_answer(known):
    body = rendered(known["deployment"], {"Status": "Operational", "Title": "Zzz"})
    answers = parsed(body.replace("### Status\n", "### Staus\n"), known)
    lost = [one for one in answers.complaints if one.code != UNANSWERED.code]
    assert [(one.message, one.hint) for one in lost] == [("The line `### Status` is missing.", "Did you mean it by `### Staus`?")]
    assert answers.found == {"Title": "Zzz"}


def test_a_line_near_to_a_heading_that_is_there_belongs_to_the_answer(known):
    assert parsed(BODY.replace("Twice.", "Twice.\n### Reeson\nzzz"), known).found["Reason"] == "Twice.\n### Reeson\nzzz"


def deployment(known, **answers) -> Answers:
    """The answers of a form for a deployment in which only these were given, without what is missing."""
    headings = {question.key: question.heading for question in known["deployment"].questions if question.part != "citation"}
    found = parsed(rendered(known["deployment"], {headings[key]: value for key, value in answers.items()}), known)
    found.complaints = [complaint for complaint in found.complaints if complaint.code != UNANSWERED.code]
    return found


@pytest.mark.parametrize(("key", "given", "taken"), [
    ("status", "Under way", "under_way"), ("status", "under_way", "under_way"), ("status", "UNDER-WAY ", "under_way"),
    ("country", "Zzz Land (ZZA)", "ZZA"), ("country", "zza", "ZZA"), ("country", "zzz land", "ZZA"), ("country", "None", None),
    ("technologies", ["Drone", "Cloud"], ["drone", "cloud"]), ("technologies", "Drone,  Cloud, ", ["drone", "cloud"]),
    ("technologies", "", None), ("supports", ["Country", "Parties"], ["country_code", "parties"]), ("supports", [], None)])
def test_choices(key, given, taken, known):
    answers = deployment(known, **{key: given})
    heading = next(question.heading for question in known["deployment"].questions if question.key == key)
    assert answers.found.get(heading) == taken and answers.complaints == []


@pytest.mark.parametrize("mark", ["- [X] Country", "- [x] Country", "* [X]  Country", "  - [X] Country  "])
def test_a_tick(mark, known):
    body = rendered(known["deployment"], {})
    heading = "What the source itself states"
    assert parsed(body.replace("- [ ] Country", mark), known).found == {heading: ["country_code"]}
    assert parsed(body.replace("- [ ] Country", "- [ ] Country X"), known).found == {}


@pytest.mark.parametrize(("key", "given", "hint"), [
    ("status", "Operationel", "Did you mean `Operational`?"), ("country", "Zzz Lend", "Did you mean `Zzz Land`?"),
    ("channel", "Zzz", "Choose one of: System, Infrastructure, "), ("technologies", ["Drone", "Droneee"], "Did you mean `Drone`?")])
def test_what_is_no_choice(key, given, hint, known):
    (complaint,) = deployment(known, **{key: given}).complaints
    assert complaint.code == BAD_FORM.code and complaint.hint.startswith(hint) and "none of the choices" in complaint.message


def test_a_term_is_told_by_value_and_label():
    choices = [("under_way", "Under way"), ("ZZA", "Zzz Land (ZZA)")]
    assert [term(text, choices) for text in ("under-way", "zza", "Zzz Land", "zzzland(zza)", "Land", "")] == [
        "under_way", "ZZA", "ZZA", "ZZA", None, None]
    assert nearest("zzz lund", choices) == "Did you mean `Zzz Land`?"
    assert nearest("a", choices) == "Choose one of: Under way, Zzz Land."
    assert nearest("a", [(str(number), str(number)) for number in range(99)]) == "Choose one of the list."


def test_half_a_surrogate_pair_is_no_obstacle(known):
    assert parsed(BODY.replace("Twice.", "Tw\ud83dice."), known).found["Reason"] == "Tw?ice."
