"""Who is a member, since when, on whose word, and with which keys: the document of the registry.

* A key belongs to one member and one purpose: no release key, log key or certificate appears twice.
* Release needs at least two distinct keys, so that no single officer can speak for a member.
* A member's status is a history with dates and sources; nothing in it is ever overwritten, only added to.
* An active member has a node: an address, release keys, a log key and a certificate. Others may lack it.
* Who a peer is follows from its certificate alone (`Membership.by_fingerprint`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from exchange.errors import Misconfigured
from exchange.keys import PublicKey
from exchange.manifest import MEMBER_CODE
from exchange.policy import Policy
from exchange.schemes import ED25519
from schemas.digest import sha256_hex

VERSION = "1.0"
MIN_RELEASE_THRESHOLD = 2
_FEDERATION = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]{1,253}:[1-9][0-9]{0,4}")


class MemberStatus(Enum):
    """Where a state stands towards the Agreement; only an active member exchanges."""

    SIGNED = "signed"
    ACTIVE = "active"
    OBSERVER = "observer"
    SUSPENDED = "suspended"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One line of a member's history: the status, the day it began, and the document that says so."""

    status: MemberStatus
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class FormerLogKey:
    """A key that signed a log before another took its place: it counts for the first `entries` entries alone."""

    key: PublicKey
    entries: int


@dataclass(frozen=True, slots=True)
class LogKey:
    """The key that signs a member's checkpoints and attestations, the name of its log, and the keys before it.

    former: oldest first.

    Raises:
        ValueError: a key cannot sign checkpoints, or the former ones are not in the order of what they count for.
    """

    origin: str
    key: PublicKey
    former: tuple[FormerLogKey, ...] = ()

    def __post_init__(self) -> None:
        for key in self.all_keys:
            _require_note_key(key, self.origin)
        bounds = [0, *(one.entries for one in self.former)]
        if bounds != sorted(bounds):
            raise ValueError(
                f"{self.origin[:80]}: former log keys count for more entries, one after the other"
            )

    @property
    def all_keys(self) -> tuple[PublicKey, ...]:
        """The present key, then the former ones."""
        return (self.key, *(one.key for one in self.former))

    def keys_at(self, index: int) -> dict[str, PublicKey]:
        """Return the keys, by keyid, that may have signed the record at `index`."""
        counting = [one.key for one in self.former if index < one.entries]
        return {key.keyid: key for key in (self.key, *counting)}


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The key with which a member's node cosigns the checkpoints of others, and the name it signs under."""

    name: str
    key: PublicKey

    def __post_init__(self) -> None:
        _require_note_key(self.key, self.name)


def _require_note_key(key: PublicKey, name: str) -> None:
    # the signed notes of C2SP name the algorithm in the key id: a key of another scheme would be called by a wrong one
    if key.scheme != ED25519:
        raise ValueError(f"{name[:80]}: a key that signs checkpoints is of scheme {ED25519.name}")


@dataclass(frozen=True, slots=True)
class Transport:
    """The certificate a node shows in mutual TLS: PEM, and `sha256:` digest of its DER encoding.

    Raises:
        ValueError: the PEM is no certificate, or the fingerprint is of another one.
    """

    fingerprint: str
    certificate: str

    def __post_init__(self) -> None:
        if self.fingerprint != fingerprint_of(self.certificate):
            raise ValueError("transport: the fingerprint is not the one of the certificate")

    @property
    def expires_at(self) -> datetime:
        """The last moment the certificate is valid, UTC."""
        return x509.load_pem_x509_certificate(self.certificate.encode("utf-8")).not_valid_after_utc


def fingerprint_of(certificate: str) -> str:
    """Return `sha256:` and the digest of the DER encoding of a PEM certificate.

    Raises:
        ValueError: it is no certificate.
    """
    encoded = x509.load_pem_x509_certificate(certificate.encode("utf-8")).public_bytes(Encoding.DER)
    return sha256_hex(encoded)


def log_origin(federation: str, code: str) -> str:
    """Return the unique name of a member's log, the first line of its checkpoints."""
    return f"irac/{federation}/{code}"


def witness_name(federation: str, code: str) -> str:
    """Return the name under which a member witnesses the logs of others."""
    return f"{log_origin(federation, code)}/witness"


