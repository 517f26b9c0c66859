"""All numbers of a text: national numbers, cards, settlement accounts, each window read once.

Invariants: a window is told as the first reading that holds; an amount with its unit beside it, and figures
around calendar days, are numbers of something else, unless a word says what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from stdnum.by import unp

from risk_models.disclosure.content import national
from risk_models.disclosure.content.accounts import ACCOUNT_LENGTH, CARD_LENGTHS, is_account, is_card
from risk_models.disclosure.content.digits import (
    Window,
    covered,
    date_places,
    is_amount,
    is_part_of_a_code,
    windows,
)
from risk_models.disclosure.content.kinds import Candidate, Kind
from risk_models.disclosure.content.plain import PlainText

NAMED_LENGTHS = frozenset(range(8, 15))
NAMED_ACCOUNT_LENGTHS = frozenset(range(12, 21))
_CONTEXTS = (
    (Kind.NATIONAL_NUMBER, "national"),
    (Kind.BANK_ACCOUNT, "account"),
    (Kind.CARD, "card"),
)
_LENGTHS = NAMED_LENGTHS | NAMED_ACCOUNT_LENGTHS | CARD_LENGTHS | {ACCOUNT_LENGTH}
_BELARUS = re.compile(r"(?<![A-Za-z0-9])[1-6][0-9]{6}[ABCHKEMabchkem][0-9]{3}[A-Za-z]{2}[0-9](?![A-Za-z0-9])")
_BELARUS_TAX = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{7}(?![A-Za-z0-9])")
_AZERBAIJAN = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z]{0,6}[0-9])[0-9A-HJ-NP-Z]{7}(?![A-Za-z0-9])")


@cache
def _by_length() -> dict[int, tuple[national.Scheme, ...]]:
    known = national.schemes()
    return {length: tuple(one for one in known if length in one.lengths) for length in _LENGTHS}


def numbers(read: PlainText) -> Iterator[Candidate]:
    """Yield every number that is somebody's."""
    dates = covered(read.text, date_places(read.text))
    for window in windows(read.text, _LENGTHS):
        reading = _reading(read, window, dates)
        if reading is not None and not is_part_of_a_code(read.text, window):
            yield Candidate(*reading, window.start, window.end)
    yield from _with_letters(read)


def _reading(read: PlainText, window: Window, dates: bytearray) -> tuple[Kind, str] | None:
    context = _context(read, window)
    by_check = _by_check(read.text, window, is_named=context is Kind.NATIONAL_NUMBER)
    if by_check is None and context is None:
        return None
    is_other = not window.is_one_number or is_amount(read.text, window) or _has_date(window, dates)
    if is_other:
        return None if context is None else by_check
    return by_check or _by_context(window, context)


def _by_context(window: Window, context: Kind | None) -> tuple[Kind, str] | None:
    """The reading of a number without a known check digit, by the word beside it."""
    count = len(window.digits)
    if window.is_thousands:
        return None
    if context is Kind.NATIONAL_NUMBER and count in NAMED_LENGTHS:
        return context, "named"
    if context is Kind.BANK_ACCOUNT and count in NAMED_ACCOUNT_LENGTHS:
        return context, "named"
    return None


def _by_check(text: str, window: Window, *, is_named: bool) -> tuple[Kind, str] | None:
    """The reading by check digits and structure; one digit repeated is a placeholder."""
    count = len(window.digits)
    if len(set(window.digits)) == 1:
        return None
    if count == ACCOUNT_LENGTH:
        return (Kind.BANK_ACCOUNT, "settlement") if is_account(text, window) else None
    if count in CARD_LENGTHS and is_card(window.digits):
        return Kind.CARD, "card"
    for scheme in _by_length()[count]:
        fits = scheme.strength == "alone" or (scheme.strength == "whole" and window.is_whole)
        if (fits or is_named) and scheme.holds(window.digits):
            return Kind.NATIONAL_NUMBER, scheme.id
    return None


def _context(read: PlainText, window: Window) -> Kind | None:
    """What a word beside the digits says they are."""
    for kind, name in _CONTEXTS:
        if read.nearby.has(name, window.start, window.end):
            return kind
    return None


def _has_date(window: Window, dates: bytearray) -> bool:
    return not window.is_whole and any(dates[window.start : window.end])


def _with_letters(read: PlainText) -> Iterator[Candidate]:
    for match in _BELARUS.finditer(read.text):
        if national.is_by_person(match.group()):
            yield Candidate(Kind.NATIONAL_NUMBER, "by.personal", *match.span())
    for match in _BELARUS_TAX.finditer(read.text):
        if unp.is_valid(match.group()) and read.nearby.has("national", *match.span()):
            yield Candidate(Kind.NATIONAL_NUMBER, "by.unp", *match.span())
    for match in _AZERBAIJAN.finditer(read.text):
        if read.nearby.has("az_fin", *match.span()):
            yield Candidate(Kind.NATIONAL_NUMBER, "az.fin", *match.span())
