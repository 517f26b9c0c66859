"""Names of persons, by how names are built in the region.

Invariants: a name is found by a patronymic beside a capitalised word, by a surname with initials, or by a
common given name beside a word that ends like a surname; a single bare name is not found; every token is
read once, so time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from risk_models.disclosure.content.kinds import Candidate, Kind
from risk_models.disclosure.content.plain import PlainText
from risk_models.disclosure.content.words import word_lists

_WORD = re.compile(r"[^\W\d_]{1,40}(?:['-][^\W\d_]{1,40}){0,3}")
_GAP = re.compile(r"[ \n]{1,2}")
_SHORTEST_PATRONYMIC, _SHORTEST_DECLINED = 5, 4
_MOST_WORDS_BESIDE = 2


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    lower: str
    start: int
    end: int
    follows: bool
    """True if only a space lies between the word before and this one."""

    @property
    def is_capital(self) -> bool:
        return self.word[0].isupper() and len(self.word) > 1


def person_names(read: PlainText) -> Iterator[Candidate]:
    """Yield names of persons; one name may be yielded in several overlapping readings."""
    tokens = _tokens(read.text)
    for place, token in enumerate(tokens):
        scheme = _scheme(tokens, place, token)
        if scheme:
            first, last = _extent(tokens, place)
            yield Candidate(Kind.PERSON_NAME, scheme, tokens[first].start, tokens[last].end)
    yield from _with_initials(read.text)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for match in _WORD.finditer(text):
        follows = bool(tokens) and _GAP.fullmatch(text, tokens[-1].end, match.start()) is not None
        word = match.group()
        tokens.append(_Token(word, word.casefold().replace("i̇", "i"), match.start(), match.end(), follows))
    return tokens


def _scheme(tokens: list[_Token], place: int, token: _Token) -> str | None:
    before, after = _before(tokens, place), _after(tokens, place)
    if token.lower in _listed("markers"):
        return "patronymic" if _is_marked_name(tokens, place, before, after) else None
    if not token.is_capital or not any(one and one.is_capital for one in (before, after)):
        return None
    if _is_patronymic(token.lower):
        return "patronymic"
    if _ends("families", token.lower):
        return "family"
    if token.lower in _given_names() and any(_is_surname(one) for one in (before, after)):
        return "given_name"
    return None


def _is_marked_name(tokens: list[_Token], place: int, before: _Token | None, after: _Token | None) -> bool:
    """Bakyt Asan uulu, Asan uulu Bakyt: a name, the word for son or daughter, and one more name."""
    if before is None or not before.is_capital:
        return False
    earlier = _before(tokens, place - 1)
    return any(one is not None and one.is_capital for one in (earlier, after))


def _is_patronymic(lower: str) -> bool:
    return (
        len(lower) >= _SHORTEST_PATRONYMIC
        and lower not in _listed("not_patronymics")
        and _ends("patronymics", lower)
    )


def _is_surname(token: _Token | None) -> bool:
    return token is not None and token.is_capital and _ends("surnames", token.lower)


def _ends(name: str, word: str) -> bool:
    """True if the word ends with one of the listed endings; words are short, so this is bounded."""
    return _endings(name).search(word) is not None


def _extent(tokens: list[_Token], place: int) -> tuple[int, int]:
    """The capitalised words around this one, with a word for son or daughter between them."""
    first = last = place
    while (
        first > max(0, place - _MOST_WORDS_BESIDE) and tokens[first].follows and _belongs(tokens[first - 1])
    ):
        first -= 1
    while last + 1 < len(tokens) and last < place + _MOST_WORDS_BESIDE and tokens[last + 1].follows:
        if not _belongs(tokens[last + 1]):
            break
        last += 1
    return first, last


def _belongs(token: _Token) -> bool:
    return token.is_capital or token.lower in _listed("markers")


def _before(tokens: list[_Token], place: int) -> _Token | None:
    return tokens[place - 1] if place > 0 and tokens[place].follows else None


def _after(tokens: list[_Token], place: int) -> _Token | None:
    return tokens[place + 1] if place + 1 < len(tokens) and tokens[place + 1].follows else None


def _with_initials(text: str) -> Iterator[Candidate]:
    for match in _initials_first().finditer(text):
        if _is_person(match.group(1), match.group(2), match.group(3)):
            yield Candidate(Kind.PERSON_NAME, "initials", *match.span())
    for match in _initials_last().finditer(text):
        if _is_person(match.group(2), match.group(3), match.group(1)):
            yield Candidate(Kind.PERSON_NAME, "initials", *match.span())


def _is_person(first: str, second: str | None, surname: str) -> bool:
    """Two initials that are no abbreviation of ours, or one beside a word that ends like a surname."""
    if second is None:
        return _ends("strict_surnames", surname.casefold())
    return first + second not in _listed("not_initials")


@cache
def _initials_first() -> re.Pattern[str]:
    upper = word_lists("names")["upper"]
    surname = rf"[{upper}][^\W\d_]{{2,30}}(?:-[{upper}][^\W\d_]{{2,30}})?"
    return re.compile(rf"(?<![\w.])([{upper}])\. ?(?:([{upper}])\. ?)?({surname})")


@cache
def _initials_last() -> re.Pattern[str]:
    upper = word_lists("names")["upper"]
    surname = rf"[{upper}][^\W\d_]{{2,30}}(?:-[{upper}][^\W\d_]{{2,30}})?"
    return re.compile(rf"(?<!\w)({surname}) ([{upper}])\. ?(?:([{upper}])\.)?(?!\w)")


@cache
def _endings(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(word_lists('names')[name])})\Z")


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(word_lists("names")[name])


@cache
def _given_names() -> frozenset[str]:
    """Common given names, with their case endings if they are written in Cyrillic letters."""
    first, last = word_lists("names")["cyrillic"]
    return frozenset(
        form
        for name in word_lists("names")["given"]
        for form in (_forms(name.casefold()) if first <= name[-1] <= last else (name.casefold(),))
    )


def _forms(name: str) -> tuple[str, ...]:
    """The forms that the case endings of the list make of a name."""
    if len(name) < _SHORTEST_DECLINED:
        return (name,)
    endings = word_lists("names")["case_endings"]
    if name[-1] in endings:
        return name, *(name[:-1] + ending for ending in endings[name[-1]])
    return name, *(name + ending for ending in endings["consonant"])
