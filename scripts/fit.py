"""Which version a change of the data asks for, and whether everything that names a version or a date agrees.

The levels are those of the Data Package recipe (https://datapackage.org/recipes/data-package-version/). What it leaves open is decided
thus, for people who keep ids or columns of this dataset in work of their own and want the number to tell them whether that still holds:

- A record that went, withdrawn or not, asks for MAJOR where a row named it: whoever holds its id finds no row any more. That
  `withdrawn` says why and what replaces it helps them to follow; it does not keep a join whole. A record that no row named asks for
  MINOR, a row that only linked others for PATCH.
- An empty cell that is filled is new data (MINOR), and so is another record in a column that refers to one, since joins give other
  rows. Any other changed cell is a correction (PATCH).
- A vocabulary is a constraint: a term more asks for MINOR, a term less for MAJOR, another definition for PATCH.
- A setting of the derived tables that changed asks for MINOR: numbers that people have cited come out in another way.
- A derived or flat table may gain columns in a MINOR version: each term of a vocabulary can bring one, and they are read by name.
- As long as MAJOR is 0, MINOR is raised in its place (https://semver.org/, 4). 1.0.0 may come at any time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import pandas as pd

from .changelog import CHANGELOG, PARTS, Section, Version, read_changelog, version_of
from .delta import ADD, MOD, WITHDRAWN, delta, ids_of
from .derive.settings import changed_settings, read_settings
from .derived import with_derived
from .documents import load_json, load_yaml, read_text
from .package import DESCRIPTOR, MISSING, RECORDED, Field, Package, Table
from .previous import Previous, tagged
from .problem import ERROR, WARNING, Problem, kind
from .read import read
from .tables import Tables

SHOWN = 3  # examples and reasons that a message gives
CONSTRAINTS = ("required", "unique", "pattern", "minimum", "exclusiveMinimum", "minLength", "maximum", "exclusiveMaximum", "maxLength")
DESCRIPTIVE = ("title", "description", "licenses", "contributors", "keywords", "sources", "homepage", "image")
EVERYWHERE = f"Write the same in {DESCRIPTOR}, pyproject.toml, CITATION.cff, {CHANGELOG} and, if there, .zenodo.json."

BAD_VERSION = kind("bad-version", ERROR, "release", "A version is three numbers, by Semantic Versioning.",
                   good='"version": "0.2.0"', bad='"version": "v0.2"')
NO_PREVIOUS = kind("no-previous", ERROR, "release", "The release before is there to be compared with.",
                   good="0.1.0 in CHANGELOG.md and the tag v0.1.0", bad="0.1.0 in CHANGELOG.md and no tag v0.1.0")
RELEASED = kind("released-already", ERROR, "release", "What was released under a version stays as it is.",
                good="0.2.0 where only 0.1.0 is tagged", bad="0.1.0, with other data than at the tag v0.1.0")
LOW = kind("version-too-low", ERROR, "release", "A version is as far from the one before as what changed asks for.",
           good="0.2.0 after 0.1.0 with a new record", bad="0.1.1 after 0.1.0 with a new record")
LEAP = kind("version-leap", WARNING, "release", "A version leaves out no number.", good="0.2.0 after 0.1.0", bad="0.3.0 after 0.1.0")
DISAGREE = kind("versions-disagree", ERROR, "release", "Every file that gives the version gives the same.",
                good="0.2.0 in datapackage.json and CITATION.cff", bad="0.2.0 in datapackage.json, 0.1.0 in CITATION.cff")
DATES = kind("dates-disagree", ERROR, "release", "Every file that gives the date of the release gives the same.",
             good="created: 2021-03-01, ## [0.2.0] - 2021-03-01", bad="created: 2021-03-01, ## [0.2.0] - 2021-02-01")
UNTOLD = kind("untold-version", ERROR, "release", "The changelog tells what a version brings, under Data where the data changed.",
              good="## [0.2.0] - 2021-03-01, ### Data, #### Added, - Zzz", bad="no heading of 0.2.0, or nothing below it")
LEFT = kind("left-unreleased", ERROR, "release", "At a release nothing is left under Unreleased.",
            good="## [Unreleased] and nothing below it", bad="## [Unreleased], ### Data, #### Added, - Zzz")


class Level(IntEnum):
    """How far a version must be from the one before."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def words(self) -> str:
        """What the level asks of a version, for people who do not know its name."""
        return f"a {('', 'third', 'second', 'first')[self]} number higher ({self.name})"


