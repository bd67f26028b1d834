"""The known exceptions on descriptors: what only we refuse, kind by kind, and what only Frictionless cannot use."""

from __future__ import annotations

import re
from collections.abc import Callable

from .compare import World
from .draft import Draft
from .known import Known, of_field, refusal
from .sides import Finding

SCHEMA, CONSTRAINT, CRASH = (frozenset({f"refused {code}"}) for code in ("bad-schema", "unknown-constraint", "crash"))


def says(words: str) -> Callable[[World, Finding], object]:
    """Whether the words of a refusal hold a pattern."""
    return lambda _world, finding: re.search(words, finding.field)


def key_has_list(world: World, _finding: Finding) -> object:
    """Whether a field of type list is unique, or is part of a key or of what a key refers to."""
    schemas = world.schemas.values()
    references = [key for schema in schemas for key in schema.get("foreignKeys", [])]
    keys = [*(schema["primaryKey"] for schema in schemas), *(part["fields"] for key in references for part in (key, key["reference"]))]
    columns = {column for key in keys for column in ([key] if isinstance(key, str) else key)}
    return any(field.get("type") == "list" and (field.get("constraints", {}).get("unique") or field["name"] in columns)
               for schema in schemas for field in schema["fields"])


def referring(resource: str, *fields: str) -> Draft:
    """A package whose one table refers to a resource."""
    key = {"fields": ["cell"], "reference": {"resource": resource, "fields": list(fields)}}
    return refusal(lambda schema: schema.update(foreignKeys=[key]))


def key_of_a_list() -> Draft:
    draft = of_field(type="list")
    draft.tables["one"].schema["fields"][0] = {"name": "zzz_id", "type": "list", "constraints": {"required": True}}
    draft.tables["one"].dress[:] = [lambda _: b"zzz_id,cell\nzzz-a,\n"]
    return draft


def leading_flags() -> Draft:
    draft = of_field(type="string", constraints={"pattern": "(?i)zz."})
    draft.tables["one"].dress[:] = [lambda _: b"zzz_id,cell\nzzz-a,zza\n"]
    return draft


REFUSALS = (
    Known("a property that we do not honour", "ours", SCHEMA,
          "Frictionless keeps properties that it does not know, so that a misspelt one asks for nothing; and we honour none of "
          "bareNumber, decimalChar, groupChar, arrayItem, categories, fieldsMatch, and of missingValues at a field.",
          says("The property `[A-Za-z]+` is not known"), of_field(type="string", zzz=True)),
    Known("a property of the wrong kind", "ours", SCHEMA,
          "Frictionless takes any JSON for an example, and does not look at uniqueKeys.",
          says("The property `(example|uniqueKeys)` is not a (text|list)"), refusal(lambda schema: schema.update(uniqueKeys="zzz_id"))),
    Known("unique keys of no column", "ours", SCHEMA,
          "Frictionless does not know uniqueKeys.",
          says("`uniqueKeys` names the column"), refusal(lambda schema: schema.update(uniqueKeys=[["zzz"]]))),
    Known("missing values", "ours", SCHEMA,
          "An empty cell alone is missing here: NA and - are texts.",
          says("`missingValues` is not the empty text alone"), refusal(lambda schema: schema.update(missingValues=["", "NA"]))),
    Known("names of fields", "ours", SCHEMA,
          "Fields are called by small letters, digits and underscores, so that every language and database can name them.",
          says("`fields` is not a list of objects with a name each"),
          refusal(lambda schema: schema["fields"].append({"name": "Zzz Id", "type": "string"}))),
    Known("no primary key", "ours", SCHEMA,
          "Every table has one: a row is named by it.",
          says("There is no primary key"), refusal(lambda schema: schema.pop("primaryKey"))),
    Known("a row of no record", "ours", SCHEMA,
          "A primary key of several columns begins with the record that the row belongs to.",
          says("first column of the primary key, is no foreign key"), refusal(lambda schema: schema.update(primaryKey=["zzz_id", "cell"]))),
    Known("a foreign key without columns", "ours", SCHEMA,
          "Frictionless fills in what lacks, and the key asks for nothing.",
          says("A foreign key lacks `fields` or `reference`"), refusal(lambda schema: schema.update(foreignKeys=[{}]))),
    Known("a foreign key to no column", "ours", SCHEMA,
          "Frictionless does not look whether the columns are there, and finds no row of them.",
          says("The foreign key .* does not fit the columns of"), referring("", "zzz")),
    Known("a foreign key to no table", "ours", SCHEMA,
          "Frictionless tells it for the table, not for the package.",
          says("A foreign key points to `.*`, which is no table"), referring("zzz", "zzz_id")),
    Known("formats", "ours", CONSTRAINT,
          "We check uri alone; of types but string and date Frictionless takes any format and honours none.",
          says("The format `.*` of .* is not known"), of_field(type="string", format="email")),
    Known("types", "ours", CONSTRAINT,
          "No table has a field of these types, so that no check of ours knows them.",
          says("The type `(array|datetime|duration|geojson|geopoint|object|time)` is not known"), of_field(type="time")),
    Known("words of truth", "ours", SCHEMA,
          "Without a word for true, or for false, no cell could say it.",
          says("`trueValues` or `falseValues` is no list of texts"), of_field(type="boolean", trueValues=[])),
    Known("types of items", "ours", CONSTRAINT,
          "Items of lists are texts here.",
          says("The itemType `(integer|boolean|number|datetime|date|time)` is not known"), of_field(type="list", itemType="integer")),
    Known("values of constraints", "ours", CONSTRAINT,
          "Frictionless does not look at the values of enum and of bounds until a cell is checked by them.",
          says("The constraint `(enum|m..imum|exclusiveM..imum|m..Length)` cannot have the value"),
          of_field(type="integer", constraints={"minimum": "zzz"})),
    Known("a unique list", "ours", CONSTRAINT,
          "Frictionless crashes on it as soon as a row is there: see below.",
          says("The constraint `unique` of a list is not known"), of_field(type="list", constraints={"unique": True})),
    Known("flags at the start of a pattern", "theirs", CRASH,
          "Frictionless puts ^ before the pattern, where Python then takes no flags, and crashes.",
          says("global flags not at the start"), leading_flags()),
    Known("a list in a key", "theirs", CRASH,
          "Frictionless crashes on it: a list of Python cannot be a key.",
          key_has_list, key_of_a_list()),
)
