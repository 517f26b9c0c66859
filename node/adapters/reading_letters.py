"""Which one-byte encoding makes words of the bytes outside ASCII: a score from letters, cases and scripts.

Invariants: only counting, no chance and no training; two encodings that give the same text are one answer;
when the evidence does not separate two different texts, both are given, the better one first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# In this order among equals: what people's programs write most often comes first.
CANDIDATES = ("cp1251", "cp1252", "mac-roman", "mac-cyrillic", "koi8-r", "cp866", "kz1048")
_WORDS = re.compile(rb"[A-Za-z\x80-\xff'\x60]*[\x80-\xff][A-Za-z\x80-\xff'\x60]*")
_FREQUENT = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_WEIGHTS = {letter: 20 - place for place, letter in enumerate(_FREQUENT)}
_WEIGHTS |= dict.fromkeys("әғқңөұүһіїєґў", 6)
_WEIGHTS |= dict.fromkeys("éèêàâôçñáíóúüößäãõîïëşğıåæøœùûòìý", 10)
_RARE = -25
_TYPOGRAPHY = "«»„“”\u2018\u2019\u2013—…№°§©®±\u00a0"
# apostrophes as people type them, and the space that keeps two words together
_BETWEEN_LETTERS = "\u2018\u2019\u00b4\u02bc\u00a0"
_TYPOGRAPHY_WEIGHT = 2
_SYMBOL_IN_WORD, _SYMBOL, _CONTROL, _UNDEFINED = -60, -20, -100, -100
_MIXED_SCRIPT, _CASE_TURNED, _TWO_ACCENTS = -60, -40, -25
_LEAST_MARGIN, _MARGIN_SHARE = 8, 20


def ranked(lines: Iterable[bytes]) -> tuple[str, ...]:
    """Give the encoding that fits best, then those of other texts that fit nearly as well; none if none does."""
    words = sorted({word for line in lines for word in _WORDS.findall(line)})
    joined = b"\n".join(words)
    scores = {encoding: sum(_score(word, encoding) for word in words) for encoding in CANDIDATES}
    best = max(CANDIDATES, key=lambda encoding: scores[encoding])
    if scores[best] <= 0:
        return ()
    texts = {_decoded(joined, best)}
    near = []
    margin = max(_LEAST_MARGIN, scores[best] // _MARGIN_SHARE)
    for encoding in sorted(CANDIDATES, key=lambda encoding: -scores[encoding]):
        text = _decoded(joined, encoding)
        if scores[best] - scores[encoding] < margin and text not in texts:
            texts.add(text)
            near.append(encoding)
    return best, *near


def _score(word: bytes, encoding: str) -> int:
    text = _decoded(word, encoding)
    return sum(_weight(text, place) for place, character in enumerate(text) if not character.isascii())


def _weight(text: str, place: int) -> int:
    character = text[place]
    before = text[place - 1] if place else ""
    after = text[place + 1] if place + 1 < len(text) else ""
    if not character.isalpha():
        return _symbol_weight(character, in_word=before.isalpha() and after.isalpha())
    weight = _WEIGHTS.get(character.lower(), _RARE)
    if character.isupper() and before.isalpha() and (before.islower() or after.islower()):
        weight += _CASE_TURNED
    if any(near.isalpha() and _is_cyrillic(near) != _is_cyrillic(character) for near in (before, after)):
        weight += _MIXED_SCRIPT
    if not _is_cyrillic(character) and before.isalpha() and not before.isascii():
        weight += _TWO_ACCENTS
    return weight


def _symbol_weight(character: str, *, in_word: bool) -> int:
    if character == "\N{REPLACEMENT CHARACTER}":
        return _UNDEFINED
    if unicodedata.category(character).startswith("C"):
        return _CONTROL
    if in_word and character not in _BETWEEN_LETTERS:
        return _SYMBOL if character in _TYPOGRAPHY else _SYMBOL_IN_WORD
    return _TYPOGRAPHY_WEIGHT if character in _TYPOGRAPHY + _BETWEEN_LETTERS else _SYMBOL


def _is_cyrillic(character: str) -> bool:
    return "\u0400" <= character <= "\u052f"


def _decoded(content: bytes, encoding: str) -> str:
    return content.decode(encoding, "replace")
