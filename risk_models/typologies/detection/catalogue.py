"""The packaged definitions.

Invariants: a released version is never edited, a change is a new file beside it; what is not as it was released
cannot be used at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from risk_models.typologies.detection.definition import Definition, InvalidTypology, refused
from risk_models.typologies.detection.parsing import parse
from schemas.versions import version_parts

PINS = "released.toml"


@cache
def definitions() -> tuple[Definition, ...]:
    """Return the packaged definitions, by id and version.

    Raises:
        InvalidTypology: a file contradicts itself, or is not what was released under its version.
    """
    folder = resources.files("risk_models.typologies.detection") / "definitions"
    files = sorted((file for file in folder.iterdir() if file.name != PINS), key=lambda file: file.name)
    found = [parse(file.name, file.read_text(encoding="utf-8")) for file in files]
    pinned = tomllib.loads((folder / PINS).read_text(encoding="utf-8"))
    for file, definition in zip(files, found, strict=True):
        if pinned.get(definition.id, {}).get(definition.version) != definition.digest:
            raise refused(file.name, "version", "the content is not what was released under this version")
    return tuple(sorted(found, key=lambda one: (one.id, version_parts(one.version))))


def packaged(names: Sequence[str]) -> tuple[Definition, ...]:
    """Return definitions by id and version, as `Definition.name` gives them; a released version is never taken away.

    Raises:
        InvalidTypology: one of them is not packaged.
    """
    known = {one.name: one for one in definitions()}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise InvalidTypology(
            "A definition of a typology is not packaged.",
            detail=f"Asked for {', '.join(unknown)[:200]}.",
            hint="Take ids and versions from docs/typologies.md, or update this node.",
            context={"unknown": unknown},
        )
    return tuple(known[name] for name in sorted(set(names)))
