"""A release put straight into a member's own log: signed by two officers, without the submission it would come from."""

from __future__ import annotations

from datetime import datetime

from exchange import envelope
from exchange.envelope import PAYLOAD_TYPES
from exchange.manifest import Manifest
from node.access import Role
from node.audit import AuditEvent
from node.demo.federation import DemoNode
from node.ports.ledger import Bundle
from node.services.append import LogContent, append
from node.services.context import Context


def appended(ctx: Context, node: DemoNode, manifest: Manifest, now: datetime) -> Bundle:
    """Sign a manifest by a node's first two releasing officers, and append it; its parts are stored already."""
    kind, payload = PAYLOAD_TYPES["release"], manifest.to_bytes()
    officers = [node.person(Role.RELEASER, number=number) for number in (0, 1)]
    signatures = [
        envelope.sign(kind, payload, ctx.keyring.release_signer(one.login, one.password)) for one in officers
    ]
    stored = ctx.objects.put(payload)
    return append(
        ctx,
        LogContent("release", envelope.assemble(kind, payload, signatures), manifest.audience),
        event=AuditEvent("bundle.released", officers[0].login, "bench", now, {}),
        bundle=lambda index, content: Bundle(
            digest=manifest.digest,
            originator=node.code,
            log_index=index,
            dataflow_id=manifest.dataflow.id,
            first_period=manifest.time_range.first,
            last_period=manifest.time_range.last,
            vintage=manifest.vintage,
            audience=manifest.audience,
            supersedes=manifest.supersedes,
            envelope=content,
            manifest=stored,
            parts=tuple(part.digest for part in manifest.parts),
            signed_by=tuple(one.keyid for one in signatures),
            released_at=manifest.created_at,
            committed_at=now,
            cells=dict(manifest.certificate["counts"]),
        ),
    )
