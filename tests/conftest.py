"""Fixtures that several test files use."""

from tests.built import release_folder

__all__ = ["release_folder"]
