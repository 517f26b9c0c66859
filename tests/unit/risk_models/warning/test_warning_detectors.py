"""Detectors at their edges: too little history, withheld values, run lengths, levels of alarm, refusals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from risk_models.errors import InvalidInput
from risk_models.indicators.multiplicity import benjamini_yekutieli, simes, two_stage
from risk_models.indicators.warning.benford import benford, benford_shares
from risk_models.indicators.warning.changepoint import changepoints, chosen
from risk_models.indicators.warning.count_exceed import ExceedParameters, count_exceed
from risk_models.indicators.warning.ears import EarsParameters, ears
from risk_models.indicators.warning.eb_rate import eb_rates
from risk_models.indicators.warning.fusion import FusionParameters, alarm_level
from risk_models.indicators.warning.nowcast import completeness, nowcast
from risk_models.indicators.warning.run_length import calibrated_level, run_length
from risk_models.indicators.warning.stl import stl_residuals
from risk_models.indicators.warning.trend_momentum import trend_momentum
from risk_models.numerics.series import CERTAIN, POSSIBLE, Statistic, as_quantised, checked
from schemas.interval import Interval, exact
from tests.support.published_series import CORRIDOR, whole
from tests.support.warning_parameters import seasonal

FUSION = FusionParameters(Decimal("0.10"), Decimal("0.01"), Decimal(10), Decimal("0.25"))


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (np.array([1, 2]), np.array([1, 2])),
        (np.array([[1.5]]), np.array([[1.5]])),
        (np.array([[1, 2]]), np.array([[1]])),
        (np.array([[3]]), np.array([[2]])),
        (np.array([[-1]]), np.array([[2]])),
    ],
)
def test_what_are_no_series_is_refused(lower: np.ndarray, upper: np.ndarray) -> None:
    """One dimension, no whole numbers, two shapes, bounds the wrong way round, a negative number."""
    with pytest.raises(InvalidInput):
        checked(lower, upper)


def test_thresholds_compare_published_digits() -> None:
    """What differs in the tenth digit only is equal; one threshold for all, or one a series."""
    numbers = as_quantised([Decimal("3.50000000001"), Decimal("3.49999999"), Decimal(-4), Decimal(0)])
    statistic = Statistic(np.ones((4, 1), np.bool_), numbers)

    assert statistic.reaches(Decimal("3.5"))[:, 0].tolist() == [True, False, False, False]
    assert statistic.exceeds(Decimal("3.5")).any() is np.False_
    assert statistic.exceeds([Decimal(3), Decimal(4), Decimal(-5), Decimal(0)])[:, 0].tolist() == [
        True, False, True, False,
    ]  # fmt: skip


def test_a_short_history_has_no_ears() -> None:
    """C1 from the 8th period on, C2 from the 10th, C3 from the 12th; nothing of shorter series."""
    found = ears(CORRIDOR, CORRIDOR, EarsParameters(7, 2, Decimal(1)))
    short = ears(CORRIDOR[:, :5], CORRIDOR[:, :5], EarsParameters(7, 2, Decimal(1)))

    first = [int(np.argmax(one.low.is_defined[0])) for one in (found.c1, found.c2, found.c3)]
    assert first == [7, 9, 11]
    assert not any(one.low.is_defined.any() for one in (short.c1, short.c2, short.c3))


def test_a_baseline_of_equal_numbers_has_the_least_deviation() -> None:
    """By hand: 5 above a constant, deviation taken for 2: 2.5."""
    values = whole("4 4 4 4 4 4 4 9")

    found = ears(values, values, EarsParameters(7, 2, Decimal(2)))

    assert found.c1.low.at(0, 7) == Decimal("2.5")


def test_large_amounts_of_money_do_not_overflow() -> None:
    """Minor units of billions: squares leave 64 bits and are exact all the same. By hand: (9 - 4) / 1 in 10^12."""
    unit = 10**12
    values = whole("3 5 3 5 4 4 4 9") * unit

    found = ears(values, values, EarsParameters(7, 2, Decimal(1)))

    deviation = np.std([3, 5, 3, 5, 4, 4, 4], ddof=1)
    assert found.c1.low.floats()[0, 7] == pytest.approx(5 / deviation, rel=1e-8)


def test_a_withheld_month_is_a_possible_alarm() -> None:
    """5 to 60 after a steady year; 50 to 60 is certain."""
    steady = "20 21 19 20 22 18 20 21 19 20 22 18"
    parameters = ExceedParameters(12, "predictive")

    one = count_exceed(whole(f"{steady} 5"), whole(f"{steady} 60"), parameters)
    two = count_exceed(whole(f"{steady} 50"), whole(f"{steady} 60"), parameters)

    assert [int(bounds.within(Decimal("0.01"))[0, 12]) for bounds in (one, two)] == [POSSIBLE, CERTAIN]
    assert not one.within(Decimal("0.01"))[0, :12].any()


def test_overdispersion_makes_a_count_less_surprising() -> None:
    """Against scipy: negative binomial of mean 20 and dispersion 5.7575..., and never below Poisson's p-value."""
    counts = whole("5 35 20 30 10 25 15 20 12 28 34")
    parameters = ExceedParameters(10, "overdispersed")

    found = count_exceed(counts, counts, parameters).low.floats()[0, -1]

    seen = counts[0, :10]
    phi = seen.var(ddof=1) / seen.mean()
    assert found == pytest.approx(stats.nbinom.sf(33, seen.mean() / (phi - 1), 1 / phi), rel=1e-8)
    assert found > stats.poisson.sf(33, seen.mean())


