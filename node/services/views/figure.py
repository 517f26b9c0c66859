"""One cell as a reader sees it.

Invariants: the kind alone says how a figure is shown; a figure that may not be displayed carries no number at
all, not even a hidden one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from schemas.status import ValueStatus

SHADES = 9
NOT_DISPLAYED = frozenset({ValueStatus.INTERNAL, ValueStatus.EMBARGO})


class Kind(StrEnum):
    """The five things a figure can be, told apart without colour."""

    EXACT = "exact"
    ZERO = "zero"
    WITHHELD = "withheld"
    MISSING = "missing"
    NOT_SHARED = "not_shared"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value or the reason there is none; numbers are integers in the unit of the measure.

    `upper` None in a withheld figure means that no upper bound is known. `bundle` is where it came from.
    """

    kind: Kind
    value: int | None = None
    lower: int | None = None
    upper: int | None = None
    status: str = ""
    bundle: str | None = None

    @property
    def has_bounds(self) -> bool:
        """True if an interval is shown in place of the value."""
        return self.kind is Kind.WITHHELD and self.lower is not None


NOT_SHARED = Figure(Kind.NOT_SHARED)


def figure(cell: Mapping[str, Any]) -> Figure:
    """Give the figure of one row of a cells table (with or without its BUNDLE column)."""
    said = _said(cell["OBS_STATUS"], cell["CONF_STATUS"])
    bundle = cell.get("BUNDLE")
    if said.is_kept_back:
        return Figure(Kind.WITHHELD, status=said.status, bundle=bundle)
    if said.is_withheld:
        return Figure(Kind.WITHHELD, None, cell["OBS_LOWER"], cell["OBS_UPPER"], said.status, bundle)
    value = cell["OBS_VALUE"]
    if not said.has_value or value is None:
        return Figure(Kind.MISSING, status=said.status, bundle=bundle)
    kind = Kind.ZERO if value == 0 else Kind.EXACT
    return Figure(kind, value, value, value, said.status, bundle)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a pair of status codes says of every figure that has it."""

    status: str
    is_kept_back: bool
    is_withheld: bool
    has_value: bool


@cache
def _said(obs_status: str, conf_status: str) -> _Said:
    status = ValueStatus.from_codes(obs_status, conf_status)
    return _Said(status.value, status in NOT_DISPLAYED, status.is_withheld, status.has_value)


def shades(figures: Iterable[Figure | None]) -> dict[int, int]:
    """Give the shade 1..9 of every positive value among the figures, on a logarithmic scale.

    Shading is an aid beside the number: amounts of corridors spread over orders of magnitude, so that a
    linear scale would show one dark cell and nothing else.
    """
    values = {cell.value for cell in figures if cell and cell.kind is Kind.EXACT and cell.value}
    if not values:
        return {}
    low, high = math.log(min(values)), math.log(max(values))
    span = high - low
    return {
        value: 1 + round((SHADES - 1) * (math.log(value) - low) / span) if span else 5 for value in values
    }
