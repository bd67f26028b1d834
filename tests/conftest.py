"""Fixtures that several test files use."""

from tests.browsing import browser, browser_page, hostile_site, site_folder, tabs, visit
from tests.built import once, release_folder
from tests.site_pages import crawl

__all__ = ["browser", "browser_page", "crawl", "hostile_site", "once", "release_folder", "site_folder", "tabs", "visit"]
