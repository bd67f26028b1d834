"""The Data Package: descriptors and vocabularies as dataclasses. Everything that knows a column, key or term asks here."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from . import journal
from .documents import MAX_ITEMS, check_properties, load_json
from .patterns import LINEAR, may_stall
from .problem import ERROR, Problem, did_you_mean, kind
from .table_schema import MISSING, Field, ForeignKey, Table
from .trust import safe_path
from .vocabularies import VOCABULARIES, Vocabulary, load_vocabularies

DESCRIPTOR = "datapackage.json"
RECORDED, DERIVED, FLAT = "data", "derived", "flat"  # folders: what is recorded, and what a release works out of it

# What may stand in the descriptors: no property that the checks would not honour, and none that loads another file.
PACKAGE_KEYS = {"$schema", "name", "id", "title", "description", "version", "created", "homepage", "image", "licenses",
                "contributors", "keywords", "sources", "resources"}
RESOURCE_KEYS = {"name", "type", "path", "title", "description", "format", "mediatype", "encoding", "schema", "licenses", "sources",
                 "bytes", "hash", "derived"}
SCHEMA_KEYS = {"$schema", "name", "title", "description", "fields", "primaryKey", "foreignKeys", "uniqueKeys", "missingValues",
               "examples", "card", "label"}
FIELD_KEYS = {"name", "type", "format", "title", "description", "example", "constraints", "rdfType", "delimiter", "itemType",
              "trueValues", "falseValues", "vocabulary", "columnsOf", "keepOrder", "card", "each"}
FIXED = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}  # where a resource says it
NAME = re.compile("[a-z][a-z0-9_]{0,99}")
PACKAGE_NAME = re.compile("(?!.{101})[a-z0-9]+(-[a-z0-9]+)*")  # files and folders of a release are called by it
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?")

BAD_PACKAGE = kind(
    "bad-package", ERROR, "package", "datapackage.json names every table, its file and its schema, inside the package.",
    good='"path": "data/zzz.csv"', bad='"path": "../zzz.csv"')
BAD_SCHEMA = kind(
    "bad-schema", ERROR, "package", "A table schema names fields and keys that exist, with properties that are known.",
    good='"primaryKey": ["zzz_id"] of a field zzz_id', bad='"primaryKey": ["zzz_idd"]')
STALE_ENUM = kind(
    "stale-enum", ERROR, "package", "An enum in a table schema repeats its vocabulary, term by term.",
    good='"enum": ["zzz", "yyy"] of a vocabulary zzz, yyy', bad='"enum": ["zzz"]')


@dataclass(frozen=True)
class Package:
    """The whole: where it lies, its descriptor as read, its tables in order, its vocabularies."""

    root: Path
    descriptor: dict
    tables: dict[str, Table]
    vocabularies: dict[str, Vocabulary]

    @property
    def created(self) -> str:
        """The release date, `2026-11-21`."""
        return str(self.descriptor.get("created", ""))[:10]

    @property
    def places(self) -> dict[str, Path]:
        """The file of each table by its name."""
        return {name: self.root / table.path for name, table in self.tables.items()}

    def links_of(self, table: str) -> list[Table]:
        """The tables whose rows belong to a record of `table`."""
        return [link for link in self.tables.values() if link.is_link and link.targets.get(link.id) == table]


def load(root: Path) -> tuple[Package | None, list[Problem]]:
    """The package that lies in `root`, or None and why it cannot be used. A change of its tables that was stopped is undone."""
    if problems := [BAD_PACKAGE.at("This file is a link that leads out of the package.", "Put the file itself here.", file=name)
                    for name in (DESCRIPTOR, VOCABULARIES) if not safe_path(root, name)]:
        return None, problems
    descriptor, problems = load_json(root / DESCRIPTOR, DESCRIPTOR)
    vocabularies, more = load_vocabularies(root)
    problems += more
    if descriptor is None or vocabularies is None:
        return None, problems
    tables: dict[str, Table] = {}
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources:
        return None, [*problems, BAD_PACKAGE.at("It names no resources.", "List the tables under `resources`.", file=DESCRIPTOR)]
    problems += check_properties(descriptor, PACKAGE_KEYS, BAD_PACKAGE, DESCRIPTOR)
    if len(resources) > MAX_ITEMS:
        return None, problems
    if not PACKAGE_NAME.fullmatch(str(descriptor.get("name", "zzz"))):
        problems.append(BAD_PACKAGE.at(f"`{str(descriptor['name'])[:80]}` is no name of a package.",
                                       "A name is small letters and digits in words joined by single hyphens.", file=DESCRIPTOR,
                                       column="name"))
    if not DAY.fullmatch(str(descriptor.get("created", "2000-01-01"))):
        problems.append(BAD_PACKAGE.at("`created` is no date.", "Write 2019-04-27T00:00:00Z.", file=DESCRIPTOR))
    resources = [resource for resource in resources if not (isinstance(resource, dict) and resource.get("derived") is True)]
    for position, resource in enumerate(resources, 1):
        table, more = load_table(root, resource, position, vocabularies)
        problems += more
        if table and table.name in tables:
            problems.append(BAD_PACKAGE.at(f"The resource `{table.name}` stands twice.", "Keep one.", file=DESCRIPTOR))
        elif table and table.path in {other.path for other in tables.values()}:
            problems.append(BAD_PACKAGE.at(f"Two resources have the file `{table.path}`.", "Give each its own.", file=DESCRIPTOR))
        elif table:
            tables[table.name] = table
    named = {resource["name"] for resource in resources if isinstance(resource, dict) and isinstance(resource.get("name"), str)}
    problems += [problem for table in tables.values()
                 for problem in (*check_references(table, tables, named), *check_owner(table))]
    if any(problem.severity == ERROR for problem in problems):
        return None, problems
    package = Package(root, descriptor, {name: with_columns(table, tables) for name, table in tables.items()}, vocabularies)
    half = journal.settle(package.places)
    return (None, [*problems, half]) if half else (package, problems)


def load_table(root: Path, resource: object, position: int, vocabularies: dict, bases: dict[str, Table] | None = None,
               ) -> tuple[Table | None, list[Problem]]:
    """One resource with its schema as a Table, or None and the problems. Its `base`, if any, is one of `bases`."""
    if not isinstance(resource, dict) or not NAME.fullmatch(str(resource.get("name"))):
        return None, [BAD_PACKAGE.at(f"Resource {position} has no name.", "Give it a `name` of small letters, digits and underscores.",
                                     file=DESCRIPTOR)]
    problems = [BAD_PACKAGE.at(f"The {key} of `{resource['name']}` is no path inside the package: `{str(resource.get(key))[:80]}`.",
                               "Use a relative path such as `data/zzz.csv`, without `..`; in the place of a link put the file itself.",
                               file=DESCRIPTOR)
                for key, ending in (("path", ".csv"), ("schema", ""))
                if not (safe_path(root, resource.get(key)) and resource[key].endswith(ending))]
    problems += check_properties({key: value for key, value in resource.items() if key not in ("path", "schema", *FIXED)},
                                 RESOURCE_KEYS, BAD_PACKAGE, DESCRIPTOR)
    problems += [BAD_PACKAGE.at(f"The {key} of `{resource['name']}` is not `{value}`.", f"Write `{value}`: a table is CSV in UTF-8.",
                                file=DESCRIPTOR) for key, value in FIXED.items() if resource.get(key, value) != value]
    if problems:
        return None, problems
    schema, problems = load_json(root / resource["schema"], resource["schema"])
    if schema is None:
        return None, problems
    name = resource["schema"]
    schema = on_base(schema, bases or {})
    found = schema.get("fields")
    if not isinstance(found, list) or not found or not all(
            isinstance(f, dict) and NAME.fullmatch(str(f.get("name")).replace("{term}", "zzz")) for f in found):
        return None, [*problems, BAD_SCHEMA.at("`fields` is not a list of objects with a name each.",
                                               "Describe each column; a name is small letters, digits and underscores.", file=name)]
    every = (field for properties in found for field in expanded(properties, vocabularies))
    schema = {**schema, "fields": (found := list(islice(every, MAX_ITEMS + 1)))}
    problems += check_properties(schema, SCHEMA_KEYS, BAD_SCHEMA, name)
    if not PACKAGE_NAME.fullmatch(str(schema.get("name", "zzz")).replace("_", "-")):
        problems.append(BAD_SCHEMA.at(f"`{str(schema['name'])[:80]}` is no name of a schema.",
                                      "A name is small letters and digits in words joined by single hyphens.", file=name))
    if len(found) > MAX_ITEMS:
        return None, problems
    if schema.get("missingValues", [MISSING]) != [MISSING]:
        problems.append(BAD_SCHEMA.at("`missingValues` is not the empty text alone.", 'Write "missingValues": [""].', file=name))
    if isinstance(schema.get("card"), (str, dict)) and not is_place(schema["card"]):
        problems.append(BAD_SCHEMA.at("`card` is no place in a card.", 'Write {"section": "zzz"}, with a `key` in it.', file=name))
    problems += [problem for properties in found for problem in check_field(properties, name, vocabularies)]
    names = [properties["name"] for properties in found]
    problems += [BAD_SCHEMA.at(f"The field `{field}` stands twice.", "Keep one.", file=name)
                 for field, count in Counter(names).items() if count > 1]
    if problems:
        return None, problems
    return make_table(resource, schema, tuple(make_field(properties, vocabularies) for properties in found))


def on_base(schema: dict, bases: dict[str, Table]) -> dict:
    """A schema whose `base` names a table as the same without it: the fields of that table, which are no longer part of a card,
    before its own. Any other schema as it is."""
    base = bases.get(schema["base"]) if isinstance(schema.get("base"), str) else None
    if base is None or not isinstance(schema.get("fields"), list):
        return schema
    fields = [{key: value for key, value in properties.items() if key != "card"} for properties in base.schema["fields"]]
    return {**{key: value for key, value in schema.items() if key != "base"}, "fields": fields + schema["fields"]}


def expanded(properties: dict, vocabularies: dict[str, Vocabulary]) -> list[dict]:
    """A field that stands for one of `each` term of a vocabulary as those fields, `{term}` and `{title}` in its texts filled; any
    other field as it is."""
    vocabulary = vocabularies.get(properties["each"]) if isinstance(properties.get("each"), str) else None
    if vocabulary is None:
        return [properties]
    return [{key: value.replace("{term}", term).replace("{title}", parts.title) if isinstance(value, str) else value
             for key, value in properties.items() if key != "each"} for term, parts in vocabulary.terms.items()]


def is_place(card: object) -> bool:
    """Whether a value says where in a card rows stand: a section, perhaps a key in it, perhaps `also` further places."""
    return (isinstance(card, dict) and isinstance(card.get("section"), str) and isinstance(card.get("key", ""), str)
            and isinstance(card.get("also", []), list) and all(is_place(place) for place in card.get("also", [])))


def make_field(properties: dict, vocabularies: dict[str, Vocabulary]) -> Field:
    """The properties of a field as a Field."""
    vocabulary = vocabularies.get(properties.get("vocabulary") or "")
    plain = {"name", "type", "format", "title", "description", "example", "constraints", "vocabulary", "card", "delimiter"}
    return Field(**{key: value for key, value in properties.items() if key in plain},
                 columns_of=properties.get("columnsOf"), keep_order=properties.get("keepOrder") is True,
                 item_type=properties.get("itemType", "string"), options=properties,
                 terms=tuple(vocabulary.terms) if vocabulary else ())


def check_field(properties: dict, file: str, vocabularies: dict[str, Vocabulary]) -> list[Problem]:
    """Properties that cannot be used, and a vocabulary that is missing or no longer repeated by the enum."""
    name, place = properties["name"], {"file": file, "column": properties["name"]}
    problems = check_properties(properties, FIELD_KEYS, BAD_SCHEMA, file, name)
    lists = [properties.get(key, ["zzz"]) for key in ("trueValues", "falseValues")]
    if not problems and not all(words and all(isinstance(word, str) for word in words) for words in lists):
        problems.append(BAD_SCHEMA.at("`trueValues` or `falseValues` is no list of texts.", 'Write ["true"] or ["false"].', **place))
    if properties.get("delimiter") == "":
        problems.append(BAD_SCHEMA.at("The `delimiter` is empty.", "Write `;`.", **place))
    card = properties.get("card")
    if isinstance(card, dict) and not all(isinstance(value, str) for value in card.values()):
        problems.append(BAD_SCHEMA.at("`card` holds more than texts.", 'Write {"key": "zzz", "default": "yyy"}.', **place))
    constraints, vocabulary = properties.get("constraints", {}), properties.get("vocabulary")
    if not problems and may_stall(constraints.get("pattern")):
        problems.append(BAD_SCHEMA.at(f"RE2, in which no search is endless, does not take the pattern `{constraints['pattern'][:80]}`.",
                                      LINEAR, **place))
    if problems or vocabulary is None:
        return problems
    if vocabulary not in vocabularies:
        problems.append(BAD_SCHEMA.at(f"The vocabulary `{vocabulary[:80]}` does not exist.",
                                      did_you_mean(vocabulary, vocabularies) or f"Add it to {VOCABULARIES}.", **place))
    elif properties.get("type") != "list" and constraints.get("enum") != (list(vocabularies[vocabulary].terms) or constraints.get("enum")):
        problems.append(STALE_ENUM.at(f"The enum of `{name}` differs from the vocabulary `{vocabulary[:80]}`.",
                                      f"Copy the terms of {VOCABULARIES} in their order.", **place))
    return problems


def make_table(resource: dict, schema: dict, fields: tuple[Field, ...]) -> tuple[Table | None, list[Problem]]:
    """A Table from a resource and its schema, or None and what is wrong with the keys."""
    name, file = resource["name"], resource["schema"]

    def names(value: object) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(map(str, value)) if isinstance(value, list) else ()

    foreign_keys, problems = [], []
    for key in schema.get("foreignKeys", []):
        reference = key.get("reference") if isinstance(key, dict) else None
        if (not isinstance(reference, dict) or not names(key.get("fields")) or not names(reference.get("fields"))
                or not isinstance(reference.get("resource", ""), str)):
            problems.append(BAD_SCHEMA.at("A foreign key lacks `fields` or `reference`.", "Give both.", file=file))
            continue
        foreign_keys.append(ForeignKey(names(key["fields"]), reference.get("resource") or name, names(reference["fields"])))
    table = Table(name, resource["path"], resource.get("title", name), schema.get("description", ""), file, fields,
                  names(schema.get("primaryKey")), tuple(foreign_keys),
                  tuple(names(key) for key in schema.get("uniqueKeys", [])), names(schema.get("label")), schema.get("card"), schema)
    used = [("primaryKey", table.primary_key), ("label", table.label), *(("uniqueKeys", key) for key in table.unique_keys),
            *(("foreignKeys", key.fields) for key in foreign_keys)]
    if sum(len(columns) for _, columns in used) > MAX_ITEMS:
        return None, [BAD_SCHEMA.at(f"The keys name more than {MAX_ITEMS:,} columns.", "Leave some out.", file=file)]
    for where, columns in used:
        problems += [BAD_SCHEMA.at(f"`{where}` names the column `{column[:80]}`, which isn't there.",
                                   did_you_mean(column, table.columns) or "Name a field of this schema.", file=file)
                     for column in columns if column not in table.by_name]
    if not table.primary_key:
        problems.append(BAD_SCHEMA.at("There is no primary key.", "Name it in `primaryKey`.", file=file))
    return (None, problems) if problems else (table, [])


def check_references(table: Table, tables: dict[str, Table], named: set[str]) -> list[Problem]:
    """Foreign keys and `columnsOf` that point to no table or column; a table that is `named`, but broken itself, is let be."""
    problems = []
    for key in table.foreign_keys:
        target = tables.get(key.resource)
        if target is None and key.resource in named:
            continue
        if target is None:
            problems.append(BAD_SCHEMA.at(f"A foreign key points to `{key.resource[:80]}`, which is no table.",
                                          did_you_mean(key.resource, tables) or f"Name a resource of {DESCRIPTOR}.",
                                          file=table.schema_path))
        elif len(key.fields) != len(key.reference) or not set(key.reference) <= set(target.columns):
            problems.append(BAD_SCHEMA.at(f"The foreign key {', '.join(key.fields)[:200]} does not fit the columns of "
                                          f"`{key.resource[:80]}`.", "Name columns that exist there.", file=table.schema_path))
    problems += [BAD_SCHEMA.at(f"`columnsOf` points to `{field.columns_of[:80]}`, which is no table.",
                               did_you_mean(field.columns_of, tables) or f"Name a resource of {DESCRIPTOR}.",
                               file=table.schema_path, column=field.name)
                 for field in table.fields if field.columns_of is not None and field.columns_of not in named]
    return problems


def check_owner(table: Table) -> list[Problem]:
    """A key of several columns whose first names no record."""
    return [BAD_SCHEMA.at(f"`{table.id}`, the first column of the primary key, is no foreign key.",
                          "A row of several keys belongs to the record that its first key names.", file=table.schema_path)
            ] if table.is_link and table.id not in table.targets else []


def with_columns(table: Table, tables: dict[str, Table]) -> Table:
    """The table with the terms of its `columnsOf` fields filled: the columns of that table but its id, then the rest."""
    def columns(name: str) -> tuple[str, ...]:
        return tuple(column for column in tables[name].columns if column != tables[name].id)

    return replace(table, fields=tuple(
        replace(field, terms=columns(field.columns_of) + field.terms) if field.columns_of else field
        for field in table.fields))
