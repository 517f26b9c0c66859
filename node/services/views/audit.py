"""The audit chain as an auditor reads it: newest first, with the proof that nothing is missing."""

from __future__ import annotations

from dataclasses import dataclass

from node.access import Action, Actor
from node.audit import AuditEntry, first_broken
from node.services.context import Context
from node.services.permission import permit

ENTRIES_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of entries. `broken_at` is the first entry that does not follow from its predecessor."""

    entries: tuple[AuditEntry, ...]
    total: int
    head: str
    broken_at: int | None
    older_before: int | None
    kinds: tuple[str, ...]
    kind: str


def audit(ctx: Context, actor: Actor, *, before: int | None = None, kind: str = "") -> AuditPage:
    """Read the whole chain once, check every link, and give the entries before a sequence number.

    Raises:
        Denied: the person is not an auditor.
    """
    permit(actor, Action.READ_AUDIT)
    chain = ctx.audit.entries()
    kinds = tuple(sorted({entry.event.kind for entry in chain}))
    chosen = kind if kind in kinds else ""
    shown = [entry for entry in reversed(chain) if not chosen or entry.event.kind == chosen]
    if before is not None:
        shown = [entry for entry in shown if entry.sequence < before]
    page = tuple(shown[:ENTRIES_A_PAGE])
    return AuditPage(
        entries=page,
        total=len(chain),
        head=chain[-1].digest if chain else "",
        broken_at=first_broken(chain),
        older_before=page[-1].sequence if len(shown) > len(page) else None,
        kinds=kinds,
        kind=chosen,
    )
