"""SHA-256 digests as text.

Invariants: a digest is written `sha256:` and 64 lower-case hexadecimal digits, everywhere; the algorithm is
part of the value, so a later one can stand beside it without guessing.
"""

from __future__ import annotations

import hashlib
import re

from schemas.errors import InvalidValue

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def sha256_hex(content: bytes) -> str:
    """Return `sha256:` and the 64 hexadecimal digits of SHA-256 (FIPS 180-4) over `content`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def is_digest(text: str) -> bool:
    """True if `text` is exactly one digest in our written form."""
    return _DIGEST.fullmatch(text) is not None


def digest_bytes(text: str) -> bytes:
    """Return the 32 raw bytes of a written digest.

    Raises:
        InvalidValue: `text` is not a digest.
    """
    if not is_digest(text):
        raise InvalidValue(
            "Not a digest.",
            detail=f"Read {text[:80]!r}.",
            hint="Write sha256: and 64 lower-case hexadecimal digits.",
            context={"value": text[:80]},
        )
    return bytes.fromhex(text.removeprefix("sha256:"))
