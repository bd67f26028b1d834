"""What a release says of the dataset as a whole: whether the descriptors give all of it, in a form that every format can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .changelog import is_day, version_of
from .derived import with_derived
from .package import DESCRIPTOR, Package
from .problem import ERROR, Problem, kind

NEEDED = {"name": "Give it a name such as `ai-governance-reach`.", "title": "Give it a title.",
          "description": "Say in some sentences what the dataset is.", "version": "Write three numbers such as `0.2.0`.",
          "created": "Write the day of the release, such as `2026-11-21`."}
PARTS = {"licenses": ("name", "title", "path"), "contributors": ("title",), "sources": ("title",)}  # each entry gives these
OTHERS = ("roles",)  # further parts, which are lists of texts
LONGEST = 60  # characters of a version, which stands in names of files
EARLIEST = "1900"  # no spreadsheet has a day before
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

BAD_METADATA = kind(
    "bad-metadata", ERROR, "release", "A release has a name, title, description, version, day, licences and contributors that every "
    "format can hold.", good='"created": "2021-03-01"', bad='"created": "2021-02-29"')


def metadata_problems(package: Package) -> list[Problem]:
    """All that keeps the descriptors of a package, and those of its derived tables, from standing in a release."""
    descriptor, whole = package.descriptor, with_derived(package)[0] or package
    schemas = {table.schema_path: table.schema for table in whole.tables.values()}
    return [*lacking(descriptor), *entries(descriptor),
            *(problem for file, document in {DESCRIPTOR: descriptor, **schemas}.items() for problem in unfit(document, file))]


def bad(message: str, hint: str, column: str) -> Problem:
    """A problem of a property of the package."""
    return BAD_METADATA.at(message, hint, file=DESCRIPTOR, column=column)


def lacking(descriptor: dict) -> Iterator[Problem]:
    """The texts that are missing or empty, a version that is none, and a day that is none or too early."""
    for key, hint in NEEDED.items():
        value = descriptor.get(key, "")
        if not value.strip():
            yield bad(f"The {key} of the package is {'empty' if key in descriptor else 'missing'}.", hint, key)
        elif key == "version" and (len(value) > LONGEST or version_of(value) is None):
            yield bad(f"`{value[:LONGEST]}` is no version.", f"{hint} It has at most {LONGEST} characters.", key)
        elif key == "created" and (not is_day(value[:10]) or value < EARLIEST):
            yield bad(f"`{value[:10]}` is no day from {EARLIEST} on.", hint, key)


def entries(descriptor: dict) -> Iterator[Problem]:
    """Lists of the package that are empty where they are needed, or hold what is no entry of theirs."""
    for key in ("licenses", "contributors"):
        if not descriptor.get(key):
            yield bad(f"The package names no {key}.", f"List at least one under `{key}`.", key)
    for key, parts in PARTS.items():
        for number, entry in enumerate(descriptor.get(key, []), 1):
            if not isinstance(entry, dict) or not all(is_filled(entry.get(part)) for part in parts):
                yield bad(f"Number {number} of the {key} lacks a part.", f"It gives {' and '.join(f'`{part}`' for part in parts)}.", key)
            elif wrong := [name for name, value in entry.items() if not (
                    isinstance(value, list) and all(map(is_filled, value)) if name in OTHERS else is_filled(value))]:
                yield bad(f"`{wrong[0][:80]}` of number {number} of the {key} is empty or no text.", "Fill it or leave it out.", key)
    if not all(map(is_filled, descriptor.get("keywords", []))):
        yield bad("A keyword is empty or no text.", "Each is a word or some.", "keywords")


def is_filled(value: object) -> bool:
    """Whether a value is a text that says something."""
    return isinstance(value, str) and bool(value.strip())


def unfit(document: object, file: str, path: str = "") -> Iterator[Problem]:
    """The texts in a descriptor that hold a control character, the end of a line among them, or half a character."""
    if isinstance(document, str) and (found := UNFIT.search(document)):
        yield BAD_METADATA.at(f"A character that not every format can hold, U+{ord(found[0]):04X}, stands here.",
                              "Take it out; a text is one line.", file=file, column=path)
    elif isinstance(document, (dict, list)):
        for key, value in document.items() if isinstance(document, dict) else enumerate(document):
            yield from unfit(value, file, f"{path}.{key}" if path else str(key))
