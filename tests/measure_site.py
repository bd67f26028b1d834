"""How long the site takes to build and how large it is: `python -m tests.measure_site [TIMES …]`, by default at 1 and 20 times the data.

The rows that are made here are written to a temporary folder, which goes again; validation is not measured.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from scripts.derive.build import derive
from scripts.derive.settings import load_settings
from scripts.derived import with_derived
from scripts.folder import SUMS, sums
from scripts.package import load
from scripts.previous import Previous
from scripts.read import read
from scripts.release import write_release
from scripts.revisions import revisions
from scripts.site.address import SECTIONS
from scripts.site.build import DOWNLOADS, write_pages
from scripts.site.content import Site
from scripts.site.settings import load_site_settings
from scripts.tables import Content, Tables
from tests.fictional import PROJECT
from tests.site_pages import INDEX, read_page, target
from tests.sites import REPOSITORY, URL

KEPT = ("countries",)  # tables of which there are no more at any number of records
NAMING = ("record_id", "replaced_by")  # columns with ids of records of any table


def main() -> None:
    """Measure and print."""
    for times in [int(one) for one in sys.argv[1:]] or [1, 20]:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{times} times the data; load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
            build(times, Path(folder))
            sizes(Path(folder))
            print(f"  memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB", flush=True)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long something takes."""
    wall, own = time.perf_counter(), time.process_time()
    yield
    print(f"  {what:<28} {time.perf_counter() - wall:7.1f} s, {time.process_time() - own:7.1f} s of the processor", flush=True)


def build(times: int, folder: Path) -> None:
    """Build the site of the data, each record so many times, in a folder."""
    package, problems = load(PROJECT)
    whole, more = with_derived(package)
    (settings, most), (own, others) = load_settings(PROJECT), load_site_settings(PROJECT)
    assert not problems + more + most + others
    with timed("tables"):
        tables = derive(multiplied(read(package), times), whole, settings)
    with timed("history"):
        history = revisions(package)
    downloads = folder / DOWNLOADS
    downloads.mkdir()
    with timed("release"):
        write_release(tables, Previous(), downloads, lambda line: None)
        (downloads / SUMS).write_text(sums(downloads), encoding="utf-8")
    with timed("pages"):
        write_pages(Site(tables, settings, own, Previous(), history, URL, REPOSITORY, downloads), folder, lambda line: print(f"    {line}"))


def multiplied(tables: Tables, times: int) -> Tables:
    """The tables with every record and its links so many times, under ids of their own."""
    return Tables(tables.package, {name: content if name in KEPT else Content(content.table, pd.concat(
        [copied(content, number) for number in range(times)], ignore_index=True)) for name, content in tables.contents.items()})


def copied(content: Content, number: int) -> pd.DataFrame:
    """The rows of a table with a number at each id; the first copy keeps its ids."""
    table = content.table
    named = [column for column, target in table.targets.items() if target not in KEPT]
    columns = {*named, *(column for column in NAMING if column in table.by_name), *([table.id] if table.is_record else [])}
    mark = f"-zzz{number}" if number else ""
    return content.rows.assign(**{column: content.rows[column].where(content.rows[column] == "", content.rows[column] + mark)
                                  for column in columns})


def sizes(folder: Path) -> None:
    """Print the number of pages and what they and what they load weigh."""
    found = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    ours = {name: size for name, size in found.items() if not name.startswith(f"{DOWNLOADS}/")}
    print(f"  {sum(name.endswith('.html') for name in ours):,} pages, {sum(ours.values()) / 1e6:,.1f} MB"
          f" beside {sum(found.values()) / 1e6 - sum(ours.values()) / 1e6:,.1f} MB of downloads")
    for page in ("", *(f"{section}/" for section in SECTIONS.values()), "compare/", "standards/"):
        name = f"{page}{INDEX}"
        loaded = {target(name, link)[0] for link in read_page(folder / name).loads}
        whole = sum(map(found.get, loaded), ours[name])
        print(f"  {page or 'front page':<16} {ours[name] / 1e3:9,.0f} kB, with what it loads {whole / 1e3:9,.0f} kB")
    for section in SECTIONS.values():
        pages = {name: size for name, size in ours.items() if name.startswith(f"{section}/") and name.count("/") == 2}
        largest = max(pages, key=pages.get)
        print(f"  {section:<16} {len(pages):9,} pages of records, the largest {pages[largest] / 1e3:,.0f} kB: {largest.split('/')[1]}")


if __name__ == "__main__":
    main()
