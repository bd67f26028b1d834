"""Rules on `statement_themes`."""

from __future__ import annotations

import pandas as pd

from scripts.problem import ERROR
from scripts.rule import Content, Tables, rule


@rule("statement_themes", "absent-unread", ERROR, ["stance", "citation_id"], needs=("citations",),
      message="The theme is coded `absent`, but `{citation_id}` was not read in full.",
      hint="Only the whole text shows that a theme is not in it: read it all, or delete the row.",
      good={"stance": "absent", "citation_id": "zzz-full"}, bad={"stance": "absent", "citation_id": "zzz-source"})
def absent_from_full_text(content: Content, tables: Tables) -> pd.Series:
    """A theme is absent only from a text that was read in full."""
    citations = tables["citations"]
    unread = citations.citation_id[(citations.access != "full_text") & ~tables.broken("citations", "access")]
    return (content.rows.stance != "absent") | ~content.rows.citation_id.isin(unread)


RULES = [absent_from_full_text]
