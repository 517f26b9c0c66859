"""What is said of typologies by member: published quotients and p-values, from figures as a page holds them."""

from __future__ import annotations

import pytest

from node.services.views.figure import NOT_SHARED, Figure, Kind
from node.services.views.profiles import Profiles, emerging, specialities
from node.services.views.typologies import Adoption, _adoption
from tests.support.fixture_fx4 import AREAS, NOW

PERIOD = "2012"
CODES = ("TM01", "TM02", "TM03", "TM04")


def exact(value: int) -> Figure:
    """A known count."""
    return Figure(Kind.EXACT if value else Kind.ZERO, value, value, value, "exact")


def withheld(lower: int, upper: int | None) -> Figure:
    """A withheld count."""
    return Figure(Kind.WITHHELD, None, lower, upper, "prim_small")


def series(*figures: Figure) -> Profiles:
    """One member's series of one typology, a year a figure."""
    return Profiles({("TM02", "KZ", str(2000 + place)): one for place, one in enumerate(figures)})


def fixture() -> dict[tuple[str, str, str], Figure]:
    """The typology table of FX4: countries in rows, typologies in columns."""
    return {
        (code, area, PERIOD): exact(int(NOW[row, column]))
        for row, area in enumerate(AREAS)
        for column, code in enumerate(CODES)
    }


def test_the_quotients_are_those_that_are_published() -> None:
    """C-K3 of the methodology: 3.137356 with limits 2.590039 to 3.800329; B-K4 2.041771 (ecomplexity 0.5.3)."""
    found = specialities(Profiles(fixture()), PERIOD)
    c_k3, b_k4 = found["TM03", "C"], found["TM04", "B"]
    assert c_k3.quotient is not None
    assert c_k3.limits is not None
    assert c_k3.limits.upper is not None
    assert b_k4.quotient is not None

    assert float(c_k3.quotient.lower) == pytest.approx(3.137356, abs=5e-7)
    assert [float(c_k3.limits.lower), float(c_k3.limits.upper)] == pytest.approx(
        [2.590039, 3.800329], rel=2e-5
    )
    assert float(b_k4.quotient.lower) == pytest.approx(2.041771, abs=5e-7)
    assert c_k3.is_special
    assert not found["TM01", "B"].is_special


def test_a_withheld_figure_widens_its_own_quotient() -> None:
    """The published value lies inside the bounds."""
    figures = fixture() | {("TM03", "C", PERIOD): withheld(96, 104)}
    found = specialities(Profiles(figures), PERIOD)["TM03", "C"].quotient

    assert found is not None
    assert found.upper is not None
    assert float(found.lower) < 3.137356 < float(found.upper)


def test_without_an_upper_bound_nothing_is_said_of_the_mix() -> None:
    """Any share of the region would be a guess."""
    assert specialities(Profiles(fixture() | {("TM03", "C", PERIOD): withheld(1, None)}), PERIOD) == {}
    assert specialities(Profiles({}), PERIOD) == {}


def test_what_was_not_shared_or_not_collected_is_no_part_of_the_mix() -> None:
    """The quotients of the others are those of the table without it."""
    without = {key: one for key, one in fixture().items() if key[:2] != ("TM04", "D")}
    missing = without | {("TM04", "D", PERIOD): Figure(Kind.MISSING, status="missing")}

    assert specialities(Profiles(missing), PERIOD) == specialities(Profiles(without), PERIOD)


def test_a_count_that_stays_unusual_for_two_periods_emerges() -> None:
    """0 0 1 0 0 1 0 0, then 5 (p 1.7E-4, as the methodology prints), then 30: the highest index."""
    found = emerging(series(*map(exact, (0, 0, 1, 0, 0, 1, 0, 0, 5, 30))), ["KZ"])

    assert [(one.code, one.member, one.time_period, one.signal) for one in found] == [
        ("TM02", "KZ", "2009", "certain")
    ]
    assert found[0].index.lower == 10


@pytest.mark.parametrize(
    "figures",
    [
        (0, 0, 1, 0, 0, 1, 0, 0, 30),  # once only
        (0, 0, 1, 0, 0, 5, 30),  # fewer than six periods before the first of the two
        (4, 5, 4, 3, 5, 4, 5, 4, 5, 4),  # as always
        (60, 61, 60, 59, 60, 60, 61, 60, 140, 160),  # not new: it grew, which is another indicator
        (0, 0, 1, 0, 0, 1, 0, 0, 5, 2_000_000),  # more than the test counts
    ],
)
def test_nothing_emerges_on_too_little_or_nothing_new(figures: tuple[int, ...]) -> None:
    """One period alone is not yet an emergence, and six are needed before."""
    assert emerging(series(*map(exact, figures)), ["KZ"]) == ()


def test_what_may_have_emerged_is_possible() -> None:
    """A newest count that is withheld, and may be zero."""
    figures = [*map(exact, (0, 0, 1, 0, 0, 1, 0, 0, 6)), withheld(0, 30)]

    assert [one.signal for one in emerging(series(*figures), ["KZ"])] == ["possible"]


def test_a_member_reports_since_the_first_figure_that_can_not_be_zero() -> None:
    """Withheld from zero: perhaps; zero and not shared: no."""
    found = series(exact(0), NOT_SHARED, withheld(0, 9), withheld(1, 9), exact(12))

    assert _adoption(found, "TM02", "KZ") == Adoption("KZ", "2003", "2002")
    assert _adoption(series(exact(0)), "TM02", "KZ") is None
    assert _adoption(series(withheld(0, 4)), "TM02", "KZ") == Adoption("KZ", "", "2000")
