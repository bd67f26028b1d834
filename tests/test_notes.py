"""The release notes: what a release holds, what changed, how to check and cite it."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from scripts.changelog import section_of
from scripts.delta import delta
from scripts.export.notes import notes
from scripts.package import load
from scripts.previous import previous_release
from scripts.read import read
from tests.releases import DATE, SECTION, changelog, edited, numbered, tagged_release

CHANGES = {"organizations": [{"organization_id": "zzz-new"}], "claims": [{"claim": "Zzz."}], "claim_countries": None,
           "deployments": [{"deployment_id": "zzz-deployment", "-": "left out"}],
           "withdrawn": [{"record_id": "zzz-deployment", "table": "deployments"}]}


def counts(text: str) -> dict[str, list[str]]:
    """The cells of the tables in Markdown by the name in the first."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): cells[1:] for cells in rows}


def written(root, version="0.2.0", example=None, given=None) -> str:
    package = tagged_release(root, version, "v0.1.0", example=example)
    tables, previous = read(package), previous_release(package, given)
    return notes(tables, delta(previous.tables, tables), section_of(root, version), previous.version, previous.notice)


def test_a_first_release_has_nothing_to_compare_with(tmp_path):
    package = numbered(tmp_path, "0.1.0", SECTION.format(version="0.1.0"))
    tables = read(package)
    text = notes(tables, delta(None, tables), section_of(tmp_path, "0.1.0"), "", "")
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
    assert "`delta.csv` is empty. `zzz` is no revision" in text and "added" not in counts(text)


def test_a_table_whose_key_changed_is_named(tmp_path):
    package = tagged_release(tmp_path, "0.2.0", "v0.1.0")
    before = previous_release(package)
    edited(tmp_path, "schemas/statement_tallies.json", lambda schema: schema.update(primaryKey=["statement_id", "action"]))
    tables = read(load(tmp_path)[0])
    text = notes(tables, delta(before.tables, tables), None, before.version, before.notice)
    assert "as where the columns of a key change: `statement_tallies`." in text


def test_a_table_that_is_gone_is_counted(tmp_path):
    package = tagged_release(tmp_path, "0.2.0", "v0.1.0")
    before = previous_release(package)
    edited(tmp_path, "datapackage.json", lambda package: package["resources"].pop())
    tables = read(load(tmp_path)[0])
    assert counts(notes(tables, delta(before.tables, tables), None, "0.1.0", ""))["withdrawn"] == ["0", "0", "0", "1", "0"]


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
    text = notes(tables, delta(None, tables), section_of(tmp_path, "0.2.0"), "", "")
    assert ("\nIn short.\n\n## Data\n\n### Added\n\n- docs/zzz.md and [a page](https://example.org/zzz).\n\n"
            "## Code\n\n### Fixed\n\n- `zzz`.\n\n## Check") in text
    assert "not released yet" not in text


def test_what_is_not_released_yet_is_named_so(tmp_path):
    package = numbered(tmp_path, "0.2.0", "## [Unreleased]\n\n### Data\n\n#### Added\n\n- Zzz.\n")
    tables = read(package)
    text = notes(tables, delta(None, tables), section_of(tmp_path, "0.2.0"), "", "")
    assert "stands in the changelog as not released yet.\n\n## Data\n\n### Added\n\n- Zzz.\n" in text
    assert "## Data" not in notes(tables, delta(None, tables), None, "", "")


def test_how_to_check_and_cite_is_told_in_sound_markdown(tmp_path):
    text = written(tmp_path, example=CHANGES)
    assert "sha256sum --check --strict SHA256SUMS" in text and "CITATION.cff" in text and "CC-BY-4.0" in text
    assert re.search(r"^> AI Governance Reach contributors \(2021\)\. AI Governance Reach .*0\.2\.0", text, re.MULTILINE)
    html = MarkdownIt().enable("table").render(text)
    assert html.count("<table>") == 1 and html.count("<h1>") == 1 and text.endswith("\n") and not text.endswith("\n\n")
