"""Rules on `claim_citations`."""

from __future__ import annotations

import pandas as pd

from scripts.problem import ERROR
from scripts.rule import Content, Tables, rule


@rule("claim_citations", "claim-cites-itself", ERROR, ["citation_id"], needs=("claims",),
      message="`{citation_id}` is the text that makes the claim.", hint="Delete the row: a claim is no source for itself.",
      good={"citation_id": "zzz-source"}, bad={"citation_id": "zzz-full"})
def not_its_own_source(content: Content, tables: Tables) -> pd.Series:
    """The text that makes a claim is no source for it."""
    made_in = tables["claims"].drop_duplicates("claim_id").set_index("claim_id").made_in
    return content.rows.claim_id.map(made_in) != content.rows.citation_id


RULES = [not_its_own_source]
