"""What is said of a typology: codes of the shared lists by facet, and texts by language with one original.

* The original is always there; every other language is a translation of it, and a missing one is missing, not empty.
* It speaks of patterns only: what no gate lets out is found by who writes it, before it is signed.
* Facets, and fields of a text, that a reader does not know are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from exchange.jsondoc import Fields
from exchange.limits import (
    MAX_TEXT_CHARACTERS,
    MAX_TYPOLOGY_CODES,
    MAX_TYPOLOGY_FACETS,
    MAX_TYPOLOGY_LANGUAGES,
    MAX_TYPOLOGY_LINE_CHARACTERS,
    MAX_TYPOLOGY_LINES,
    MAX_TYPOLOGY_TITLE_CHARACTERS,
)

# The facets of this version with the code lists that their codes are of; a typology has a method at least.
FACETS: Mapping[str, str] = MappingProxyType(
    {
        "METHOD": "CL_METHOD",
        "PREDICATE": "CL_PREDICATE",
        "CHANNEL": "CL_CHANNEL",
        "STAGE": "CL_STAGE",
        "ENTITY_TYPE": "CL_ENTITY_TYPE",
        "NEW_TECH": "CL_NEW_TECH",
    }
)
METHOD, NEW_TECH = "METHOD", "NEW_TECH"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FACET = re.compile(r"[A-Z][A-Z0-9_]{0,31}")
_CODE = re.compile(r"[A-Za-z0-9_]{1,32}")
# Lines are lines and paragraphs are paragraphs: of control characters a description has line feeds, a line none. What
# turns the direction of text could show other words than were signed; half a surrogate pair cannot be written at all.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_KNOWN_OF_TEXT = frozenset({"title", "description", "warning_signs", "measures"})


@dataclass(frozen=True, slots=True)
class Wording:
    """A typology in one language. warning_signs, measures: what to look for, and what to do, a line each.

    Raises:
        ValueError: a text is empty or too long, or holds control characters; there are too many lines.
    """

    title: str
    description: str
    warning_signs: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require_line("title", self.title, MAX_TYPOLOGY_TITLE_CHARACTERS)
        if not self.description.strip() or len(self.description) > MAX_TEXT_CHARACTERS:
            raise ValueError(
                f"description: 1 to {MAX_TEXT_CHARACTERS} characters, not {len(self.description)}"
            )
        if CONTROL.search(self.description.replace("\n", "")):
            raise ValueError("description: control characters")
        _require_lines(self.warning_signs, "warning_signs")
        _require_lines(self.measures, "measures")
        if _KNOWN_OF_TEXT.intersection(self.extra):
            raise ValueError("an extra field of a text has the name of a known one")

    @property
    def passages(self) -> tuple[str, ...]:
        """Every text of it, in order."""
        return (self.title, self.description, *self.warning_signs, *self.measures)

    def to_document(self) -> dict[str, Any]:
        """Return the object that stands under its language."""
        return {
            **self.extra,
            "title": self.title,
            "description": self.description,
            "warning_signs": list(self.warning_signs),
            "measures": list(self.measures),
        }

    @classmethod
    def from_fields(cls, read: Fields) -> Wording:
        """Return the text written under a language; raises Refused (a name of `Fields`) or ValueError."""
        return cls(
            title=read.text("title"),
            description=read.text("description"),
            warning_signs=read.texts("warning_signs"),
            measures=read.texts("measures"),
            extra=read.rest(_KNOWN_OF_TEXT),
        )


@dataclass(frozen=True, slots=True)
class Description:
    """What one version of a typology says. original: the language it was written in first.

    codes: by facet, sorted, each once; a facet of which nothing is said is not there.
    sources: where it was published, or on what it rests, a line each.

    Raises:
        ValueError: a rule above is broken, no method is named, or the original is not among the texts.
    """

    codes: Mapping[str, tuple[str, ...]]
    original: str
    texts: Mapping[str, Wording]
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.codes.get(METHOD):
            raise ValueError("a typology names a method at least")
        if len(self.codes) > MAX_TYPOLOGY_FACETS:
            raise ValueError(f"a typology has at most {MAX_TYPOLOGY_FACETS} facets")
        for facet, codes in self.codes.items():
            _require_codes(facet, codes)
        if not 1 <= len(self.texts) <= MAX_TYPOLOGY_LANGUAGES or not all(
            map(_LANGUAGE.fullmatch, self.texts)
        ):
            raise ValueError(f"a typology has texts in 1 to {MAX_TYPOLOGY_LANGUAGES} languages")
        if self.original not in self.texts:
            raise ValueError(f"the original is in {self.original!r}, and there is no text in it")
        _require_lines(self.sources, "sources")

    @property
    def has_new_technology(self) -> bool:
        """The flag of new technology: one is named."""
        return bool(self.codes.get(NEW_TECH))

    @property
    def passages(self) -> tuple[str, ...]:
        """Every text of it that somebody wrote, in order of language."""
        written = (text for _, wording in sorted(self.texts.items()) for text in wording.passages)
        return (*written, *self.sources)

    def to_document(self) -> dict[str, Any]:
        """Return its fields as they stand in a payload."""
        return {
            "codes": {facet: list(codes) for facet, codes in self.codes.items()},
            "original": self.original,
            "texts": {language: wording.to_document() for language, wording in self.texts.items()},
            "sources": list(self.sources),
        }

    @classmethod
    def from_fields(cls, read: Fields) -> Description:
        """Return the description in a payload; raises Refused (a name of `Fields`) or ValueError."""
        codes, texts = read.fields("codes"), read.fields("texts")
        return cls(
            codes={facet: codes.texts(facet) for facet in read.mapping("codes")},
            original=read.text("original"),
            texts={
                language: Wording.from_fields(texts.fields(language)) for language in read.mapping("texts")
            },
            sources=read.texts("sources"),
        )


def _require_codes(facet: str, codes: tuple[str, ...]) -> None:
    if not _FACET.fullmatch(facet) or not all(map(_CODE.fullmatch, codes)):
        raise ValueError(f"{facet[:40]}: not the name of a facet with codes of a code list")
    if list(codes) != sorted(set(codes)) or not 1 <= len(codes) <= MAX_TYPOLOGY_CODES:
        raise ValueError(f"{facet}: 1 to {MAX_TYPOLOGY_CODES} codes, sorted, each once")


def _require_lines(lines: Iterable[str], name: str) -> None:
    lines = tuple(lines)
    if len(lines) > MAX_TYPOLOGY_LINES:
        raise ValueError(f"{name}: at most {MAX_TYPOLOGY_LINES} lines, not {len(lines)}")
    for line in lines:
        _require_line(name, line, MAX_TYPOLOGY_LINE_CHARACTERS)


def _require_line(name: str, text: str, at_most: int) -> None:
    if not text.strip() or len(text) > at_most:
        raise ValueError(f"{name}: 1 to {at_most} characters, not {len(text)}")
    if CONTROL.search(text):
        raise ValueError(f"{name}: line breaks or other control characters")
