"""The site of a fictional package whose every cell of free text tries to be more than text. Validation would refuse such cells, so they
are put into the tables after they are read."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from scripts.derive.build import derive
from scripts.derive.settings import load_settings
from scripts.derived import with_derived
from scripts.package import RECORDED, Field, Table
from scripts.previous import Previous
from scripts.read import read
from scripts.revisions import Revision
from scripts.tables import Content, Tables
from tests.fictional import PROJECT, write_package
from tests.sites import site_of, written

ELEMENT, ATTRIBUTE, FLAG = "zzz-evil", "zzz-attribute", "zzzEvil"  # what would stand in a page, or in the browser, if text were more
TURNED, HIDDEN = "\u202e", "\u0000"
SIGNS = ("\u2066", "\u200f", TURNED, HIDDEN, "\x01", "\x1b", "\x7f", "\u2028")  # a reader does not see them
LONG = "W" * 300
HOSTILE = (f"<{ELEMENT} {ATTRIBUTE}=1 onclick='window.{FLAG}=1'>Zzz</{ELEMENT}> </script></style></title></textarea></svg>--> "
           f"<script>window.{FLAG}=1</script><img src=x onerror=window.{FLAG}=1> \"><b {ATTRIBUTE}='\" {ATTRIBUTE}=\"`' "
           f"{{{{ 7*7 }}}} {{% raw %}} ${{7*7}} &lt;i&gt; *a* [a](javascript:alert(1)) {''.join(SIGNS)} {LONG}")
ADDRESS = f"javascript:window.{FLAG}=1//https://example.org/"
TERM = f"\"><{ELEMENT}>{TURNED}"  # a word where only words of a list should stand


def hostile_site(folder: Path) -> None:
    """Write its pages, compared with a release before in which other cells stood."""
    with tempfile.TemporaryDirectory() as root:
        package = write_package(Path(root))
        whole, problems = with_derived(package)
        settings, more = load_settings(PROJECT)
        assert whole and settings, problems + more
        tables = derive(hostile(read(package)), whole, settings)
        before = Previous("0.0.1", derive(hostile(read(package), f"Another {HOSTILE}"), whole, settings))
        history = {(content.table.name, key): [Revision("0" * 40, "2021-01-01", HOSTILE)]
                   for content in tables if content.table.is_record for key in content.rows[content.table.id]}
        written(replace(site_of(tables), before=before, history=history), folder)


def hostile(tables: Tables, text: str = HOSTILE) -> Tables:
    """The tables with this text in every cell of free text, and hostile addresses and terms."""
    return Tables(tables.package, {name: Content(content.table, content.rows.assign(**{
        field.name: cell for field in content.table.fields if (cell := bad_cell(content.table, field, text))}))
        for name, content in tables.contents.items()})


def bad_cell(table: Table, field: Field, text: str) -> str:
    """What is put into the cells of a column, or '' where they stay: keys, dates, numbers, and terms that others are worked out from."""
    if table.folder != RECORDED or field.name in (*table.primary_key, *table.targets, "replaced_by", "issued", "ended", "published"):
        return ""
    if "url" in field.name:
        return ADDRESS
    if field.name in ("language", "value_currency"):
        return TERM
    return text if field.type in ("string", "list") and not (field.vocabulary or "pattern" in field.constraints) else ""
