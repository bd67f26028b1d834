"""The templates of the web forms: GitHub takes them, they offer what the vocabularies and tables hold, and they are current."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from slugify import slugify

from scripts import forms
from scripts.__main__ import main
from scripts.answers import BETWEEN
from scripts.cards import item_keys, sections
from scripts.docs import documents
from scripts.documents import load_yaml
from scripts.package import load
from scripts.problem import KINDS
from scripts.read import read
from tests.fictional import PROJECT, write_package

PACKAGE, _ = load(PROJECT)
TABLES = read(PACKAGE)
FORMS, _ = forms.load(TABLES)
TEMPLATES = forms.templates(TABLES)
BODIES = {form.name: yaml.safe_load(TEMPLATES[f"{forms.FOLDER}/{form.file}"])["body"] for form in FORMS}
each = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


def asked(form: forms.Form) -> list[dict]:
    """The elements of a template that ask something."""
    return [element for element in BODIES[form.name] if element["type"] != "markdown"]


def options(element: dict) -> list[str]:
    """The choices of an element."""
    return [option if isinstance(option, str) else option["label"] for option in element["attributes"].get("options", [])]


def by_schema(schema: str, *files: Path) -> subprocess.CompletedProcess:
    """What check-jsonschema says of files by GitHub's own schema."""
    return subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)],
                          capture_output=True, text=True, check=False)


def test_github_takes_the_templates_by_its_schema(tmp_path):
    for path, data in TEMPLATES.items():
        (tmp_path / Path(path).name).write_bytes(data)
    settings = tmp_path / "config.yml"
    templates = [path for path in tmp_path.iterdir() if path != settings]
    assert len(templates) == 6
    for schema, files in (("github-issue-forms", templates), ("github-issue-config", [settings])):
        done = by_schema(schema, *files)
        assert done.returncode == 0, done.stdout


def test_githubs_schema_finds_a_mistake(tmp_path):
    wrong = tmp_path / "wrong.yml"
    wrong.write_bytes(TEMPLATES[f"{forms.FOLDER}/1-deployment.yml"].replace(b"type: dropdown", b"type: dropdwon"))
    assert by_schema("github-issue-forms", wrong).returncode == 1
    wrong.write_text("blank_issues: true\n")
    assert by_schema("github-issue-config", wrong).returncode == 1


@each
def test_no_two_labels_or_ids_of_a_form_look_the_same_to_github(form):
    labels = [slugify(element["attributes"]["label"]) for element in asked(form)]
    ids = [element["id"] for element in asked(form)]
    assert len(set(labels)) == len(labels) and len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-zA-Z0-9_-]+", id_) for id_ in ids)


@each
def test_every_choice_is_one_that_github_takes_and_renders_so_that_it_can_be_told(form):
    for element in asked(form):
        labels = options(element)
        assert len(set(labels)) == len(labels) and not {"none", "n/a", ""} & {label.casefold() for label in labels}
        assert not element["attributes"].get("multiple") or not any(BETWEEN.search(label) for label in labels)


@each
def test_no_choice_is_made_for_people_who_make_none(form):
    """GitHub chooses the first of a required drop-down of one choice."""
    drop_downs = [element for element in asked(form) if element["type"] == "dropdown" and not element["attributes"]["multiple"]]
    assert not any(element["validations"]["required"] for element in drop_downs)
    required = {question.heading for question in form.questions if question.required and question.element == "dropdown"}
    assert {element["attributes"]["label"] for element in drop_downs
            if element["attributes"].get("description", "").endswith(forms.CHOOSE)} == {
                heading for heading in required if heading in {element["attributes"]["label"] for element in drop_downs}}


@each
def test_drop_downs_hold_the_terms_that_are_in_use(form):
    for question, element in zip(form.questions, asked(form), strict=True):
        if question.field and question.field.vocabulary and question.element == "dropdown":
            terms = PACKAGE.vocabularies[question.field.vocabulary].terms.values()
            assert options(element) == [term.title for term in terms if not term.deprecated]
        elif question.table and question.table.targets.get(question.field.name if question.field else "") == "countries":
            countries = TABLES["countries"]
            assert sorted(options(element)) == sorted(f"{name} ({code})" for code, name in
                                                      zip(countries.country_code, countries["name"], strict=True))


