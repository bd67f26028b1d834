"""Mutations of the tables of a package: of one cell, of keys, of the shape of rows and header, and of the bytes of a file.

Each takes a random generator and a draft, changes the draft, and returns False where the draft has nothing of the kind.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from .draft import Draft, DraftTable
from .values import MISSING, ODD, fitting, near_bound, text_of, unfitting

Mutation = Callable[[Random, Draft], "bool | None"]
MUTATIONS: dict[str, Mutation] = {}


def mutation(name: str) -> Callable[[Mutation], Mutation]:
    """Register a mutation under the name by which the report counts it."""
    def make(change: Mutation) -> Mutation:
        MUTATIONS[name] = change
        return change
    return make


def some_table(rng: Random, draft: Draft, rows: int = 1) -> DraftTable | None:
    """A table that has so many rows at least."""
    tables = [table for table in draft.tables.values() if len(table.rows) >= rows]
    return rng.choice(tables) if tables else None


def some_cell(rng: Random, draft: Draft, wanted: Callable[[dict], object]) -> tuple[DraftTable, dict, int, int] | None:
    """A cell of a field that is wanted: its table, field, row and column."""
    places = [(table, field, column) for table in draft.tables.values() if table.rows
              for column, field in enumerate(table.fields) if wanted(field)]
    if not places:
        return None
    table, field, column = rng.choice(places)
    row = rng.randrange(len(table.rows))
    return (table, field, row, column) if column < len(table.rows[row]) else None


def of_cells(name: str, wanted: Callable[[dict], object], change: Callable[[Random, dict, str], str]) -> None:
    """A mutation of a cell of a wanted field: `change` gives another text."""
    @mutation(name)
    def mutate(rng: Random, draft: Draft) -> bool | None:
        found = some_cell(rng, draft, wanted)
        if found is None:
            return False
        table, field, row, column = found
        table.rows[row][column] = change(rng, field, table.rows[row][column])
        return None


def constrained(*names: str) -> Callable[[dict], object]:
    return lambda field: any(name in field.get("constraints", {}) for name in names)


def misspelt(rng: Random, _field: dict, text: str) -> str:
    """A text with one of the mistakes of hands and programs."""
    at = rng.randrange(len(text) + 1)
    return rng.choice([text + rng.choice([" ", "\n", "!", "x", "\u00a0", "-"]), " " + text, text.upper(), text.swapcase(),
                       text.replace("-", "_"), text[:at],
                       text[at:], text[:at] + rng.choice("aZ1 -é") + text[at:], text * 2, text.replace("_", " ")])


def beyond(rng: Random, field: dict, _text: str) -> str:
    name = rng.choice([name for name in field["constraints"] if "inimum" in name or "aximum" in name])
    return near_bound(rng, field["type"], field["constraints"][name])


def as_long(rng: Random, field: dict, _text: str) -> str:
    name = rng.choice([name for name in field["constraints"] if name in ("minLength", "maxLength")])
    size = max(0, field["constraints"][name] + rng.choice([-1, 0, 1]))
    items = [rng.choice("abcdé全👩") for _ in range(size)] if field["type"] != "list" else sorted(f"z{n}" for n in range(size))
    return (field.get("delimiter", ",") if field["type"] == "list" else "").join(items)


def as_list(rng: Random, field: dict, text: str) -> str:
    mark = field.get("delimiter", ",")
    items = text.split(mark)
    return rng.choice([
        text + mark, mark + text, mark, mark * 2, text + mark + items[0], mark.join(reversed(items)), mark.join([*items, "zzz"]),
        mark.join([*items, ""]), text.replace(mark, ","), text.replace(mark, mark + " "), text.replace(mark, mark * 2)])


of_cells("odd value", lambda _: True, lambda rng, _f, _t: rng.choice(ODD))
of_cells("long value", lambda _: True, lambda rng, _f, text: (text or "z") * rng.choice([50, 2_000, 200_000 // max(1, len(text))]))
of_cells("missing value", lambda _: True, lambda rng, _f, _t: rng.choice(MISSING))
of_cells("empty cell", lambda _: True, lambda *_: "")
of_cells("space", lambda _: True, lambda rng, _f, text: rng.choice([f" {text}", f"{text} ", f"\t{text}", f"{text}\u00a0", f"{text}\u3000"]))
of_cells("quote in cell", lambda _: True, lambda rng, _f, text: rng.choice(
    [f'{text}"', f'"{text}', f'"{text}"', f'{text[:2]}"{text[2:]}', f"'{text}'"]))
of_cells("line break in cell", lambda _: True, lambda rng, _f, text: text[:3] + rng.choice(["\n", "\n\n", "\r\n", "\r"]) + text[3:])
of_cells("type", lambda field: field.get("type", "string") != "string", lambda rng, field, _t: unfitting(rng, field))
for _type in ("integer", "number", "date", "boolean", "year", "yearmonth", "any"):
    of_cells(f"type {_type}", lambda field, type_=_type: field.get("type") == type_, lambda rng, field, _t: unfitting(rng, field))
of_cells("required", constrained("required"), lambda *_: "")
of_cells("pattern", constrained("pattern"), misspelt)
of_cells("enum", constrained("enum"), lambda rng, field, text: misspelt(rng, field, text) if rng.random() < 0.7
         else text_of(rng.choice(field["constraints"]["enum"])))
of_cells("bound", constrained("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), beyond)
of_cells("length", constrained("minLength", "maxLength"), as_long)
of_cells("list", lambda field: field.get("type") == "list", as_list)
of_cells("another sound value", lambda _: True, lambda rng, field, _t: fitting(rng, field))


@mutation("unique")
def repeat_unique(rng: Random, draft: Draft) -> bool | None:
    """The value of a unique field, or of a unique key, stands twice."""
    keys = [(table, [field["name"]]) for table in draft.tables.values() for field in table.fields if constrained("unique")(field)]
    keys += [(table, key) for table in draft.tables.values() for key in table.schema.get("uniqueKeys", [])]
    return repeat(rng, *rng.choice(keys)) if keys else False


@mutation("primary key")
def repeat_key(rng: Random, draft: Draft) -> bool | None:
    """Two rows with one primary key."""
    table = some_table(rng, draft, 2)
    return repeat(rng, table, table.key) if table else False


def repeat(rng: Random, table: DraftTable, columns: list[str]) -> bool | None:
    if len(table.rows) < 2:
        return False
    one, other = rng.sample(table.rows, 2)
    for column in columns:
        at = table.position(column)
        if at < len(one) and at < len(other):
            other[at] = one[at]
    return None


@mutation("repeated row")
def repeat_row(rng: Random, draft: Draft) -> bool | None:
    """A row stands twice."""
    table = some_table(rng, draft)
    if table is None:
        return False
    table.rows.insert(rng.randrange(len(table.rows) + 1), list(rng.choice(table.rows)))
    return None


@mutation("part of a key missing")
def empty_key(rng: Random, draft: Draft) -> bool | None:
    """A part of a primary key, or all of it, is empty."""
    table = some_table(rng, draft)
    if table is None:
        return False
    row = rng.choice(table.rows)
    for column in rng.sample(table.key, rng.randint(1, len(table.key))):
        if table.position(column) < len(row):
            row[table.position(column)] = ""
    return None


@mutation("foreign key")
def dangle(rng: Random, draft: Draft) -> bool | None:
    """A reference leads nowhere, to another row, to an empty cell, to its own row, or is empty in part."""
    keys = [(table, key) for table in draft.tables.values() if table.rows for key in table.schema.get("foreignKeys", [])]
    if not keys:
        return False
    table, key = rng.choice(keys)
    row, column = rng.choice(table.rows), rng.choice(key["fields"])
    at = table.position(column)
    target = draft.tables[key["reference"].get("resource") or table.name]
    there = target.position(key["reference"]["fields"][key["fields"].index(column)])
    named = [cells[there] for cells in target.rows if there < len(cells)] or [""]
    if at < len(row):
        row[at] = rng.choice(["zzz-no-such", "", "ZZZ", rng.choice(named), rng.choice(named), rng.choice(named).upper(),
                              rng.choice(named) + " ",
                              row[table.position(table.key[0])], rng.choice(ODD)])
    return None


@mutation("target gone")
def drop_target(rng: Random, draft: Draft) -> bool | None:
    """A row that others may refer to is gone, or its key is another."""
    named = {key["reference"].get("resource") for table in draft.tables.values() for key in table.schema.get("foreignKeys", [])}
    targets = [table for name, table in draft.tables.items() if name in named and table.rows]
    if not targets:
        return False
    table = rng.choice(targets)
    row = rng.randrange(len(table.rows))
    chance = rng.random()
    if chance < 0.4:
        del table.rows[row]
    elif table.rows[row]:
        at = min(table.position(table.key[0]), len(table.rows[row]) - 1)
        table.rows[row][at] = "" if chance < 0.5 else "zzz-another" if chance < 0.75 else misspelt(rng, {}, table.rows[row][at])
    return None


@mutation("rows out of order")
def shuffle(rng: Random, draft: Draft) -> bool | None:
    table = some_table(rng, draft, 2)
    if table is None:
        return False
    rng.shuffle(table.rows)
    return None


@mutation("swapped cells")
def swap(rng: Random, draft: Draft) -> bool | None:
    """Two cells of a row have changed places, as where a column was moved."""
    table = some_table(rng, draft)
    if table is None or len(row := rng.choice(table.rows)) < 2:
        return False
    one, other = rng.sample(range(len(row)), 2)
    row[one], row[other] = row[other], row[one]
    return None


def mutate(rng: Random, draft: Draft, names: list[str]) -> list[str]:
    """Apply some of the mutations to a draft; the names of those that found something to change."""
    return [name for name in names if MUTATIONS[name](rng, draft) is not False]
