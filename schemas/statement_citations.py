"""Rules on `statement_citations`."""

RULES: list = []
