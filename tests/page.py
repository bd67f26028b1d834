"""A comment on GitHub as a reader sees it, with what in it is markup, a link or a mention."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = {"h3", "h4", "p", "strong", "details", "summary", "ul", "li", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}
SPOKEN = re.compile(r"[@#]|://|www\.|GH-\d|zzz-")  # what GitHub makes a mention or a link of, or the contribution said


class Page(HTMLParser):
    """A comment as a browser has it: elements, links, remarks, the text in code and the text outside of it."""

    def __init__(self, comment: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements, self.links, self.remarks = set(), [], []
        self.coded = self.plain = ""
        self.feed(MARKDOWN.render(comment))
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.open.append(tag)
        if tag == "a":
            self.links.append(dict(attrs))
        else:
            assert attrs in ([], [("open", None)], [("open", "")], [("class", "language-yaml")]), attrs
            self.elements.add(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data) -> None:
        self.remarks.append(data.strip())

    def handle_data(self, data) -> None:
        if {"code", "pre"} & set(self.open):
            self.coded += data
        else:
            self.plain += data


def read_as_page(comment: str, what: str, links: tuple[str, ...] = ()) -> Page:
    """What a reader sees of our comment of a kind, in which nothing is markup, a link or a mention but what is ours."""
    page = Page(comment)
    assert page.elements <= OURS and not page.open and page.links == [{"href": link} for link in links]
    assert page.remarks == ([f"ai-governance-reach: {what}"] if what else [])
    assert not SPOKEN.search(page.plain), page.plain
    return page
