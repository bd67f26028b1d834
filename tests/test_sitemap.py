"""sitemap.xml: every page once, at its address, in files that search engines take."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from lxml import etree

from scripts.site import sitemap
from scripts.site.content import Site
from scripts.site.sitemap import MOST, NAMESPACE, SITEMAP, write
from tests.sites import URL, fictional_site

SCHEMA = f"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{NAMESPACE}" xmlns="{NAMESPACE}"
  elementFormDefault="qualified">
<xsd:simpleType name="location"><xsd:restriction base="xsd:anyURI"><xsd:minLength value="12"/><xsd:maxLength value="2048"/>
  </xsd:restriction></xsd:simpleType>
<xsd:complexType name="entry"><xsd:sequence><xsd:element name="loc" type="location"/></xsd:sequence></xsd:complexType>
<xsd:element name="urlset"><xsd:complexType><xsd:sequence>
  <xsd:element name="url" type="entry" maxOccurs="50000"/></xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name="sitemapindex"><xsd:complexType><xsd:sequence>
  <xsd:element name="sitemap" type="entry" maxOccurs="50000"/></xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>"""  # what the protocol asks of the elements that we write


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    return fictional_site(tmp_path_factory.mktemp("zzz"))


def valid(data: bytes) -> bool:
    return etree.XMLSchema(etree.fromstring(SCHEMA.encode())).validate(etree.fromstring(data))


def addresses(data: bytes) -> list[str]:
    return [one.text for one in ElementTree.fromstring(data).iter(f"{{{NAMESPACE}}}loc")]


def test_the_schema_would_refuse_what_is_no_sitemap(site, tmp_path):
    write(site, tmp_path, ["", "zzz/"])
    text = (tmp_path / SITEMAP).read_bytes()
    assert valid(text) and not valid(text.replace(b"loc>", b"location>")) and not valid(text.replace(NAMESPACE.encode(), b"zzz"))


def test_each_place_is_an_address_in_which_no_sign_has_a_meaning(site, tmp_path):
    write(site, tmp_path, ["", "sources/zzz-a&b<c>/", "sources/é ü/"])
    text = (tmp_path / SITEMAP).read_bytes()
    assert valid(text) and addresses(text) == [URL, f"{URL}sources/zzz-a%26b%3Cc%3E/", f"{URL}sources/%C3%A9%20%C3%BC/"]


def test_without_an_address_of_the_site_there_is_none(site, tmp_path):
    write(replace(site, url=""), tmp_path, ["", "zzz/"])
    assert not (tmp_path / SITEMAP).exists()


def test_more_places_than_one_file_may_hold_stand_in_several_with_an_index(site, tmp_path, monkeypatch):
    assert MOST == 50_000
    monkeypatch.setattr(sitemap, "MOST", 3)
    places = [f"zzz-{number}/" for number in range(7)]
    write(site, tmp_path, places)
    parts = addresses((tmp_path / SITEMAP).read_bytes())
    assert parts == [f"{URL}sitemap-{number}.xml" for number in (1, 2, 3)]
    found = [(tmp_path / part.removeprefix(URL)).read_bytes() for part in parts]
    assert all(map(valid, [*found, (tmp_path / SITEMAP).read_bytes()])) and [len(addresses(one)) for one in found] == [3, 3, 1]
    assert [address for one in found for address in addresses(one)] == [URL + place for place in places]


def test_as_many_as_one_file_may_hold_need_no_index(site, tmp_path, monkeypatch):
    monkeypatch.setattr(sitemap, "MOST", 3)
    write(site, tmp_path, ["a/", "b/", "c/"])
    assert [path.name for path in tmp_path.glob("sitemap*")] == [SITEMAP] and len(addresses((tmp_path / SITEMAP).read_bytes())) == 3


def test_the_sitemap_of_the_real_site_has_every_page_but_the_one_for_lost_addresses(crawl):
    text = (crawl.folder / SITEMAP).read_bytes()
    found = [unquote(address.removeprefix(URL)) for address in addresses(text)]
    pages = {page.removesuffix("index.html") for page in crawl.pages}
    assert valid(text) and len(found) == len(set(found)) and set(found) == pages - {"404.html"}
