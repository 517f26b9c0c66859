"""Limits: one frozen place, and no limit that contradicts another."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from exchange.limits import DEFAULT, Limits


def test_limits_cannot_be_changed_in_place() -> None:
    """A running node cannot have its bounds widened by an assignment."""
    with pytest.raises(FrozenInstanceError):
        DEFAULT.max_parts = 65  # type: ignore[misc]


@pytest.mark.parametrize("value", [0, -1, 1.5, True, None])
def test_a_limit_is_a_positive_whole_number(value: object) -> None:
    """Zero, a fraction, a truth value and nothing are not bounds."""
    with pytest.raises(ValueError, match="max_columns"):
        replace(DEFAULT, max_columns=value)


def test_a_record_must_be_able_to_hold_the_largest_manifest() -> None:
    """A manifest of 3 MiB is 4 MiB in base64, which a record of 2 MiB cannot hold."""
    with pytest.raises(ValueError, match="max_record_bytes"):
        Limits(max_manifest_bytes=3 * 1024 * 1024)


def test_an_answer_must_be_able_to_hold_the_largest_record() -> None:
    """A record that is allowed but fits into no answer could never be fetched."""
    with pytest.raises(ValueError, match="max_records_response_bytes"):
        replace(DEFAULT, max_records_response_bytes=2 * 1024 * 1024)
