"""Hello: the first thing a node says, and the only one that is not signed.

* It is believed for nothing but politeness: versions, maintenance, clock. Identity comes from the
  certificate, and everything that becomes data is signed; a lie here costs the liar a failed
  synchronisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exchange import PROTOCOL_VERSION
from exchange.errors import Misconfigured, NotYet, Refused
from exchange.jsondoc import Fields, moment_text, parse_json
from exchange.limits import Limits
from exchange.membership import Member
from schemas.canonical import canonical_json

_KNOWN = frozenset({"protocol", "member", "origin", "at", "maintenance"})


@dataclass(frozen=True, slots=True)
class Hello:
    """member: its code. origin: its log. at: its clock, UTC. maintenance: why not now, or None."""

    member: str
    origin: str
    at: datetime
    maintenance: str | None = None
    protocol: str = PROTOCOL_VERSION
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the canonical JSON that is served."""
        document = {
            "protocol": self.protocol,
            "member": self.member,
            "origin": self.origin,
            "at": moment_text(self.at),
            "maintenance": self.maintenance,
        }
        return canonical_json({**self.extra, **document})


def parse(content: bytes, limits: Limits) -> Hello:
    """Return the hello in `content`.

    Raises:
        Misconfigured: `protocol_unknown`; a newer node speaks it.
        Refused: a name of `parse_json` or `Fields`.
    """
    entry = Fields(
        parse_json(content, max_bytes=limits.max_hello_bytes, max_depth=limits.max_json_depth), "hello"
    )
    protocol = entry.text("protocol")
    if protocol.partition(".")[0] != PROTOCOL_VERSION.partition(".")[0]:
        raise Misconfigured(
            "protocol_unknown",
            title="The peer speaks another protocol version",
            detail=f"the peer speaks {protocol[:40]!r}, this node {PROTOCOL_VERSION}",
            hint="Upgrade the older of the two nodes.",
        )
    return Hello(
        protocol=protocol,
        member=entry.text("member"),
        origin=entry.text("origin"),
        at=entry.moment("at"),
        maintenance=entry.optional_text("maintenance"),
        extra=entry.rest(_KNOWN),
    )


def greet(hello: Hello, member: Member, now: datetime) -> int:
    """Return the peer's clock minus ours in seconds, once it is the member expected and ready to be read.

    Raises:
        Refused: `identity_mismatch`, another member or log answers at the address.
        NotYet: `peer_in_maintenance`.
    """
    expected = (member.code, member.log_key.origin if member.log_key else None)
    if (hello.member, hello.origin) != expected:
        raise Refused(
            "identity_mismatch",
            title="Another member answers",
            detail=f"expected {expected[0]} with log {expected[1]}, "
            f"found {hello.member[:40]!a} with log {hello.origin[:80]!a}",
        )
    if hello.maintenance is not None:
        raise NotYet(
            "peer_in_maintenance", title="The peer is in maintenance", detail=hello.maintenance[:400]
        )
    return int((hello.at - now).total_seconds())
