"""codebook.html: the codebook as one page that needs nothing else, with how many rows a table has and how far its columns are filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from ..citation import licence, reference
from ..codebook import codebook, groups, recorded
from ..package import Package
from ..tables import Tables
from .markdown import plain, rendered

STYLE = """\
:root {
  color-scheme: light dark;
  --ink: #1d2329; --soft: #57606a; --paper: #fff; --band: #f3f5f7; --line: #d5dae0; --link: #0b57a4; --mark: #fff3c4;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ec; --soft: #a3adb8; --paper: #15191e; --band: #1e242b; --line: #39424c; --link: #7db8f5; --mark: #4a3f12; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--link); }
main { min-width: 0; padding: 1rem 2rem 4rem; }
nav { padding: 1rem; background: var(--band); font-size: .875rem; }
nav h2 { margin: 1rem 0 .25rem; font-size: 1rem; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .125rem 0; overflow-wrap: anywhere; text-decoration: none; }
nav a:hover, nav a:focus { text-decoration: underline; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
main h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { margin-top: 2.5rem; }
p { max-width: 48rem; }
code { font: .875em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .375rem .75rem .375rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); }
tr:has(a:target), h2:has(a:target), h3:has(a:target) { background: var(--mark); }
footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem; }
@media (min-width: 64rem) {
  body { display: grid; grid-template-columns: 16rem 1fr; }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; }
  td[data-label="meaning"] { min-width: 20rem; }
  td:first-child > code { white-space: nowrap; }
}
@media (max-width: 48rem) {
  main { padding: 1rem; }
  nav ul { columns: 2; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { padding: .125rem 0; border: 0; }
  td:empty { display: none; }
  td:not(:first-child)::before { content: attr(data-label) ": "; color: var(--soft); }
  td:first-child { font-size: 1rem; font-weight: 600; }
}
@media print { nav { display: none; } }
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}: codebook</title>
<style>
{style}</style>
</head>
<body>
<nav aria-label="Contents">
{contents}
</nav>
<main>
{body}
<footer><p>{reference}</p>
<p>{licence}</p></footer>
</main>
</body>
</html>
"""


def write(tables: Tables, folder: Path) -> None:
    """Write codebook.html into the release folder. Raises OSError."""
    (folder / "codebook.html").write_text(page(tables), encoding="utf-8", newline="\n")


def page(tables: Tables) -> str:
    """The page. Whatever descriptors and vocabularies hold stands in it as text, with Markdown for emphasis, code and links."""
    package = tables.package
    descriptor, terms = package.descriptor, licence(package)
    text = "\n".join(codebook(package, tables)).removeprefix("# Codebook\n")
    heading = f"# {plain(descriptor['title'])}: codebook\n\nVersion {descriptor['version']}, {package.created}.\n"
    return PAGE.format(title=escape(descriptor["title"]), style=STYLE, contents=contents(package), body=rendered(heading + text),
                       reference=escape(reference(package)), licence=link(terms.get("path", ""), terms.get("title", "")))


def link(address: str, text: str) -> str:
    """A link where the address is one of the web, else the text alone."""
    return f'<a href="{escape(address)}">{escape(text)}</a>' if re.match("https?://", address) else escape(text)


def lists(package: Package) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What the codebook explains, under headings: its place on the page, and what it is called."""
    yield "Tables", [(table.name, table.name) for table in recorded(package)]
    yield from ((heading, [(table.name, table.name) for table in tables]) for heading, _, tables in groups(package))
    yield "Vocabularies", [(f"vocabulary-{name}", name) for name in package.vocabularies]


def contents(package: Package) -> str:
    """Links to every table and vocabulary."""
    return "\n".join(f"<h2>{escape(heading)}</h2>\n<ul>\n{''.join(map(entry, found))}</ul>" for heading, found in lists(package))


def entry(found: tuple[str, str]) -> str:
    """An item of the contents."""
    place, name = found
    return f'<li><a href="#{escape(place)}">{escape(name)}</a></li>\n'
