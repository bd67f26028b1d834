"""What a release holds: one module a format. Each has `write(tables, folder)`, which writes its files into the release folder from
all tables (recorded, derived, flat; text cells), the same bytes from the same tables on any machine."""

from ..package import Package


def release_name(package: Package) -> str:
    """What a release is called, as a folder and a file: `ai-governance-reach-1.0.0`."""
    return f"{package.descriptor['name']}-{package.descriptor['version']}"
