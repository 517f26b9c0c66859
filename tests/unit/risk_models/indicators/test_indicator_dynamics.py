"""Family D on what moves: novelty and bursts, company of typologies, their nearness, and their spread."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import f as f_distribution
from scipy.stats import hypergeom

from risk_models.errors import InvalidInput
from risk_models.indicators.cooccurrence import Cooccurrence, cooccurrence, hypergeometric_p
from risk_models.indicators.diffusion import exposures, granger, hazard_rate, lead_lag
from risk_models.indicators.growth_rates import growth_rates, relative_growth
from risk_models.indicators.monotone import Cells
from risk_models.indicators.novelty import burst_states, emergence, first_adoption, novelty
from risk_models.indicators.proximity import complexity, density, proximity, specialities
from risk_models.numerics.beta_tail import f_tail
from tests.support.fixture_fx4 import NOW, REPORTS, W, between, exact, known, points

PRIOR = Decimal("0.5")
X = [Decimal(x) for x in (2, 3, 2, 4, 3, 5, 9, 14, 18, 16, 12, 9, 7, 6, 5, 4)]
Y = [Decimal(y) for y in (1, 1, 2, 1, 2, 2, 3, 5, 9, 13, 17, 16, 12, 8, 6, 5)]


def periods(*numbers: int) -> np.ndarray:
    """Exposures of one period and so many before it."""
    return np.array([[1] * len(numbers), numbers], np.int64)


def test_d1_growth_of_rates_and_against_the_region() -> None:
    """A-K2 2.5, region 2.446809; by hand twice the exposure halves it."""
    equal, twice = known(1, 1), known(1, 2)

    found = growth_rates(known(100, 100), known(40, 40), twice, equal)
    relative = relative_growth(known(100), known(40), known(345), known(141))

    assert points(found.ratio) == [2.5, 1.25]
    assert points(found.log) == pytest.approx([0.916291, 0.223144], abs=5e-7)
    assert points(relative) == pytest.approx([2.5 / 2.446809], abs=5e-7)


def test_d1_of_withheld_counts_over_many_cells() -> None:
    """After [0, 4] a count of 20 has grown at least 5-fold; after zero, or without exposure, there is none."""
    before = Cells(np.array([0, 0, 2]), np.array([4, 0, 4]))

    found = growth_rates(known(20, 20, 20), before, known(1, 1, 0), known(1, 1, 1))

    assert list(found.ratio.intervals()) == [between(5, None), None, None]
    assert list(found.log.intervals()) == [None] * 3


def test_d2_predictive_p_and_index() -> None:
    """0 0 1 0 0 1 0 0 then 5, and 3 4 2 5 4 3 6 5 then 12."""
    found = novelty(known(5, 12), known(2, 32), periods(8, 8), PRIOR)

    assert points(found.p) == pytest.approx([1.71733e-4, 2.20190e-3], rel=5e-6)
    assert points(found.index)[0] == pytest.approx(3.7651, abs=5e-5)


def test_d2_at_the_ends_of_what_is_possible() -> None:
    """Nothing new has p 1 and index 0; hundreds out of nothing have the highest index."""
    found = novelty(known(0, 300), known(2, 0), periods(8, 8), PRIOR)

    assert points(found.p)[0] == 1
    assert points(found.index) == [0, 10]


def test_d2_of_withheld_history_encloses() -> None:
    """A history of 0 to 4 gives the p-values of 0 and of 4; more than a million is refused."""
    found = novelty(known(5), Cells(np.array([0]), np.array([4])), periods(8), PRIOR)
    ends = [points(novelty(known(5), known(total), periods(8), PRIOR).p)[0] for total in (0, 4)]

    (interval,) = found.p.intervals()
    assert interval is not None
    assert [float(interval.lower), float(interval.upper or 0)] == ends
    with pytest.raises(InvalidInput):
        novelty(known(10**6 + 1), known(0), periods(8), PRIOR)


def test_d2_emerges_only_in_the_second_period() -> None:
    """Below one a period before: emerging; above: surging; once only: neither."""
    level = Decimal("0.001")
    before = known(2, 40, 2)
    now = novelty(known(5, 40, 5), before, periods(8, 8, 8), PRIOR)
    earlier = novelty(known(6, 40, 0), before, periods(8, 8, 8), PRIOR)

    found = emergence(now, earlier, before, np.array([8, 8, 8]), level)

    assert found.emerging.tolist() == [2, 0, 0]
    assert found.surging.tolist() == [0, 2, 0]


def test_d2_possible_emergence() -> None:
    """A count that may be 0 emerges possibly; its adoption is possible before it is certain."""
    before, level = known(2), Decimal("0.001")
    now = novelty(Cells(np.array([0]), np.array([6])), before, periods(8), PRIOR)
    earlier = novelty(known(6), before, periods(8), PRIOR)

    assert emergence(now, earlier, before, np.array([8]), level).emerging.tolist() == [1]
    assert first_adoption(np.array([0, 1, 0, 2]), np.array([0, 0, 1, 0])) == (1, 3)
    assert first_adoption(np.array([0, 0]), np.array([0, 0])) == (None, None)


def test_d2_burst_states() -> None:
    """Kleinberg's two states; the cost includes the factorials."""
    found = burst_states([3, 5, 4, 9, 11, 10, 4, 3], Decimal(4), Decimal(8), Decimal(8).ln())

    assert found.states == (0, 0, 0, 1, 1, 1, 0, 0)
    assert float(found.cost) == pytest.approx(17.492269, abs=5e-7)


