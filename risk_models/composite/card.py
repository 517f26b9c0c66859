"""The model card of a composite: generated from its specification, so that it cannot say something else.

Invariants: what a person wrote (purpose, limits, review) is the specification's `card`; everything else is read off the
steps, groups and indicators.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from risk_models.card_writing import as_text, written
from risk_models.composite.specification import Composite, Indicator


def card_of(model: Composite) -> dict[str, Any]:
    """Return the card as plain values, for machines and for pages."""
    return {
        "id": model.id,
        "version": model.version,
        "digest": model.digest,
        "labels": dict(model.labels),
        **written(model.card),
        "indicators": [_indicator(one) for one in model.indicators],
        "weights": {
            group.id: {name: f"{weight:f}" for name, weight in group.inputs.items()} for group in model.groups
        },
        "preconditions": {group.id: list(group.caps) for group in model.groups if group.caps},
        "other_weights": sorted(model.weight_sets),
        "steps": [_step(entry) for entry in model.document.get("steps", [])],
        "levels": [
            {
                "name": level.name,
                "up_to": None if level.bound is None else f"{level.bound:f}",
                "included": level.is_included,
            }
            for level in model.result.levels
        ],
        "factors": [factor.id for factor in model.factors],
    }


def card_text(model: Composite, language: str) -> str:
    """Return the card as text with headings, in a language.

    Raises:
        ValueError: a language that the house does not have.
    """
    return as_text(card_of(model), language)


def _indicator(one: Indicator) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": one.id,
        "higher_is": "a higher score" if one.direction > 0 else "a lower score",
        "scale": one.scale,
    }
    if one.goalposts is not None:
        found["goalposts"] = [str(post) for post in one.goalposts]
    if one.target is not None:
        found["target"] = str(one.target)
    if one.denominator is not None:
        found["per"] = one.denominator
    return found


def _step(entry: Mapping[str, Any]) -> str:
    others = ", ".join(f"{name} {value}" for name, value in entry.items() if name != "do")
    return f"{entry['do']} ({others})" if others else str(entry["do"])
