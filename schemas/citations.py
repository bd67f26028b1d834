"""Rules on `citations`."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pycountry

from scripts.coded import of_arrow
from scripts.fill import clean_url
from scripts.problem import ERROR
from scripts.rule import Content, Tables, rule
from scripts.tables import remembered

from .shared import dates, dates_in_order, id_is_free, is_used, no_near_duplicate

SECOND = {"citation_id": "zzz-second", "url": "https://example.org/second", "title": "Another report altogether"}
USE = [{"citation_id": "zzz-second"}]
TWO_LETTERS = re.compile("[a-z]{2}")


@rule("citations", "unknown-language", ERROR, ["language"], message="`{language}` is no language of ISO 639-1.",
      hint="Use the two-letter code of the page's language: en, zh, fr …", good={"language": "fr"}, bad={"language": "xx"})
def language_exists(content: Content, tables: Tables) -> np.ndarray:
    """A language code is one of ISO 639-1."""
    column = content.coded("language")
    return column.in_rows([text in languages() or not TWO_LETTERS.fullmatch(text) for text in column.values])


@cache
def languages() -> frozenset[str]:
    """The two-letter codes of ISO 639-1. Source: pycountry."""
    return frozenset(language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2"))


@rule("citations", "tracked-url", ERROR, ["url"], message="The address carries tracking parameters.", hint="Write it as {clean}",
      good={"url": "https://example.org/a?page=2"}, bad={"url": "https://example.org/a?utm_source=zzz"},
      explain=lambda rows, _tables: pd.DataFrame({"clean": rows.url.map(clean_url)}))
def url_is_clean(content: Content, tables: Tables) -> np.ndarray:
    """An address carries no tracking parameters."""
    urls = content.coded("url")
    clean = np.ones(len(urls.texts), dtype=bool)
    for number in np.flatnonzero(pc.match_substring(urls.texts, "?")).tolist():
        url = urls.texts[number].as_py()
        clean[number] = url == clean_url(url)
    return urls.in_rows(clean)


def normal(url: str) -> str:
    """An address without what does not change the page: case of the host, scheme, `www.`, fragment, trailing slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = parts.path.rstrip("/")
    return parts.netloc.lower().removeprefix("www.") + path + (f"?{parts.query}" if parts.query else "")


@remembered
def earlier(tables: Tables) -> pd.Series:
    """Line → the earlier citation of the same page, for each row that has one."""
    content = tables.contents["citations"]
    ids, urls = map(content.coded, ("citation_id", "url"))
    rough = of_arrow(without_signs(urls.texts)).codes[urls.codes]
    alike = np.flatnonzero((np.bincount(rough)[rough] > 1) & ~pd.Series(ids.codes).duplicated().to_numpy())
    page = pd.Series(list(map(normal, urls.of(alike))), index=content.lines[alike], dtype=object)
    first = pd.Series(ids.of(alike), index=page.index, dtype=object).groupby(page).transform("first")
    return first[page.duplicated()]


@rule("citations", "repeated-url", ERROR, ["url"], message="The same address is already that of `{other}`.", view=(earlier,),
      explain=lambda rows, tables: pd.DataFrame({"other": earlier(tables).reindex(rows.index)}),
      hint="Use that citation; two addresses that differ in scheme, `www.`, fragment or a last slash are one.",
      good={"citations": [{**SECOND, "url": "https://example.org/b"}], "deployment_citations": USE},
      bad={"citations": [{**SECOND, "url": "http://www.EXAMPLE.org/zzz-source/#top"}], "deployment_citations": USE})
def url_is_unique(content: Content, tables: Tables) -> np.ndarray:
    """No two citations have the same address."""
    return ~content.on(earlier(tables).index)


def without_signs(urls: pa.StringArray) -> pa.StringArray:
    """Addresses without all that `normal` may take away, and more: those that it makes equal are equal here."""
    bare = pc.replace_substring_regex(pc.utf8_lower(urls), r"(?s)\A[^:/?#]*://(?:www\.)?|#.*\z", "")
    return pc.replace_substring(pc.replace_substring(bare, "/", ""), "?", "")


RULES = [
    language_exists, url_is_clean, url_is_unique,
    id_is_free("citations", good={"citations": [SECOND], "deployment_citations": USE},
               bad={"citations": [{**SECOND, "citation_id": "zzz-body"}], "deployment_citations": [{"citation_id": "zzz-body"}]}),
    *dates("citations", "published", "accessed", example="published"),
    dates_in_order("citations", "published", "accessed", good={"published": "2020"}, bad={"published": "2021-02-02"}),
    is_used("citations", "deployment_citations", "role_citations", "statement_citations", "statement_themes",
            "statement_endorsements", "statement_tallies", "claims", "claim_citations",
            good={"citations": [SECOND], "deployment_citations": USE}, bad={"citations": [SECOND]}),
    no_near_duplicate("citations", "title", "publisher", leave_out=False,
                      good={"citations": [SECOND], "deployment_citations": USE},
                      bad={"citations": [{**SECOND, "title": "The report of Zzz, a"}], "deployment_citations": USE}),
]