@dataclass(frozen=True)
class Reason:
    """A change, and the level it asks for."""

    level: Level
    text: str


def needed(before: Tables | None, after: Tables, settings: dict | None = None) -> tuple[Level, list[Reason]]:
    """The level that the change from one version to another asks for, and every reason, the gravest first; NONE where nothing differs
    or there is nothing before. Derived and flat tables count by their columns, where both versions have such, and by `settings`, those
    of the version before as written; those of the other are read from the folder of its package."""
    if before is None:
        return Level.NONE, []
    old, new = before.package, after.package
    both = all(any(table.folder != RECORDED for table in package.tables.values()) for package in (old, new))
    sides = [{name: table for name, table in package.tables.items() if both or table.folder == RECORDED} for package in (old, new)]
    reasons = [*package_reasons(old, new)]
    reasons += [Reason(Level.MAJOR, f"The table `{name}` is gone.") for name in sides[0] if name not in sides[1]]
    reasons += [Reason(Level.MINOR, f"The table `{name}` is new.") for name in sides[1] if name not in sides[0]]
    for name in sides[0].keys() & sides[1].keys():
        reasons += [*column_reasons(sides[0][name], sides[1][name]), *key_reasons(sides[0][name], sides[1][name])]
    reasons += [Reason(Level.MINOR, f"The setting `{name}` of the derived tables changed: {was} → {now}.")
                for name, was, now in changed_settings(settings, settings and read_settings(new.root))]
    reasons = sorted([*reasons, *row_reasons(before, after)], key=lambda reason: (-reason.level, reason.text))
    return max((reason.level for reason in reasons), default=Level.NONE), list(dict.fromkeys(reasons))


def package_reasons(old: Package, new: Package) -> Iterator[Reason]:
    """What changed in the package as a whole, and the terms of its vocabularies."""
    for key in ("name", "id"):
        if old.descriptor.get(key) != new.descriptor.get(key):
            yield Reason(Level.MAJOR, f"The {key} of the package is another.")
    resources = [{one.get("name"): one for one in package.descriptor["resources"]} for package in (old, new)]
    pairs = [(old.descriptor, new.descriptor), *((resources[0][name], resources[1][name]) for name in resources[0] if name in resources[1])]
    for one, other in pairs:
        if any(one.get(key) != other.get(key) for key in DESCRIPTIVE):
            yield Reason(Level.PATCH, f"The descriptive metadata of `{other.get('name')}` differ.")
    for name in old.vocabularies.keys() & new.vocabularies.keys():
        was, now = old.vocabularies[name].terms, new.vocabularies[name].terms
        for level, word, terms in ((Level.MAJOR, "lost", was.keys() - now.keys()), (Level.MINOR, "gained", now.keys() - was.keys())):
            if terms:
                yield Reason(level, f"The vocabulary `{name}` {word} {some(sorted(terms))}.")
        texts = [(one.vocabularies[name].title, one.vocabularies[name].description) for one in (old, new)]
        if texts[0] != texts[1] or any(was[term] != now[term] for term in was.keys() & now.keys()):
            yield Reason(Level.PATCH, f"The vocabulary `{name}` is worded in another way.")


def column_reasons(old: Table, new: Table) -> Iterator[Reason]:
    """What changed in the columns of a table."""
    lost, gained = ([c for c in one.columns if c not in other.columns] for one, other in ((old, new), (new, old)))
    if lost:
        yield Reason(Level.MAJOR, f"`{new.name}` lost the column{'s' * (len(lost) > 1)} {some(lost)}.")
    if gained:
        yield Reason(Level.MAJOR if new.folder == RECORDED else Level.MINOR,
                     f"`{new.name}` gained the column{'s' * (len(gained) > 1)} {some(gained)}.")
    if [c for c in old.columns if c in new.columns] != [c for c in new.columns if c in old.columns]:
        yield Reason(Level.MAJOR, f"The columns of `{new.name}` stand in another order.")
    if (old.title, old.description) != (new.title, new.description):
        yield Reason(Level.PATCH, f"The descriptive metadata of `{new.name}` differ.")
    for name in (column for column in new.columns if column in old.columns):
        was, now, place = old.by_name[name], new.by_name[name], f"`{new.name}.{name}`"
        if was.type != now.type:
            yield Reason(Level.MAJOR, f"{place} was of type {was.type} and is of type {now.type}.")
        elif form_of(was) != form_of(now):
            yield Reason(Level.MAJOR, f"The format of {place} is another.")
        yield from (Reason(level, f"{place}: {text}") for level, text in constraint_changes(was, now))
        if any(was.options.get(key) != now.options.get(key) for key in ("title", "description", "example", "rdfType")):
            yield Reason(Level.PATCH, f"{place} is described in another way.")


