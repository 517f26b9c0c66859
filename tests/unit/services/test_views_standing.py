"""The ladder of silence: fresh within two intervals, late within a day or ten intervals, then frozen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exchange.errors import Failure
from node.ports.peers import PeerStatus, Standing
from node.services.views.standing import standing

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
QUARTER_HOUR_S = 900
FOUR_HOURS_S = 4 * 3600


@pytest.mark.parametrize(
    ("silence", "interval_s", "expected"),
    [
        (timedelta(minutes=30), QUARTER_HOUR_S, Standing.FRESH),
        (timedelta(minutes=30, seconds=1), QUARTER_HOUR_S, Standing.LATE),
        (timedelta(hours=24), QUARTER_HOUR_S, Standing.LATE),
        (timedelta(hours=24, seconds=1), QUARTER_HOUR_S, Standing.FROZEN),
        (timedelta(hours=40), FOUR_HOURS_S, Standing.LATE),
        (timedelta(hours=40, seconds=1), FOUR_HOURS_S, Standing.FROZEN),
    ],
)
def test_silence_is_measured_against_the_interval(
    silence: timedelta, interval_s: int, expected: Standing
) -> None:
    """Both edges of every rung; with long intervals ten of them are more than a day."""
    status = PeerStatus("RU", last_attempt_at=NOW, last_success_at=NOW - silence)

    assert standing(status, now=NOW, sync_interval_s=interval_s) is expected


def test_a_failed_attempt_does_not_count_as_success() -> None:
    """A peer that is asked every minute and never answers still grows late."""
    status = PeerStatus("RU", NOW, NOW - timedelta(hours=3), "peer_down", Failure.RETRY.value)

    assert standing(status, now=NOW, sync_interval_s=60) is Standing.LATE


def test_an_alarm_quarantines_however_fresh_the_last_success_is() -> None:
    """Signed statements that contradict each other do not wait for a clock."""
    status = PeerStatus("RU", NOW, NOW, "equivocation", Failure.ALARM.value)

    assert standing(status, now=NOW, sync_interval_s=60) is Standing.QUARANTINED


def test_before_the_first_success_nothing_is_claimed() -> None:
    """Never is not fresh and not frozen."""
    assert standing(PeerStatus("RU"), now=NOW, sync_interval_s=60) is Standing.NEVER
