"""SDMX-JSON 2.0 structure messages: the same content as SDMX-ML 3.0, for programs that prefer JSON.

Invariants: names stand in every language, the first of them once more as the plain name; the same definitions
give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from node.adapters import sdmx_terms as terms
from node.adapters.sdmx_terms import Maintained, Note, Selection
from node.ports.templates import CodeMapping, Definitions
from schemas.codelist import Code, Codelist
from schemas.registry import LANGUAGES
from schemas.structure import Column, Dataflow, DataStructure

_SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/"
_NUMBERS = {"maxLength", "minValue", "decimals"}

Document = dict[str, Any]


def write_sdmx_json(definitions: Definitions) -> bytes:
    """Give the message."""
    writing = _Writing(definitions)
    document = {"meta": writing.meta(), "data": {key: value for key, value in writing.sections() if value}}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


class _Writing:
    """One message being written."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._lists = {codelist.id: codelist for codelist in definitions.codelists}

    def meta(self) -> Document:
        """Give what is said about the message itself."""
        return {
            "schema": f"{_SCHEMA}sdmx-json-structure-schema.json",
            "id": terms.MESSAGE_ID,
            "test": False,
            "prepared": self._definitions.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "contentLanguages": list(self._definitions.languages or LANGUAGES),
            "sender": {"id": terms.SENDER},
        }

    def sections(self) -> Iterator[tuple[str, list[Document]]]:
        """Give each kind of definition with its documents."""
        given = self._definitions
        yield "agencySchemes", [self._agencies()]
        yield "codelists", [self._codelist(one) for one in given.codelists]
        yield "conceptSchemes", self._concepts()
        yield "dataConstraints", list(self._constraints())
        yield "dataflows", [self._dataflow(one) for one in given.dataflows]
        yield "dataStructures", [self._structure(one) for one in given.structures]
        yield "hierarchies", [self._hierarchy(one) for one in terms.hierarchical(given)]
        yield "representationMaps", [self._map(one) for one in given.mappings]

    def _agencies(self) -> Document:
        agencies = [
            {"id": agency, **self._names(labels)}
            for agency, labels in terms.agencies(self._definitions).items()
        ]
        scheme = {"id": terms.AGENCY_SCHEME.id, "agencyID": terms.AGENCY_SCHEME.agency}
        return scheme | {"name": "Agencies", "names": {"en": "Agencies"}, "agencies": agencies}

    def _codelist(self, codelist: Codelist) -> Document:
        codes = [self._code(code) for code in codelist]
        return self._maintained(codelist, codelist.labels) | terms.validity(codelist) | {"codes": codes}

    def _code(self, code: Code) -> Document:
        document: Document = {"id": terms.sdmx_id(code.id), **self._names(code.labels)}
        if code.parent is not None:
            document["parent"] = terms.sdmx_id(code.parent)
        return document | _annotations(terms.code_notes(code))

    def _concepts(self) -> list[Document]:
        concepts = terms.concepts(self._definitions)
        if not concepts:
            return []
        entries = [{"id": concept_id, **self._names(labels)} for concept_id, labels in concepts.items()]
        return [
            self._maintained(terms.CONCEPTS, self._definitions.concept_scheme) | {"concepts": entries},
        ]

    def _dataflow(self, flow: Dataflow) -> Document:
        described = self._names(flow.descriptions, "description")
        structure = {"structure": terms.urn("DataStructure", flow.cells)}
        notes = _annotations(terms.dataflow_notes(flow))
        return self._maintained(flow, flow.labels) | described | structure | notes

    def _structure(self, structure: DataStructure) -> Document:
        dimensions = [
            self._component(structure, column) | {"position": place}
            for place, column in enumerate(terms.by_role(structure, "dimension"))
        ]
        dimension_list: Document = {"id": "DimensionDescriptor", "dimensions": dimensions}
        time = terms.time_column(structure)
        if time is not None:
            dimension_list["timeDimension"] = self._component(structure, time)
        components: Document = {"dimensionList": dimension_list}
        measures = [
            self._component(structure, column) | {"usage": _usage(column)}
            for column in terms.by_role(structure, "measure")
        ]
        attributes = [
            self._component(structure, column)
            | {"usage": _usage(column), "attributeRelationship": {"observation": {}}}
            for column in terms.by_role(structure, "attribute")
        ]
        if attributes:
            components["attributeList"] = {"id": "AttributeDescriptor", "attributes": attributes}
        if measures:
            components["measureList"] = {"id": "MeasureDescriptor", "measures": measures}
        return self._maintained(structure, structure.labels) | {"dataStructureComponents": components}

    def _component(self, structure: DataStructure, column: Column) -> Document:
        if column.codelist is not None:
            represented: Document = {"enumeration": terms.urn("Codelist", self._lists[column.codelist])}
        else:
            limits = terms.facets(structure, column).items()
            facets = {name: int(value) if name in _NUMBERS else value for name, value in limits}
            represented = {"format": {"dataType": terms.data_type(structure, column), **facets}}
        return {
            "id": column.id,
            "conceptIdentity": terms.urn("Concept", terms.CONCEPTS, column.id),
            "localRepresentation": represented,
            **_annotations(terms.column_notes(structure, column)),
        }

    def _constraints(self) -> Iterator[Document]:
        for structure in self._definitions.structures:
            found = terms.selections(self._definitions, structure)
            if not found:
                continue
            named = terms.constraint_of(structure)
            region = {"include": True, "keyValues": [_selection(one) for one in found]}
            yield self._maintained(named, structure.labels) | {
                "role": "Allowed",
                "constraintAttachment": {"dataStructures": [terms.urn("DataStructure", structure)]},
                "cubeRegions": [region],
            }

    def _hierarchy(self, codelist: Codelist) -> Document:
        below = terms.children(codelist)

        def branch(parent: str | None) -> list[Document]:
            return [
                {
                    "id": terms.sdmx_id(code.id),
                    "code": terms.urn("Code", codelist, terms.sdmx_id(code.id)),
                    **({"hierarchicalCodes": branch(code.id)} if code.id in below else {}),
                }
                for code in below.get(parent, ())
            ]

        named = self._maintained(terms.hierarchy_of(codelist), codelist.labels)
        return named | {"hasFormalLevels": False, "hierarchicalCodes": branch(None)}

    def _map(self, mapping: CodeMapping) -> Document:
        pairs = [
            {
                "sourceValues": [{"value": source}],
                "targetValues": [terms.sdmx_id(target)] if target else [],
                **_annotations(Note(kind, text) for kind, text in known.items()),
            }
            for source, target, known in mapping.pairs
        ]
        return self._maintained(mapping, mapping.labels) | {
            "source": [{"dataType": "String"}],
            "target": [{"codelist": terms.urn("Codelist", self._lists[mapping.target])}],
            "representationMappings": pairs,
        }

    def _maintained(self, one: Maintained, labels: Mapping[str, str]) -> Document:
        return {"id": one.id, "agencyID": one.agency, "version": one.version, **self._names(labels)}

    def _names(self, labels: Mapping[str, str], key: str = "name") -> Document:
        found = dict(terms.names(labels, self._definitions.languages))
        return {key: next(iter(found.values()), ""), f"{key}s": found} if found else {}


def _annotations(notes: Iterable[Note]) -> Document:
    written = [_annotation(note) for note in notes]
    return {"annotations": written} if written else {}


def _annotation(note: Note) -> Document:
    titled = {"title": note.text} if note.text else {}
    texts = {"text": next(iter(note.texts.values())), "texts": dict(note.texts)} if note.texts else {}
    return {"type": note.kind, **titled, **texts}


def _selection(selection: Selection) -> Document:
    values = [{"value": code} for code in selection.codes]
    return {"id": selection.column.id, "include": True, "values": values}


def _usage(column: Column) -> str:
    return "mandatory" if column.required else "optional"
