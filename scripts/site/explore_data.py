"""The scripts that hold the tables of the explorers, for a page opened from a disk may load scripts but no data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pycountry

from ..package import Field, Table
from . import address
from .assets import data_script
from .content import Site
from .settings import Explorer

GLOBAL, REST = "explorer", "explorerRest"  # what a script sets: the table, and its columns that only a download needs
LANGUAGE = "language"  # a column of ISO 639-1 codes
YES_OR_NO = {"true": "Yes", "false": "No"}


def section(table: Table) -> str:
    """The folder of the pages of the records that a table has a row for each of: `deployments` of a flat table too."""
    return address.SECTIONS[table.targets.get(table.id, table.name)]


def script(table: Table, rest: bool = False) -> str:
    """The script with the table, or with the rest of its columns, relative to assets/."""
    return f"data/{section(table)}{'-rest' if rest else ''}.js"


def write(site: Site, folder: Path) -> None:
    """Write the scripts of each explorer into the site. Raises OSError."""
    for name, explorer in site.own.explorers.items():
        table = site.package.tables[name]
        at_once, later = parted(table, explorer)
        core = {"file": f"{site.package.descriptor['name']}-{site.package.descriptor['version']}-{Path(table.path).stem}",
                "id": table.id, "section": section(table), "order": list(table.columns), "shown": explorer.columns,
                "filters": explorer.filters, "columns": columns(site, table, explorer, at_once)}
        data_script(folder, script(table), GLOBAL, core)
        data_script(folder, script(table, rest=True), REST, columns(site, table, explorer, later))


def parted(table: Table, explorer: Explorer) -> tuple[list[Field], list[Field]]:
    """The columns that a page loads at once, and those that it loads once somebody asks for them."""
    first = {table.id, *explorer.columns, *explorer.filters, *explorer.linked}
    return [field for field in table.fields if field.name in first], [field for field in table.fields if field.name not in first]


def columns(site: Site, table: Table, explorer: Explorer, fields: list[Field]) -> list[dict]:
    """Columns as the script of a page reads them."""
    return [column(site, table, field, target(table, explorer, field)) for field in fields]


def target(table: Table, explorer: Explorer, field: Field) -> str:
    """The table of the records whose ids stand in a column; '' for any other column, and for the id of the row itself."""
    return "" if field.name == table.id else explorer.ids.get(field.name) or table.targets.get(field.name, "")


def column(site: Site, table: Table, field: Field, named: str) -> dict:
    """A column: its titles and where its terms are defined; what its values are called; the folder of the records that they name;
    each value once with its number in each row or, where most rows differ, the values row by row."""
    cells = [row[field.name] for row in site.rows(table.name)]
    values = list(dict.fromkeys(cells))
    delimiter = field.delimiter if field.type == "list" else ""
    items = dict.fromkeys(item for value in values for item in (value.split(delimiter) if delimiter else [value]) if item)
    number = {value: place for place, value in enumerate(values)}
    content = {"values": values, "cells": [number[cell] for cell in cells]} if 2 * len(values) <= len(cells) else {"values": cells}
    linked = named and all(site.has_page(named, item) for item in items)
    return {"name": field.name, "title": heading(field, named), "help": f"codebook/#{table.name}.{field.name}", "delimiter": delimiter,
            "number": field.type == "integer", "titles": titles(site, field, named, list(items)),
            "section": address.SECTIONS[named] if linked else "", **content}


def heading(field: Field, named: str) -> str:
    """The title of a column; one of ids shows the names."""
    return field.title.removesuffix(" (ids)") if named else field.title


def titles(site: Site, field: Field, named: str, items: list[str]) -> dict[str, str]:
    """What the values of a column are called, in the order in which a reader looks for them; nothing where they speak for
    themselves. A term and a country have a title even if no row has them, for other pages may lead to such a list."""
    if named:
        return by_title({item: site.label(named, item) for item in (*items, *(site.countries if named == "countries" else ()))})
    if field.vocabulary:
        return {term: parts.title for term, parts in site.package.vocabularies[field.vocabulary].terms.items()}
    if field.name == LANGUAGE:
        return by_title({item: languages().get(item, item) for item in items})
    return YES_OR_NO if field.type == "boolean" else {}


def by_title(known: dict[str, str]) -> dict[str, str]:
    return dict(sorted(known.items(), key=lambda pair: (pair[1].casefold(), pair[0])))


@cache
def languages() -> dict[str, str]:
    """The English name of each language with a code of ISO 639-1. Source: pycountry."""
    return {language.alpha_2: language.name for language in pycountry.languages if hasattr(language, "alpha_2")}
