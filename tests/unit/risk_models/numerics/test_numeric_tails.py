"""Tails of distributions, against scipy."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy import special, stats

from risk_models.certified import certified
from risk_models.exact import working
from risk_models.numerics.gamma_tail import gamma_tail, ln_gamma
from risk_models.numerics.tails import (
    count_error,
    count_quantile,
    count_tail,
    normal_p,
    pi,
    student_critical,
    student_p,
)
from risk_models.significance import P_FLOOR

COUNTS = np.array([0, 1, 2, 5, 9, 20, 44, 100, 400])


@pytest.mark.parametrize("mean", [0.02, 0.5, 3.0, 22.0, 250.0])
def test_poisson_tails_are_those_of_scipy(mean: float) -> None:
    """Growth 0; where scipy is above the floor it agrees to twelve digits."""
    found = count_tail(COUNTS.astype(float), np.full(9, mean), np.zeros(9))

    assert found == pytest.approx(np.maximum(stats.poisson.sf(COUNTS - 1, mean), 1e-50), rel=1e-11)


@pytest.mark.parametrize(("size", "share"), [(0.7, 0.3), (5.0, 0.5), (242.5, 11 / 12), (40.0, 0.05)])
def test_negative_binomial_tails_are_those_of_scipy(size: float, share: float) -> None:
    """Start r (1 - p), growth 1 - p."""
    start, growth = np.full(9, size * (1 - share)), np.full(9, 1 - share)

    found = count_tail(COUNTS.astype(float), start, growth)

    assert found == pytest.approx(np.maximum(stats.nbinom.sf(COUNTS - 1, size, share), 1e-50), rel=1e-10)


@pytest.mark.parametrize("level", [0.025, 0.5, 0.95, 0.999])
def test_quantiles_are_those_of_scipy(level: float) -> None:
    """Of Poisson and negative binomial counts, small means and large."""
    means = np.array([0.1, 3.2, 22.0, 300.0])

    assert count_quantile(level, means, means * 0).tolist() == stats.poisson.ppf(level, means).tolist()
    assert (
        count_quantile(level, means * 0.6, means * 0 + 0.6).tolist()
        == stats.nbinom.ppf(level, means, 0.4).tolist()
    )


def test_a_quantile_that_floats_cannot_tell_is_left_to_decimals() -> None:
    """A level that is a cumulative probability of Poisson(1) to 45 digits is reached by decimals, not by floats."""
    with working():
        level = Decimal(-1).exp() * 2
    one = np.array([1.0])

    assert np.isnan(count_quantile(float(level), one, one * 0)).all()
    assert certified(
        lambda mean, at: count_quantile(at, mean, mean * 0), np.array([1]), level - Decimal("1E-45")
    ).texts() == ["1"]


def test_a_level_that_is_met_exactly_is_met() -> None:
    """Failures before the 20th success of a fair coin: exactly half of the cases have fewer than 20."""
    found = certified(
        lambda count, at: count_quantile(at, count / 2, count * 0 + count / count / 2),
        np.array([20]),
        Decimal("0.5"),
    )

    assert found.texts() == ["19"]


def test_what_floats_err_is_within_the_stated_bound() -> None:
    """Against decimals, for counts and means up to five thousand: the bound that certification relies on."""
    rng = np.random.default_rng(11)
    means = np.concatenate([rng.gamma(2, 10, 60), rng.gamma(2, 1000, 20)])
    counts = np.floor(means + rng.uniform(-2, 6, 80) * np.sqrt(means) + 1).clip(0)
    growth = rng.uniform(0, 0.6, 80) * (np.arange(80) % 2)
    columns = counts, means * (1 - growth), growth
    with working():
        exact = count_tail(*(np.array([Decimal(x) for x in column.tolist()], object) for column in columns))

    errors = abs(count_tail(*columns) / exact.astype(float) - 1)

    assert errors.max() < count_error(int(counts.max())) / 10


@pytest.mark.parametrize("z", ["0", "0.5", "1.959963984540054", "5.99", "6.01", "14"])
def test_normal_p_is_that_of_scipy(z: str) -> None:
    """On both sides of where the method changes."""
    expected = max(2 * stats.norm.sf(float(z)), 1e-50)

    assert float(normal_p(Decimal(z))) == pytest.approx(expected, rel=1e-12)
    assert normal_p(-Decimal(z)) == normal_p(Decimal(z))


def test_normal_p_has_a_floor() -> None:
    """Nothing smaller is reported."""
    assert normal_p(Decimal(40)) == P_FLOOR


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 26, 33])
def test_students_distribution_is_that_of_scipy(freedom: int) -> None:
    """Odd and even degrees of freedom; the critical value is the inverse."""
    for t in ("0", "0.3", "2.5", "30"):
        expected = 2 * stats.t.sf(float(t), freedom)
        assert float(student_p(Decimal(t), freedom)) == pytest.approx(expected, rel=1e-11)

    assert float(student_critical(Decimal("0.05"), freedom)) == pytest.approx(
        stats.t.isf(0.025, freedom), rel=1e-12
    )


def test_gamma_tails_are_those_of_scipy() -> None:
    """Shapes below one and large, bounds on both sides of the mean, tails down to 1e-30."""
    shapes = np.array([0.3, 1.0, 1.5, 7.2, 40.0, 40.0, 150.5, 4.5, 0.05])
    bounds = np.array([0.2, 3.0, 0.5, 20.0, 12.0, 41.0, 200.0, 80.0, 0.9])

    assert gamma_tail(shapes, bounds) == pytest.approx(special.gammaincc(shapes, bounds), rel=1e-12)
    assert ln_gamma(shapes) == pytest.approx(special.gammaln(shapes), rel=1e-12, abs=1e-12)


def test_a_gamma_tail_beyond_floats_is_left_to_decimals() -> None:
    """exp(-700) is no float to work with; decimals have the chi square tail of 1400 on 4 degrees: e^-700 701."""
    assert np.isnan(gamma_tail(np.array([2.0]), np.array([700.0]))).all()

    found = certified(lambda bound: gamma_tail(bound * 0 + 2, bound), np.array([700])).decimals()[0]

    with working():
        assert abs(found / (Decimal(-700).exp() * 701) - 1) < Decimal("1E-8")


def test_pi_has_the_digits_of_pi() -> None:
    """As published, fifty of them but the last."""
    assert str(pi()).startswith("3.1415926535897932384626433832795028841971693993")