def test_a_deprecated_term_is_no_choice(tmp_path):
    package = write_package(tmp_path)
    path = tmp_path / "schemas/vocabularies.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{title: Defunct,", "{title: Defunct, deprecated: Zzz,"), encoding="utf-8")
    package, _ = load(tmp_path)
    template = forms.templates(read(package))[f"{forms.FOLDER}/1-deployment.yml"].decode()
    assert "- Defunct\n" in TEMPLATES[f"{forms.FOLDER}/1-deployment.yml"].decode()
    assert "- Defunct\n" not in template and "**Defunct**" not in template


@each
def test_each_term_is_explained_before_it_is_asked_for(form):
    said = ""
    for element in BODIES[form.name]:
        if element["type"] == "markdown":
            said += element["attributes"]["value"]
        elif element["type"] == "dropdown":
            question = next(one for one in form.questions if one.heading == element["attributes"]["label"])
            if question.field and question.field.vocabulary:
                assert all(f"**{label}**: " in said for label in options(element))


@each
def test_help_can_be_understood_without_the_tables(form):
    for element in asked(form):
        attributes = element["attributes"]
        text = attributes.get("description", "")
        assert text and len(text) < 330 and "_" not in re.sub("`[^`]*`", "", text) and "{" not in text, attributes["label"]


@pytest.mark.parametrize("form", [form for form in FORMS if form.section], ids=lambda form: form.name)
def test_whatever_a_record_needs_can_be_given(form):
    section = sections(PACKAGE)[form.section]
    given = {(question.table.name, question.key) for question in form.questions if question.table}
    for table in (section.table, PACKAGE.tables[forms.CITATIONS]):
        for key, column in item_keys(table).items():
            assert not column.required or key == "id" or (table.name, key) in given, column.name
    for question in form.questions:
        keys = item_keys(question.table, nested=True) if question.part == "rows" else {}
        assert {key for key, column in keys.items() if column.required and not column.default} <= {*question.line, "citation"}


def test_what_mends_a_finding_names_a_rule_and_a_question():
    documents(PACKAGE)  # imports whatever declares rules
    for form in FORMS:
        assert set(form.mends) <= set(KINDS)
    asked = {question.key for form in FORMS for question in form.questions}
    assert {key for form in FORMS for key, _ in form.mends.values()} <= {*asked, ""}


@each
def test_what_mends_a_finding_speaks_of_ticks_only_where_there_are_some(form):
    ticks = any(question.element == "checkboxes" for question in form.questions)
    assert ticks == any("tick" in hint.casefold() for _, hint in form.mends.values())


def test_the_reasons_of_a_correction_are_those_that_the_tools_know():
    document, _ = load_yaml(PROJECT / forms.FORMS, forms.FORMS)
    (why,) = [question for question in document["forms"]["correction"]["questions"] if question.get("key") == "why"]
    assert list(why["choices"]) == ["misread", "outdated", "disagree"]


def test_the_templates_are_current_and_a_stale_one_is_told(tmp_path, capsys):
    for path, data in TEMPLATES.items():
        assert (PROJECT / path).read_bytes() == data, path
    root = ["--root", str(tmp_path)]
    write_package(tmp_path)
    assert main(["docs", *root]) == 0 and main(["docs", "--check", *root]) == 0
    stale = tmp_path / forms.FOLDER / "4-correction.yml"
    stale.write_text(stale.read_text(encoding="utf-8").replace("wrong", "right"), encoding="utf-8")
    capsys.readouterr()
    assert main(["docs", "--check", *root]) == 1
    assert capsys.readouterr().out == f"{forms.FOLDER}/4-correction.yml is not current: run `python -m scripts docs`.\n"


@pytest.mark.parametrize(("old", "new"), [("key: title,", "key: titel,"), ("include: evidence", "include: evidenze"), ("forms:\n",
                                                                                                                       "formz:\n"),
                                          ('line: "organization; role"', 'line: "organization; rolle"'), ("intro: ", "intro: ["),
                                          ("  evidence:\n", "  evidence:\n    - {include: evidence}\n"),
                                          ("  evidence:\n", "  zzz: []\n  evidence:\n    - {include: zzz}\n"),
                                          ("  evidence:\n", "  evidence:\n" + "    - {include: source}\n" * 100)])
def test_a_description_that_names_what_is_not_there(old, new, tmp_path, capsys):
    package = write_package(tmp_path)
    path = tmp_path / forms.FORMS
    text = path.read_text(encoding="utf-8")
    assert forms.load(read(package))[1] == [] and old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    known, problems = forms.load(read(package))
    assert known == [] and [(problem.file, bool(problem.hint)) for problem in problems] == [(forms.FORMS, True)]
    assert main(["docs", "--root", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and forms.FORMS in err and not (tmp_path / "docs").exists()
