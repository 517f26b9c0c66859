"""Keeping the mirror of the registry fresh."""

from __future__ import annotations

from datetime import datetime

from node.audit import AuditEvent
from node.services.context import Context


def refresh(ctx: Context, now: datetime) -> str:
    """Refresh the mirror from any peer that answers; gives what changed in words, which also go to the audit log.

    Raises:
        ExchangeError, NodeError: no peer answered, or what came was not signed as the trusted root demands.
    """
    before = ctx.directory.membership()
    outcome = ctx.directory.refresh(now)
    if ctx.directory.membership() != before:
        ctx.audit.append(AuditEvent("registry.changed", ctx.member, "membership", now, {"outcome": outcome}))
    return outcome