@dataclass(frozen=True, slots=True)
class Member:
    """One state. names: by language. history: oldest first. encryption_key: reserved, kept as it came.

    release_keys: by keyid, an officer having one of each scheme; those of a scheme unknown here never verify.

    Raises:
        ValueError: the code, the history, the address or the threshold is outside its domain, or an active
            member lacks a part of its node.
    """

    code: str
    names: Mapping[str, str]
    history: tuple[StatusChange, ...]
    address: str | None = None
    release_keys: Mapping[str, PublicKey] = field(default_factory=dict)
    release_threshold: int = MIN_RELEASE_THRESHOLD
    log_key: LogKey | None = None
    witness_key: WitnessKey | None = None
    transport: Transport | None = None
    encryption_key: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not MEMBER_CODE.fullmatch(self.code):
            raise ValueError(f"{self.code[:40]!r} is not a member code")
        days = [change.since for change in self.history]
        if not days or days != sorted(days):
            raise ValueError(f"{self.code}: a history has at least one line and is in order of date")
        if self.address is not None and not _ADDRESS.fullmatch(self.address):
            raise ValueError(f"{self.code}: an address is https://host:port, not {self.address[:80]!r}")
        if self.release_threshold < MIN_RELEASE_THRESHOLD:
            raise ValueError(f"{self.code}: a release threshold below {MIN_RELEASE_THRESHOLD}")
        most = max(Counter(key.scheme.name for key in self.release_keys.values()).values(), default=0)
        if self.release_keys and self.release_threshold > most:
            raise ValueError(f"{self.code}: {most} keys of one scheme cannot meet {self.release_threshold}")
        if any(keyid != key.keyid for keyid, key in self.release_keys.items()):
            raise ValueError(f"{self.code}: a release key stands under another keyid")
        if self.status is MemberStatus.ACTIVE and not self.has_node:
            raise ValueError(
                f"{self.code}: an active member has an address, release keys, log key, certificate"
            )
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))
        object.__setattr__(self, "release_keys", MappingProxyType(dict(self.release_keys)))

    @property
    def has_node(self) -> bool:
        """Whether everything is known that an exchange with the member needs."""
        return bool(self.address and self.release_keys and self.log_key and self.transport)

    def short_of(self, policy: Policy) -> dict[str, int]:
        """Return the schemes that `policy` demands and too few release keys are of, each with how many are."""
        held = Counter(key.scheme.name for key in self.release_keys.values())
        return {name: held[name] for name in policy.release_schemes if held[name] < self.release_threshold}

    @property
    def status(self) -> MemberStatus:
        """The last status in the history, which may begin in the future; see `status_on`."""
        return self.history[-1].status

    @property
    def since(self) -> date:
        """The day the last status begins."""
        return self.history[-1].since

    @property
    def source(self) -> str:
        """The document the last status rests on."""
        return self.history[-1].source

    def status_on(self, day: date) -> MemberStatus | None:
        """Return the status on `day`, or None before the first line of the history."""
        begun = [change.status for change in self.history if change.since <= day]
        return begun[-1] if begun else None


@dataclass(frozen=True, slots=True)
class Membership:
    """The whole document. federation: the name that stands in every log's origin. policy: what all agreed on.

    Raises:
        ValueError: a member, key, log or certificate appears twice, or a log or a witness has another name than its
            own.
    """

    federation: str
    members: tuple[Member, ...]
    policy: Policy = field(default_factory=Policy)
    version: str = VERSION
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _FEDERATION.fullmatch(self.federation):
            raise ValueError(f"{self.federation[:80]!r} is not a federation name")
        _refuse_twice("member", [member.code for member in self.members])
        _refuse_twice("key", [keyid for member in self.members for keyid in _keyids(member)])
        _refuse_twice("certificate", [m.transport.fingerprint for m in self.members if m.transport])
        for member in self.members:
            expected = log_origin(self.federation, member.code)
            if member.log_key is not None and member.log_key.origin != expected:
                raise ValueError(
                    f"{member.code}: the log is {member.log_key.origin[:80]!r} instead of {expected!r}"
                )
            expected = witness_name(self.federation, member.code)
            if member.witness_key is not None and member.witness_key.name != expected:
                raise ValueError(
                    f"{member.code}: the witness is {member.witness_key.name[:80]!r} instead of {expected!r}"
                )

    def member(self, code: str) -> Member:
        """Return one member.

        Raises:
            Misconfigured: `unknown_member`.
        """
        for member in self.members:
            if member.code == code:
                return member
        raise Misconfigured(
            "unknown_member",
            title="No such member",
            detail=f"{code!r} is not in the membership of {self.federation}",
            hint="Check the member code, or refresh the registry.",
        )

    def by_fingerprint(self, fingerprint: str) -> Member | None:
        """Return the member whose node shows the certificate with this `sha256:` fingerprint, or None."""
        for member in self.members:
            if member.transport is not None and member.transport.fingerprint == fingerprint:
                return member
        return None


def _keyids(member: Member) -> Iterable[str]:
    yield from member.release_keys
    if member.log_key is not None:
        yield from (key.keyid for key in member.log_key.all_keys)
    if member.witness_key is not None:
        yield member.witness_key.key.keyid


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"a {what} appears twice: {', '.join(twice[:5])}")
