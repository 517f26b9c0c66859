"""Keys that were made and wait until the registry names them: a rotation half done is no rotation.

Invariants: they lie in a folder of their own under the names of the keys they follow; a key is taken into use only
when the registry names it, and the one before is kept aside, never destroyed; a move that was cut off is finished by
the next look.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from exchange.keys import PublicKey, Signer
from exchange.membership import fingerprint_of
from node.adapters.durable import make_folder, named_refusals, sync_folder
from node.adapters.keyring import NEXT, OWN_KEYS, FolderKeyring, TransportFiles
from node.errors import Conflict, NotFound

SIGNING = ("governance", "keeper", "witness", "log")
RETIRED = "retired"


class WaitingKeys:
    """The node's next keys, by kind: governance, keeper, witness, log and transport.

    addresses: where the keys in use are (`node.adapters.signers`). One that is kept outside the node's own folder is
    renewed where it is kept; none of that kind ever waits here.
    """

    def __init__(
        self, keys: Path, passphrase: str | None = None, *, addresses: Mapping[str, str] = OWN_KEYS
    ) -> None:
        self._keys = keys
        self._files = {
            kind: name
            for kind in SIGNING
            if (name := addresses[kind].removeprefix("file:")) and not set(name) & {"/", ":"}
        }
        own = {kind: f"file:{name}" for kind, name in self._files.items()}
        self._keyring = FolderKeyring(keys / NEXT, passphrase, addresses=own)

    def make(self, kind: str) -> None:
        """Make the next key of a kind, unless one waits already; raises Conflict for one kept elsewhere."""
        if kind not in self._files:
            raise Conflict(
                "This key is not in the node's own folder",
                detail=f"The {kind} key is kept elsewhere.",
                hint="Make a new one where it is kept, write a card with it, and propose its owners anew.",
            )
        make = {
            "governance": self._keyring.create_governance_key,
            "keeper": self._keyring.create_keeper_key,
            "witness": self._keyring.create_witness_key,
            "log": self._keyring.create_log_key,
        }[kind]
        if self.signer(kind) is None:
            make()

    def make_transport(self, *, member: str, host_names: Sequence[str], years: int, now: datetime) -> None:
        """Make the next certificate with its key, unless one waits already."""
        if self.certificate() is None:
            self._keyring.create_transport(member=member, host_names=host_names, years=years, now=now)

    def signer(self, kind: str) -> Signer | None:
        """Give the waiting key of a kind, or None."""
        if kind not in self._files:
            return None
        give = {
            "governance": self._keyring.governance_signer,
            "keeper": self._keyring.keeper_signer,
            "witness": self._keyring.witness_signer,
            "log": self._keyring.log_signer,
        }[kind]
        try:
            return give()
        except NotFound:
            return None

    def public(self, kind: str) -> PublicKey | None:
        """Give the public half of the waiting key of a kind, or None."""
        signer = self.signer(kind)
        return signer.public_key if signer is not None else None

    def certificate(self) -> str | None:
        """Give the waiting certificate, or None."""
        try:
            return self._keyring.transport_certificate()
        except NotFound:
            return None

    def transport_files(self) -> TransportFiles | None:
        """Give where the waiting certificate and its key are, or None: a peer may know it before this node does."""
        return self._keyring.transport_files() if self.certificate() is not None else None

    def adopt(self, named: Collection[str]) -> tuple[str, ...]:
        """Take into use what the registry names by keyid or certificate fingerprint; gives the kinds."""
        taken = []
        for kind, name in self._files.items():
            public = self.public(kind)
            if public is not None and public.keyid in named:
                self._take(name, public.keyid)
                taken.append(kind)
        certificate = self.certificate()
        if certificate is not None and fingerprint_of(certificate) in named:
            mark = fingerprint_of(certificate).removeprefix("sha256:")
            # the certificate last: as long as it waits, this is done again
            self._take("transport.pem", mark)
            self._take("transport.crt", mark)
            taken.append("transport")
        return tuple(taken)

    def _take(self, name: str, mark: str) -> None:
        waiting, place = self._keys / NEXT / name, self._keys / name
        retired = self._keys / RETIRED / f"before-{mark[:16]}-{name}"
        make_folder(retired.parent)
        with named_refusals(place):
            if not waiting.exists():
                return
            if place.exists() and not retired.exists():
                place.replace(retired)
            waiting.replace(place)
            for folder in (retired.parent, waiting.parent, self._keys):
                sync_folder(folder)
