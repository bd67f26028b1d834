"""JSON and YAML files into plain values; what is missing, broken, huge or hostile becomes a problem."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import yaml

from .problem import ERROR, Kind, Problem, did_you_mean, kind

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 20
MAX_VALUES = 250_000  # texts, numbers, lists and mappings in one file
MAX_ITEMS = 1_000  # of a list in a descriptor
HINTED = 100  # keys of a mapping that nobody knows, for which a near one is looked for
SHAPES = {**dict.fromkeys(("licenses", "contributors", "keywords", "sources", "resources", "fields", "foreignKeys", "uniqueKeys",
                           "missingValues", "examples", "trueValues", "falseValues"), (list, "a list")),
          "constraints": (dict, "an object"), **dict.fromkeys(("keepOrder", "derived"), (bool, "true or false")),
          "bytes": (int, "a whole number"), "card": ((str, dict), "a text or an object"),
          **dict.fromkeys(("primaryKey", "label"), ((str, list), "a list"))}  # of all others the value is a text

UNREADABLE_DOCUMENT = kind(
    "unreadable-document", ERROR, "package", "A descriptor, vocabulary or card file can be read.",
    good="a file of at most 16 MB in UTF-8", bad="a folder, a missing file, a binary file")
BROKEN_JSON = kind(
    "broken-json", ERROR, "package", "A descriptor is JSON.",
    good='{"name": "zzz"}', bad='{"name": "zzz",}')
BROKEN_YAML = kind(
    "broken-yaml", ERROR, "package", "A vocabulary or card file is YAML.",
    good="title: 'Smart city: phase 1'", bad="title: Smart city: phase 1")
UNSAFE_YAML = kind(
    "unsafe-yaml", ERROR, "package", "YAML holds plain text only: no tags, anchors or aliases, no endless nesting or length.",
    good="title: zzz", bad="title: !!python/object:zzz {}")
REPEATED_KEY = kind(
    "repeated-key", ERROR, "package", "A key stands once in its mapping.",
    good="{title: zzz}", bad="{title: zzz, title: yyy}")


class Mapping(dict):
    """A YAML mapping whose values are text, Mapping or Sequence, with the `line` it starts on and the `lines` of its keys."""

    def __init__(self, *pairs) -> None:
        super().__init__(*pairs)
        self.line = 0
        self.lines: dict[str, int] = {}


class Sequence(list):
    """A YAML list of text, Mapping or Sequence, with the `lines` on which its items start."""

    def __init__(self, *items) -> None:
        super().__init__(*items)
        self.lines: list[int] = []


def read_bytes(path: Path, name: str) -> tuple[bytes | None, list[Problem]]:
    """The bytes of a file, or None and the problem; `name` is how the problem calls the file."""
    def bad(message: str, hint: str) -> tuple[None, list[Problem]]:
        return None, [UNREADABLE_DOCUMENT.at(message, hint, file=name)]

    try:
        if path.is_dir():
            return bad("This is a folder, not a file.", "Give the path of a file.")
        if not path.exists():
            return bad("There is no such file.", "Check the path, or restore the file.")
        if not path.is_file():
            return bad("This is not a regular file.", "Give the path of a file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # a file that the system makes up while it is read says that it is empty
        if len(data) > MAX_BYTES:
            return bad(f"The file is larger than {MAX_BYTES:,} bytes.", "Split it into smaller files.")
        return data, []
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return bad(f"The file cannot be opened: {reason}.", "Check its name and permissions.")


def read_text(path: Path, name: str) -> tuple[str | None, list[Problem]]:
    """The UTF-8 text of a file, or None and the problem."""
    data, problems = read_bytes(path, name)
    if data is None:
        return None, problems
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, [UNREADABLE_DOCUMENT.at("The text is not UTF-8.", "Save the file as UTF-8.", file=name, line=line)]


def load_json(path: Path, name: str) -> tuple[dict | None, list[Problem]]:
    """The object that a JSON file holds, or None and the problem."""
    text, problems = read_text(path, name)
    if text is None:
        return None, problems
    repeated: list[str] = []

    def once(pairs: list[tuple[str, object]]) -> dict:
        value = dict(pairs)
        if len(value) < len(pairs):
            repeated.extend(sorted(key for key, count in Counter(key for key, _ in pairs).items() if count > 1))
        return value

    if sum(map(text.count, ",{[")) > MAX_VALUES:
        return None, [BROKEN_JSON.at(f"The file holds more than {MAX_VALUES:,} values.", "No descriptor needs so many.", file=name)]
    try:
        value = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        return None, [BROKEN_JSON.at(f"This is not JSON: {error.msg}.", "Mend it at or just before this place.",
                                     file=name, line=error.lineno)]
    except (RecursionError, ValueError):
        return None, [BROKEN_JSON.at("This JSON nests too deep or holds a number out of reach.",
                                     "Write it out plainly.", file=name)]
    if depth_of(value) > MAX_DEPTH:
        return None, [BROKEN_JSON.at(f"Values nest more than {MAX_DEPTH} deep.", "Write it out plainly.", file=name)]
    if not isinstance(value, dict):
        return None, [BROKEN_JSON.at("The file does not hold a JSON object.", "It starts with { and ends with }.", file=name)]
    return value, [REPEATED_KEY.at(f"The key `{key[:80]}` stands twice in one object.", "Keep one of the two.", file=name)
                   for key in repeated]


def depth_of(value: object) -> int:
    """How deep lists and objects nest in a value; not told further than the first level beyond MAX_DEPTH."""
    depth, level = 0, [value]
    while depth <= MAX_DEPTH and (level := [part for part in level if isinstance(part, (dict, list))]):
        level = [inner for part in level for inner in (part.values() if isinstance(part, dict) else part)]
        depth += 1
    return depth


def load_yaml(path: Path, name: str) -> tuple[Mapping | None, list[Problem]]:
    """The mapping that a YAML file holds: every scalar as the text that stands there, so `no` stays `no` and `2019-04`
    no date; or None and the problems."""
    text, problems = read_text(path, name)
    if text is None:
        return None, problems
    try:
        problems = unsafe(text, name)
        if problems:
            return None, problems
        node = yaml.compose(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        return None, [broken_yaml(error, name)]
    if not isinstance(node, yaml.MappingNode):
        return None, [BROKEN_YAML.at("The file does not hold a mapping.", "It starts with a line such as `deployments:`.",
                                     file=name, line=1)]
    value = build(node, problems, name)
    return value, problems


def broken_yaml(error: Exception, name: str) -> Problem:
    """The parser's complaint in plain words with its line."""
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return BROKEN_YAML.at(f"This is not YAML: {what}.",
                          "Text with a colon, a hash or a quote in it is put in quotes; lists and keys line up.",
                          file=name, line=mark.line + 1 if mark else None)


