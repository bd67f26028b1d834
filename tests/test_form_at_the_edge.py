"""Of keys and references: which row is told, where another mistake explains it, and where a search is given up."""

from __future__ import annotations

import pytest

from scripts import form
from scripts.constraints import TYPES, by_value, compile_field, schema_problems
from scripts.package import Field, Table
from scripts.problem import FORMAT
from scripts.read import read
from tests.small import ID, check_small, check_values, load_small, schema, table

RECORD = {**ID, "card": "id"}
TARGET, CELL = {"name": "target"}, {"name": "cell"}
KEY = {"fields": ["target"], "reference": {"resource": "yyy", "fields": ["zzz_id"]}}
PAIR = {"fields": ["target", "cell"], "reference": {"resource": "yyy", "fields": ["zzz_id", "cell"]}}
COLOUR = {"name": "colour", "vocabulary": "colour", "constraints": {"enum": ["dark_red", "green", "blue"]}}
THERE = "The terms are in schemas/vocabularies.yaml."
ADD = "Add it there first, or write here a `zzz_id` that is there."


def of(root, schemas: dict, data: dict) -> list[tuple]:
    """Table, line and message of each problem, but for the order of rows."""
    found = check_small(root, schemas, data).problems.found
    return [(p.table, p.line, p.message) for p in found if p.code != "row-order"]


def referring(*targets: str) -> str:
    return table("zzz_id,target", *(f"zzz-{number},{target}" for number, target in enumerate(targets)))


def records(*fields: dict) -> dict:
    """A table whose rows are records of their own."""
    return schema(*fields) | {"fields": [RECORD, *fields]}


def lost(line: int, value: str) -> tuple:
    return ("zzz", line, f"`{value}` is not in data/yyy.csv.")


def renamed(line: int, near: str, value: str, count: int) -> tuple:
    return ("yyy", line, f"Nothing refers to `{near}`, while {count} rows name `{value}`, which is not here.")


OLD, NEW = "yyy-camera-network", "yyy-camera-networks"


