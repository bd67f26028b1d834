"""Our checks of form against the real Frictionless, on thousands of seeded random mutations of the package and of schemas."""
