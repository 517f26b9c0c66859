"""schemas.check: parts against their total."""

from __future__ import annotations

import pytest

from tests.support.figures import checked

# Of CL_CHANNEL: neither has a parent, so both are parts of the total.
CASH, CARD = "CASH", "CARD"


def test_parts_that_exceed_their_total_are_refused_at_the_total() -> None:
    """60 and 50 are more than 100; the row of the total names all three rows and the sum."""
    result = checked(
        ("N_STR", "60", "2020", CASH), ("N_STR", "100", "2020", "_T"), ("N_STR", "50", "2020", CARD)
    )

    (violation,) = result.violations
    assert (violation.rule, violation.severity) == ("balance.exceeds_total", "error")
    assert (violation.row, violation.column, violation.value) == (3, "OBS_VALUE", "100")
    assert violation.params == {"rows": [2, 3, 4], "count": 3, "sum": "110"}
    assert result.refused_rows == {3}
    assert result.accepted.num_rows == 2


def test_parts_that_do_not_reach_their_total_are_a_warning() -> None:
    """Something may be missing; the row stays. Money is shown as money."""
    result = checked(("V_FROZ", "100.50", "2020", "_T"), ("V_FROZ", "60.25", "2020", CASH))

    (violation,) = result.violations
    assert (violation.rule, violation.severity, violation.row) == ("balance.below_total", "warning", 2)
    assert (violation.value, violation.params["sum"]) == ("100.50", "60.25")
    assert result.accepted.num_rows == 2


@pytest.mark.parametrize("residual", ["_O", "_U", "_X"])
def test_a_residual_is_a_part(residual: str) -> None:
    """Other, unknown and not allocated make the sum whole."""
    assert checked(
        ("N_STR", "100", "2020", "_T"), ("N_STR", "60", "2020", CASH), ("N_STR", "40", "2020", residual)
    ).is_clean


def test_groups_are_kept_apart() -> None:
    """A part of another year or of another measure is no part here."""
    assert checked(
        ("N_STR", "100", "2020", "_T"),
        ("N_STR", "100", "2020", CASH),
        ("N_STR", "900", "2021", CASH),
        ("V_FROZ", "900", "2020", CASH),
    ).is_clean


def test_a_part_that_is_not_known_makes_no_sum_too_small() -> None:
    """A missing part, and a part whose cell is refused, leave the sum open below and not above."""
    below = checked(
        ("N_STR", "100", "2020", "_T"), ("N_STR", "60", "2020", CASH), ("N_STR", None, "2020", CARD, "L")
    )
    refused = checked(
        ("N_STR", "100", "2020", "_T"), ("N_STR", "60", "2020", CASH), ("N_STR", "x", "2020", CARD)
    )
    above = checked(
        ("N_STR", "50", "2020", "_T"), ("N_STR", "60", "2020", CASH), ("N_STR", None, "2020", CARD, "L")
    )

    assert below.is_clean
    assert refused.totals == {"count.not_integer": 1}
    assert above.totals == {"balance.exceeds_total": 1}


def test_parts_without_a_total_are_not_compared() -> None:
    """Nothing is said about a figure that was not given."""
    assert checked(("N_STR", "60", "2020", CASH), ("N_STR", "60", "2020", CARD)).is_clean


def test_a_part_has_the_parent_of_its_list() -> None:
    """Virtual assets between two persons are a part of virtual assets, not of the total."""
    (violation,) = checked(
        ("N_STR", "10", "2020", "VA"), ("N_STR", "11", "2020", "VA_P2P"), ("N_STR", "10", "2020", "_T")
    ).violations

    assert (violation.row, violation.params["rows"]) == (2, [2, 3])


def test_medians_are_not_added_up() -> None:
    """Days of parts are no parts of days."""
    assert checked(
        ("D_DISS_MED", "30", "2020", "_T"),
        ("D_DISS_MED", "20", "2020", CASH),
        ("D_DISS_MED", "20", "2020", CARD),
    ).is_clean


def test_a_repeated_part_is_a_duplicate_and_not_also_a_sum() -> None:
    """One fault is reported once."""
    assert checked(
        ("N_STR", "60", "2020", "_T"), ("N_STR", "60", "2020", CASH), ("N_STR", "60", "2020", CASH)
    ).totals == {"key.duplicate": 2}


def test_sums_beyond_sixty_four_bits_are_added_exactly() -> None:
    """Amounts at the limit of money, in every part there is."""
    parts = [("V_FROZ", "100000000000000", "2020", code) for code in (CASH, CARD, "_O", "_U")]

    (violation,) = checked(("V_FROZ", "1", "2020", "_T"), *parts).violations
    assert violation.params["sum"] == "400000000000000.00"
