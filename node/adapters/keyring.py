"""Private keys in a folder of mode 0700, one PKCS#8 PEM file of mode 0600 each; the node's own may be elsewhere.

Invariants: an officer's release keys, one of each scheme, open only with the officer's own password, at no other time
are they in memory; a key file is never overwritten, except by the same key under a new password.
An attacker who copies the folder gets the node's log and transport keys unless they have a passphrase.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from exchange import schemes
from exchange.errors import Misconfigured
from exchange.keys import KeySigner, PublicKey, Signer
from exchange.schemes import ED25519
from node.adapters.certificates import transport_certificate, transport_key
from node.adapters.durable import write_durably
from node.adapters.signers import KeyPlaces, has_signer, load_key, open_signer, provide_signer, store_key
from node.errors import Invalid, NotSignedIn, Unavailable

OWN_KEYS: Mapping[str, str] = MappingProxyType(
    {what: f"file:{what}.pem" for what in ("log", "witness", "governance", "keeper")}
)
# where the next keys wait, beside those in use
NEXT = "next"
NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class TransportFiles:
    """What a TLS context loads: the certificate, its key, and the key's passphrase if it has one."""

    certificate: Path
    key: Path
    passphrase: str | None


class FolderKeyring:
    """The Keyring port; `passphrase` protects the node's own keys (None: the file mode alone does).

    addresses: where each of the node's own keys is, by what it signs (`node.adapters.signers`).
    environment: the variables that addresses name.
    """

    def __init__(
        self,
        folder: Path,
        passphrase: str | None = None,
        *,
        addresses: Mapping[str, str] = OWN_KEYS,
        environment: Mapping[str, str] = NO_VARIABLES,
    ) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._addresses = addresses
        self._environment = environment

    def create_release_key(self, login: str, password: str, scheme: str = ED25519.name) -> dict[str, Any]:
        """Make and store an officer's key under the officer's password; gives its public key document.

        Raises Conflict when the officer has one of the scheme, Invalid for a login or password no key can stand
        under, Unavailable for a scheme the node does not know.
        """
        place = self._release_place(login, scheme)
        signer = KeySigner.generate(schemes.KNOWN[scheme])
        store_key(place, signer.public_pem() + signer.to_pem(_secret(password)))
        return signer.public

    def release_schemes(self, login: str) -> tuple[str, ...]:
        """Give the schemes of which an officer has a key, sorted; raises Invalid."""
        return tuple(
            scheme for scheme in sorted(schemes.KNOWN) if self._release_place(login, scheme).is_file()
        )

    def release_publics(self, login: str) -> tuple[PublicKey, ...]:
        """Give the public halves of all keys of an officer, by scheme; raises as `release_public`, and Invalid."""
        return tuple(self.release_public(login, scheme) for scheme in self.release_schemes(login))

    def release_public(self, login: str, scheme: str = ED25519.name) -> PublicKey:
        """Give the public half of an officer's key, which no password protects; raises NotFound, Unavailable."""
        place = self._release_place(login, scheme)
        try:
            key = PublicKey.from_pem(load_key(place))
        except Misconfigured as error:
            raise Unavailable("A key file cannot be read", detail=f"{place}: {error.detail}.") from error
        return _of_scheme(key, scheme, place)

    def release_signer(self, login: str, password: str, scheme: str = ED25519.name) -> KeySigner:
        """Open an officer's key; raises NotSignedIn on a wrong password, NotFound when there is none, Unavailable."""
        place = self._release_place(login, scheme)
        try:
            signer = KeySigner.from_pem(load_key(place), _secret(password))
        except Misconfigured as error:
            raise NotSignedIn(
                "The password is wrong",
                detail=f"It does not open the release key of {login}.",
                hint="Enter the password you sign in with.",
            ) from error
        _of_scheme(signer.public_key, scheme, place)
        return signer

    def recode_release_key(
        self, login: str, old_password: str, new_password: str, scheme: str = ED25519.name
    ) -> None:
        """Encrypt an officer's key under a new password; raises as `release_signer`, and Invalid."""
        signer = self.release_signer(login, old_password, scheme)
        content = signer.public_pem() + signer.to_pem(_secret(new_password))
        write_durably(self._release_place(login, scheme), content)

    def create_node_keys(self, *, member: str, host_names: Sequence[str], years: int, now: datetime) -> None:
        """Make log key, witness key and transport key with its certificate; raises Conflict when one exists."""
        self.create_log_key()
        self.create_witness_key()
        self.create_transport(member=member, host_names=host_names, years=years, now=now)

    def create_transport(self, *, member: str, host_names: Sequence[str], years: int, now: datetime) -> None:
        """Make the transport key and a certificate valid for `years`; raises Conflict when one exists."""
        key = transport_key()
        try:
            certificate = transport_certificate(
                key, member=member, host_names=host_names, years=years, now=now
            )
        except ValueError as error:
            raise Invalid("A certificate cannot be made", detail=str(error)) from error
        secret = self._node_secret()
        encryption: KeySerializationEncryption = BestAvailableEncryption(secret) if secret else NoEncryption()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        files = self.transport_files()
        store_key(files.key, pem)
        store_key(files.certificate, certificate.public_bytes(Encoding.PEM))

    def create_governance_key(self) -> dict[str, Any]:
        """Make this member's governance key; gives its public key document. Raises Conflict."""
        return self._provide("governance")

    def create_keeper_key(self) -> dict[str, Any]:
        """Make the registry keeper's key; gives its public key document. Raises Conflict."""
        return self._provide("keeper")

    def create_witness_key(self) -> dict[str, Any]:
        """Make the key that cosigns other members' checkpoints; gives its public key document. Raises Conflict."""
        return self._provide("witness")

    def log_signer(self) -> Signer:
        """Give the key that signs checkpoints and attestations; raises NotFound, Unavailable, Invalid.

        Nothing is signed from the moment the next key waits until the registry names it: the registry says for how
        many entries the one before counts, and those have to stay that many.
        """
        kind, _, name = self._addresses["log"].partition(":")
        if kind == "file" and (self._folder / NEXT / name).is_file():
            raise Unavailable(
                "The key of this node's log is being replaced",
                detail="Nothing is published until the registry names the next one.",
                hint="Have the proposal signed and published, then run `irac registry refresh`. If it was given up, "
                f"delete {NEXT}/{name} in the folder of keys.",
            )
        return open_signer(self._addresses["log"], self._places())

    def create_log_key(self) -> dict[str, Any]:
        """Make the key that signs checkpoints and attestations; gives its public key document. Raises Conflict."""
        return self._provide("log")

    def witness_signer(self) -> Signer:
        """Give the key that cosigns other members' checkpoints; raises NotFound, Unavailable, Invalid."""
        return open_signer(self._addresses["witness"], self._places())

    def governance_signer(self) -> Signer:
        """Give this member's governance key; raises NotFound, Unavailable, Invalid."""
        return open_signer(self._addresses["governance"], self._places())

    def keeper_signer(self) -> Signer:
        """Give the registry keeper's key; raises NotFound, Unavailable, Invalid."""
        return open_signer(self._addresses["keeper"], self._places())

    def holds_keeper_key(self) -> bool:
        """Say whether this node renews the registry."""
        return has_signer(self._addresses["keeper"], self._places())

    def transport_files(self) -> TransportFiles:
        """Give where the TLS certificate and key are (they may not exist yet)."""
        return TransportFiles(
            certificate=self._folder / "transport.crt",
            key=self._folder / "transport.pem",
            passphrase=self._passphrase,
        )

    def transport_certificate(self) -> str:
        """Give the transport certificate as PEM; raises NotFound."""
        return load_key(self.transport_files().certificate).decode("ascii")

    def _provide(self, what: str) -> dict[str, Any]:
        return provide_signer(self._addresses[what], self._places()).public_key.to_document()

    def _places(self) -> KeyPlaces:
        return KeyPlaces(self._folder, self._node_secret(), self._environment)

    def _node_secret(self) -> bytes | None:
        return _secret(self._passphrase) if self._passphrase is not None else None

    def _release_place(self, login: str, scheme: str) -> Path:
        if scheme not in schemes.KNOWN:
            raise Unavailable(
                "The node does not know this scheme of signatures",
                detail=f"{scheme[:80]!r} is none of {', '.join(schemes.KNOWN)}.",
                hint="Upgrade the node, or name a scheme it knows.",
            )
        # the login becomes a file name: nothing in it may lead out of the folder
        if not _LOGIN.fullmatch(login):
            raise Invalid(
                "A key cannot stand under this login",
                detail=f"{login[:80]!r} has other characters than a-z, 0-9, dot, hyphen and underscore.",
                hint="Choose a login of lower-case letters and digits.",
            )
        # a plus sign is in no login, so that no login is another's key of another scheme
        suffix = "" if scheme == ED25519.name else f"+{scheme}"
        return self._folder / f"release-{login}{suffix}.pem"


def _of_scheme(key: PublicKey, scheme: str, place: Path) -> PublicKey:
    if key.scheme.name != scheme:
        raise Unavailable(
            "A key file is not what it should be",
            detail=f"{place} holds a key of {key.scheme.name} instead of {scheme}.",
            hint="Put the officer's own key file back from a copy.",
        )
    return key


def _secret(password: str) -> bytes:
    """Give the bytes a key file is encrypted under; PKCS#8 knows no empty password."""
    if not password:
        raise Invalid("A password is needed", detail="The password is empty.", hint="Enter a password.")
    return password.encode("utf-8")
