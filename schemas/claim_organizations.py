"""Rules on `claim_organizations`."""

RULES: list = []
