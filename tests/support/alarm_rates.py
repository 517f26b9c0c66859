"""Simulated series judged by the whole model: how often each alarm level is false, and how often it finds an outbreak.

Invariants: the same words of Philox4x64-10 (BM-29 of the methodology) on every machine; the newest period is judged, as
on the page; "alone" is a view of one series, the hardest case for false alarms, "together" all series of a row as one
view.

`python -m tests.support.alarm_rates` prints the table of `docs/indicators-warning.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from risk_models.early_warning.alarms import Judged, graded, read, shown_level
from risk_models.early_warning.parameters import COUNTS, WarningParameters, Watched
from risk_models.early_warning.series import Series
from risk_models.model import load_spec
from risk_models.numerics.philox import uniforms
from risk_models.observations import Corridor
from schemas.period import TimePeriod

Values = npt.NDArray[np.int64]
LAST = {"A": "2025", "M": "2025-M12"}
# Quiet series, and series with an outbreak, of one row of the table: years are quick to judge, months are not.
QUIET, PLANTED = {"A": 480, "M": 96}, {"A": 192, "M": 48}
LENGTHS = (("A", 8), ("A", 12), ("M", 36), ("M", 60), ("M", 120))
YEAR = {"A": 1, "M": 12}
# Levels, dispersions (variance over mean), growth a year and seasons of counts; noises of amounts, in logarithms.
LEVELS, DISPERSIONS, TRENDS, SEASONS = (5, 20, 60, 500), (1.0001, 1.5, 3), (0, 0.1), (0, 0.35)
NOISES, DRIFTS = (0.1, 0.3, 0.6), (False, True)
# Prime to the number of combinations, so that a few series have something of all of them.
_STRIDE = 37
MONEY = 5e8  # five million dollars, in cents


@dataclass(frozen=True, slots=True)
class Rates:
    """What the levels do on one kind and length of series; shares of series, from 0 to 1.

    alone: quiet series at level 1 or more, 2 or more, 3, each a view of its own. together: quiet ones at level 1 or
    more in one view. doubled, fivefold, lasting: outbreaks found at level 1 or more, 2 or more, 3. In years a lasting
    change is found in its first year or not at all, so it is a doubled one and None here.
    """

    kind: str
    frequency: str
    length: int
    alone: tuple[float, float, float]
    together: float
    doubled: tuple[float, float, float]
    fivefold: tuple[float, float, float]
    lasting: tuple[float, float, float] | None


@cache
def parameters() -> WarningParameters:
    """The released model, judging the newest period only."""
    given: WarningParameters = load_spec("early_warning_1").parameters
    lengths = {name: replace(one, judged=1) for name, one in given.lengths.items()}
    return replace(given, lengths=lengths)


def simulated(
    key: int, kind: str, frequency: str, length: int, series: int, *, factor: float, periods: int
) -> Values:
    """Values of so many series; the last `periods` times `factor`.

    Counts are negative binomial, amounts lognormal, half of these with a level that wanders; every combination of
    level, spread, trend and (for months) season occurs.
    """
    year, time = YEAR[frequency], np.arange(length)
    drawn = uniforms((2027, key), series * length * 2).reshape(2, series, length)
    shapes = list(product(LEVELS, DISPERSIONS if kind == COUNTS else NOISES, TRENDS, SEASONS, DRIFTS))
    chosen = np.array([shapes[_STRIDE * place % len(shapes)] for place in range(series)], float)[:, :, None]
    level, spread, trend, season, drifts = (chosen[:, column] for column in range(5))
    wave = season * np.sin(2 * np.pi * (time + np.arange(series)[:, None]) / 12) * (year > 1)
    expected = trend * (time - length) / year + wave + np.where(time >= length - periods, np.log(factor), 0)
    if kind == COUNTS:
        mean = level * np.exp(expected)
        return stats.nbinom.ppf(drawn[0], mean / (spread - 1), 1 / spread).astype(np.int64)
    noise = spread * stats.norm.ppf(drawn[0]) / np.sqrt(1 + drifts)
    wander = np.cumsum(spread * stats.norm.ppf(drawn[1]), axis=1) / np.sqrt(2 * year) * drifts
    return np.round(MONEY * np.exp(expected + noise + wander)).astype(np.int64)


def rows(kind: str, frequency: str, values: Values) -> list[Judged]:
    """The newest period of each series, read by every detector; each series is a corridor of a reporter of its own."""
    watched = _watched(kind)
    periods = tuple(str(one) for one in _periods(frequency, values.shape[1]))
    group = []
    for place, row in enumerate(values.tolist()):
        corridor = Corridor("", f"R{place}", "RU", "OUT", "TRADE/HS27", watched.measure)
        group.append(Series(watched, corridor, periods, tuple(row), tuple(row), frozenset()))
    return read(group, watched, frequency, parameters())[0]


def levels(judged: Sequence[Judged], *, alone: bool) -> list[int]:
    """The level that each series is shown with, as a view of its own or all in one."""
    limits = parameters().thresholds
    views: Any = [[one] for one in judged] if alone else [judged]
    return [shown_level(one.level) for view in views for one in graded(view, limits)]


def rates() -> Iterator[Rates]:
    """Give what the levels do on each kind and length of series."""
    for row, (kind, (frequency, length)) in enumerate(product((COUNTS, "amounts"), LENGTHS)):
        is_monthly = YEAR[frequency] > 1
        short = 3 if is_monthly else 1
        samples = []
        for place, (factor, periods) in enumerate(((1, 0), (2, short), (5, short), (2, 9))[: 3 + is_monthly]):
            count = (PLANTED if periods else QUIET)[frequency]
            values = simulated(
                4 * row + place, kind, frequency, length, count, factor=factor, periods=periods
            )
            samples.append(rows(kind, frequency, values))
        quiet, doubled, fivefold, *lasting = (_shares(levels(one, alone=True)) for one in samples)
        together = _shares(levels(samples[0], alone=False))[0]
        found = lasting[0] if lasting else None
        yield Rates(kind, frequency, length, quiet, together, doubled, fivefold, found)


def _shares(found: Sequence[int]) -> tuple[float, float, float]:
    one, two, three = (float(np.mean([level >= least for level in found])) for least in (1, 2, 3))
    return one, two, three


def _watched(kind: str) -> Watched:
    return next(one for one in parameters().watched if one.kind == kind)


def _periods(frequency: str, count: int) -> list[TimePeriod]:
    found = [TimePeriod.parse(LAST[frequency])]
    while len(found) < count:
        found.append(found[-1].previous())
    return found[::-1]


def table(measured: Sequence[Rates]) -> str:
    """Return the rates as the rows of the table in the documentation."""
    unit = {"A": "years", "M": "months"}
    return "\n".join(
        f"| {one.kind}, {one.length} {unit[one.frequency]} | {_percent(one.alone, 1)} | {100 * one.together:.1f} % "
        f"| {_percent(one.doubled, 0)} | {_percent(one.fivefold, 0)} | {_percent(one.lasting, 0)} |"
        for one in measured
    )


def _percent(shares: Sequence[float] | None, digits: int) -> str:
    if shares is None:
        return "-"
    return " / ".join(f"{100 * share:.{digits}f}" for share in shares) + " %"


if __name__ == "__main__":
    import sys

    sys.stdout.write(f"{table(list(rates()))}\n")
