"""The result as a table for people, and the machine that it was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("pandas", "numpy", "pyarrow", "pandera", "frictionless", "csvw")
KEYS = ("rows", "ours_s", "frictionless_s", "csvw_s", "read_floor_s", "frictionless_ratio", "read_floor_ratio", "peak_mb",
        "scaling_exponent", "cold_start_s")  # of the last line, whatever was left out


def machine() -> dict[str, object]:
    """Processor, cores, memory, load and versions."""
    cpu = next((line.partition(":")[2].strip() for line in lines_of("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_gb": round(memory, 1), "load": round(os.getloadavg()[0], 2),
            "system": platform.platform(), "python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def lines_of(path: str) -> list[str]:
    """The lines of a file of the system, if it has one."""
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def rounded(value: object) -> object:
    """Numbers to four digits that count."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def as_table(result: dict) -> Iterator[str]:
    """A line for each number; those of one size or command stand below their name."""
    for name, value in result.items():
        if isinstance(value, dict):
            yield f"{name}"
            yield from (f"    {key:<28} {shown(one):>14}" for key, one in value.items())
        else:
            yield f"{name:<32} {shown(value):>14}"


def shown(value: object) -> str:
    """A number as people read it."""
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else "–" if value is None else str(value)
