"""The mirror of the registry in a folder: read by this node, served to peers, refreshed from any of them.

Invariants: every load verifies the files from the root delivered by hand; versions only grow; a file whose name
holds a version or a digest is written once, and `timestamp.json`, which names the others, last. A registry
that has expired still tells who is who, but no channel is opened on the keys it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exchange import membership_document
from exchange.errors import ExchangeError, Misconfigured, NotYet, Unreachable
from exchange.keys import Signer
from exchange.limits import Limits
from exchange.membership import Member, Membership
from exchange.registry import definitions
from exchange.registry.layout import DEFINITIONS, FILE_NAME, FIRST_ROOT
from exchange.registry.proposal import Proposal, fingerprint
from exchange.registry.publishing import publish, renew
from exchange.registry.trusted import Trusted
from node.adapters import clock
from node.adapters.keyring import FolderKeyring, TransportFiles
from node.adapters.peer_http import HttpPeerChannel
from node.adapters.registry_folder import RegistryFolder
from node.adapters.registry_pull import pull
from node.adapters.waiting_keys import WaitingKeys
from node.errors import Conflict, Invalid, NotFound
from node.ports.outside import RegistryStanding
from node.ports.work import Said

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
    place = RegistryFolder(folder)
    with place.locked():
        trusted_root = place.read(FIRST_ROOT)
        if trusted_root is not None and fingerprint(trusted_root) != fingerprint(files[FIRST_ROOT]):
            raise Conflict(
                "This node takes part in another federation",
                detail=f"{folder / FIRST_ROOT} is another root.",
                hint="A node trusts one root for ever; make a new node for another federation.",
            )
        held = {FIRST_ROOT: files[FIRST_ROOT]} if trusted_root is None else place.held()
        added = pull(files.get, held)
        place.write({**held, **added} if trusted_root is None else added)


class FolderRegistry:
    """The PeerDirectory port, and what serves the mirror to peers."""

    def __init__(
        self,
        folder: Path,
        *,
        own_code: str,
        keyring: FolderKeyring,
        waiting: WaitingKeys,
        limits: Limits,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._folder = RegistryFolder(folder)
        self._own_code = own_code
        self._keyring = keyring
        self._waiting = waiting
        self._limits = limits
        self._now = now
        self._parsed: tuple[bytes, Membership] | None = None

    def membership(self) -> Membership:
        """Give the verified membership; raises Unavailable before the node joined, Damaged."""
        content = self.trusted().membership
        if self._parsed is None or self._parsed[0] != content:
            self._parsed = (content, membership_document.parse(content, self._limits))
        return self._parsed[1]

    def standing(self) -> RegistryStanding:
        """Give how the registry stands; raises Unavailable before the node joined, Damaged, Refused."""
        trusted = self.trusted()
        signed = {
            role: definitions.parse(role, content, self._limits)
            for role, content in trusted.contents.items()
            if role in DEFINITIONS
        }
        return RegistryStanding(trusted.versions, trusted.ends, signed)

    def channel(self, member: Member) -> HttpPeerChannel:
        """Open a channel to a peer; raises Misconfigured (`registry_expired`), as `membership`."""
        expires_at = self.trusted().expires_at
        if self._now() >= expires_at:
            raise Misconfigured(
                "registry_expired",
                title="The registry is too old to be trusted",
                detail=f"It ended on {expires_at.isoformat()}.",
                hint="Its keeper's node renews it: refresh it, or ask the keeper; check this node's clock.",
            )
        return self._channel(member)

    def refresh(self, now: datetime) -> Said:
        """Bring the mirror up to date from the peers, and renew it when this node is its keeper.

        Gives what changed. Raises Unreachable (`registry_unreachable`) when no peer answered with a
        registry that can be trusted.
        """
        with self._folder.locked():
            said = self._renew(now) or self._pull_from_any()
        taken = self.adopt()
        return replace(said, facts={**said.facts, "new_keys": ", ".join(taken)}) if taken else said

    def adopt(self) -> tuple[str, ...]:
        """Take into use the waiting keys that the registry names by now; gives their kinds."""
        trusted = self.trusted()
        named = set(trusted.plan.holders | trusted.keeper_keyids)
        for member in self.membership().members:
            if member.code == self._own_code:
                named |= {member.transport.fingerprint} if member.transport else set()
                named |= {member.witness_key.key.keyid} if member.witness_key else set()
                named |= {member.log_key.key.keyid} if member.log_key else set()
        with self._folder.locked():
            return self._waiting.adopt(named)

    def read_file(self, name: str) -> bytes:
        """Give a file of the mirror as peers ask for it; raises NotFound."""
        content = self._folder.read(name) if FILE_NAME.fullmatch(name) else None
        if content is None:
            raise NotFound("There is no such file in the registry", detail=name[:80])
        return content

    def validity(self) -> dict[str, Any]:
        """Give versions and end of what this node trusts, for people to compare."""
        trusted = self.trusted()
        versions = {f"{role}_version": version for role, version in trusted.versions.items()}
        expires_at = trusted.expires_at
        return {**versions, "expires_at": expires_at.isoformat(), "is_expired": self._now() >= expires_at}

    def trusted(self) -> Trusted:
        """Give what the files say; raises Unavailable before the node joined, Damaged."""
        return self._folder.trusted()

    def is_joined(self) -> bool:
        """Say whether this node takes part in a federation."""
        return self._folder.read(FIRST_ROOT) is not None

    def publish(self, proposal: Proposal, *, keeper: Signer, now: datetime) -> None:
        """Make a signed proposal part of the mirror; peers take it from here.

        Raises Misconfigured (`registry_threshold_unmet`), and as `trusted`.
        """
        with self._folder.locked():
            self._folder.write(publish(self._folder.held(), proposal, keeper=keeper, now=now))

    def files(self) -> dict[str, bytes]:
        """Give all files of the registry that is held, for delivery by hand; raises as `trusted`."""
        return self._folder.held()

    def _renew(self, now: datetime) -> Said | None:
        """Sign snapshot and timestamp anew if this node keeps them and they end soon; else give nothing."""
        trusted = self.trusted()
        if not self._keyring.holds_keeper_key() or now < trusted.keeper_expires_at - _RENEW_BEFORE:
            return None
        keeper = self._keyring.keeper_signer()
        if keeper.keyid not in trusted.keeper_keyids:
            return None
        self._folder.write(renew(self._folder.held(), keeper=keeper, now=now))
        return Said("registry_renewed", {"until": self.trusted().keeper_expires_at.isoformat()})

    def _pull_from_any(self) -> Said:
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
                self._folder.write(added)
                return Said("registry_fetched", {"files": len(added), "member": member.code})
            is_current = True
            said.append(f"{member.code}: nothing new")
        if not is_current and said:
            raise Unreachable(
                "registry_unreachable",
                title="No peer gave a registry that can be trusted",
                detail="; ".join(said),
            )
        return Said("unchanged", {"peers": "; ".join(said)} if said else {})

    def _pull_from(self, member: Member) -> dict[str, bytes]:
        """Ask one peer; one that knows our next certificate already is asked under that one."""
        waiting = self._waiting.transport_files()
        try:
            return self._pull_as(self._keyring.transport_files(), member)
        except Misconfigured:
            if waiting is None:
                raise
        return self._pull_as(waiting, member)

    def _pull_as(self, transport: TransportFiles, member: Member) -> dict[str, bytes]:
        channel = HttpPeerChannel(member, transport, limits=self._limits)
        try:
            most = self._limits.max_membership_bytes
            return pull(lambda name: channel.registry_file(name, max_bytes=most), self._folder.held())
        finally:
            channel.close()

    def _channel(self, member: Member) -> HttpPeerChannel:
        return HttpPeerChannel(member, self._keyring.transport_files(), limits=self._limits)
