"""Names of codes: which one code a text names, and which one it nearly names.

Invariants: a name that two codes share names neither; names are compared without regard to case, to the dots of
a Cyrillic yo, to the shape of quotes and dashes and to the number of spaces, and to nothing else; what is only
near a name is suggested to a person, never taken for the name, and only where one code is clearly the nearest.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest

# Below four letters every name is near another one; above eighty it is a sentence and not a name.
NEAR_LENGTHS = range(4, 81)
# A misspelt name keeps four fifths of its letters, and the next code is at least this much further away.
LEAST_RATIO = 0.8
LEAST_LEAD = 0.04
# Comparing letter by letter is slow: only the names that share the most pairs of letters are compared.
COMPARED = 16

# By number, because they look alike: yo and ye; apostrophes, primes and turned commas; quotes; dashes.
_SAME = {
    0x451: "\u0435",
    **dict.fromkeys((0x60, 0xB4, 0x2B9, 0x2BB, 0x2BC, 0x2018, 0x2019, 0x201B, 0x2032), "'"),
    **dict.fromkeys((0xAB, 0xBB, 0x201C, 0x201D, 0x201E, 0x201F, 0x2033), '"'),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), "-"),
}
# Capital letters of Cyrillic that look like Latin ones: a code typed on the other keyboard.
_LOOKALIKES = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0405\u0408",
    "ABEKMHOPCTYXISJ",
)
_SIGNS = re.compile(r"[\W_]+")


def normalised(name: str) -> str:
    """Return a name as it is compared: small letters, plain quotes and dashes, single spaces."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_SAME)
    return " ".join(plain.split()).strip("\" '")


def squeezed(name: str) -> str:
    """Return what is left without case, signs and alphabet: `DCO-09` and `dco09` are the same."""
    return _SIGNS.sub("", name).upper().translate(_LOOKALIKES)


@dataclass(frozen=True, slots=True)
class NameIndex:
    """The names and the ids of a list's codes. Built once for a list, then asked often."""

    ids_by_name: Mapping[str, frozenset[str]]
    ids_by_writing: Mapping[str, frozenset[str]]
    ids_by_squeezed: Mapping[str, frozenset[str]]
    names_by_pair: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]], writings: Iterable[tuple[str, str]]) -> NameIndex:
        """Build the index.

        names: (name in words, code id); writings: (id or standard abbreviation, code id), where case matters.
        """
        named, written = tuple(names), tuple(writings)
        by_name = _gathered((normalised(name), code_id) for name, code_id in named)
        by_pair = _gathered((pair, name) for name in by_name for pair in _pairs(name))
        return cls(
            ids_by_name=by_name,
            ids_by_writing=_gathered(written),
            ids_by_squeezed=_gathered(
                (squeezed(name), code_id) for name, code_id in named + written if squeezed(name)
            ),
            names_by_pair={pair: tuple(sorted(sharing)) for pair, sharing in by_pair.items()},
        )

    def named(self, text: str) -> str | None:
        """Return the one code that has this name, id or standard abbreviation; None if none or several."""
        return _only(self._exactly(text))

    def suggested(self, text: str) -> str | None:
        """Return the one code that is meant, as far as one can tell; None if it could be several."""
        found = self._exactly(text) or self.ids_by_squeezed.get(squeezed(text), frozenset())
        return _only(found) if found else self._nearest(normalised(text))

    def _exactly(self, text: str) -> frozenset[str]:
        by_name = self.ids_by_name.get(normalised(text), frozenset())
        return by_name | self.ids_by_writing.get(text.strip(), frozenset())

    def _nearest(self, name: str) -> str | None:
        if len(name) not in NEAR_LENGTHS:
            return None
        ratios: dict[str, float] = {}
        for candidate in self._candidates(name):
            ratio = SequenceMatcher(None, candidate, name, autojunk=False).ratio()
            for code_id in self.ids_by_name[candidate]:
                ratios[code_id] = max(ratio, ratios.get(code_id, 0.0))
        ranked = nlargest(2, ratios, key=lambda code_id: ratios[code_id])
        if not ranked or ratios[ranked[0]] < LEAST_RATIO:
            return None
        is_clear = ratios[ranked[0]] - ratios[ranked[-1]] >= LEAST_LEAD
        return ranked[0] if is_clear or len(ranked) == 1 else None

    def _candidates(self, name: str) -> list[str]:
        """Return the names that share the largest part of their pairs of letters with `name`."""
        pairs = _pairs(name)
        shared = Counter(candidate for pair in pairs for candidate in self.names_by_pair.get(pair, ()))
        return nlargest(
            COMPARED, shared, key=lambda candidate: shared[candidate] / (len(candidate) + len(name))
        )


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    gathered: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        gathered[key].add(value)
    return {key: frozenset(values) for key, values in gathered.items()}


def _pairs(name: str) -> set[str]:
    return {name[place : place + 2] for place in range(len(name) - 1)}


def _only(found: frozenset[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None
