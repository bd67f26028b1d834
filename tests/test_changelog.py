"""The changelog as data, and which release comes before: strict where a release depends on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.changelog import read_changelog, section_of, version_of
from scripts.previous import previous_release
from tests.fictional import PROJECT, write_package
from tests.releases import SECTION, changelog, numbered, tagged_release
from tests.test_history import commit, git


def parsed(root: Path, text: str) -> tuple[list, list]:
    (root / "CHANGELOG.md").write_text(text, encoding="utf-8")
    sections, problems = read_changelog(root)
    return sections, [(problem.code, problem.line) for problem in problems]


def test_the_changelog_of_the_dataset_can_be_read():
    sections, problems = read_changelog(PROJECT)
    assert problems == [] and sections[-1].version == "0.1.0" and sections[-1].says("Data") and sections[-1].says("Code")


def test_a_section_has_version_date_line_and_texts_by_part_and_heading(tmp_path):
    sections, problems = parsed(tmp_path, """# Changelog

Zzz.

## [Unreleased]

## [0.2.0] - 2021-03-01 [YANKED]

In short.

### Data

#### Added

- Zzz, with
  a second line.

```
## [9.9.9] - 2021-01-01, which is code
```

### Code

#### Known limits

- Yyy.

<!-- nobody sees this -->

