"""Addresses and transactions of virtual assets.

Invariants: an address with a checksum is found by its checksum (base58check of any network, bech32, TON); one
without is found by its exact form. An Ethereum address is found whether or not its letter case is that of
EIP-55: one letter wrong does not make it fit to be released.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

from stdnum import bitcoin

from risk_models.disclosure.content.kinds import Candidate, Kind
from risk_models.disclosure.content.plain import PlainText

_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9_-]{25,110}(?![A-Za-z0-9])")
_ETHEREUM = re.compile(r"(?<![A-Za-z0-9])0[xX][0-9a-fA-F]{40}(?![A-Za-z0-9])")
_TRANSACTION = re.compile(r"(?<![A-Za-z0-9:])(0[xX])?[0-9a-fA-F]{64}(?![A-Za-z0-9])")
_RAW_TON = re.compile(r"(?<![A-Za-z0-9])(?:0|-1):[0-9a-fA-F]{64}(?![A-Za-z0-9])")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_IN_BASE58 = re.compile(f"[{_BASE58}]+")
_MONERO = re.compile(f"[48][{_BASE58}]{{94}}(?:[{_BASE58}]{{11}})?")
_CHECKSUM_BYTES, _PAYLOAD_BYTES = 4, 21
_SOLANA_BYTES = 32
_TON_CHARS = 48


def wallets(read: PlainText) -> Iterator[Candidate]:
    """Yield addresses and, beside a word that says so, transaction digests."""
    text = read.text
    for network, pattern in (("ethereum", _ETHEREUM), ("ton", _RAW_TON)):
        for match in pattern.finditer(text):
            yield Candidate(Kind.WALLET, network, *match.span())
    for match in _TRANSACTION.finditer(text):
        if match.group(1) or read.nearby.has("transaction", *match.span()):
            yield Candidate(Kind.WALLET, "transaction", *match.span())
    for match in _TOKEN.finditer(text):
        scheme = _scheme(match.group()) or _named_scheme(read, match)
        if scheme:
            yield Candidate(Kind.WALLET, scheme, *match.span())


def _scheme(token: str) -> str | None:
    if token[:3].lower() == "bc1":
        return "bitcoin" if bitcoin.is_valid(token) else None
    if len(token) == _TON_CHARS and _is_ton(token):
        return "ton"
    if _IN_BASE58.fullmatch(token) is None:
        return None
    if _MONERO.fullmatch(token):
        return "monero"
    for alphabet, scheme in ((_BASE58, "base58"), (_RIPPLE, "ripple")):
        if _checks_base58(token, alphabet):
            return {"1": "bitcoin", "3": "bitcoin", "T": "tron"}.get(token[0], scheme)
    return None


def _named_scheme(read: PlainText, match: re.Match[str]) -> str | None:
    """Solana's 32 bytes have no checksum; a word such as wallet must stand near."""
    token = match.group()
    if len(token) > 44 or _IN_BASE58.fullmatch(token) is None:  # noqa: PLR2004 32 bytes in base58
        return None
    fits = len(_decoded(token, _BASE58)) == _SOLANA_BYTES
    return "solana" if fits and read.nearby.has("wallet", *match.span()) else None


def _checks_base58(token: str, alphabet: str) -> bool:
    content = _decoded(token, alphabet)
    payload, checksum = content[:-_CHECKSUM_BYTES], content[-_CHECKSUM_BYTES:]
    if not _PAYLOAD_BYTES <= len(payload) <= _PAYLOAD_BYTES + 1:
        return False
    return hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:_CHECKSUM_BYTES] == checksum


def _decoded(token: str, alphabet: str) -> bytes:
    if len(token) > 60:  # noqa: PLR2004 no address with a checksum is longer
        return b""
    number = 0
    for character in token:
        number = number * 58 + alphabet.index(character)
    zeros = len(token) - len(token.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _is_ton(token: str) -> bool:
    """36 bytes: a tag, a work chain, 32 bytes and their CRC-16 (XMODEM)."""
    try:
        content = base64.urlsafe_b64decode(token)
    except (ValueError, binascii.Error):
        return False
    return binascii.crc_hqx(content[:-2], 0) == int.from_bytes(content[-2:], "big")