def test_a_count_beyond_the_limit_is_refused() -> None:
    """Amounts of money are no counts."""
    counts = whole("1 2 3000000")

    with pytest.raises(InvalidInput):
        count_exceed(counts, counts, ExceedParameters(2, "poisson"))


@pytest.mark.parametrize(
    ("mean", "reference", "level"), [("4", 21, 13), ("2.5", 7, 9), ("3", 1, 9), ("22", 108, 40)]
)
def test_a_run_length_is_that_of_the_dense_equations(mean: str, reference: int, level: int) -> None:
    """(I - Q) t = 1 solved by numpy, quarters of a report as states."""
    moves = np.zeros((level, level))
    for state in range(level):
        for count in range(200):
            reached = max(0, state + 4 * count - reference)
            if reached < level:
                moves[state, reached] += stats.poisson.pmf(count, float(mean))
    expected = np.linalg.solve(np.eye(level) - moves, np.ones(level))[0]

    found = run_length(Decimal(mean), reference, level, 4).floats()[0]

    assert found == pytest.approx(expected, rel=1e-8)


def test_the_calibrated_level_is_the_first_that_runs_long_enough() -> None:
    """60 months at the level, fewer one step below; as published for k = 27.129338 of the fixture."""
    reference = Decimal("27.129338")

    level = calibrated_level(Decimal(22), reference, Decimal(60), steps=4)

    states, k = int(level * 4), int(reference * 4)
    assert run_length(Decimal(22), k, states, 4).decimals()[0] >= 60
    assert run_length(Decimal(22), k, states - 1, 4).decimals()[0] < 60


def test_a_level_with_too_many_states_is_refused() -> None:
    """A chain of 601 states, or one whose mean leaves floats; and a search that gets there."""
    for mean, level in ((3, 601), (501, 10)):
        with pytest.raises(InvalidInput):
            run_length(Decimal(mean), 4 * mean, level, 4)
    with pytest.raises(InvalidInput):
        calibrated_level(Decimal(3), Decimal(3), Decimal(10) ** 6, steps=4)


def test_a_series_without_three_years_has_no_season() -> None:
    """35 months are refused; 36 are decomposed."""
    with pytest.raises(InvalidInput):
        stl_residuals(CORRIDOR[:, :35], CORRIDOR[:, :35], seasonal(season_window=7, outer=2), judged=1)

    found = stl_residuals(CORRIDOR, CORRIDOR, seasonal(season_window=7, outer=2), judged=1)
    assert found.reaching(Decimal("3.5"))[0, -1] == CERTAIN


