"""sitemap.xml: the addresses of all pages, for search engines, as https://www.sitemaps.org/protocol.html has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from .content import Site

SITEMAP = "sitemap.xml"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000  # addresses that one file may hold


def write(site: Site, folder: Path, places: Sequence[str]) -> None:
    """Write the sitemap of the pages at these places, or where they are too many for one file several with an index; nothing where
    the address of the site is not known. Raises OSError."""
    if not site.url:
        return
    parts = [places[start:start + MOST] for start in range(0, len(places), MOST)]
    names = [SITEMAP] if len(parts) == 1 else [SITEMAP.replace(".", f"-{number}.") for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        (folder / name).write_bytes(document("urlset", "url", site.url, part))
    if len(parts) > 1:
        (folder / SITEMAP).write_bytes(document("sitemapindex", "sitemap", site.url, names))


def document(root: str, item: str, url: str, places: Iterable[str]) -> bytes:
    """An XML document with the address of each place."""
    tree = ElementTree.Element(root, xmlns=NAMESPACE)
    for place in places:
        ElementTree.SubElement(ElementTree.SubElement(tree, item), "loc").text = url + quote(place)
    ElementTree.indent(tree, "")
    return ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True) + b"\n"
