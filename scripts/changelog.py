"""The changelog as data: versions with their dates, and what each says about the data and about the code.

It follows Keep a Changelog (https://keepachangelog.com/en/1.1.0/), one heading deeper: `### Data` and `### Code` under a version, and
`#### Added` and the like under those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import total_ordering
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from .documents import read_text
from .problem import ERROR, Problem, did_you_mean, kind

CHANGELOG = "CHANGELOG.md"
UNRELEASED = "Unreleased"
PARTS = ("Data", "Code")
HEADINGS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Known limits")
SECTION = re.compile(r"\[(?P<version>[^\]]+)\] - (?P<date>\d{4}-\d{2}-\d{2})(?: \[YANKED\])?")
FORM = "Write `## [1.2.0] - 2026-11-21`, or `## [Unreleased]`."
ADDRESS = re.compile(rf"^\[(?:{UNRELEASED}|[0-9][^\]]*)\]:.*$", re.MULTILINE)  # of a version
NUMBER = "(?:0|[1-9][0-9]*)"
WORD = f"(?:{NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
SEMVER = re.compile(rf"({NUMBER})\.({NUMBER})\.({NUMBER})(?:-({WORD}(?:\.{WORD})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")

MARKDOWN = MarkdownIt().disable("inline")  # what stands within a line is not asked for; to read it can take the square of its length

BAD_CHANGELOG = kind(
    "bad-changelog", ERROR, "release", "The changelog has a heading for each version, the newest first, and data and code apart.",
    good="## [0.2.0] - 2021-03-01, ### Data, #### Added", bad="## 0.2.0, ### Added")


@total_ordering
@dataclass(frozen=True, eq=False)
class Version:
    """A version number by https://semver.org/; compared by precedence, for which what follows a `+` does not count."""

    text: str
    numbers: tuple[int, int, int]
    before: tuple[str, ...] = ()  # what follows a hyphen: `1.0.0-rc.1` comes before `1.0.0`

    @property
    def precedence(self) -> tuple:
        return self.numbers, not self.before, tuple((0, int(word), "") if word.isdigit() else (1, 0, word) for word in self.before)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.precedence == other.precedence

    def __lt__(self, other: Version) -> bool:
        return self.precedence < other.precedence

    def __hash__(self) -> int:
        return hash(self.precedence)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Section:
    """What the changelog says of a version; `version` and `date` are empty for what is not released yet. `texts` gives by part (`Data`,
    `Code`, or empty above both) and heading (`Added` …, or empty above the first) the Markdown that stands there."""

    version: str
    date: str
    line: int
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def says(self, *parts: str) -> bool:
        """Whether anything stands under these parts, or, with none named, in the section at all."""
        return any(text for (part, _), text in self.texts.items() if not parts or part in parts)


def version_of(text: object) -> Version | None:
    """The version that a text gives, or None where it is none."""
    found = SEMVER.fullmatch(text) if isinstance(text, str) else None
    return found and Version(text, (int(found[1]), int(found[2]), int(found[3])), tuple(found[4].split(".")) if found[4] else ())


def read_changelog(root: Path) -> tuple[list[Section], list[Problem]]:
    """The sections of the changelog of the dataset in `root`, in their order, and what is wrong with it."""
    text, problems = read_text(root / CHANGELOG, CHANGELOG)
    if text is None:
        return [], problems
    sections: list[Section] = []
    problems += parse(text.replace("\r\n", "\n").split("\n"), sections)
    return sections, [*problems, *out_of_order(sections)]


def section_of(root: Path, version: str) -> Section | None:
    """What the changelog says of a version, or of what is not released yet where it does not name it; None where it says neither."""
    sections, _ = read_changelog(root)
    return next((section for name in (version, "") for section in sections if section.version == name), None)


