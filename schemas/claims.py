"""Rules on `claims`."""

from .shared import id_is_free

RULES = [
    id_is_free("claims", good={"claims": [{"claim_id": "zzz-second"}]}, bad={"claims": [{"claim_id": "zzz-body"}]}),
]
