"""The register of packaged composites: which there are, and each by its id.

Invariants: a file's name is the id inside it; a released version is never edited, a change is a new file beside it.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib import resources

from risk_models.card import packaged_beside
from risk_models.composite.reading import parse
from risk_models.composite.specification import Composite
from risk_models.errors import InvalidSpecification

_SUFFIX = ".toml"


@cache
def packaged(name: str) -> Composite:
    """Return one packaged composite, its card with what stands beside it.

    Raises:
        InvalidSpecification: there is none of this id.
    """
    if name not in _names():
        raise InvalidSpecification(
            "There is no such composite.",
            detail=f"{name!r} is none of {', '.join(_names())}.",
            hint="Give one of these, or the name of a .toml file of your own.",
        )
    model = parse(_text(name))
    return replace(model, card=model.card.beside(packaged_beside(name)))


def register() -> tuple[Composite, ...]:
    """Return every packaged composite, by id."""
    return tuple(packaged(name) for name in _names())


@cache
def _names() -> tuple[str, ...]:
    """Models with steps are composites; the others name indicators of cells."""
    folder = resources.files("risk_models") / "models"
    names = [file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if file.name.endswith(_SUFFIX)]
    return tuple(name for name in sorted(names) if "steps" in tomllib.loads(_text(name)))


def _text(name: str) -> str:
    return (resources.files("risk_models") / "models" / f"{name}{_SUFFIX}").read_text(encoding="utf-8")