def headings(lines: list[str]) -> Iterator[tuple[int, str, int, str]]:
    """The headings of a Markdown text down to the fourth level: level, text, line, and what stands below it up to the next."""
    tokens = MARKDOWN.parse("\n".join(lines))
    found = [(int(token.tag[1]), tokens[i + 1].content, *token.map) for i, token in enumerate(tokens)
             if token.type == "heading_open" and token.level == 0 and token.tag <= "h4"]
    ends = [*(start for _, _, start, _ in found[1:]), len(lines)]
    for (level, text, start, below), end in zip(found, ends, strict=False):  # without a heading, an end too many
        yield level, text, start + 1, ADDRESS.sub("", without_comments("\n".join(lines[below:end]))).strip()


def without_comments(text: str) -> str:
    """Markdown without its comments; one that nobody closes is text."""
    kept, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[place:start])
        place = end + 3
    return "".join((*kept, text[place:]))


def parse(lines: list[str], sections: list[Section]) -> Iterator[Problem]:
    """Fill `sections` from the lines of a changelog; what cannot be placed is told and left out."""
    texts: dict[tuple[str, str], str] = {}  # of a heading that cannot be read too, where nobody looks
    part = ""
    for level, heading, line, text in headings(lines):
        place = {"file": CHANGELOG, "line": line}
        if level == 1 and line > 1 and sections:
            yield BAD_CHANGELOG.at(f"A second title, `{heading[:80]}`, stands here.", "A version is a heading with two `#`.", **place)
        elif level == 2:
            texts, part = {("", ""): text}, ""
            yield from begin(heading, line, texts, sections)
        elif level == 3 and heading not in PARTS:
            part = heading
            yield BAD_CHANGELOG.at(f"`{heading[:80]}` is no part of a version.",
                                   "A version has the parts `### Data` and `### Code`, and in them `#### Added` and the like.", **place)
        elif level == 4 and (heading not in HEADINGS or not part):
            yield BAD_CHANGELOG.at(f"`{heading[:80]}` is no heading of a part." if part else f"`{heading[:80]}` stands in no part.",
                                   (did_you_mean(heading, HEADINGS) or f"Known: {', '.join(HEADINGS)}.") if part else
                                   "Put it under `### Data` or `### Code`.", **place)
        elif level > 2:
            part = heading if level == 3 else part
            key = (part, heading if level == 4 else "")
            if key in texts:
                yield BAD_CHANGELOG.at(f"`{heading[:80]}` stands twice in this version.", "Keep one and put everything under it.", **place)
            texts[key] = "\n\n".join(filter(None, (texts.get(key), text)))


def begin(heading: str, line: int, texts: dict[tuple[str, str], str], sections: list[Section]) -> Iterator[Problem]:
    """Add the section that a heading opens to `sections`, or tell why it opens none."""
    place = {"file": CHANGELOG, "line": line}
    found = SECTION.fullmatch(heading)
    known = {section.version for section in sections}
    if heading == f"[{UNRELEASED}]" and "" not in known:
        sections.append(Section("", "", line, texts))
    elif not found or not version_of(found["version"]) or not is_day(found["date"]):
        wrong = "stands twice" if heading == f"[{UNRELEASED}]" else "names no version and its day"
        yield BAD_CHANGELOG.at(f"The heading `{heading[:80]}` {wrong}.", FORM, **place)
    elif found["version"] in known:
        yield BAD_CHANGELOG.at(f"The version `{found['version'][:80]}` stands twice.", "Keep one and put everything under it.", **place)
    else:
        sections.append(Section(found["version"], found["date"], line, texts))


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def out_of_order(sections: list[Section]) -> Iterator[Problem]:
    """What is not released yet comes first, then the newest version."""
    for above, below in pairwise(sections):
        if below.version == "" or (above.version and version_of(above.version) < version_of(below.version)):
            yield BAD_CHANGELOG.at(f"`{below.version[:80] or UNRELEASED}` stands below `{above.version[:80]}`.",
                                   f"The newest stands first, `{UNRELEASED}` above all.", file=CHANGELOG, line=below.line)
