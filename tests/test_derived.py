"""The descriptors of the derived tables: loaded like the others, one field for each term, and each kind of problem told."""

from __future__ import annotations

import json

import pytest

from scripts.derive.settings import load_settings
from scripts.derived import DERIVED, VOCABULARIES, with_derived
from scripts.package import load
from tests.fictional import PROJECT, write_package

SETTINGS = "schemas/derived/settings.yaml"
OF = {"technology": ["surveillance_technologies"], "status": ["excluded_statuses", "put_to_use"], "ai_basis": ["excluded_ai_bases"],
      "citation_type": ["official_types", "primary_types", "strong_types"], "standards_role": ["exclusive_roles"]}


@pytest.fixture
def package(tmp_path):
    return write_package(tmp_path)


def test_the_derived_tables_stand_after_the_recorded_ones():
    package, _ = load(PROJECT)
    whole, problems = with_derived(package)
    assert problems == [] and list(whole.tables)[:len(package.tables)] == list(package.tables)
    assert {table.folder for table in package.tables.values()} == {"data"}
    assert {table.folder for name, table in whole.tables.items() if name not in package.tables} == {"derived", "flat"}


def test_a_field_for_each_term(package):
    path = package.root / "schemas/derived/signatories.json"
    schema = json.loads(path.read_text())
    schema["fields"].append({"name": "zzz_{term}", "type": "integer", "title": "Zzz {title}", "description": "Of {term}.",
                             "each": "answer"})
    path.write_text(json.dumps(schema))
    whole, _ = with_derived(package)
    assert whole.tables["signatories"].columns[-3:] == ("zzz_yes", "zzz_no", "zzz_unknown")
    assert whole.tables["signatories"].by_name["zzz_no"].description == "Of no."
    assert all("each" not in field for field in whole.tables["signatories"].schema["fields"])


@pytest.mark.parametrize(("file", "old", "new", "words"), [
    (DERIVED, '"record_quality"', '"deployments"', "stands twice"),
    (DERIVED, '"resources"', '"resource"', "names no resources"),
    (DERIVED, "{", "", "JSON"),
    (VOCABULARIES, "instrument_kind:", "instrument_kind: [", ""),
    ("schemas/derived/signatories.json", '"policy_statements"', '"zzz"', "which is no table")])
def test_a_descriptor_that_cannot_be_used(file, old, new, words, package):
    path = package.root / file
    path.write_text(path.read_text().replace(old, new, 1))
    whole, problems = with_derived(package)
    assert whole is None and any(words in problem.text for problem in problems) and all(problem.hint for problem in problems)


def test_the_settings_name_terms_that_exist():
    package, _ = load(PROJECT)
    whole, _ = with_derived(package)
    settings, problems = load_settings(PROJECT)
    assert problems == []
    for vocabulary, names in OF.items():
        for name in names:
            assert set(getattr(settings, name)) <= set(whole.vocabularies[vocabulary].terms), name
    assert {*settings.excluded_statuses.values(), *settings.excluded_ai_bases.values()} <= set(whole.vocabularies["exclusion_reason"].terms)
    for acts in (settings.backing, settings.refusing):
        assert set(acts) <= set(whole.vocabularies["endorsement_stage"].terms)
        assert {act for some in acts.values() for act in some} <= set(whole.vocabularies["endorsement_action"].terms)
    assert {theme for some in settings.rights_based_themes.values() for theme in some} <= set(whole.vocabularies["theme"].terms)
    assert {level.level for level in settings.committee_levels} <= set(whole.vocabularies["committee_level"].terms)
    assert set(settings.optional_columns["deployments"]) == set(whole.vocabularies["channel"].terms)


@pytest.mark.parametrize(("old", "new", "words"), [
    ("put_to_use:", "put_to_uses:", "`put_to_use` is missing"), ("china_led_country: CHN", "china_led_country: [CHN]", "china_led_country"),
    ("pattern: '.'", "pattern: '('", "form"), ("put_to_use:", "put_to_use: [", ""),
    ("- {level: committee, pattern: '.'}", "- zzz", "form")])
def test_settings_that_cannot_be_used(old, new, words, package):
    path = package.root / SETTINGS
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    settings, problems = load_settings(package.root)
    assert settings is None and problems and words in " ".join(problem.text for problem in problems)
