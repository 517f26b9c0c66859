"""Detectors beside R's `surveillance` 1.20.3 on twelve simulated series: the same alarms, and the same bounds.

Source: `published/surveillance_simulated.csv`, whose README says with which calls the values were made.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risk_models.indicators.warning.ears import ears
from risk_models.indicators.warning.farrington import FarringtonParameters, farrington
from risk_models.numerics.series import CERTAIN
from tests.support.warning_parameters import EARS, Z_999, classic, improved

SIMULATED = Path(__file__).parent / "published" / "surveillance_simulated.csv"
FIRST = 282
# R stops its regressions early (see BM-05): its own bounds are up to 1.2e-5 from the finished ones.
R_STOPS_WITHIN = 2e-5


def column(name: str) -> np.ndarray:
    """One row a series, one column a week."""
    values = pd.read_csv(SIMULATED).pivot_table(index="series", columns="week", values=name, dropna=False)
    return values.to_numpy()


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    """The series."""
    return column("count").astype(np.int64)


@pytest.mark.parametrize(("name", "parameters"), [("classic", classic()), ("improved", improved())])
def test_farrington_alarms_and_bounds_are_rs(
    name: str, parameters: FarringtonParameters, counts: np.ndarray
) -> None:
    """Every one of 360 weeks: alarm or none, and the bound wherever R gives one."""
    found = farrington(counts, counts, parameters, FIRST)

    theirs = column(f"{name}_upper")[:, FIRST:]
    is_given = theirs > 0
    ours = found.forecasts[0].upper.floats()[:, FIRST:]
    alarms = column(f"{name}_alarm")[:, FIRST:]
    assert is_given.sum() > 300
    assert ours[is_given] == pytest.approx(theirs[is_given], rel=R_STOPS_WITHIN)
    assert alarms.sum() > 10
    assert ((found.signals[:, FIRST:] == CERTAIN) == (alarms == 1)).all()


@pytest.mark.parametrize("name", ["c1", "c2"])
def test_ears_alarms_are_rs(name: str, counts: np.ndarray) -> None:
    """The 360 weeks again, judged by the seven before each."""
    found = getattr(ears(counts, counts, EARS), name).exceeding(Z_999)[:, FIRST:]

    alarms = column(f"{name}_alarm")[:, FIRST:]
    assert alarms.sum() >= 5
    assert ((found == CERTAIN) == (alarms == 1)).all()
