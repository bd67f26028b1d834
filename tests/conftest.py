"""Fixtures that several test files use."""

import signal
from collections.abc import Iterator

import pytest

from tests.browsing import browser, browser_page, hostile_site, site_folder, tabs, visit
from tests.built import once, release_folder
from tests.site_pages import crawl

__all__ = ["browser", "browser_page", "crawl", "hostile_site", "interruptible", "once", "release_folder", "site_folder", "tabs", "visit"]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Lets the programs that a test starts take an interrupt (SIGINT): where the tests run in the background, all of them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
