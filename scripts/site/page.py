"""A page of the site, and how its template becomes a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markdown_it import MarkdownIt
from markupsafe import Markup

from ..problem import visible
from . import address

TEMPLATES = Path(__file__).parent / "templates"
MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "link", "autolink"])


@dataclass(frozen=True)
class Page:
    """One page: its place (relative to the root of the site, `deployments/zzz/`), title, template and what the template shows; a
    sentence for search engines, the place of the navigation that it belongs to, what schema.org says of it, and the scripts that it
    loads (names of files in assets/)."""

    place: str
    title: str
    template: str
    values: dict = field(default_factory=dict)
    about: str = ""
    part_of: str = ""
    linked_data: dict | None = None
    scripts: tuple[str, ...] = ()


def environment(**everywhere: object) -> Environment:
    """The templates, which all see the values of `everywhere`. What a value holds stands in a page as text; what a reader would not
    see in it, such as a sign that turns the writing round, is written out."""
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                            lstrip_blocks=True, keep_trailing_newline=True, finalize=shown)
    templates.filters |= {"href": link, "web": web, "count": count, "per_cent": per_cent, "inline": inline}
    templates.globals |= everywhere
    return templates


def shown(value: object) -> object:
    """A value as it is put into a page."""
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return "\n".join(map(visible, value.split("\n")))


@pass_context
def link(context: Context, there: str) -> str:
    """A place as a link from the page that is being written."""
    return address.href(context["page"].place, there)


def web(url: str) -> str:
    """An address that a link may have, http or https, or ''."""
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def count(number: int, one: str = "", many: str = "") -> str:
    """A number with its noun: `1 source`, `2,000 sources`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}" if one else f"{number:,}"


def per_cent(share: float) -> str:
    """A share from 0 to 1: `70%`."""
    return f"{100 * share:.0f}%"


@cache
def inline(text: str) -> Markup:
    """A description of ours as HTML: emphasis and code of its Markdown, no links and no markup of its own."""
    return Markup(MARKDOWN.renderInline(shown(text)))


def render(page: Page, templates: Environment) -> str:
    """The HTML of a page."""
    return templates.get_template(page.template).render(page=page, **page.values)


def write(page: Page, templates: Environment, folder: Path) -> Path:
    """Write a page into the folder of the site. Raises OSError."""
    path = folder / address.file_of(page.place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(page, templates), encoding="utf-8", newline="\n")
    return path
