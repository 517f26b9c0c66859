"""Family D on profiles: specialisation, diversity, shift and similarity of the fixture's typology table."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import binom

from risk_models.errors import InvalidInput
from risk_models.indicators.diversity import diversity
from risk_models.indicators.monotone import Cells
from risk_models.indicators.profiles import chance_shift, krugman, profile_shift, profile_similarity
from risk_models.indicators.specialisation import Margins, Specialisation, lq
from risk_models.numerics.philox import words
from tests.support.fixture_fx4 import BEFORE, NOW, REPORTS, between, highs, known, lows, points

PROFILES = Cells.exact(NOW.T)
ROUNDED_Z = Decimal("1.96")  # the methodology writes the limits of D3 with the rounded quantile
RCA = [  # BM-22: Python ecomplexity 0.5.3, printed in D3
    [1.385488, None, None, None],
    [None, 1.686680, None, 2.041771],
    [None, None, 3.137356, None],
    [None, None, 1.738265, 1.158843],
]


def table_of_quotients() -> Specialisation:
    """All sixteen cells, country by country."""
    rows, columns = np.repeat(REPORTS, 4), np.tile(NOW.sum(axis=0), 4)
    whole = np.full(16, NOW.sum())
    return lq(Cells.exact(NOW.ravel()), Margins(*map(Cells.exact, (rows, columns, whole))), ROUNDED_Z, 5)


def test_d3_quotients_of_the_fixture() -> None:
    """Those that the methodology prints, to the last digit printed."""
    found = points(table_of_quotients().quotient)

    for value, expected in zip(found, (one for row in RCA for one in row), strict=True):
        if expected is not None:
            assert value == pytest.approx(expected, abs=5e-7)


def test_d3_limits_symmetric_form_and_minimum() -> None:
    """C-K3: 2.590039 to 3.800329, symmetric 0.516599; of D-K4 1.73 reports are expected: too few."""
    found = table_of_quotients()

    assert lows(found.confidence)[10] == pytest.approx(2.590039, abs=5e-7)
    assert highs(found.confidence)[10] == pytest.approx(3.800329, abs=5e-7)
    assert points(found.symmetric)[10] == pytest.approx(0.516599, abs=5e-7)
    assert found.is_sufficient[10]
    assert not found.is_sufficient[15]


def test_d3_of_a_withheld_cell() -> None:
    """C-K4 in [0, 7] with published margins: 0 to 0.732050, and no limits as it may be nothing."""
    cell = Cells(np.array([0]), np.array([7]))

    found = lq(cell, Margins(known(205), known(57), known(1222)), ROUNDED_Z, 5)

    (interval,) = found.quotient.intervals()
    assert interval is not None
    assert interval.lower == 0
    assert float(interval.upper or 0) == pytest.approx(0.732050, abs=5e-7)
    assert list(found.confidence.intervals()) == [None]


def test_d3_of_an_empty_margin() -> None:
    """A country without reports has no speciality."""
    found = lq(known(0), Margins(known(0), known(57), known(1222)), ROUNDED_Z, 5)

    assert list(found.quotient.intervals()) == [None]
    assert list(found.symmetric.intervals()) == [None]


def test_d4_diversity_of_the_fixture() -> None:
    """All five measures of A, index and entropy of the others."""
    found = diversity(PROFILES, REPORTS)

    assert points(found.hhi) == pytest.approx([0.550383, 0.368481, 0.362284, 0.386413], abs=5e-7)
    assert points(found.shannon) == pytest.approx([0.835562, 1.133469, 1.119205, 1.114324], abs=5e-7)
    assert points(found.evenness)[0] == pytest.approx(0.602731, abs=5e-7)
    assert points(found.hill_1)[0] == pytest.approx(2.306110, abs=5e-7)
    assert points(found.hill_2)[0] == pytest.approx(1.816918, abs=5e-7)


def test_d4_of_withheld_cells_with_their_whole() -> None:
    """D with K2 and K4 in [0, 7] and 7 together: 0.383492 (3 and 4) to 0.401023 (7 and 0)."""
    cells = Cells(np.array([[20], [0], [10], [0]]), np.array([[20], [7], [10], [7]]))

    found = diversity(cells, np.array([37]))

    assert lows(found.hhi) == pytest.approx([0.383492], abs=5e-7)
    assert highs(found.hhi) == pytest.approx([0.401023], abs=5e-7)
    assert lows(found.shannon)[0] < 1.114324 < highs(found.shannon)[0]


def test_d4_of_nothing_of_one_typology_and_of_money() -> None:
    """No report, no figure; one typology, no evenness; squares beyond 64 bits are still exact."""
    nothing = diversity(Cells.exact([[0], [0]]), np.array([0]))
    single = diversity(Cells.exact([[5]]), np.array([5]))
    money = diversity(Cells.exact([[3 * 10**14], [10**14]]), np.array([4 * 10**14]))

    assert list(nothing.hhi.intervals()) == [None]
    assert list(single.evenness.intervals()) == [None]
    assert points(single.shannon) == [0]
    assert points(money.hhi) == [0.625]
    assert points(money.hill_2) == [1.6]


def test_d4_refuses_a_whole_out_of_reach() -> None:
    """Cells of 3 and 4 cannot be 8."""
    with pytest.raises(InvalidInput):
        diversity(Cells.exact([[3], [4]]), np.array([8]))


def test_d8_shift_of_the_fixture() -> None:
    """Half of the differences and the Jensen-Shannon distance of the four countries; D has too few reports."""
    found = profile_shift(PROFILES, REPORTS, Cells.exact(BEFORE.T), BEFORE.sum(axis=1), 50)

    assert points(found.half_l1) == pytest.approx([0.105519, 0.216590, 0.134146, 0.153904], abs=5e-7)
    assert points(found.distance) == pytest.approx([0.134683, 0.187393, 0.189013, 0.195208], abs=5e-7)
    assert found.is_sufficient.tolist() == [True, True, True, False]


def test_d8_of_equal_and_of_disjoint_profiles() -> None:
    """No change is 0 at any level; nothing in common is 1; nothing at all has no shift."""
    one, other = Cells.exact([[3, 5, 0], [6, 0, 0]]), Cells.exact([[10, 0, 1], [20, 7, 1]])

    found = profile_shift(one, np.array([9, 5, 0]), other, np.array([30, 7, 2]), 1)

    assert [None if each is None else each.lower for each in found.half_l1.intervals()] == [0, 1, None]
    assert [None if each is None else each.lower for each in found.distance.intervals()] == [0, 1, None]


def test_d8_of_a_withheld_cell() -> None:
    """By hand: [0, 4] and [1, 5] of 10 beside 5, against 5, 5 and 0: from 0.1 to 0.5."""
    one = Cells(np.array([[5], [0], [1]]), np.array([[5], [4], [5]]))

    found = profile_shift(one, np.array([10]), Cells.exact([[5], [5], [0]]), np.array([10]), 1)

    assert list(found.half_l1.intervals()) == [between("0.1", "0.5")]


def test_d8_chance_is_that_of_two_binomials() -> None:
    """40 of 60, then 48 of 60: by the exact double sum over both binomials; and a change of everything."""
    drawn = list(words((1, 2), 2000 * 120).reshape(2000, 120))
    likely = binom.pmf(range(61), 60, 88 / 120)
    exact_p = sum(likely[x] * likely[y] for x in range(61) for y in range(61) if abs(x - y) >= 8)

    found = chance_shift([40, 20], [48, 12], drawn)

    assert float(found) == pytest.approx(exact_p, abs=3 * (exact_p * (1 - exact_p) / 2000) ** 0.5)
    assert float(chance_shift([60, 0], [0, 60], drawn)) == pytest.approx(1 / 2001, rel=1e-12)
    assert chance_shift([30, 30], [30, 30], drawn) == 1


def test_d9_similarity_of_the_fixture() -> None:
    """Cosines of A-D and B-C; Krugman's index of A with the others."""
    pairs = {"AB": (0, 1), "AC": (0, 2), "AD": (0, 3), "BC": (1, 2)}
    one, other = (Cells.exact(NOW.T[:, [pair[side] for pair in pairs.values()]]) for side in (0, 1))
    wholes = [REPORTS[[pair[side] for pair in pairs.values()]] for side in (0, 1)]

    cosines = dict(zip(pairs, points(profile_similarity(one, other)), strict=True))
    index = dict(zip(pairs, points(krugman(one, wholes[0], other, wholes[1])), strict=True))

    assert cosines["AD"] == pytest.approx(0.943970, abs=5e-7)
    assert cosines["BC"] == pytest.approx(0.642120, abs=5e-7)
    assert [index[pair] for pair in ("AB", "AC", "AD")] == pytest.approx([0.75, 0.843206, 0.434363], abs=5e-7)


def test_d9_of_an_empty_profile_and_of_itself() -> None:
    """Nothing has no direction; a profile has a cosine of 1 with itself."""
    found = profile_similarity(Cells.exact([[0, 3], [0, 4]]), Cells.exact([[1, 6], [1, 8]]))

    assert [None if each is None else each.lower for each in found.intervals()] == [None, 1]
