"""Rules on `policy_statements`."""

from .shared import dates, dates_in_order, has_read_source, id_is_free, should_be_supported

LINK = "statement_citations"

RULES = [
    id_is_free("policy_statements", good={},
               bad={"policy_statements": [{"statement_id": "zzz-body"}], LINK: [{"statement_id": "zzz-body"}]}),
    *dates("policy_statements", "issued", "ended", example="issued", leap=2016),
    dates_in_order("policy_statements", "issued", "ended", good={"issued": "2018", "ended": "2019"},
                   bad={"issued": "2018", "ended": "2017"}),
    has_read_source("policy_statements", LINK, good={}, bad={"citations": [{"citation_id": "zzz-full", "access": "listed"}]}),
    should_be_supported("policy_statements", LINK, "issued", good={"issued": "", LINK: [{"supports": "themes"}]},
                        bad={LINK: [{"supports": "themes"}]}),
    should_be_supported("policy_statements", LINK, "themes", part="statement_themes", good={"statement_themes": None},
                        bad={LINK: [{"supports": "issued"}]}),
]