def form_of(field: Field) -> tuple:
    """How the texts of a column are to be read."""
    words = tuple(tuple(field.options.get(key, ())) for key in ("trueValues", "falseValues"))
    return field.format, field.delimiter if field.type == "list" else "", field.item_type, field.keep_order, words


def constraint_changes(old: Field, new: Field) -> Iterator[tuple[Level, str]]:
    """What changed in the constraints of a column: MAJOR where some value is no longer allowed, MINOR where only more are."""
    if (old.vocabulary, old.columns_of) != (new.vocabulary, new.columns_of) or not (new.vocabulary or new.columns_of):
        was, now = (set(map(str, field.terms or field.constraints.get("enum", ()))) for field in (old, new))  # empty: anything
        if was != now and (not was or was - now) and now:
            yield Level.MAJOR, f"{some(sorted(was - now))} may no longer stand there." if was else "only certain values may stand there."
        elif was != now:
            yield Level.MINOR, f"{some(sorted(now - was))} may stand there too." if now else "any value may stand there."
    for name in CONSTRAINTS:
        was, now = (field.constraints.get(name) or None if name in ("required", "unique") else field.constraints.get(name)
                    for field in (old, new))
        if was != now:
            text = f"the constraint {name} was {'not there' if was is None else was} and is {'gone' if now is None else now}."
            yield (Level.MAJOR if narrower(name, was, now) else Level.MINOR), text


def narrower(name: str, was: object, now: object) -> bool:
    """Whether a constraint that changed may allow less than before; of two patterns nobody can tell."""
    if was is None or now is None:
        return was is None
    if name == "pattern":
        return True
    try:
        less = float(str(now)) < float(str(was))
    except ValueError:  # days
        less = str(now) < str(was)
    return less == name.lower().startswith(("max", "exclusivemax"))


def key_reasons(old: Table, new: Table) -> Iterator[Reason]:
    """What changed in the keys of a table."""
    if old.primary_key != new.primary_key:
        yield Reason(Level.MAJOR, f"The primary key of `{new.name}` has other columns.")
    for what, was, now in (("foreign key", set(old.foreign_keys), set(new.foreign_keys)),
                           ("unique key", set(old.unique_keys), set(new.unique_keys))):
        if now - was:
            yield Reason(Level.MAJOR, f"`{new.name}` has a {what} that it had not.")
        elif was - now:
            yield Reason(Level.MINOR, f"`{new.name}` has a {what} less.")


def row_reasons(before: Tables, after: Tables) -> Iterator[Reason]:
    """What changed in the rows of the tables and in the columns that both versions have under the same key."""
    found = delta(before, after)
    for name, cells in found.groupby("table", sort=False):
        if name not in before.contents or name not in after.contents:
            continue
        old, new = before.contents[name].table, after.contents[name].table
        if old.primary_key == new.primary_key:
            cells = cells[cells["column"].isin(set(old.columns) & set(new.columns))]
            yield from added_or_gone(before, new, cells)
            yield from changed(new, cells[cells["operation"] == MOD])


def added_or_gone(before: Tables, table: Table, cells: pd.DataFrame) -> Iterator[Reason]:
    """The rows of a table that came and went."""
    named = named_ids(before, table)
    came, went = (list(dict.fromkeys(cells["id"][chosen])) for chosen in (
        cells["operation"] == ADD, ~cells["operation"].isin([ADD, MOD])))
    for level, ids, what in ((Level.MINOR, came, "gained {}"),
                             (Level.MAJOR, [one for one in went if one in named], "lost {} that others named"),
                             (Level.PATCH if table.is_link else Level.MINOR, [one for one in went if one not in named], "lost {}")):
        if ids:
            yield Reason(level, f"`{table.name}` {what.format(count(ids, 'row'))}: {some(ids)}.")


