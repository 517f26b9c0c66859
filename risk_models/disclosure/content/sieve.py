"""The first look at a column: which texts are worth a closer one.

Invariants: vectorised, by one regular expression that runs in linear time (RE2); a text without any of these
signs has no finding, because every search needs one of them: a digit, a sign of its own, a word of a marking,
an initial, two capitalised words side by side, or a character that is read as another.
"""

from __future__ import annotations

import re
from functools import cache

from risk_models.disclosure.content.text import MAX_TEXT_CHARS
from risk_models.disclosure.content.words import word_lists
from schemas.masks import Cells, Places, pc

_SPACE = r"[\p{Z}\p{Cc}]{1,2}"
_CAPITALISED = r"\p{Lu}[\p{L}\p{P}\p{Sk}]*"
_SIGNS = (
    r"\p{N}",
    r"[@<İ]",
    r"t\.me",
    r"[A-Za-z_-]{25}",
    r"\p{Lu}\.",
    _CAPITALISED + _SPACE + r"\p{Lu}",
    _CAPITALISED + _SPACE + r"[\p{L}\p{P}\p{Sk}]{2,8}" + _SPACE + r"\p{Lu}",
    r"[\p{Cf}\p{M}\p{Lm}\x{2024}-\x{2026}\x{2070}-\x{209F}\x{2100}-\x{2115}\x{2117}-\x{214F}\x{2460}-\x{24FF}]",
    r"[\x{3000}-\x{FFFF}\x{10000}-\x{10FFFF}]",
    r"[A-Za-z][\x{400}-\x{4FF}]|[\x{400}-\x{4FF}][A-Za-z]",
)
_STATEMENT_BEGINNINGS = ("содерж", "составл", "отнес", "құпия", "contain", "constit", "protect")
_WORD_CUT = 5


def suspects(texts: Cells) -> Places:
    """Return the places of the texts to be looked through closely."""
    too_long = pc.greater(pc.utf8_length(texts), MAX_TEXT_CHARS)
    return pc.indices_nonzero(pc.or_(too_long, pc.match_substring_regex(texts, _pattern())))


@cache
def _pattern() -> str:
    lists = word_lists("markings")
    beginnings = {
        phrase.split()[0][:_WORD_CUT] for phrase in (*lists["always"], *lists["grades"], *lists["secrets"])
    }
    words = (re.escape(word) for word in sorted({*beginnings, *_STATEMENT_BEGINNINGS}))
    return "|".join([*(f"(?:{sign})" for sign in _SIGNS), f"(?i:{'|'.join(words)})"])
