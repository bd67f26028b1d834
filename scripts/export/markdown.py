"""Markdown of ours as HTML, for the codebook of a release and for the pages of the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

ANCHOR = re.compile(r'<a name="([\w.-]+)"></a>')
LINK = re.compile(r"https?://|#")
TO_THE_RIGHT = "text-align:right"

Leads = Callable[[str], str]  # where a link leads, given what stands in the text, or '' for nowhere


@dataclass(frozen=True)
class Heading:
    """A heading of a document: its level from 1, its anchor, its text."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Document:
    """A text as HTML, with the headings that stand in it; `title` is the one it begins with, which does
    not stand in the HTML, or ''."""

    html: str
    title: str = ""
    headings: tuple[Heading, ...] = field(default=())


def plain(text: str) -> str:
    """Text that is no Markdown, as Markdown."""
    return re.sub(r"([\\`*_<>\[\]#&!|~])", r"\\\1", text)


def rendered(text: str) -> str:
    """Markdown as HTML: no markup of its own passes but our anchors, no picture is loaded, and links lead to the web or to a place on
    the page."""
    markdown = parser()
    markdown.validateLink = lambda address: bool(LINK.match(address))
    tokens = markdown.parse(text)
    label(tokens)
    return markdown.renderer.render(tokens, markdown.options, {})


def document(text: str, leads: Leads, code: Leads = lambda text: "", deeper: int = 0, regions: bool = True) -> Document:
    """Markdown as HTML, like `rendered`, with anchors at its headings as GitHub makes them, and `deeper` by so many levels. Links lead
    to where `leads` says, and one that leads nowhere is words; `code` says where a word leads that is code, or all that a cell holds.
    Tables scroll in `regions`."""
    markdown = parser()
    if regions:
        markdown.add_render_rule("table_open", open_region)
        markdown.add_render_rule("table_close", lambda *_: "</table>\n</div>\n")
    tokens = markdown.parse(text)
    title = "" if deeper else cut_title(tokens)
    lower(tokens, deeper)
    label(tokens)
    headings = tuple(anchored(tokens))
    for before, token in pairwise(tokens):
        if token.children:
            token.children = list(linked(token.children, leads, code, alone=before.type == "td_open" and len(token.children) == 1))
    return Document(markdown.renderer.render(tokens, markdown.options, {}), title, headings)


def parser() -> MarkdownIt:
    """CommonMark with tables, without markup of its own but our anchors, without pictures."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.inline.ruler.before("autolink", "anchor", anchor)
    markdown.add_render_rule("anchor", show_anchor)
    return markdown


def anchor(state: StateInline, silent: bool) -> bool:
    """Read `<a name="…"></a>`, the one piece of HTML that our documents hold."""
    found = ANCHOR.match(state.src, state.pos)
    if found and not silent:
        state.push("anchor", "a", 0).content = found[1]
    state.pos += len(found[0]) if found else 0
    return bool(found)


def show_anchor(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: dict, env: dict) -> str:
    """An anchor as HTML."""
    return f'<a id="{escape(tokens[index].content)}"></a>'


def open_region(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: dict, env: dict) -> str:
    """The start of a table in a region that scrolls by itself and has a name."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(tokens[index].meta["label"])}">\n<table>\n'


def label(tokens: Sequence[Token]) -> None:
    """Give each cell the heading of its column, which a narrow screen shows beside it, each heading its scope, and each table a name;
    a column of numbers has a class, not a style."""
    heads: list[str] = []
    column = count = 0
    above = ""
    for token, following in zip(tokens, (*tokens[1:], None), strict=True):
        if token.type == "heading_open":
            above, count = words(following), 0
        elif token.type == "table_open":
            heads, count = [], count + 1
            token.meta["label"] = f"{above}: table{f' {count}' * (count > 1)}".removeprefix(": ")
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrSet("scope", "col")
            heads.append(words(following))
        elif token.type == "td_open":
            token.attrSet("data-label", heads[column])
            column += 1
        if token.attrs.get("style") == TO_THE_RIGHT:
            del token.attrs["style"]
            token.attrSet("class", "number")


def words(inline: Token) -> str:
    """The text of a heading without its markup."""
    return "".join(child.content for child in inline.children if child.type in ("text", "code_inline"))


def cut_title(tokens: list[Token]) -> str:
    """Take the heading that a document begins with out of it, and return its text; '' where it begins otherwise."""
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        return ""
    title = words(tokens[1])
    del tokens[:3]
    return title


def lower(tokens: Sequence[Token], levels: int) -> None:
    """Put all headings so many levels lower."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + levels)}"


def anchored(tokens: Sequence[Token]) -> Iterator[Heading]:
    """The headings, each with an anchor: its own, or one as GitHub makes it of the words, which it gets."""
    taken: dict[str, int] = {}
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            own = next((child.content for child in inline.children if child.type == "anchor"), "")
            slug = re.sub(r"[^\w\- ]", "", words(inline).strip().lower()).replace(" ", "-")
            taken[slug] = taken.get(slug, -1) + 1
            name = own or f"{slug}{f'-{taken[slug]}' * (taken[slug] > 0)}"
            if not own:
                token.attrSet("id", name)
            yield Heading(int(token.tag[1]), name, words(inline))


def linked(tokens: Sequence[Token], leads: Leads, code: Leads, alone: bool) -> Iterator[Token]:
    """The tokens of a line with its links leading to where they lead on the page, without those that lead nowhere; `alone` where they
    are one word."""
    opened: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            opened.append(leads(str(token.attrs["href"])))
            token.attrSet("href", opened[-1])
            if opened[-1].startswith("http"):
                token.attrSet("rel", "noopener")
        if token.type in ("link_open", "link_close"):
            place = opened[-1] if token.type == "link_open" else opened.pop()
            yield from [token] if place else []
        elif not opened and (alone or token.type == "code_inline") and (place := code(token.content)):
            yield from (Token("link_open", "a", 1, {"href": place}), token, Token("link_close", "a", -1))
        else:
            yield token
