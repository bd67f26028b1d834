"""How fast the checks are, beside others that do a part of the same: `make benchmark`."""
