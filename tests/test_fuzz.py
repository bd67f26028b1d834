"""Every parser of outside input takes whatever bytes: the cases that fuzzing found, and inputs drawn in the shape of each format."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import guard, seeds
from fuzz.targets import TARGETS
from tests.fictional import PROJECT

CORPUS = PROJECT / "fuzz/corpus"
FOUND = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
CELL = st.text(st.sampled_from('ab1 ,;"\r\n\t\0\ufeff\u2028é=|<>'), max_size=6)
SIGNS = st.sampled_from(["a", "1", "zzz", " ", "\n", "\n- ", "\n  ", ": ", ", ", "[", "]", "{", "}", "'", '"', "|", ">", "#", "&a ", "*a",
                         "!a", "%", "@", "`", "~", "null", "---", "\t", "\x85", "\u2028", "\ufeff", "\0", "é"])
WORDS = {  # what a format is made of beside signs
    "card": ["deployments:", "corrections:", "id: ", "title: ", "sources:", "supports: ", "record: ", "old: ", "new: ", "value_usd: "],
    "form_body": ["### Title", "### Record to correct", "### Reason", "\n\n", "- [x] ", "_No response_", "zzz-deployment", "zzz-role"],
    "changelog": ["# ", "\n## [1.0.0] - 2021-01-01", "\n## [Unreleased]", "\n### Data", "\n#### Added", "<!--", "-->", "\n[1.0.0]: x"],
    "history": ["\0", "0" * 40, "diff --git ", "--- a/data/zzz.csv", "+++ b/data/zzz.csv", "\n+zzz-a,", "\n-zzz-b,", "@@ -1 +1 @@"],
    "archive_names": ["data", "schemas", "/", "..", "\\", "C:", "datapackage.json", "zzz.csv", "\n"]}
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(
    ["../zzz", "https://example.org/zzz.csv", "file:///etc/passwd", "C:\\zzz", "data/zzz.csv", "zzz_id", "zzz", "(a+)+$", "[", "x" * 3_000])
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.text(max_size=5) | st.sampled_from(["name", "path", "schema", "fields", "resources", "constraints", "pattern"]), inner, max_size=3))

CASES = [pytest.param(path, id=f"{path.parent.name}: {path.name}") for path in FOUND]


@pytest.mark.parametrize("case", CASES)
def test_what_was_found_once_breaks_nothing(case):
    TARGETS[case.parent.name](case.read_bytes())


def test_every_target_has_sound_inputs_and_no_case_is_without_a_target():
    assert set(seeds.SEEDS) == set(TARGETS) >= {case.parent.name for case in FOUND}
    assert not [case.name for case in FOUND if case.name.startswith("found-")], "a found case has no name that says what it is"


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_sound_breaks_nothing(name):
    for seed in seeds.of(name)[:1 if name == "issue" else None]:
        TARGETS[name](seed)


def cut(data, sound: bytes) -> bytes:
    """A sound input with a piece left out, doubled or replaced, some times."""
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = sorted(data.draw(st.tuples(st.integers(0, len(sound)), st.integers(0, len(sound)))))
        end = min(end, start + data.draw(st.sampled_from([0, 1, 8, 100])))
        new = data.draw(st.sampled_from([b"", sound[start:end] * 2, b"\0", b"\xff", b'"', b"\n", b",", b"{", b"[", b": "]))
        sound = sound[:start] + new + sound[end:]
    return sound


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "issue"])  # that is for tests/test_hostile_forms.py
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_sound_input_that_was_damaged_breaks_nothing(name, data):
    TARGETS[name](cut(data, data.draw(st.sampled_from(seeds.of(name)))))


@pytest.mark.parametrize("name", TARGETS)
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_texts_made_of_the_signs_of_a_format_break_nothing(name, data):
    pieces = st.one_of(SIGNS, st.sampled_from(WORDS[name])) if name in WORDS else SIGNS
    TARGETS[name]("".join(data.draw(st.lists(pieces, max_size=30))).encode())


@pytest.mark.parametrize("name", ["csv", "mend"])
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.lists(CELL, min_size=4, max_size=6), max_size=5), mark=st.sampled_from(["", "\ufeff"]),
       end=st.sampled_from(["\n", "\r\n", "\r"]), quoted=st.booleans())
def test_tables_of_any_cells_break_nothing(name, rows, mark, end, quoted):
    lines = [["zzz_id", "title", "kinds", "total", "parent"], *rows]
    cells = [['"' + cell.replace('"', '""') + '"' if quoted else cell for cell in row] for row in lines]
    TARGETS[name]((mark + end.join(",".join(row) for row in cells)).encode())


@pytest.mark.parametrize("name", ["descriptor", "table_schema", "stored_report", "stored_difference", "event", "vocabularies", "settings"])
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_value_in_any_place_of_json_breaks_nothing(name, data):
    document = at = json.loads(seeds.of(name)[-1]) if name != "settings" else {}
    for _ in range(data.draw(st.integers(0, 4))):
        inner = [key for key, value in (at.items() if isinstance(at, dict) else enumerate(at)) if isinstance(value, (dict, list)) and value]
        if not inner:
            break
        at = at[data.draw(st.sampled_from(inner))]
    if at:
        at[data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))] = data.draw(VALUE)
    TARGETS[name](json.dumps(document).encode())


@pytest.mark.parametrize("trespass", [
    lambda outside: (outside / "zzz").write_text("zzz"), lambda outside: (outside / "there").read_text(),
    lambda outside: (outside / "there").unlink(), lambda outside: (outside / "there").rename("zzz"),
    lambda outside: Path("zzz").symlink_to(outside / "there") or Path("zzz").read_text(),
    lambda outside: subprocess.run([sys.executable, "-c", ""], check=True)])
def test_what_leaves_the_folder_of_a_target_is_found(trespass, tmp_path):
    (tmp_path / "there").write_text("zzz")
    with pytest.raises(guard.Trespass), guard.folder():
        trespass(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_what_stays_in_the_folder_of_a_target_is_let_be():
    with guard.folder() as folder, tempfile.TemporaryDirectory() as temporary:
        (folder / "zzz").mkdir()
        (Path(temporary) / "zzz").write_text((PROJECT / "schemas/forms.yaml").read_text())
        Path("zzz/yyy").write_text("zzz")
