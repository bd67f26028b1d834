"""The claims of the founding texts: the list with its summary, and the page of each claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest

from scripts.site import claims_page
from scripts.tables import Tables, empty
from tests.places import Element, frame, lines, page, pages_of, section, text
from tests.sites import fictional_site

OTHER = {"claims": [{"claim_id": "zzz-other", "channel": "standards", "finding": "contradicted", "note": "A fictional reason."}]}


@pytest.fixture(scope="module")
def read(tmp_path_factory) -> Callable[[str], Element]:
    """A function that gives the page at a place for the fictional package with a second claim."""
    root = tmp_path_factory.mktemp("claims")
    return pages_of(claims_page, fictional_site(root / "package", OTHER), root / "site")


def summary(found: Element) -> dict[str, list[str]]:
    """The rows of the summary: finding → its numbers by channel, and in all."""
    return {text(row.find("th")): [text(cell) for cell in row.findall("td")] for row in found.xpath("(//table)[1]/tbody/tr")}


def led_to(link: Element, place: str = "claims/") -> str:
    """Where a link on the page at a place leads, from the root of the site."""
    return urljoin(f"{place}index.html", link.get("href"))


def of_fiction(root: Path, example: dict) -> Callable[[str], Element]:
    return pages_of(claims_page, fictional_site(root / "package", example), root / "site")


# --- the list

def test_the_summary_counts_in_words_and_numbers(read):
    found = read("claims/")
    assert "1 is supported, 0 are partly supported, 1 is contradicted, and 0 are not checked." in text(found)
    assert summary(found) == {"✓ Supported": ["0", "1", "1"], "◐ Partly supported": ["0", "0", "0"], "✗ Contradicted": ["1", "0", "1"],
                              "? Not checked": ["0", "0", "0"]}


def test_a_finding_without_a_sign_has_its_first_letter(tmp_path, monkeypatch):
    monkeypatch.delitem(claims_page.SIGNS, "not_checked")
    assert claims_page.findings(fictional_site(tmp_path))["not_checked"].sign == "N"


def test_every_finding_has_a_sign_of_its_own(tmp_path):
    terms = fictional_site(tmp_path).package.vocabularies["claim_finding"].terms
    assert set(claims_page.SIGNS) == set(terms) and len(set(claims_page.SIGNS.values())) == len(terms)


def test_a_number_of_the_summary_leads_to_its_claims(read):
    found = read("claims/")
    assert [one.get("href") for one in found.xpath("(//table)[1]//td/a")] == ["#policy-supported", "#standards-contradicted"]
    assert section(found, "policy-supported").getnext().find("li").get("id") == "zzz-claim"


def test_a_claim_says_finding_why_and_where_it_was_made_and_leads_to_its_evidence(read):
    found = section(read("claims/"), "zzz-claim")
    assert text(found) == "Zzz land does what it says. ✓ Supported · claimed in Zzz Press, 2021 · 1 source · 1 record"
    assert [led_to(one) for one in found.iter("a")][1:] == [
        "sources/zzz-full/index.html", "claims/zzz-claim/index.html#sources", "claims/zzz-claim/index.html#records"]


def test_a_claim_without_evidence_leads_to_its_page(read):
    found = section(read("claims/"), "zzz-other")
    assert "A fictional reason." in text(found) and "0 sources · 0 records" in text(found)
    assert [led_to(one) for one in found.iter("a")][2:] == ["claims/zzz-other/index.html"] * 2


def test_claims_are_grouped_by_channel_in_the_order_of_the_vocabulary(read):
    assert [text(one) for one in read("claims/").iter("h2")] == ["Standards (1 claim)", "Policy (1 claim)"]


def test_no_claims_are_told_in_words(tmp_path):
    site = fictional_site(tmp_path / "package")
    table = site.package.tables["claims"]
    none = replace(site, tables=Tables(site.package, {**site.tables.contents, table.name: empty(table)}))
    assert "No claim is recorded." in text(pages_of(claims_page, none, tmp_path / "site")("claims/"))


# --- the page of a claim

def test_the_page_of_a_claim_says_finding_and_whom_it_is_about(read):
    found = read("claims/zzz-claim/")
    assert text(found.find_class("lead")[0]).startswith("✓ Supported Sources that were read state it in substance")
    assert [text(one) for one in found.find_class("answers")[0].iter("dd")][2:] == ["Zzz Land", "Zzz Ministry"]


def test_the_records_of_a_claim_are_named_and_linked(read):
    found = section(read("claims/zzz-claim/"), "records")
    assert lines(found) == ["Camera network of Zzz city one publisher"]
    assert led_to(found.find(".//tbody//th/a"), "claims/zzz-claim/") == "deployments/zzz-deployment/index.html"


def test_records_of_each_table_stand_apart(tmp_path):
    both = {"claim_records": [{"claim_id": "zzz-claim", "table": "standards_roles", "record_id": "zzz-role"}]}
    found = section(of_fiction(tmp_path, both)("claims/zzz-claim/"), "records")
    assert text(found.find("h2")) == "2 records that bear on it"
    assert [text(one) for one in found.iter("h3")] == ["Deployments (1)", "Standards roles (1)"]


def test_a_claim_without_records_has_no_empty_part(read):
    found = read("claims/zzz-other/")
    assert not found.xpath("//*[@id='records']") and "No source that bears on it is recorded." in text(found)


# --- the real pages, against the tables of their downloads

def test_the_summary_counts_what_the_table_holds(site_folder):
    claims, found = frame(site_folder, "data/claims"), page(site_folder, "claims/")
    titles = frame(site_folder, "derived/vocabulary_terms").set_index(["vocabulary", "term"]).title
    expected = claims.groupby(["finding", "channel"]).size().unstack(fill_value=0)
    heads = [one.get("href").removeprefix("#channel-") for one in found.xpath("(//table)[1]/thead//a")]
    rows = {words.split(" ", 1)[1]: numbers for words, numbers in summary(found).items()}
    assert set(heads) == set(claims.channel)
    for finding, counts in expected.iterrows():
        assert rows[titles["claim_finding", finding]] == [*(str(counts[head]) for head in heads), str(counts.sum())]


def test_each_claim_counts_its_sources_and_records(site_folder):
    claims, found = frame(site_folder, "data/claims"), page(site_folder, "claims/")
    many = [frame(site_folder, f"data/claim_{name}").claim_id.value_counts() for name in ("citations", "records")]
    for claim in claims.claim_id:
        numbers = [int(text(one).split()[0]) for one in section(found, claim).findall(".//a")[2:]]
        assert numbers == [one.get(claim, 0) for one in many]
        own = page(site_folder, f"claims/{claim}/")
        shown = own.xpath("//li[starts-with(@class, 'source')]"), own.xpath("//*[@id='records']//tbody/tr")
        assert [len(one) for one in shown] == numbers
