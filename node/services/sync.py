"""One cycle with one peer: refresh, check again what the peer checked, commit once, say how it went.

Invariants: a peer's own checks are never taken on trust; what fails here is kept as evidence and never becomes a
bundle; the peer's head and everything that came with it are one commit; one process at a time per peer.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

import pyarrow as pa

from exchange import sync as protocol
from exchange.cosignature import Quorum
from exchange.errors import ExchangeError, Failure
from exchange.reception import VerifiedRelease
from exchange.records import RecordKind
from exchange.sync import Refresh
from node.audit import AuditEvent
from node.errors import Conflict, NodeError, NotFound
from node.ports.ledger import Bundle, live
from node.ports.peers import Brought, HeldRefusal, PeerStatus
from node.services import evidence, witness
from node.services.arrivals import brought
from node.services.cells import bundle_cells
from node.services.context import Context
from node.services.holdings import NodeHoldings
from node.services.leases import leased
from node.services.pace import paced
from risk_models import disclosure
from schemas import registry
from schemas.arrow import conform
from schemas.canonical import canonical_json
from schemas.check import check
from schemas.errors import SchemaError
from schemas.release import Certificate

IN_PROGRESS = "in_progress"


@dataclass(frozen=True, slots=True)
class SyncOutcome:
    """How one cycle went and what it brought, counted by kind; failure: the stable name of what stopped it, or None."""

    code: str
    imported: int = 0
    attested: int = 0
    retracted: int = 0
    receipts: int = 0
    notices: int = 0
    typologies: int = 0
    refused: int = 0
    failure: str | None = None
    detail: str = ""


def sync_peer(ctx: Context, code: str, *, holder: str, now: datetime) -> SyncOutcome:
    """Run one cycle with a peer; `holder` names this process for the lease that keeps two from doing it at once."""
    with leased(ctx.jobs, f"sync:{code}", holder, now) as is_ours:
        if not is_ours:
            return SyncOutcome(code, failure=IN_PROGRESS, detail="another process synchronises this peer now")
        try:
            return _cycle(ctx, code, now)
        except ExchangeError as error:
            return _failed(ctx, code, error, now)
        except NodeError as error:
            return _stopped(ctx, code, error, now)


def _cycle(ctx: Context, code: str, now: datetime) -> SyncOutcome:
    membership = ctx.directory.membership()
    member = membership.member(code)
    before = ctx.peers.state(code)
    known = witness.known(ctx, code)
    channel = ctx.directory.channel(member)
    try:
        refresh = protocol.refresh(
            before,
            member,
            channel,
            ctx.objects.arriving_from(code),
            own_code=ctx.member,
            policy=membership.policy,
            holdings=NodeHoldings(ctx),
            limits=ctx.limits,
            now=now,
            quorum=Quorum.of(membership, code, now),
            known=known,
            version=version("irac-node"),
        )
    finally:
        channel.close()
    checked: list[Bundle | HeldRefusal] = []
    for release in refresh.releases:
        arrived = [bundle for bundle in checked if isinstance(bundle, Bundle)]
        checked.append(_check_again(ctx, release, arrived, now))
    found = brought(ctx, code, refresh, checked, now)
    if refresh.state != before:
        event = _synchronised(ctx, code, refresh, found, now)
        ctx.peers.commit_import(code, leaving=before, state=refresh.state, brought=found, event=event)
    ctx.peers.put_status(_next(ctx, _reached(code, refresh, now), refresh, now))
    return _counted(code, found)


def _counted(code: str, found: Brought) -> SyncOutcome:
    return SyncOutcome(
        code,
        imported=len(found.bundles),
        attested=len(found.attestations),
        retracted=len(found.retractions),
        receipts=len(found.receipts),
        notices=len(found.notices),
        typologies=len(found.typologies),
        refused=len(found.refusals),
    )


def _next(ctx: Context, status: PeerStatus, refresh: Refresh, now: datetime) -> PeerStatus:
    """When to look again: at once while there is more than one look reads, else at the usual pace."""
    before = ctx.peers.status(status.code)
    if refresh.clock_skew_s is None:  # nothing was to be read, so the peer was not asked for its time
        status = replace(status, clock_skew_s=before.clock_skew_s)
    if refresh.has_more:
        return replace(status, next_at=now)
    return paced(ctx, before, status, now)


def _reached(code: str, refresh: Refresh, now: datetime) -> PeerStatus:
    """The log was read to its end; records that could not be read yet are asked for again and said here."""
    skew = refresh.clock_skew_s
    status = PeerStatus(code, last_attempt_at=now, last_success_at=now, clock_skew_s=skew)
    waiting = [refusal for refusal in refresh.refused if refusal.is_pending]
    if not waiting:
        return status
    first = waiting[0]
    detail = f"{len(waiting)} record(s) wait; record {first.index}: {first.title}: {first.detail}"
    return replace(
        status, failure=first.name, failure_class=first.failure.value, detail=detail, hint=first.hint
    )


def _check_again(
    ctx: Context, release: VerifiedRelease, arrived: Sequence[Bundle], now: datetime
) -> Bundle | HeldRefusal:
    """Check the peer's cells against our own definitions, and its protection against all that is held of it.

    arrived: what this cycle brought before it.
    """
    manifest = release.manifest
    try:
        dataflow = registry.dataflow(manifest.dataflow.id)
        table = conform(release.table, dataflow.cells)
        certificate = Certificate.from_dict(manifest.certificate)
        broken = check(table, dataflow.cells, reporter=manifest.originator, first_row=1).totals
        unsafe = disclosure.recheck(table, certificate, dataflow, _held_of(ctx, release, arrived))
    except SchemaError as error:
        return _refusal(ctx, release, "structure_not_met", str(error), now)
    if broken:
        rules = ", ".join(f"{rule} ({count})" for rule, count in broken.items())
        return _refusal(ctx, release, "structure_not_met", rules, now)
    if unsafe:
        rules = "; ".join(f"{finding.rule}: {finding.detail}" for finding in unsafe[:5])
        return _refusal(ctx, release, "disclosure_recheck_failed", rules, now)
    return Bundle(
        digest=manifest.digest,
        originator=manifest.originator,
        log_index=release.index,
        dataflow_id=manifest.dataflow.id,
        first_period=manifest.time_range.first,
        last_period=manifest.time_range.last,
        vintage=manifest.vintage,
        audience=manifest.audience,
        supersedes=manifest.supersedes,
        envelope=ctx.objects.put(release.envelope),
        manifest=ctx.objects.put(manifest.to_bytes()),
        parts=tuple(part.digest for part in manifest.parts),
        signed_by=release.signed_by,
        released_at=manifest.created_at,
        committed_at=now,
        cells=dict(certificate.counts),
    )


def _held_of(ctx: Context, release: VerifiedRelease, arrived: Sequence[Bundle]) -> Iterator[pa.Table]:
    """Give the live tables of the same originator and dataflow that this node holds, oldest first, each when asked."""
    manifest = release.manifest
    known = [*ctx.ledger.bundles(originator=manifest.originator), *arrived]
    same = [bundle for bundle in live(known) if bundle.dataflow_id == manifest.dataflow.id]
    return (bundle_cells(ctx, bundle) for bundle in sorted(same, key=lambda bundle: bundle.log_index))


def _synchronised(ctx: Context, code: str, refresh: Refresh, found: Brought, now: datetime) -> AuditEvent:
    told = {
        "size": refresh.state.seen.frontier.size,
        "bundles": len(found.bundles),
        "retracted": len(found.retractions),
        "refused": len(found.refusals),
    }
    return AuditEvent("peer.synchronised", ctx.member, code, now, told)


def _refusal(ctx: Context, release: VerifiedRelease, error: str, detail: str, now: datetime) -> HeldRefusal:
    evidence = ctx.objects.put(release.envelope)
    manifest = release.manifest
    return HeldRefusal(
        manifest.originator,
        release.index,
        error,
        detail,
        evidence,
        now,
        kind=RecordKind.RELEASE.value,
        subject=manifest.digest,
    )


def _failed(ctx: Context, code: str, error: ExchangeError, now: datetime) -> SyncOutcome:
    """The exchange said no. An alarm is kept with its evidence, once, even though nothing was committed."""
    before = ctx.peers.status(code)
    if error.failure is Failure.ALARM and before.failure != error.name:
        ctx.peers.add_refusal(HeldRefusal(code, None, error.name, error.detail, _evidence(ctx, error), now))
        ctx.audit.append(AuditEvent("peer.alarm", ctx.member, code, now, {"error": error.name}))
    evidence.keep(ctx, code, error, reporter=code, now=now)
    status = replace(
        before,
        last_attempt_at=now,
        failure=error.name,
        failure_class=error.failure.value,
        detail=error.detail,
        hint=error.hint,
    )
    ctx.peers.put_status(paced(ctx, before, status, now))
    return SyncOutcome(code, failure=error.name, detail=error.detail)


def _evidence(ctx: Context, error: ExchangeError) -> str | None:
    """Keep the signed statements that contradict each other, word for word, where the error carries them."""
    notes = {name: note for name, note in error.context.items() if isinstance(note, bytes)}
    if not notes:
        return None
    return ctx.objects.put(
        canonical_json({name: base64.b64encode(note).decode("ascii") for name, note in notes.items()})
    )


def _stopped(ctx: Context, code: str, error: NodeError, now: datetime) -> SyncOutcome:
    """This node could not finish the cycle (disk full, another process committed first): the peer is not to blame."""
    failure_class = "retry" if isinstance(error, Conflict | NotFound) else "operator"
    before = ctx.peers.status(code)
    status = replace(
        before,
        last_attempt_at=now,
        failure=error.code,
        failure_class=failure_class,
        detail=f"{error.title}. {error.detail}".strip(),
        hint=error.hint,
    )
    ctx.peers.put_status(paced(ctx, before, status, now))
    return SyncOutcome(code, failure=error.code, detail=status.detail)
