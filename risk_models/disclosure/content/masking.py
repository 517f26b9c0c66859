"""Excerpts that let the author find the place and tell nobody else what stands there.

Invariants: of a value shorter than six characters nothing is shown; of a longer one at most two characters
at either end, together never more than a third; of a name the initials.
"""

from __future__ import annotations

from risk_models.disclosure.content.kinds import Kind

HIDDEN = "*"
MAX_SHOWN_AT_AN_END = 2
LEAST_SHOWN_LENGTH = 6
MAX_EXCERPT_CHARS = 60


def masked(value: str, kind: Kind) -> str:
    """Return what may be shown of a found value."""
    if kind is Kind.MARKING:
        return value[:MAX_EXCERPT_CHARS]
    if kind is Kind.PERSON_NAME:
        return " ".join(word[0] + HIDDEN * 3 for word in value.split())[:MAX_EXCERPT_CHARS]
    kept = min(MAX_SHOWN_AT_AN_END, len(value) // LEAST_SHOWN_LENGTH)
    hidden = min(len(value) - 2 * kept, MAX_EXCERPT_CHARS - 2 * kept)
    return value[:kept] + HIDDEN * hidden + value[len(value) - kept :]
