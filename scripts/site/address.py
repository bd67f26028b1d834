"""Where pages and files of the site stand, and how one leads to another, from a web server and from a disk alike."""

from __future__ import annotations

from urllib.parse import quote

SECTIONS = {  # table → the folder of its records
    "deployments": "deployments", "standards_roles": "roles", "policy_statements": "statements", "citations": "sources",
    "organizations": "organizations", "countries": "countries", "claims": "claims"}
INDEX = "index.html"


def of_record(table: str, identifier: str) -> str:
    """The place of a record's page, relative to the root of the site: `deployments/zzz-deployment/`."""
    return f"{SECTIONS[table]}/{identifier}/"


def file_of(place: str) -> str:
    """The file that stands for a place: of a folder (`""` is the root) its index, else the file itself."""
    return place + INDEX if place == "" or place.endswith("/") else place


def href(here: str, there: str) -> str:
    """A link from the page at one place to another place, `roles/zzz-role/#sources`. It names the file, so that it leads there
    without a web server too."""
    path, mark, anchor = there.partition("#")
    path, query, asked = path.partition("?")
    return "../" * file_of(here).count("/") + quote(file_of(path)) + query + asked + mark + quote(anchor)
