"""What a composite specification is, once it is read.

Invariants: indicators, groups and steps are named once; a group's inputs stand before it in the order of computing;
the digest is over the whole content and not over comments or layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from risk_models.card import Card
from risk_models.composite.frame import Frame
from risk_models.composite.moments import Ties

Effect = Literal["own", "against", "mixed"]
"""What a cell of a column becomes depends on it alone (`own`), rises with it and falls with the other rows'
(`against`), or neither (`mixed`)."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One column of the table.

    column: its name there; lower, upper: of the columns that hold its bounds, where values are intervals. direction:
    1 if a higher value gives a higher score, -1 if a lower one does. scale: on which values and goalposts are
    compared. goalposts: two numbers, or `min`, `max`, `p5` of the column. target: for the distance to it. denominator:
    the column to divide by. codes: texts of the table that stand for numbers. missing: texts that stand for nothing.
    """

    id: str
    column: str
    bounds: tuple[str, str] | None = None
    direction: int = 1
    scale: Literal["linear", "log"] = "linear"
    goalposts: tuple[Decimal | str, Decimal | str] | None = None
    target: Decimal | None = None
    denominator: str | None = None
    codes: Mapping[str, Decimal] = field(default_factory=dict, hash=False)
    missing: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Group:
    """One aggregate: its inputs with their weights, and what it says differently from the step that computes it.

    caps: columns that the aggregate may not exceed (preconditions). pairwise: judgements of how many times as much
    each input counts as each other one, row by row.
    """

    id: str
    inputs: Mapping[str, Decimal] = field(hash=False)
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    caps: tuple[str, ...] = ()
    pairwise: tuple[tuple[Decimal, ...], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class TableShape:
    """Where the table has what.

    unit: columns that name a row's unit, several for pairs. period: of the periods, if there are several. attributes:
    columns kept for grouping. missing: texts that stand for nothing in every column. pairs: in a long table, the
    columns of the indicators' names and of their values. has_commas: numbers are written with a decimal comma.
    """

    unit: tuple[str, ...]
    period: str | None = None
    attributes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    pairs: tuple[str, str] | None = None
    has_commas: bool = False

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns that rows can be grouped by."""
        units = self.unit if len(self.unit) > 1 else ()
        return (*units, *((self.period,) if self.period else ()), *self.attributes)


@dataclass(frozen=True, slots=True)
class Level:
    """A named range of scores: everything below `bound`, and `bound` itself if it is included."""

    name: str
    bound: Decimal | None
    is_included: bool
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def holds(self, score: Decimal) -> bool:
        """True if a score that no lower level holds belongs here."""
        return self.bound is None or score < self.bound or (self.is_included and score == self.bound)


@dataclass(frozen=True, slots=True)
class ResultShape:
    """What a run publishes: scores, how they are ranked (rank 1 is the highest if descending), and their levels."""

    scores: tuple[str, ...]
    is_descending: bool = True
    ties: Ties = "min"
    within: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """One choice that a sensitivity analysis varies: which place of the specification, and what it may say."""

    id: str
    place: Literal["step", "group", "indicator", "cells"]
    name: str
    choices: tuple[Mapping[str, Any], ...] = field(hash=False)


class Step(Protocol):
    """One step: a frame in, a frame out."""

    @property
    def name(self) -> str:
        """What the specification calls it."""

    def apply(self, frame: Frame, model: Composite) -> Frame:
        """Return the frame after the step; raises InvalidInput where the table has no answer."""

    def effect(self, model: Composite) -> Effect:
        """Say what the cells of its columns depend on."""

    def turned(
        self, signs: Mapping[str, Mapping[str, int]], model: Composite
    ) -> Mapping[str, Mapping[str, int]]:
        """Return for each column in which direction (1, -1, or 0 for both) it moves with each indicator."""


@dataclass(frozen=True, slots=True)
class Composite:
    """A composite: the table it reads, its indicators, groups, steps and result, with names and card."""

    id: str
    version: str
    digest: str
    table: TableShape
    indicators: tuple[Indicator, ...]
    groups: tuple[Group, ...]
    steps: tuple[Step, ...]
    weight_sets: Mapping[str, Mapping[str, Mapping[str, Decimal]]] = field(hash=False)
    result: ResultShape
    factors: tuple[Factor, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    card: Card = field(default_factory=Card, hash=False)
    document: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)

    def indicator(self, name: str) -> Indicator | None:
        """Return one indicator, None if there is none of this name."""
        return next((one for one in self.indicators if one.id == name), None)

    def group(self, name: str) -> Group | None:
        """Return one group, None if there is none of this name."""
        return next((one for one in self.groups if one.id == name), None)

    def called(self, name: str, language: str) -> str:
        """Return what an indicator, a group or a level is called in a language; its id where nobody says."""
        levels = (level for level in self.result.levels if level.name == name)
        one = self.indicator(name) or self.group(name) or next(levels, None)
        return name if one is None else one.labels.get(language, name)

    def below(self, name: str) -> tuple[str, ...]:
        """Return the indicators that a group is made of, however deep, each once."""
        group = self.group(name)
        if group is None:
            return (name,)
        found = [leaf for one in (*group.inputs, *group.caps) for leaf in self.below(one)]
        return tuple(dict.fromkeys(found))
