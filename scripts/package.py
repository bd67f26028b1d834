"""The Data Package: descriptors and vocabularies as dataclasses. Everything that knows a column, key or term asks here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from .documents import Mapping, load_json, load_yaml, unknown_keys
from .problem import ERROR, Problem, did_you_mean, kind

DESCRIPTOR, VOCABULARIES = "datapackage.json", "schemas/vocabularies.yaml"
MISSING = ""  # what an empty cell holds; no other text is missing

FIELD_KEYS = {"name", "type", "format", "title", "description", "example", "constraints", "categories", "rdfType",
              "categoriesOrdered", "missingValues", "delimiter", "itemType", "trueValues", "falseValues", "bareNumber",
              "decimalChar", "groupChar", "vocabulary", "columnsOf", "keepOrder", "card"}
SCHEMA_KEYS = {"$schema", "title", "description", "fields", "fieldsMatch", "primaryKey", "foreignKeys", "uniqueKeys",
               "missingValues", "card", "label", "name", "examples"}
TERM_KEYS = {"title", "definition", "example", "source", "deprecated"}

BAD_PACKAGE = kind(
    "bad-package", ERROR, "package", "datapackage.json names every table, its file and its schema, inside the package.",
    good='"path": "data/zzz.csv"', bad='"path": "../zzz.csv"')
BAD_SCHEMA = kind(
    "bad-schema", ERROR, "package", "A table schema names fields and keys that exist, with properties that are known.",
    good='"primaryKey": ["zzz_id"] of a field zzz_id', bad='"primaryKey": ["zzz_idd"]')
BAD_VOCABULARY = kind(
    "bad-vocabulary", ERROR, "package", "A vocabulary term has a title, a definition, an example and a source.",
    good="{title: Zzz, definition: …, example: …, source: …}", bad="{title: Zzz}")
STALE_ENUM = kind(
    "stale-enum", ERROR, "package", "An enum in a table schema repeats its vocabulary, term by term.",
    good='"enum": ["zzz", "yyy"] of a vocabulary zzz, yyy', bad='"enum": ["zzz"]')


@dataclass(frozen=True)
class Field:
    """A column: its Table Schema properties and ours. `terms` are the items or values that its vocabulary allows."""

    name: str
    type: str = "string"
    format: str = "default"
    title: str = ""
    description: str = ""
    example: str = ""
    constraints: dict = field(default_factory=dict)
    vocabulary: str | None = None
    columns_of: str | None = None
    keep_order: bool = False
    card: str | dict | None = None
    delimiter: str = ","
    item_type: str = "string"
    options: dict = field(default_factory=dict)
    terms: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        return self.constraints.get("required") is True

    @property
    def card_key(self) -> str:
        """The key of a record card that becomes this column."""
        return self.card if isinstance(self.card, str) else (self.card or {}).get("key", self.name)

    @property
    def default(self) -> str:
        """What a card that lacks the key means."""
        return self.card.get("default", MISSING) if isinstance(self.card, dict) else MISSING


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values stand in columns of another table (`resource`)."""

    fields: tuple[str, ...]
    resource: str
    reference: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A resource: its file (relative to the root), fields and keys. `card` says where its rows stand in a record card."""

    name: str
    path: str
    title: str
    description: str
    schema_path: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    label: tuple[str, ...] = ()
    card: dict | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def targets(self) -> dict[str, str]:
        """Column → table, for each foreign key of one column."""
        return {key.fields[0]: key.resource for key in self.foreign_keys if len(key.fields) == 1}

    @property
    def id(self) -> str:
        """The column that names the row's record: its own id, or that of the record a link belongs to."""
        return self.primary_key[0]

    @property
    def is_link(self) -> bool:
        """Whether rows belong to a record of another table (deployment_parties), not to themselves."""
        return len(self.primary_key) > 1

    @property
    def owner(self) -> str:
        """The table of the record that a row belongs to."""
        return self.targets[self.id] if self.is_link else self.name

    @property
    def is_record(self) -> bool:
        """Whether a row is a record whose id is its own: given by its card as `id`, and one that may be withdrawn."""
        return not self.is_link and self.by_name[self.id].card_key == "id"


@dataclass(frozen=True)
class Term:
    title: str
    definition: str
    example: str
    source: str
    deprecated: str = ""


@dataclass(frozen=True)
class Vocabulary:
    title: str
    description: str
    terms: dict[str, Term]


@dataclass(frozen=True)
class Package:
    """The whole: where it lies, its version and `created`, its tables in order, its vocabularies."""

    root: Path
    descriptor: dict
    tables: dict[str, Table]
    vocabularies: dict[str, Vocabulary]

    @property
    def version(self) -> str:
        return str(self.descriptor.get("version", ""))

    @property
    def created(self) -> str:
        """The release date, `2026-11-21`."""
        return str(self.descriptor.get("created", ""))[:10]

    def links_of(self, table: str) -> list[Table]:
        """The tables whose rows belong to a record of `table`."""
        return [link for link in self.tables.values() if link.is_link and link.owner == table]


