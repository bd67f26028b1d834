"""Differences that are ours to mend: where Frictionless is right. Each goes when it is mended; the tests say so."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from .compare import World
from .draft import Draft
from .known import Known, cell, key_of, of_field, package, pair, refusal, text_of, type_of
from .refusals import CRASH, says
from .sides import Finding

KEYS = frozenset({"primary-key", "unique", "foreign-key"})


def of_truth(world: World, finding: Finding) -> object:
    return type_of(world, finding) == "boolean"


def values_of(world: World, finding: Finding) -> list:
    """The enum of the field of a finding."""
    return world.field(finding.table, finding.field).get("constraints", {}).get("enum", [])


def of_number(world: World, finding: Finding) -> object:
    try:
        values = [Decimal(str(value)) for value in values_of(world, finding)]
        return type_of(world, finding) == "number" and Decimal(text_of(world, finding)) in values
    except InvalidOperation:
        return False


def value_has_spellings(world: World, finding: Finding) -> object:
    return any(world.field(finding.table, column).get("type") in ("number", "boolean") for column in key_of(world, finding))


def key_is_empty(world: World, finding: Finding) -> object:
    return "" in [world.cell(finding.table, finding.row, column) for column in key_of(world, finding)]


def of_another_type(world: World, finding: Finding) -> object:
    return type_of(world, finding) in ("string", "any") and any(not isinstance(value, str) for value in values_of(world, finding))


def other_spelling() -> Draft:
    """A package in which 1.0 refers to 1."""
    draft = pair("zzz_id,there\nzzz-a,1.0\n", "zzz_id\n1\n", type="number")
    draft.tables["two"].schema["fields"][0] = {"name": "zzz_id", "type": "number", "constraints": {"required": True}}
    return draft


LOOSE_KEY = package(("one", [{"name": "cell", "type": "string"}], "zzz_id,cell\n,b\n"))
LOOSE_KEY.tables["one"].schema["fields"][0] = {"name": "zzz_id", "type": "string"}
TO_MEND = (
    Known("an enum of a boolean", "ours", frozenset({"enum"}),
          "We compare the texts with true and false, whatever trueValues and falseValues are.",
          of_truth, cell({"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"], "constraints": {"enum": [True]}}, "yes")),
    Known("an enum of a number", "ours", frozenset({"enum"}),
          "We compare texts: 1.0 is not 1.",
          of_number, cell({"type": "number", "constraints": {"enum": [1]}}, "1.0")),
    Known("one value in two spellings", "theirs", KEYS,
          "We compare keys as texts: 1.0 and 1 are two numbers, true and TRUE two truths.",
          value_has_spellings, cell({"type": "number", "constraints": {"unique": True}}, "1", "1.0")),
    Known("a reference in another spelling", "ours", frozenset({"foreign-key"}),
          "See above: a reference to 1.0 does not find 1.",
          value_has_spellings, other_spelling()),
    Known("an empty primary key", "theirs", frozenset({"primary-key"}),
          "A primary key asks for its cells by the standard, whether or not they are `required`; we let empty ones be.",
          key_is_empty, LOOSE_KEY),
    Known("an enum of another type", "theirs", frozenset({"enum"}),
          "We take 1 and true in the enum of a string for their texts.",
          of_another_type, cell({"type": "string", "constraints": {"enum": [1, "a"]}}, "1")),
    Known("bounds of a month", "theirs", CRASH,
          "We take any text for a bound of a yearmonth; Frictionless takes none that is no month, and crashes on the first cell.",
          says("'yearmonth' and 'NoneType'"), cell({"type": "yearmonth", "constraints": {"minimum": "zzz"}}, "2021-01")),
    Known("examples", "theirs", frozenset({"refused field-error"}),
          "We do not look whether the example of a field has its type, but in the run of Frictionless.",
          says("^Field is not valid: example value"), of_field(type="integer", example="zzz")),
    Known("names of schemas", "theirs", frozenset({"refused schema-error"}),
          "We do not look at the name of a schema.",
          says("at property 'name'$"), refusal(lambda schema: schema.update(name="Zzz Zzz"))),
)
