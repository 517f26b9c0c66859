"""What was released for which period: dataflows, members and periods, every gap with its reason.

Invariants: only what this node was sent is counted, so a release addressed to others shows as nothing at all, and
nobody's audience can be read from the page; a period counts as due for a member once another member has released it;
a choice that would show nothing is not offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from node.ports.ledger import Bundle, live
from node.services.context import Context
from node.services.views.covered import Counts, counted
from node.services.views.evidence import Evidence, evidence
from node.services.views.standing import Roll, roll
from schemas import registry
from schemas.period import Frequency, TimePeriod

PERIODS_SHOWN = 24
NOTHING = Counts()


class State(StrEnum):
    """What there is of a period, the first that holds."""

    RELEASED = "released"
    RETRACTED = "retracted"  # it was released, and taken back since
    SUPERSEDED = "superseded"  # it was released, and a later vintage has it no more
    LATE = "late"  # later than the member's newest period, and another member has released it
    ABSENT = "absent"  # nothing that this node was sent


@dataclass(frozen=True, slots=True)
class Square:
    """One period of one member and dataflow. is_revised: a later vintage replaced an earlier one.

    bundle: digest of the newest bundle behind it, None where there is none.
    """

    time_period: str
    state: State
    counts: Counts = NOTHING
    is_revised: bool = False
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One member and dataflow. newest: its newest period in force, "" without one; behind: periods it is late with."""

    member: str
    dataflow: str
    newest: str
    released_at: datetime | None
    vintage: int
    counts: Counts
    behind: int
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The page: for one dataflow a row a member, for one member a row a dataflow.

    periods: as columns, the newest first; earlier, later: where the columns before and after end, "" without any.
    unread: of each peer's log, how many entries are no record that this node was sent.
    """

    dataflows: tuple[str, ...]
    members: tuple[str, ...]
    frequencies: tuple[Frequency, ...]
    dataflow: str
    member: str
    frequency: Frequency
    periods: tuple[str, ...]
    earlier: str
    later: str
    rows: tuple[CoverageRow, ...]
    unread: Mapping[str, int]
    evidence: Evidence

    @property
    def address(self) -> dict[str, str]:
        """What is chosen, as it stands in the address."""
        return {"dataflow": self.dataflow, "member": self.member, "frequency": self.frequency}


def coverage(ctx: Context, wanted: Mapping[str, str], now: datetime) -> Coverage:
    """Give the coverage of the wanted member, or of the wanted dataflow, or of the first one there is."""
    present = roll(ctx, now)
    held = ctx.ledger.bundles()
    flows = {bundle.dataflow_id for bundle in held}
    dataflows = tuple(flow.id for flow in registry.dataflows() if flow.id in flows)
    members = tuple(code for code in present.members if any(one.originator == code for one in held))
    member = wanted.get("member", "") if wanted.get("member") in members else ""
    dataflow = "" if member else _chosen(dataflows, wanted.get("dataflow", ""))
    pairs = (
        [(member, flow) for flow in dataflows] if member else [(code, dataflow) for code in present.members]
    )
    found = {flow: counted(ctx, flow) for _, flow in pairs if flow}
    every = _frequencies(period for by_place in found.values() for _, period in by_place)
    frequency = _chosen_frequency(every, wanted.get("frequency", ""))
    due = {flow: _of(frequency, (period for _, period in found[flow])) for flow in found}
    columns = sorted({period for periods in due.values() for period in periods}, reverse=True)
    shown, earlier, later = _page(columns, wanted.get("until", ""))
    chosen = [one for one in held if (not member or one.originator == member) and one.dataflow_id in found]
    return Coverage(
        dataflows=dataflows,
        members=members,
        frequencies=every,
        dataflow=dataflow,
        member=member,
        frequency=frequency,
        periods=shown,
        earlier=earlier,
        later=later,
        rows=tuple(_row(pair, chosen, found[pair[1]], due[pair[1]], shown) for pair in pairs if pair[1]),
        unread={code: unread(ctx, code, held) for code in present.peers},
        evidence=_evidence(chosen, present, member),
    )


def unread(ctx: Context, code: str, held: Sequence[Bundle]) -> int:
    """Give how many entries of a peer's log are no record that this node has read: it was not sent them."""
    read = {one.log_index for one in held if one.originator == code}
    read |= {one.log_index for one in ctx.ledger.attestations(code)}
    read |= {one.log_index for one in ctx.records.retractions(code)}
    read |= {one.receipt_index for one in ctx.records.receipts() if one.member == code}
    read |= {one.log_index for one in ctx.records.notices() if one.originator == code}
    read |= {one.log_index for one in ctx.typologies.records(code)}
    read |= {one.log_index for one in ctx.peers.refusals(code) if one.log_index is not None}
    return max(0, ctx.peers.state(code).seen.frontier.size - len(read))


