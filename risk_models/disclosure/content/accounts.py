"""Bank accounts and payment cards.

Invariants: an IBAN has its country's structure and check digits (ISO 13616, by python-stdnum); a card number
has an issuer's beginning, a card's length and a Luhn check digit (ISO/IEC 7812); a settlement account of 20
digits has its control key by the bank's BIK (Bank of Russia 515 of 8 September 1997), or a known currency,
or a word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from stdnum import iban, luhn, numdb

from risk_models.disclosure.content.digits import Window
from risk_models.disclosure.content.kinds import Candidate, Kind
from risk_models.disclosure.content.plain import PlainText

CARD_LENGTHS = frozenset({15, 16, 19})
ACCOUNT_LENGTH = 20
BALANCE_ACCOUNT_DIGITS = 5
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])(?=([A-Za-z]{2}[ ./_-]{0,2}[0-9][ ./_-]{0,2}[0-9](?:[ \n./_-]{0,2}[A-Za-z0-9]){11,30}))"
)
# 15: American Express. 16 and more: Visa, Mastercard, Mir, UnionPay, JCB, Maestro, Uzcard, Humo, Belkart, ArCa.
_ISSUER = re.compile(r"3[47][0-9]{13}|(?:4|5[0-8]|6|2[2-7]|35|8600|9860|9112|9051|9417)[0-9]+")
_BALANCE_ACCOUNT = re.compile(r"(?:30[1-9]|31[0-9]|32[0-9]|40[1-9]|41[0-9]|42[0-9]|45[0-9]|47[0-9])")
_CURRENCIES = frozenset({"810", "643", "840", "978", "398", "156", "933", "860", "051", "944", "417", "972"})
_BIK = re.compile(r"(?<![0-9])04[0-9]{7}(?![0-9])")
_BIK_REACH = 120
_KEY_WEIGHTS = (7, 1, 3)


def ibans(read: PlainText) -> Iterator[Candidate]:
    """Yield every IBAN, in groups or not, in any case."""
    text = read.text
    for match in _IBAN.finditer(text):
        start, written = match.start(1), match.group(1)
        places = [place for place, character in enumerate(written) if character.isalnum()]
        compact = "".join(written[place] for place in places).upper()
        length = _iban_length(compact[:2])
        if 0 < length <= len(compact):
            end = start + places[length - 1] + 1
            if not text[end : end + 1].isalnum() and iban.is_valid(compact[:length]):
                yield Candidate(Kind.BANK_ACCOUNT, "iban", start, end)


@cache
def _iban_length(area: str) -> int:
    """How long this state's IBANs are; 0 if it has none."""
    # The registry that python-stdnum packages writes a structure as 4!a14!c: four letters, fourteen of either.
    known = numdb.get("iban").info(area)[0][1]
    parts = re.findall(r"([0-9]+)!", known.get("bban", ""))
    return len("XX00") + sum(map(int, parts)) if parts else 0


def is_card(digits: str) -> bool:
    """True by issuer, length and check digit."""
    return _ISSUER.fullmatch(digits) is not None and luhn.is_valid(digits)


def is_account(text: str, window: Window) -> bool:
    """True for 20 digits that are an account by a BIK nearby, or by balance account and currency."""
    digits = window.digits
    nearby = text[max(0, window.start - _BIK_REACH) : window.end + _BIK_REACH]
    if any(_has_key(bik, digits) for bik in _BIK.findall(nearby)):
        return True
    is_grouped_otherwise = not window.is_whole and window.groups[0] != BALANCE_ACCOUNT_DIGITS
    if is_grouped_otherwise or _BALANCE_ACCOUNT.match(digits) is None:
        return False
    return digits[BALANCE_ACCOUNT_DIGITS:][:3] in _CURRENCIES


def _has_key(bik: str, account: str) -> bool:
    """The control key: weights 7-1-3 over the bank's three digits and the account end in 0."""
    bank = f"0{bik[4:6]}" if account.startswith("301") else bik[6:]
    total = sum(_KEY_WEIGHTS[place % 3] * int(digit) for place, digit in enumerate(bank + account))
    return total % 10 == 0