def named_ids(tables: Tables, table: Table) -> set[str]:
    """The ids of the rows of a table that rows of any table named, by a foreign key or by table and record."""
    rows, named = tables[table.name], set()
    ids = ids_of(rows, table)
    for content in tables:
        for key in content.table.foreign_keys:
            if key.resource == table.name and set(key.reference) <= set(rows.columns):
                used = set(zip(*(content.rows[column] for column in key.fields), strict=True))
                named |= {one for one, cells in zip(ids, zip(*(rows[c] for c in key.reference), strict=True), strict=True) if cells in used}
        if content.table.name != WITHDRAWN and {"table", "record_id"} <= set(content.header):
            named |= set(content.rows["record_id"][content.rows["table"] == table.name])
    return named


def changed(table: Table, cells: pd.DataFrame) -> Iterator[Reason]:
    """The cells of a table that changed."""
    columns = {column for key in table.foreign_keys for column in key.fields}
    filled = cells["old"] == MISSING
    refers = cells["column"].isin(columns) & ~filled
    for level, chosen, text in ((Level.MINOR, filled, "filled where nothing stood"), (Level.MINOR, refers, "changed to refer elsewhere"),
                                (Level.PATCH, ~filled & ~refers, "changed")):
        places = [f"{row.id}, {row.column}" for row in cells[chosen].head(SHOWN).itertuples()]
        if places:
            yield Reason(level, f"`{table.name}` has {count(cells[chosen], 'cell')} {text}: {some(places, int(chosen.sum()))}.")


def count(found: object, noun: str) -> str:
    """How many there are: `1 row`, `1,200 rows`."""
    return f"{len(found):,} {noun}{'s' * (len(found) != 1)}"


def some(names: list[str], total: int | None = None) -> str:
    """The first few of some names: `zzz-a`, `zzz-b` and 4 more."""
    rest = (len(names) if total is None else total) - min(len(names), SHOWN)
    return ", ".join(f"`{name}`" for name in names[:SHOWN]) + (f" and {rest:,} more" if rest else "")


def next_version(previous: Version, level: Level) -> Version:
    """The lowest version after `previous` that fits a level."""
    major, minor, patch = previous.numbers
    if previous.before:
        numbers = previous.numbers
    elif level is Level.MAJOR and major:
        numbers = (major + 1, 0, 0)
    elif level >= Level.MINOR:
        numbers = (major, minor + 1, 0)
    else:
        numbers = (major, minor, patch + 1)
    return Version(".".join(map(str, numbers)), numbers)


def check(package: Package, previous: Previous, tables: Tables | None = None) -> list[Problem]:
    """What speaks against releasing a package as it is, under its version.

    `previous` is what `previous.previous_release` gave; `tables` are those of the package, read here where they are not given, and
    are taken to be valid. Raises ValueError where a key stands twice.
    """
    root, tables = package.root, tables or read(package)
    if all(table.folder == RECORDED for table in tables.package.tables.values()):
        tables = Tables(with_derived(package)[0] or package, tables.contents)
    number = package.descriptor.get("version", "")
    version = version_of(number)
    if version is None:
        return [BAD_VERSION.at(f"`{number}` is no version.", "Write three numbers such as `0.2.0`.", file=DESCRIPTOR, column="version")]
    sections, problems = read_changelog(root)
    if not problems or any(section.version == number for section in sections):
        problems += told(package, sections, needed(previous.tables, tables, previous.settings)[0] > Level.NONE)
    return [*numbered(root, version, previous, tables), *problems, *copies(root, package)]


def numbered(root: Path, version: Version, previous: Previous, tables: Tables) -> Iterator[Problem]:
    """What is wrong with the number, given what changed."""
    place = {"file": DESCRIPTOR, "column": "version"}
    same = tagged(root, str(version))
    level, reasons = needed(same.tables, tables, same.settings)
    if level > Level.NONE:
        yield RELEASED.at(f"`{version}` was released already, and differs from what is here: {why(level, reasons)}",
                          f"The next version is at least `{next_version(version, level)}`. {EVERYWHERE}", **place)
        return
    if previous.notice:
        yield no_previous(previous)
    before = version_of(previous.version)
    if previous.tables and before is None:
        yield NO_PREVIOUS.at(f"The version of the release before{called(previous)} is `{previous.version}`, which is none.",
                             "Name another by `--previous`.")
    if before is None or previous.tables is None:
        return
    level, reasons = needed(previous.tables, tables, previous.settings)
    lowest = next_version(before, level)
    if not version > before or version.numbers < lowest.numbers:
        low = (f"`{version}` is the version of what it was compared with{called(previous)} as well." if version == before else
               f"`{version}` is too low after `{before}`{called(previous)}.")
        asks = f"What changed asks for {level.words}: {why(level, reasons)}" if level else "Each release has a number of its own."
        zero = " While the first number is 0, the second is raised in its place." * (level is Level.MAJOR and not before.numbers[0])
        yield LOW.at(f"{low} {asks}{zero}", f"Make it `{lowest}` or higher. {EVERYWHERE}", **place)
    elif version.numbers not in {(1, 0, 0), before.numbers, *(next_version(before, level).numbers for level in Level)}:
        yield LEAP.at(f"`{version}` leaves out numbers after `{before}`.", f"What changed asks for no more than `{lowest}`.", **place)


