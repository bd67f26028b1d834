"""A submitted web form, validated: the card it becomes, what is missing, what it may repeat, and the answer to whoever sent it."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

import yaml

from schemas import rules_of
from schemas.shared import UNUSED

from . import diff_report, forms
from .add import Plan, plan
from .answers import LONGEST, Complaint, parse
from .correction_form import change
from .diff import compare
from .diff_report import PART, code, within
from .draft import Draft, record
from .forms import CITATIONS, ORGANIZATIONS, Plain
from .names import Names
from .package import Package
from .problem import AS_TEXT, Problem, visible
from .tables import Tables

NO_FORM = "This text is none of the forms of this dataset: their headings are missing."
TOO_LONG = f"The text is longer than {LONGEST:,} characters, which no form is."
READY = "Everything that the checks can tell is right. A maintainer reads it next, and then makes a pull request of it."
NOT_READY = "Something is missing or cannot be right. Mend it in the text of this issue, under its heading; the answer then changes."
TWINS = "It may be there already. If one of these is the same, say so here; if none is, there is nothing to do:"
NOTICES = "Look whether these are right:"
SAID = "The tables say all of this already."
MANY = "Too many records change to list them here; the pull request will show them."
WIDTH = 110  # characters of a line of a card
FOR_TABLES, MEND = re.compile(r"python -m|data/\w+\.csv"), "Mend this answer, or leave it out."  # in place of hints made for tables
TITLE = 200  # characters of a title
ROOM = 30_000  # characters of a comment for what changes, next to the rest, within what GitHub takes


@dataclass
class Answer:
    """The answer to a submitted form: the name of the form (None where it is none), the card as YAML, what the card would do, what
    is wrong, and a title."""

    form: str | None
    title: str = ""
    card: str = ""
    complaints: list[Complaint] = field(default_factory=list)
    planned: Plan | None = None
    change: diff_report.Difference | None = None

    @property
    def ready(self) -> bool:
        """Whether it may become a pull request."""
        return self.form is not None and self.planned is not None and not self.complaints

    @property
    def comment(self) -> str:
        """What to say to whoever sent it, as Markdown in which no text of theirs can become markup, a link or a mention."""
        return "\n".join(comment_parts(self))


def answer(package: Package, tables: Tables, body: str, day: date) -> Answer:
    """The answer to the body of an issue, as GitHub renders a form; `day` is that of withdrawals. Nothing is written."""
    if len(body) > LONGEST:
        return Answer(None, complaints=[Complaint("", TOO_LONG, "Send the text of one form.")])
    known, problems = forms.load(tables)
    answers = parse(body, known)
    if answers is None:
        wrong = [Complaint("", problem.message, problem.hint, problem.code) for problem in problems]
        return Answer(None, complaints=wrong or [Complaint("", NO_FORM, "Open an issue with one of the forms, or use a card.")])
    made = Draft(answers, Names(tables), known)
    (record if answers.form.section else change)(made)
    title = " ".join(visible(f"{answers.form.title}: {made.title}").split())[:TITLE]
    found = Answer(answers.form.name, title, as_yaml(made.card), answers.complaints)
    if made.card:
        found.planned = planned(package, tables, found.card, day)
        found.complaints += list(more_complaints(found.planned.outcome.problems, made))
    if not found.complaints and not (found.planned and found.planned.files):
        found.complaints.append(Complaint(answers.form.questions[0].heading, SAID, "Compare it with the record as it is."))
    found.change = None if found.complaints else compare(tables, found.planned.after)
    return found


def more_complaints(problems: Iterable[Problem], made: Draft) -> Iterator[Complaint]:
    """The problems of the card as complaints, each once, under the heading that asked for what is wrong; none that follows from
    another complaint."""
    form = made.answers.form
    told = {complaint.heading for complaint in made.answers.complaints}
    unsourced = any(question.part in ("citation", "link") and question.heading in told for question in form.questions)
    lacks = {rule.kind.code for name in made.tables.package.tables for rule in rules_of(name) if rule.lacks}
    complaints = {}
    for problem in problems:
        heading = heading_of(problem, made)
        follows = heading in told or (unsourced and problem.code in lacks) or (told and problem.code == UNUSED.code)
        if not follows:
            _, hint = form.mends.get(problem.code, ("", problem.hint.replace(AS_TEXT, "").strip()))
            hint = MEND if FOR_TABLES.search(hint) else hint
            complaints[Complaint(heading, problem.message, hint, problem.code)] = None
    yield from complaints


def heading_of(problem: Problem, made: Draft) -> str:
    """The heading under which what is wrong was asked for, or the nearest."""
    form = made.answers.form
    key = form.mends.get(problem.code, ("", ""))[0] or problem.column
    name = next((entry["name"] for entry in made.card.get(ORGANIZATIONS, []) if entry["id"] == problem.record), None)
    tests = (lambda question: question.key == key and problem.code in form.mends,
             lambda question: question.table and question.table.name == problem.table and question.field and key in (
                 question.field.name, question.key),
             lambda question: name and name in str(made.answers.found.get(question.heading)),
             lambda question: question.part == "change" and question.key == key,
             lambda question: question.table and question.table.name == problem.table and not question.field,
             lambda question: problem.table == CITATIONS and question.part == "citation",
             lambda question: question.key == "new",
             lambda question: True)
    return next(question.heading for test in tests for question in form.questions if test(question))


def as_yaml(card: dict) -> str:
    """A card as text; what looks like a number, a date or a tag is quoted."""
    return yaml.dump(card, Dumper=Plain, allow_unicode=True, sort_keys=False, width=WIDTH) if card else ""


def planned(package: Package, tables: Tables, card: str, day: date) -> Plan:
    """What a card would do."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.yaml"
        path.write_text(card, encoding="utf-8")
        return plan(package, tables, [path], day)


