"""E13 `alarm_level`: one level from what several families of detectors say.

Invariants: a level says which families fired, so that nobody has to guess; what is only possible never goes beyond
level 1; thresholds are the model's, not this module's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from risk_models.exact import working
from schemas.interval import Interval

Family = Literal["short_memory", "seasonal", "predictive", "change"]
"""E16 (the methodology has E7); E2 and E6; E5 and D2; E9."""


@dataclass(frozen=True, slots=True)
class FusionParameters:
    """The thresholds of the levels.

    watch, alarm: false discovery rates below which a family fires, and fires strongly (0.10 and 0.01). least_excess:
    reports above what is expected, or least_share of what is expected (10 and 0.25), that level 3 needs.
    """

    watch: Decimal
    alarm: Decimal
    least_excess: Decimal
    least_share: Decimal


@dataclass(frozen=True, slots=True)
class AlarmLevel:
    """A level and what makes it.

    level: 0 none to 3. is_certain: False where only withheld values make it. fired: families that fired, certainly
    at levels of certain alarms, possibly otherwise; sorted.
    """

    level: int
    is_certain: bool
    fired: tuple[Family, ...]


def alarm_level(
    q_values: Mapping[Family, Interval], seen: Interval, expected: Decimal, parameters: FusionParameters
) -> AlarmLevel:
    """E13: how serious the warnings about one series and period are, together.

    q_values: of each family the adjusted p-value (`multiplicity`) of its strongest detector. Definition: level 1: one
    family below `watch`; level 2: two families below `watch`, or one below `alarm`; level 3: two families below
    `alarm` and an excess of `least_excess` reports or of `least_share` of what is expected. Unit: level 0 to 3.
    Direction: higher is more risk. Minimum: one family of detectors. Withheld: certain if the upper ends of the
    q-values and the lower end of the count give it; where only the lower ends of the q-values fire, level 1,
    possible. Source: methodology E13. Example: short memory 0.004, seasonal 0.02, 44 seen for 22 expected: level 2;
    with seasonal 0.002: level 3.
    """
    certain = {family: q.upper for family, q in q_values.items() if q.upper is not None}
    watching = sorted(family for family, q in certain.items() if q < parameters.watch)
    alarmed = [family for family in watching if certain[family] < parameters.alarm]
    if not watching:
        possible = tuple(sorted(family for family, q in q_values.items() if q.lower < parameters.watch))
        return AlarmLevel(min(1, len(possible)), is_certain=not possible, fired=possible)
    level = 2 if len(watching) > 1 or alarmed else 1
    with working():
        excess = seen.lower - expected
        is_large = excess >= parameters.least_excess or excess >= parameters.least_share * expected
    if len(alarmed) > 1 and is_large:
        level = 3
    return AlarmLevel(level, is_certain=True, fired=tuple(watching))
