"""codebook.html: the codebook as one page that needs nothing else, with how many rows a table has and how far its columns are filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ..citation import licence, reference
from ..codebook import codebook, groups, recorded
from ..package import Package
from ..tables import Tables

ANCHOR = re.compile(r'<a name="([\w.-]+)"></a>')
LINK = re.compile(r"https?://|#")
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


def plain(text: str) -> str:
    """Text that is no Markdown, as Markdown."""
    return re.sub(r"([\\`*_<>\[\]#&!|~])", r"\\\1", text)


def link(address: str, text: str) -> str:
    """A link where the address is one of the web, else the text alone."""
    return f'<a href="{escape(address)}">{escape(text)}</a>' if re.match("https?://", address) else escape(text)


def contents(package: Package) -> str:
    """Links to every table and vocabulary."""
    lists = [("Tables", [(table.name, table.name) for table in recorded(package)]),
             *((heading, [(table.name, table.name) for table in tables]) for heading, _, tables in groups(package)),
             ("Vocabularies", [(f"vocabulary-{name}", name) for name in package.vocabularies])]
    return "\n".join(f'<h2>{escape(heading)}</h2>\n<ul>\n{"".join(entries(found))}</ul>' for heading, found in lists)


def entries(found: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Items of the contents: place on the page, and what it is called."""
    for place, name in found:
        yield f'<li><a href="#{escape(place)}">{escape(name)}</a></li>\n'


def rendered(text: str) -> str:
    """Markdown as HTML: no markup of its own passes but our anchors, no picture is loaded, and links lead to the web or to a place on
    the page."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.validateLink = lambda address: bool(LINK.match(address))
    markdown.inline.ruler.before("autolink", "anchor", anchor)
    markdown.add_render_rule("anchor", show_anchor)
    tokens = markdown.parse(text)
    label(tokens)
    return markdown.renderer.render(tokens, markdown.options, {})


def anchor(state: StateInline, silent: bool) -> bool:
    """Read `<a name="…"></a>`, the one piece of HTML that the codebook holds."""
    found = ANCHOR.match(state.src, state.pos)
    if found and not silent:
        state.push("anchor", "a", 0).content = found[1]
    state.pos += len(found[0]) if found else 0
    return bool(found)


def show_anchor(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: dict, env: dict) -> str:
    """An anchor as HTML."""
    return f'<a id="{escape(tokens[index].content)}"></a>'


def label(tokens: Sequence[Token]) -> None:
    """Give each cell the heading of its column, which a narrow screen shows beside it, and each heading its scope."""
    heads: list[str] = []
    column = 0
    for token, following in zip(tokens, (*tokens[1:], None), strict=True):
        if token.type == "thead_open":
            heads = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrSet("scope", "col")
            heads.append(following.content)
        elif token.type == "td_open":
            token.attrSet("data-label", heads[column])
            column += 1
