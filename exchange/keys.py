"""Ed25519 keys: an officer's release key, a node's log key, the keys of the registry.

* A key is its 32 public bytes; its keyid is computed from them, never believed from a document.
* Encodings under which signatures prove nothing (points of small order) or that name one point in two ways
  (coordinates not below the field prime) are refused before they become a key.
* Private keys live in `KeySigner` only; everything else asks a `Signer`, so that a key on a card fits in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import (  # it does not mark its re-exports
    CryptoSigner,
    Signature,
    SSlibKey,
)

from exchange.errors import Misconfigured, Refused
from exchange.jsondoc import Fields

__all__ = ["PUBLIC_KEY_BYTES", "KeySigner", "PublicKey", "Signature", "Signer"]

PUBLIC_KEY_BYTES = 32

_FIELD_PRIME = 2**255 - 19
_SIGN_BIT = 1 << 255
# y coordinates of the eight points whose order divides 8: 0 (order 4), 1 (the neutral point), p - 1 (order 2)
# and two of order 8; the values are those every published list of low-order Ed25519 points gives.
_SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        _FIELD_PRIME - 1,
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
        ),
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
        ),
    }
)


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key as its 32 bytes (RFC 8032, section 5.1.2); equal keys have equal bytes.

    Raises:
        Refused: `key_malformed` when the bytes are not a usable key.
    """

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != PUBLIC_KEY_BYTES:
            raise _malformed(f"{len(self.raw)} bytes instead of {PUBLIC_KEY_BYTES}")
        y = int.from_bytes(self.raw, "little") & ~_SIGN_BIT
        if y >= _FIELD_PRIME or y in _SMALL_ORDER_Y:
            raise _malformed(f"{self.raw.hex()} is a point under which signatures prove nothing")

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> PublicKey:
        """Return the key of `{"keyid", "keytype", "scheme", "keyval": {"public": hex}}`.

        Raises:
            Refused: `key_malformed`, `key_id_mismatch` when the keyid is not the one of the bytes, or
                `document_malformed` when a field is missing.
        """
        entry = Fields(document, "key")
        if (entry.text("keytype"), entry.text("scheme")) != ("ed25519", "ed25519"):
            raise _malformed("only keytype and scheme ed25519 are known to this version")
        text = entry.fields("keyval").text("public")
        try:
            key = cls(bytes.fromhex(text))
        except ValueError:
            raise _malformed("the public key is not hexadecimal") from None
        if entry.text("keyid") != key.keyid or text != key.raw.hex():
            raise Refused(
                "key_id_mismatch",
                title="A key is not the one it is called",
                detail=f"the document says {entry.text('keyid')}, the bytes are {key.keyid}",
            )
        return key

    @cached_property
    def keyid(self) -> str:
        """SHA-256 in hexadecimal of the canonical key fields, as securesystemslib and TUF compute it."""
        return self.to_sslib().keyid

    def to_sslib(self) -> SSlibKey:
        """Return the key as the type python-tuf and securesystemslib take."""
        return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(self.raw))

    def to_document(self) -> dict[str, Any]:
        """Return the public key document that `from_document` reads."""
        return {
            "keyid": self.keyid,
            "keytype": "ed25519",
            "scheme": "ed25519",
            "keyval": {"public": self.raw.hex()},
        }

    def is_signed_by(self, signature: bytes, message: bytes) -> bool:
        """Return whether `signature` (64 bytes) over `message` was made with this key (RFC 8032, 5.1.7)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Signer(Protocol):
    """Somebody who can sign with one key: exactly the bytes given, without a prefix of its own."""

    @property
    def keyid(self) -> str:
        """The keyid of `public_key`."""
        ...

    @property
    def public_key(self) -> PublicKey:
        """The key under which the signatures verify."""
        ...

    def sign(self, message: bytes) -> Signature:
        """Return the signature over `message`, its `keyid` being the one of this signer."""
        ...


@dataclass(frozen=True)
class KeySigner:
    """A signer holding its private key in memory; `repr` never shows it."""

    private_key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> KeySigner:
        """Return a new key; its randomness is drawn by the cryptographic library itself, nowhere else."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> KeySigner:
        """Return the key of a 32-byte secret seed (RFC 8032, section 5.1.5)."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes | None = None) -> KeySigner:
        """Return the key of a PKCS#8 PEM text.

        Raises:
            Misconfigured: `key_unreadable` when it is no such text, the passphrase is wrong or missing, or
                the key is not Ed25519.
        """
        try:
            private_key = load_pem_private_key(pem, passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            # the library's own text may quote the input, which is a secret here
            raise _unreadable("it is not PEM, or its passphrase is wrong or missing") from None
        if not isinstance(private_key, Ed25519PrivateKey):
            raise _unreadable("it is not an Ed25519 key")
        return cls(private_key)

    def to_pem(self, passphrase: bytes | None = None) -> bytes:
        """Return the key as PKCS#8 PEM, encrypted when a passphrase is given."""
        encryption: KeySerializationEncryption = NoEncryption()
        if passphrase is not None:
            encryption = BestAvailableEncryption(passphrase)
        return self.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)

    @cached_property
    def public_key(self) -> PublicKey:
        """The key under which the signatures verify."""
        return PublicKey(self.private_key.public_key().public_bytes_raw())

    @property
    def keyid(self) -> str:
        """The keyid of `public_key`."""
        return self.public_key.keyid

    @property
    def public(self) -> dict[str, Any]:
        """The public key document."""
        return self.public_key.to_document()

    def to_sslib(self) -> CryptoSigner:
        """Return the signer as the type python-tuf takes."""
        return CryptoSigner(self.private_key)

    def sign(self, message: bytes) -> Signature:
        """Return the signature over `message`."""
        return self.to_sslib().sign(message)


def _malformed(detail: str) -> Refused:
    return Refused("key_malformed", title="A public key cannot be used", detail=detail)


def _unreadable(detail: str) -> Misconfigured:
    return Misconfigured("key_unreadable", title="A private key cannot be read", detail=detail)
