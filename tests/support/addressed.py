"""Records and parts addressed to some members only, put into a node's log without any figures in them.

What is served to whom does not depend on what the bytes say; tests of that need not make a real release.
"""

from __future__ import annotations

from dataclasses import dataclass

from node.audit import AuditEvent
from node.ports.ledger import Bundle
from node.services.append import LogContent, append
from node.services.context import Context
from schemas.digest import sha256_hex
from tests.support.federation import Clock


@dataclass(frozen=True)
class Addressed:
    """What was put into the log: its index, the envelope's bytes, and the part's bytes with their digest."""

    index: int
    envelope: bytes
    part: bytes
    digest: str


def address(ctx: Context, clock: Clock, name: str, audience: tuple[str, ...], part: bytes = b"") -> Addressed:
    """Append a release of one part, addressed to `audience`; `name` makes its bytes unlike any other's."""
    content = part or f"part {name}".encode()
    digest = ctx.objects.put(content)
    envelope = f"envelope {name}".encode()
    now = clock.now()

    def bundle(index: int, stored: str) -> Bundle:
        return Bundle(
            digest=sha256_hex(f"manifest {name}".encode()),
            originator=ctx.member,
            log_index=index,
            dataflow_id="DECLARED_FLOW",
            first_period="2012",
            last_period="2012",
            vintage=1,
            audience=audience,
            supersedes=(),
            envelope=stored,
            manifest=ctx.objects.put(b'{"certificate":{}}'),
            parts=(digest,),
            signed_by=("a", "b"),
            released_at=now,
            committed_at=now,
            cells={"exact": 1},
        )

    event = AuditEvent("bundle.released", "test", name, now)
    appended = append(ctx, LogContent("release", envelope, audience), event=event, bundle=bundle)
    return Addressed(appended.log_index, envelope, content, digest)
