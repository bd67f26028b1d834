"""croissant.json: the tables as record sets, for programs that load data sets by the Croissant format."""

from __future__ import annotations

import hashlib
from pathlib import Path

import mlcroissant as mlc

from ..citation import authors, is_person, licence, name_of, reference
from ..documents import as_json
from ..package import Field, Package, Table
from ..tables import Tables
from ..vocabularies import Vocabulary

TYPES = {"integer": mlc.DataType.INTEGER, "number": mlc.DataType.FLOAT, "boolean": mlc.DataType.BOOL}  # all others are text
ENUMERATION = "https://schema.org/Enumeration"
TERM = ("term", "title", "definition")  # what is told of a term


def write(tables: Tables, folder: Path) -> None:
    """Write croissant.json into the release folder, in which the CSV files already stand. Raises OSError."""
    found = metadata(tables.package, folder).to_json()
    (folder / "croissant.json").write_bytes(as_json(found))


def metadata(package: Package, folder: Path) -> mlc.Metadata:
    """The dataset: a file and a record set for each table, and a record set with the terms of each vocabulary."""
    descriptor = package.descriptor
    people = [(mlc.Person if is_person(person) else mlc.Organization)(id=f"creator-{number}", name=name_of(person))
              for number, person in enumerate(authors(package), 1)]
    return mlc.Metadata(
        id=descriptor["name"], name=descriptor["title"], description=descriptor.get("description"), version=descriptor["version"],
        date_published=package.created, license=[licence(package).get("path")], url=descriptor.get("homepage"), creators=people,
        keywords=descriptor.get("keywords"), cite_as=reference(package), in_language=["en"],
        distribution=[file_object(table, folder) for table in package.tables.values()],
        record_sets=[*(enumeration(name, vocabulary) for name, vocabulary in package.vocabularies.items()),
                     *(record_set(table, package) for table in package.tables.values())])


def file_object(table: Table, folder: Path) -> mlc.FileObject:
    """The CSV file of a table."""
    data = (folder / table.path).read_bytes()
    return mlc.FileObject(id=table.path, name=table.path, description=table.title, content_url=table.path, encoding_formats=["text/csv"],
                          content_size=f"{len(data)} B", sha256=hashlib.sha256(data).hexdigest())


def enumeration(name: str, vocabulary: Vocabulary) -> mlc.RecordSet:
    """The terms of a vocabulary, as records that the fields with these terms refer to."""
    id_ = f"vocabulary-{name}"
    return mlc.RecordSet(
        id=id_, name=id_, description=f"{vocabulary.title}. {vocabulary.description}", data_types=[ENUMERATION], key=[f"{id_}/term"],
        fields=[mlc.Field(id=f"{id_}/{part}", name=f"{id_}/{part}", data_types=[mlc.DataType.TEXT]) for part in TERM],
        data=[dict(zip((f"{id_}/{part}" for part in TERM), (term, parts.title, parts.definition), strict=True))
              for term, parts in vocabulary.terms.items()])


def record_set(table: Table, package: Package) -> mlc.RecordSet:
    """The rows of a table."""
    return mlc.RecordSet(id=table.name, name=table.name, description=table.description,
                         key=[f"{table.name}/{column}" for column in table.primary_key],
                         fields=[record_field(field, table, package) for field in table.fields])


def record_field(field: Field, table: Table, package: Package) -> mlc.Field:
    """A column, with its type and with what its values refer to: a record of another table or a term of a vocabulary."""
    is_list = field.type == "list"
    separate = [mlc.Transform(separator=field.delimiter)] if is_list else []
    source = mlc.Source(file_object=table.path, extract=mlc.Extract(column=field.name), transforms=separate)
    id_ = f"{table.name}/{field.name}"
    target = refers_to(field, table, package)
    return mlc.Field(id=id_, name=id_, description=f"{field.title}. {field.description}", repeated=is_list or None, source=source,
                     data_types=[TYPES.get(field.type, mlc.DataType.TEXT)], **({"references": target} if target else {}))


def refers_to(field: Field, table: Table, package: Package) -> mlc.Source | None:
    """The column of another file, or the terms of a vocabulary, whose values these are; or None. A list refers to nothing, since the
    library joins by whole cells. A file is named rather than a record set, which the library could then read only once."""
    if field.type == "list" or field.columns_of:
        return None
    for key in table.foreign_keys:
        if key.fields == (field.name,):
            return mlc.Source(file_object=package.tables[key.resource].path, extract=mlc.Extract(column=key.reference[0]))
    return mlc.Source(field=f"vocabulary-{field.vocabulary}/term") if field.vocabulary else None
