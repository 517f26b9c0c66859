"""A part of the definitions, as an SDMX structure query names it, with everything it refers to.

Invariants: what is given is complete: a structure comes with its code lists, a dataflow with its structures;
there is one version of each definition, so every way of asking for the latest finds it. Maps are given whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from node.errors import Invalid, NotFound
from node.ports.templates import Definitions
from node.services import structures
from schemas import registry
from schemas.codelist import Codelist
from schemas.structure import Dataflow, DataStructure

ANY = "*"
MAPS = "representationmap"
KINDS = ("codelist", "datastructure", "dataflow", MAPS, ANY)
REFERENCES = ("none", "children", "descendants", "all")
_LATEST = frozenset({ANY, "~", "+", "latest"})


def selected(kind: str, agency: str, artefact: str, version: str, language: str | None = None) -> Definitions:
    """Give the definitions that match; agency, artefact and version may be `*` or several with commas.

    Raises NotFound if nothing matches, Invalid for a language the node does not speak.
    """
    languages = _languages(language)
    if kind == MAPS:
        return structures.map_definitions(languages)
    whole = structures.all_definitions(languages)
    if (kind, agency, artefact) == (ANY, ANY, ANY) and version in _LATEST:
        return whole

    def matches(one: Codelist | DataStructure | Dataflow) -> bool:
        is_version = version in _LATEST or one.version in version.split(",")
        return is_version and _names(agency, one.agency) and _names(artefact, one.id)

    flows = [one for one in whole.dataflows if kind in {"dataflow", ANY} and matches(one)]
    needed = {structure.id for flow in flows for structure in (flow.upload, flow.cells)}
    found = [
        one
        for one in whole.structures
        if one.id in needed or (kind in {"datastructure", ANY} and matches(one))
    ]
    lists = set(_lists_of(found))
    codelists = [
        one for one in whole.codelists if one.id in lists or (kind in {"codelist", ANY} and matches(one))
    ]
    if not (flows or found or codelists):
        raise NotFound(
            "There is no such definition",
            detail=f"Asked for {kind} {agency}:{artefact}({version}).",
            hint="Ask for * to see what there is.",
        )
    return replace(whole, dataflows=tuple(flows), structures=tuple(found), codelists=tuple(codelists))


def _languages(language: str | None) -> tuple[str, ...]:
    if language is None:
        return ()
    if language not in registry.LANGUAGES:
        raise Invalid(
            "The node does not speak this language", hint="One of: " + ", ".join(registry.LANGUAGES)
        )
    return (language,)


def _names(asked: str, value: str) -> bool:
    return asked == ANY or value in asked.split(",")


def _lists_of(found: Iterable[DataStructure]) -> Iterable[str]:
    return (column.codelist for structure in found for column in structure.columns if column.codelist)
