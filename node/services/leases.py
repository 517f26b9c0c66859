"""A lease for the length of a task: it ends with the task, or a minute after the process that had it died.

Invariants: a lease is short and renewed while the work goes on, so that a killed process holds up nobody for long;
a lease is a courtesy between processes: what they commit is guarded by comparing what they started from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread

from node.errors import NodeError
from node.ports.work import JobStore

LEASE = timedelta(seconds=60)
RENEWED_EVERY = timedelta(seconds=15)


@contextmanager
def leased(jobs: JobStore, name: str, holder: str, now: datetime) -> Iterator[bool]:
    """Hold lease `name` for the block; gives False, and holds nothing, where another process has it.

    `holder` names this process; `now` is the moment of taking, and renewals count on from it.
    """
    if not jobs.take_lease(name, holder, now=now, until=now + LEASE):
        yield False
        return
    ended = Event()
    renewing = Thread(target=_renew, args=(jobs, name, holder, now, ended), name=f"lease {name}", daemon=True)
    renewing.start()
    try:
        yield True
    finally:
        ended.set()
        renewing.join()
        jobs.give_lease(name, holder)


def _renew(jobs: JobStore, name: str, holder: str, now: datetime, ended: Event) -> None:
    """Renew until the work ended or another process has the lease (this one was suspended for longer than it)."""
    while not ended.wait(RENEWED_EVERY.total_seconds()):
        now += RENEWED_EVERY
        try:
            is_ours = jobs.take_lease(name, holder, now=now, until=now + LEASE)
        except NodeError:
            continue  # a busy database: three more renewals stand before the lease ends
        if not is_ours:
            return
