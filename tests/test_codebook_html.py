"""The codebook, in the repository and as a page of a release: whole, linked within itself, and nothing but text and style."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from scripts.codebook import codebook, filled
from scripts.derived import with_derived
from scripts.export import codebook_html, markdown
from scripts.package import Package, load
from scripts.tables import Content, Tables
from tests.fictional import PROJECT, write_package
from tests.released import everything, real, released

VOID = {"meta", "br", "hr"}
TAGS = {"html", "head", "meta", "title", "style", "body", "nav", "main", "footer", "h1", "h2", "h3", "p", "ul", "li", "a", "table", "thead",
        "tbody", "tr", "th", "td", "code", "strong", "em"}
ATTRIBUTES = {"a": {"href", "id"}, "td": {"data-label"}, "th": {"scope"}, "meta": {"charset", "name", "content"}, "html": {"lang"},
              "nav": {"aria-label"}}
HOSTILE = ('<script>alert("zzz")</script> <img src=https://example.org/zzz.png> [zzz](javascript:alert%281%29) '
           "![zzz](https://example.org/zzz.png) <https://example.org/zzz> [local](file:///zzz) | zzz")


class Page(HTMLParser):
    """A page as a browser has it: elements with their attributes, ids, links, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict]] = []
        self.text = self.style = ""
        self.feed(text)
        self.close()
        assert self.open == []
        self.ids = Counter(attributes["id"] for _, attributes in self.elements if "id" in attributes)
        self.links = [attributes["href"] for _, attributes in self.elements if "href" in attributes]

    def handle_starttag(self, tag, attributes) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        if "style" in self.open:
            self.style += data
        else:
            self.text += data


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(codebook_html.page(real()))


def harmless(page: Page) -> None:
    """Nothing runs, nothing is loaded, and every link leads to the web or to a place that is there once."""
    for tag, attributes in page.elements:
        assert tag in TAGS and set(attributes) <= ATTRIBUTES.get(tag, set()), (tag, attributes)
    assert not re.search(r"url\(|@import|</|expression", page.style)
    for link in page.links:
        assert re.match("https?://", link) or page.ids[link.removeprefix("#")] == 1, link
    assert set(page.ids.values()) == {1}


def test_every_table_column_vocabulary_and_term_stands_on_the_page(page):
    package = real().package
    wanted = [name for table in package.tables.values() for name in (table.name, *(f"{table.name}.{column}" for column in table.columns))]
    wanted += [f"vocabulary-{name}" for name in package.vocabularies]
    wanted += [f"{name}.{term}" for name, one in package.vocabularies.items() for term in one.terms]
    assert sorted(page.ids) == sorted(wanted)
    assert all(parts.definition.replace("`", "") in page.text for one in package.vocabularies.values() for parts in one.terms.values())


def test_the_page_is_one_file_that_runs_and_loads_nothing(page):
    harmless(page)


def test_the_contents_lead_to_every_table_and_vocabulary(page):
    package = real().package
    contents = codebook_html.contents(package)
    assert Page(contents).links == [
        f"#{name}" for name in (*package.tables, *(f"vocabulary-{one}" for one in package.vocabularies))]
    assert all(link in page.links for link in Page(contents).links)


def hostile(root: Path) -> Tables:
    """The fictional tables with markup wherever a descriptor or vocabulary holds text."""
    write_package(root)
    for name in ("claims", "derived/record_quality"):
        path = root / f"schemas/{name}.json"
        schema = json.loads(path.read_bytes())
        schema["description"] = schema["fields"][0]["description"] = schema["fields"][0]["title"] = schema["fields"][0]["example"] = HOSTILE
        path.write_text(json.dumps(schema), encoding="utf-8")
    path = root / "datapackage.json"
    descriptor = json.loads(path.read_bytes()) | {"title": HOSTILE, "contributors": [{"title": HOSTILE, "roles": ["author"]}]}
    descriptor["licenses"][0] |= {"title": HOSTILE, "path": "javascript:alert(1)"}
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    vocabulary = root / "schemas/vocabularies.yaml"
    vocabulary.write_text(vocabulary.read_text(encoding="utf-8").replace(
        'definition: "A member state or', f"definition: {json.dumps(HOSTILE + ' A member state or')[:-1]}"), encoding="utf-8")
    return everything(root)


