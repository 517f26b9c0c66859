"""schemas.check: empty values and their status, and measures that are not cut."""

from __future__ import annotations

import pytest

from tests.support.figures import checked


@pytest.mark.parametrize("status", [None, "A", "P", "E"])
def test_an_empty_value_without_a_reason_is_refused(status: str | None) -> None:
    """A normal, provisional or estimated value is a value."""
    result = checked(("N_STR", None, "2020", None, status))

    assert result.totals == {"value.required": 1}
    assert (result.violations[0].row, result.violations[0].column) == (2, "OBS_VALUE")


@pytest.mark.parametrize("status", ["H", "K", "L", "M", "O", "Q", "J"])
def test_an_empty_value_whose_status_says_why_is_accepted(status: str) -> None:
    """Missing, impossible, withheld, counted elsewhere, excused: the row stays with an empty value."""
    result = checked(("N_STR", " ", "2020", None, status))

    assert result.is_clean
    assert result.accepted.column("OBS_VALUE").to_pylist() == [None]


@pytest.mark.parametrize("status", ["H", "K", "L", "M", "O", "Q"])
def test_a_value_whose_status_says_there_is_none_is_refused(status: str) -> None:
    """One of the two is wrong, and which is not guessed."""
    result = checked(("N_STR", "5", "2020", None, status))

    (violation,) = result.violations
    assert (violation.rule, violation.column, violation.value) == ("value.status", "OBS_VALUE", "5")
    assert violation.params == {"status": status}


def test_a_status_that_is_itself_unknown_is_reported_alone() -> None:
    """What it would have excused is not known."""
    assert checked(("N_STR", None, "2020", None, "?")).totals == {"code.unknown": 1}


def test_a_measure_that_is_not_cut_gives_the_total_only() -> None:
    """Reports disseminated are not broken down by channel here; reports received are."""
    result = checked(("N_DISS", "5", "2020", "CASH"), ("N_DISS", "5"), ("N_STR", "5", "2021", "CASH"))

    (violation,) = result.violations
    assert (violation.rule, violation.severity) == ("combination.not_allowed", "error")
    assert (violation.row, violation.column, violation.value) == (2, "CHANNEL", "CASH")
    assert violation.params == {"supported": ["_T"], "measure": "N_DISS"}
