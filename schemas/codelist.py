"""Codes and code lists.

Invariants: a code's id is unique in its list and never changes its meaning; a parent is a code of the same
list; a code carries a label in every language of the house; validity dates are inclusive.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemas.errors import InvalidDefinition, UnknownDefinition


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
    _by_id: Mapping[str, Code] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
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

    def suggestion(self, text: str) -> str | None:
        """Return the one code that `text` names by another spelling, label or attribute; None if unclear."""
        wanted = text.strip().casefold()
        named = {code.id for code in self.codes if wanted in _names(code)}
        return named.pop() if len(named) == 1 else None


def _names(code: Code) -> set[str]:
    return {name.casefold() for name in (code.id, *code.labels.values(), *code.attributes.values())}
