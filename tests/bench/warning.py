"""Farrington's test on a thousand weekly series of six years, every week that has four years before it."""

from __future__ import annotations

import numpy as np

from risk_models.indicators.warning.farrington import farrington
from tests.bench import surveillance
from tests.bench.measuring import Ratio, medians
from tests.support.irls import farrington_bound
from tests.support.warning_parameters import Z_975, classic, improved

SERIES, WEEKS, FIRST = 1_000, 312, 212
# One regression at a time takes minutes, so those are given a few weeks and their time is scaled to the whole.
ONE_BY_ONE = 200
ROUNDS = 3
# Improved: its reference is six times as long; fewer weeks, scaled.
IMPROVED_WEEKS = 8


def ratios() -> list[Ratio]:
    """Measure both versions beside regressions done one by one, and beside R's package where it is installed."""
    counts = _counts()
    tests = SERIES * (WEEKS - FIRST)
    times = medians(
        {
            "classic": lambda: farrington(counts, counts, classic(), FIRST),
            "improved": lambda: farrington(counts, counts, improved(), WEEKS - IMPROVED_WEEKS),
            "one by one": lambda: _one_by_one(counts),
        },
        rounds=ROUNDS,
    )
    others = times["one by one"] * tests / ONE_BY_ONE
    return [
        Ratio(f"classic, {tests:,} tests, one by one", times["classic"], others, 1 / 5),
        Ratio(
            f"improved, {tests:,} tests (scaled), classic one by one",
            times["improved"] * (WEEKS - FIRST) / IMPROVED_WEEKS,
            others,
            1.0,
        ),
        *surveillance.ratios(counts),
    ]


def _counts() -> np.ndarray:
    rng = np.random.default_rng(6)
    weeks = np.arange(WEEKS)
    mean = rng.gamma(2, 5, SERIES)[:, None] * np.exp(
        0.3 * np.sin(2 * np.pi * weeks / 52) + rng.normal(0, 0.001, SERIES)[:, None] * weeks
    )
    return rng.poisson(mean)


def _one_by_one(counts: np.ndarray) -> None:
    weeks = np.array([-52 * year + away for year in (4, 3, 2, 1) for away in range(-3, 4)])
    for row in counts[:ONE_BY_ONE].astype(np.float64):
        farrington_bound(row[WEEKS - 1 + weeks], (weeks + WEEKS).astype(np.float64), WEEKS, z=float(Z_975))
