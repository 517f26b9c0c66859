"""Since when a member reports a typology, from figures as a page holds them."""

from __future__ import annotations

from node.services.views.figure import NOT_SHARED, Figure, Kind
from node.services.views.profiles import Profiles
from node.services.views.typologies import Adoption, _adoption


def exact(value: int) -> Figure:
    """A known count."""
    return Figure(Kind.EXACT if value else Kind.ZERO, value, value, value, "exact")


def withheld(lower: int, upper: int | None) -> Figure:
    """A withheld count."""
    return Figure(Kind.WITHHELD, None, lower, upper, "prim_small")


def series(*figures: Figure) -> Profiles:
    """One member's series of one typology, a year a figure."""
    return Profiles({("TM02", "KZ", str(2000 + place)): one for place, one in enumerate(figures)})


def test_a_member_reports_since_the_first_figure_that_can_not_be_zero() -> None:
    """Withheld from zero: perhaps; zero and not shared: no."""
    found = series(exact(0), NOT_SHARED, withheld(0, 9), withheld(1, 9), exact(12))

    assert _adoption(found, "TM02", "KZ") == Adoption("KZ", "2003", "2002")
    assert _adoption(series(exact(0)), "TM02", "KZ") is None
    assert _adoption(series(withheld(0, 4)), "TM02", "KZ") == Adoption("KZ", "", "2000")