[Unreleased]: https://example.org/zzz
[0.2.0]: https://example.org/yyy
""")
    assert problems == []
    unreleased, section = sections
    assert (unreleased.version, unreleased.date, unreleased.line, unreleased.says()) == ("", "", 5, False)
    assert (section.version, section.date, section.line) == ("0.2.0", "2021-03-01", 7)
    assert {key: text for key, text in section.texts.items() if text} == {
        ("", ""): "In short.", ("Code", "Known limits"): "- Yyy.",
        ("Data", "Added"): "- Zzz, with\n  a second line.\n\n```\n## [9.9.9] - 2021-01-01, which is code\n```"}
    assert section.says() and section.says("Data") and section.says("Code") and not section.says("Zzz")


@pytest.mark.parametrize(("text", "line"), [
    ("## 0.2.0 - 2021-03-01", 3), ("## [0.2.0]", 3), ("## [0.2.0] - 2021-02-30", 3), ("## [0.2] - 2021-03-01", 3),
    ("## [v0.2.0] - 2021-03-01", 3),
    ("## [0.2.0] – 2021-03-01", 3), ("## Unreleased", 3), ("## [Unreleased]\n\n## [Unreleased]", 5),
    ("## [0.2.0] - 2021-03-01\n\n## [0.2.0] - 2021-03-01", 5), ("## [0.1.0] - 2021-03-01\n\n## [0.2.0] - 2021-03-01", 5),
    ("## [0.2.0] - 2021-03-01\n\n## [Unreleased]", 5), ("## [0.2.0] - 2021-03-01\n\n### Added", 5),
    ("## [0.2.0] - 2021-03-01\n\n### Data\n\n#### Aded", 7), ("## [0.2.0] - 2021-03-01\n\n#### Added", 5),
    ("## [0.2.0] - 2021-03-01\n\n### Data\n\n### Data", 7), ("## [0.2.0] - 2021-03-01\n\n### Data\n\n#### Added\n\n#### Added", 9),
    ("## [0.2.0] - 2021-03-01\n\n# Zzz", 5)])
def test_what_is_no_sound_changelog_is_told_with_its_line(tmp_path, text, line):
    assert parsed(tmp_path, f"# Changelog\n\n{text}\n")[1] == [("bad-changelog", line)]


@pytest.mark.parametrize("text", ["", "# Changelog\r\n\r\n## [0.1.0] - 2021-03-01\r\n",
                                  "## [10.0.0] - 2021-03-01\n\n## [9.0.0] - 2021-03-01\n\n## [9.0.0-rc.1] - 2021-02-01\n",
                                  "Zzz\n\n> ## quoted\n\n- ## in a list\n"])
def test_a_short_changelog_is_sound(tmp_path, text):
    assert parsed(tmp_path, text)[1] == []


@pytest.mark.parametrize("data", [None, b"\xff\xfe"])
def test_a_changelog_that_cannot_be_read_is_one_problem(tmp_path, data):
    if data:
        (tmp_path / "CHANGELOG.md").write_bytes(data)
    sections, problems = read_changelog(tmp_path)
    assert sections == [] and [problem.code for problem in problems] == ["unreadable-document"]


def test_the_section_of_a_version_is_its_own_or_what_is_not_released_yet(tmp_path):
    changelog(tmp_path, "## [Unreleased]\n\nZzz.", SECTION.format(version="0.1.0"))
    assert section_of(tmp_path, "0.1.0").version == "0.1.0" and section_of(tmp_path, "0.2.0").version == ""
    changelog(tmp_path)
    assert section_of(tmp_path, "0.2.0") is None


def test_versions_have_the_order_of_semantic_versioning():
    """The examples of semver.org."""
    texts = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
             "2.0.0", "2.1.0", "2.1.1", "2.10.0"]
    assert [str(version) for version in sorted(map(version_of, reversed(texts)))] == texts
    assert version_of("1.0.0+zzz") == version_of("1.0.0")


@pytest.mark.parametrize("text", ["", "1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0",
                                  "1.0.0-", "1.0.0-01", "1.0.0 ", "1.0.0\n", "۱.0.0", None, 1])
def test_what_is_no_version(text):
    assert version_of(text) is None


def test_without_an_older_version_this_is_the_first_release(tmp_path):
    package = numbered(tmp_path, "0.1.0", SECTION.format(version="0.1.0"))
    found = previous_release(package)
    assert (found.version, found.tables, found.notice) == ("", None, "")


def test_the_release_before_is_the_newest_older_version_found_by_its_tag(tmp_path):
    package = tagged_release(tmp_path, "0.3.0", "v0.1.0")
    found = previous_release(package)
    assert (found.version, found.notice) == ("0.1.0", "")
    assert list(found.tables["deployments"].deployment_id) == ["zzz-deployment"]
    assert "record_quality" in found.tables.package.tables and "record_quality" not in package.tables


def test_a_tag_that_is_not_there_is_told_and_nothing_compared(tmp_path):
    git(tmp_path, "init", "--quiet")
    package = numbered(tmp_path, "0.3.0", SECTION.format(version="0.3.0"), SECTION.format(version="0.2.0"), SECTION.format(version="0.1.0"))
    commit(tmp_path)
    git(tmp_path, "branch", "v0.2.0")  # a branch is no release
    found = previous_release(package)
    assert (found.version, found.tables) == ("0.2.0", None)
    assert found.notice == "CHANGELOG.md names 0.2.0 as the release before, but there is no git tag `v0.2.0` here."


def test_a_tag_at_another_version_is_told(tmp_path):
    package = tagged_release(tmp_path, "0.3.0", "v0.1.0", at="0.0.9")
    assert previous_release(package).tables is None and "holds the version 0.0.9" in previous_release(package).notice


def test_a_tag_without_a_dataset_that_can_be_compared_is_told(tmp_path):
    package = tagged_release(tmp_path, "0.3.0", "v0.1.0")
    (tmp_path / "data/claims.csv").write_bytes(b"\xff")
    commit(tmp_path)
    git(tmp_path, "tag", "--force", "v0.1.0")
    assert previous_release(package).tables is None and "`v0.1.0`: the table `claims`" in previous_release(package).notice
    (tmp_path / "datapackage.json").write_text("{}")
    commit(tmp_path)
    git(tmp_path, "tag", "--force", "v0.1.0")
    assert previous_release(package).tables is None and "holds no dataset" in previous_release(package).notice


def test_a_revision_a_folder_or_a_zip_can_be_named(tmp_path):
    (root := tmp_path / "now").mkdir()
    package = tagged_release(root, "0.3.0", "v0.1.0")
    numbered(tmp_path / "before", "0.2.0", SECTION.format(version="0.2.0"))
    assert previous_release(package, str(tmp_path / "before")).version == "0.2.0"
    assert previous_release(package, "HEAD").version == "0.1.0"
    missing = previous_release(package, "zzz")
    assert (missing.version, missing.tables) == ("zzz", None) and "`zzz` is no revision" in missing.notice


def test_a_key_that_stands_twice_cannot_be_compared(tmp_path):
    write_package(tmp_path / "before")
    claims = tmp_path / "before/data/claims.csv"
    claims.write_text(claims.read_text() + claims.read_text().splitlines()[1] + "\n")
    found = previous_release(numbered(tmp_path / "now", "0.3.0"), str(tmp_path / "before"))
    assert found.tables is None and "a key stands twice in the table `claims`" in found.notice
