"""A submitted web form to a record card: the body of an issue, as GitHub renders it, to answers, and answers to the card."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .forms import Form, Question
from .problem import ERROR, did_you_mean, kind, plain
from .problem import nearest as near

BAD_FORM = kind("form-answer", ERROR, "forms", "An answer of a web form is one of its choices, or has the shape that is asked for.",
                good="Status: Operational", bad="Status: quite operational")
LOST_HEADING = kind("form-heading", ERROR, "forms", "Each heading of a web form stands once in its text.",
                    good="### Status, then the answer", bad="### Status twice")
UNANSWERED = kind("form-answer-missing", ERROR, "forms", "A question of a web form that must be answered is.",
                  good="Record to correct: zzz-a", bad="Record to correct: _No response_")

LONGEST = 262_144  # bytes of a text; GitHub takes 65,536 characters
EMPTY = ("", "_No response_", "None")  # what GitHub renders for no answer
HEADING = "### "
BETWEEN = re.compile(r"[,;\n]")  # what stands between several choices; no choice holds it
FEW = 40  # choices that a hint can name
TICKED = re.compile(r"[-*] \[[xX]\] +(.*)")


@dataclass(frozen=True)
class Complaint:
    """What is wrong with the answer under a heading, and what to do; `code` is that of the rule."""

    heading: str
    message: str
    hint: str
    code: str = BAD_FORM.code


@dataclass
class Answers:
    """The answers to a form: by heading a text, or the values of what was chosen; headings without an answer lack."""

    form: Form
    found: dict[str, str | list[str]] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    def of(self, part: str) -> dict[str, str | list[str]]:
        """Key → answer, for the questions of one part."""
        return {question.key: self.found[question.heading] for question in self.form.questions
                if question.part == part and question.heading in self.found}

    def question(self, part: str, key: str) -> Question:
        """The question of a part and key."""
        return next(question for question in self.form.questions if (question.part, question.key) == (part, key))

    def complain(self, heading: str, message: str, hint: str) -> None:
        """Add a complaint about the answer under a heading."""
        self.complaints.append(Complaint(heading, message, hint))


def parse(body: str, forms: Iterable[Form]) -> Answers | None:
    """The answers in the body of an issue, or None where it is none of the forms.

    GitHub renders each question as a line `### heading` and the answer below; a form is told by the headings that stand there.
    Other lines that look like a heading belong to the answer, but for one that seems to be a heading that is missing. A heading
    that stands twice is refused: nobody knows which holds.
    """
    text = body.encode(errors="replace").decode().removeprefix("\ufeff")  # half a surrogate pair can be written to no file
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    present = [line[len(HEADING):].strip() for line in lines if line.startswith(HEADING)]

    def rank(form: Form) -> int:
        return len({question.heading for question in form.questions} & set(present))

    form = max(forms, key=rank, default=None)
    if form is None or rank(form) * 2 < len(form.questions):
        return None
    answers = Answers(form)
    headings = {question.heading for question in form.questions}
    lost = headings - set(present)
    meant = {line: heading for line in present if line not in headings and lost and (heading := near(line, lost))}
    texts = sections_of(lines, {*headings, *meant})
    for question in form.questions:
        answer(answers, question, texts.get(question.heading, []), [line for line in meant if meant[line] == question.heading])
    return answers


def sections_of(lines: list[str], headings: set[str]) -> dict[str, list[str]]:
    """Heading → the texts below it, one for each time that it stands there."""
    found: dict[str, list[str]] = {}
    block: list[str] = []
    for line in lines:
        heading = line[len(HEADING):].strip() if line.startswith(HEADING) else ""
        if heading in headings:
            block = []
            found.setdefault(heading, []).append(block)
        else:
            block.append(line)
    return {heading: ["\n".join(block).strip() for block in blocks] for heading, blocks in found.items()}


def answer(answers: Answers, question: Question, texts: list[str], misspelt: list[str]) -> None:
    """Take the answer to a question from the text below its heading; `misspelt` are lines that may be meant for the heading."""
    if len(texts) != 1:
        often, hint = (("missing", "Put it back") if not texts else (f"there {len(texts)} times", "Keep one"))
        answers.complaints.append(Complaint(question.heading, f"The line `### {question.heading}` is {often}.",
                                            f"Did you mean it by `### {misspelt[0][:80]}`?" if misspelt and not texts else
                                            f"{hint}, with the answer below it.", LOST_HEADING.code))
        return
    text = "" if texts[0] in EMPTY else texts[0]
    if question.element == "checkboxes":
        value = chosen(answers, question, [match[1].strip() for line in text.splitlines() if (match := TICKED.fullmatch(line.strip()))])
    elif question.element == "dropdown":
        value = chosen(answers, question, BETWEEN.split(text) if question.multiple else [text])
        value = value if question.multiple else "".join(value[:1])
    else:
        value = text
    if value:
        answers.found[question.heading] = value
    elif question.required and not any(complaint.heading == question.heading for complaint in answers.complaints):
        answers.complaints.append(Complaint(question.heading, "The answer is missing.", "Write it below the heading.", UNANSWERED.code))


def chosen(answers: Answers, question: Question, labels: list[str]) -> list[str]:
    """The values of what was chosen, and as it stands what is no choice: then the checks know that the cell is not empty but broken."""
    values = []
    for label in filter(None, map(str.strip, labels)):
        value = term(label, question.choices)
        if value is None:
            answers.complain(question.heading, f"`{label[:80]}` is none of the choices.", nearest(label, question.choices))
        values.append(label if value is None else value)
    return values


def term(text: str, choices: Iterable[tuple[str, str]]) -> str | None:
    """The value among the choices that a text names by value, by label, or by a label `Name (VALUE)` without the value, whatever its
    case, spaces and hyphens."""
    wanted = plain(text)
    return next((value for value, label in choices if wanted in (plain(value), plain(label), plain(named(value, label)))), None)


def nearest(text: str, choices: Iterable[tuple[str, str]]) -> str:
    """What to do about a text that names no choice: the nearest one, or all of them if they are few."""
    names = [named(value, label) for value, label in choices]
    few = f"Choose one of: {', '.join(names)}." if len(names) <= FEW else "Choose one of the list."
    return did_you_mean(text, [*(value for value, _ in choices), *names]) or few


def named(value: str, label: str) -> str:
    """A label without the value behind it."""
    return label.removesuffix(f" ({value})")
