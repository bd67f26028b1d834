"""Rules on `statement_citations`."""

from .shared import supports_something, takes_one_side

RULES = [
    supports_something("statement_citations", "policy_statements", good={"supports": "issued;themes"},
                       bad={"supports": "forum;issued;themes"}),
    takes_one_side("statement_citations", "policy_statements", good={"stance": "disputes", "supports": "ended"},
                   bad={"stance": "disputes", "supports": "issued"}),
]
