"""For operators and auditors: the exchange with each peer, verification, the audit chain, and health."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from node.access import Action
from node.api import cursors
from node.api.dependencies import Wiring, context, moment, wiring
from node.api.listings import Listing, list_entry, listing
from node.api.models import AuditLine, Peer, SyncReport, Verification
from node.api.routing import Entry, family
from node.api.session import require
from node.audit import AuditEntry
from node.errors import NotFound
from node.services import indicators
from node.services import sync as sync_service
from node.services import verify as verify_service
from node.services.context import Context
from node.services.members import peer_codes
from node.services.views import exchange as views
from node.services.views.registry import RegistryView, registry_level
from node.services.views.witnessing import WitnessView


def routes() -> APIRouter:
    """Give the routes."""
    return family(
        "operations",
        (
            Entry(
                "GET", "/exchange", exchange_status, require(Action.READ_EXCHANGE), "How the exchange stands"
            ),
            Entry("POST", "/exchange/sync", synchronise, require(Action.SYNCHRONISE), "Synchronise now"),
            Entry("POST", "/verify", verify, require(Action.VERIFY), "Verify everything held"),
            list_entry(
                "/audit", audit, require(Action.READ_AUDIT), "The audit chain, newest first", AuditLine
            ),
        ),
    )


def health_routes() -> APIRouter:
    """Give the routes that tell a supervisor whether to restart this process, or to send people to it."""
    return family(
        "health",
        (
            Entry("GET", "/healthz", alive, None, "Is the process alive"),
            Entry("GET", "/readyz", ready, None, "Can the node work"),
        ),
    )


def exchange_status(ctx: Context = Depends(context), now: datetime = Depends(moment)) -> dict[str, Any]:
    """Give every peer's rung on the ladder with the reason, and whether its indicators agree with ours."""
    status = views.exchange_status(ctx, now)
    return {
        "member": ctx.member,
        "has_registry": status.has_registry,
        "log_size": status.own.size,
        "models": [
            {
                "model": run.model_id,
                "model_version": run.model_version,
                "view": run.view_id,
                "result_digest": run.result_digest,
            }
            for run in status.own.runs
        ],
        "view_is_current": indicators.is_current(ctx, now) if status.has_registry else False,
        "agreeing": status.agreeing,
        "registry": _registry(status.registry),
        "peers": [_peer(row) for row in status.peers],
        "witnessing": _witnessing(status.witnessing),
        "computed_again": {
            "results": status.reruns.results,
            "newest": [asdict(one) for one in status.reruns.newest],
            "incidents": [
                {**asdict(one.rerun), "inputs": list(one.inputs)} for one in status.reruns.incidents
            ],
        },
    }


def synchronise(sent: Peer, wired: Wiring = Depends(wiring), now: datetime = Depends(moment)) -> SyncReport:
    """Run one cycle with a peer and wait for its end; a failure is told in the answer, with its name."""
    if sent.peer not in peer_codes(wired.ctx, now):
        raise NotFound(
            "There is no such active peer", detail=sent.peer, hint="See the exchange status for their codes."
        )
    return SyncReport.of(sync_service.sync_peer(wired.ctx, sent.peer, holder=wired.holder, now=now))


def verify(ctx: Context = Depends(context)) -> Verification:
    """Verify own log, bundles, own sources, audit chain and indicators; nothing is repaired."""
    return Verification.of(verify_service.verify(ctx))


def audit(asked: Listing = Depends(listing), ctx: Context = Depends(context)) -> Response:
    """Give the newest entries first; each carries the digest of the one before it."""

    def newest() -> list[AuditEntry]:
        before = None if asked.cursor is None else -int(cursors.read("audit", asked.cursor, (int,))[0])
        # one more than is given: it tells whether anything follows
        return ctx.audit.entries(newest_first=True, limit=asked.limit + 1, before=before)

    return asked.answer("audit", newest, AuditLine.of, lambda one: (-one.sequence,), (int,))


async def alive() -> dict[str, str]:
    """Answer, without touching anything that could be slow."""
    return {"status": "alive"}


def ready(ctx: Context = Depends(context), now: datetime = Depends(moment)) -> dict[str, str]:
    """Answer if the store can be read, with how soon the registry ends; raises Unavailable if it cannot."""
    ctx.ledger.head()
    return {"status": "ready", "registry": registry_level(ctx, now)}


def _registry(view: RegistryView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    return {
        "versions": dict(view.versions),
        "ends": dict(view.ends),
        "ends_soon": [asdict(one) for one in view.endings],
        "definitions_differ": [asdict(one) for one in view.differences],
    }


def _witnessing(view: WitnessView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    return {
        "quorum": view.quorum,
        "witnessed_by": list(view.witnessed_by),
        "not_yet": list(view.unasked),
        "evidence": [
            {
                "number": one.evidence_id,
                "member": one.code,
                "error": one.error,
                "shown_by": one.reporter,
                "found_at": one.found_at,
                "is_open": one.settled_at is None,
            }
            for one in view.evidence
        ],
    }


def _peer(row: views.PeerRow) -> dict[str, Any]:
    status, agreement = row.status, row.agreement
    return {
        "code": row.code,
        "standing": row.standing,
        "last_attempt_at": status.last_attempt_at,
        "last_success_at": status.last_success_at,
        "failure": status.failure,
        "failure_class": status.failure_class,
        "detail": status.detail,
        "hint": status.hint,
        "log_size": row.log_size,
        "live_bundles": row.live_bundles,
        "newest_at": row.newest_at,
        "refusals": row.refusals,
        "agreement": agreement.verdict if agreement is not None else "unknown",
        "agreements": {one.model_id: one.verdict for one in row.agreements},
        "lacks": list(agreement.lacks) if agreement is not None else [],
        "extra": list(agreement.extra) if agreement is not None else [],
    }
