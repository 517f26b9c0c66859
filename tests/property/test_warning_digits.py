"""Early warning at the speed of floats: the digits are those that decimals alone would give."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__

from risk_models.certified import Quantised
from risk_models.indicators.warning.count_exceed import ExceedParameters, count_exceed
from risk_models.indicators.warning.ears import ears
from risk_models.indicators.warning.ewma import Centre, ewma_counts
from risk_models.indicators.warning.farrington import farrington
from risk_models.indicators.warning.robust_z import robust_z
from risk_models.indicators.warning.stl import stl_residuals
from risk_models.numerics.series import Statistic
from tests.arch.source import ROOT
from tests.support.certification import by_decimals, errors
from tests.support.published_series import AGONA
from tests.support.warning_parameters import EARS, ROBUST, classic, improved, seasonal

Series = npt.NDArray[np.int64]
Computed = Callable[[Series], list[Statistic]]


def forecasts(counts: Series, *, is_improved: bool) -> list[Statistic]:
    """The last two periods of monthly series."""
    parameters = (
        improved(years=4, half_window=1, frequency=12, levels=4, excluded=3)
        if is_improved
        else classic(half_window=1, frequency=12)
    )
    found = farrington(counts, counts, parameters, first=counts.shape[1] - 2).forecasts[0]
    return [found.expected, found.upper, found.dispersion, found.trend]


def exceed(counts: Series) -> Statistic:
    """Against twelve months, over-dispersed."""
    return count_exceed(counts, counts, ExceedParameters(12, "overdispersed")).low


DETECTORS: dict[str, Computed] = {
    "robust_z": lambda counts: [robust_z(counts, counts, ROBUST).low],
    "ears": lambda counts: [ears(counts, counts, EARS).c1.low, ears(counts, counts, EARS).c3.low],
    "ewma": lambda counts: [ewma_counts(counts, counts, Centre(counts[:, 0] + 1, 1), Decimal("0.3")).low],
    "exceed": lambda counts: [exceed(counts[:5, -13:])],
    "farrington": lambda counts: forecasts(counts, is_improved=False),
    "improved farrington": lambda counts: forecasts(counts, is_improved=True),
    "stl": lambda counts: [stl_residuals(counts, counts, seasonal(outer=2), judged=1).low],
}


def drawn(seed: int, series: int) -> Series:
    """Monthly counts of five years: sparse, ordinary and large, with season, trend and outbreaks; some constant."""
    rng = np.random.default_rng(seed)
    months = np.arange(60)
    level = np.array([0.05, 0.7, 4, 30, 900])[np.arange(series) % 5][:, None]
    mean = level * np.exp(0.4 * np.sin(months / 2) + rng.normal(0, 0.01, (series, 1)) * months)
    counts = rng.poisson(mean)
    counts[:, 20] *= 2
    counts[0] = 3
    return counts


@pytest.mark.parametrize("name", DETECTORS)
def test_decimals_alone_give_the_same_digits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure, computed twice: by floats where they are certain, and by decimals throughout."""
    counts = drawn(3, 10)
    mixed = DETECTORS[name](counts)
    slow = by_decimals(lambda: DETECTORS[name](counts), monkeypatch)

    for one, other in zip(mixed, slow, strict=True):
        assert one.is_defined.tolist() == other.is_defined.tolist()
        assert one.values.texts() == other.values.texts()


@pytest.mark.parametrize("name", DETECTORS)
def test_floats_err_by_less_than_a_fifth_of_their_bound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What certification takes for granted, measured against decimals: where floats answer at all."""
    worst = errors(lambda: DETECTORS[name](drawn(4, 10)), monkeypatch)

    assert len(worst) > 0
    assert max(worst) < 0.2


def test_few_farrington_tests_are_computed_twice() -> None:
    """Of the weeks of a real series less than one in twenty is left open by floats."""
    found = farrington(AGONA, AGONA, classic(), first=212).forecasts[0].upper

    values: Quantised = found.values
    assert values.repeated < 5


@pytest.mark.parametrize("name", DETECTORS)
def test_a_series_has_its_figures_in_any_company(name: str) -> None:
    """Computed alone, or among others in another order: the same digits, though loops end when the slowest is done."""
    counts = drawn(5, 5)
    together = DETECTORS[name](counts)
    turned = DETECTORS[name](counts[::-1].copy())

    for row in range(5):
        alone = DETECTORS[name](counts[row : row + 1])
        for one, other, single in zip(together, turned, alone, strict=True):
            for period in range(single.is_defined.shape[1]):
                assert one.at(row, period) == single.at(0, period) == other.at(4 - row, period)


def test_the_digits_do_not_depend_on_the_processor() -> None:
    """With and without the vector units that this processor has: other floats, the same published digits."""
    printed = [
        subprocess.run(
            [sys.executable, "-m", "tests.support.warning_digest"],
            cwd=ROOT,
            env=os.environ | setting,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        for setting in ({}, {"NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__)})
    ]

    assert printed[0][0] == printed[1][0]
    assert int(printed[1][2]) <= int(printed[0][2])