@pytest.mark.parametrize(("target", "ids", "targets", "expected"), [
    (records(), [NEW], [OLD, OLD], [renamed(2, NEW, OLD, 2)]),
    (records(), [NEW, "xxx"], [OLD, "xxx"], [lost(2, OLD)]),  # of one row it may be the mistake
    (schema(), [NEW], [OLD, OLD], [lost(2, OLD), lost(3, OLD)]),  # the id of no record
    (records(), [NEW], [OLD, OLD, f"{OLD}e", f"{OLD}e"], [renamed(2, NEW, OLD, 2), lost(4, f"{OLD}e"), lost(5, f"{OLD}e")]),
    (records(), [NEW, "www", "vvv"], [OLD, OLD, NEW], [lost(2, OLD), lost(3, OLD)]),  # something names it
])
def test_an_id_is_told_as_changed_where_several_rows_name_what_is_not_there(target, ids, targets, expected, tmp_path):
    data = {"zzz": referring(*targets), "yyy": table("zzz_id", *ids)}
    assert of(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": target}, data) == expected


def test_rows_that_name_it_in_another_table_do_not_count(tmp_path):
    other = {"fields": ["cell"], "reference": {"resource": "xxx", "fields": ["zzz_id"]}}
    schemas = {"zzz": schema(TARGET, CELL, foreignKeys=[KEY, other]), "yyy": records(), "xxx": schema()}
    data = {"zzz": table("zzz_id,target,cell", f"zzz-a,{OLD},{OLD}"), "yyy": table("zzz_id", NEW), "xxx": table("zzz_id", OLD)}
    assert of(tmp_path, schemas, data) == [lost(2, OLD)]


@pytest.mark.parametrize(("letters", "advice"), [(120, f"Did you mean `{'y' * 120}`? "), (121, "")])
def test_a_changed_id_is_shown_in_part_and_never_advised_so(letters, advice, tmp_path):
    old, new = "y" * letters, "y" * 131
    data = {"zzz": referring(old, old), "yyy": table("zzz_id", new)}
    found = check_small(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": records()}, data).problems.found
    assert [(p.message, p.hint) for p in found] == [
        (f"Nothing refers to `{new[:120]}`, while 2 rows name `{old[:120]}`, which is not here.",
         f"{advice}An id is never changed.")]


def test_a_lost_reference_is_shown_in_part(tmp_path):
    data = {"zzz": referring("y" * 130), "yyy": table("zzz_id", "xxx")}
    found = check_small(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": records()}, data).problems.found
    assert [(p.message, p.hint) for p in found] == [(f"`{'y' * 120}` is not in data/yyy.csv.", ADD)]


@pytest.mark.parametrize(("known", "expected"), [(9, [renamed(2, NEW, OLD, 2)]), (10, [lost(2, OLD), lost(3, OLD)])])
def test_a_search_that_takes_too_long_is_given_up(known, expected, tmp_path, monkeypatch):
    monkeypatch.setattr(form, "SEARCHES", 1)
    data = {"zzz": referring(OLD, OLD), "yyy": table("zzz_id", NEW, *(f"xxx-{number:02}" for number in range(known)))}
    assert of(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": records()}, data) == expected


def test_a_key_of_two_columns_is_never_told_as_changed(tmp_path):
    schemas = {"zzz": schema(TARGET, CELL, foreignKeys=[PAIR]), "yyy": records(CELL)}
    data = {"zzz": table("zzz_id,target,cell", f"zzz-a,{OLD},1", f"zzz-b,{OLD},1"), "yyy": table("zzz_id,cell", f"{NEW},1")}
    assert of(tmp_path, schemas, data) == [lost(2, f"{OLD} 1"), lost(3, f"{OLD} 1")]


# A reference that another mistake explains: what stands in yyy, what refers to it, and what is told.
EXCUSED = [
    (["yyy-a,zzz"], ["xxx"], [("yyy", 2, "`zzz` is not a known colour."), lost(2, "xxx")]),  # the key is sound
    (["Yyy_camera_network,green"], ["yyy-camera-network"], [("yyy", 2, "`Yyy_camera_network` does not have the form asked for.")]),
    (["Yyy_camera_network,green", "xxx,blue"], ["yyy-camera-netwrk", "www"],
     [("yyy", 2, "`Yyy_camera_network` does not have the form asked for."), lost(3, "www")]),
    (["yyy-camera-network,green", "yyy-camera-network,blue"], ["yyy-camera-netwrk", "www"],  # the second has taken the id of the first
     [("yyy", 3, "`yyy-camera-network` stands already on line 2."), lost(2, "yyy-camera-netwrk"), lost(3, "www")]),
    (["yyy-camera-network,green"] * 2, ["yyy-camera-netwrk", "www"],  # one row twice
     [("yyy", 3, "`yyy-camera-network` stands already on line 2."), lost(3, "www")]),
    (["Yyy camera network,yyy-a,green", "xxx,blue"], ["yyy-camera-network", "yyy-a"],  # a cell too many: the key may be any
     [("yyy", 2, "The row has 3 cells, the header 2."), lost(2, "yyy-camera-network"), lost(3, "yyy-a")]),
]


@pytest.mark.parametrize(("rows", "targets", "expected"), EXCUSED)
def test_a_reference_that_a_broken_key_explains_is_not_told(rows, targets, expected, tmp_path):
    data = {"zzz": referring(*targets), "yyy": table("zzz_id,colour", *rows)}
    assert sorted(of(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": schema(COLOUR)}, data)) == sorted(expected)


def test_what_else_stands_in_the_row_of_a_broken_key_does_not_matter(tmp_path):
    data = {"zzz": referring("yyy-camera-network", "www"),
            "yyy": table("zzz_id,cell", f"Yyy_camera_network,{'another text ' * 9}.", "xxx,1")}
    assert of(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": schema(CELL)}, data) == [
        ("yyy", 2, "`Yyy_camera_network` does not have the form asked for."), lost(3, "www")]


@pytest.mark.parametrize(("searches", "also"), [(3, []), (2, [lost(2, "yyy-ab 12")])])
def test_a_key_of_two_columns_is_compared_as_one_text(searches, also, tmp_path, monkeypatch):
    monkeypatch.setattr(form, "SEARCHES", searches)
    schemas = {"zzz": schema(TARGET, CELL, foreignKeys=[PAIR]), "yyy": schema(CELL)}
    data = {"zzz": table("zzz_id,target,cell", "zzz-a,yyy-ab,12", "zzz-b,yyy-ac,12", "zzz-c,xxx,w"),
            "yyy": table("zzz_id,cell", "Yyy_ac,12")}
    assert of(tmp_path, schemas, data) == [("yyy", 2, "`Yyy_ac` does not have the form asked for."), *also, lost(4, "xxx w")]


def test_a_broken_key_of_two_columns_explains_a_reference_too(tmp_path):
    schemas = {"zzz": schema(TARGET, CELL, foreignKeys=[PAIR]), "yyy": schema(CELL)}
    data = {"zzz": table("zzz_id,target,cell", "zzz-a,yyy-camera-network,long cell", "zzz-b,yyy-camera-netwrk,long cell", "zzz-c,xxx,w"),
            "yyy": table("zzz_id,cell", "Yyy_camera_network,long cell")}
    assert of(tmp_path, schemas, data) == [("yyy", 2, "`Yyy_camera_network` does not have the form asked for."), lost(4, "xxx w")]


LABELLED = {**schema({"name": "name"}), "label": ["name"]}


@pytest.mark.parametrize(("searches", "hint"), [(2, "Did you mean `aaa`?"), (1, ADD)])
def test_a_record_is_found_by_its_name_unless_there_are_too_many(searches, hint, tmp_path, monkeypatch):
    monkeypatch.setattr(form, "SEARCHES", searches)
    data = {"zzz": referring("Yyy Land"), "yyy": table("zzz_id,name", "aaa,Yyy land", "bbb,Xxx land")}
    found = check_small(tmp_path, {"zzz": schema(TARGET, foreignKeys=[KEY]), "yyy": LABELLED}, data).problems.found
    assert [(p.message, p.hint) for p in found if p.code == "foreign-key"] == [("`Yyy Land` is not in data/yyy.csv.", hint)]


def test_a_missing_cell_says_that_every_row_needs_it(tmp_path):
    (problem,) = check_values(tmp_path, {"name": "cell", "constraints": {"required": True}}, "")
    assert (problem.message, problem.hint) == ("`cell` is empty.", "Every row needs it.")


@pytest.mark.parametrize(("field", "cell", "message", "hint"), [
    (Field("supports", "list", delimiter=";", columns_of="zzz", terms=("name", "title")), "zzz",
     "`zzz` is not a known column that a source can support.", "Known: name, title."),
    (Field("cell", "list", delimiter=";", terms=("blue",)), "zzz", "`zzz` is not a known term.", THERE),
    (Field("cell", "list", delimiter=";", vocabulary="dark_colour", terms=("dark_red", "dark_blue")), "darkred;darkblue",
     "`darkred`, `darkblue` are each not a known dark colour.",
     f"Did you mean `dark_red`? Did you mean `dark_blue`? {THERE}"),
    (Field("cell", "list", delimiter=";", terms=("blue",)), ";".join(f"zzz{number}" for number in range(10)),
     f"{', '.join(f'`zzz{number}`' for number in range(10))} are each not a known term.", THERE),
    (Field("cell", "list", delimiter=";", terms=("blue",)), ";".join(f"zzz{number}" for number in range(12)),
     f"{', '.join(f'`zzz{number}`' for number in range(10))} and 2 more are each not a known term.",
     THERE),
    (Field("cell", "list", delimiter=";", terms=("blue",)), "z" * 90, f"`{'z' * 80}` is not a known term.",
     THERE),
])
def test_unknown_items_of_a_list_are_named(field, cell, message, hint):
    (check,) = [check for check in compile_field(field) if check.kind.code == "unknown-term"]
    assert check.fails(cell) and check.say(cell) == (message, hint)


@pytest.mark.parametrize("field", [
    Field("cell", "integer"), Field("cell", "boolean"), Field("cell", format="uri"), Field("cell", "list"),
    Field("cell", constraints={"pattern": "a"}), Field("cell", constraints={"enum": ["a"]}), Field("cell", constraints={"maxLength": 2}),
    Field("cell", "year", constraints={"minimum": 1950})])
def test_of_a_long_cell_a_message_shows_the_beginning(field):
    said = [check.say("z" * 121)[0] for check in compile_field(field)]
    assert said and all(f"`{'z' * 120}`" in message for message in said)


def test_the_items_of_a_list_are_told_with_what_to_do():
    hints = {check.kind.code: check.say("b;a")[1] for check in compile_field(Field("cell", "list", delimiter=";"))}
    assert hints == {"empty-item": "Items are separated by `;` alone.", "item-space": f"Items are separated by `;` alone. {FORMAT}",
                     "repeated-item": f"Keep one. {FORMAT}", "item-order": FORMAT}


def test_a_ragged_row_repeats_nothing(tmp_path):
    data = {"zzz": table("zzz_id,cell,note", "zzz-a,A,n", "zzz-a,A", "zzz-b,B,n")}
    assert of(tmp_path, {"zzz": schema(CELL, {"name": "note"})}, data) == [("zzz", 3, "The row has 2 cells, the header 3.")]


def test_of_a_key_whose_column_is_missing_nothing_is_told_and_of_others_all(tmp_path):
    data = {"zzz": table("cell,note", "A,n", "A,m")}
    found = of(tmp_path, {"zzz": schema({"name": "cell", "constraints": {"unique": True}}, {"name": "note"})}, data)
    assert found == [("zzz", 1, "The column `zzz_id` is missing."), ("zzz", 3, "`A` stands already on line 2.")]


def test_the_earlier_of_two_equal_cells_is_told_though_others_are_empty(tmp_path):
    found = check_values(tmp_path, {"name": "cell", "constraints": {"unique": True}}, "", "b", "", "b", "c", "c")
    assert [(p.line, p.message) for p in found] == [(5, "`b` stands already on line 3."), (7, "`c` stands already on line 6.")]


def test_references_are_followed_where_nothing_but_they_is_left(tmp_path):
    schemas = {"zzz": schema(TARGET, CELL, foreignKeys=[PAIR]), "yyy": schema(CELL)}
    data = {"zzz": table("target,cell", "yyy-camera-network,1", "yyy-camera-network,2"),
            "yyy": table("zzz_id,cell", "yyy-camera-network,1")}
    found = check_small(tmp_path, schemas, data).problems.found
    assert [(p.line, p.message, p.hint) for p in found if p.code == "foreign-key"] == [
        (3, "`yyy-camera-network 2` is not in data/yyy.csv.", ADD)]


def test_an_id_of_another_table_names_no_record(tmp_path):
    other = {"fields": ["cell"], "reference": {"resource": "xxx", "fields": ["zzz_id"]}}
    schemas = {"zzz": schema(TARGET, CELL, foreignKeys=[KEY, other]), "yyy": records(), "xxx": schema()}
    data = {"zzz": table("zzz_id,target,cell", "zzz-a,yyy-a,both"), "yyy": table("zzz_id", "both", "yyy-a"), "xxx": table("zzz_id", "both")}
    assert read(load_small(tmp_path, schemas, data)).named("yyy", "zzz_id").tolist() == [False, True]


def of_schema(*fields: Field) -> list[tuple]:
    """What is wrong with a schema of these fields."""
    return [(p.column, p.message, p.hint) for p in schema_problems(Table("zzz", "", "", "", "schemas/zzz.json", fields, ("cell",)))]


@pytest.mark.parametrize(("field", "message", "hint"), [
    (Field("cell", "zzz"), "The type `zzz` is not known.", f"Known: {', '.join(TYPES)}."),
    (Field("cell", format="zzz"), "The format `zzz` of string is not known.", "Use the default."),
    (Field("cell", "list", item_type="zzz"), "The itemType `zzz` is not known.", "Use string."),
    (Field("cell", "integer", example="1" * 90 + "x"), f"The example `{'1' * 80}` is no integer.", "Give one that a cell can hold."),
    (Field("cell", "list", constraints={"zzz": 1}), "The constraint `zzz` of a list is not known.",
     "Known: maxLength, minLength, required."),
    (Field("cell", constraints={"minLength": "z" * 90}), f"The constraint `minLength` cannot have the value `{'z' * 80}`.",
     "See Table Schema.")])
def test_what_is_wrong_with_a_schema_is_told_with_what_to_do(field, message, hint):
    assert of_schema(field) == [("cell", message, hint)]


def test_a_pattern_is_matched_of_one_text_as_of_many():
    (check,) = compile_field(Field("cell", constraints={"pattern": "a|b"}))
    assert [check.fails(text) for text in ("a", "b", "ab", "")] == [False, False, True, True]


def test_a_word_that_is_neither_true_nor_false():
    (check,) = compile_field(Field("cell", "boolean"))
    assert check.fails("zzz") and check.say("zzz")[1] == "Write one of these words."


def test_each_field_of_an_unknown_type_is_told():
    assert [column for column, *_ in of_schema(Field("a", "zzz"), Field("b"), Field("c", "zzz"))] == ["a", "c"]


@pytest.mark.parametrize("field", [
    Field("cell", "list", example="a;b"), Field("cell", "any", constraints={"enum": [5, "a", None]}), Field("cell", "integer", example="5"),
    Field("cell", format="uri", example="https://example.org"), Field("cell", "list", item_type="string")])
def test_a_schema_with_which_nothing_is_wrong(field):
    assert of_schema(field) == []


@pytest.mark.parametrize(("type_", "cell", "value"), [
    ("boolean", "TRUE", "true"), ("boolean", "0", "false"), ("boolean", "maybe", "maybe"), ("number", "1.0", "1"), ("number", "-0.0", "0"),
    ("number", "1e2", "1E+2"), ("number", "100", "1E+2"), ("number", "10e999999", "1E+1000000"),
    ("number", f"1{'0' * 33}1", f"1{'0' * 33}1"),
    ("number", "many", "many"), ("string", "1.0", "1.0"), ("string", "TRUE", "TRUE")])
def test_cells_that_say_the_same_are_the_same_text(type_, cell, value):
    assert by_value(Field("cell", type_), cell) == value


@pytest.mark.parametrize(("field", "message", "hint"), [
    (Field("cell", vocabulary="dark_colour", constraints={"enum": ["blue"]}), "`zzz` is not a known dark colour.", THERE),
    (Field("cell", constraints={"enum": [f"a{number}" for number in range(25)]}), "`zzz` is not a known value.",
     f"Known: {', '.join(f'a{number}' for number in range(20))}."),
    (Field("cell", constraints={"enum": ["a" * 90]}), "`zzz` is not a known value.", f"Known: {'a' * 80}.")])
def test_an_unknown_term_is_told_with_some_that_are_known(field, message, hint):
    (check,) = compile_field(field)
    assert check.fails("zzz") and check.say("zzz") == (message, hint)
