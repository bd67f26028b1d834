"""Rules on `claim_countries`."""

RULES: list = []
