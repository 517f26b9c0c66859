"""The card of a model: what people say of it, read strictly, in one form for every kind of model.

Invariants: a card has the fields of `FIELDS` and no other; one that nobody filled in is named as missing, never left
out. What a specification says of itself is of its digest and is never edited; what stands beside it (`models/cards`)
says more of a released version, contradicts nothing in it, and moves no figure. Sources: Mitchell et al. 2019;
methodology 5.1 and 5.2; Kazakhstan's Law on Artificial Intelligence of 17 November 2025, article 17.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import Any

from risk_models.errors import InvalidSpecification
from schemas.registry import LANGUAGES

Text = Mapping[str, str]
"""Words by language: in every one, or in English (`en`) alone."""
TEXT, TEXTS, WORDS, WORD = "a text", "a list of texts", "a list of words", "a word"
# In the order in which a card is read.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "purpose": TEXT,
        "out_of_scope": TEXTS,
        "risk": WORD,
        "autonomy": WORD,
        "classification": TEXT,
        "inputs": TEXT,
        "withheld": TEXT,
        "limits": TEXTS,
        "validation": TEXT,
        "benchmarks": WORDS,
        "sensitivity": TEXT,
        "review": TEXT,
        "owner": WORD,
        "approval": TEXT,
        "changes": TEXTS,
    }
)
# The degrees of article 17.
DEGREES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"risk": ("minimum", "medium", "high"), "autonomy": ("low", "medium", "high")}
)
_NOTES = "parameters"


@dataclass(frozen=True, slots=True)
class Note:
    """Why a parameter has the value it has, and the indicators that it decides on."""

    reason: Text
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """The fields that were filled in, in the order of `FIELDS`: texts, tuples of texts or words, words.

    notes: by the name of a parameter, or of the table of the specification that it stands in.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that nobody filled in."""
        return tuple(name for name in FIELDS if not self.fields.get(name))

    def beside(self, other: Card) -> Card:
        """Return this card with what another says more.

        Raises:
            InvalidSpecification: both say something in one field.
        """
        twice = sorted({*self.fields} & {*other.fields} | {*self.notes} & {*other.notes})
        if twice:
            raise _refused(f"{', '.join(twice)}: said in the specification already")
        return Card(_ordered({**self.fields, **other.fields}), {**self.notes, **other.notes})


def read_card(written: Mapping[str, Any]) -> Card:
    """Read a card.

    Raises:
        InvalidSpecification: a field is unknown, of another kind, or in some of the languages only.
    """
    notes = written.get(_NOTES, {})
    if not isinstance(notes, Mapping):
        raise _refused(f"{_NOTES}: a table of parameters is needed")
    fields = {name: _field(name, one) for name, one in written.items() if name != _NOTES}
    return Card(_ordered(fields), {name: _note(name, one) for name, one in notes.items()})


def packaged_beside(model_id: str) -> Card:
    """Return what stands beside a packaged model; an empty card if nothing does."""
    file = resources.files("risk_models") / "models" / "cards" / f"{model_id}.toml"
    return read_card(tomllib.loads(file.read_text(encoding="utf-8"))) if file.is_file() else Card()


def only_english(card: Card) -> Iterator[str]:
    """Yield every text that the card has in English alone: what is left to the catalogues of messages."""
    for name, one in card.fields.items():
        texts = {TEXT: (one,), TEXTS: one}.get(FIELDS[name], ())
        yield from (text["en"] for text in texts if len(text) == 1)
    yield from (note.reason["en"] for note in card.notes.values() if len(note.reason) == 1)


def _ordered(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: fields[name] for name in FIELDS if name in fields}


def _field(name: str, given: Any) -> Any:
    kind = FIELDS.get(name)
    if kind is None:
        raise _refused(f"{name}: no such field; the fields are {', '.join(FIELDS)}")
    if kind == TEXT:
        return _text(name, given)
    if kind == WORD:
        return _word(name, given)
    if not isinstance(given, list):
        raise _refused(f"{name}: {kind} is needed")
    return tuple(_text(name, one) if kind == TEXTS else _word(name, one) for one in given)


def _text(name: str, given: Any) -> Text:
    if isinstance(given, str) and given.strip():
        return {"en": given}
    if isinstance(given, Mapping) and set(given) == set(LANGUAGES) and all(map(_is_said, given.values())):
        return {language: given[language] for language in LANGUAGES}
    raise _refused(f"{name}: a text is needed, in English or in each of {', '.join(LANGUAGES)}")


def _is_said(one: object) -> bool:
    return isinstance(one, str) and bool(one.strip())


def _word(name: str, given: Any) -> str:
    if not isinstance(given, str) or given not in DEGREES.get(name, (given,)):
        raise _refused(f"{name}: {given!r} is none of {', '.join(DEGREES.get(name, ('a word',)))}")
    return given


def _note(name: str, given: Any) -> Note:
    if not isinstance(given, Mapping) or set(given) != {"reason", "of"} or not isinstance(given["of"], list):
        raise _refused(f"{_NOTES}.{name}: a `reason` and `of`, a list of indicators, are needed")
    return Note(_text(f"{_NOTES}.{name}", given["reason"]), tuple(_word(name, one) for one in given["of"]))


def _refused(detail: str) -> InvalidSpecification:
    return InvalidSpecification(
        "The model card cannot be used.",
        detail=f"card: {detail}.",
        hint="docs/composites.md names every field of a card.",
    )
