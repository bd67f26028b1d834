"""Every kind of page in a real browser: for readers with a screen, a phone, paper, a keyboard alone, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browsing import PHONE, served, too_wide, violations, watched
from tests.sites import KINDS, place_of

PAPER = 718  # pixels of 190 mm, an A4 page between its margins
MOST = 100  # times that Tab is pressed on a page
LISTEN = """() => {
    const shown = one => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.getClientRects().length
    const first = one => one.type !== "radio" || one === ([...document.getElementsByName(one.name)].find(other => other.checked) ??
                                                         document.getElementsByName(one.name)[0])
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    window.expected = all.filter(one => shown(one) && first(one))
    const outlined = ({outlineStyle, outlineWidth}) => outlineStyle !== "none" && parseFloat(outlineWidth) > 0
    const look = drawn => getComputedStyle(drawn).stroke + getComputedStyle(drawn).strokeWidth
    const stroke = one => [...one.querySelectorAll("path, text")].map(look).join()
    const before = new Map(expected.map(one => [one, one.ownerSVGElement ? stroke(one) : ""]))
    window.reached = []
    document.addEventListener("focusin", ({target}) => {
        const seen = outlined(getComputedStyle(target)) || (target.ownerSVGElement && stroke(target) !== before.get(target))
        reached.push([expected.indexOf(target), seen])
    })
    return expected.length
}"""
MISSED = """most => ({
    "not reached": expected.slice(0, most).filter((_, at) => !reached.some(([one]) => one === at)).map(one => one.outerHTML.slice(0, 200)),
    "out of reach": expected.filter(one => one.tabIndex < 0).map(one => one.outerHTML.slice(0, 200)),
    "focus not seen": reached.filter(([at, seen]) => at >= 0 && !seen).map(([at]) => expected[at].outerHTML.slice(0, 200)),
    "out of order": reached.map(([at]) => at).filter(at => at >= 0).some((at, index, all) => index && at < all[index - 1]) ? ["yes"] : [],
})"""


def only_bad(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {what: complaints for what, complaints in found.items() if complaints}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_serves_readers_of_a_screen_of_a_phone_at_night_and_of_paper(kind, browser_page, site_folder):
    page = browser_page(place_of(site_folder, kind))
    found = {"on a screen": [*violations(page), *too_wide(page)]}
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": PHONE, "height": 844})
    found["on a phone in the dark"] = [*violations(page), *too_wide(page)]
    page.emulate_media(color_scheme="light", media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    found["on paper"] = too_wide(page)
    assert not only_bad(found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_keyboard_alone_reaches_everything_in_order_and_the_focus_is_seen(kind, browser_page, site_folder):
    page = browser_page(place_of(site_folder, kind))
    for _ in range(min(page.evaluate(LISTEN), MOST)):
        page.keyboard.press("Tab")
    assert not only_bad(page.evaluate(MISSED, MOST))


@pytest.mark.parametrize("kind", KINDS)
def test_without_javascript_a_page_shows_its_content_and_no_button_that_does_nothing(kind, visit, site_folder):
    place = place_of(site_folder, kind)
    plain = visit(site_folder, place, javascript=False)
    assert plain.locator("h1").is_visible() and len(plain.locator("main").inner_text()) > 200
    assert plain.locator("main :is(button, select, textarea, input:not([type=radio])):visible").count() == 0
    assert plain.locator("main h2:visible").count() >= plain.locator("main h2").count()


def test_the_link_past_the_navigation_leads_to_the_content(browser_page):
    page = browser_page()
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert page.evaluate("document.activeElement.className") == "skip" and skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_from_a_web_server_the_pages_work_as_from_a_disk(visit, site_folder):
    with served(site_folder) as address:
        page = visit(address, "deployments/")
        assert page.locator("h1").is_visible()
        page.locator("main a[href*='deployments/']:visible, main a[href*='/index.html']:visible").first.click()
        page.wait_for_load_state()
        assert page.url.startswith(address) and page.locator("h1").is_visible()
        close(page)


def close(page: Page) -> None:
    """Before the server goes, so that nothing is asked of it then."""
    page.context.close()


# --- what these checks find where there is something to find

BROKEN = """<!doctype html><html lang="en"><title>Zzz</title><body><main><h1>Zzz</h1><img src="zzz.png"><p style="width: 600px">Zzz</p>
<a href="#a" style="outline: none">Zzz</a><button tabindex="-1">Zzz</button><script>console.error("zzz")</script></main>"""


@pytest.fixture
def broken(browser, tmp_path) -> Page:
    """A page with one mistake of each kind."""
    (tmp_path / "index.html").write_text(BROKEN)
    context = browser.new_context(viewport={"width": PHONE, "height": 844})
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    yield page
    context.close()


def test_the_checks_find_what_is_wrong(broken):
    assert any(one.startswith("image-alt") for one in violations(broken)) and "600px" in "".join(too_wide(broken))
    for _ in range(broken.evaluate(LISTEN)):
        broken.keyboard.press("Tab")
    found = only_bad(broken.evaluate(MISSED, MOST))
    assert set(found) == {"not reached", "out of reach", "focus not seen"} and "button" in found["out of reach"][0]


def test_a_page_that_complains_or_asks_for_something_beyond_the_site_is_noticed(browser, tmp_path):
    (tmp_path / "index.html").write_text(BROKEN + "<script src='https://example.org/zzz.js'></script><script>alert(1)</script>")
    context, complaints = browser.new_context(), []
    page = context.new_page()
    page.route("https://example.org/**", lambda route: route.abort())
    with watched(page, (f"{tmp_path.as_uri()}/",), complaints):
        page.goto((tmp_path / "index.html").as_uri())
        context.close()
    text = "\n".join(complaints)
    assert "asks for https://example.org/zzz.js" in text and ": zzz" in text and "says 1" in text