def load(root: Path) -> tuple[Package | None, list[Problem]]:
    """The package that lies in `root`, or None and why it cannot be used."""
    descriptor, problems = load_json(root / DESCRIPTOR, DESCRIPTOR)
    vocabularies, more = load_vocabularies(root)
    problems += more
    if descriptor is None or vocabularies is None:
        return None, problems
    tables: dict[str, Table] = {}
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources:
        return None, [*problems, BAD_PACKAGE.at("It names no resources.", "List the tables under `resources`.", file=DESCRIPTOR)]
    for position, resource in enumerate(resources, 1):
        table, more = load_table(root, resource, position, vocabularies)
        problems += more
        if table and table.name in tables:
            problems.append(BAD_PACKAGE.at(f"The resource `{table.name}` stands twice.", "Keep one.", file=DESCRIPTOR))
        elif table:
            tables[table.name] = table
    problems += [problem for table in tables.values() for problem in check_references(table, tables)]
    if any(problem.severity == ERROR for problem in problems):
        return None, problems
    return Package(root, descriptor, {name: with_columns(table, tables) for name, table in tables.items()},
                   vocabularies), problems


def safe_path(root: Path, path: object) -> bool:
    """Whether a path from a descriptor stays inside the package, symbolic links followed."""
    if not isinstance(path, str) or not path or "\\" in path or ":" in path or "\0" in path:
        return False
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        return False
    try:
        return (root / pure).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def load_table(root: Path, resource: object, position: int, vocabularies: dict) -> tuple[Table | None, list[Problem]]:
    """One resource with its schema as a Table, or None and the problems."""
    if not isinstance(resource, dict) or not isinstance(resource.get("name"), str):
        return None, [BAD_PACKAGE.at(f"Resource {position} has no name.", "Give it a `name`.", file=DESCRIPTOR)]
    problems = [BAD_PACKAGE.at(f"The {key} of `{resource['name']}` is no path inside the package: `{resource.get(key)}`.",
                               "Use a relative path such as `data/zzz.csv`, without `..`.", file=DESCRIPTOR)
                for key in ("path", "schema") if not safe_path(root, resource.get(key))]
    if problems:
        return None, problems
    schema, problems = load_json(root / resource["schema"], resource["schema"])
    if schema is None:
        return None, problems
    name = resource["schema"]
    found = schema.get("fields")
    if not isinstance(found, list) or not all(isinstance(f, dict) and isinstance(f.get("name"), str) for f in found) or not found:
        return None, [*problems, BAD_SCHEMA.at("`fields` is not a list of objects with a name each.", "Describe each column.", file=name)]
    problems += [BAD_SCHEMA.at(f"The property `{key}` is not known.", hint, file=name)
                 for key, hint in unknown_keys(schema, SCHEMA_KEYS)]
    fields = []
    for properties in found:
        problems += check_field(properties, name, vocabularies)
        fields.append(make_field(properties, vocabularies))
    problems += [BAD_SCHEMA.at(f"The field `{f.name}` stands twice.", "Keep one.", file=name)
                 for i, f in enumerate(fields) if f.name in {g.name for g in fields[:i]}]
    if problems:
        return None, problems
    return make_table(resource, schema, tuple(fields))


def make_field(properties: dict, vocabularies: dict[str, Vocabulary]) -> Field:
    """The properties of a field as a Field."""
    vocabulary = vocabularies.get(properties.get("vocabulary") or "")
    plain = {"name", "type", "format", "title", "description", "example", "constraints", "vocabulary", "card", "delimiter"}
    return Field(**{key: value for key, value in properties.items() if key in plain},
                 columns_of=properties.get("columnsOf"), keep_order=properties.get("keepOrder") is True,
                 item_type=properties.get("itemType", "string"), options=properties,
                 terms=tuple(vocabulary.terms) if vocabulary else ())


def check_field(properties: dict, file: str, vocabularies: dict[str, Vocabulary]) -> list[Problem]:
    """Properties that nobody knows, and a vocabulary that is missing or no longer repeated by the enum."""
    name, place = properties["name"], {"file": file, "column": properties["name"]}
    problems = [BAD_SCHEMA.at(f"The property `{key}` of a field is not known.", hint, **place)
                for key, hint in unknown_keys(properties, FIELD_KEYS)]
    constraints, vocabulary = properties.get("constraints", {}), properties.get("vocabulary")
    if not isinstance(constraints, dict):
        problems.append(BAD_SCHEMA.at("`constraints` is not an object.", 'Write {"required": true}.', **place))
    elif vocabulary is not None and vocabulary not in vocabularies:
        problems.append(BAD_SCHEMA.at(f"The vocabulary `{vocabulary}` does not exist.",
                                      did_you_mean(str(vocabulary), vocabularies) or f"Add it to {VOCABULARIES}.", **place))
    elif vocabulary and properties.get("type") != "list" and constraints.get("enum") != list(vocabularies[vocabulary].terms):
        problems.append(STALE_ENUM.at(f"The enum of `{name}` differs from the vocabulary `{vocabulary}`.",
                                      f"Copy the terms of {VOCABULARIES} in their order.", **place))
    return problems


