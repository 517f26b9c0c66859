"""The parameters of the effectiveness models, read strictly from their specification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Cell = tuple[str, str]
"""A dataflow and a measure."""


@dataclass(frozen=True, slots=True)
class EffectivenessParameters:
    """What the figures are computed with.

    stages: the chain from report to confiscation, in order. recoveries: value that is confiscated, and what it is part
    of. exposures: what reports are expected by. level: of the false discovery rate along one chain. min_cases: that
    entered a stage. min_pool: members whose chains make the region's. min_members, min_expected: members that give
    reports and exposure, and their reports together. min_disseminations: that requests are counted against.
    """

    stages: tuple[Cell, ...]
    recoveries: tuple[tuple[Cell, Cell], ...]
    exposures: tuple[str, ...]
    level: Decimal
    min_cases: int
    min_pool: int
    min_members: int
    min_expected: int
    min_disseminations: int


def read_effectiveness(entry: Mapping[str, Any]) -> EffectivenessParameters:
    """Read the table `parameters` of a specification; raises KeyError or TypeError for one that lacks something."""
    return EffectivenessParameters(
        stages=tuple(_cell(stage) for stage in entry["stages"]),
        recoveries=tuple((_cell(one["recovered"]), _cell(one["base"])) for one in entry["recoveries"]),
        exposures=tuple(entry["exposures"]),
        level=Decimal(entry["level"]),
        **{name: int(entry[name]) for name in _LEAST},
    )


_LEAST = ("min_cases", "min_pool", "min_members", "min_expected", "min_disseminations")


def _cell(entry: Mapping[str, str]) -> Cell:
    return entry["dataflow"], entry["measure"]
