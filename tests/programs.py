"""Programs beside Python that some tests need."""

from __future__ import annotations

import os
import shutil

import pytest


def needs(program: str) -> str:
    """The path of a program. Without it the test is skipped, and says so; on CI, where nothing may be skipped, it fails."""
    path = shutil.which(program)
    if path is None:
        reason = f"the program {program} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
