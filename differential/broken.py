"""Mutations of descriptors: types, constraints, keys and properties that are wrong, or that a side does not know."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from .draft import Draft
from .mutate import Mutation

BREAKS: dict[str, Mutation] = {}
ABSENT = object()
VALUES = [None, True, 5, -1, 1.5, "zzz", "1", "", [], {}, ["zzz"], {"zzz": 1}, "(", "[", "2021-02-30", [None], [[]]]


def breaks(name: str) -> Callable[[Mutation], Mutation]:
    def make(change: Mutation) -> Mutation:
        BREAKS[name] = change
        return change
    return make


def of_fields(name: str, change: Callable[[Random, dict], object]) -> None:
    """A mutation of the descriptor of a field."""
    @breaks(name)
    def mutate(rng: Random, draft: Draft) -> bool | None:
        fields = [field for table in draft.tables.values() for field in table.schema["fields"] or [] if isinstance(field, dict)]
        return False if not fields or change(rng, rng.choice(fields)) is False else None


def of_schemas(name: str, change: Callable[[Random, dict], object]) -> None:
    """A mutation of a Table Schema."""
    @breaks(name)
    def mutate(rng: Random, draft: Draft) -> bool | None:
        return False if change(rng, rng.choice(list(draft.tables.values())).schema) is False else None


def put(name: str | tuple[str, ...], *values: object) -> Callable[[Random, dict], None]:
    """A change that gives a property, or one of several, one of these values."""
    def change(rng: Random, part: dict) -> None:
        part[rng.choice(name) if isinstance(name, tuple) else name] = rng.choice(values)
    return change


def constrain(names: tuple[str, ...], *values: object) -> Callable[[Random, dict], None]:
    """A change that gives a field one of these constraints, with one of these values."""
    def change(rng: Random, field: dict) -> None:
        if isinstance(field.get("constraints", {}), dict):
            put(names, *values)(rng, field.setdefault("constraints", {}))
    return change


def revalue(rng: Random, field: dict) -> None:
    """A constraint that the field has gets another value."""
    constrain(tuple(field.get("constraints") or ["required"]), *VALUES)(rng, field)


def retype(type_: str, name: tuple[str, ...], *values: object) -> Callable[[Random, dict], None]:
    """A change of a field to a type, with one of the properties of that type."""
    def change(rng: Random, field: dict) -> None:
        field["type"] = type_
        put(name, *values)(rng, field)
    return change


def twice(_rng: Random, schema: dict) -> bool | None:
    if not schema["fields"] or not isinstance(schema["fields"][-1], dict):
        return False
    schema["fields"].append(dict(schema["fields"][-1]))
    return None


KNOWN = ("required", "unique", "pattern", "enum", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
OTHERS = ("zzz", "unit", "missingValues", "bareNumber", "decimalChar", "groupChar", "categories", "arrayItem")
of_fields("unknown type", put("type", "text", "String", "int", "float", "zzz", "", "datetyme"))
of_fields("type of no use here", put("type", "datetime", "time", "duration", "geopoint", "geojson", "object", "array"))
of_fields("type that is no text", put("type", 5, None, True, [], {}, ["string"]))
of_fields("another type", put("type", "string", "integer", "number", "date", "year", "yearmonth", "boolean", "list", "any"))
of_fields("no type", lambda rng, field: field.pop("type", False))
of_fields("name that is none", put("name", 5, None, "", "Zzz Id", "zzz-id", "_zzz", []))
of_fields("no name", lambda rng, field: field.pop("name", False))
of_fields("unknown constraint", constrain(("requierd", "max", "minlength", "zzz", "format", "jsonSchema"), True))
of_fields("any constraint", constrain(KNOWN, *VALUES))
of_fields("constraint of another type", constrain(KNOWN, 1, "zzz", ["zzz"], "2021-01-01"))
of_fields("value of a constraint", revalue)
of_fields("constraints that are none", put("constraints", [], None, "required", 5))
of_fields("constraint beside them", put(KNOWN, True, 1, "zzz"))
of_fields("unknown property", put(OTHERS, [""], True, "zzz", ["zzz"]))
of_fields("format", put("format", "default", "uri", "email", "uuid", "binary", "any", "%d/%m/%Y", "zzz", "", 5, None))
of_fields("example", put("example", "zzz", "1", "", 5, "2021-01-01", "true", [], None))
of_fields("list", retype("list", ("delimiter", "itemType"), ";", "", 5, None, "string", "integer", "zzz", "||", "\n"))
of_fields("truth", retype("boolean", ("trueValues", "falseValues"), ["yes"], [], "yes", [True], None, [""], ["false"]))
of_fields("title", put(("title", "description", "rdfType"), "zzz", 5, None, [], ""))
of_schemas("field twice", twice)
of_schemas("no fields", put("fields", [], None, "zzz", {}, [5], [None], ["zzz_id"]))
of_schemas("primary key", put("primaryKey", [], None, "zzz_id", ["zzz_idd"], 5, "", ["zzz_id", "zzz_id"], [5], ["zzz_id", "zzz"], [[]], {}))
of_schemas("foreign keys", put("foreignKeys", [], None, "zzz_id", {}, [5], [None], [{}], [[]]))
of_schemas("unique keys", put("uniqueKeys", [], None, [["zzz_id"]], ["zzz_id"], [["zzz"]], "zzz_id", [[]], [5], 5))
of_schemas("missing values", put("missingValues", [], [""], ["", "NA"], ["NA"], "", None, [5], 5))
of_schemas("unknown property of a schema", put(("zzz", "fieldsMatch", "primaryKeys", "foreignKey"), "exact", "subset", ["zzz_id"], 5))
of_schemas("title of a schema", put(("title", "description", "name"), "zzz", 5, None, [], "Zzz Zzz"))


@breaks("foreign key of a descriptor")
def misrefer(rng: Random, draft: Draft) -> bool | None:
    keys = [key for table in draft.tables.values() for key in table.schema.get("foreignKeys") or [] if isinstance(key, dict)]
    if not keys:
        return False
    key = rng.choice(keys)
    reference = key.get("reference")
    part, name = rng.choice([(key, "fields"), (key, "reference"), (reference, "fields"), (reference, "resource")])
    value = rng.choice([ABSENT, "zzz", ["zzz"], [], None, 5, "zzz_id", ["zzz_id"], ["zzz_id", "zzz_id"], {}, "", "one", [5]])
    if not isinstance(part, dict):
        return False
    if value is ABSENT:
        part.pop(name, None)
    else:
        part[name] = value
    return None
