"""The real dataset: sound to our checks and to Frictionless itself, and what is said of it in several places agrees."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from scripts.constraints import compile_field
from scripts.package import load
from scripts.read import read
from scripts.validate import validate
from tests.fictional import PROJECT

PACKAGE, _ = load(PROJECT)
FIELDS = [pytest.param(table, field, id=f"{table.name}-{field.name}") for table in PACKAGE.tables.values() for field in table.fields]


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables():
    return read(PACKAGE)


def test_holds_with_the_reference_run():
    report = validate(PROJECT)
    assert [problem.text for problem in report.problems.found if problem.severity == "error"] == []
    assert report.valid and report.exit_code == 0 and report.rows["deployments"] > 0


def test_frictionless_accepts_it_by_its_own_command_line(tables):
    done = subprocess.run([sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"], cwd=PROJECT,
                          capture_output=True, text=True, encoding="utf-8", check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["valid"] and report["warnings"] == []
    assert {task["name"]: task["stats"].get("rows", 0) for task in report["tasks"]} == {
        content.table.name: len(content.rows) for content in tables}


def test_the_files_are_those_of_the_package():
    assert {table.path for table in PACKAGE.tables.values()} == {f"data/{path.name}" for path in (PROJECT / "data").iterdir()}
    described = {path.name for path in (PROJECT / "schemas").glob("*.json")} - {"derived.json"}
    assert {table.schema_path for table in PACKAGE.tables.values()} == {f"schemas/{name}" for name in described}
    assert {path.stem for path in (PROJECT / "schemas").glob("*.py")} - set(PACKAGE.tables) == {"__init__", "every_table", "shared"}


@pytest.mark.parametrize(("table", "field"), FIELDS)
def test_a_field_is_described_and_its_example_holds(table, field, tables):
    assert field.title and field.description and field.example
    assert [check.kind.code for check in compile_field(field) if check.fails(field.example)] == []
    target = table.targets.get(field.name)
    assert target is None or field.example in set(tables[target][tables.contents[target].table.id])


@pytest.mark.parametrize("name", PACKAGE.vocabularies)
def test_a_vocabulary_is_used_and_copied_rightly(name):
    terms = list(PACKAGE.vocabularies[name].terms)
    fields = [field for table in PACKAGE.tables.values() for field in table.fields if field.vocabulary == name]
    assert fields and terms
    for field in fields:
        assert field.constraints.get("enum") == (None if field.type == "list" else terms)


def test_every_enum_is_the_copy_of_a_vocabulary():
    assert [f"{table.name}.{field.name}" for table in PACKAGE.tables.values() for field in table.fields
            if "enum" in field.constraints and not field.vocabulary] == []


@pytest.mark.parametrize("name", PACKAGE.vocabularies)
def test_the_example_of_a_term_is_a_record_that_carries_it(name, tables):
    carriers: dict[str, set[str]] = {}
    for table in PACKAGE.tables.values():
        if name == "record_table" and table.is_record:
            carriers |= {record: {table.name} for record in tables[table.name][table.id]}
        for field in table.fields:
            for record, cell in zip(tables[table.name][table.id], tables[table.name][field.name], strict=True):
                if field.vocabulary == name:
                    carriers.setdefault(record, set()).update(cell.split(field.delimiter) if field.type == "list" else [cell])
    for term, parts in PACKAGE.vocabularies[name].terms.items():
        record = parts.example.partition(":")[0]
        assert record.startswith("No record yet") or term in carriers.get(record, ()), f"{name}, {term}: {parts.example}"


def test_the_tables_of_records_have_a_term_each():
    assert list(PACKAGE.vocabularies["record_table"].terms) == [table.name for table in PACKAGE.tables.values() if table.is_record]


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load(text_of("CITATION.cff"))
    version, day = re.search(r"^## \[(\d[^\]]*)\] - (\S+)$", text_of("CHANGELOG.md"), re.MULTILINE).groups()
    assert {tomllib.loads(text_of("pyproject.toml"))["project"]["version"], citation["version"], version} == {PACKAGE.descriptor["version"]}
    assert {str(citation["date-released"]), day} == {PACKAGE.created}
    assert "## [Unreleased]" in text_of("CHANGELOG.md")


def test_the_descriptor_says_what_reuse_needs():
    descriptor = PACKAGE.descriptor
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert [licence["name"] for licence in descriptor["licenses"]] == ["CC-BY-4.0", "MIT"]
    assert all(licence["path"] and licence["title"] for licence in descriptor["licenses"])
    assert all(person["title"] and person["roles"] for person in descriptor["contributors"]) and descriptor["contributors"]
    assert all(source["title"] and source["path"] for source in descriptor["sources"]) and descriptor["sources"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", descriptor["created"])
    for resource in descriptor["resources"]:
        assert (resource["encoding"], resource["format"], resource["mediatype"]) == ("utf-8", "csv", "text/csv")
        assert resource["title"] and resource["description"]
    for table in PACKAGE.tables.values():
        schema = json.loads(text_of(table.schema_path))
        assert schema["$schema"] == "https://datapackage.org/profiles/2.0/tableschema.json" and schema["missingValues"] == [""]


def test_the_first_snippet_of_the_readme_runs_and_loads_text(monkeypatch, tables):
    (snippet,) = re.findall(r"^```python\n(.*?)^```", text_of("README.md"), re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(PROJECT)
    names: dict = {}
    exec(compile(snippet, "README.md", "exec"), names)
    loaded = names["deployments"]
    assert len(loaded) == len(tables["deployments"]) and not loaded.isna().any(axis=None)
    assert all(isinstance(cell, str) for column in loaded.columns.drop("technologies") for cell in loaded[column])
    assert all(isinstance(items, list) and items[0] for items in loaded["technologies"])


def test_the_readme_names_the_tables_of_the_package():
    section = text_of("README.md").split("\n## The tables\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(PACKAGE.tables)
