"""The site as a whole: its pages and files, in the order in which they are written."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from ..citation import licence
from ..derive.settings import load_settings
from ..folder import SUMS, sums
from ..metadata import metadata_problems
from ..package import Package
from ..previous import Previous
from ..problem import ERROR, Problem, kind
from ..release import DIST, Outcome, Product, Tell, build, is_release_of, write_release
from ..revisions import is_cut_off, revisions
from ..tables import Tables
from ..versions import git
from . import (
    assets,
    claims_page,
    compare_page,
    country_pages,
    document_pages,
    download_pages,
    explore_data,
    explore_pages,
    front_page,
    organization_pages,
    record_pages,
    service_pages,
    sitemap,
    standards_page,
)
from .content import DOWNLOADS, Site
from .page import environment, write
from .settings import SiteSettings, check_site_settings, load_site_settings

NAVIGATION = (  # groups of places; the last stands in the menu and at the foot of a page only
    ("Findings", (("", "The question"), ("countries/", "Countries"), ("standards/", "Standards"), ("compare/", "Compare texts"),
                  ("claims/", "Claims"), ("answers/", "Answers"))),
    ("Records", (("deployments/", "Deployments"), ("roles/", "Roles"), ("statements/", "Statements"), ("organizations/", "Organizations"),
                 ("sources/", "Sources"))),
    ("About", (("method/", "Method"), ("gaps/", "Known gaps"), ("codebook/", "Codebook"), ("downloads/", "Downloads"), ("cite/", "Cite"),
               ("changes/", "Changes"), ("correct/", "Report a mistake"))),
    ("More", (("using/", "Using a release"), ("guide/", "Coder guide"), ("contribute/", "Contribute"))))
PAGES = (
    front_page,
    country_pages,
    record_pages,
    organization_pages,
    claims_page,
    explore_pages,
    compare_page,
    standards_page,
    document_pages,
    download_pages,
    service_pages,
)  # each has `pages(site)`
FILES = (assets, compare_page, explore_data)  # each has `write(site, folder)`, for what is no page
FOLDER = re.compile(r"https?://[^\s/?#]+(?:/[^\s?#]*)?")  # an address under which others can stand
CUT_OFF = "The history of this clone is cut off, so pages show none; `git fetch --unshallow` gives it."
GITHUB = re.compile(r"(?:https://(?:[^@/]*@)?github\.com/|git@github\.com:|ssh://git@github\.com/)([\w.-]+/[\w.-]+?)(?:\.git)?/?")

BAD_ADDRESS = kind("bad-address", ERROR, "release", "The addresses of a site and of its repository are those of web pages.",
                   good="--url https://example.org/zzz/", bad="--url zzz")


def site(package: Package, out: Path | None, url: str | None, repository: str | None, tell: Tell) -> Outcome:
    """Build the site of a package in the folder `out` (or `dist/site`). `url` is the address at which it will stand (else the homepage
    of the Data Package), `repository` that of the repository on the web (else what git says of `origin`); both may be unknown."""
    own, problems = load_site_settings(package.root)
    problems += [*metadata_problems(package), *assets.missing()]
    if own is None or problems:
        return Outcome(problems=problems)
    url = url if url is not None else package.descriptor.get("homepage", "")
    repository = repository if repository is not None else origin(package)
    if problems := addresses(url, repository):
        return Outcome(problems=problems)
    places = {"url": f"{url.rstrip('/')}/" if url else "", "repository": repository.rstrip("/")}
    outcome = build(package, Product("site", Path(DIST, "site"), is_site_of(package.descriptor["name"]),
                                     partial(write_site, own=own, tell=tell, **places), partial(check_site_settings, own)), out, None, tell)
    if outcome.folder:
        outcome.notices += [*unknown(**places), *([CUT_OFF] if is_cut_off(package) else [])]
    return outcome


def is_site_of(name: str) -> Callable[[Path], bool]:
    """A function that tells whether a folder holds a site of the Data Package of this name."""
    return lambda folder: is_release_of(name)(folder / DOWNLOADS)


def write_site(tables: Tables, before: Previous, folder: Path, own: SiteSettings, tell: Tell, url: str, repository: str) -> None:
    """Write the release as downloads, then every page, then what the pages load. Raises what `write_release` does."""
    downloads = folder / DOWNLOADS
    downloads.mkdir()
    write_release(tables, before, downloads, tell)
    (downloads / SUMS).write_bytes(sums(downloads).encode())
    settings, _ = load_settings(tables.package.root)
    whole = Site(tables, settings, own, before, revisions(tables.package), url, repository, downloads)
    write_pages(whole, folder, tell)


def write_pages(whole: Site, folder: Path, tell: Tell) -> None:
    """Write every page and file of the site but the downloads. Raises OSError."""
    package = whole.package
    templates = environment(descriptor=package.descriptor, created=package.created, licence=licence(package), navigation=NAVIGATION,
                            url=whole.url, repository=whole.repository)
    places = []
    for module in PAGES:
        started = time.perf_counter()
        before = len(places)
        for page in module.pages(whole):
            write(page, templates, folder)
            places.append(page.place)
        name = module.__name__.rpartition(".")[2].replace("_", " ")
        tell(f"{name:<20} {len(places) - before:7,} {time.perf_counter() - started:5.1f} s")
    for module in FILES:
        module.write(whole, folder)
    sitemap.write(whole, folder, [place for place in places if place != service_pages.NOT_FOUND])


def addresses(url: str, repository: str) -> list[Problem]:
    """What is wrong with the two addresses; an empty one is not known."""
    return [BAD_ADDRESS.at(reason, f"Write `{option} https://…`.") for option, text in (("--url", url), ("--repository", repository))
            if text and (reason := unfit(text))]


def unfit(text: str) -> str:
    """Why a text is no address under which others can stand, or ''."""
    try:
        parts = urlsplit(text)
        if FOLDER.fullmatch(text) and parts.hostname and (parts.port is None or parts.port):
            return "The address holds a name or password, which every page would show." if parts.username is not None else ""
    except ValueError:  # a host or a port that can be none
        pass
    return f"`{text[:80]}` is no address of the web."


def origin(package: Package) -> str:
    """The address on GitHub of the repository that a dataset lies in, by its remote `origin`, or ''."""
    try:
        found = git(package.root, "remote", "get-url", "origin").stdout.decode(errors="replace").strip()
    except OSError:
        return ""
    known = GITHUB.fullmatch(found)
    return f"https://github.com/{known[1]}" if known else ""


def unknown(url: str, repository: str) -> list[str]:
    """What the site lacks because an address is not known."""
    return [*(["No address of the site is known, so it has no sitemap.xml; --url gives it."] if not url else []),
            *(["No address of the repository is known, so no page opens a form; --repository gives it."] if not repository else [])]
