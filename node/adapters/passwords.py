"""Argon2id digests of passwords, with the parameters argon2-cffi recommends.

Invariants: the password is never kept; the parameters travel inside the digest, so raising them later leaves
stored digests readable.
"""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class ArgonPasswords:
    """The PasswordKeeper port."""

    def __init__(self) -> None:
        self._argon = PasswordHasher()

    def digest(self, password: str) -> str:
        """Give the digest to store (salted: the same password twice gives two digests)."""
        return self._argon.hash(password)

    def matches(self, digest: str, password: str) -> bool:
        """Compare in constant time; a malformed digest never matches."""
        try:
            return self._argon.verify(digest, password)
        except (VerificationError, InvalidHashError):
            return False