def _chosen(options: Sequence[str], wanted: str) -> str:
    return wanted if wanted in options else (options[0] if options else "")


def _chosen_frequency(options: Sequence[Frequency], wanted: str) -> Frequency:
    return next((one for one in options if one == wanted), options[0] if options else "A")


def _frequencies(periods: Iterable[str]) -> tuple[Frequency, ...]:
    held = {TimePeriod.parse(period).freq for period in set(periods)}
    every: tuple[Frequency, ...] = ("A", "Q", "M")
    return tuple(one for one in every if one in held)


def _of(frequency: Frequency, periods: Iterable[str]) -> set[str]:
    return {period for period in set(periods) if TimePeriod.parse(period).freq == frequency}


def _page(columns: Sequence[str], until: str) -> tuple[tuple[str, ...], str, str]:
    """Give the columns up to a period, and where those before and after them end."""
    start = next((place for place, period in enumerate(columns) if period <= until), 0) if until else 0
    end = start + PERIODS_SHOWN
    earlier = columns[end] if end < len(columns) else ""
    later = columns[max(0, start - PERIODS_SHOWN)] if start else ""
    return tuple(columns[start:end]), earlier, later


def _row(
    pair: tuple[str, str],
    held: Sequence[Bundle],
    found: Mapping[tuple[str, str], Counts],
    due: set[str],
    shown: Sequence[str],
) -> CoverageRow:
    member, dataflow = pair
    own = [one for one in held if (one.originator, one.dataflow_id) == pair]
    has = {period for code, period in found if code == member} & due
    newest = max(has, default="")
    in_force = live(own)
    return CoverageRow(
        member=member,
        dataflow=dataflow,
        newest=newest,
        released_at=max((one.released_at for one in in_force), default=None),
        vintage=max((one.vintage for one in in_force), default=0),
        counts=sum((found[member, period] for period in has), Counts()),
        behind=sum(period > newest for period in due) if newest else len(due),
        squares=tuple(_square(period, own, found.get((member, period)), newest) for period in shown),
    )


def _square(period: str, own: Sequence[Bundle], counts: Counts | None, newest: str) -> Square:
    of_period = [one for one in own if one.first_period <= period <= one.last_period]
    replaced = [one for one in of_period if one.superseded_by is not None]
    retracted = [one for one in of_period if one.retracted_by is not None]
    if counts is not None:
        return Square(
            period, State.RELEASED, counts, is_revised=bool(replaced), bundle=_newest(live(of_period))
        )
    if retracted:
        return Square(period, State.RETRACTED, bundle=_newest(retracted))
    if replaced:
        return Square(period, State.SUPERSEDED, bundle=_newest(replaced))
    return Square(period, State.LATE if period > newest and newest else State.ABSENT)


def _newest(bundles: Sequence[Bundle]) -> str | None:
    return max(bundles, key=lambda one: one.log_index).digest if bundles else None


def _evidence(chosen: Sequence[Bundle], present: Roll, member: str) -> Evidence:
    return evidence(live(chosen), present, expected=(member,) if member else None)
