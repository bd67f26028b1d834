"""The pages that are documents, the downloads, how to cite and correct: nothing is written twice, and every link leads somewhere."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html
from pyld import jsonld

from scripts import citation, forms
from scripts.changelog import CHANGELOG
from scripts.export import markdown
from scripts.export.linked_data import CONTEXT
from scripts.folder import SUMS, recorded, sums
from scripts.site import documents
from scripts.site.build import NAVIGATION
from scripts.site.content import Site
from scripts.site.document_pages import Text as Document
from scripts.site.document_pages import answers_page, changes_page, codebook_page, document_page, pages
from scripts.site.download_pages import File, kind_of, matches, size
from scripts.site.download_pages import pages as download_pages
from scripts.site.page import Page, environment, render
from scripts.site.service_pages import pages as service_pages
from scripts.site.structured import of_dataset
from tests.fictional import PROJECT
from tests.sites import REPOSITORY, URL, fictional_site

SCHEMA = "https://schema.org/"
USING = ("# Using a release\n\n| file | what it is for |\n|---|---|\n| `data/*.csv` | the recorded tables |\n"
         "| `zzz-VERSION.zip`, `schemas/` | all of [it](answers.md) |\n")
METHOD = "docs/methodology.md"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    """The fictional site with some files of a release."""
    root = tmp_path_factory.mktemp("zzz")
    found, folder = fictional_site(root / "package"), root / "downloads"
    version = found.package.descriptor["version"]
    for path, text in {"data/claims.csv": "claim_id\nzzz-claim\n", f"zzz-{version}.zip": "zzz" * 1000, "schemas/claims.json": "{}",
                       "RELEASE_NOTES.md": f"# Zzz {version}\n\n## Rows\n\n[Gaps](known-gaps.md) `data.csv`\n", "zzz.txt": "zzz",
                       "answers.md": "# Answers\n\n## Zzz?\n\n| id | n |\n|---|---:|\n| zzz-deployment | 1 |\n"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / SUMS).write_text(sums(folder), encoding="utf-8")
    (found.package.root / "docs").mkdir()
    (found.package.root / "docs/using.md").write_text(USING, encoding="utf-8")
    return replace(found, downloads=folder)


@pytest.fixture
def document(site) -> Iterator[Callable[[str, str], None]]:
    """A function that puts a document into the repository of the fictional dataset, for one test."""
    known = []

    def put(path: str, text: str) -> None:
        known.append(site.package.root / path)
        known[-1].write_text(text, encoding="utf-8")

    yield put
    for path in known:
        path.unlink(missing_ok=True)


def find(root: html.HtmlElement, query: str) -> list[html.HtmlElement]:
    """The elements that a path of names and classes leads to, as a stylesheet writes it: `ul.items a`."""
    steps = [step.partition(".") for step in query.split()]
    return root.xpath("." + "".join(
        f"//{name or '*'}" + (f"[contains(concat(' ', @class, ' '), ' {kind} ')]" if kind else "") for name, _, kind in steps))


def shown(site: Site, page: Page) -> html.HtmlElement:
    """A page as a browser has it."""
    templates = environment(descriptor=site.package.descriptor, created=site.package.created, licence=citation.licence(site.package),
                            navigation=NAVIGATION, url=site.url, repository=site.repository)
    return html.fromstring(render(page, templates))


def body(site: Site, text: str, path: str = METHOD) -> str:
    return documents.as_page(site, text, "method/", path).html


def texts(root: html.HtmlElement, query: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in find(root, query)]


# --- Markdown of ours

@pytest.mark.parametrize(("target", "path", "leads"), [
    ("known-gaps.md#zzz", METHOD, "../gaps/index.html#zzz"), ("#zzz", METHOD, "#zzz"), ("codebook.md", METHOD, "../codebook/index.html"),
    ("../CONTRIBUTING.md", METHOD, "../contribute/index.html"), ("docs/using.md", CHANGELOG, "../using/index.html"),
    ("../schemas/claims.json", METHOD, "../downloads/schemas/claims.json"),
    ("rules.md#zzz", METHOD, f"{REPOSITORY}/blob/HEAD/docs/rules.md#zzz"), ("codebook.html#zzz", "", "../codebook/index.html#zzz"),
    ("answers/zzz.csv", "", ""), ("data/claims.csv", "", "../downloads/data/claims.csv"),
    ("https://example.org/", METHOD, "https://example.org/"), ("javascript:alert(1)", METHOD, ""), ("mailto:zzz@example.org", METHOD, ""),
    ("http://[", METHOD, "")])
def test_a_link_leads_to_where_its_target_stands_on_the_site(site, target, path, leads):
    assert documents.link(site, "method/", target, path) == leads


def test_a_file_that_nobody_knows_a_place_of_is_words(site):
    alone = replace(site, downloads=None, repository="")
    assert body(alone, "[rules](rules.md) [terms](../schemas/claims.json) [gaps](known-gaps.md)") == (
        '<p>rules terms <a href="../gaps/index.html">gaps</a></p>\n')


def test_a_record_that_a_text_names_is_a_link_and_no_other_word(site):
    assert body(site, "`zzz-deployment` `ZZA` zzz-deployment `zzz-other` [`zzz-role`](#x)") == (
        '<p><a href="../deployments/zzz-deployment/index.html"><code>zzz-deployment</code></a> '
        '<a href="../countries/ZZA/index.html"><code>ZZA</code></a> zzz-deployment <code>zzz-other</code> '
        '<a href="#x"><code>zzz-role</code></a></p>\n')


def test_nothing_in_a_text_is_markup_of_its_own(site):
    found = body(site, "<script>zzz</script> ![zzz](https://example.org/x.png) <b onclick=x>\u202e [a](javascript:alert(1))")
    assert not {one.tag for one in html.fragment_fromstring(found, create_parent=True).iter()} - {"div", "p", "a"}
    assert "javascript:alert" in found and 'href="javascript' not in found and "\u202e" not in found and r"\u202e" in found


def test_headings_have_the_anchors_that_github_makes():
    text = '# Zzz\n\n## What is (not) *in*, or `x_y`\n\n## Rows\n\n### Rows\n\n## <a name="zzz.a"></a>A\n'
    found = markdown.document(text, lambda link: link)
    assert [(one.level, one.anchor, one.text) for one in found.headings] == [
        (2, "what-is-not-in-or-x_y", "What is (not) in, or x_y"), (2, "rows", "Rows"), (3, "rows-1", "Rows"), (2, "zzz.a", "A")]
    assert found.title == "Zzz" and "<h1" not in found.html
    assert '<h3 id="rows-1">' in found.html and '<h2><a id="zzz.a"></a>A</h2>' in found.html


def test_headings_that_stand_deeper_keep_their_order():
    found = markdown.document("# Zzz\n\n## Yyy\n\n# Xxx\n", lambda link: link, deeper=1)
    assert re.findall(r"<h(\d) id=\"(\w+)\"", found.html) == [("2", "zzz"), ("3", "yyy"), ("2", "xxx")] and found.title == ""


def test_a_table_scrolls_in_a_region_with_a_name_of_its_own_and_without_a_style(site):
    table = "| a | n |\n|---|--:|\n| x | 1 |\n\n"
    root = html.fragment_fromstring(body(site, f"## Zzz\n\n{table}{table}"), create_parent=True)
    assert [one.attrib for one in find(root, "div.scroll")] == [
        {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": name} for name in ("Zzz: table", "Zzz: table 2")]
    assert all(one.get("scope") == "col" for one in find(root, "th")) and not root.xpath("//@style")
    assert len(find(root, "td.number")) == 2


# --- documents

def test_a_document_that_is_not_there_is_told_in_words(site):
    root = shown(site, document_page(site, Document(METHOD, "Zzz.")))
    assert texts(root, "h1") == [METHOD] and "This dataset has no document docs/methodology.md." in texts(root, "main p")


def test_a_long_document_lists_its_headings_and_a_short_one_does_not(site, document):
    document(METHOD, "# Method\n\n" + "".join(f"## Part {number}\n\nZzz.\n\n" for number in range(4)))
    page = document_page(site, Document(METHOD, "Zzz."))
    root = shown(site, page)
    assert (page.title, page.place) == ("Method", "method/")
    assert [one.get("href") for one in find(root, ".outline a")] == [f"#part-{number}" for number in range(4)]
    document(METHOD, "# Method\n\n## Part\n\nZzz.\n")
    assert not find(shown(site, document_page(site, Document(METHOD, "Zzz."))), ".outline")


def test_every_table_column_vocabulary_and_term_has_its_anchor_in_the_codebook(site):
    package, root = site.package, shown(site, codebook_page(site))
    wanted = {place for table in package.tables.values() for place in (table.name, *(f"{table.name}.{one}" for one in table.columns))}
    wanted |= {f"vocabulary-{name}" for name in package.vocabularies}
    wanted |= {f"{name}.{term}" for name, one in package.vocabularies.items() for term in one.terms}
    ids = root.xpath("//@id")
    assert wanted <= set(ids) and len(ids) == len(set(ids))
    assert {one.get("href")[1:] for one in find(root, ".outline a")} == {
        *package.tables, *(f"vocabulary-{name}" for name in package.vocabularies)}


def test_the_answers_are_those_of_the_release_or_else_the_questions_alone(site):
    found = shown(site, answers_page(site))
    assert texts(found, "main h2") == ["Zzz?"] and find(found, "td a")[0].get("href") == "../deployments/zzz-deployment/index.html"
    alone = shown(replace(site, downloads=None), answers_page(replace(site, downloads=None)))
    assert len(texts(alone, "main h2")) == 5 and not find(alone, "main table")


def test_changes_are_the_notes_of_this_release_then_earlier_versions_each_once(site, document):
    version = site.package.descriptor["version"]
    section = "## [{}] - 2021-03-01\n\n### Data\n\n#### Changed\n\n- {}\n\n"
    document(CHANGELOG, "# Changelog\n\n## [Unreleased]\n\n" + section.format(version, "This.") + section.format("0.0.1", "That."))
    found = shown(site, changes_page(site))
    assert texts(found, "main h2") == [f"Zzz {version}", "Version 0.0.1, 2021-03-01", "Withdrawn records"]
    assert texts(found, "main li")[-1] == "That."
    assert "../gaps/index.html" in [one.get("href") for one in find(found, "main a")] and "This." not in found.text_content()
    alone = shown(site, changes_page(replace(site, downloads=None)))
    assert texts(alone, "main h2") == [f"Version {version}", "Version 0.0.1, 2021-03-01", "Withdrawn records"]
    assert [text for text in texts(alone, "main li") if text in ("This.", "That.")] == ["This.", "That."]


def test_the_changes_list_what_was_withdrawn_with_its_page_and_the_reason_as_text(tmp_path):
    reason = "Twice. <b>*Zzz*</b> &lt; | [a](javascript:b)"
    own = fictional_site(tmp_path, {"withdrawn": [{"record_id": "zzz-gone", "table": "deployments", "reason": reason}]})
    row = [row for row in find(shown(own, changes_page(own)), "main tr") if find(row, "td")][-1]
    assert texts(row, "td") == ["zzz-gone", "2021-03-01", reason]
    assert [one.get("href") for one in find(row, "a")] == ["../deployments/zzz-gone/index.html"]
    none = fictional_site(tmp_path / "none", {"withdrawn": []})
    assert "Withdrawn records" not in texts(shown(none, changes_page(none)), "main h2")


def test_without_a_changelog_there_is_a_page_all_the_same(site):
    assert texts(shown(site, changes_page(replace(site, downloads=None))), "main h2")


# --- downloads

def test_every_file_of_the_release_stands_among_the_downloads_with_size_and_checksum(site):
    (page,) = download_pages(site)
    root = shown(site, page)
    rows = [texts(row, "td") for row in find(root, ".checksums tr") if find(row, "td")]
    assert {path: (length, digits) for path, length, digits in rows} == {
        path: (size((site.downloads / path).stat().st_size), digits) for path, digits in recorded(site.downloads).items()}
    assert texts(root, ".checksums tbody th") == ["the recorded tables", "all of it", "further files"]


def test_a_table_has_its_rows_and_its_files_and_the_whole_its_purpose(site):
    root = shown(site, next(iter(download_pages(site))))
    (claims,) = [row for row in find(root, ".downloads tbody tr") if row.xpath(".//a[contains(@href, '#claims')]")]
    assert texts(claims, "td") == ["1", "19 B"] and find(claims, "td a")[0].get("href") == "../downloads/data/claims.csv"
    (whole,) = texts(root, ".cards li")
    assert whole == f"zzz-{site.package.descriptor['version']}.zip3.0 kB: all of it"


def test_where_no_release_was_written_the_page_says_so(site):
    alone = replace(site, downloads=None)
    root = shown(alone, next(iter(download_pages(alone))))
    assert any("No files were written" in text for text in texts(root, "main p"))
    assert not [link for link in root.xpath("//main//@href") if "downloads" in link] and not find(root, "pre")


@pytest.mark.parametrize(("amount", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345, "12 kB"), (999_999, "1,000 kB"),
                                              (5_500_000, "5.5 MB"), (2_000_000_000, "2.0 GB"), (3_000_000_000_000, "3,000 GB")])
def test_a_size_is_said_as_people_say_it(amount, text):
    assert size(amount) == text


def test_a_name_means_a_file_files_or_a_folder():
    assert matches("data/a.csv", "data/*.csv") and matches("schemas/derived/a.json", "schemas/") and not matches("flat/a.csv", "data/*.csv")
    assert [kind_of(File(f"zzz.{suffix}", "", 0, "")) for suffix in ("csv", "parquet", "dta")] == ["CSV", "Parquet", "Stata"]


def test_the_downloads_of_the_real_site_are_told_and_are_as_they_are_told(site_folder):
    root, folder = html.parse(site_folder / "downloads/index.html").getroot(), site_folder / "downloads"
    rows = {find(row, "a")[0].text: find(row, "code")[0].text for row in find(root, ".checksums tr") if find(row, "td")}
    assert rows == recorded(folder) and "further files" not in texts(root, ".checksums tbody th")
    for path, digits in list(rows.items())[::10]:
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == digits
    for row in find(root, ".downloads tbody tr"):
        (path,) = [link for link in row.xpath(".//td//@href") if link.endswith(".csv")]
        with (folder / path).resolve().open(encoding="utf-8", newline="") as file:
            assert texts(row, "td")[0] == f"{sum(1 for _ in csv.reader(file)) - 1:,}"


# --- cite, correct, not found

def service(site: Site, place: str) -> html.HtmlElement:
    return shown(site, next(page for page in service_pages(site) if page.place == place))


def test_how_to_cite_is_said_from_one_source(site):
    root = service(site, "cite/")
    assert texts(root, ".quote")[0] == citation.reference(site.package)
    assert [one.text for one in find(root, "pre code")] == [citation.bibtex(site.package, URL), citation.citation_cff(site.package)]
    assert f"record zzz-deployment, in {site.package.descriptor['title']}" in texts(root, ".quote")[1]
    assert texts(root, ".quote")[1].endswith(f"{URL}deployments/zzz-deployment/.")


def test_bibtex_holds_what_the_data_package_says_and_no_sign_that_tex_obeys(site):
    descriptor = {**site.package.descriptor, "title": "Zzz & Yyy_1", "contributors": [
        {"familyName": "Zzz", "givenName": "Y.", "roles": ["author"]}, {"title": "Zzz 100%", "roles": ["author"]}]}
    assert citation.bibtex(replace(site.package, descriptor=descriptor)).splitlines() == [
        f"@misc{{ai-governance-reach-{descriptor['version']},", r"  author = {Zzz, Y. and {Zzz 100\%}},", r"  title = {{Zzz \& Yyy\_1}},",
        f"  year = {{{descriptor['created'][:4]}}},", f"  version = {{{descriptor['version']}}},",
        f"  note = {{Data set, version {descriptor['version']}}}", "}"]


def test_each_form_is_opened_where_the_repository_is_known(site):
    root = service(site, "correct/")
    links = [urlsplit(one.get("href")) for one in find(root, ".forms a")]
    files = {path.name for path in (PROJECT / forms.FOLDER).glob("*.yml")} - {"config.yml"}
    assert {parse_qs(link.query)["template"][0] for link in links} == files and len(links) == len(files) == 6
    assert all(f"{link.scheme}://{link.netloc}{link.path}" == f"{REPOSITORY}/issues/new" for link in links)


def test_without_a_repository_the_way_is_told_in_words(site):
    root = service(replace(site, repository=""), "correct/")
    assert len(find(root, ".forms dt")) == 6 and not find(root, ".forms a")
    assert "Give the address or the id of the record" in root.text_content()


def test_the_page_for_addresses_without_a_page_starts_its_links_from_the_address_of_the_site(site):
    root = service(site, "404.html")
    assert find(root, "base")[0].get("href") == URL and find(root, ".skip")[0].get("href") == f"{URL}404.html#main"
    assert not [link for link in root.xpath("//a/@href | //link/@href") if link.startswith(("../", "/", "#"))]
    unknown = service(replace(site, url=""), "404.html")
    assert not find(unknown, "base") and "take from the address" in unknown.text_content()


# --- all of them

def test_every_place_of_the_navigation_is_a_page(crawl):
    places = [place for _, entries in NAVIGATION for place, _ in entries]
    assert [place for place in places if f"{place}index.html" not in crawl.pages] == [] and len(places) == len(set(places))


def test_the_menu_needs_no_script_and_leads_to_all_of_them(site):
    root = service(site, "cite/")
    assert [one.tag for one in find(root, "details.menu")[0]] == ["summary", "nav"]
    places = {place for _, entries in NAVIGATION for place, _ in entries}
    assert len(find(root, ".menu a")) == len(places) and not root.xpath("//script[not(@type)]")
    assert [one.text for one in root.xpath("//nav[@class='wide']//a[@aria-current]")] == ["Cite"]


def test_every_document_page_has_one_title_and_headings_in_order(site):
    for page in (*pages(site), *download_pages(site), *service_pages(site)):
        levels = [int(one.tag[1]) for one in shown(site, page).iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels.count(1) == 1 and levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))


# --- what search engines get

def expanded(text: str, place: str) -> dict:
    """What a page says, as a JSON-LD processor understands it at the page's address, with schema.org's words and nothing fetched."""
    def context(address: str, options: dict) -> dict:
        assert address == SCHEMA
        return {"contextUrl": None, "documentUrl": address, "document": {"@context": CONTEXT}}

    (found,) = jsonld.expand(json.loads(text), {"base": URL + place, "documentLoader": context})
    return found


def value(node: dict, name: str) -> str:
    (found,) = node[SCHEMA + name]
    return found.get("@value", found.get("@id"))


def test_the_dataset_names_its_files_with_size_and_hash_wherever_the_site_stands(site):
    for one, address in ((site, URL), (replace(site, url=""), URL)):
        dataset = expanded(json.dumps(of_dataset(one, "downloads/")), "downloads/")
        found = {value(file, "contentUrl"): file for file in dataset[SCHEMA + "distribution"]}
        assert set(found) == {f"{address}downloads/data/claims.csv", f"{address}downloads/zzz-{site.package.descriptor['version']}.zip"}
        data = (site.downloads / "data/claims.csv").read_bytes()
        file = found[f"{address}downloads/data/claims.csv"]
        assert (value(file, "contentSize"), value(file, "sha256")) == (f"{len(data)} B", hashlib.sha256(data).hexdigest())
    assert "distribution" not in of_dataset(replace(site, downloads=None), "")


def test_the_real_pages_say_to_search_engines_what_they_need(crawl):
    dataset = expanded(crawl.pages["downloads/index.html"].linked_data[0], "downloads/")
    paths = {value(file, "contentUrl").removeprefix(URL) for file in dataset[SCHEMA + "distribution"]}
    assert dataset["@type"] == [SCHEMA + "Dataset"] and paths <= crawl.files and "downloads/data/deployments.csv" in paths
    row = crawl.table("deployments")[0]
    place = f"deployments/{row['deployment_id']}/"
    record = expanded(crawl.pages[f"{place}index.html"].linked_data[0], place)
    assert (value(record, "name"), value(record, "description"), value(record, "url")) == (row["title"], row["summary"], URL + place)
    assert value(record, "license") == value(dataset, "license") and len(record[SCHEMA + "creator"]) == 1
    (whole,) = record[SCHEMA + "isPartOf"]
    assert value(whole, "description") == value(dataset, "description")
    assert all(source["@type"] == [SCHEMA + "CreativeWork"] for source in record[SCHEMA + "citation"])
