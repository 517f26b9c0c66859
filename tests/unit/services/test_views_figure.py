"""A cell becomes what a reader may see of it, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from node.services.views.figure import NOT_SHARED, Figure, Kind, figure, shades


def a_cell(obs_status: str = "A", conf_status: str = "F", **changes: Any) -> dict[str, Any]:
    """Give an exact cell of seven."""
    cell = {"OBS_VALUE": 7, "OBS_LOWER": 7, "OBS_UPPER": 7, "BUNDLE": "sha256:b"}
    return {**cell, "OBS_STATUS": obs_status, "CONF_STATUS": conf_status, **changes}


def test_an_exact_value_is_shown_with_its_bundle() -> None:
    """The way to the source begins at the figure."""
    assert figure(a_cell()) == Figure(Kind.EXACT, 7, 7, 7, "exact", "sha256:b")


def test_zero_is_its_own_kind() -> None:
    """Zero was counted; it is not the absence of a figure."""
    assert figure(a_cell(OBS_VALUE=0, OBS_LOWER=0, OBS_UPPER=0)).kind is Kind.ZERO


@pytest.mark.parametrize(
    ("conf_status", "status"), [("A", "prim_small"), ("M", "prim_other"), ("D", "secondary")]
)
def test_a_withheld_cell_has_an_interval_and_no_value(conf_status: str, status: str) -> None:
    """SDMX Q with A, M and D: too few, computable, complementary."""
    seen = figure(a_cell("Q", conf_status, OBS_VALUE=None, OBS_LOWER=0, OBS_UPPER=14))

    assert (seen.kind, seen.value, seen.lower, seen.upper, seen.status) == (
        Kind.WITHHELD,
        None,
        0,
        14,
        status,
    )
    assert seen.has_bounds


def test_a_value_inside_a_withheld_cell_never_gets_out() -> None:
    """Were a value ever stored beside a withholding status, it would still not be carried."""
    assert figure(a_cell("Q", "A", OBS_VALUE=7, OBS_LOWER=0, OBS_UPPER=14)).value is None


@pytest.mark.parametrize("conf_status", ["N", "E"])
def test_what_may_not_be_displayed_carries_no_number_at_all(conf_status: str) -> None:
    """Internal and embargoed values are for computation: neither value nor bounds reach a page."""
    seen = figure(a_cell("A", conf_status))

    assert (seen.kind, seen.value, seen.lower, seen.upper) == (Kind.WITHHELD, None, None, None)
    assert not seen.has_bounds


def test_missing_is_not_withheld() -> None:
    """SDMX L: it exists and was not collected."""
    assert figure(a_cell("L", "F", OBS_VALUE=None, OBS_LOWER=0, OBS_UPPER=None)).kind is Kind.MISSING


def test_shades_follow_the_logarithm() -> None:
    """1, 10 and 100 are equally far apart; the ends are the lightest and the darkest of nine."""
    assert shades([Figure(Kind.EXACT, value, value, value) for value in (1, 10, 100)]) == {
        1: 1,
        10: 5,
        100: 9,
    }


def test_only_exact_positive_values_are_shaded() -> None:
    """A withheld figure has no colour that could be read back."""
    withheld = Figure(Kind.WITHHELD, None, 0, 99)

    assert shades([None, NOT_SHARED, withheld, Figure(Kind.ZERO, 0, 0, 0)]) == {}
    assert shades([Figure(Kind.EXACT, 3, 3, 3), withheld]) == {3: 5}