def pair(both: Cells, one: int = 120, other: int = 150, cases: int = 1000) -> Cooccurrence:
    """One pair of typologies."""
    return cooccurrence(both, known(one), known(other), np.array([cases]))


def test_d5_lift_information_and_probability() -> None:
    """30 of 120 and 150 in 1000 cases."""
    found = pair(known(30))

    measures = [points(measure)[0] for measure in (found.lift, found.pmi, found.npmi, found.jaccard)]
    assert measures == pytest.approx([1.666667, 0.736966, 0.145677, 0.125], abs=5e-7)
    assert points(found.p) == pytest.approx([1.48531e-3], rel=5e-6)


def test_d5_of_a_withheld_pair_uses_the_margins() -> None:
    """By hand: [0, 9] of 8 and 10 in 12: between 6 and 8 are possible, lift 0.9 to 1.2."""
    found = pair(Cells(np.array([0]), np.array([9])), 8, 10, 12)

    assert list(found.lift.intervals()) == [between("0.9", "1.2")]


def test_d5_where_there_is_nothing_to_say() -> None:
    """Nobody with one: no figure; nobody with both: no information; everybody with both: no normalised form."""
    assert list(pair(known(0), 0).lift.intervals()) == [None]
    none, every = pair(known(0)), pair(known(9), 9, 9, 9)
    assert list(none.pmi.intervals()) == [None]
    assert points(none.p) == [1]
    assert points(every.pmi) == [0]
    assert list(every.npmi.intervals()) == [None]


@pytest.mark.parametrize(
    "case", [(3, 10, 12, 40), (0, 5, 5, 5), (40, 90, 300, 700), (2, 4, 3, 5), (9, 30, 20, 4000)]
)
def test_d5_probability_is_scipys(case: tuple[int, int, int, int]) -> None:
    """Also where the two labels must meet."""
    both, one, other, cases = case

    expected = float(hypergeom.sf(both - 1, cases, one, other))
    assert float(hypergeometric_p(both, one, other, cases)) == pytest.approx(expected, rel=1e-9)


SPECIAL = specialities(Cells.exact(NOW), REPORTS, NOW.sum(axis=0), 1222)


def test_d6_specialities_and_proximity_of_the_fixture() -> None:
    """Diversity 1 2 1 3, ubiquity 2 1 2 2 (ecomplexity 0.5.3, BM-22); K1-K3 and K2-K4 at 0.5, K1-K2 at 0."""
    near = proximity(SPECIAL)

    assert (SPECIAL > 0).sum(axis=1).tolist() == [1, 2, 1, 3]
    assert (SPECIAL > 0).sum(axis=0).tolist() == [2, 1, 2, 2]
    assert (near[0][2], near[1][3], near[0][1]) == (exact("0.5"), exact("0.5"), exact(0))