def test_a_withheld_month_is_between_its_ends_for_the_season() -> None:
    """18 to 44 in the last month: possible."""
    lower = CORRIDOR.copy()
    lower[0, -1] = 24

    found = stl_residuals(lower, CORRIDOR, seasonal(season_window=7, outer=2), judged=1)

    assert found.reaching(Decimal("3.5"))[0, -1] == POSSIBLE


def test_a_series_of_equal_numbers_has_no_trend() -> None:
    """Slope 0, score 0, p 1; ties lower the variance: 1 1 2 2 3 3 against scipy's tau."""
    flat, ties = whole("4 4 4 4 4 4"), whole("1 1 2 2 3 3")

    found = [trend_momentum(values, values, 6) for values in (flat, ties)]

    assert (found[0].slope.low.at(0, 5), found[0].score.low.at(0, 5), found[0].p.low.at(0, 5)) == (0, 0, 1)
    variance = (6 * 5 * 17 - 3 * 2 * 1 * 9) / 18
    assert found[1].p.low.floats()[0, 5] == pytest.approx(
        2 * stats.norm.sf((12 - 1) / variance**0.5), rel=1e-8
    )


def test_the_slope_is_that_of_theil_and_sen() -> None:
    """Against scipy, on windows of the fixture."""
    found = trend_momentum(CORRIDOR, CORRIDOR, 8).slope.low.floats()[0, 7:]

    expected = [stats.theilslopes(CORRIDOR[0, start : start + 8]).slope for start in range(29)]
    assert found == pytest.approx(expected, abs=1e-8)


def test_a_perfect_division_is_chosen_without_more_changes() -> None:
    """Nothing left over after one change: a second one is not worth its name."""
    divisions = changepoints([2, 2, 2, 2, 7, 7, 7, 7], least_segment=2, most_changes=2)

    assert chosen(divisions).changes == (4, 8)
    assert chosen(divisions).score is None


def test_every_division_is_the_best_there_is() -> None:
    """Against all divisions of a short series, one by one."""
    values = [3, 9, 1, 4, 8, 8, 2, 7, 5, 6]

    found = changepoints(values, least_segment=2, most_changes=2)[2]

    everything = [
        sum(float(np.var(part)) * len(part) for part in np.split(np.array(values), [i, j]))
        for i in range(2, 7)
        for j in range(i + 2, 9)
    ]
    assert float(found.residual) == pytest.approx(min(everything), rel=1e-12)


def test_a_series_too_short_to_divide_is_refused() -> None:
    """Fewer periods than one segment."""
    with pytest.raises(InvalidInput):
        changepoints([1, 2], least_segment=3, most_changes=1)


def test_posterior_probabilities_are_those_of_scipy() -> None:
    """Gamma tails of the fixture's four members; without spread every rate is the mean."""
    counts = [(12, 12), (3, 3), (40, 40), (9, 9)]
    expected = [Fraction(10), Fraction(9), Fraction(16), Fraction(15)]

    found = eb_rates(counts, expected, Fraction(3, 2))
    even = eb_rates([(10, 10), (9, 9)], [Fraction(10), Fraction(9)], Fraction(3, 2))

    mean = 64 / 50
    spread = (
        sum((x - mean * float(e)) ** 2 / float(e) for (x, _), e in zip(counts, expected, strict=True)) / 50
    )
    variance = spread - mean / 12.5
    tails = [
        stats.gamma.sf(1.5, mean**2 / variance + x, scale=1 / (mean / variance + float(e)))
        for (x, _), e in zip(counts, expected, strict=True)
    ]
    assert [float(one.above.lower) for one in found] == pytest.approx(tails, rel=1e-8)
    assert [one.rate for one in even] == [exact(1), exact(1)]
    assert [one.above for one in even] == [exact(0), exact(0)]
    assert eb_rates([], [], Fraction(1)) == []


