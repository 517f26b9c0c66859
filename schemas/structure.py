"""Data structures and dataflows.

Invariants: a structure's columns have unique ids and are in the order of its template; a column that takes
codes names their code list; a rule names only columns of its structure; a dataflow ties the table that an
analyst uploads to the cells that may be released from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.errors import InvalidDefinition, UnknownDefinition

Kind = Literal["code", "text", "identifier", "period", "date", "count", "money", "amount", "coded"]
Role = Literal["dimension", "measure", "attribute"]
Disclosure = Literal["open", "ordinary", "strict"]
KINDS_WITH_CODES = frozenset({"code", "coded"})
MEASURE = "MEASURE"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Kinds: `code` one of a code list; `text`; `identifier` a name that never leaves the node; `period`;
    `date`; `count` an integer; `money` integer minor units; `amount` an integer in the unit of the row's
    MEASURE (minor units if that is a currency); `coded` a code whose numeric attribute is the value.
    """

    id: str
    kind: Kind
    codelist: str | None = None
    required: bool = False
    role: Role = "attribute"
    pattern: str | None = None
    max_length: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    default: str | None = None
    only: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.codelist is not None) != (self.kind in KINDS_WITH_CODES):
            raise InvalidDefinition(
                "A column of codes names a code list, and no other column does.", context={"column": self.id}
            )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over rows, declared with its structure and interpreted by `schemas.rules`."""

    id: str
    columns: tuple[str, ...]
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class DataStructure:
    """A table's definition. `literal`: cells are compared as they stand, neither trimmed nor defaulted."""

    agency: str
    id: str
    version: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    literal: bool = False

    def __post_init__(self) -> None:
        known = set(self.column_ids)
        if len(known) != len(self.columns):
            raise InvalidDefinition("A structure names a column twice.", context={"structure": self.id})
        for place, column in enumerate(self.columns):
            if column.kind == "amount" and MEASURE not in self.column_ids[:place]:
                raise InvalidDefinition(
                    "An amount stands before the measure that gives its unit.",
                    context={"structure": self.id, "column": column.id},
                )
        for rule in self.rules:
            if not known.issuperset(rule.columns):
                raise InvalidDefinition(
                    "A rule names a column that its structure does not have.",
                    context={"structure": self.id, "rule": rule.id},
                )

    @property
    def column_ids(self) -> tuple[str, ...]:
        """The ids of all columns, in template order."""
        return tuple(column.id for column in self.columns)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The ids of the columns that make the key."""
        return tuple(column.id for column in self.columns if column.role == "dimension")

    def column(self, column_id: str) -> Column:
        """Return one column.

        Raises:
            UnknownDefinition: the structure has no such column.
        """
        for column in self.columns:
            if column.id == column_id:
                return column
        raise UnknownDefinition(
            "The structure has no such column.",
            detail=f"{self.id} version {self.version}: {column_id!r}.",
            context={"structure": self.id, "column": column_id},
        )


@dataclass(frozen=True, slots=True)
class Dataflow:
    """What is uploaded, what is released from it, and how strictly it is protected.

    `block`: the dimensions within which the counterparts of a release stand beside one another.
    """

    agency: str
    id: str
    version: str
    upload: DataStructure
    cells: DataStructure
    disclosure: Disclosure
    block: tuple[str, ...]
    labels: Mapping[str, str] = field(hash=False)
    descriptions: Mapping[str, str] = field(hash=False)

    def __post_init__(self) -> None:
        if not set(self.block).issubset(self.cells.dimensions):
            raise InvalidDefinition("A block names no dimension of the cells.", context={"dataflow": self.id})