def unsafe(text: str, name: str) -> list[Problem]:
    """What makes a YAML text dangerous or ambiguous: tags, anchors, aliases, deep nesting, several documents."""
    depth, documents, values = 0, 0, 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        line = event.start_mark.line + 1
        opens = isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        depth += opens - isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
        documents += isinstance(event, yaml.DocumentStartEvent)
        values += opens or isinstance(event, yaml.ScalarEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            found, hint = f"The anchor or alias `{event.anchor[:40]}` stands here.", "Write the value out; in text, quote & and *."
        elif getattr(event, "tag", None):
            found, hint = f"The tag `{event.tag[:60]}` stands here.", "Leave it out: values are plain text; in text, quote !."
        elif depth > MAX_DEPTH:
            found, hint = f"Values nest more than {MAX_DEPTH} deep.", "A card needs four levels."
        elif values > MAX_VALUES:
            found, hint = f"The file holds more than {MAX_VALUES:,} values.", "Split it into smaller files."
        elif documents > 1:
            found, hint = "A second document starts here.", "One file is one document: leave out the line `---`."
        else:
            continue
        return [UNSAFE_YAML.at(found, hint, file=name, line=line)]
    return []


def build(node: yaml.Node, problems: list[Problem], name: str):
    """A YAML node as text, Sequence or Mapping; keys that stand twice are added to `problems`."""
    if isinstance(node, yaml.ScalarNode):
        return "" if not node.style and node.value in ("~", "null") else node.value
    if isinstance(node, yaml.SequenceNode):
        sequence = Sequence(build(child, problems, name) for child in node.value)
        sequence.lines = [child.start_mark.line + 1 for child in node.value]
        return sequence
    mapping = Mapping()
    mapping.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key, line = build(key_node, problems, name), key_node.start_mark.line + 1
        if not isinstance(key, str):
            problems.append(BROKEN_YAML.at("A key is a list or a mapping.", "A key is a word.", file=name, line=line))
        elif key in mapping:
            problems.append(REPEATED_KEY.at(f"The key `{key[:80]}` stands twice here.", "Keep one of the two.", file=name, line=line))
        else:
            mapping.lines[key] = line
            mapping[key] = build(value_node, problems, name)
    return mapping


def unknown_keys(mapping: dict, known: set[str]) -> list[tuple[str, str]]:
    """Each key that nobody knows, with the hint that goes with it."""
    unknown = [key for key in mapping if key not in known]
    words = "Known here: " + ", ".join(f"`{word}`" for word in sorted(known)) + "."
    return [(key, (did_you_mean(str(key), known) if number < HINTED else "") or words) for number, key in enumerate(unknown)]


def check_properties(mapping: dict, known: set[str], kind_: Kind, file: str, column: str | None = None) -> list[Problem]:
    """Properties of a descriptor that nobody knows, and values that are not what the property needs."""
    place = {"file": file, "column": column}
    problems = [kind_.at(f"The property `{key[:80]}` is not known.", hint, **place) for key, hint in unknown_keys(mapping, known)]
    for key, value in mapping.items():
        shape, words = SHAPES.get(key, (str, "a text"))
        if key in known and not isinstance(value, shape):
            problems.append(kind_.at(f"The property `{key}` is not {words}.", "See the Data Package standard.", **place))
        elif isinstance(value, list) and len(value) > MAX_ITEMS:
            problems.append(kind_.at(f"The property `{key[:80]}` has more than {MAX_ITEMS:,} items.", "Leave some out.", **place))
    return problems


def as_json(document: object) -> bytes:
    """The bytes of a JSON file: indented, its texts as they are, with a line break at the end."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
