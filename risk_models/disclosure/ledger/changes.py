"""What the last release revises: every value that an earlier one had for a key, beside the new one.

Invariants: a value that came back is compared with all others and not with itself; order is that of keys, then of
releases. Which of these differences are of too few records is for those to say who have the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from risk_models.disclosure.ledger.released import Key, Released


@dataclass(frozen=True, slots=True)
class Change:
    """A key whose value in release `earlier` (by number, the latest that had it) is not that of the last one."""

    key: Key
    earlier: int
    before: int
    after: int


def changes(releases: Sequence[Released]) -> tuple[Change, ...]:
    """Return what the last release changes against those of its dataflow before it, each former value once."""
    *before, last = releases
    found: list[Change] = []
    for key in sorted(last.keys):
        after = last.value(key)
        if after is None:
            continue
        former: dict[int, int] = {}
        for number, release in enumerate(before):
            value = release.value(key) if release.dataflow == last.dataflow else None
            if value is not None:
                former[value] = number
        found.extend(
            Change(key, number, value, after)
            for value, number in sorted(former.items(), key=lambda pair: pair[1])
            if value != after
        )
    return tuple(found)
