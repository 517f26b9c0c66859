"""What a panel stands on: how old, from whom, verified by what.

Invariants: evidence is counted from the very bundles the panel's figures came from, never from all that is
held; a peer that could not be reached is named, not averaged away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from node.ports.ledger import Bundle
from node.services.views.standing import Roll


@dataclass(frozen=True, slots=True)
class Evidence:
    """Data age, coverage and verification state of one panel.

    The age has two sides: which periods the figures speak of, and when they were released.

    `covered` are the members whose bundles were used, of `expected`. `fewest_signatures` is the smallest
    number of valid signatures on any of the bundles; every bundle held was verified before it was committed.
    `fewest_witnesses` is the smallest number of members, other than the bundle's own, that have seen its entry in the
    log, this node included.
    """

    bundles: tuple[Bundle, ...]
    covered: tuple[str, ...]
    expected: tuple[str, ...]
    behind: tuple[str, ...]
    first_period: str
    last_period: str
    newest_at: datetime | None
    oldest_at: datetime | None
    verified_at: datetime | None
    fewest_signatures: int
    fewest_witnesses: int
    first_vintage: int
    last_vintage: int

    @property
    def dataflows(self) -> tuple[str, ...]:
        """The dataflows of the bundles, in order of their names."""
        return tuple(sorted({bundle.dataflow_id for bundle in self.bundles}))

    @property
    def absent(self) -> tuple[str, ...]:
        """The members without a bundle in this panel."""
        return tuple(code for code in self.expected if code not in self.covered)


def evidence(bundles: Iterable[Bundle], roll: Roll, *, expected: Sequence[str] | None = None) -> Evidence:
    """Sum up the bundles of a panel; `expected` are the members it speaks of (default: all)."""
    used = tuple(sorted(bundles, key=lambda bundle: (bundle.originator, bundle.log_index)))
    wanted = tuple(expected) if expected is not None else roll.members
    return Evidence(
        bundles=used,
        covered=tuple(sorted({bundle.originator for bundle in used})),
        expected=wanted,
        behind=tuple(code for code in roll.behind if code in wanted),
        first_period=min((bundle.first_period for bundle in used), default=""),
        last_period=max((bundle.last_period for bundle in used), default=""),
        newest_at=max((bundle.released_at for bundle in used), default=None),
        oldest_at=min((bundle.released_at for bundle in used), default=None),
        verified_at=max((bundle.committed_at for bundle in used), default=None),
        fewest_signatures=min((len(bundle.signed_by) for bundle in used), default=0),
        fewest_witnesses=min((len(witnesses(bundle, roll)) for bundle in used), default=0),
        first_vintage=min((bundle.vintage for bundle in used), default=0),
        last_vintage=max((bundle.vintage for bundle in used), default=0),
    )


def witnesses(bundle: Bundle, roll: Roll) -> tuple[str, ...]:
    """Give the members, other than its own, that have seen a bundle's entry in the log, in order of code."""
    own = {roll.own} - {bundle.originator}  # it was read here, or it would not be held
    reached = {code for code, size in roll.seen.get(bundle.originator, {}).items() if size > bundle.log_index}
    return tuple(sorted(own | reached - {bundle.originator}))


def named(bundles: Iterable[Bundle], digests: Collection[str | None]) -> list[Bundle]:
    """Keep the bundles whose digest is among those a panel used."""
    return [bundle for bundle in bundles if bundle.digest in digests]
