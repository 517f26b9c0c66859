"""Data structures and dataflows.

Invariants: a structure's columns have unique ids and are in the order of its template; a column that takes
codes names their code list; a rule names only columns of its structure; a dataflow ties the table that an
analyst uploads to the cells that may be released from it, and says which rows of it stay at the node.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.errors import InvalidDefinition, UnknownDefinition

Kind = Literal["code", "text", "identifier", "period", "date", "count", "money", "amount", "coded"]
Role = Literal["dimension", "measure", "attribute"]
Disclosure = Literal["open", "ordinary", "strict", "register", "computed"]
KINDS_WITH_CODES = frozenset({"code", "coded"})
MEASURE = "MEASURE"
VALUE = "OBS_VALUE"
TOTAL = "_T"


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

    @property
    def needed(self) -> tuple[str, ...]:
        """The ids of the columns that a file must have: the required ones, and the one of the values."""
        return tuple(column.id for column in self.columns if column.required or column.id == VALUE)

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

    disclosure: `open` published figures; `ordinary`, `strict` classes of the disclosure policy; `register`
    statements in words and codes, of which nothing is counted; `computed` by every node, uploaded by nobody.
    block: the dimensions within which the counterparts of a release stand beside one another.
    cuts: dimensions that divide a figure further; the whole stands where none does.
    apart: dimensions whose codes (of one level, 1 the highest) matter more than their whole: where something has to
    give way, the whole does.
    inside: measures that are checked and stay at the node.
    wholes: the code that stands for all codes of a dimension, where an empty cell of the upload does not mean it.
    documentation: what is counted, in which unit and period, who compiles it, from which source.
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
    documentation: Mapping[str, str] = field(default_factory=dict, hash=False)
    cuts: tuple[str, ...] = ()
    apart: Mapping[str, int] = field(default_factory=dict, hash=False)
    inside: tuple[str, ...] = ()
    wholes: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not {*self.block, *self.cuts, *self.apart}.issubset(self.cells.dimensions):
            raise InvalidDefinition(
                "A block names no dimension of the cells, or a cut does not.", context={"dataflow": self.id}
            )

    @property
    def is_record_level(self) -> bool:
        """True for uploads that name what never leaves: identifiers."""
        return any(column.kind == "identifier" for column in self.upload.columns)

    @property
    def is_uploaded(self) -> bool:
        """False for what nodes compute themselves."""
        return self.disclosure != "computed"

    def whole(self, dimension: str) -> str:
        """The code that stands for the whole of a dimension: its own, or what an empty cell of the upload means.

        What a record leaves empty is not stated and is a part like others; it never means the whole.
        """
        if dimension in self.wholes:
            return self.wholes[dimension]
        if not self.is_record_level and dimension in self.upload.column_ids:
            return self.upload.column(dimension).default or TOTAL
        return TOTAL

    def split_measures(self, dimension: str) -> tuple[str, ...] | None:
        """The measures that may be given by codes of a dimension; None if all may."""
        for rule in self.upload.rules:
            if rule.id == "combination.not_allowed" and rule.columns[1] == dimension:
                return rule.params["measures"]
        return None
