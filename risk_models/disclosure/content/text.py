"""One text looked through for everything.

Invariants: findings do not overlap and are in the order of the text; of two readings of one place the kind
that stands first in `Kind` is told; a text that is too long to be looked through in bounded time is not
looked through in part, it is found as such.
"""

from __future__ import annotations

from collections.abc import Iterable

from risk_models.disclosure.content.accounts import ibans
from risk_models.disclosure.content.contacts import emails, phones
from risk_models.disclosure.content.kinds import Candidate, Finding, Kind
from risk_models.disclosure.content.markings import markings
from risk_models.disclosure.content.masking import masked
from risk_models.disclosure.content.names import person_names
from risk_models.disclosure.content.numbers import numbers
from risk_models.disclosure.content.papers import papers
from risk_models.disclosure.content.plain import PlainText, plain
from risk_models.disclosure.content.wallets import wallets

MAX_TEXT_CHARS = 50_000
_SEARCHES = (markings, emails, wallets, ibans, numbers, papers, phones, person_names)
_RANK = {kind: rank for rank, kind in enumerate(Kind)}


def scan_text(text: str) -> tuple[Finding, ...]:
    """Return everything in one text that must not leave, by place."""
    if len(text) > MAX_TEXT_CHARS:
        return (Finding(Kind.UNSCANNED, "too_long", 0, len(text), ""),)
    read = plain(text)
    candidates = [candidate for search in _SEARCHES for candidate in search(read)]
    kept = _without_overlaps(candidates, len(read.text))
    return tuple(_finding(read, candidate) for candidate in kept)


def _without_overlaps(candidates: Iterable[Candidate], length: int) -> list[Candidate]:
    """The first kind wins, then the longer span, then the earlier place."""
    covered = bytearray(length)
    kept = []
    for candidate in sorted(candidates, key=_precedence):
        span = slice(candidate.start, candidate.end)
        if not any(covered[span]):
            covered[span] = b"\x01" * (candidate.end - candidate.start)
            kept.append(candidate)
    return sorted(kept, key=lambda candidate: candidate.start)


def _precedence(candidate: Candidate) -> tuple[int, int, int, str]:
    return _RANK[candidate.kind], candidate.start - candidate.end, candidate.start, candidate.scheme


def _finding(read: PlainText, candidate: Candidate) -> Finding:
    start, end = read.span(candidate.start, candidate.end)
    excerpt = masked(read.text[candidate.start : candidate.end], candidate.kind)
    return Finding(candidate.kind, candidate.scheme, start, end, excerpt)
