"""The release notes: what a release holds, what changed, how to check and cite it."""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt

from scripts.changelog import Section, section_of
from scripts.delta import delta
from scripts.derive.settings import Change
from scripts.export.notes import WorkedOut, notes
from scripts.package import load
from scripts.previous import Previous, derived_before, previous_release
from scripts.read import read
from scripts.tables import Tables
from tests.released import everything
from tests.releases import DATE, SECTION, changelog, edited, numbered, tagged_release
from tests.test_history import commit, git

CHANGES = {"organizations": [{"organization_id": "zzz-new"}], "claims": [{"claim": "Zzz."}], "claim_countries": None,
           "deployments": [{"deployment_id": "zzz-deployment", "-": "left out"}],
           "withdrawn": [{"record_id": "zzz-deployment", "table": "deployments"}]}


def counts(text: str) -> dict[str, list[str]]:
    """The cells of the tables in Markdown by the name in the first."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): cells[1:] for cells in rows}


def noted(tables: Tables, section: Section | None = None, before: Previous | None = None, worked_out: WorkedOut | None = None) -> str:
    before = before or Previous()
    return notes(tables, delta(before.tables, tables), section, before, worked_out or WorkedOut())


def written(root, version="0.2.0", example=None, given=None) -> str:
    package = tagged_release(root, version, "v0.1.0", example=example)
    return noted(read(package), section_of(root, version), previous_release(package, given))


def test_a_first_release_has_nothing_to_compare_with(tmp_path):
    package = numbered(tmp_path, "0.1.0", SECTION.format(version="0.1.0"))
    tables = read(package)
    text = noted(tables, section_of(tmp_path, "0.1.0"))
    assert text.startswith(f"# AI Governance Reach 0.1.0\n\nReleased on {DATE}.\n\nThis is the first release")
    assert counts(text)["organizations"] == ["3"] and "added" not in text


def test_records_are_counted_by_what_happened_to_them(tmp_path):
    text = written(tmp_path, example=CHANGES)
    found = counts(text)
    assert "Compared with 0.1.0." in text and "| table | rows | added | changed | removed | withdrawn |" in text
    assert found["organizations"] == ["4", "1", "0", "0", "0"] and found["claims"] == ["1", "0", "1", "0", "0"]
    assert found["deployments"] == ["0", "0", "0", "0", "1"] and found["claim_countries"] == ["0", "0", "0", "1", "0"]
    assert found["countries"] == ["3", "0", "0", "0", "0"] and "All rows count as new" not in text


def test_what_could_not_be_compared_is_said(tmp_path):
    text = written(tmp_path, given="zzz")
    assert "`delta_derived.csv` have no rows. `zzz` is no revision" in text and "added" not in counts(text)


def test_a_table_whose_key_changed_is_named(tmp_path):
    package = tagged_release(tmp_path, "0.2.0", "v0.1.0")
    before = previous_release(package)
    edited(tmp_path, "schemas/statement_tallies.json", lambda schema: schema.update(primaryKey=["statement_id", "action"]))
    tables = read(load(tmp_path)[0])
    text = noted(tables, None, before)
    assert "as where the columns of a key change: `statement_tallies`." in text


def test_a_table_that_is_gone_is_counted(tmp_path):
    package = tagged_release(tmp_path, "0.2.0", "v0.1.0")
    before = previous_release(package)
    edited(tmp_path, "datapackage.json", lambda package: package["resources"].pop())
    tables = read(load(tmp_path)[0])
    assert counts(noted(tables, None, before))["withdrawn"] == ["0", "0", "0", "1", "0"]


def test_the_changelog_is_quoted_with_its_headings_and_without_links_that_lead_nowhere(tmp_path):
    package = numbered(tmp_path, "0.2.0")
    changelog(tmp_path, f"""## [0.2.0] - {DATE}

In short.

### Data

#### Added

