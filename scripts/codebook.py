"""The codebook as Markdown: every table with its columns, then the vocabularies."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import rules_of

from .package import DERIVED, FLAT, MISSING, Field, Package, Table
from .tables import Tables
from .vocabularies import Vocabulary

SETTINGS = "schemas/derived/settings.yaml"
GROUPS = {  # folder of tables that a release works out → their heading and what is said of them
    DERIVED: ("Derived tables", "Worked out from the tables above when a release is made, never typed; they stand in the releases only. "
                                  "What they rest on where somebody had to decide stands in {settings}."),
    FLAT: ("Flat tables", "One table for each channel, with names and sources joined in, for programs that read one file. They hold "
                            "nothing that the tables above do not hold, and stand in the releases only.")}
KEY, FILLED = "key on a card", "filled"


def escape(text: str) -> str:
    """Text for a cell of a Markdown table."""
    for character in "\\`*_<>[]|":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")


def code(text: str) -> str:
    """Text as code in a cell of a Markdown table, whatever it holds."""
    fence = "``" if "`" in text else "`"
    pad = " " if fence == "``" else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|").replace("\n", " ")


def prose(text: str) -> str:
    """A description, which may hold Markdown of its own, for a cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def recorded(package: Package) -> list[Table]:
    """The tables that are typed, not worked out."""
    return [table for table in package.tables.values() if table.folder not in GROUPS]


def groups(package: Package) -> Iterator[tuple[str, str, list[Table]]]:
    """The tables that a release works out: heading, what is said of them, the tables; none where the package has none."""
    for folder, (heading, text) in GROUPS.items():
        tables = [table for table in package.tables.values() if table.folder == folder]
        if tables:
            yield heading, text, tables


def codebook(package: Package, release: Tables | None = None) -> Iterator[str]:
    """The lines of the codebook from its heading on: recorded, derived and flat tables with their columns, then the vocabularies.

    With the tables of a `release` it is for readers: how many rows a table has and how far each column is filled stand in it, rules
    and record cards do not, and the only links are to places in it.
    """
    yield from ("# Codebook", "",
                "Files are UTF-8 CSV. Empty cells are missing; no other text is, so read with `keep_default_na=False`. Items of a list "
                "are separated by `;`. Dates are as precise as the source: `2019`, `2019-04` or `2019-04-27`. A star marks a "
                "required column.", "")
    yield from overview(recorded(package))
    for table in recorded(package):
        yield from table_section(table, package, release, "##")
    for heading, text, tables in groups(package):
        settings = code(SETTINGS) if release else f"[{SETTINGS}](../{SETTINGS})"
        yield from ("", f"## {heading}", "", text.format(settings=settings), "", *overview(tables))
        for table in tables:
            yield from table_section(table, package, release, "###")
    yield from ("", "## Vocabularies")
    for name, vocabulary in package.vocabularies.items():
        yield from vocabulary_section(name, vocabulary)
    yield ""


def overview(tables: list[Table]) -> Iterator[str]:
    """What a row of each table is."""
    yield from ("| table | a row is |", "|---|---|")
    yield from (f"| [{table.name}](#{table.name}) | {prose(table.description)} |" for table in tables)


