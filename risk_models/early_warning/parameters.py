"""The parameters of the early warning models, read strictly from their specification.

Invariants: decimals are written as text; a frequency without lengths is not watched, one without a season has no
seasonal detectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from risk_models.indicators.warning.expected_counts import Reweighting
from risk_models.indicators.warning.farrington import FarringtonParameters
from risk_models.indicators.warning.fusion import FusionParameters
from risk_models.indicators.warning.stl import StlParameters
from schemas.registry import dataflow

COUNTS, AMOUNTS = "counts", "amounts"


@dataclass(frozen=True, slots=True)
class Watched:
    """Series of one measure of a dataflow.

    kind: counts of events, or amounts (no detector that supposes counts). cuts: dimensions by which a series may be
    narrowed. least_excess: what the highest level asks for, in the measure's unit. floor: an amount below it counts as
    this much. least_spread: the least deviation of growth that is believed, on the scale of `growth`. falls: a fall
    alarms as a rise does.
    """

    dataflow: str
    measure: str
    kind: str
    cuts: tuple[str, ...]
    least_excess: Decimal
    floor: int
    least_spread: Decimal
    falls: bool


@dataclass(frozen=True, slots=True)
class Lengths:
    """What each detector looks back on, in periods; `judged`: so many last periods of a series.

    year: periods of a year, over which growth is. least_growths, most_growths, growth_gap: earlier growths that E16
    compares with, and how many it leaves out before the one it judges.
    """

    judged: int
    year: int
    least_growths: int
    most_growths: int
    growth_gap: int
    reference: int
    centre: int
    run: int
    baseline: int
    before: int
    gap: int
    window: int
    trend: int


@dataclass(frozen=True, slots=True)
class Season:
    """The seasonal detectors of one frequency: E2 with its least history in periods, and E6."""

    stl: StlParameters
    stl_periods: int
    farrington: FarringtonParameters


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The sizes and levels at which detectors signal, by the names of the specification."""

    significance: Decimal
    watch: Decimal
    alarm: Decimal
    least_share: Decimal
    mad_factor: Decimal
    mean_factor: Decimal
    robust_threshold: Decimal
    ewma_weight: Decimal
    ewma_limit: Decimal
    cusum_ratio: Decimal
    min_sigma: Decimal
    stl_least_spread: Decimal
    least_common_growth: Decimal
    least_corridors: int
    cusum_run_length: int
    cusum_steps: int
    cusum_most_expected: int
    stl_season_window: int
    least_total: int

    def fusion(self, watched: Watched) -> FusionParameters:
        """The thresholds of the levels, for one measure."""
        return FusionParameters(self.watch, self.alarm, watched.least_excess, self.least_share)


@dataclass(frozen=True, slots=True)
class WarningParameters:
    """lengths, seasons: by frequency (A, Q, M)."""

    thresholds: Thresholds
    watched: tuple[Watched, ...]
    lengths: Mapping[str, Lengths] = field(hash=False)
    seasons: Mapping[str, Season] = field(hash=False)


def read_parameters(entry: Mapping[str, Any]) -> WarningParameters:
    """Read the table `parameters` of a specification.

    Raises:
        KeyError, TypeError, ValueError, decimal.InvalidOperation: a field is absent or of the wrong type.
    """
    thresholds = Thresholds(
        **{one.name: _number(entry[one.name], is_count=one.type == "int") for one in fields(Thresholds)}
    )
    rules = entry["farrington"]
    return WarningParameters(
        thresholds,
        tuple(_watched(one) for one in entry["watched"]),
        {frequency: Lengths(**one) for frequency, one in entry["lengths"].items()},
        {frequency: _season(one, rules, thresholds) for frequency, one in entry["seasons"].items()},
    )


def _number(value: Any, *, is_count: bool) -> Any:
    if type(value) is not (int if is_count else str):
        raise TypeError(f"{value!r} is no {'whole number' if is_count else 'decimal written as text'}")
    return value if is_count else Decimal(value)


def _watched(entry: Mapping[str, Any]) -> Watched:
    flow = dataflow(entry["dataflow"])
    if entry["kind"] not in {COUNTS, AMOUNTS} or not set(entry["cuts"]) <= set(flow.cells.dimensions):
        raise ValueError(f"{flow.id}: {entry['kind']} by {entry['cuts']}")
    excess = _number(entry["least_excess"], is_count=False)
    spread = _number(entry["least_spread"], is_count=False)
    floor = _number(entry["floor"], is_count=True)
    named = (flow.id, entry["measure"], entry["kind"], tuple(entry["cuts"]))
    return Watched(*named, excess, floor, spread, entry["falls"] is True)


def _season(entry: Mapping[str, Any], rules: Mapping[str, Any], thresholds: Thresholds) -> Season:
    frequency = entry["frequency"]
    stl = StlParameters(
        period=frequency,
        season_window=thresholds.stl_season_window,
        inner=2,
        outer=15,
        least_spread=thresholds.stl_least_spread,
        mad_factor=thresholds.mad_factor,
    )
    reweighting = Reweighting(Decimal(rules["outlier"]), Decimal(rules["trend_level"]), rules["trend_years"])
    farrington = FarringtonParameters(
        years=entry["years"],
        half_window=entry["half_window"],
        frequency=frequency,
        levels=entry["levels"],
        excluded=entry["excluded"],
        reweighting=reweighting,
        bound="plug_in",
        z=Decimal(rules["z"]),
        level=Decimal(rules["level"]),
        least_sum=rules["least_sum"],
        least_periods=rules["least_periods"],
    )
    return Season(stl, entry["stl_years"] * frequency, farrington)
