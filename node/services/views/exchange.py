"""How the exchange with each peer stands, in codes that the pages put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.registry.expiry import Ending, endings
from exchange.statement import Statement, statement_of
from node.errors import Unavailable
from node.ports.ledger import Bundle, live
from node.ports.peers import HeldRefusal, PeerStatus, Standing
from node.ports.records import HeldNotice
from node.ports.work import IndicatorRun, JobRun
from node.services.context import Context
from node.services.indicators import AgreementRow, agreement, gravest, shown
from node.services.members import active_members
from node.services.views.answers import Answers, answers
from node.services.views.registry import RegistryView, registry_view
from node.services.views.reruns import RerunView, rerun_view
from node.services.views.standing import Roll, roll
from node.services.views.witnessing import WitnessView, witness_view

REFUSALS_SHOWN = 50
JOBS_SHOWN = 20
NOTICES_SHOWN = 20
NO_ANSWERS = Answers(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PeerRow:
    """One peer: ladder, last outcome, how much of its log was witnessed, what is held from it.

    agreements: one row a model; none without a valid registry. waiting: records of its log that are read later;
    shelved: records that need a newer version of this node. answers: what it said of our releases.
    """

    code: str
    standing: Standing
    status: PeerStatus
    log_size: int
    live_bundles: int
    newest_at: datetime | None
    refusals: int
    agreements: tuple[AgreementRow, ...]
    waiting: int
    shelved: int
    answers: Answers

    @property
    def agreement(self) -> AgreementRow | None:
        """The row of the model that asks for most attention."""
        return gravest(self.agreements).get(self.code)


@dataclass(frozen=True, slots=True)
class OwnLog:
    """This node's own log and newest computations, one a model."""

    size: int
    live_bundles: int
    newest_at: datetime | None
    runs: tuple[IndicatorRun, ...]


@dataclass(frozen=True, slots=True)
class ExchangeStatus:
    """The exchange page. `has_registry` is False while no valid registry of members is held.

    statements: what notices say of scores, by the notice's digest.
    """

    has_registry: bool
    own: OwnLog
    peers: tuple[PeerRow, ...]
    refusals: tuple[HeldRefusal, ...]
    notices: tuple[HeldNotice, ...]
    statements: Mapping[str, Statement]
    jobs: tuple[JobRun, ...]
    registry: RegistryView | None
    certificates: tuple[Ending, ...]
    witnessing: WitnessView | None
    reruns: RerunView

    @property
    def agreeing(self) -> int:
        """How many peers computed the same digests from the same bundles."""
        return sum(row.agreement is not None and row.agreement.verdict == "agree" for row in self.peers)


def exchange_status(ctx: Context, now: datetime) -> ExchangeStatus:
    """Give the ladder of every peer with the reason for its rung."""
    present = roll(ctx, now)
    agreements = _agreements(ctx)
    bundles = live(ctx.ledger.bundles())
    known = _Known(present, bundles, agreements or (), answers(ctx))
    head = ctx.ledger.head()
    own = [bundle for bundle in bundles if bundle.originator == ctx.member]
    notices = tuple(ctx.records.notices(NOTICES_SHOWN))
    return ExchangeStatus(
        has_registry=agreements is not None,
        own=OwnLog(head.size if head else 0, len(own), _newest(own), _runs(ctx)),
        peers=tuple(_peer(ctx, code, known) for code in present.peers),
        refusals=tuple(ctx.peers.refusals()[:REFUSALS_SHOWN]),
        notices=notices,
        statements={held.digest: said for held in notices if (said := statement_of(held.notice)) is not None},
        jobs=tuple(ctx.jobs.history(JOBS_SHOWN)),
        registry=registry_view(ctx, now),
        certificates=_certificates(ctx, now),
        witnessing=witness_view(ctx, now),
        reruns=rerun_view(ctx),
    )


def agreements_by_code(ctx: Context) -> dict[str, AgreementRow]:
    """Give the gravest of what each peer's newest attestations say beside our runs; none without a valid registry."""
    return gravest(_agreements(ctx) or ())


def _agreements(ctx: Context) -> list[AgreementRow] | None:
    try:
        return agreement(ctx)
    except Unavailable:
        return None


def _runs(ctx: Context) -> tuple[IndicatorRun, ...]:
    runs = (shown(ctx, model.id) for model in ctx.models)
    return tuple(run for run in runs if run is not None)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is looked up once for all peers."""

    present: Roll
    bundles: list[Bundle]
    agreements: Sequence[AgreementRow]
    answers: Mapping[str, Answers]


def _peer(ctx: Context, code: str, known: _Known) -> PeerRow:
    state = ctx.peers.state(code)
    held = [bundle for bundle in known.bundles if bundle.originator == code]
    return PeerRow(
        code=code,
        standing=known.present.standings[code],
        status=ctx.peers.status(code),
        log_size=state.seen.frontier.size,
        live_bundles=len(held),
        newest_at=_newest(held),
        refusals=len(ctx.peers.refusals(code)),
        agreements=tuple(row for row in known.agreements if row.code == code),
        waiting=len(state.pending),
        shelved=len(state.shelved),
        answers=known.answers.get(code, NO_ANSWERS),
    )


def _certificates(ctx: Context, now: datetime) -> tuple[Ending, ...]:
    """Give the members whose certificate ends soon, the earliest first; `role` is the member's code."""
    try:
        members = active_members(ctx, now)
    except Unavailable:
        return ()
    return endings({one.code: one.transport.expires_at for one in members if one.transport}, now)


def _newest(bundles: list[Bundle]) -> datetime | None:
    return max((bundle.released_at for bundle in bundles), default=None)
