"""Numbers of identity documents, dates of birth and street addresses, by the words beside them.

Invariants: without such a word nothing is found here, because a document's number has no check digit that is
public and a date is a date; the lines at the foot of a passport (ICAO 9303) are found by their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from risk_models.disclosure.content.kinds import Candidate, Kind
from risk_models.disclosure.content.plain import PlainText
from risk_models.disclosure.content.words import context_pattern, word_lists

_AFTER_WORD = 40
_MACHINE_READABLE = re.compile(r"(?<![A-Z0-9<])[PIACV][A-Z0-9<]{4,40}<<[A-Z0-9<]{2,40}")


def papers(read: PlainText) -> Iterator[Candidate]:
    """Yield document numbers, dates of birth and addresses."""
    text = read.text
    for word in context_pattern("document").finditer(text):
        match = _pattern("number").search(text, word.end(), word.end() + _AFTER_WORD)
        if match:
            yield Candidate(Kind.DOCUMENT, "document", *match.span())
    for match in _MACHINE_READABLE.finditer(text):
        yield Candidate(Kind.DOCUMENT, "machine_readable", *match.span())
    for match in _pattern("day").finditer(text):
        if read.nearby.has("birth", *match.span()):
            yield Candidate(Kind.BIRTH_DATE, "day", *match.span())
    for match in _pattern("year").finditer(text):
        yield Candidate(Kind.BIRTH_DATE, "year", *match.span())
    for pattern in _streets():
        for match in pattern.finditer(text):
            yield Candidate(Kind.ADDRESS, "street", *match.span())


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(word_lists("papers")[name])


@cache
def _streets() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source, re.IGNORECASE) for source in word_lists("papers")["streets"])
