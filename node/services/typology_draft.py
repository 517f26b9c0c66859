"""What a person typed of a typology, and everything that is wrong with it, field by field.

Invariants: all faults are found at once, each at its field; nothing is repaired but the ends of lines and the spaces
around a text; a text that may name somebody is no description, and nobody clears one: it is written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from exchange.limits import (
    MAX_TEXT_CHARACTERS,
    MAX_TYPOLOGY_CODES,
    MAX_TYPOLOGY_LINE_CHARACTERS,
    MAX_TYPOLOGY_LINES,
    MAX_TYPOLOGY_TITLE_CHARACTERS,
)
from exchange.typology_wording import CONTROL, FACETS, METHOD, Description, Wording
from node.errors import Fault, Invalid
from risk_models.disclosure.content import scan_text
from schemas import registry
from schemas.codelist import Code

# the code that says that there is none: a typology says so by naming none
NO_TECHNOLOGY = "NONE"
# findings of the content gate in one text; whoever takes these out learns of the others
MOST_TOLD = 5
TITLE, DESCRIPTION, SIGNS, MEASURES, SOURCES = "title", "description", "warning_signs", "measures", "sources"


@dataclass(frozen=True, slots=True)
class DraftWording:
    """One language as it was typed; a language of which nothing was typed is not there."""

    title: str = ""
    description: str = ""
    warning_signs: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True if nothing was typed."""
        return not any(
            text.strip() for text in (self.title, self.description, *self.warning_signs, *self.measures)
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A description as it was typed. codes: by facet; texts: by language."""

    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    original: str = ""
    texts: Mapping[str, DraftWording] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    @classmethod
    def of(cls, description: Description) -> Draft:
        """Give the draft that a version begins with when it is edited."""
        texts = {
            language: DraftWording(one.title, one.description, one.warning_signs, one.measures)
            for language, one in description.texts.items()
        }
        return cls(dict(description.codes), description.original, texts, description.sources)


def described(draft: Draft, today: date) -> Description:
    """Give the description that a draft makes.

    Raises:
        Invalid: something is missing, too long, of no code list, or may name somebody; `faults` says where.
    """
    codes = {facet: tuple(sorted(set(named))) for facet, named in draft.codes.items() if named}
    texts = {language: _trimmed(one) for language, one in draft.texts.items() if not one.is_empty}
    sources = _lines(draft.sources)
    faults = [
        *_faults_of_codes(codes, today),
        *_faults_of_languages(draft.original, texts),
        *(
            fault
            for language, one in sorted(texts.items())
            for fault in _faults_of_text(f"texts.{language}", one)
        ),
        *_faults_of_lines(SOURCES, sources),
    ]
    if faults:
        raise Invalid(
            "This description cannot be kept as it is",
            detail="; ".join(f"{fault.where}: {fault}" for fault in faults[:5]),
            hint="Correct the fields named and send it again.",
            faults=faults,
        )
    wordings = {
        language: Wording(one.title, one.description, one.warning_signs, one.measures)
        for language, one in texts.items()
    }
    return Description(codes, draft.original, wordings, sources)


def choosable(facet: str, today: date) -> tuple[Code, ...]:
    """Give the codes that a typology may name of a facet: those in force that say something of their own."""
    return tuple(
        code
        for code in registry.codelist(FACETS[facet])
        if not code.id.startswith("_") and code.id != NO_TECHNOLOGY and code.is_valid_on(today)
    )


def stated_line(text: str, name: str, *, may_leave: bool) -> str:
    """Give a line that goes with a step.

    Raises:
        Invalid: it is empty, too long, has control characters, or leaves the node and may name somebody.
    """
    stated = text.strip()
    faults = list(_faults_of_line(name, stated, MAX_TYPOLOGY_LINE_CHARACTERS, is_scanned=may_leave))
    if faults:
        raise Invalid(
            "Say it in one line of words",
            detail=str(faults[0]),
            hint="What leaves this node names no person, account or document.",
            faults=faults,
        )
    return stated


def _trimmed(one: DraftWording) -> DraftWording:
    # a form sends its line ends as CR LF, whatever the browser runs on
    description = one.description.replace("\r\n", "\n").replace("\r", "\n").strip()
    return DraftWording(one.title.strip(), description, _lines(one.warning_signs), _lines(one.measures))


def _lines(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())


def _faults_of_codes(codes: Mapping[str, tuple[str, ...]], today: date) -> Iterator[Fault]:
    if not codes.get(METHOD):
        yield Fault(f"codes.{METHOD}", "missing")
    for facet, named in sorted(codes.items()):
        if facet not in FACETS:
            yield Fault(f"codes.{facet[:40]}", "unknown_facet")
            continue
        known = {code.id for code in choosable(facet, today)}
        yield from (
            Fault(f"codes.{facet}", "unknown_code", {"code": code[:40]})
            for code in named
            if code not in known
        )
        if len(named) > MAX_TYPOLOGY_CODES:
            yield Fault(f"codes.{facet}", "too_many", {"count": len(named), "at_most": MAX_TYPOLOGY_CODES})


def _faults_of_languages(original: str, texts: Mapping[str, DraftWording]) -> Iterator[Fault]:
    for language in sorted(texts.keys() - set(registry.LANGUAGES)):
        yield Fault(f"texts.{language[:8]}", "unknown_language", {"language": language[:8]})
    if original not in registry.LANGUAGES:
        yield Fault("original", "missing")
    elif original not in texts:
        yield Fault(f"texts.{original}.{TITLE}", "original_missing")


def _faults_of_text(where: str, one: DraftWording) -> Iterator[Fault]:
    yield from _faults_of_line(f"{where}.{TITLE}", one.title, MAX_TYPOLOGY_TITLE_CHARACTERS)
    # of control characters a description may have line feeds
    yield from _faults_of_line(f"{where}.{DESCRIPTION}", one.description, MAX_TEXT_CHARACTERS, may_break=True)
    yield from _faults_of_lines(f"{where}.{SIGNS}", one.warning_signs)
    yield from _faults_of_lines(f"{where}.{MEASURES}", one.measures)


def _faults_of_lines(where: str, lines: tuple[str, ...]) -> Iterator[Fault]:
    if len(lines) > MAX_TYPOLOGY_LINES:
        yield Fault(where, "too_many", {"count": len(lines), "at_most": MAX_TYPOLOGY_LINES})
    for line in lines[:MAX_TYPOLOGY_LINES]:
        yield from _faults_of_line(where, line, MAX_TYPOLOGY_LINE_CHARACTERS)


def _faults_of_line(
    where: str, text: str, at_most: int, *, may_break: bool = False, is_scanned: bool = True
) -> Iterator[Fault]:
    if not text:
        yield Fault(where, "missing")
        return
    if len(text) > at_most:
        yield Fault(where, "too_long", {"count": len(text), "at_most": at_most})
        return
    if CONTROL.search(text.replace("\n", "") if may_break else text):
        yield Fault(where, "control_characters")
    found = scan_text(text) if is_scanned else ()
    told = dict.fromkeys((one.kind.value, one.excerpt) for one in found)
    yield from (
        Fault(where, f"content_{kind}", {"excerpt": excerpt}) for kind, excerpt in list(told)[:MOST_TOLD]
    )
