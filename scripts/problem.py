"""What a problem is: a kind of problem with a stable code, and one finding of that kind with its place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import Indel

ERROR, WARNING = "error", "warning"
FORMAT = "Run `python -m scripts format`."  # the hint to what the tools can mend
AS_TEXT = "A spreadsheet leaves such a cell alone only where every column is imported as text: see CONTRIBUTING.md."
NEAR = 0.8  # of the letters of two terms, those that both have in the same order
SHORT = 3  # a code of so few letters is near to too many others
LIMIT = 10_000  # problems kept as objects; all are counted
FEW = 20  # of each kind, at least, that are kept even then
SEARCHES = 20_000  # comparisons of two texts in a search for the nearest terms; more would take too long

KINDS: dict[str, Kind] = {}


@dataclass(frozen=True)
class Kind:
    """A kind of problem: what the rule catalogue lists.

    `group` is a section of the rule catalogue; `good` and `bad` are examples as text. `breaks` is False
    where the cells can be relied on all the same, as where only their order is wrong.
    """

    code: str
    severity: str
    group: str
    sentence: str
    good: str
    bad: str
    breaks: bool = True

    def at(self, message: str, hint: str, **place) -> Problem:
        """One problem of this kind; `place` holds table, file, line, column, record and count."""
        return Problem(self.severity, self.code, message, hint, **place)


def kind(code: str, severity: str, group: str, sentence: str, good: str, bad: str, breaks: bool = True) -> Kind:
    """Declare a kind once, where it is raised. Raises ValueError if the code is taken."""
    if code in KINDS:
        raise ValueError(f"the code {code} is declared twice")
    KINDS[code] = Kind(code, severity, group, sentence, good, bad, breaks)
    return KINDS[code]


@dataclass(frozen=True)
class Problem:
    """One finding: how bad, which kind, what is wrong and what to do, and where it stands.

    `line` and `column` follow the file (header is line 1), `record` is the id of the row's record, `count` the
    rows that a counted warning stands for, `new` whether the base revision lacks it (None without a base).
    """

    severity: str
    code: str
    message: str
    hint: str
    table: str | None = None
    file: str | None = None
    line: int | None = None
    column: str | None = None
    record: str | None = None
    count: int = 1
    new: bool | None = None

    @property
    def place(self) -> str:
        """Where it stands, as a person says it: `data/deployments.csv line 42, technologies`."""
        text = self.file or ""
        if self.line:
            text += f" line {self.line}"
        return f"{text}, {self.column}" if self.column else text

    @property
    def text(self) -> str:
        """The whole problem in one line; what a terminal or a reader would not see is written out, as `\\u202e`."""
        return visible(" ".join(part for part in (self.place + ":" if self.place else "", self.message, self.hint) if part))


@dataclass
class Problems:
    """All that the checks found: the first LIMIT, and at least FEW of each kind in each column of a table, as objects, every one counted.

    `broken` maps table → column → lines whose cell (column None: whose row) cannot be relied on, so that one mistake
    is not reported again by each check that reads the cell.
    """

    found: list[Problem] = field(default_factory=list)
    kept: Counter = field(default_factory=Counter)  # of (code, table, column)
    counts: Counter = field(default_factory=Counter)
    severities: Counter = field(default_factory=Counter)
    by_table: Counter = field(default_factory=Counter)  # of (table, severity)
    broken: dict[str, dict[str | None, set[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    def add(self, *problems: Problem) -> None:
        """Take problems, and mark the cells of errors as broken."""
        for problem in problems:
            if self.room(problem.code, problem.table, problem.column):
                self.keep(problem.code, problem.table, problem.column, [problem])
            self.counts[problem.code] += 1
            self.severities[problem.severity] += 1
            self.by_table[problem.table, problem.severity] += 1
            if problem.severity == ERROR and problem.table and problem.line and KINDS[problem.code].breaks:
                self.broken[problem.table][problem.column].add(problem.line)

    def add_rows(self, kind: Kind, lines: Iterable[int], make: Callable[[int], Problem], table: str,
                 columns: Iterable[str | None]) -> None:
        """Take one problem a line: `make(line)` writes as many as there is `room` for, the rest is only counted."""
        lines, columns = list(lines), list(columns)
        if not lines:
            return
        place = kind.code, table, columns[0] if columns else None
        self.keep(*place, [make(line) for line in lines[:self.room(*place)]])
        self.counts[kind.code] += len(lines)
        self.severities[kind.severity] += len(lines)
        self.by_table[table, kind.severity] += len(lines)
        if kind.severity == ERROR and kind.breaks:
            for column in columns:
                self.broken[table][column].update(lines)

    def room(self, code: str, table: str | None, column: str | None) -> int:
        """How many more problems of a kind in a column are kept as objects."""
        return max(LIMIT - len(self.found), FEW - self.kept[code, table, column], 0)

    def keep(self, code: str, table: str | None, column: str | None, problems: list[Problem]) -> None:
        """Keep problems for which there is room."""
        self.found += problems
        self.kept[code, table, column] += len(problems)

    def broken_lines(self, table: str, columns: Iterable[str]) -> set[int]:
        """Lines of `table` in which one of `columns`, or the row as such, is broken."""
        cells = self.broken.get(table, {})
        return set().union(cells.get(None, ()), *(cells.get(column, ()) for column in columns))


def visible(text: str) -> str:
    """A text in which what a terminal would obey or not show, be it the end of a line, is written out, as `\\x1b`; the wide
    space of Chinese and Japanese text stays."""
    return "".join(ch if ch.isprintable() or ch == "\u3000" else ch.encode("unicode_escape").decode() for ch in text)


def plain(term: str) -> str:
    """A term without what people get wrong: case, spaces, hyphens, underscores."""
    return "".join(ch for ch in term.casefold() if ch not in " -_\u00a0")


def by_plain(terms: Iterable[str]) -> dict[str, str]:
    """What people may write for a term, in plain letters → the term."""
    return {plain(term): term for term in terms}


def nearest(term: str, terms: Iterable[str]) -> str | None:
    """The valid term nearest to what was typed, or None if none is near."""
    return nearest_of(term, by_plain(terms))


def nearest_of(term: str, spelt: dict[str, str]) -> str | None:
    """`nearest` of terms by their plain letters."""
    if len(term) <= SHORT:
        return spelt.get(plain(term))
    close = process.extractOne(plain(term[:200]), spelt.keys(), scorer=Indel.normalized_similarity, score_cutoff=NEAR)
    return spelt[close[0]] if close else None


def did_you_mean(term: str, terms: Iterable[str]) -> str:
    """`Did you mean …?` for the nearest term, or an empty text."""
    return asked(nearest(term, terms))


def asked(near: str | None) -> str:
    return f"Did you mean `{near}`?" if near else ""


class Speller:
    """`did_you_mean` of many texts among the same terms, until SEARCHES comparisons were made: after that it says nothing."""

    def __init__(self, terms: Collection[str]) -> None:
        self.cost = max(len(terms), 1)
        self.left = SEARCHES
        self.spelt = by_plain(terms) if self.cost <= SEARCHES else {}
        self.said: dict[str, str] = {}

    def did_you_mean(self, term: str) -> str:
        if term not in self.said and self.left >= self.cost:
            self.left -= self.cost
            self.said[term] = asked(nearest_of(term, self.spelt))
        return self.said.get(term, "")
