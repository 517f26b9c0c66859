"""Keeping the mirror of the registry fresh."""

from __future__ import annotations

from datetime import datetime

from node.audit import AuditEvent
from node.ports.work import Said
from node.services.context import Context

KEPT = frozenset({"snapshot", "timestamp"})


def refresh(ctx: Context, now: datetime) -> Said:
    """Refresh the mirror from any peer that answers; gives what changed, which also goes to the audit log.

    Raises:
        ExchangeError, NodeError: no peer answered, or what came was not signed as the trusted root demands.
    """
    before = signed_versions(ctx)
    outcome = ctx.directory.refresh(now)
    after = signed_versions(ctx)
    if after != before:
        changed = ", ".join(role for role in after if after[role] != before.get(role))
        ctx.audit.append(AuditEvent("registry.changed", ctx.member, changed, now, {"outcome": str(outcome)}))
    return outcome


def signed_versions(ctx: Context) -> dict[str, int]:
    """Give the version of each document that people sign; raises Unavailable before the node joined."""
    versions = ctx.directory.standing().versions
    return {role: version for role, version in versions.items() if role not in KEPT}
