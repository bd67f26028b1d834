"""Random packages: schemas with fields of all types, constraints and keys, and tables of which some conform and some do not."""

from __future__ import annotations

from random import Random

from .draft import PROFILES, TERMS, Draft, DraftTable
from .values import PATTERNS, fitting, unfitting

SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
TYPES = ["string", "string", "string", "integer", "number", "date", "boolean", "year", "yearmonth", "list", "any"]
BOUNDS = {"integer": [-5, 0, 1, 10, 150], "number": [-1, 0, 0.5, 1, 10], "date": ["1999-12-31", "2021-01-01", "2021-02-28"],
          "year": [1950, 1999, 2021], "yearmonth": ["1999-06", "2021-01", "2021-12"]}
ENUMS = {"string": [["zzz", "yyy", "a b"], TERMS, ["a"]], "any": [["zzz", "1"], ["1"]], "integer": [[1, 2, 15], [0]],
         "number": [[1, 1.5, 10], [0.5]], "date": [["2021-01-01", "2020-02-29"]], "year": [[1999, 2021]],
         "yearmonth": [["2021-01", "2021-12"]], "boolean": [[True], [True, False]]}


def invent(rng: Random) -> Draft:
    """A package of one to three tables; a later one may refer to an earlier one, or to itself."""
    tables: dict[str, DraftTable] = {}
    for name in ["one", "two", "three"][:rng.choice([1, 1, 2, 2, 2, 3])]:
        tables[name] = invent_table(rng, name, tables)
    return Draft(tables)


def invent_table(rng: Random, name: str, others: dict[str, DraftTable]) -> DraftTable:
    fields = [key_field(rng), *(invent_field(rng, f"cell_{number}") for number in range(rng.randint(1, 4)))]
    schema = {"$schema": f"{PROFILES}/tableschema.json", "fields": fields, "primaryKey": ["zzz_id"]}
    if rng.random() < 0.3:
        schema["missingValues"] = [""]
    keys = []
    if others and rng.random() < 0.8:
        keys.append(refer(rng, fields, rng.choice(list(others.values())), "there"))
    if rng.random() < 0.2:
        fields.append({"name": "above", "type": fields[0]["type"]})
        keys.append({"fields": ["above"], "reference": {"resource": rng.choice(["", name]), "fields": ["zzz_id"]}})
    two = [other for other in others.values() if len(other.fields) > 2 and other.fields[1]["type"] not in ("list", "number")]
    if two and rng.random() < 0.3:
        keys.append(refer_by_two(fields, rng.choice(two)))
    if keys:
        schema["foreignKeys"] = keys
    give_keys(rng, schema)
    return DraftTable(name, schema, [field["name"] for field in fields], invent_rows(rng, schema, {**others}, name))


def key_field(rng: Random) -> dict:
    """The id of a table: a slug mostly, at times a number."""
    constraints = {name: True for name, chance in (("required", 0.85), ("unique", 0.5)) if rng.random() < chance}
    if rng.random() < 0.15:
        return {"name": "zzz_id", "type": rng.choice(["integer", "year", "date"]), "constraints": constraints}
    return {"name": "zzz_id", "type": "string", "constraints": {**constraints, **({"pattern": SLUG} if rng.random() < 0.6 else {})}}


def invent_field(rng: Random, name: str) -> dict:
    """A field of a random type with some of the constraints that the type can have."""
    type_ = rng.choice(TYPES)
    field = {"name": name, "type": type_}
    constraints = {}
    if rng.random() < 0.3:
        constraints["required"] = rng.random() < 0.9
    if type_ != "list" and rng.random() < 0.2:
        constraints["unique"] = rng.random() < 0.9
    if type_ == "string":
        kind = rng.random()
        if kind < 0.3:
            constraints["pattern"] = rng.choice(list(PATTERNS))
        elif kind < 0.4:
            field["format"] = "uri"
    if type_ in ("string", "list") and rng.random() < 0.3:
        constraints.update({name: rng.randint(0, 4) for name in rng.sample(["minLength", "maxLength"], rng.randint(1, 2))})
    if type_ in ENUMS and rng.random() < 0.25:
        constraints["enum"] = rng.choice(ENUMS[type_])
    if type_ in BOUNDS and rng.random() < 0.5:
        for bound in rng.sample(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], rng.randint(1, 2)):
            constraints[bound] = rng.choice(BOUNDS[type_])
    if type_ == "list":
        if rng.random() < 0.8:
            field["delimiter"] = rng.choice([";", ";", "|", ", "])
        if rng.random() < 0.4:
            field["keepOrder"] = True
    if type_ == "boolean" and rng.random() < 0.5:
        field |= {"trueValues": rng.choice([["true"], ["yes", "1"]]), "falseValues": rng.choice([["false"], ["no", "0"]])}
    if constraints or rng.random() < 0.3:
        field["constraints"] = constraints
    return field


def refer(rng: Random, fields: list[dict], target: DraftTable, column: str) -> dict:
    """A foreign key of a new column to the id of a table."""
    own = next(field for field in target.fields if field["name"] == "zzz_id")
    fields.append({"name": column, "type": own["type"], "constraints": {"required": True} if rng.random() < 0.5 else {}})
    return {"fields": [column], "reference": {"resource": target.name, "fields": ["zzz_id"]}}


def refer_by_two(fields: list[dict], target: DraftTable) -> dict:
    """A foreign key of two new columns."""
    named = [target.fields[0], target.fields[1]]
    fields += [{"name": f"both_{number}", "type": field["type"], **{k: v for k, v in field.items() if k in ("trueValues", "falseValues")}}
               for number, field in enumerate(named)]
    return {"fields": ["both_0", "both_1"], "reference": {"resource": target.name, "fields": [field["name"] for field in named]}}


def give_keys(rng: Random, schema: dict) -> None:
    """A primary key of two columns, which begins with a reference, or unique keys, at times."""
    names = [field["name"] for field in schema["fields"] if field["type"] != "list"]
    if "there" in names and rng.random() < 0.4:
        schema["primaryKey"] = ["there", rng.choice([name for name in names if name != "there"])]
    if rng.random() < 0.25:
        schema["uniqueKeys"] = [rng.sample(names, min(len(names), rng.randint(1, 2)))]


def invent_rows(rng: Random, schema: dict, others: dict[str, DraftTable], name: str) -> list[list[str]]:
    """Rows of which most cells suit their field and most references lead somewhere."""
    fields, rows = schema["fields"], []
    wrong = rng.choice([0, 0, 0.02, 0.1])
    for number in range(rng.randint(0, 8)):
        row = [("" if rng.random() < 0.1 else unfitting(rng, field) if rng.random() < wrong else fitting(rng, field)) for field in fields]
        row[0] = key_value(fields[0]["type"], number)
        rows.append(row)
    for key in schema.get("foreignKeys", []):
        target = key["reference"]["resource"] or name
        named = others[target].rows if target in others else rows
        at = [[field["name"] for field in fields].index(column) for column in key["fields"]]
        there = [others[target].position(column) for column in key["reference"]["fields"]] if target in others else [0]
        for row in rows:
            chosen = rng.choice(named) if named and rng.random() < 0.9 else None
            for here, its in zip(at, there, strict=True):
                row[here] = chosen[its] if chosen and rng.random() < 0.97 else row[here] if rng.random() < 0.5 else ""
    return rows


def key_value(type_: str, number: int) -> str:
    return {"integer": str(number), "year": str(2000 + number), "date": f"2021-01-{number + 10}"}.get(type_, f"zzz-{number}")
