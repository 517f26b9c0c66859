"""The packaged word lists of the gate.

Invariants: words are data, reviewed as such (words.toml, markings.toml); a list is read when it is first
asked for and kept; every pattern made of it is an alternative of fixed words, so matching is linear.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any


@cache
def word_lists(name: str) -> dict[str, Any]:
    """Return one packaged list file."""
    packaged = resources.files("risk_models.disclosure.content") / f"{name}.toml"
    return tomllib.loads(packaged.read_text(encoding="utf-8"))


def alternatives(words: Iterable[str]) -> str:
    """Return the alternatives as the source of a pattern, longest first; `*` stands for the rest of a word."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(
        re.escape(word).replace(r"\*", r"\w{0,12}").replace(r"\ ", r"[ \n]{1,2}") for word in ordered
    )


@cache
def context_pattern(name: str) -> re.Pattern[str]:
    """Return what finds a word of one context."""
    words = word_lists("words")["context"][name]["words"]
    return re.compile(rf"(?<!\w)(?:{alternatives(words)})(?!\w)", re.IGNORECASE)


class Nearby:
    """Where the words of each context stand in one text; each context is searched for once."""

    __slots__ = ("_places", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: dict[str, tuple[list[int], list[int]]] = {}

    def has(self, name: str, start: int, end: int) -> bool:
        """True if a word of this context stands before or after the span, within the context's reach."""
        starts, ends = self._places.get(name) or self._search(name)
        context = word_lists("words")["context"][name]
        before, after = bisect_right(ends, start) - 1, bisect_left(starts, end)
        return (before >= 0 and starts[before] >= start - context["before"]) or (
            after < len(ends) and ends[after] <= end + context["after"]
        )

    def _search(self, name: str) -> tuple[list[int], list[int]]:
        matches = list(context_pattern(name).finditer(self._text))
        self._places[name] = [match.start() for match in matches], [match.end() for match in matches]
        return self._places[name]
