"""The compiler of constraints: a field of a Table Schema as checks of one value.

A type, format or constraint that the compiler does not know is a problem of the schema. Source: Table Schema (Data Package
v2), https://datapackage.org/standard/table-schema/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from functools import partial

import numpy as np
import pyarrow.compute as pc

from . import edtf
from .coded import Coded
from .package import Field, Table
from .patterns import matches, whole
from .problem import AS_TEXT, ERROR, FORMAT, Kind, Problem, did_you_mean, kind, nearest
from .vocabularies import VOCABULARIES

TYPE = kind("type", ERROR, "form", "A cell has the type of its column.", good="value_amount: 1500", bad="value_amount: 1,500")
PATTERN = kind("pattern", ERROR, "form", "A cell has the form that its column asks for.", good="started: 2019-04", bad="started: 04/2019")
ENUM = kind("enum", ERROR, "form", "A term is one of its vocabulary.", good="status: under_way", bad="status: underway")
BOUND = {name: kind(code, ERROR, "form", f"A cell is not {words} the bound of its column.", good=good, bad=bad)
         for name, code, words, good, bad in [
             ("minimum", "minimum", "below", "total: 1", "total: 0"),
             ("maximum", "maximum", "above", "5 where the maximum is 5", "6 where the maximum is 5"),
             ("exclusiveMinimum", "exclusive-minimum", "at or below", "1 above 0", "0 above 0"),
             ("exclusiveMaximum", "exclusive-maximum", "at or above", "4 below 5", "5 below 5"),
             ("minLength", "min-length", "shorter than", "abc where the least length is 3", "ab"),
             ("maxLength", "max-length", "longer than", "abc where the greatest length is 3", "abcd")]}
UNKNOWN_TERM = kind("unknown-term", ERROR, "form", "Each item of a list is a term of its vocabulary.",
                    good="technologies: facial_recognition", bad="technologies: facial recognition")
EMPTY_ITEM = kind("empty-item", ERROR, "form", "No item of a list is empty.", good="cloud;drone", bad="cloud;;drone")
ITEM_SPACE = kind("item-space", ERROR, "form", "No item of a list starts or ends with a space.", good="cloud;drone", bad="cloud; drone")
REPEATED_ITEM = kind("repeated-item", ERROR, "form", "No item stands twice in a list.", good="cloud;drone", bad="cloud;cloud")
ITEM_ORDER = kind("item-order", ERROR, "form", "Items of a list are sorted, but for authors.", good="cloud;drone", bad="drone;cloud",
                  breaks=False)
UNKNOWN_CONSTRAINT = kind("unknown-constraint", ERROR, "package", "The checks know each type, format and constraint of a schema.",
                          good='"constraints": {"required": true}', bad='"constraints": {"requierd": true}')

FORMS = {edtf.PATTERN: f"Write a date as 2019, 2019-04 or 2019-04-27, as precise as the source and no more. {AS_TEXT}",
         "[a-z0-9]+(?:-[a-z0-9]+)*": "An id is lower-case letters and digits in words joined by single hyphens.",
         r"https?://\S+": "An address starts with https:// or http:// and holds no space.",
         "[A-Z]{3}": "Write three capital letters.", "[a-z]{2}": "Write two small letters."}
TEXTS = ("string", "any")  # types that every text has
SPELLINGS = ("number", "boolean")  # types of which one value can be written in several ways
NUMBERS = ("integer", "number", "year")
EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)  # no digit is rounded off, and no exponent that can be read is too large
TYPES: dict[str, tuple[str, Callable]] = {  # the lexical form, and what bounds are compared by
    "string": (r"(?s:.*)", str), "any": (r"(?s:.*)", str),
    "integer": ("0|-?[1-9][0-9]*", int),
    "number": (r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", Decimal),
    "date": ("[0-9]{4}-[0-9]{2}-[0-9]{2}", date.fromisoformat),
    "year": ("[0-9]{4}", int), "yearmonth": (r"[0-9]{4}-(?:0[1-9]|1[0-2])", str),
    "boolean": (r"(?s:.*)", str), "list": (r"(?s:.*)", str)}
TYPE_HINTS = {
    "integer": f"Write digits only: no space, comma, point, sign of a currency or word. {AS_TEXT}",
    "number": "Write digits, with a point before decimals and nothing else.",
    "date": f"Write year, month and day with hyphens, such as 2026-11-21. {AS_TEXT}",
    "year": "Write four digits.", "yearmonth": "Write year and month with a hyphen, such as 2026-11."}
SHOWN = 10  # items of a list that a message names
LENGTH, RANGE = ("minLength", "maxLength"), ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
ALLOWED = {"string": {"pattern", "enum", *LENGTH}, "any": {"enum"}, "boolean": {"enum"}, "list": set(LENGTH),
           **{key: {"enum", *RANGE} for key in ("integer", "number", "date", "year", "yearmonth")}}


@dataclass(frozen=True)
class Check:
    """One thing that must hold for each distinct value of a column; `say` gives message and hint for a value that fails. Of a
    `pattern` all values are matched in one call."""

    kind: Kind
    fails: Callable[[str], bool]
    say: Callable[[str], tuple[str, str]]
    pattern: str | None = None

    def failing(self, column: Coded, left: np.ndarray) -> np.ndarray:
        """Which of the distinct values of a column fail, of those that are `left`."""
        if self.pattern is not None:
            return left & ~np.asarray(pc.match_substring_regex(column.texts, self.pattern))
        failing = np.zeros(len(left), dtype=bool)
        for number in np.flatnonzero(left):
            failing[number] = self.fails(column.values[number])
        return failing


def schema_problems(table: Table) -> Iterator[Problem]:
    """Types, formats and constraints that the compiler does not know, or whose value it cannot use."""
    for field in table.fields:
        place = {"file": table.schema_path, "column": field.name}
        if field.type not in TYPES:
            yield UNKNOWN_CONSTRAINT.at(f"The type `{field.type}` is not known.",
                                        did_you_mean(field.type, TYPES) or f"Known: {', '.join(TYPES)}.", **place)
            continue
        if field.format != "default" and (field.type, field.format) != ("string", "uri"):
            yield UNKNOWN_CONSTRAINT.at(f"The format `{field.format}` of {field.type} is not known.", "Use the default.", **place)
        if field.type == "list" and field.item_type != "string":
            yield UNKNOWN_CONSTRAINT.at(f"The itemType `{field.item_type}` is not known.", "Use string.", **place)
        if field.example and not (is_address(field.example) if field.format == "uri" else is_value(field, field.example)):
            yield UNKNOWN_CONSTRAINT.at(f"The example `{field.example[:80]}` is no {field.type}.", "Give one that a cell can hold.",
                                        **place)
        allowed = {"required", "unique", *ALLOWED[field.type]} - ({"unique"} if field.type == "list" else set())
        for name, value in field.constraints.items():
            if name not in allowed:
                yield UNKNOWN_CONSTRAINT.at(f"The constraint `{name}` of a {field.type} is not known.",
                                            did_you_mean(name, allowed) or f"Known: {', '.join(sorted(allowed))}.", **place)
            elif not usable(field, name, value):
                yield UNKNOWN_CONSTRAINT.at(f"The constraint `{name}` cannot have the value `{str(value)[:80]}`.", "See Table Schema.",
                                            **place)


def usable(field: Field, name: str, value: object) -> bool:
    """Whether a constraint's value is of the kind that the constraint needs."""
    if name in ("required", "unique"):
        return isinstance(value, bool)
    if name in LENGTH:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if name == "enum":
        return isinstance(value, list) and len(value) > 0 and all(is_value(field, word) for word in value)
    if name == "pattern":
        return isinstance(value, str) and whole(value) is not None
    return is_value(field, value)


