"""Runs of digits in a plain text, however they are grouped.

Invariants: a window begins and ends where a group of digits does, so a part of a longer number is not taken
for a number; time is linear in the text, because no window is longer than the longest number searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from risk_models.disclosure.content.words import alternatives, word_lists

MAX_DIGITS = 20
FEWEST_DIGITS_A_GROUP = 2.4
_GROUP = re.compile(r"[0-9]+")
_LINK = re.compile(r"[ \n./_-]{1,3}")
_DATE = re.compile(
    r"(?<![0-9])(?:(?:0?[1-9]|[12][0-9]|3[01])[./](?:0?[1-9]|1[0-2])[./](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?![0-9])"
)
_TOKEN_REACH, _UNIT_REACH = 64, 5
_SIGNS = "$€₸₽₴₼֏%"


@dataclass(frozen=True, slots=True)
class Window:
    """Some consecutive groups of digits: the digits alone, the place, each group's length, what lies between."""

    digits: str
    start: int
    end: int
    groups: tuple[int, ...]
    links: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """True if the digits stand together."""
        return len(self.groups) == 1

    @property
    def is_one_number(self) -> bool:
        """True if the groups read as one number and not as a list of figures: few or equal, linked alike.

        Few: at most five groups for twelve digits. Points beside other links are a list of decimals.
        """
        *others, last = self.groups
        is_even = len(set(others)) == 1 and last <= others[0]
        is_list = "." in self.links and len(self.links) > 1
        return (is_even or FEWEST_DIGITS_A_GROUP * len(self.groups) <= len(self.digits)) and not is_list

    @property
    def is_thousands(self) -> bool:
        """True if the groups are those of an amount in figures: 12 345 678."""
        first, *others = self.groups
        return first <= 3 and len(others) > 0 and set(others) == {3}  # noqa: PLR2004 thousands have 3 digits


def windows(text: str, lengths: frozenset[int]) -> Iterator[Window]:
    """Yield each window with one of `lengths` digits, by start and then by end."""
    for run in _runs(text):
        for first in range(len(run)):
            total = 0
            for last in range(first, len(run)):
                total += run[last].end() - run[last].start()
                if total > MAX_DIGITS:
                    break
                if total in lengths:
                    yield _window(run[first : last + 1])


def is_amount(text: str, window: Window) -> bool:
    """True if a currency, a unit or a scale stands beside the number."""
    before = text[max(0, window.start - _UNIT_REACH) : window.start]
    return bool(_unit_after().match(text, window.end) or _unit_before().search(before))


def is_part_of_a_code(text: str, window: Window) -> bool:
    """True inside a token of Latin letters and further digits, such as a digest in hexadecimal."""
    return _reaches_digit(text, range(window.start - 1, window.start - _TOKEN_REACH, -1)) or _reaches_digit(
        text, range(window.end, window.end + _TOKEN_REACH)
    )


def date_places(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of all calendar days with a four-digit year."""
    return tuple(match.span() for match in _DATE.finditer(text))


def covered(text: str, spans: Iterable[tuple[int, int]]) -> bytearray:
    """Return one byte a character: not zero inside the spans."""
    marks = bytearray(len(text))
    for start, end in spans:
        marks[start:end] = b"\x01" * (end - start)
    return marks


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    run: list[re.Match[str]] = []
    for group in _GROUP.finditer(text):
        if run and not _LINK.fullmatch(text, run[-1].end(), group.start()):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _window(groups: list[re.Match[str]]) -> Window:
    text = groups[0].string
    links = {text[one.end() : two.start()].strip(" \n") or " " for one, two in pairwise(groups)}
    return Window(
        digits="".join(group.group() for group in groups),
        start=groups[0].start(),
        end=groups[-1].end(),
        groups=tuple(group.end() - group.start() for group in groups),
        links=frozenset(links),
    )


def _reaches_digit(text: str, places: range) -> bool:
    for letters, place in enumerate(places):
        if not 0 <= place < len(text) or not text[place].isascii():
            return False
        if text[place].isdigit():
            return letters > 0
        if not text[place].isalpha():
            return False
    return False


@cache
def _unit_after() -> re.Pattern[str]:
    words = alternatives(word_lists("words")["units"]["after"])
    return re.compile(rf"[ \n]{{0,2}}(?:[{_SIGNS}]|(?:{words})(?!\w))", re.IGNORECASE)


@cache
def _unit_before() -> re.Pattern[str]:
    words = alternatives(word_lists("words")["units"]["before"])
    return re.compile(rf"(?:[{_SIGNS}]|(?<!\w)(?:{words})) ?\Z", re.IGNORECASE)
