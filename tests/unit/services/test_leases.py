"""A lease lasts as long as the work it guards, and not much longer than the process that had it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

import pytest

from node.errors import Unavailable
from node.services import leases
from tests.support.builders import NOON

WAITS_S = 10


@dataclass
class Jobs:
    """A store that answers each asking in turn, and says when all were asked."""

    answers: list[bool | Unavailable]
    asked: list[datetime] = field(default_factory=list)
    given_back: list[str] = field(default_factory=list)
    all_asked: Event = field(default_factory=Event)

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Answer."""
        assert until == now + leases.LEASE
        self.asked.append(now)
        answer = self.answers[len(self.asked) - 1] if len(self.asked) <= len(self.answers) else True
        if len(self.asked) == len(self.answers):
            self.all_asked.set()
        if isinstance(answer, Unavailable):
            raise answer
        return answer

    def give_lease(self, name: str, holder: str) -> None:
        """Note it."""
        self.given_back.append(f"{name} {holder}")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renew every few milliseconds."""
    monkeypatch.setattr(leases, "RENEWED_EVERY", timedelta(milliseconds=5))


def test_work_that_goes_on_keeps_its_lease() -> None:
    """Each renewal counts on from the moment of taking; a busy database is asked again."""
    jobs = Jobs([True, True, Unavailable("Busy"), True])

    with leases.leased(jobs, "sync:KZ", "one", NOON) as is_ours:  # type: ignore[arg-type]
        assert is_ours
        assert jobs.all_asked.wait(WAITS_S)

    step = timedelta(milliseconds=5)
    assert jobs.asked[:4] == [NOON, NOON + step, NOON + 2 * step, NOON + 3 * step]
    assert jobs.given_back == ["sync:KZ one"]


def test_a_lease_that_another_has_is_neither_renewed_nor_given_back() -> None:
    """The block is told, and leaves the work alone."""
    jobs = Jobs([False])

    with leases.leased(jobs, "sync:KZ", "one", NOON) as is_ours:  # type: ignore[arg-type]
        assert not is_ours

    assert (jobs.asked, jobs.given_back) == ([NOON], [])


def test_a_lease_lost_to_another_is_not_taken_back() -> None:
    """A process that was suspended for longer than its lease stops renewing."""
    jobs = Jobs([True, False])

    with leases.leased(jobs, "sync:KZ", "one", NOON):  # type: ignore[arg-type]
        assert jobs.all_asked.wait(WAITS_S)
        assert not Event().wait(0.05)

    assert len(jobs.asked) == 2
