"""README.md: the dataset card that Hugging Face shows, with what its viewer and loader need to find each table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import yaml

from ..citation import licence, reference
from ..codebook import groups, prose, recorded
from ..package import FLAT, Package, Table
from ..tables import Tables
from . import release_name

FIRST = "deployments"  # the table that opens when none is asked for
SIZES = (0, 10**3, 10**4, 10**5, 10**6)  # bounds of the size categories that the hub knows
LETTERS = {0: "0", 10**3: "1K", 10**4: "10K", 10**5: "100K", 10**6: "1M"}


def write(tables: Tables, folder: Path) -> None:
    """Write README.md into the release folder. Raises OSError."""
    text = "\n".join(("---", front_matter(tables), "---", "", *card(tables)))
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")


def front_matter(tables: Tables) -> str:
    """What the hub reads: YAML with licence, size and the file of each table."""
    package = tables.package
    configs = [{"config_name": table.name, "data_files": data_file(table), **({"default": True} if table.name == FIRST else {})}
               for table in package.tables.values()]
    return yaml.safe_dump({
        "pretty_name": package.descriptor["title"], "license": licence(package)["name"].lower(), "language": ["en"],
        "tags": package.descriptor.get("keywords", []), "size_categories": [size_category(sum(len(content.rows) for content in tables))],
        "configs": configs}, sort_keys=False, allow_unicode=True, width=100).rstrip()


def data_file(table: Table) -> str:
    """The file in a release that a program loads a table from: Parquet where there is one, which keeps the types, else CSV."""
    return table.path if table.folder == FLAT else f"parquet/{table.name}.parquet"


def size_category(rows: int) -> str:
    """The hub's word for how many rows there are in all."""
    for low, high in pairwise(SIZES):
        if rows < high:
            return f"n<{LETTERS[high]}" if low == 0 else f"{LETTERS[low]}<n<{LETTERS[high]}"
    return f"n>{LETTERS[SIZES[-1]]}"


def card(tables: Tables) -> Iterator[str]:
    """The lines of the card below the front matter."""
    package = tables.package
    yield from (f"# {package.descriptor['title']}", "", f"Version {package.descriptor['version']}, {package.created}.", "",
                package.descriptor.get("description", ""), "",
                "The question that it serves: **does what a country deploys agree with what it signs?**", "", "## Tables", "",
                "`codebook.html` explains every column and term; `datapackage.json` says the same to programs.", "")
    yield from table_list(recorded(package), tables)
    for heading, text, found in groups(package):
        yield from ("", f"### {heading}", "", text.format(settings="`schemas/derived/settings.yaml`"), "", *table_list(found, tables))
    yield from ("", "## Load it", "", "From the folder of the release, with pandas:", "", "```python", "import pandas as pd", "",
                f'deployments = pd.read_parquet("parquet/{FIRST}.parquet")', "```", "",
                "In the CSV files only an empty cell is missing, so read them with `keep_default_na=False`. `using.md` shows more "
                "programs.", "")
    yield from caveats()
    yield from how_to_cite(package)


def table_list(found: list[Table], tables: Tables) -> Iterator[str]:
    """A row for each table: its rows and what one of them is."""
    yield from ("| table | rows | a row is |", "|---|---:|---|")
    yield from (f"| `{table.name}` | {len(tables[table.name]):,} | {prose(table.description)} |" for table in found)


def caveats() -> Iterator[str]:
    """What the data cannot say."""
    yield from ("## What it can't say", "",
                "- It is **not a census**: that a row is missing is no evidence that there is nothing to record.",
                "- Only deployments linked to China are in, so China's share of all AI cannot be computed.",
                "- For figures on AI keep deployments with `ai_basis` = `stated`; plain cameras are in the table, marked as such.",
                "- An **endorsement list is incomplete** unless its tally shows otherwise; unknown is not no.",
                "- Most sources were read as an excerpt, not in full; `record_quality` says how well each record is sourced.",
                "- Allegations belong to those who make them. Country codes follow ISO 3166-1 and imply no view on sovereignty.", "")


def how_to_cite(package: Package) -> Iterator[str]:
    """Licence and citation."""
    terms = licence(package)
    yield from ("## Licence and citation", "", f"[{terms['title']}]({terms['path']}). The sources that the data refer to remain under the "
                "terms of their publishers.", "", f"> {reference(package)}", "",
                f"`CITATION.cff` says the same to programs. `{release_name(package)}.zip` holds the tables, their descriptors and the "
                "licence in one file.", "")
