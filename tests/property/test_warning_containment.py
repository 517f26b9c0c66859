"""Early warning on withheld values: every series inside the intervals has its figure inside the figure's interval."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_models.indicators.warning.count_exceed import ExceedParameters, count_exceed
from risk_models.indicators.warning.cusum import cusum, reference_values
from risk_models.indicators.warning.ears import EarsParameters, ears
from risk_models.indicators.warning.eb_rate import eb_rates, estimated_prior
from risk_models.indicators.warning.ewma import Centre, ewma, ewma_counts
from risk_models.indicators.warning.robust_z import RobustParameters, robust_z
from risk_models.indicators.warning.trend_momentum import trend_momentum
from risk_models.numerics.series import Bounds

Series = npt.NDArray[np.int64]

EARS = EarsParameters(baseline=4, gap=1, min_sigma=Decimal("0.5"))
CENTRE = Centre(np.array([25, 7]), 3)
ROBUST = RobustParameters(Decimal("1.4826022185"), Decimal("1.2533"), 5)
DETECTORS: dict[str, Callable[[Series, Series], Bounds]] = {
    "robust_z": lambda low, high: robust_z(low, high, ROBUST),
    "ewma": lambda low, high: ewma(low, high, CENTRE, Decimal("0.3")),
    "ewma_counts": lambda low, high: ewma_counts(low, high, CENTRE, Decimal("0.3")),
    "cusum": lambda low, high: cusum(low, high, reference_values(CENTRE, Decimal("1.5"))),
    "predictive": lambda low, high: count_exceed(low, high, ExceedParameters(4, "predictive")),
    "poisson": lambda low, high: count_exceed(low, high, ExceedParameters(4, "poisson")),
    "c1": lambda low, high: ears(low, high, EARS).c1,
    "c2": lambda low, high: ears(low, high, EARS).c2,
    "c3": lambda low, high: ears(low, high, EARS).c3,
    "slope": lambda low, high: trend_momentum(low, high, 5).slope,
    "score": lambda low, high: trend_momentum(low, high, 5).score,
    "p of trend": lambda low, high: trend_momentum(low, high, 5).p,
}


@st.composite
def withheld(draw: st.DrawFn) -> tuple[Series, Series, Series]:
    """Two series of nine periods, and bounds around them that are often exact."""
    values = draw(st.lists(st.integers(0, 30), min_size=18, max_size=18))
    below = draw(st.lists(st.sampled_from([0, 0, 0, 1, 4]), min_size=18, max_size=18))
    above = draw(st.lists(st.sampled_from([0, 0, 0, 2, 9]), min_size=18, max_size=18))
    exact = np.array(values, np.int64).reshape(2, 9)
    away = [np.array(part, np.int64).reshape(2, 9) for part in (below, above)]
    return np.maximum(exact - away[0], 0), exact, exact + away[1]


@pytest.mark.parametrize("name", DETECTORS)
@settings(max_examples=60)
@given(case=withheld())
def test_the_exact_figure_is_inside_the_bounds(name: str, case: tuple[Series, Series, Series]) -> None:
    """Wherever it is defined, at nine digits."""
    lower, exact, upper = case
    within = DETECTORS[name](lower, upper)
    figure = DETECTORS[name](exact, exact).low

    for series, period in zip(*np.nonzero(figure.is_defined), strict=True):
        least, value, most = (statistic.at(series, period) for statistic in (within.low, figure, within.high))
        assert least is not None
        assert value is not None
        assert most is not None
        assert least <= value <= most


@pytest.mark.parametrize("name", DETECTORS)
@settings(max_examples=25)
@given(case=withheld())
def test_exact_values_have_exact_figures(name: str, case: tuple[Series, Series, Series]) -> None:
    """Equal bounds, given as two tables or as one, are one figure."""
    exact = case[1]

    twice = DETECTORS[name](exact, exact.copy())

    assert twice.low.values.ranks().tolist() == twice.high.values.ranks().tolist()
    assert twice.low.values.texts() == DETECTORS[name](exact, exact).low.values.texts()


@settings(max_examples=60)
@given(case=withheld(), place=st.integers(0, 17))
def test_a_cell_is_inside_the_bounds_of_its_rate(case: tuple[Series, Series, Series], place: int) -> None:
    """E8 holds the prior, so the bounds are those of one cell's own values."""
    lower, exact, upper = (part.ravel() for part in case)
    expected = [Fraction(9 + cell) for cell in range(18)]
    pairs = list(zip(lower.tolist(), upper.tolist(), strict=True))
    middles = [Fraction(low + high, 2) for low, high in pairs]
    prior = estimated_prior(middles, expected)

    found = eb_rates(pairs, expected, Fraction(3, 2))[place]

    rate = float(
        (prior.mean**2 + prior.variance * int(exact[place])) / (prior.mean + prior.variance * expected[place])
        if prior.mean
        else 0
    )
    assert float(found.rate.lower) <= rate * (1 + 1e-12)
    assert rate <= float(found.rate.upper or 0) * (1 + 1e-12)
    assert found.above.upper is not None
    assert found.above.lower <= found.above.upper
