"""What the documentation says of the alarm levels, false and right, is what the model does."""

from __future__ import annotations

import numpy as np
import pytest

from tests.arch.source import ROOT
from tests.support.alarm_rates import QUIET, Rates, rates, simulated, table

# The target: of quiet series at most one in twenty at any level, at most one in a hundred at the highest.
MOST_ANY, MOST_HIGHEST = 0.05, 0.01
# Four standard errors of a share of 0.05 of the few series in one row.
ROW_ROOM = {"A": 0.04, "M": 0.09}
# Least found at any level: doubled, five times as high, lasting.
FLOORS = {
    ("counts", "A"): (0.50, 0.85, 0),
    ("counts", "M"): (0.40, 0.80, 0.40),
    ("amounts", "A"): (0.30, 0.65, 0),
    ("amounts", "M"): (0.35, 0.65, 0.35),
}


@pytest.fixture(scope="module")
def measured() -> list[Rates]:
    """The rates, computed once."""
    return list(rates())


def test_the_documentation_holds_the_measured_levels(measured: list[Rates]) -> None:
    """Word for word, as `python -m tests.support.alarm_rates` prints it."""
    assert table(measured) in (ROOT / "docs" / "indicators-warning.md").read_text(encoding="utf-8")


def test_quiet_series_stay_quiet(measured: list[Rates]) -> None:
    """The target over all series of a kind of period; in each row as close to it as so few series can say."""
    for frequency in ("A", "M"):
        chosen = [one for one in measured if one.frequency == frequency]
        assert np.mean([one.alone[0] for one in chosen]) <= MOST_ANY
        assert np.mean([one.alone[2] for one in chosen]) <= MOST_HIGHEST
    for one in measured:
        assert one.alone[0] <= MOST_ANY + ROW_ROOM[one.frequency], one
        assert one.together <= 2 / QUIET[one.frequency], one  # judged as one view, hardly any


def test_planted_outbreaks_are_found(measured: list[Rates]) -> None:
    """Not fewer than promised, and more where the outbreak is larger."""
    for one in measured:
        floors = FLOORS[one.kind, one.frequency]
        assert one.doubled[0] >= floors[0], one
        assert one.fivefold[0] >= max(floors[1], one.doubled[0]), one
        assert one.lasting is None or one.lasting[0] >= floors[2], one


def test_the_simulated_series_are_as_described() -> None:
    """Outbreaks multiply, counts have the stated spread, and the words are the same at every call."""
    quiet, planted = (simulated(5, "counts", "M", 36, 960, factor=factor, periods=3) for factor in (1, 5))
    early = simulated(6, "counts", "A", 8, 960, factor=1, periods=0)

    assert planted[:, -3:].sum() / quiet[:, -3:].sum() == pytest.approx(5, rel=0.05)
    assert np.array_equal(planted[:, :-3], quiet[:, :-3])
    assert early[:, -1].mean() == pytest.approx((5 + 20 + 60 + 500) / 4, rel=0.1)
    assert np.array_equal(early, simulated(6, "counts", "A", 8, 960, factor=1, periods=0))
