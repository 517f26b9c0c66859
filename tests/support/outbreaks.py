"""Simulated series with planted outbreaks: how often each detector is right and how often it cries wolf.

Invariants: the same words of Philox4x64-10 (BM-29 of the methodology) on every machine; counts are quantiles of a
negative binomial distribution; a detector sees months only up to the one it judges, but for the decomposition of E2.

`python -m tests.support.outbreaks` prints the table of `docs/indicators-warning.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import stats

from risk_models.indicators.warning.changepoint import pettitt
from risk_models.indicators.warning.count_exceed import ExceedParameters, count_exceed
from risk_models.indicators.warning.cusum import cusum, reference_values
from risk_models.indicators.warning.ears import EarsParameters, ears
from risk_models.indicators.warning.ewma import Centre, ewma_counts
from risk_models.indicators.warning.farrington import FarringtonParameters, farrington
from risk_models.indicators.warning.robust_z import RobustParameters, robust_z
from risk_models.indicators.warning.run_length import calibrated_level
from risk_models.indicators.warning.stl import stl_residuals
from risk_models.indicators.warning.trend_momentum import trend_momentum
from risk_models.numerics.philox import uniforms
from tests.support.warning_parameters import Z_999, classic, improved, seasonal

Series = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MONTHS, JUDGED = 84, 3
LEVELS = (5, 20, 60)
DISPERSION = 1.3
_Z_99 = Decimal("2.3263478740408408")
_EARS = EarsParameters(baseline=7, gap=2, min_sigma=Decimal(1))
_ROBUST = RobustParameters(Decimal("1.4826022185"), Decimal("1.2533"), 24)


def simulated(key: int, series: int, *, season: float, factor: float, months: int) -> Series:
    """Return monthly counts: three levels in turn, a yearly wave, and the last `months` months times `factor`."""
    drawn = uniforms((2026, key), series * MONTHS).reshape(series, MONTHS)
    time = np.arange(MONTHS)
    mean = np.array(LEVELS)[np.arange(series) % len(LEVELS)][:, None] * np.exp(
        season * np.sin(2 * np.pi * (time + np.arange(series)[:, None]) / 12)
    )
    mean = np.where(time >= MONTHS - months, mean * factor, mean)
    return stats.nbinom.ppf(drawn, mean / (DISPERSION - 1), 1 / DISPERSION).astype(np.int64)


def _last(flags: Flags) -> Flags:
    return flags[:, -JUDGED:]


def _centre(counts: Series) -> Centre:
    return Centre(counts[:, -36:-12].sum(axis=1) + 1, 24)


def _cusum(counts: Series) -> Flags:
    centre = _centre(counts)
    reference = reference_values(centre, Decimal("1.5"))
    levels = [_level(round(total / centre.periods) or 1) for total in centre.total.tolist()]
    return _last(cusum(counts[:, -12:], counts[:, -12:], reference).low.reaches(levels))


@cache
def _level(mean: int) -> Decimal:
    reference = reference_values(Centre(np.array([mean]), 1), Decimal("1.5")).decimals()[0]
    return calibrated_level(Decimal(mean), reference, Decimal(60), steps=4)


def _changed(counts: Series) -> Flags:
    """A change upwards by Pettitt's test at 0.05 in the last 24 months, judged once."""
    flags = np.zeros((len(counts), JUDGED), np.bool_)
    for row, values in enumerate(counts[:, -24:].tolist()):
        found = pettitt(values)
        before, after = values[: found.change], values[found.change :]
        is_up = sum(after) * len(before) > sum(before) * len(after)
        flags[row, -1] = found.p < Decimal("0.05") and is_up
    return flags


def _rising(counts: Series) -> Flags:
    found = trend_momentum(counts[:, -10:], counts[:, -10:], 8)
    return _last(found.slope.low.exceeds(Decimal(0)) & (found.p.within(Decimal("0.05")) > 0))


