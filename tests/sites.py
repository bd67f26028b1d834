"""The site of the fictional package, and of one whose cells are hostile."""

from __future__ import annotations

from pathlib import Path

from scripts.derive.settings import load_settings
from scripts.previous import Previous
from scripts.revisions import revisions
from scripts.site.address import SECTIONS
from scripts.site.build import write_pages
from scripts.site.content import Site
from scripts.site.settings import load_site_settings
from scripts.tables import Tables
from tests.fictional import PROJECT
from tests.released import released

WITHDRAWN = "withdrawn"  # a kind of page
URL, REPOSITORY = "https://example.org/zzz/", "https://github.com/zzz/zzz"


def fictional_site(root: Path, example: dict | None = None, url: str = URL, repository: str = REPOSITORY) -> Site:
    """All that the pages of the fictional package, written to `root` with an example changed, are made from."""
    return site_of(released(root, example), url, repository)


def site_of(tables: Tables, url: str = URL, repository: str = REPOSITORY) -> Site:
    """All that the pages of these tables are made from; the site compares the statements that are there."""
    settings, _ = load_settings(PROJECT)
    own, _ = load_site_settings(PROJECT)
    own = own.model_copy(update={"compared_statements": tables["policy_statements"].statement_id.tolist()[:3]})
    return Site(tables, settings, own, Previous(), revisions(tables.package), url, repository)


def written(site: Site, folder: Path) -> Path:
    """The pages and files of a site but the downloads, written to a folder."""
    folder.mkdir(parents=True)
    write_pages(site, folder, lambda line: None)
    return folder


# --- kinds of pages

KINDS = {  # kind → its place; `*` stands for a record, of which the largest page is taken
    "front": "", "countries": "countries/", "country": "countries/*/", "organizations": "organizations/",
    "organization": "organizations/*/", "deployments": "deployments/", "deployment": "deployments/*/", "roles": "roles/",
    "role": "roles/*/",
    "statements": "statements/", "statement": "statements/*/", "sources": "sources/", "source": "sources/*/", "claims": "claims/",
    "claim": "claims/*/", "compare": "compare/", "standards": "standards/", "codebook": "codebook/", "method": "method/", "gaps": "gaps/",
    "answers": "answers/", "downloads": "downloads/", "using": "using/", "guide": "guide/", "contribute": "contribute/", "cite": "cite/",
    "changes": "changes/", "correct": "correct/", "not found": "404.html", WITHDRAWN: ""}


def place_of(folder: Path, kind: str) -> str:
    """The place of a page of a kind in a built site."""
    if kind == WITHDRAWN:
        return withdrawn_place(folder)
    start, star, _ = KINDS[kind].partition("*")
    if not star:
        return KINDS[kind]
    pages = sorted(folder.glob(f"{start}*/index.html"))
    assert pages, f"no page of a {kind} stands in {start}"
    return f"{start}{max(pages, key=lambda path: path.stat().st_size).parent.name}/"


def withdrawn_place(folder: Path) -> str:
    """The place of the page of a record that was withdrawn."""
    known = (path for section in SECTIONS.values() for path in sorted(folder.glob(f"{section}/*/index.html")))
    return next(f"{path.parent.relative_to(folder).as_posix()}/" for path in known
                if "<h1>This record was withdrawn</h1>" in path.read_text(encoding="utf-8"))
