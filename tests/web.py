"""The text of an issue as GitHub renders a submitted form, a good one of each kind, and a desk that answers them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from scripts import forms
from scripts.package import Package
from scripts.read import read
from scripts.submission import Answer, answer, as_text
from scripts.tables import Tables
from tests.fictional import write_package

DAY = date(2021, 4, 1)
SOURCE = {"Source address": "https://example.org/new", "Source title": "Zzz news", "Source publisher": "Zzz Daily", "Source language": "en",
          "Source type": "News", "How far you read the source": "Full text", "Day on which you read the source": "2021-03-04"}
NO_SOURCE = dict.fromkeys(SOURCE, "")
STATES, NOW, THEN, WHY = "What the source itself states", "What it says now", "What it should say", "Why"
MISREAD, OUTDATED, DISAGREE = (
    "They were misread or mistyped: they say the new value", "Things have changed since they were written, or they do not say it",
    "They say the old value, and the source below, which is better, another one")
DEPLOYMENT = {
    "Title": "Data centre of Zzz", "Country": "Yyy Land (ZZB)", "Parties": "Zzz Supplier; supplier\nZzz City; client; government; Zzz Land",
    "Channel": "Infrastructure", "Technologies": ["Data centre", "Cloud"], "Purposes": ["E-government"], "Basis for AI": "Enabling",
    "Status": "Operational", "Started": "2020-05", "Rights concern": "None reported",
    "Summary": "The fictional firm Zzz Supplier built a fictional data centre.", **SOURCE,
    STATES: ["Country", "Channel", "Technologies", "Purposes", "Status", "Started", "Parties"], "Where on the page": "para 3"}
ROLE = {"Body": "Zzz Standards Body", "Role": "Rapporteur", "Holder": "Yan Yyy", "Affiliation": "Zzz Supplier", "Country": "Zzz Land (ZZA)",
        "Started": "2019", "Relevance to AI": "Core", **SOURCE, STATES: ["Body", "Role", "Holder", "Country", "Affiliation", "Started"]}
STATEMENT = {"Title": "Principles of Zzz", "Issuer": "Zzz Ministry", "Country": "Zzz Land (ZZA)", "Type": "Principles", "Binding": "No",
             "Scope": "Domestic", "Issued": "2020-02-03", "Themes": "Privacy; supports; part 2; line 4\nlabour; opposes",
             "Endorsements": "zzz land; Signed; 2020-02-03\nZZB; voted for; 2020-02; draft\nXxx Land; joined",
             "Summary": "Fictional principles.", **SOURCE, STATES: ["Issued", "Themes", "Endorsements"]}
CORRECTION = {"Record to correct": "zzz-deployment", "Columns to correct": "Status", NOW: "operational", THEN: "Suspended", WHY: OUTDATED,
              **SOURCE}
DISPUTE = {"Record that the source is about": "zzz-deployment", "What the source does": "Disputes",
           "Columns that it speaks to": "status; Parties", "Note on the disagreement": "Zzz Daily says that it never ran.", **SOURCE}
WITHDRAWAL = {"Record to withdraw": "zzz-role", "Reason": "It stands there twice."}
GOOD = {"deployment": DEPLOYMENT, "standards_role": ROLE, "policy_statement": STATEMENT, "correction": CORRECTION, "dispute": DISPUTE,
        "withdrawal": WITHDRAWAL}


def rendered(form: forms.Form, answers: dict[str, object]) -> str:
    """The body of an issue: `answers` gives by heading a text, the label of a choice, or the labels of several."""
    unknown = set(answers) - {question.heading for question in form.questions}
    assert not unknown, unknown
    parts = []
    for question in form.questions:
        answer = answers.get(question.heading, "")
        if question.element == "checkboxes":
            answer = "\n".join(f"- [{'X' if label in answer else ' '}] {label}" for _, label in question.choices)
        elif isinstance(answer, list):
            answer = ", ".join(answer)
        parts.append(f"### {question.heading}\n\n{answer or '_No response_'}")
    return "\n\n".join(parts)


class Desk:
    """The fictional package, and what is answered to forms that are sent to it."""

    def __init__(self, root: Path, example: dict | None = None) -> None:
        self.package: Package = write_package(root, example)
        self.tables: Tables = read(self.package)
        self.forms = {form.name: form for form in forms.load(self.tables)[0]}

    def body(self, form: str, changes: dict | None = None) -> str:
        """The good body of a form with some answers changed."""
        return rendered(self.forms[form], {**GOOD[form], **(changes or {})})

    def send(self, form: str, changes: dict | None = None) -> Answer:
        """What is answered to it."""
        return answer(self.package, self.tables, self.body(form, changes), DAY)

    def ready(self, form: str, changes: dict | None = None) -> dict:
        """The card that it becomes, which is ready."""
        found = self.send(form, changes)
        assert found.ready, as_text(found)
        return yaml.safe_load(found.card)

    def told(self, form: str, changes: dict | None = None) -> list[tuple[str, str]]:
        """Heading and message of each complaint, of which there is one at least."""
        found = self.send(form, changes)
        assert not found.ready and found.complaints and all(complaint.hint for complaint in found.complaints)
        return [(complaint.heading, complaint.message) for complaint in found.complaints]
