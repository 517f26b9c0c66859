"""Secrecy markings in the languages of the region.

Invariants: a phrase that only a marking uses is one wherever it stands; a word that prose uses as well is one
only where it stands as a marking does: a line of its own, brackets or quotes, capitals, or after a word that
announces it. To speak of bank secrecy is not to be bank secret; a text that says it contains it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from risk_models.disclosure.content.kinds import Candidate, Kind
from risk_models.disclosure.content.plain import PlainText
from risk_models.disclosure.content.words import alternatives, word_lists

_IGNORED = " «»\"“”„'*_<>"
_ENDS = "\n.!"
_GRADE_ENDS = f"{_ENDS}:;,/|-"
_COPY = re.compile(r" ?(?:№|экз|дана|copy)", re.IGNORECASE)


def markings(read: PlainText) -> Iterator[Candidate]:
    """Yield every marking."""
    text = read.text
    for match in _pattern("always").finditer(text):
        yield Candidate(Kind.MARKING, "phrase", *match.span())
    for match in _statements().finditer(text):
        yield Candidate(Kind.MARKING, "statement", *match.span())
    for name, ends in (("grades", _GRADE_ENDS), ("secrets", _ENDS)):
        for match in _pattern(name).finditer(text):
            if _stands_alone(text, *match.span(), ends) or _is_announced(text, match.start()):
                yield Candidate(Kind.MARKING, "word", *match.span())


def _stands_alone(text: str, start: int, end: int, ends: str) -> bool:
    """In capitals among other text, in brackets, or all there is of a line but for quotes and a copy's number."""
    word = text[start:end]
    if word.isupper() and not text.isupper() and len(word) > 3:  # noqa: PLR2004 shorter is an abbreviation
        return True
    before, after = text[:start].rstrip(_IGNORED), text[end:].lstrip(_IGNORED)
    if before.endswith(("(", "[")):
        return after.startswith((")", "]"))
    begins = not before or before[-1] == "\n"
    return begins and (not after or after[0] in ends or _COPY.match(after) is not None)


def _is_announced(text: str, start: int) -> bool:
    return _announcement().search(text, max(0, start - 40), start) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives(word_lists('markings')[name])})(?!\w)", re.IGNORECASE)


@cache
def _statements() -> re.Pattern[str]:
    return re.compile("|".join(word_lists("markings")["statements"]), re.IGNORECASE)


@cache
def _announcement() -> re.Pattern[str]:
    words = alternatives(word_lists("markings")["announced_by"])
    return re.compile(rf"(?<!\w)(?:{words})[ \n:«\"“„'(-]{{1,4}}\Z", re.IGNORECASE)