DETECTORS: dict[str, Callable[[Series], Flags]] = {
    "E1 robust z, 24 months, 3.5": lambda x: _last(robust_z(x, x, _ROBUST).low.reaches(Decimal("3.5"))),
    "E2 STL residual, 3.5": lambda x: _last(stl_residuals(x, x, seasonal(), JUDGED).low.reaches(Decimal("3.5"))),
    "E3 EWMA, 0.3, L 3": lambda x: _last(
        ewma_counts(x[:, -12:], x[:, -12:], _centre(x), Decimal("0.3")).low.exceeds(Decimal(3))
    ),
    "E4 CUSUM, 60 months": _cusum,
    "E5 predictive, 12 months, 0.01": lambda x: _last(
        count_exceed(x[:, -15:], x[:, -15:], ExceedParameters(12, "predictive")).within(Decimal("0.01")) > 0
    ),
    "E6 Farrington classic, 0.02": lambda x: _last(
        farrington(x, x, classic(half_window=1, frequency=12, z=_Z_99), MONTHS - JUDGED).signals > 0
    ),
    "E6 Farrington improved, 0.01": lambda x: _last(
        farrington(x, x, _improved(), MONTHS - JUDGED).signals > 0
    ),
    "E7 C1, 0.001": lambda x: _last(ears(x, x, _EARS).c1.low.exceeds(Z_999)),
    "E7 C2, 0.001": lambda x: _last(ears(x, x, _EARS).c2.low.exceeds(Z_999)),
    "E7 C3, 0.025": lambda x: _last(ears(x, x, _EARS).c3.low.exceeds(Decimal("1.959964"))),
    "E9 Pettitt, 24 months, 0.05": _changed,
    "E15 trend, 8 months, 0.05": _rising,
}  # fmt: skip


def _agreeing(counts: Series) -> Flags:
    """Months in which the one that knows the season agrees with one of short memory or a predictive one."""
    others = DETECTORS["E5 predictive, 12 months, 0.01"](counts) | DETECTORS["E7 C2, 0.001"](counts)
    return others & DETECTORS["E6 Farrington improved, 0.01"](counts)


DETECTORS["improved E6, and E5 or E7 C2"] = _agreeing


def _improved() -> FarringtonParameters:
    return improved(years=5, half_window=1, frequency=12, levels=4, excluded=6, level=Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Rates:
    """What one detector does.

    quiet, waving: false alarms a month without and with a season. doubled, lasting: the share of such outbreaks that
    at least one of the last three months alarms in.
    """

    detector: str
    quiet: float
    waving: float
    doubled: float
    lasting: float


def rates(series: int = 180) -> Iterator[Rates]:
    """Give what each detector does on so many series of each kind."""
    quiet = simulated(1, series, season=0, factor=1, months=0)
    waving = simulated(2, series, season=0.35, factor=1, months=0)
    doubled = simulated(3, series, season=0.35, factor=2, months=3)
    lasting = simulated(4, series, season=0.35, factor=1.7, months=9)
    for name, detector in DETECTORS.items():
        count = series // 3 if name.startswith("E2") else series
        months = count if name.startswith("E9") else count * JUDGED
        false = [float(detector(sample[:count]).sum() / months) for sample in (quiet, waving)]
        found = [float(detector(sample[:count]).any(axis=1).mean()) for sample in (doubled, lasting)]
        yield Rates(name, *false, *found)


def table(measured: Iterable[Rates]) -> str:
    """Return the rates as the rows of the table in the documentation."""
    return "\n".join(
        f"| {one.detector} | {100 * one.quiet:.1f} % | {100 * one.waving:.1f} % | {100 * one.doubled:.0f} % "
        f"| {100 * one.lasting:.0f} % |"
        for one in measured
    )


if __name__ == "__main__":
    import sys

    sys.stdout.write(f"{table(rates())}\n")
