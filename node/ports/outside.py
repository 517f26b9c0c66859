"""Keys, passwords, peers' channels and the registry mirror."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from exchange.keys import Signer
from exchange.membership import Member, Membership
from exchange.ports import PeerChannel
from exchange.registry.definitions import Definition
from exchange.schemes import ED25519
from node.ports.work import Said


class PasswordKeeper(Protocol):
    """Argon2 digests of passwords."""

    def digest(self, password: str) -> str:
        """Give the digest to store."""

    def matches(self, digest: str, password: str) -> bool:
        """Compare in constant time; a malformed digest never matches."""


class Keyring(Protocol):
    """The node's signing keys. Officers' release keys, one of each scheme, open only with their own password."""

    def create_release_key(self, login: str, password: str, scheme: str = ED25519.name) -> Mapping[str, Any]:
        """Make and store an officer's key; gives its public key document. Raises Conflict, Invalid."""

    def release_schemes(self, login: str) -> tuple[str, ...]:
        """Give the schemes of which an officer has a key, sorted."""

    def release_signer(self, login: str, password: str, scheme: str = ED25519.name) -> Signer:
        """Open an officer's key; raises NotSignedIn on a wrong password, NotFound when there is none, Invalid."""

    def recode_release_key(
        self, login: str, old_password: str, new_password: str, scheme: str = ED25519.name
    ) -> None:
        """Encrypt an officer's key under a new password."""

    def log_signer(self) -> Signer:
        """Give the key that signs checkpoints and attestations."""

    def witness_signer(self) -> Signer:
        """Give the key that cosigns other members' checkpoints."""


class OpenChannel(PeerChannel, Protocol):
    """A channel to a peer that holds a connection until it is closed."""

    def tile(self, path: str) -> bytes:
        """Return the tile at `path` (`tile/<L>/…`) of the peer's log, immutable."""

    def checkpoints(self, etag: str | None) -> tuple[bytes | None, str | None]:
        """Return which checkpoints the peer has seen, and their entity tag; (None, etag) when that is current."""

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes]:
        """Ask the peer to witness a checkpoint; returns status and body as c2sp.org/tlog-witness has them."""

    def close(self) -> None:
        """Give the connection back; closing twice is no error."""


@dataclass(frozen=True, slots=True)
class RegistryStanding:
    """How the registry stands here: version and end of each document, and the definitions signed, by role."""

    versions: Mapping[str, int]
    ends: Mapping[str, datetime]
    definitions: Mapping[str, tuple[Definition, ...]]


class PeerDirectory(Protocol):
    """Who is a member, from the verified mirror of the registry, and how to reach one."""

    def membership(self) -> Membership:
        """Give the verified membership; raises Unavailable when there is no valid registry yet."""

    def standing(self) -> RegistryStanding:
        """Give how the registry stands; raises Unavailable when there is no valid registry yet."""

    def channel(self, member: Member) -> OpenChannel:
        """Open a channel to a peer over mutual TLS, pinned to its certificate in the registry.

        Raises Misconfigured (registry_expired) when the registry is too old to trust the keys it names.
        """

    def refresh(self, now: datetime) -> Said:
        """Refresh the mirror from any peer that answers; gives what changed."""
