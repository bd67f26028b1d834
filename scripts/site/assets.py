"""What pages load: the stylesheet and scripts of the site, and those of libraries."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ..problem import ERROR, Problem, kind
from .content import Site

OURS = Path(__file__).parent / "assets"
LIBRARIES = Path(__file__).parents[2] / "node_modules"
BUNDLED = ("datatables.net/js/dataTables.min.js",)  # files of libraries that pages load
ATLAS = "world-atlas/countries-50m.json"  # a file that maps are drawn from
NO_JEKYLL = ".nojekyll"  # tells GitHub Pages to serve all files, those of the release whose name starts with a dot too
ESCAPES = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})  # so that no cell ends a script or a line in it
NO_LIBRARY = kind("no-library", ERROR, "release", "What the site takes from libraries is there.",
                  good="`make` has been run", bad="the folder node_modules is not there")


def missing() -> list[Problem]:
    """A problem where a file of a library is not there, or the map cannot be read."""
    if lost := [name for name in (*BUNDLED, ATLAS) if not (LIBRARIES / name).is_file()]:
        return [NO_LIBRARY.at(f"{', '.join(lost)} cannot be found in {LIBRARIES.name}.", "Run `make`, which fetches it.")]
    try:
        json.loads((LIBRARIES / ATLAS).read_bytes())
    except (OSError, ValueError):
        return [NO_LIBRARY.at(f"{ATLAS} in {LIBRARIES.name} cannot be read.", f"Delete {LIBRARIES.name}, then run `make`.")]
    return []


def data_script(folder: Path, name: str, variable: str, content: object) -> None:
    """Write a script that sets a global variable, into the assets of a site. Raises OSError."""
    path = folder / "assets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    path.write_text(f"window.{variable} = {text};\n", encoding="utf-8", newline="\n")


def write(site: Site, folder: Path) -> None:
    """Copy them into the site. Raises OSError."""
    (folder / NO_JEKYLL).touch()
    place = folder / "assets"
    place.mkdir(exist_ok=True)
    for path in (*sorted(OURS.iterdir()), *(LIBRARIES / name for name in BUNDLED)):
        shutil.copyfile(path, place / path.name)
