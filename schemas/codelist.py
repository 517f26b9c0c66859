"""Codes and code lists.

Invariants: a code's id is unique in its list and never changes its meaning; a parent is a code of the same
list, at most four levels deep and never in a circle; a code carries a label in every language of the house;
validity dates, of codes and of the list's version, are inclusive.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from schemas.errors import InvalidDefinition, UnknownDefinition
from schemas.names import NameIndex

MAX_LEVELS = 4
# Attributes that are names of their code. Every other one says something about it: a number that a standard gives
# to an area is also the number of a currency, a marking's national counterpart is not the marking.
ALIASES = "aliases"
ALIAS_SEPARATOR = "|"
ABBREVIATIONS = ("alpha3", "name")


@dataclass(frozen=True, slots=True)
class Code:
    """One code: labels by language, place in the hierarchy, validity, attributes (as text)."""

    id: str
    labels: Mapping[str, str] = field(hash=False)
    parent: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.id or self.id != self.id.strip():
            raise InvalidDefinition("A code has an empty or padded id.", context={"code": self.id})
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise InvalidDefinition("A code ends before it begins.", context={"code": self.id})

    def is_valid_on(self, day: dt.date) -> bool:
        """True if `day` lies within the code's validity."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Codelist:
    """A versioned list of codes, in the order of its file; iterates over its codes."""

    agency: str
    id: str
    version: str
    codes: tuple[Code, ...]
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    _by_id: Mapping[str, Code] = field(init=False, repr=False, compare=False)
    _names: NameIndex | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise InvalidDefinition("A code list ends before it begins.", context={"codelist": self.id})
        by_id = {code.id: code for code in self.codes}
        if len(by_id) != len(self.codes):
            raise InvalidDefinition("A code list names a code twice.", context={"codelist": self.id})
        for code in self.codes:
            if code.parent is not None and (code.parent not in by_id or code.parent == code.id):
                raise InvalidDefinition(
                    "A code's parent is not in its list.",
                    detail=f"{self.id}: {code.id} under {code.parent}.",
                    context={"codelist": self.id, "code": code.id},
                )
        object.__setattr__(self, "_by_id", by_id)
        for code in self.codes:
            self._refuse_depth(code)

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, code_id: object) -> bool:
        return code_id in self._by_id

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all codes, in the order of the list."""
        return tuple(code.id for code in self.codes)

    def code(self, code_id: str) -> Code:
        """Return one code.

        Raises:
            UnknownDefinition: the list has no such code.
        """
        try:
            return self._by_id[code_id]
        except KeyError:
            raise UnknownDefinition(
                "The code list has no such code.",
                detail=f"{self.id} version {self.version}: {code_id!r}.",
                hint="Use a code of the list, in its own spelling.",
                context={"codelist": self.id, "version": self.version, "code": code_id},
            ) from None

    def label(self, code_id: str, lang: str) -> str:
        """Return a code's label in one language.

        Raises:
            UnknownDefinition: the list has no such code, or the code no label in `lang`.
        """
        labels = self.code(code_id).labels
        if lang not in labels:
            raise UnknownDefinition(
                "The code has no label in this language.",
                detail=f"{self.id}: {code_id} in {lang!r}.",
                context={"codelist": self.id, "code": code_id, "lang": lang},
            )
        return labels[lang]

    def where(self, attribute: str, value: str) -> tuple[Code, ...]:
        """Return the codes whose `attribute` is `value`, in the order of the list."""
        return tuple(code for code in self.codes if code.attributes.get(attribute) == value)

    def children(self, code_id: str | None) -> tuple[Code, ...]:
        """Return the codes directly under a code, in the order of the list; under None, the top ones."""
        if code_id is not None:
            self.code(code_id)
        return tuple(code for code in self.codes if code.parent == code_id)

    def ancestors(self, code_id: str) -> tuple[Code, ...]:
        """Return the codes that a code lies within, from the nearest to the top one."""
        found: list[Code] = []
        parent = self.code(code_id).parent
        while parent is not None:
            found.append(self._by_id[parent])
            parent = found[-1].parent
        return tuple(found)

    def named(self, text: str) -> str | None:
        """Return the one code whose id, standard abbreviation or name in any language is `text`; never a guess."""
        return self._index().named(text)

    def suggestion(self, text: str) -> str | None:
        """Return the one code that `text` names, in any case, or nearly names; None if unclear."""
        return self._index().suggested(text)

    def _index(self) -> NameIndex:
        # Most lists are never asked for a name: the index is built by the first question and kept.
        if self._names is None:
            names = [(name, code.id) for code in self.codes for name in _names(code)]
            writings = [(writing, code.id) for code in self.codes for writing in _writings(code)]
            object.__setattr__(self, "_names", NameIndex.of(names, writings))
        return cast("NameIndex", self._names)

    def _refuse_depth(self, code: Code) -> None:
        passed, parent = [code.id], code.parent
        while parent is not None and parent not in passed:
            passed.append(parent)
            parent = self._by_id[parent].parent
        if parent is not None:
            title = "The parents of a code go round in a circle."
        elif len(passed) > MAX_LEVELS:
            title = "A code lies deeper than the levels of a list."
        else:
            return
        raise InvalidDefinition(
            title,
            detail=f"{self.id}: {' under '.join(passed)}.",
            context={"codelist": self.id, "code": code.id},
        )


def _names(code: Code) -> list[str]:
    aliases = code.attributes.get(ALIASES, "").split(ALIAS_SEPARATOR)
    return [*code.labels.values(), *(alias for alias in aliases if alias)]


def _writings(code: Code) -> list[str]:
    return [code.id, *(code.attributes[name] for name in ABBREVIATIONS if name in code.attributes)]
