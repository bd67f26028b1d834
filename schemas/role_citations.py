"""Rules on `role_citations`."""

RULES: list = []
