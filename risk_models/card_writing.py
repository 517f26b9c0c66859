"""A model card as a document: what people wrote and what the specification says, as plain values and as text.

Invariants: nothing is said that the specification or its card does not say; a field nobody filled in is shown as not
stated. Texts are shown in the language asked for, in English where nobody wrote them in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from risk_models.card import FIELDS, Card
from schemas.registry import LANGUAGES

_ABSENT = "not stated"
_HEAD = frozenset({"id", "version", "digest", "labels"})


def written(card: Card) -> dict[str, Any]:
    """Return the fields that people fill in, each with its value or "not stated"."""
    return {name: _plain(card.fields.get(name) or _ABSENT) for name in FIELDS}


def as_text(document: Mapping[str, Any], language: str) -> str:
    """Return a card as text with headings.

    Raises:
        ValueError: a language that the house does not have.
    """
    if language not in LANGUAGES:
        raise ValueError(f"{language} is none of {', '.join(LANGUAGES)}")
    head = (document["labels"].get(language, document["id"]), f"{document['id']} {document['version']}")
    lines = [f"# {head[0]}", "", head[1], document["digest"]]
    for name, value in document.items():
        if name not in _HEAD:
            lines += ["", f"## {name}", *_lines(value, language)]
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _lines(value: Any, language: str) -> Iterator[str]:
    if isinstance(value, Mapping) and not _is_text(value):
        yield from (f"- {name}: {_inline(one, language)}" for name, one in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from (f"- {_inline(one, language)}" for one in value)
        if not value:
            yield "none"
    else:
        yield _inline(value, language)


def _inline(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        if _is_text(value):
            return str(value.get(language, value["en"]))
        return ", ".join(f"{name} {_inline(one, language)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_inline(one, language) for one in value)
    return str(value)


def _is_text(value: Mapping[str, Any]) -> bool:
    return "en" in value and set(value) <= set(LANGUAGES)
