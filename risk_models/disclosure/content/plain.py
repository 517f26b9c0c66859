"""A text as people read it, whatever it was typed with.

Invariants: compatibility forms, other scripts' digits, dashes, spaces and apostrophes become plain ones, and
what is invisible goes (Unicode NFKC; categories Cf, Mn, Me); letters of another alphabet that look the same
become the word's own; every place of the plain text leads back to its place in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from risk_models.disclosure.content.words import Nearby, word_lists

_MIXED = re.compile("[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_WORD = re.compile(r"\w{2,64}")
_MAX_MARKS = 8
_READINGS = {"Cf": "", "Mn": "", "Me": "", "Cc": " ", "Zs": " ", "Pd": "-", "Zl": "\n", "Zp": "\n"}


@dataclass(frozen=True, slots=True)
class PlainText:
    """A plain text; `places[n]` is where its n-th character stood in `original` (None: at n).

    nearby: the words that say what stands beside them.
    """

    original: str
    text: str
    places: tuple[int, ...] | None
    nearby: Nearby

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original of a span of at least one character here."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def plain(text: str) -> PlainText:
    """Return the text as people read it."""
    if all(_plain_character(character) == character for character in set(text)):
        return _read(text, text, None)
    characters: list[str] = []
    places: list[int] = []
    for place, cluster in _clusters(text):
        for character in _plain_cluster(cluster):
            characters.append(character)
            places.append(place)
    return _read(text, "".join(characters), tuple(places))


def _read(original: str, text: str, places: tuple[int, ...] | None) -> PlainText:
    read = _one_alphabet(text)
    return PlainText(original, read, places, Nearby(read))


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """A character with the marks that follow it, each with the place where it begins."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, text[start : min(place, start + _MAX_MARKS)]
            start = place


def _plain_cluster(cluster: str) -> str:
    if len(cluster) == 1:
        return _plain_character(cluster)
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", cluster)))


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    fixed = _fixed().get(character)
    if fixed is None:
        fixed = _READINGS.get(unicodedata.category(character))
    if fixed is not None or character.isascii():
        return character if fixed is None else fixed
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    simpler = unicodedata.normalize("NFKC", character)
    return simpler if simpler == character else "".join(map(_plain_character, simpler))


@cache
def _fixed() -> dict[str, str]:
    """Characters that are read otherwise than their category says."""
    letters = word_lists("letters")
    return {one: plain_one for plain_one, many in letters["read_as"].items() for one in many}


def _one_alphabet(text: str) -> str:
    """A word in two alphabets is read in one: a word with digits as Latin, any other as Cyrillic."""
    if _MIXED.search(text) is None:
        return text
    return _WORD.sub(_folded, text)


def _folded(match: re.Match[str]) -> str:
    word = match.group()
    if _MIXED.search(word) is None:
        return word
    alike = word_lists("letters")["alike"]
    to_latin = any(map(str.isdecimal, word))
    written, read = (alike["cyrillic"], alike["latin"]) if to_latin else (alike["latin"], alike["cyrillic"])
    return word.translate(str.maketrans(written, read))