def is_value(field: Field, value: object) -> bool:
    """Whether a value in a schema is one of the type of its field."""
    if field.type == "any":
        return True
    if isinstance(value, bool) or field.type == "boolean":
        return field.type == "boolean" and (isinstance(value, bool) or value in (*field.true_values, *field.false_values))
    if field.type in NUMBERS:
        return isinstance(value, (int, float, str)) and not is_wrong(field.type, str(value))
    return isinstance(value, str) and not is_wrong(field.type, value)


def is_address(text: str) -> bool:
    """Whether a text starts as an address does, with a scheme."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) is not None


def compile_field(field: Field) -> Iterator[Check]:
    """The checks of a field in the order in which they say most; of several that a cell fails only the first is reported."""
    if field.type == "list":
        yield from compile_list(field)
    elif field.type == "boolean":
        words = [*field.true_values, *field.false_values]
        yield Check(TYPE, lambda v: v not in words, lambda v: (
            f"`{v[:120]}` is not one of {', '.join(f'`{w}`' for w in words)}.", did_you_mean(v, words) or "Write one of these words."))
    elif field.type not in TEXTS:
        yield Check(TYPE, partial(is_wrong, field.type), lambda v: (
            f"`{v[:120]}` is not of type {field.type}.", TYPE_HINTS[field.type]))
    if field.format == "uri":
        yield Check(TYPE, lambda v: not is_address(v), lambda v: (
            f"`{v[:120]}` is not an address.", FORMS[r"https?://\S+"]))
    for name, value in field.constraints.items():
        if name in CONSTRAINTS:
            yield CONSTRAINTS[name](field, name, value)


def is_wrong(type_: str, value: str) -> bool:
    """Whether a text does not have the lexical form of a type, or no value (30 February, a number of endless digits)."""
    form, value_of = TYPES[type_]
    try:
        return not re.fullmatch(form, value) or value_of(value) is None
    except (ValueError, ArithmeticError):
        return True


def pattern(field: Field, _name: str, value: str) -> Check:
    form = whole(value)
    hint = FORMS.get(value) or f"Its form is {value}" + (f", as in `{field.example}`." if field.example else ".")
    return Check(PATTERN, lambda v: not matches(form, v), lambda v: (f"`{v[:120]}` does not have the form asked for.", hint), form)


def by_value(field: Field, cell: str) -> str:
    """A text that is the same for cells that say the same value in other letters: 1.0 and 1, true and TRUE."""
    if field.type == "boolean":
        return field.true_values[0] if cell in field.true_values else field.false_values[0] if cell in field.false_values else cell
    if field.type == "number" and not is_wrong("number", cell):
        return str(Decimal(cell).normalize(EXACT)) if Decimal(cell) else "0"
    return cell


def enum(field: Field, _name: str, value: list) -> Check:
    words = dict.fromkeys((field.true_values if word else field.false_values)[0] if isinstance(word, bool) else str(word) for word in value)
    known = {by_value(field, word) for word in words}
    noun = (field.vocabulary or "value").replace("_", " ")
    where = f"The terms are in {VOCABULARIES}." if field.vocabulary else f"Known: {', '.join(word[:80] for word in list(words)[:20])}."
    return Check(ENUM, lambda v: by_value(field, v) not in known, lambda v: (
        f"`{v[:120]}` is not a known {noun}.", f"{did_you_mean(v, words)} {where}".strip()))


def bound(field: Field, name: str, value: object) -> Check:
    """minimum, maximum and their exclusive forms; lengths, of a list in items."""
    if name in LENGTH:
        limit, of = value, (lambda v: len(v.split(field.delimiter))) if field.type == "list" else len
    else:
        of = TYPES[field.type][1]
        limit = of(str(value))
    beyond = {"minimum": lambda x: x < limit, "maximum": lambda x: x > limit, "exclusiveMinimum": lambda x: x <= limit,
              "exclusiveMaximum": lambda x: x >= limit, "minLength": lambda x: x < limit, "maxLength": lambda x: x > limit}[name]
    words = BOUND[name].sentence.removeprefix("A cell is not ").split(" the bound")[0]
    hint = f"Write it as in `{field.example}`." if field.example else f"The {name} is {value}."
    unit = " items long" if field.type == "list" else " characters long" if name in LENGTH else ""
    return Check(BOUND[name], lambda v: beyond(of(v)), lambda v: (f"`{v[:120]}` is {words} {value}{unit}.", hint))


CONSTRAINTS: dict[str, Callable[[Field, str, object], Check]] = {
    "pattern": pattern, "enum": enum, **dict.fromkeys((*RANGE, *LENGTH), bound)}


def compile_list(field: Field) -> Iterator[Check]:
    """The checks of a list: no empty item, none twice, each in its vocabulary, sorted unless the field keeps the order."""
    def items(value: str) -> list[str]:
        return value.split(field.delimiter)

    def unknown(value: str) -> list[str]:
        return list(dict.fromkeys(item for item in items(value) if item not in terms))

    def say_unknown(value: str) -> tuple[str, str]:
        wrong = unknown(value)
        noun = (field.vocabulary or "term").replace("_", " ") if not field.columns_of else "column that a source can support"
        hints = " ".join(dict.fromkeys(did_you_mean(item, terms) for item in wrong[:SHOWN] if nearest(item, terms)))
        where = f"Known: {', '.join(field.terms)}." if field.columns_of else f"The terms are in {VOCABULARIES}."
        if "," in value and field.delimiter not in value:
            hints = separator
        names = ", ".join(f"`{item[:80]}`" for item in wrong[:SHOWN]) + (f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else "")
        return f"{names} {'is not a known' if len(wrong) == 1 else 'are each not a known'} {noun}.", f"{hints} {where}".strip()

    terms = set(field.terms)
    separator = f"Items are separated by `{field.delimiter}` alone."
    yield Check(EMPTY_ITEM, lambda v: any(not item.strip() for item in items(v)), lambda v: (f"`{v[:120]}` has an empty item.", separator))
    yield Check(ITEM_SPACE, lambda v: any(item != item.strip() for item in items(v)), lambda v: (
        f"An item of `{v[:120]}` starts or ends with a space.", f"{separator} {FORMAT}"))
    if field.terms:
        yield Check(UNKNOWN_TERM, lambda v: bool(unknown(v)), say_unknown)
    yield Check(REPEATED_ITEM, lambda v: len(set(items(v))) < len(items(v)), lambda v: (
        f"`{v[:120]}` names an item twice.", f"Keep one. {FORMAT}"))
    if not field.keep_order:
        yield Check(ITEM_ORDER, lambda v: items(v) != sorted(items(v)), lambda v: (
            f"The items of `{v[:120]}` are not sorted.", FORMAT))
