"""Telephone numbers, e-mail addresses and user names.

Invariants: a number is a telephone's if a numbering plan of the region, or any state's after +, has such a
number (ITU plans, by phonenumbers), or if a word that says so stands before it; a list of amounts is not
joined into one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from risk_models.disclosure.content.digits import covered, date_places
from risk_models.disclosure.content.kinds import Candidate, Kind
from risk_models.disclosure.content.plain import PlainText
from risk_models.disclosure.content.words import context_pattern

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_USER_NAME = re.compile(r"(?<![\w@/.])@[A-Za-z]\w{4,31}(?!\w|@)|\bt\.me/\w{5,32}")
_GROUP = re.compile(r"[0-9]+")
_LINK = re.compile(r"\)?[ \n./-]{0,2}\(?|\) ?")
_AFTER_WORD = re.compile(r"[ \n.:№+(-]{0,6}([0-9](?:[ ()./-]{0,2}[0-9]){4,14})(?![0-9])")
# Codes of the region that are written without + as well, and how long such a number is altogether.
_CALLING_CODES = {
    "7": 11, "8": 11, "998": 12, "996": 12, "992": 12, "993": 11, "994": 12, "995": 12, "375": 12, "380": 12,
    "374": 11, "373": 11,
}  # fmt: skip
_LONGEST, _SHORTEST = 15, 8
_TRIES = 4


def emails(read: PlainText) -> Iterator[Candidate]:
    """Yield e-mail addresses and user names of messengers."""
    text = read.text
    if "@" not in text and "t.me" not in text:
        return
    for scheme, pattern in (("email", _EMAIL), ("user_name", _USER_NAME)):
        for match in pattern.finditer(text):
            yield Candidate(Kind.EMAIL, scheme, *match.span())


def phones(read: PlainText) -> Iterator[Candidate]:
    """Yield telephone numbers: after +, by a calling code of the region, after a word."""
    text = read.text
    groups = list(_GROUP.finditer(text))
    dates = covered(text, date_places(text))
    for first, group in enumerate(groups):
        end = _international(text, groups, first) or _regional(text, groups, first)
        if end and not any(dates[group.start() : end]):
            yield Candidate(Kind.PHONE, "phone", group.start(), end)
    for word in context_pattern("phone").finditer(text):
        match = _AFTER_WORD.match(text, word.end())
        if match and not _is_figure(match.group(1)) and not any(dates[match.start(1) : match.end(1)]):
            yield Candidate(Kind.PHONE, "named", *match.span(1))


def _international(text: str, groups: list[re.Match[str]], first: int) -> int | None:
    before = text[max(0, groups[first].start() - 2) : groups[first].start()]
    if not before.endswith(("+", "+(", "+ ")):
        return None
    ends = [
        (digits, end) for digits, end in _ends(text, groups, first) if _SHORTEST <= len(digits) <= _LONGEST
    ]
    for digits, end in ends[: -_TRIES - 1 : -1]:
        if _exists(digits):
            return end
    return None


def _regional(text: str, groups: list[re.Match[str]], first: int) -> int | None:
    """A number that begins with 8 or with a calling code. Amounts in figures, 8 701 234 567, are not."""
    start = text[groups[first].start() :][:3]
    code = next((code for code in _CALLING_CODES if start.startswith(code)), None)
    if code is None or text[max(0, groups[first].start() - 1) : groups[first].start()].isalnum():
        return None
    for digits, end in _ends(text, groups, first):
        if len(digits) == _CALLING_CODES[code] and not _is_figure(text[groups[first].start() : end]):
            national = f"7{digits[1:]}" if code == "8" else digits
            return end if _exists(national) and not text[end : end + 1].isalpha() else None
    return None


def _is_figure(written: str) -> bool:
    return re.fullmatch(r"[0-9]{1,3}(?: [0-9]{3})+", written) is not None


def _ends(text: str, groups: list[re.Match[str]], first: int) -> list[tuple[str, int]]:
    """The digits from this group on and where they end, group by group."""
    found: list[tuple[str, int]] = []
    digits = ""
    for place in range(first, len(groups)):
        group = groups[place]
        if place > first and not _LINK.fullmatch(text, groups[place - 1].end(), group.start()):
            break
        digits += group.group()
        if len(digits) > _LONGEST:
            break
        found.append((digits, group.end()))
    return found


def _exists(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}", None))
    except phonenumbers.NumberParseException:
        return False