def table_section(table: Table, package: Package, release: Tables | None, level: str) -> Iterator[str]:
    """A table: its keys, its columns, the rules that guard its rows."""
    on_cards = release is None and table.folder not in GROUPS
    rules = rules_of(table.name) if on_cards else ()
    everywhere = set.intersection(*({rule.kind for rule in rules_of(one.name)} for one in recorded(package))) if rules else set()
    rules = [rule for rule in rules if rule.kind not in everywhere]
    rows = f" {len(release[table.name]):,} rows." if release else ""
    heads = ["column", "type", "meaning", "constraints", "example", *([KEY] if on_cards else []), *([FILLED] if release else [])]
    yield from ("", f'{level} <a name="{table.name}"></a>{table.name}', "",
                f"{table.title}, `{table.path}`.{rows} {prose(table.description)}", "",
                f"Primary key: {', '.join(f'`{column}`' for column in table.primary_key)}.{card_place(table) if on_cards else ''}", "",
                f"| {' | '.join(heads)} |", "|---" * len(heads) + "|")
    for field in table.fields:
        guards = sorted({rule.kind.code for rule in rules if field.name in rule.columns})
        last = [*([card_key(field, table)] if on_cards else []), *([filled(field, table, release)] if release else [])]
        yield " ".join((f'| <a name="{table.name}.{field.name}"></a>`{field.name}`{"*" if field.required else ""} | {field.type}',
                        f"| **{escape(field.title)}.** {prose(field.description)} | {'; '.join(constraints(field, table, guards))}",
                        f"| {code(field.example) if field.example else ''} |", *(f"{cell} |" for cell in last)))
    whole = sorted({rule.kind.code for rule in rules if not rule.columns})
    if whole:
        yield from ("", "Rules on the row as a whole: " + ", ".join(map(rule_link, whole)) + ".")


def filled(field: Field, table: Table, release: Tables) -> str:
    """The share of the rows whose cell is not empty, in words; all or nothing only where it is exactly so."""
    cells = release[table.name][field.name]
    if cells.empty:
        return "no rows"
    full = int((cells != MISSING).sum())
    if full in (0, len(cells)):
        return "100\u00a0%" if full else "0\u00a0%"
    share = round(100 * full / len(cells))
    return "under 1\u00a0%" if share == 0 else "over 99\u00a0%" if share == 100 else f"{share}\u00a0%"


def card_key(field: Field, table: Table) -> str:
    """What a record card calls the column; nothing where a card does not hold it."""
    if table.card is None:
        return ""
    words = {"^": "(the record it stands in)", ".": "(the item itself)"}
    default = f" ({field.default} if left out)" if field.default else ""
    return words.get(field.card_key) or code(field.card_key) + default


def card_place(table: Table) -> str:
    """Where the rows of a table stand on a card."""
    if table.card is None:
        return " Not on cards."
    places = [f"`{place['section']}`" + (f", key `{place['key']}`" if "key" in place else "")
              for place in (table.card, *table.card.get("also", ()))]
    return f" On a card: section {', or section '.join(places)}."


def rule_link(code_: str) -> str:
    return f"[{code_}](rules.md#{code_})"


def constraints(field: Field, table: Table, guards: list[str]) -> Iterator[str]:
    """What a cell must be, in words with links."""
    if field.columns_of:
        more = f", or a term of [{field.vocabulary}](#vocabulary-{field.vocabulary})" if field.vocabulary else ""
        yield f"columns of [{field.columns_of}](#{field.columns_of}) but its id{more}"
    elif field.vocabulary:
        yield f"terms of [{field.vocabulary}](#vocabulary-{field.vocabulary})"
    if field.name in table.targets:
        yield f"an id of [{table.targets[field.name]}](#{table.targets[field.name]})"
    for name, value in field.constraints.items():
        if name not in ("enum", "required"):
            yield name if value is True else f"{name} {code(str(value))}"
    if field.type == "list":
        yield "items in the order of the source" if field.keep_order else "items sorted, none twice"
    yield from map(rule_link, guards)


def vocabulary_section(name: str, vocabulary: Vocabulary) -> Iterator[str]:
    """A vocabulary with its terms."""
    yield from ("", f'### <a name="vocabulary-{name}"></a>{name}', "", f"{vocabulary.title}. {prose(vocabulary.description)}", "",
                "| term | meaning | example | source |", "|---|---|---|---|")
    for term, parts in vocabulary.terms.items():
        old = f" *Deprecated: {prose(parts.deprecated)}*" if parts.deprecated else ""
        yield (f'| <a name="{name}.{term}"></a>`{term}` | **{escape(parts.title)}.** {prose(parts.definition)}{old} '
               f"| {prose(parts.example)} | {prose(parts.source)} |")