def no_previous(previous: Previous) -> Problem:
    """The problem of a release before that cannot be had."""
    return NO_PREVIOUS.at(previous.notice, "Give --previous a git revision, a folder or a release zip." if previous.given is not None else
                          "Run `git fetch --tags`, or name it: `release --check --previous` takes a git revision, a folder or a zip.")


def called(previous: Previous) -> str:
    """The name that a person gave for the release before, to stand behind its version."""
    return f" (`{previous.given}`)" if previous.given else ""


def why(level: Level, reasons: list[Reason]) -> str:
    """The first few of the reasons for a level, as sentences."""
    texts = [reason.text for reason in reasons if reason.level is level]
    rest = len(texts) - SHOWN
    return " ".join(texts[:SHOWN]) + (f" And {rest} more such change{'s' * (rest > 1)}." if rest > 0 else "")


def told(package: Package, sections: list[Section], has_changed: bool) -> Iterator[Problem]:
    """What the changelog lacks for the version of a package."""
    version, form = package.descriptor.get("version", ""), f"## [{package.descriptor.get('version')}] - {package.created}"
    section = next((section for section in sections if section.version == version), None)
    if section is None:
        yield UNTOLD.at(f"There is no section on `{version}`.", f"Write `{form}` above what stands under Unreleased.", file=CHANGELOG)
        return
    place = {"file": CHANGELOG, "line": section.line}
    if not section.says():
        yield UNTOLD.at(f"Nothing stands under `{version}`.", "Say what the version brings.", **place)
    elif has_changed and not section.says(PARTS[0]):
        yield UNTOLD.at(f"Nothing stands under `### Data` of `{version}`, and the data changed.", "Say what changed for users.", **place)
    newest = next(one for one in sections if one.version)
    if newest is not section:
        yield DISAGREE.at(f"The newest version is `{newest.version}`, and that of {DESCRIPTOR} `{version}`.", EVERYWHERE,
                          file=CHANGELOG, line=newest.line)
    if section.date != package.created:
        yield DATES.at(f"The date of `{version}` is {section.date}, and `created` in {DESCRIPTOR} {package.created or 'is not there'}.",
                       "Write the day of the release in both.", **place)
    yield from (LEFT.at("Something is left under Unreleased.", "Move it under the version that is released.", file=CHANGELOG, line=one.line)
                for one in sections if not one.version and one.says())


def copies(root: Path, package: Package) -> Iterator[Problem]:
    """Other files that give another version or date than the package, or cannot be read. One that is not there is left alone."""
    for file, load, keys in (("pyproject.toml", load_toml, (("version", DISAGREE),)),
                             ("CITATION.cff", load_yaml, (("version", DISAGREE), ("date-released", DATES))),
                             (".zenodo.json", load_json, (("version", DISAGREE), ("publication_date", DATES)))):
        if not (root / file).exists():
            continue
        document, problems = load(root / file, file)
        yield from problems
        for key, kind_ in keys:
            name, wanted = ("version", package.descriptor.get("version", "")) if kind_ is DISAGREE else ("created", package.created)
            if document is not None and key in document and document[key] != wanted:
                yield kind_.at(f"`{key}` is {str(document[key])[:80]}, and `{name}` in {DESCRIPTOR} {wanted or 'is not there'}.",
                               EVERYWHERE if kind_ is DISAGREE else "Write the day of the release in both.", file=file, column=key)


def load_toml(path: Path, name: str) -> tuple[dict | None, list[Problem]]:
    """The table `project` of a pyproject.toml, or None and the problem."""
    text, problems = read_text(path, name)
    try:
        project = None if text is None else tomllib.loads(text).get("project")
        return project if isinstance(project, dict) else None, problems
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return None, [DISAGREE.at(f"This is not TOML: {str(error)[:200]}.", "Mend it.", file=name)]