- [docs/zzz.md](docs/zzz.md) and [a page](https://example.org/zzz).

### Code

#### Fixed

- `zzz`.
""")
    tables = read(package)
    text = noted(tables, section_of(tmp_path, "0.2.0"))
    assert ("\nIn short.\n\n## Data\n\n### Added\n\n- docs/zzz.md and [a page](https://example.org/zzz).\n\n"
            "## Code\n\n### Fixed\n\n- `zzz`.\n\n## Check") in text
    assert "not released yet" not in text


def test_what_is_not_released_yet_is_named_so(tmp_path):
    package = numbered(tmp_path, "0.2.0", "## [Unreleased]\n\n### Data\n\n#### Added\n\n- Zzz.\n")
    tables = read(package)
    text = noted(tables, section_of(tmp_path, "0.2.0"))
    assert "stands in the changelog as not released yet.\n\n## Data\n\n### Added\n\n- Zzz.\n" in text
    assert "## Data" not in noted(tables)


def test_how_to_check_and_cite_is_told_in_sound_markdown(tmp_path):
    text = written(tmp_path, example=CHANGES)
    assert "sha256sum --check --strict SHA256SUMS" in text and "CITATION.cff" in text and "CC-BY-4.0" in text
    assert re.search(r"^> AI Governance Reach contributors \(2021\)\. AI Governance Reach .*0\.2\.0", text, re.MULTILINE)
    html = MarkdownIt().enable("table").render(text)
    assert html.count("<table>") == 1 and html.count("<h1>") == 1 and text.endswith("\n") and not text.endswith("\n\n")


def test_what_was_compared_is_named(tmp_path):
    package = tagged_release(tmp_path, "0.2.0", "v0.1.0")
    tables = read(package)
    assert "Compared with 0.1.0 (`HEAD`)." in noted(tables, None, previous_release(package, "HEAD"))
    assert "Compared with 0.1.0." in noted(tables, None, previous_release(package))
    commit(tmp_path)
    text = noted(tables, None, previous_release(package, "HEAD"))
    assert "Compared with `HEAD`, which has the version 0.2.0 as well." in text


def compared(root, setting=("- facial_recognition\n", ""), file="schemas/derived/settings.yaml") -> tuple[str, WorkedOut]:
    """The notes where a deployment is new and a setting of the release before was another."""
    package = tagged_release(root, "0.2.0", "v0.1.0")
    old = (root / file).read_text()
    assert setting[0] in old
    (root / file).write_text(old.replace(*setting))
    edited(root, "datapackage.json", lambda package: package.update(version="0.1.0"))
    commit(root)
    git(root, "tag", "--force", "v0.1.0")
    package = numbered(root, "0.2.0", SECTION.format(version="0.2.0"), SECTION.format(version="0.1.0"),
                       example={"deployments": [{"deployment_id": "zzz-new"}]})
    tables, before = everything(root), previous_release(package)
    was, reason = derived_before(before, package)
    worked_out = WorkedOut(delta(was, tables, "derived") if was else None, reason, [Change("zzz", "old", "new")])
    return notes(tables, delta(before.tables, tables), None, before, worked_out), worked_out


def test_derived_tables_are_compared_by_the_settings_of_each_version(tmp_path):
    text, worked_out = compared(tmp_path, ("  not_stated: ai_not_stated", "  stated: ai_not_stated"))
    found, delta_ = counts(text), worked_out.delta
    assert found["record_quality"] == ["4", "1", "1", "0"] and found["signatories"][1:] == ["0", "0", "0"]
    assert delta_[(delta_.table == "record_quality") & (delta_.operation == "MOD")][["id", "column", "old", "new"]].values.tolist() == [
        ["zzz-deployment", "recommended_for_aggregates", "true", "false"],
        ["zzz-deployment", "reasons", "", "ai_not_stated"]]
    assert "- `zzz`: `old` → `new`\n" in text and "the code itself does in another way is not counted" in text


def test_a_setting_that_the_release_before_lacks_is_taken_as_it_is_today(tmp_path):
    text, worked_out = compared(tmp_path, ("put_to_use:", "zzz_put_to_use:"))
    assert not worked_out.reason and counts(text)["record_quality"][1:] == ["1", "0", "0"]


def test_derived_tables_that_cannot_be_compared_are_told(tmp_path):
    for number, (setting, words) in enumerate(((("china: CHN", "china: [CHN]"), "A setting has another form"),
                                               (("all: [human_rights]", "al: [human_rights]"), "The code of today cannot work them out"))):
        (root := tmp_path / str(number)).mkdir()
        text, worked_out = compared(root, setting)
        assert worked_out.delta is None and words in text and "`delta_derived.csv` has no rows" in text
    (root := tmp_path / "none").mkdir()
    package = tagged_release(root, "0.2.0", "v0.1.0")
    before = replace(previous_release(package), settings=None)
    assert derived_before(before, package) == (None, "The release before has no settings to work them out by.")
    assert derived_before(Previous(), package) == (None, "")
