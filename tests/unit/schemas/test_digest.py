"""schemas.digest."""

from __future__ import annotations

import pytest

from schemas.canonical import canonical_json
from schemas.digest import digest_bytes, is_digest, sha256_hex
from schemas.errors import InvalidValue

# BM-32 of the methodology: SHA-256 of the two bytes {}.
EMPTY_OBJECT = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_the_digest_of_the_empty_object_is_the_published_one() -> None:
    """BM-32: the canonical empty object has the known digest."""
    assert sha256_hex(canonical_json({})) == f"sha256:{EMPTY_OBJECT}"


def test_a_digest_reads_back_to_its_bytes() -> None:
    """The written form holds the raw 32 bytes."""
    assert digest_bytes(f"sha256:{EMPTY_OBJECT}") == bytes.fromhex(EMPTY_OBJECT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        EMPTY_OBJECT,
        f"sha256:{EMPTY_OBJECT[:-1]}",
        f"sha256:{EMPTY_OBJECT.upper()}",
        f"md5:{EMPTY_OBJECT}",
        f"sha256:{EMPTY_OBJECT}\n",
    ],
)
def test_other_texts_are_no_digests(text: str) -> None:
    """A bare, short, upper-case, foreign or padded digest is refused."""
    assert not is_digest(text)
    with pytest.raises(InvalidValue):
        digest_bytes(text)
