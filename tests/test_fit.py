"""Which version a change asks for, and what speaks against a release."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.changelog import version_of
from scripts.derived import with_derived
from scripts.export import data_package
from scripts.fit import Level, check, needed, next_version
from scripts.package import load
from scripts.previous import previous_release
from scripts.problem import KINDS, Problem
from scripts.read import read
from scripts.tables import Tables
from tests.fictional import PROJECT, write_package
from tests.released import released
from tests.releases import DATE, SECTION, changelog, edited, numbered, tagged_release
from tests.test_history import commit, git

CLAIMS = "schemas/claims.json"
ADDED = {"organizations": [{"organization_id": "zzz-new"}]}
CORRECTED = {"claims": [{"claim": "Zzz land does not."}]}
GONE = {"deployment_countries": None, "deployments": [{"deployment_id": "zzz-deployment", "-": "left out"}]}


def tables_in(root: Path) -> Tables:
    """The tables of a package, under one that has the derived ones too."""
    package, problems = load(root)
    assert package, [problem.text for problem in problems]
    whole, problems = with_derived(package)
    assert whole, [problem.text for problem in problems]
    return Tables(whole, read(package).contents)


def field(name: str, **properties) -> Callable[[dict], None]:
    """A change of a schema: properties of a field; constraints are merged, and one that is None goes."""
    def change(schema: dict) -> None:
        one = next(one for one in schema["fields"] if one["name"] == name)
        constraints = {**one.get("constraints", {}), **properties.pop("constraints", {})}
        one.update(properties, constraints={key: value for key, value in constraints.items() if value is not None})
    return change


def reasons(root: Path, rows: dict | None = None, file: str | None = None, before: Callable | None = None, after: Callable | None = None,
            ) -> tuple[Level, list[str]]:
    """The level and the reasons between the fictional package and the same with other rows or a descriptor changed."""
    sides = []
    for name, example, change in (("before", None, before), ("after", rows, after)):
        (root / name).mkdir()
        write_package(root / name, example)
        if change:
            edited(root / name, file, change)
        sides.append(tables_in(root / name))
    level, found = needed(*sides)
    assert found == sorted(found, key=lambda reason: -reason.level) and level == max((reason.level for reason in found), default=0)
    return level, [reason.text for reason in found]


def test_nothing_before_or_nothing_changed_asks_for_nothing(tmp_path):
    assert needed(None, read(write_package(tmp_path))) == (Level.NONE, [])
    assert reasons(tmp_path) == (Level.NONE, [])


@pytest.mark.parametrize(("rows", "level", "words"), [
    (ADDED, Level.MINOR, "`organizations` gained 1 row: `zzz-new`."),
    ({"deployments": [{"place": "Zzz City"}]}, Level.MINOR,
     "`deployments` has 1 cell filled where nothing stood: `zzz-deployment, place`."),
    ({"deployments": [{"country_code": "ZZB"}]}, Level.MINOR, "`deployments` has 1 cell changed to refer elsewhere"),
    (CORRECTED, Level.PATCH, "`claims` has 1 cell changed: `zzz-claim, claim`."),
    ({"policy_statements": [{"issued": ""}]}, Level.PATCH, "`policy_statements` has 1 cell changed"),
    ({"claim_countries": None}, Level.PATCH, "`claim_countries` lost 1 row: `zzz-claim;ZZA`."),
    ({"organizations": [{"organization_id": "zzz-body", "-": "left out"}]}, Level.MAJOR,
     "`organizations` lost 1 row that others named: `zzz-body`."),
    ({**GONE, "withdrawn": [{"record_id": "zzz-deployment"}]}, Level.MAJOR,
     "`deployments` lost 1 row that others named: `zzz-deployment`."),
    ({"withdrawn": [{"record_id": "zzz-gone", "-": "left out"}]}, Level.MINOR, "`withdrawn` lost 1 row: `zzz-gone`.")])
def test_what_rows_ask_for(tmp_path, rows, level, words):
    found, texts = reasons(tmp_path, rows)
    assert (found, texts[0][:len(words)]) == (level, words)


def test_a_record_named_only_by_table_and_record_is_named_too(tmp_path):
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
    links = dict.fromkeys(("deployment_countries", "deployment_parties", "deployment_citations"))
    before = read(write_package(tmp_path / "before", links))
    after = read(write_package(tmp_path / "after", {**links, **GONE, "claim_records": None}))
    level, found = needed(before, after)
    assert (level, found[0].text) == (Level.MAJOR, "`deployments` lost 1 row that others named: `zzz-deployment`.")


@pytest.mark.parametrize(("level", "words", "file", "change"), [
    (Level.MAJOR, "The name of the package is another.", "datapackage.json", lambda package: package.update(name="zzz")),
    (Level.MAJOR, "The id of the package is another.", "datapackage.json", lambda package: package.update(id="zzz")),
    (Level.MAJOR, "The table `withdrawn` is gone.", "datapackage.json", lambda package: package["resources"].pop()),
    (Level.MAJOR, "The columns of `claims` stand in another order.", CLAIMS,
     lambda schema: schema["fields"].insert(1, schema["fields"].pop(2))),
    (Level.MAJOR, "`claims.note` was of type string and is of type integer.", CLAIMS, field("note", type="integer")),
    (Level.MAJOR, "The format of `claims.note` is another.", CLAIMS, field("note", format="uri")),
    (Level.MAJOR, "The format of `citations.authors` is another.", "schemas/citations.json", field("authors", delimiter="|")),
    (Level.MAJOR, "The format of `citations.authors` is another.", "schemas/citations.json", field("authors", keepOrder=False)),
    (Level.MAJOR, "The primary key of `statement_tallies` has other columns.", "schemas/statement_tallies.json",
     lambda schema: schema.update(primaryKey=["statement_id", "action"])),
    (Level.PATCH, "The descriptive metadata of `ai-governance-reach` differ.", "datapackage.json",
     lambda package: package.update(title="Zzz")),
    (Level.PATCH, "The descriptive metadata of `countries` differ.", "datapackage.json",
     lambda package: package["resources"][0].update(description="Zzz")),
    (Level.PATCH, "The descriptive metadata of `claims` differ.", CLAIMS, lambda schema: schema.update(description="Zzz")),
    (Level.PATCH, "`claims.note` is described in another way.", CLAIMS, field("note", description="Zzz")),
    (Level.NONE, "", "datapackage.json", lambda package: package.update(version="9.9.9", created="2021-03-01")),
    (Level.NONE, "", CLAIMS, lambda schema: schema.pop("card", None)),
    (Level.NONE, "", CLAIMS, field("note", constraints={"required": False}))])
def test_what_the_descriptors_ask_for(tmp_path, level, words, file, change):
    assert reasons(tmp_path, file=file, after=change) == (level, [words] if words else [])


@pytest.mark.parametrize(("name", "less", "more"), [
    ("required", None, True), ("unique", None, True), ("pattern", None, "Z.*"), ("minLength", None, 1), ("minLength", 1, 10),
    ("maxLength", None, 900), ("maxLength", 1000, 900), ("enum", None, ["Zzz"]), ("enum", ["Zzz", "Yyy"], ["Zzz"])])
def test_a_constraint_that_allows_less_is_major_and_one_that_allows_more_minor(tmp_path, name, less, more):
    column = "claim" if name != "required" else "note"
    for folder, before, after, level in (("narrow", less, more, Level.MAJOR), ("wide", more, less, Level.MINOR)):
        (tmp_path / folder).mkdir()
        change = [field(column, constraints={name: value}) for value in (before, after)]
        found, texts = reasons(tmp_path / folder, file=CLAIMS, before=change[0], after=change[1])
        assert (found, len(texts)) == (level, 1) and texts[0].startswith(f"`claims.{column}`: "), (folder, texts)


@pytest.mark.parametrize(("column", "less", "more"), [("withdrawn_on", "2020-01-01", "2020-12-31")])
def test_bounds_of_days_are_compared_as_days(tmp_path, column, less, more):
    for folder, before, after, level in (("narrow", less, more, Level.MAJOR), ("wide", more, less, Level.MINOR)):
        (tmp_path / folder).mkdir()
        change = [field(column, constraints={"minimum": value}) for value in (before, after)]
        assert reasons(tmp_path / folder, file="schemas/withdrawn.json", before=change[0], after=change[1])[0] == level


def test_another_pattern_counts_as_narrower(tmp_path):
    assert reasons(tmp_path, file=CLAIMS, before=field("claim", constraints={"pattern": "Z"}),
                   after=field("claim", constraints={"pattern": ".*"}))[0] == Level.MAJOR


@pytest.mark.parametrize(("key", "value", "word"), [
    ("uniqueKeys", [["claim", "channel"]], "unique key"),
    ("foreignKeys", [{"fields": "note", "reference": {"resource": "claims", "fields": "claim_id"}}], "foreign key")])
def test_a_key_more_is_major_and_a_key_less_minor(tmp_path, key, value, word):
    def more(schema: dict) -> None:
        schema[key] = [*schema.get(key, []), *value]

    for folder, sides, level, end in (("more", {"after": more}, Level.MAJOR, "that it had not."),
                                      ("less", {"before": more}, Level.MINOR, "less.")):
        (tmp_path / folder).mkdir()
        assert reasons(tmp_path / folder, file=CLAIMS, **sides) == (level, [f"`claims` has a {word} {end}"])


def test_a_column_more_or_less_is_major_and_its_cells_are_not_told_again(tmp_path):
    def without(schema: dict) -> None:
        schema["fields"] = [one for one in schema["fields"] if one["name"] != "summary"]

    for folder, side, word in (("lost", "after", "lost"), ("gained", "before", "gained")):
        (tmp_path / folder / "before").mkdir(parents=True)
        (tmp_path / folder / "after").mkdir()
        for name in ("before", "after"):
            write_package(tmp_path / folder / name)
        edited(tmp_path / folder / side, "schemas/policy_statements.json", without)
        found = needed(*(read(load(tmp_path / folder / name)[0]) for name in ("before", "after")))
        assert (found[0], [reason.text for reason in found[1]]) == (Level.MAJOR, [f"`policy_statements` {word} the column `summary`."])


def test_a_table_more_is_minor(tmp_path):
    level, texts = reasons(tmp_path, file="datapackage.json", before=lambda package: package["resources"].pop())
    assert (level, texts) == (Level.MINOR, ["The table `withdrawn` is new."])


def test_a_term_more_is_minor_a_term_less_major_another_wording_patch(tmp_path):
    as_is = read(write_package(tmp_path))

    def with_terms(terms: dict) -> Tables:
        own = as_is.package.vocabularies
        return Tables(replace(as_is.package, vocabularies={**own, "status": replace(own["status"], terms=terms)}), as_is.contents)

    terms = as_is.package.vocabularies["status"].terms
    term = replace(terms["unknown"], definition="Zzz.")
    with_more, worded = with_terms({**terms, "zzz_term": term}), with_terms({**terms, "unknown": term})
    for before, after, level, words in ((as_is, with_more, Level.MINOR, "The vocabulary `status` gained `zzz_term`."),
                                        (with_more, as_is, Level.MAJOR, "The vocabulary `status` lost `zzz_term`."),
                                        (as_is, worded, Level.PATCH, "The vocabulary `status` is worded in another way.")):
        found, texts = needed(before, after)
        assert (found, [reason.text for reason in texts]) == (level, [words])


def test_a_derived_table_may_gain_columns_in_a_minor_version(tmp_path):
    def lose(schema: dict) -> None:
        schema["fields"] = [one for one in schema["fields"] if one["name"] != "title"]

    for folder, sides, level in (("gain", {"before": lose}, Level.MINOR), ("lose", {"after": lose}, Level.MAJOR)):
        (tmp_path / folder).mkdir()
        assert reasons(tmp_path / folder, file="schemas/derived/vocabulary_terms.json", **sides)[0] == level


@pytest.mark.parametrize(("before", "level", "after"), [
    ("1.2.3", Level.MAJOR, "2.0.0"), ("1.2.3", Level.MINOR, "1.3.0"), ("1.2.3", Level.PATCH, "1.2.4"), ("1.2.3", Level.NONE, "1.2.4"),
    ("0.2.3", Level.MAJOR, "0.3.0"), ("0.2.3", Level.MINOR, "0.3.0"), ("0.2.3", Level.PATCH, "0.2.4"),
    ("1.3.0-rc.1", Level.MAJOR, "1.3.0")])
def test_the_next_version(before, level, after):
    assert str(next_version(version_of(before), level)) == after


def checked(root: Path, given: str | None = None) -> list[Problem]:
    """The problems of a release, each with a hint and of a kind in the group."""
    package = load(root)[0]
    found = check(package, previous_release(package, given))
    assert all(problem.hint and (KINDS[problem.code].group == "release" or problem.code.startswith(("unreadable", "broken")))
               for problem in found)
    return found


def codes(root: Path, given: str | None = None) -> list[str]:
    return [problem.code for problem in checked(root, given)]


def test_a_first_release_needs_its_section_alone(tmp_path):
    numbered(tmp_path, "0.1.0", "## [Unreleased]\n", SECTION.format(version="0.1.0"))
    assert codes(tmp_path) == []


@pytest.mark.parametrize(("version", "example", "found"), [
    ("0.1.1", None, []), ("0.1.1", CORRECTED, []), ("0.2.0", ADDED, []), ("0.2.0", GONE, []), ("1.0.0", CORRECTED, []),
    ("0.2.0-rc.1", ADDED, []), ("0.1.1", ADDED, ["version-too-low"]), ("0.1.1", GONE, ["version-too-low"]),
    ("0.3.0", ADDED, ["version-leap"]), ("0.1.2", CORRECTED, ["version-leap"]), ("2.0.0", ADDED, ["version-leap"])])
def test_the_version_is_as_far_from_the_last_as_the_change_asks_for(tmp_path, version, example, found):
    tagged_release(tmp_path, version, "v0.1.0", example=example)
    assert codes(tmp_path) == found


def test_a_version_that_is_too_low_is_told_with_the_reasons_and_the_one_that_fits(tmp_path):
    tagged_release(tmp_path, "0.1.1", "v0.1.0", example={
        "organizations": [{"organization_id": "zzz-body", "-": "left out"}, {"organization_id": "zzz-new"}]})
    (problem,) = checked(tmp_path)
    assert problem.message == ("`0.1.1` is too low after `0.1.0`. What changed asks for a first number higher (MAJOR): `organizations` "
                               "lost 1 row that others named: `zzz-body`. While the first number is 0, the second is raised in its place.")
    assert problem.hint.startswith("Make it `0.2.0` or higher.") and (problem.file, problem.column) == ("datapackage.json", "version")


def test_of_many_reasons_the_first_are_given(tmp_path):
    tagged_release(tmp_path, "0.1.1", "v0.1.0", example={name: [{column: "zzz-new"}] for name, column in (
        ("organizations", "organization_id"), ("citations", "citation_id"), ("claims", "claim_id"), ("withdrawn", "record_id"))})
    (problem,) = checked(tmp_path)
    assert problem.message.count("gained") == 3 and problem.message.endswith("And 1 more such change.")


def test_a_version_no_higher_than_the_one_before_is_too_low(tmp_path):
    numbered(tmp_path / "before", "0.2.0")
    numbered(tmp_path / "now", "0.1.0", SECTION.format(version="0.1.0"))
    (problem,) = checked(tmp_path / "now", str(tmp_path / "before"))
    assert problem.code == "version-too-low" and "`0.2.1` or higher" in problem.hint


def test_what_was_released_stays_as_it_was(tmp_path):
    tagged_release(tmp_path, "0.1.0", "v0.1.0")
    changelog(tmp_path, SECTION.format(version="0.1.0"))
    assert codes(tmp_path) == []  # as on the day of the release
    write_package(tmp_path, ADDED)
    numbered(tmp_path, "0.1.0", SECTION.format(version="0.1.0"), example=ADDED)
    (problem,) = checked(tmp_path)
    assert problem.code == "released-already" and "`organizations` gained 1 row" in problem.message
    assert problem.hint.startswith("The next version is at least `0.2.0`.")


def test_a_release_before_that_cannot_be_had_is_refused_with_what_to_do(tmp_path):
    numbered(tmp_path, "0.2.0", SECTION.format(version="0.2.0"), SECTION.format(version="0.1.0"))
    (problem,) = checked(tmp_path)
    assert problem.code == "no-previous" and "git fetch --tags" in problem.hint and "--previous" in problem.hint
    write_package(tmp_path / "before")
    edited(tmp_path / "before", "datapackage.json", lambda package: package.pop("version"))
    assert codes(tmp_path, str(tmp_path / "before")) == ["no-previous"]
    edited(tmp_path / "before", "datapackage.json", lambda package: package.update(version="0.1.0"))
    assert codes(tmp_path, str(tmp_path / "before")) == []


@pytest.mark.parametrize("version", ["0.2", "v0.2.0", "", None])
def test_a_version_that_is_none(tmp_path, version):
    numbered(tmp_path, "0.2.0", SECTION.format(version="0.2.0"))
    edited(tmp_path, "datapackage.json", lambda package: package.pop("version") if version is None else package.update(version=version))
    assert codes(tmp_path) == ["bad-version"]


@pytest.mark.parametrize(("sections", "found"), [
    ([], ["untold-version"]), (["## [Unreleased]\n\n### Data\n\n#### Added\n\n- Zzz.\n"], ["untold-version"]),
    ([f"## [0.2.0] - {DATE}\n\n### Data\n\n#### Added\n"], ["untold-version"]),
    ([f"## [0.2.0] - {DATE}\n\n### Code\n\n#### Added\n\n- Zzz.\n"], []),
    (["## [Unreleased]\n\n### Code\n\n#### Added\n\n- Zzz.\n", SECTION.format(version="0.2.0")], ["left-unreleased"]),
    ([SECTION.format(version="0.3.0"), SECTION.format(version="0.2.0")], ["versions-disagree"]),
    ([SECTION.format(version="0.2.0").replace(DATE, "2021-02-01")], ["dates-disagree"]),
    ([SECTION.format(version="0.2.0").replace("[0.2.0]", "0.2.0")], ["bad-changelog"])])
def test_the_changelog_tells_of_the_version(tmp_path, sections, found):
    numbered(tmp_path, "0.2.0", *sections)
    assert codes(tmp_path) == found


def test_without_a_changelog_one_problem_is_told(tmp_path):
    numbered(tmp_path, "0.2.0")
    (tmp_path / "CHANGELOG.md").unlink()
    assert codes(tmp_path) == ["unreadable-document"]


def test_a_change_of_the_data_is_told_under_data(tmp_path):
    tagged_release(tmp_path, "0.2.0", "v0.1.0", example=ADDED)
    changelog(tmp_path, f"## [0.2.0] - {DATE}\n\n### Code\n\n- Zzz.\n", SECTION.format(version="0.1.0"))
    (problem,) = checked(tmp_path)
    assert (problem.code, problem.line) == ("untold-version", 3) and "`### Data`" in problem.message


@pytest.mark.parametrize(("file", "text", "found"), [
    ("pyproject.toml", '[project]\nversion = "0.2.0"\n', []), ("pyproject.toml", '[project]\nversion = "0.1.0"\n', ["versions-disagree"]),
    ("pyproject.toml", "[project", ["versions-disagree"]), ("pyproject.toml", "project = 1", []),
    ("CITATION.cff", f"version: 0.2.0\ndate-released: {DATE}\n", []),
    ("CITATION.cff", f"version: 0.1.0\ndate-released: '{DATE}'\n", ["versions-disagree"]),
    ("CITATION.cff", "version: 0.1.0\ndate-released: 2021-02-01\n", ["versions-disagree", "dates-disagree"]),
    ("CITATION.cff", "- zzz", ["broken-yaml"]), (".zenodo.json", json.dumps({"version": "0.2.0", "publication_date": DATE}), []),
    (".zenodo.json", json.dumps({"version": "0.1.0", "publication_date": "2021-02-01"}), ["versions-disagree", "dates-disagree"]),
    (".zenodo.json", "[", ["broken-json"])])
def test_every_file_agrees_on_version_and_date(tmp_path, file, text, found):
    numbered(tmp_path, "0.2.0", SECTION.format(version="0.2.0"))
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert codes(tmp_path) == found and all(problem.file == file for problem in checked(tmp_path))


def test_a_package_without_a_date_is_told(tmp_path):
    numbered(tmp_path, "0.2.0", SECTION.format(version="0.2.0"))
    edited(tmp_path, "datapackage.json", lambda package: package.pop("created"))
    (problem,) = checked(tmp_path)
    assert problem.code == "dates-disagree" and "`created` in datapackage.json is not there" in problem.message


def test_all_problems_are_told_at_once(tmp_path):
    tagged_release(tmp_path, "0.1.1", "v0.1.0", example=ADDED)
    changelog(tmp_path, "## [Unreleased]\n\nZzz.\n", SECTION.format(version="0.1.1").replace(DATE, "2021-02-01"),
              SECTION.format(version="0.1.0"))
    (tmp_path / "CITATION.cff").write_text("version: 0.1.0\n", encoding="utf-8")
    assert sorted(codes(tmp_path)) == ["dates-disagree", "left-unreleased", "version-too-low", "versions-disagree"]


def test_the_files_of_the_dataset_agree_on_version_and_date():
    package = load(PROJECT)[0]
    found = {problem.code for problem in check(package, previous_release(package))}
    assert not found & {"versions-disagree", "dates-disagree", "bad-changelog", "bad-version", "untold-version"}


def test_the_release_before_may_be_its_own_tag_in_a_folder_below(tmp_path):
    """The dataset may lie in a folder of a repository."""
    root = tmp_path / "zzz"
    numbered(root, "0.1.0", SECTION.format(version="0.1.0"))
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    git(tmp_path, "tag", "v0.1.0")
    numbered(root, "0.1.1", SECTION.format(version="0.1.1"), SECTION.format(version="0.1.0"), example=ADDED)
    assert codes(root) == ["version-too-low"]


def test_a_release_read_back_from_its_zip_differs_in_nothing(tmp_path):
    tables = released(tmp_path / "repository")
    (tmp_path / "release").mkdir()
    data_package.write(tables, tmp_path / "release")
    (archive,) = (tmp_path / "release").glob("*.zip")
    for name in (archive, tmp_path / "release"):
        assert needed(previous_release(tables.package, str(name)).tables, tables) == (Level.NONE, [])


# --- what --previous names

def test_what_previous_names_is_told_where_it_has_the_same_version(tmp_path):
    numbered(tmp_path, "0.1.0", SECTION.format(version="0.1.0"))
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    numbered(tmp_path, "0.1.0", SECTION.format(version="0.1.0"), example=ADDED)
    (problem,) = checked(tmp_path, "HEAD")
    assert problem.code == "version-too-low" and "Make it `0.2.0` or higher" in problem.hint
    assert problem.message.startswith("`0.1.0` is the version of what it was compared with (`HEAD`) as well. What changed asks for a "
                                      "second number higher (MINOR): `organizations` gained")


@pytest.mark.parametrize(("given", "words"), [
    ("", "`--previous` names nothing."), (" ", "names nothing"), ("/zzz/zzz.zip", "no file or folder"), ("\0", "is no revision")])
def test_a_previous_that_is_not_there_is_no_fault_of_the_descriptor(tmp_path, given, words):
    numbered(tmp_path, "0.2.0", SECTION.format(version="0.2.0"))
    (problem,) = checked(tmp_path, given)
    assert (problem.code, problem.file, problem.column) == ("no-previous", None, None) and words in problem.message
    assert problem.hint == "Give --previous a git revision, a folder or a release zip."
