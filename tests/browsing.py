"""The built sites, and a browser that reads them: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.built import run
from tests.fictional import PROJECT
from tests.hostile import hostile_site as write_hostile
from tests.programs import needs
from tests.sites import REPOSITORY, URL

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP, PHONE = 1280, 390
HEIGHT = 900
NOT_FOUND = "404.html"
OWN = ("data:", "blob:")  # addresses of what a page holds itself
BAD = ("serious", "critical")  # how much a reader would suffer

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def site_folder(once) -> Path:
    """The site of the real data as `python -m scripts site` leaves it. Look, but change nothing in it."""
    return once("site", lambda place: run("site", "--out", str(place), "--url", URL, "--repository", REPOSITORY))


@pytest.fixture(scope="session")
def hostile_site(once) -> Path:
    """The pages of the fictional package with hostile cells. Look, but change nothing in it."""
    return once("hostile", write_hostile)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module, not for the session: while it is open Playwright's event loop counts as running, and no other test in
    this process could start its own."""
    program, arguments = needs("chromium"), ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@dataclass
class Tabs:
    """The pages that are open in a browser and not in use, by whether they have JavaScript: a test takes one and puts it back, since
    a new one takes the browser longer than what most tests look at."""

    browser: Browser
    idle: dict[bool, list[Page]] = field(default_factory=lambda: {True: [], False: []})

    def take(self, javascript: bool) -> Page:
        if self.idle[javascript]:
            return self.idle[javascript].pop()
        page = self.browser.new_context(java_script_enabled=javascript, locale="en-GB", reduced_motion="reduce").new_page()
        page.set_default_timeout(10_000)
        return page

    def put_back(self, page: Page, javascript: bool) -> None:
        """Blank, as it was taken; one that a test closed is gone."""
        if not page.is_closed():
            page.unroute_all()
            page.goto("about:blank")
            self.idle[javascript].append(page)


@pytest.fixture(scope="module")
def tabs(browser) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def visit(tabs) -> Iterator[Visit]:
    """A function that opens a page of a site, given by its folder or its address on the web: `visit(folder, "deployments/")`. It
    takes `width`, `height`, `dark=True` and `javascript=False`, and gives a Playwright page. The test fails if a page that it opened
    writes an error to the console, opens a dialog, or asks for anything beyond the site."""
    complaints: list[str] = []
    used = ExitStack()

    def open_page(site: Path | str, place: str = "", width: int = DESKTOP, height: int = HEIGHT, dark: bool = False,
                  javascript: bool = True) -> Page:
        page = tabs.take(javascript)
        page.emulate_media(media="null", color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": height})
        roots = (root_of(site),)
        if place == NOT_FOUND:  # it stands for any place, so it names the site by its address
            page.route(f"{URL}**", lambda route: route.fulfill(path=Path(site, route.request.url.removeprefix(URL))))
            roots = (*roots, URL)
        used.enter_context(watched(page, roots, complaints))
        used.callback(tabs.put_back, page, javascript)
        page.goto(address(site, place))
        return page

    with used:
        yield open_page
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def browser_page(visit, site_folder) -> Visit:
    """A function that opens a page of the real site: `browser_page("deployments/", width=390)`; see `visit`."""
    return partial(visit, site_folder)


@contextmanager
def watched(page: Page, roots: tuple[str, ...], complaints: list[str]) -> Iterator[None]:
    """Note what a page of the site at these addresses must not do, as long as the context lasts."""
    def beyond(request: Request) -> None:
        if not request.url.startswith((*roots, *OWN)):
            complaints.append(f"{page.url} asks for {request.url}")

    listeners = {"request": beyond, "pageerror": lambda error: complaints.append(f"{page.url}: {error}"),
                 "console": lambda line: complaints.append(f"{page.url}: {line.text}") if line.type == "error" else None,
                 "dialog": lambda dialog: (complaints.append(f"{page.url} says {dialog.message}"), dialog.dismiss())}
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


def root_of(site: Path | str) -> str:
    """The address at which a site stands."""
    return site if isinstance(site, str) else f"{site.as_uri()}/"


def address(site: Path | str, place: str) -> str:
    """The address of a place of a site, which on a disk names the file."""
    path, mark, rest = place.partition("?") if "?" in place else place.partition("#")
    return root_of(site) + (path if isinstance(site, str) or path.rpartition("/")[2] else f"{path}index.html") + mark + rest


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a web server on this machine serves a folder."""
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds on the page as it is now that is serious or critical, by all its rules or some: the rule, and the first
    elements that break it."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(f"(() => {{ {axe()} }})()")
    options = {"resultTypes": ["violations"], "preload": False, **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("""async ([options, bad]) => (await axe.run(document, options)).violations
        .filter(one => bad.includes(one.impact)).map(({id, nodes}) => ({id, nodes: nodes.slice(0, 3)}))""", [options, BAD])
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]} {one['nodes'][0]['failureSummary']}" for one in found]


def too_wide(page: Page) -> list[str]:
    """Elements that make a page wider than its window, the outermost first; none where it does not scroll sideways."""
    return page.evaluate("""() => {
        const width = document.documentElement.clientWidth
        if (document.scrollingElement.scrollWidth <= width) return []
        const wide = [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > width + 1)
        return ["the page", ...wide.slice(0, 5).map(one => one.outerHTML.slice(0, 200))]
    }""")