def test_digits_that_obey_the_law_have_ordinary_deviations() -> None:
    """Simulated digits: z has mean 0 and deviation 1, within four standard errors."""
    rng = np.random.default_rng(7)
    shares = [float(share) for share in benford_shares(9)]

    zs = [float(benford(rng.multinomial(3000, shares).tolist()).z) for _ in range(200)]

    assert np.mean(zs) == pytest.approx(0, abs=0.29)
    assert np.std(zs) == pytest.approx(1, abs=0.2)


def test_chi_square_of_digits_is_that_of_scipy() -> None:
    """First two digits: 89 degrees of freedom."""
    rng = np.random.default_rng(8)
    shares = [float(share) for share in benford_shares(90)]
    counts = rng.multinomial(5000, shares).tolist()

    found = benford(counts)

    expected = stats.chisquare(counts, 5000 * np.array(shares))
    assert float(found.chi_square) == pytest.approx(expected.statistic, rel=1e-9)
    assert float(found.p) == pytest.approx(expected.pvalue, rel=1e-8)


@pytest.mark.parametrize("counts", [[1] * 8, [0] * 9])
def test_what_are_no_digit_counts_is_refused(counts: list[int]) -> None:
    """Eight digits, or no amount."""
    with pytest.raises(InvalidInput):
        benford(counts)


def test_a_share_that_cannot_be_is_refused() -> None:
    """Nothing has arrived, or more than all; no past period; nothing ever reported."""
    for share in (Fraction(0), Fraction(3, 2)):
        with pytest.raises(InvalidInput):
            nowcast(np.array([3]), share, Decimal("0.95"))
    for vintages in ([], [[1, 2], [3]], [[0, 0]]):
        with pytest.raises(InvalidInput):
            completeness(vintages)


def test_a_complete_month_is_final() -> None:
    """All has arrived: nothing is added."""
    found = nowcast(np.array([7, 0]), Fraction(1), Decimal("0.95"))

    assert found.lower.tolist() == found.median.tolist() == found.upper.tolist() == [7, 0]


@pytest.mark.parametrize(
    ("short", "season", "seen", "level"),
    [
        ("0.2", "0.3", 44, 0),
        ("0.05", "0.3", 44, 1),
        ("0.05", "0.09", 44, 2),
        ("0.004", "0.5", 44, 2),
        ("0.004", "0.02", 44, 2),
        ("0.004", "0.002", 44, 3),
        ("0.004", "0.002", 26, 2),
    ],
)
def test_levels_follow_the_families_that_agree(short: str, season: str, seen: int, level: int) -> None:
    """22 expected: 44 are 22 more, 26 are 4 more and less than a quarter."""
    found = alarm_level(
        {"short_memory": exact(Decimal(short)), "seasonal": exact(Decimal(season))},
        exact(seen),
        Decimal(22),
        FUSION,
    )

    assert found.level == level


def test_a_possible_alarm_stays_at_level_one() -> None:
    """Two families whose q may be tiny and may be large."""
    wide = Interval(Decimal("0.0001"), Decimal("0.5"))

    found = alarm_level({"seasonal": wide, "change": wide}, exact(90), Decimal(22), FUSION)

    assert (found.level, found.is_certain, found.fired) == (1, False, ("change", "seasonal"))


def test_two_stages_reject_only_inside_families_that_were_chosen() -> None:
    """By hand: Simes 0.002 and 0.6; the first family is tested at half of the level: 0.001 stays, 0.6 goes."""
    p = [[Decimal("0.001"), Decimal("0.6")], [Decimal("0.3"), Decimal("0.9")]]

    assert [simes(family) for family in p] == [Decimal("0.002"), Decimal("0.6")]
    assert two_stage(p, Decimal("0.05")) == [[True, False], [False, False]]
    assert two_stage([], Decimal("0.05")) == []


def test_a_rate_under_dependence_is_never_above_one() -> None:
    """1 + 1/2 = 1.5 times 0.9 is one."""
    assert benjamini_yekutieli([Decimal("0.9"), Decimal("0.1")]) == [Decimal(1), Decimal("0.3")]