def test_d6_density() -> None:
    """By hand: A has K1, so half of what is near to K3 and a third of what is near to K4."""
    found = density(SPECIAL, proximity(SPECIAL))[0]

    assert found[2] == exact("0.5")
    assert found[3] is not None
    assert float(found[3].lower) == pytest.approx(1 / 3, abs=1e-9)


def test_d6_of_possible_specialities_encloses() -> None:
    """A cell that may be 0 leaves its proximities open; a typology nobody can have has none."""
    possible = np.array([[2, 1, 0], [2, 2, 0]])

    near = proximity(possible)

    assert near[0][1] == between("0.5", 1)
    assert near[2][2] is None
    assert density(possible, near)[0][0] == between(0, 1)
    assert complexity(possible, 2) is None


def test_d6_complexity_is_ecomplexitys_and_not_for_few() -> None:
    """BM-22: -0.756813 1.681188 -0.756813 -0.167562, which nobody may publish of four members."""
    found = complexity(SPECIAL, 4)

    assert found is not None
    assert [float(one) for one in found.members] == pytest.approx(
        [-0.756813, 1.681188, -0.756813, -0.167562], abs=5e-7
    )
    assert len(found.typologies) == 4
    assert complexity(SPECIAL, 15) is None
    assert complexity(np.array([[2, 0], [0, 2]]), 2) is None
    assert complexity(np.array([[2, 0], [2, 0]]), 2) is None


def test_d7_exposure_and_hazard() -> None:
    """Only A has adopted; beta 1.2."""
    found = exposures(Cells.exact(W), np.array([2, 0, 0, 0]), Decimal("1.2"))

    assert points(found.exposure)[1:] == pytest.approx([0.75, 0.230769, 0.111111], abs=5e-7)
    assert points(found.hazard)[1:] == pytest.approx([0.593430, 0.241887, 0.124827], abs=5e-7)


def test_d7_possible_adopters_widen_exposure() -> None:
    """By hand: B gets 120 of 160 from A, 25 from C: 0.75 to 145/160 if C may have adopted; no inflow, no figure."""
    found = exposures(Cells.exact(W), np.array([2, 0, 1, 0]), Decimal("1.2"))
    alone = exposures(Cells.exact([[0, 0], [3, 0]]), np.array([0, 2]), Decimal(1))

    assert list(found.exposure.intervals())[1] == between("0.75", "0.90625")
    assert [one is None for one in alone.exposure.intervals()] == [False, True]
    assert [one is None for one in alone.hazard.intervals()] == [False, True]


def test_d7_hazard_rate() -> None:
    """By hand: one of three adopts at exposure 1: 1 - exp(-beta) = 1/3. None without a finite maximum."""
    found = hazard_rate([Fraction(1)] * 3, [True, False, False])

    assert found is not None
    assert float(found) == pytest.approx(0.405465108108164, abs=1e-14)
    assert hazard_rate([Fraction(1)], [True]) is None
    assert hazard_rate([Fraction(1)], [False]) is None


def test_d7_lead_and_lag() -> None:
    """The first leads the second by 2."""
    found = lead_lag(X, Y, 6)

    assert found is not None
    by_lag = dict(found.by_lag)
    assert found.lag == 2
    assert [float(by_lag[lag] or 0) for lag in range(4)] == pytest.approx(
        [0.620577, 0.840955, 0.900034, 0.765434], abs=5e-7
    )
    assert found.p * 16 == int(found.p * 16)
    assert lead_lag([Decimal(1)] * 5, X[:5], 2) is None


def test_d7_granger_without_enough_to_go_by() -> None:
    """Too few periods, and lags that say the same, have no test."""
    line = [Fraction(number) for number in range(30)]

    assert granger(line[:8], line[:8], 3) is None
    assert granger(line, [one * one for one in line], 3) is None


@pytest.mark.parametrize(
    ("value", "upper", "lower"), [("0.5", 1, 7), ("3.7", 5, 10), ("40", 2, 3), ("1.01", 30, 200)]
)
def test_f_tail_is_scipys(value: str, upper: int, lower: int) -> None:
    """On either side of the middle."""
    assert float(f_tail(Decimal(value), upper, lower)) == pytest.approx(
        float(f_distribution.sf(float(value), upper, lower)), rel=1e-9
    )
    assert f_tail(Decimal(0), upper, lower) == 1
