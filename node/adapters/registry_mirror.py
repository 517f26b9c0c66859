"""The mirror of the registry in a folder: read by this node, served to peers, refreshed from any of them.

Invariants: every load verifies the files from the root delivered by hand; versions only grow; a file whose name
holds a version or a digest is written once, and `timestamp.json`, which names the others, last. A registry
that has expired still tells who is who, but no channel is opened on the keys it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from exchange import membership_document, registry
from exchange.errors import ExchangeError, Misconfigured, NotYet, Unreachable
from exchange.limits import Limits
from exchange.membership import Member, Membership
from node.adapters import clock
from node.adapters.durable import make_folder, named_refusals, write_durably
from node.adapters.keyring import FolderKeyring
from node.adapters.lock import waiting_lock
from node.adapters.peer_http import HttpPeerChannel
from node.adapters.registry_pull import pull
from node.adapters.registry_trust import FIRST_ROOT, Trusted, verified
from node.errors import Conflict, Invalid, NotFound, Unavailable

_NAME = re.compile(
    r"timestamp\.json|[1-9][0-9]{0,8}\.(root|snapshot|targets)\.json|[0-9a-f]{64}\.membership\.json"
)
# half the life of snapshot and timestamp: a keeper's node may be away for two weeks
_RENEW_BEFORE = timedelta(days=15)


def install(folder: Path, files: Mapping[str, bytes]) -> None:
    """Take a registry's files, as delivered by hand, into a mirror; its first root is trusted from then on.

    Raises Invalid without a first root, Conflict when another root is trusted already, and as `pull`.
    """
    if FIRST_ROOT not in files:
        raise Invalid(
            "The registry has no first root",
            detail=f"{FIRST_ROOT} is not among its files.",
            hint="Take all files of the folder that the founding wrote.",
        )
    make_folder(folder)
    with waiting_lock(folder / ".lock"):
        trusted_root = _read(folder, FIRST_ROOT)
        if trusted_root not in {None, files[FIRST_ROOT]}:
            raise Conflict(
                "This node takes part in another federation",
                detail=f"{folder / FIRST_ROOT} is another root.",
                hint="A node trusts one root for ever; make a new node for another federation.",
            )
        held = {FIRST_ROOT: files[FIRST_ROOT]} if trusted_root is None else _held(folder)
        added = pull(files.get, held)
        _write(folder, {**held, **added} if trusted_root is None else added)


class FolderRegistry:
    """The PeerDirectory port, and what serves the mirror to peers."""

    def __init__(
        self,
        folder: Path,
        *,
        own_code: str,
        keyring: FolderKeyring,
        limits: Limits,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._folder = folder
        self._own_code = own_code
        self._keyring = keyring
        self._limits = limits
        self._now = now
        self._parsed: tuple[bytes, Membership] | None = None

    def membership(self) -> Membership:
        """Give the verified membership; raises Unavailable before the node joined, Damaged."""
        content = self._trusted().membership
        if self._parsed is None or self._parsed[0] != content:
            self._parsed = (content, membership_document.parse(content, self._limits))
        return self._parsed[1]

    def channel(self, member: Member) -> HttpPeerChannel:
        """Open a channel to a peer; raises Misconfigured (`registry_expired`), as `membership`."""
        expires_at = self._trusted().expires_at
        if self._now() >= expires_at:
            raise Misconfigured(
                "registry_expired",
                title="The registry is too old to be trusted",
                detail=f"It ended on {expires_at.isoformat()}.",
                hint="Its keeper's node renews it: refresh it, or ask the keeper; check this node's clock.",
            )
        return self._channel(member)

    def refresh(self, now: datetime) -> str:
        """Bring the mirror up to date from the peers, and renew it when this node is its keeper.

        Gives what changed in words. Raises Unreachable (`registry_unreachable`) when no peer answered with a
        registry that can be trusted.
        """
        with waiting_lock(self._folder / ".lock"):
            renewed = self._renew(now)
            return renewed or self._pull_from_any()

    def read_file(self, name: str) -> bytes:
        """Give a file of the mirror as peers ask for it; raises NotFound."""
        content = _read(self._folder, name) if _NAME.fullmatch(name) else None
        if content is None:
            raise NotFound("There is no such file in the registry", detail=name[:80])
        return content

    def validity(self) -> dict[str, Any]:
        """Give versions and end of what this node trusts, for people to compare."""
        trusted = self._trusted()
        versions = {f"{role}_version": version for role, version in trusted.versions.items()}
        expires_at = trusted.expires_at
        return {**versions, "expires_at": expires_at.isoformat(), "is_expired": self._now() >= expires_at}

    def _trusted(self) -> Trusted:
        if not (self._folder / FIRST_ROOT).is_file():
            raise Unavailable(
                "This node takes part in no federation yet",
                detail=f"{self._folder} holds no registry.",
                hint="Join with the registry's files and the fingerprint that was read aloud.",
            )
        return verified(partial(_read, self._folder))

    def _renew(self, now: datetime) -> str:
        """Sign snapshot and timestamp anew if this node keeps them and they end soon; else give nothing."""
        trusted = self._trusted()
        if not self._keyring.holds_keeper_key() or now < trusted.keeper_expires_at - _RENEW_BEFORE:
            return ""
        keeper = self._keyring.keeper_signer()
        if keeper.keyid not in trusted.keeper_keyids:
            return ""
        _write(self._folder, registry.renew(_held(self._folder), keeper=keeper, now=now))
        return f"renewed until {self._trusted().keeper_expires_at.isoformat()}"

    def _pull_from_any(self) -> str:
        """Ask one peer after another until one knows more than we do."""
        said = []
        is_current = False
        for member in self.membership().members:
            if member.code == self._own_code or not member.has_node:
                continue
            try:
                added = self._pull_from(member)
            except NotYet:
                is_current = True
                said.append(f"{member.code}: has an older one")
                continue
            except ExchangeError as error:
                said.append(f"{member.code}: {error.name}")
                continue
            if added:
                _write(self._folder, added)
                return f"{len(added)} files from {member.code}"
            is_current = True
            said.append(f"{member.code}: nothing new")
        if not is_current and said:
            raise Unreachable(
                "registry_unreachable",
                title="No peer gave a registry that can be trusted",
                detail="; ".join(said),
            )
        return f"unchanged ({'; '.join(said) or 'no peers'})"

    def _pull_from(self, member: Member) -> dict[str, bytes]:
        channel = self._channel(member)
        try:
            most = self._limits.max_membership_bytes
            return pull(lambda name: channel.registry_file(name, max_bytes=most), _held(self._folder))
        finally:
            channel.close()

    def _channel(self, member: Member) -> HttpPeerChannel:
        return HttpPeerChannel(member, self._keyring.transport_files(), limits=self._limits)


def _held(folder: Path) -> dict[str, bytes]:
    """Give the files of a mirror that the present state consists of."""
    names = verified(partial(_read, folder)).files
    return {name: content for name in names if (content := _read(folder, name)) is not None}


def _read(folder: Path, name: str) -> bytes | None:
    place = folder / name
    with named_refusals(place):
        return place.read_bytes() if place.is_file() else None


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files in their order; the mirror is whole after each of them."""
    for name, content in files.items():
        write_durably(folder / name, content)