def comment_parts(found: Answer) -> Iterator[str]:
    """The paragraphs of the comment, within what GitHub takes."""
    if found.form is None:
        yield from (f"{code(complaint.message)} {code(complaint.hint)}\n" for complaint in found.complaints)
        return
    yield f"### {'Ready for a maintainer' if found.ready else 'Not ready yet'}\n\n{READY if found.ready else NOT_READY}\n"
    yield from listed("", [f"**{complaint.heading}**: {code(complaint.message)} {code(complaint.hint)}" for complaint in found.complaints])
    outcome = found.planned.outcome if found.planned else None
    if outcome:
        yield from listed(TWINS, [code(twin.text) for twin in outcome.twins])
    if found.ready:
        yield from listed(NOTICES, [code(notice.text) for notice in outcome.notices])
        yield from listed("Nothing uses these any more, so they are withdrawn too:", [code(record) for record in outcome.orphans])
        shown = diff_report.as_markdown(found.change)
        yield shown if len(shown) <= ROOM else f"**{code(diff_report.headline(found.change))}**\n\n{MANY}\n"
    if found.card:
        yield f"<details><summary>The card that the form becomes</summary>\n\n{fenced(found.card, PART)}\n</details>\n"


def listed(words: str, items: Iterable[str]) -> Iterator[str]:
    """Items as a list under a sentence, if there are any."""
    lines = list(within([f"- {item}" for item in items], PART // 2, "lines"))
    if lines:
        yield "\n".join([*([f"{words}\n"] if words else []), *lines]) + "\n"


def fenced(text: str, room: int) -> str:
    """A text as a block of code, whatever it holds, cut where it is long."""
    text = "".join(f"{visible(line)}\n" for line in text.splitlines())
    text = text if len(text) <= room else f"{text[:room]}\n… ({len(text):,} characters)\n"
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}yaml\n{text}{fence}"


def as_text(found: Answer) -> str:
    """What a person at a terminal is told beside the card: what is wrong, or what the card would do."""
    lines = [f"{f'{complaint.heading}: ' if complaint.heading else ''}{complaint.message} {complaint.hint}"
             for complaint in found.complaints]
    if found.ready:
        outcome = found.planned.outcome
        lines += [twin.text for twin in outcome.twins] + [notice.text for notice in outcome.notices]
        lines += [f"{record} is withdrawn too: nothing uses it any more." for record in outcome.orphans]
    if found.form:
        lines.append("Ready: take the card in with `python -m scripts add`." if found.ready else "Not ready.")
    return "".join(f"{visible(line)}\n" for line in lines) + (diff_report.as_text(found.change) if found.change else "")


def as_json(found: Answer) -> str:
    """One JSON object: `form` (null where it is none), `ready`, `title`, `card` (YAML), `complaints` (heading, message, hint, code) and
    `comment` (Markdown)."""
    whole = {"form": found.form, "ready": found.ready, "title": found.title, "card": found.card,
             "complaints": [asdict(complaint) for complaint in found.complaints], "comment": found.comment}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


FORMATS = {"text": lambda found: found.card, "markdown": lambda found: found.comment, "json": as_json}
