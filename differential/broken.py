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


def constrain(field: dict, name: str, value: object) -> None:
    if isinstance(field.get("constraints", {}), dict):
        field.setdefault("constraints", {})[name] = value


KNOWN = ["required", "unique", "pattern", "enum", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
of_fields("unknown type", lambda rng, field: field.update(type=rng.choice(["text", "String", "int", "float", "zzz", "", "datetyme"])))
of_fields("type of no use here", lambda rng, field: field.update(type=rng.choice(
    ["datetime", "time", "duration", "geopoint", "geojson", "object", "array"])))
of_fields("type that is no text", lambda rng, field: field.update(type=rng.choice([5, None, True, [], {}, ["string"]])))
of_fields("no type", lambda rng, field: field.pop("type", False))
of_fields("name that is none", lambda rng, field: field.update(name=rng.choice([5, None, "", "Zzz Id", "zzz-id", "_zzz", []])))
of_fields("no name", lambda rng, field: field.pop("name", False))
of_fields("unknown constraint", lambda rng, field: constrain(field, rng.choice(["requierd", "max", "minlength", "zzz", "format", "jsonSchema"]), True))
of_fields("any constraint", lambda rng, field: constrain(field, rng.choice(KNOWN), rng.choice(VALUES)))
of_fields("constraint of another type", lambda rng, field: constrain(field, *rng.choice(
    [("pattern", "zzz"), ("minLength", 1), ("minimum", 1), ("exclusiveMaximum", 5), ("maxLength", 3), ("enum", ["zzz"]), ("maximum", "2021-01-01")])))
of_fields("value of a constraint", lambda rng, field: constrain(field, rng.choice(list(field.get("constraints") or ["required"])), rng.choice(VALUES)))
of_fields("constraints that are none", lambda rng, field: field.update(constraints=rng.choice([[], None, "required", 5])))
of_fields("constraint beside them", lambda rng, field: field.update({rng.choice(KNOWN): rng.choice([True, 1, "zzz"])}))
of_fields("unknown property", lambda rng, field: field.update({rng.choice(["zzz", "unit", "missingValues", "bareNumber", "decimalChar", "groupChar",
                                                                          "categories", "arrayItem"]): rng.choice([[""], True, "zzz", ["zzz"]])}))
of_fields("format", lambda rng, field: field.update(format=rng.choice(["default", "uri", "email", "uuid", "binary", "any", "%d/%m/%Y", "zzz", "", 5, None])))
of_fields("example", lambda rng, field: field.update(example=rng.choice(["zzz", "1", "", 5, "2021-01-01", "true", [], None])))
of_fields("list", lambda rng, field: field.update({"type": "list", rng.choice(["delimiter", "itemType"]): rng.choice(
    [";", "", 5, None, "string", "integer", "zzz", "||", "\n"])}))
of_fields("truth", lambda rng, field: field.update({"type": "boolean", rng.choice(["trueValues", "falseValues"]): rng.choice(
    [["yes"], [], "yes", [True], None, [""], ["false"]])}))
of_fields("title", lambda rng, field: field.update({rng.choice(["title", "description", "rdfType"]): rng.choice(["zzz", 5, None, [], ""])}))
of_schemas("field twice", lambda rng, schema: isinstance(schema["fields"], list)
           and schema["fields"].append(dict(schema["fields"][-1])))
of_schemas("no fields", lambda rng, schema: schema.update(fields=rng.choice([[], None, "zzz", {}, [5], [None], ["zzz_id"]])))
of_schemas("primary key", lambda rng, schema: schema.update(primaryKey=rng.choice(
    [[], None, "zzz_id", ["zzz_idd"], 5, "", ["zzz_id", "zzz_id"], [5], ["zzz_id", "zzz"], [[]], {}])))
of_schemas("foreign keys", lambda rng, schema: schema.update(foreignKeys=rng.choice([[], None, "zzz_id", {}, [5], [None], [{}], [[]]])))
of_schemas("unique keys", lambda rng, schema: schema.update(uniqueKeys=rng.choice([[], None, [["zzz_id"]], ["zzz_id"], [["zzz"]], "zzz_id", [[]], [5], 5])))
of_schemas("missing values", lambda rng, schema: schema.update(missingValues=rng.choice([[], [""], ["", "NA"], ["NA"], "", None, [5], 5])))
of_schemas("unknown property of a schema", lambda rng, schema: schema.update({rng.choice(["zzz", "fieldsMatch", "primaryKeys", "foreignKey"]): rng.choice(
    ["exact", "subset", ["zzz_id"], 5])}))
of_schemas("title of a schema", lambda rng, schema: schema.update({rng.choice(["title", "description", "name"]): rng.choice(["zzz", 5, None, [], "Zzz Zzz"])}))


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