def make_table(resource: dict, schema: dict, fields: tuple[Field, ...]) -> tuple[Table | None, list[Problem]]:
    """A Table from a resource and its schema, or None and what is wrong with the keys."""
    name, file = resource["name"], resource["schema"]

    def names(value: object) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(map(str, value)) if isinstance(value, list) else ()

    foreign_keys, problems = [], []
    for key in schema.get("foreignKeys") or []:
        reference = key.get("reference") if isinstance(key, dict) else None
        if not isinstance(reference, dict) or not names(key.get("fields")) or not names(reference.get("fields")):
            problems.append(BAD_SCHEMA.at("A foreign key lacks `fields` or `reference`.", "Give both.", file=file))
            continue
        foreign_keys.append(ForeignKey(names(key["fields"]), reference.get("resource") or name, names(reference["fields"])))
    table = Table(name, resource["path"], resource.get("title", name), schema.get("description", ""), file, fields,
                  names(schema.get("primaryKey")), tuple(foreign_keys),
                  tuple(names(key) for key in schema.get("uniqueKeys") or []), names(schema.get("label")), schema.get("card"))
    used = [("primaryKey", table.primary_key), ("label", table.label), *(("uniqueKeys", key) for key in table.unique_keys),
            *(("foreignKeys", key.fields) for key in foreign_keys)]
    for where, columns in used:
        problems += [BAD_SCHEMA.at(f"`{where}` names the column `{column}`, which isn't there.",
                                   did_you_mean(column, table.columns), file=file)
                     for column in columns if column not in table.by_name]
    if not table.primary_key:
        problems.append(BAD_SCHEMA.at("There is no primary key.", "Name it in `primaryKey`.", file=file))
    return (None, problems) if problems else (table, [])


def check_references(table: Table, tables: dict[str, Table]) -> list[Problem]:
    """Foreign keys and `columnsOf` that point to no table or column."""
    problems = []
    for key in table.foreign_keys:
        target = tables.get(key.resource)
        if target is None:
            problems.append(BAD_SCHEMA.at(f"A foreign key points to `{key.resource}`, which is no table.",
                                          did_you_mean(key.resource, tables), file=table.schema_path))
        elif len(key.fields) != len(key.reference) or not set(key.reference) <= set(target.columns):
            problems.append(BAD_SCHEMA.at(f"The foreign key {', '.join(key.fields)} does not fit the columns of "
                                          f"`{key.resource}`.", "Name columns that exist there.", file=table.schema_path))
    if table.is_link and table.id not in table.targets:
        problems.append(BAD_SCHEMA.at(f"`{table.id}`, the first column of the primary key, is no foreign key.",
                                      "A row of several keys belongs to the record that its first key names.",
                                      file=table.schema_path))
    problems += [BAD_SCHEMA.at(f"`columnsOf` points to `{field.columns_of}`, which is no table.",
                               did_you_mean(field.columns_of, tables), file=table.schema_path, column=field.name)
                 for field in table.fields if field.columns_of is not None and field.columns_of not in tables]
    return problems


def with_columns(table: Table, tables: dict[str, Table]) -> Table:
    """The table with the terms of its `columnsOf` fields filled: the columns of that table but its id, then the rest."""
    def columns(name: str) -> tuple[str, ...]:
        return tuple(column for column in tables[name].columns if column != tables[name].id)

    return replace(table, fields=tuple(
        replace(field, terms=columns(field.columns_of) + field.terms) if field.columns_of else field
        for field in table.fields))


def load_vocabularies(root: Path) -> tuple[dict[str, Vocabulary] | None, list[Problem]]:
    """The vocabularies by name, or None and what is wrong with the file."""
    document, problems = load_yaml(root / VOCABULARIES, VOCABULARIES)
    if document is None:
        return None, problems
    vocabularies = {}
    for name, body in document.items():
        terms = body.get("terms") if isinstance(body, Mapping) else None
        if not isinstance(terms, Mapping):
            problems.append(BAD_VOCABULARY.at(f"The vocabulary `{name}` has no `terms`.", "List its terms.", file=VOCABULARIES))
            continue
        wrong = {term: parts for term, parts in terms.items()
                 if not isinstance(parts, Mapping) or not TERM_KEYS >= set(parts) >= TERM_KEYS - {"deprecated"}
                 or not all(isinstance(text, str) for text in parts.values())}
        problems += [BAD_VOCABULARY.at(f"The term `{term}` of `{name}` lacks a part or has one too many.",
                                       "A term has title, definition, example and source, each a text.", file=VOCABULARIES,
                                       line=getattr(parts, "line", None)) for term, parts in wrong.items()]
        vocabularies[name] = Vocabulary(str(body.get("title", name)), str(body.get("description", "")),
                                        {term: Term(**parts) for term, parts in terms.items() if term not in wrong})
    return vocabularies, problems
