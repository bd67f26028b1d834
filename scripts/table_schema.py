"""What a Table Schema says of columns, keys and tables, as dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from . import edtf

MISSING = ""  # what an empty cell holds; no other text is missing


@dataclass(frozen=True)
class Field:
    """A column: its Table Schema properties and ours. `terms` are the items or values that its vocabulary allows."""

    name: str
    type: str = "string"
    format: str = "default"
    title: str = ""
    description: str = ""
    example: str = ""
    constraints: dict = field(default_factory=dict)
    vocabulary: str | None = None
    columns_of: str | None = None
    keep_order: bool = False
    card: str | dict | None = None
    delimiter: str = ","
    item_type: str = "string"
    options: dict = field(default_factory=dict)
    terms: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        return self.constraints.get("required") is True

    @property
    def true_values(self) -> list[str]:
        """The words of a boolean that say yes."""
        return self.options.get("trueValues", ["true", "True", "TRUE", "1"])

    @property
    def false_values(self) -> list[str]:
        """The words of a boolean that say no."""
        return self.options.get("falseValues", ["false", "False", "FALSE", "0"])

    @property
    def is_date(self) -> bool:
        """Whether it holds dates, by type or as EDTF texts as precise as their source."""
        return self.type == "date" or self.constraints.get("pattern") == edtf.PATTERN

    @property
    def card_key(self) -> str:
        """The key of a record card that becomes this column."""
        return self.card if isinstance(self.card, str) else (self.card or {}).get("key", self.name)

    @property
    def default(self) -> str:
        """What a card that lacks the key means."""
        return self.card.get("default", MISSING) if isinstance(self.card, dict) else MISSING


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values stand in columns of another table (`resource`)."""

    fields: tuple[str, ...]
    resource: str
    reference: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A resource: its file (relative to the root), fields and keys. `card` says where its rows stand in a record card, `schema`
    is the Table Schema as read."""

    name: str
    path: str
    title: str
    description: str
    schema_path: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    label: tuple[str, ...] = ()
    card: dict | None = None
    schema: dict = field(default_factory=dict, repr=False)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def targets(self) -> dict[str, str]:
        """Column → table, for each foreign key of one column."""
        return {key.fields[0]: key.resource for key in self.foreign_keys if len(key.fields) == 1}

    @property
    def id(self) -> str:
        """The column that names the row's record: its own id, or that of the record a link belongs to."""
        return self.primary_key[0]

    @property
    def folder(self) -> str:
        """Where in the package its file lies: RECORDED, DERIVED or FLAT."""
        return PurePosixPath(self.path).parts[0]

    @property
    def is_link(self) -> bool:
        """Whether rows belong to a record of another table (deployment_parties), not to themselves."""
        return len(self.primary_key) > 1

    @property
    def owner(self) -> str:
        """The table of the record that a row belongs to."""
        return self.targets[self.id] if self.is_link else self.name

    @property
    def is_record(self) -> bool:
        """Whether a row is a record whose id is its own: given by its card as `id`, and one that may be withdrawn."""
        return not self.is_link and self.by_name[self.id].card_key == "id"
