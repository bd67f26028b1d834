"""Pages of the documentation in a release: every link leads somewhere or is words."""

from __future__ import annotations

import re

import pytest

from scripts.export.pages import PAGES, THERE, link


@pytest.mark.parametrize(("target", "anchor", "shown"), [
    ("known-gaps.md", None, "[Zzz](known-gaps.md)"), ("codebook.md", "#deployments", "[Zzz](codebook.html#deployments)"),
    ("../schemas/vocabularies.yaml", None, "[Zzz](schemas/vocabularies.yaml)"), ("https://example.org/", None, "[Zzz](https://example.org/)"),
    ("rules.md", "#zzz", "Zzz"), ("../CONTRIBUTING.md", None, "Zzz"), ("", "#zzz", "[Zzz](#zzz)")])
def test_a_link_leads_to_where_the_file_stands_in_a_release_or_is_words(target, anchor, shown):
    assert link("docs/methodology.md", "Zzz", target, anchor) == shown


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_the_release_has_a_link_that_leads_nowhere(page, release_folder):
    text = (release_folder / THERE[page]).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)\s#]+)", text) if "://" not in target]
    assert all((release_folder / target).exists() for target in targets)
    assert targets or page == "docs/known-gaps.md"
