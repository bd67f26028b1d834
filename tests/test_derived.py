"""The descriptors of the derived tables: loaded like the others, one field for each term, and each kind of problem told."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from scripts.derive.settings import Settings, changed_settings, check_settings, groups, load_settings, names_of
from scripts.derived import DERIVED, VOCABULARIES, with_derived
from scripts.package import Package, load
from scripts.previous import previous_release
from scripts.read import read
from tests.fictional import PROJECT, write_package
from tests.releases import DATE, SECTION, changelog, numbered, tagged_release
from tests.test_fit import checked as speaks_against
from tests.test_fit import codes
from tests.test_history import commit, git

SETTINGS = "schemas/derived/settings.yaml"


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


def checked(root: Path, package: Package, with_tables: bool = True) -> list[str]:
    """What is wrong with the names in the settings of `root`."""
    settings, problems = load_settings(root)
    assert problems == []
    return [problem.text for problem in check_settings(settings, with_derived(package)[0], read(package) if with_tables else None)]


def test_the_settings_name_what_exists():
    assert checked(PROJECT, load(PROJECT)[0]) == []


def test_every_setting_says_where_its_names_belong():
    whole = with_derived(load(PROJECT)[0])[0]
    settings, free = load_settings(PROJECT)[0], []
    for one in fields(Settings):
        places = [where for _, where, _ in groups(getattr(settings, one.name), one.metadata["names"])]
        assert all(names_of(where, whole, read(whole)) for where in places), one.name
        free += [] if places else [one.name]
    assert free == ["lower_bounds"]  # texts of their own


@pytest.mark.parametrize(("old", "new", "words"), [
    ("- facial_recognition", "- face_recognition", "names `face_recognition`, which `technology` does not have. Did you mean `facial_rec"),
    ("announced: not_committed", "anounced: not_committed", "`excluded_statuses` names `anounced`"),
    ("announced: not_committed", "announced: not_comitted", "Did you mean `not_committed`?"),
    ("adopted: [issued,", "adoptd: [issued,", "`backing` names `adoptd`"), ("[issued, endorsed,", "[isued, endorsed,", "names `isued`"),
    ("all: [human_rights]", "al: [human_rights]", "lacks `all`"), ("all: [human_rights]", "all: [human_right]", "`theme`"),
    ("- country_code", "- contry_code", "`use_parts` names `contry_code`"), ("    system: [place", "    systm: [place", "lacks `system`"),
    ("    system: [place", "    system: [plce", "`optional_columns` names `plce`, which `deployments.*|themes` does not have."),
    ("  standards_roles:", "  standard_roles:", "lacks `standards_roles`"), ("level: committee", "level: comittee", "`committee_levels`"),
    ("china: CHN", "china: CHM", "`china` names `CHM`, which `countries.country_code` does not have."), ("[AUT,", "[AUX,", "`AUX`"),
    ("  EUU:", "  EUX:", "`bloc_members` names `EUX`"), ("- un-general-assembly", "- un-general-asembly", "mean `un-general-assembly`?")])
def test_a_misspelt_name_in_the_settings_is_told_with_the_nearest(old, new, words, tmp_path):
    shutil.copytree(PROJECT / "schemas/derived", tmp_path / "schemas/derived")
    path = tmp_path / SETTINGS
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    assert words in " ".join(checked(tmp_path, load(PROJECT)[0]))


def test_codes_and_ids_are_looked_up_only_where_the_dataset_has_some_of_them(package):
    assert checked(PROJECT, package) == []  # a fictional one
    path = package.root / SETTINGS
    path.write_text(path.read_text().replace("china: CHN", "china: ZZA"))
    assert any("`AUT`" in text for text in checked(package.root, package)) and checked(package.root, package, with_tables=False) == []


def test_settings_that_differ_are_told_by_their_parts_and_in_few_words():
    old = {"a": ["x", "y"], "b": {"c": "1", "d": ["x"]}, "e": [{"level": "zzz", "pattern": "z" * 90}], "gone": "x"}
    new = {"a": ["y", "x"], "b": {"c": "2", "d": [*"abcdefgx"]}, "e": [{"level": "zzz", "pattern": "z" * 90 + "y"}], "come": ["x"]}
    assert [tuple(change) for change in changed_settings(old, new)] == [
        ("b.c", "1", "2"), ("b.d", "x", "a, b, c, d, e, f and 2 more"), ("e", "…" + "z" * 15, "…" + "z" * 15 + "y"),
        ("come", "nothing", "x"), ("gone", "x", "nothing")]
    assert changed_settings(None, new) == changed_settings(old, None) == changed_settings(old, old) == []


@pytest.mark.parametrize(("old", "new", "words"), [
    ("put_to_use:", "put_to_uses:", "`put_to_use` is missing"),
    ("  adopted: [issued,", "  adopted: issued #[", "`backing`"), ("china: CHN", "china: [CHN]", "`china`"),
    ("pattern: '.'", "pattern: '('", "form"), ("put_to_use:", "put_to_use: [", ""),
    ("- {level: committee, pattern: '.'}", "- zzz", "form")])
def test_settings_that_cannot_be_used(old, new, words, package):
    path = package.root / SETTINGS
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    settings, problems = load_settings(package.root)
    assert settings is None and problems and words in " ".join(problem.text for problem in problems)

# --- a release whose settings are others than those of the one before

def with_setting(root: Path, old: str = "  - facial_recognition\n", new: str = "") -> None:
    """Change a setting of the derived tables."""
    path = root / "schemas/derived/settings.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(("version", "found"), [("0.1.1", ["version-too-low"]), ("0.2.0", [])])
def test_a_changed_setting_asks_for_a_second_number_higher(tmp_path, version, found):
    tagged_release(tmp_path, version, "v0.1.0")
    with_setting(tmp_path)
    problems = speaks_against(tmp_path)
    assert [problem.code for problem in problems] == found
    assert all("What changed asks for a second number higher (MINOR): The setting `surveillance_technologies` of the derived tables "
               "changed: facial_recognition, biometric_identification" in problem.message for problem in problems)


def test_a_setting_that_only_stands_in_another_order_asks_for_nothing(tmp_path):
    tagged_release(tmp_path, "0.1.1", "v0.1.0")
    with_setting(tmp_path, "[supplier, integrator]", "[integrator, supplier]")
    assert codes(tmp_path) == []


def test_a_changed_setting_is_told_under_data(tmp_path):
    tagged_release(tmp_path, "0.2.0", "v0.1.0")
    with_setting(tmp_path)
    changelog(tmp_path, f"## [0.2.0] - {DATE}\n\n### Code\n\n- Zzz.\n", SECTION.format(version="0.1.0"))
    (problem,) = speaks_against(tmp_path)
    assert problem.code == "untold-version" and "`### Data`" in problem.message


def test_a_released_version_keeps_its_settings(tmp_path):
    tagged_release(tmp_path, "0.1.0", "v0.1.0")
    changelog(tmp_path, SECTION.format(version="0.1.0"))
    with_setting(tmp_path)
    (problem,) = speaks_against(tmp_path)
    assert problem.code == "released-already" and "`surveillance_technologies`" in problem.message


@pytest.mark.parametrize(("file", "old", "new", "words"), [
    ("schemas/derived/vocabularies.yaml", "Neither is known", "Zzz", "is worded in another way"),
    ("schemas/derived/signatories.json", '"description": "', '"description": "Zzz ', "The descriptive metadata of `signatories` differ.")])
def test_derived_vocabularies_and_descriptors_count_too(tmp_path, file, old, new, words):
    tagged_release(tmp_path, "0.1.0", "v0.1.0")
    changelog(tmp_path, SECTION.format(version="0.1.0"))
    path = tmp_path / file
    path.write_text(path.read_text().replace(old, new, 1))
    (problem,) = speaks_against(tmp_path)
    assert problem.code == "released-already" and words in problem.message


def test_a_release_before_without_settings_is_compared_without_them(tmp_path):
    tagged_release(tmp_path, "0.1.1", "v0.1.0")
    git(tmp_path, "checkout", "--quiet", "v0.1.0", "--", ".")
    git(tmp_path, "rm", "-r", "--quiet", "schemas/derived", "schemas/derived.json")
    commit(tmp_path)
    git(tmp_path, "tag", "--force", "v0.1.0")
    package = numbered(tmp_path, "0.1.1", SECTION.format(version="0.1.1"), SECTION.format(version="0.1.0"))
    assert previous_release(package).settings is None and codes(tmp_path) == []
