"""Rules on `withdrawn`."""

from __future__ import annotations

import pandas as pd

from scripts.problem import ERROR
from scripts.rule import Content, Tables, rule

from .claim_records import ids
from .shared import in_circles, not_in_future


def all_ids(tables: Tables) -> set[str]:
    """The ids of all records that are there."""
    return set().union(*(content.rows[content.table.id] for content in tables
                         if content.table.is_record and content.whole))


@rule("withdrawn", "withdrawn-yet-there", ERROR, ["record_id"], message="`{record_id}` is withdrawn, yet a record has this id.",
      hint="Give the new record an id of its own: an id is never used again.",
      good={"record_id": "zzz-gone"}, bad={"record_id": "zzz-deployment"})
def is_gone(content: Content, tables: Tables) -> pd.Series:
    """A withdrawn id does not come back."""
    return ~content.rows.record_id.isin(all_ids(tables))


@rule("withdrawn", "no-such-replacement", ERROR, ["replaced_by"], message="`{replaced_by}`, which replaces it, is no record of `{table}`.",
      hint="Name a record that is there, or one that was withdrawn in its turn, but not for this one.",
      good={"replaced_by": "zzz-deployment"}, bad={"replaced_by": "zzz-none"})
def replacement_exists(content: Content, tables: Tables) -> pd.Series:
    """What replaces a withdrawn record is there, in the same table, or was withdrawn in its turn."""
    rows = content.rows
    found = rows.replaced_by == ""
    for table, part in rows.groupby("table"):
        heirs = dict(zip(part.record_id, part.replaced_by, strict=True))
        later = set(heirs) - in_circles(heirs)
        known = table in tables.contents and tables.whole(table)
        found |= rows.index.isin(part.index[part.replaced_by.isin(set(ids(table, tables)) | later)] if known else part.index)
    return found


RULES = [is_gone, replacement_exists,
         not_in_future("withdrawn", "withdrawn_on", good={"withdrawn_on": "2020-01-01"}, bad={"withdrawn_on": "2999-01-01"})]
