"""The card of a model of cells: its dataflows, indicators and parameters, each with its reason.

Invariants: every parameter is shown as the specification writes it, under its name there; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk_models.card import Note
from risk_models.card_writing import written
from risk_models.specification import ModelSpec


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of a specification: where it stands (`lengths.A.window`), as it is written, and why it is that."""

    name: str
    value: str
    note: Note | None


Reasoned = tuple[Note | None, tuple[Parameter, ...]]
"""A reason, and the parameters that have it."""


def card_of(spec: ModelSpec[Any]) -> dict[str, Any]:
    """Return the card as plain values, for machines and for pages."""
    return {
        "id": spec.id,
        "version": spec.version,
        "digest": spec.digest,
        "labels": dict(spec.labels),
        **written(spec.card),
        "dataflows": list(spec.dataflows),
        "indicators": [
            {"id": one.id, "labels": dict(one.labels), "unit": one.unit, "direction": one.direction}
            for one in spec.indicators
        ],
        "parameters": [_plain(one) for one in parameters(spec)],
    }


def parameters(spec: ModelSpec[Any], indicator: str | None = None) -> tuple[Parameter, ...]:
    """Return the parameters of a model in the order they are written in, or those that one indicator hangs on."""
    found = (
        Parameter(name, value, _note(spec.card.notes, name)) for name, value in _leaves(spec.written, "")
    )
    return tuple(
        one
        for one in found
        if indicator is None or (one.note is not None and indicator in one.note.indicators)
    )


def by_reason(given: Iterable[Parameter]) -> tuple[Reasoned, ...]:
    """Return parameters together that have one reason, in the order of the first of each."""
    together: dict[int, list[Parameter]] = {}
    for one in given:
        together.setdefault(id(one.note), []).append(one)
    return tuple((found[0].note, tuple(found)) for found in together.values())


def _note(notes: Mapping[str, Note], name: str) -> Note | None:
    """Give the note of the parameter's own name, else that of the table it stands in."""
    parts = name.split(".")
    return notes.get(parts[-1]) or notes.get(parts[0])


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for part, one in value.items():
            yield from _leaves(one, f"{name}.{part}" if name else part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, one in enumerate(value, 1):
            if isinstance(one, Mapping):
                yield f"{name}.{place}", ", ".join(f"{part} {_said(inner)}" for part, inner in one.items())
        if not any(isinstance(one, Mapping) for one in value):
            yield name, _said(value)
    else:
        yield name, str(value)


def _said(value: Any) -> str:
    return (
        str(value)
        if isinstance(value, str) or not isinstance(value, Sequence)
        else ", ".join(map(str, value))
    )


def _plain(one: Parameter) -> dict[str, Any]:
    note = {} if one.note is None else {"reason": dict(one.note.reason), "of": list(one.note.indicators)}
    return {"name": one.name, "value": one.value, **note}