def test_markup_in_a_descriptor_stays_text(tmp_path):
    tables = hostile(tmp_path)
    found = Page(codebook_html.page(tables))
    harmless(found)
    assert found.text.count('<script>alert("zzz")</script>') >= 9 and found.text.count(f"{HOSTILE}: codebook") == 2
    assert not [link for link in found.links if not link.startswith(("#", "https://example.org/zzz"))]


def test_a_link_to_the_web_stays_a_link():
    text = markdown.rendered("[zzz](https://example.org/zzz) [yyy](#zzz) [rules](rules.md#zzz) ![xxx](https://example.org/x.png)")
    assert re.findall(r'href="([^"]*)"', text) == ["https://example.org/zzz", "#zzz", "https://example.org/x.png"] and "<img" not in text


def test_only_our_own_anchor_is_markup():
    assert markdown.rendered('<a name="zzz.yyy"></a>zzz') == '<p><a id="zzz.yyy"></a>zzz</p>\n'
    for text in ('<a name="zzz" onclick="x"></a>', '<a name="zzz">', '<a name="z z"></a>', '<a href="https://example.org"></a>'):
        assert "<a" not in markdown.rendered(text)


def test_a_cell_knows_the_heading_of_its_column(page):
    labels = Counter(attributes["data-label"] for tag, attributes in page.elements if tag == "td")
    columns = sum(len(table.columns) for table in real().package.tables.values())
    assert labels["column"] == labels["type"] == labels["filled"] == columns
    assert labels["term"] == sum(len(one.terms) for one in real().package.vocabularies.values())
    assert all(attributes == {"scope": "col"} for tag, attributes in page.elements if tag == "th")


def test_the_page_counts_rows_and_how_far_a_column_is_filled(tmp_path):
    tables = released(tmp_path, {"deployments": [
        {"deployment_id": f"zzz-deployment-{number}", "place": "Zzz" if number == 1 else ""} for number in (1, 2)]})
    lines = list(codebook(tables.package, tables))
    rows = len(tables["deployments"])
    (line,) = [line for line in lines if '<a name="deployments.place">' in line]
    assert rows == 3 and line.endswith("| 33\u00a0% |")
    assert any(line.startswith("Deployments, `data/deployments.csv`. 3 rows. ") for line in lines)
    assert "33\u00a0%" in codebook_html.page(tables)


@pytest.mark.parametrize(("full", "empty", "words"), [
    (0, 0, "no rows"), (0, 5, "0 %"), (5, 0, "100 %"), (1, 999, "under 1 %"), (999, 1, "over 99 %"), (1, 3, "25 %")])
def test_a_share_is_whole_only_where_it_is_exactly_so(full, empty, words):
    package, _ = load(PROJECT)
    table = package.tables["claims"]
    rows = pd.DataFrame([dict.fromkeys(table.columns, "")] * (full + empty), columns=list(table.columns), dtype=object)
    rows["note"] = ["zzz"] * full + [""] * empty
    tables = Tables(package, {"claims": Content(table, rows)})
    assert filled(table.by_name["note"], table, tables).replace("\u00a0", " ") == words


def whole() -> Package:
    return with_derived(load(PROJECT)[0])[0]


def test_the_codebook_of_the_repository_documents_what_a_release_works_out():
    text = "\n".join(codebook(whole()))
    derived, flat = text.split("\n## Derived tables\n")[1].split("\n## Flat tables\n")
    assert "[schemas/derived/settings.yaml](../schemas/derived/settings.yaml)" in derived
    for table in whole().tables.values():
        if table.folder != "data":
            section = derived if table.folder == "derived" else flat.split("\n## Vocabularies\n")[0]
            part = section.split(f'\n### <a name="{table.name}"></a>{table.name}\n')[1].split("\n### ")[0]
            assert re.findall(r'^\| <a name="[^"]+"></a>`(\w+)`', part, re.MULTILINE) == list(table.columns)
            assert "key on a card" not in part and "rules.md" not in part
    assert '### <a name="vocabulary-instrument_kind"></a>instrument_kind' in text


def test_the_codebook_of_the_repository_depends_on_no_row_and_that_of_a_release_on_no_rule():
    plain, release = "\n".join(codebook(whole())), "\n".join(codebook(real().package, real()))
    assert "\u00a0%" not in plain and "rules.md#" in plain and "key on a card" in plain
    assert "\u00a0%" in release and "rules.md" not in release and "key on a card" not in release and "../" not in release
