"""SDMX-ML structure messages: every list, structure and dataflow in one document, names in every language.

Written by hand rather than with an SDMX library's model, because the model at hand keeps one language and no
parents. Invariants: the document is valid by the published XML schemas of its version; the same definitions
give the same bytes; codes keep their order.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping

from node.adapters import sdmx_terms as terms
from node.adapters.sdmx_ml_elements import SDMX_21, SDMX_30, Dialect, add, annotate, maintained, name
from node.adapters.sdmx_ml_structures import add_constraints, add_dataflows, add_structures
from node.ports.templates import CodeMapping, Definitions
from schemas.codelist import Code, Codelist
from schemas.registry import concept_labels

__all__ = ["SDMX_21", "SDMX_30", "write_sdmx_ml"]


def write_sdmx_ml(definitions: Definitions, dialect: Dialect) -> bytes:
    """Give the message; sections stand in the order that the version's schema asks for."""
    root = ET.Element("mes:Structure", dialect.namespaces())
    _add_header(root, definitions)
    body = add(root, "mes:Structures")
    _add_agencies(body, definitions, dialect)
    if dialect.is_21:
        add_dataflows(body, definitions, dialect)
    _add_codelists(body, definitions, dialect)
    _add_concepts(body, definitions, dialect)
    if not dialect.is_21:
        add_constraints(body, definitions, dialect)
        add_dataflows(body, definitions, dialect)
    add_structures(body, definitions, dialect)
    if dialect.is_21:
        add_constraints(body, definitions, dialect)
    else:
        _add_hierarchies(body, definitions, dialect)
        _add_maps(body, definitions, dialect)
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _add_header(root: ET.Element, definitions: Definitions) -> None:
    header = add(root, "mes:Header")
    add(header, "mes:ID", terms.MESSAGE_ID)
    add(header, "mes:Test", "false")
    add(header, "mes:Prepared", definitions.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    add(header, "mes:Sender", id=terms.SENDER)


def _add_agencies(body: ET.Element, definitions: Definitions, dialect: Dialect) -> None:
    section = add(body, "str:OrganisationSchemes" if dialect.is_21 else "str:AgencySchemes")
    # a scheme of agencies has a fixed id and version, which 3.0 does not even write, and is never final
    scheme = {"id": terms.AGENCY_SCHEME.id, "agencyID": terms.AGENCY_SCHEME.agency}
    if dialect.is_21:
        scheme |= {"version": terms.AGENCY_SCHEME.version}
    element = add(section, "str:AgencyScheme", **scheme, urn=terms.urn("AgencyScheme", terms.AGENCY_SCHEME))
    name(element, {"en": "Agencies"}, ("en",))
    for agency, labels in terms.agencies(definitions).items():
        name(add(element, "str:Agency", id=agency), labels, definitions.languages)


def _add_codelists(body: ET.Element, definitions: Definitions, dialect: Dialect) -> None:
    if not definitions.codelists:
        return
    section = add(body, "str:Codelists")
    for codelist in definitions.codelists:
        element = maintained(section, "Codelist", codelist, dialect, **terms.validity(codelist))
        name(element, codelist.labels, definitions.languages)
        for code in codelist:
            _add_code(element, code, definitions, dialect)


def _add_code(element: ET.Element, code: Code, definitions: Definitions, dialect: Dialect) -> None:
    entry = add(element, "str:Code", id=terms.sdmx_id(code.id))
    parent = None if code.parent is None else terms.sdmx_id(code.parent)
    notes = list(terms.code_notes(code))
    if parent is not None and not dialect.takes_parent(parent):
        notes.append(terms.Note("PARENT", parent))
        parent = None
    annotate(entry, notes)
    name(entry, code.labels, definitions.languages)
    if parent is not None:
        within = add(entry, "str:Parent", None if dialect.is_21 else parent)
        if dialect.is_21:
            add(within, "Ref", id=parent)


def _add_concepts(body: ET.Element, definitions: Definitions, dialect: Dialect) -> None:
    concepts = terms.concepts(definitions)
    if not concepts:
        return
    if dialect.is_21:  # the measure that every structure has there
        concepts.setdefault(terms.PRIMARY_MEASURE, concept_labels(terms.PRIMARY_MEASURE))
    section = add(body, "str:Concepts" if dialect.is_21 else "str:ConceptSchemes")
    scheme = maintained(section, "ConceptScheme", terms.CONCEPTS, dialect)
    name(scheme, definitions.concept_scheme, definitions.languages)
    for concept_id, labels in concepts.items():
        name(add(scheme, "str:Concept", id=concept_id), labels, definitions.languages)


def _add_hierarchies(body: ET.Element, definitions: Definitions, dialect: Dialect) -> None:
    """Write each list that has parents once more as a hierarchy: readers with flat lists find the tree there."""
    lists = terms.hierarchical(definitions)
    if not lists:
        return
    section = add(body, "str:Hierarchies")
    for codelist in lists:
        named = terms.hierarchy_of(codelist)
        element = maintained(section, "Hierarchy", named, dialect, hasFormalLevels="false")
        name(element, codelist.labels, definitions.languages)
        _add_branch(element, codelist, terms.children(codelist), None)


def _add_branch(
    element: ET.Element, codelist: Codelist, below: Mapping[str | None, Iterable[Code]], parent: str | None
) -> None:
    for code in below.get(parent, ()):
        code_id = terms.sdmx_id(code.id)
        entry = add(element, "str:HierarchicalCode", id=code_id)
        add(entry, "str:Code", terms.urn("Code", codelist, code_id))
        _add_branch(entry, codelist, below, code.id)


def _add_maps(body: ET.Element, definitions: Definitions, dialect: Dialect) -> None:
    """Write the maps from national codes to ours."""
    if not definitions.mappings:
        return
    lists = {codelist.id: codelist for codelist in definitions.codelists}
    section = add(body, "str:RepresentationMaps")
    for mapping in definitions.mappings:
        element = maintained(section, "RepresentationMap", mapping, dialect)
        name(element, mapping.labels, definitions.languages)
        add(element, "str:SourceDataType", "String")
        add(element, "str:TargetCodelist", terms.urn("Codelist", lists[mapping.target]))
        _add_pairs(element, mapping)


def _add_pairs(element: ET.Element, mapping: CodeMapping) -> None:
    for source, target, known in mapping.pairs:
        pair = add(element, "str:RepresentationMapping")
        annotate(pair, [terms.Note(kind, text) for kind, text in known.items()])
        add(pair, "str:SourceValue", source)
        if target:
            add(pair, "str:TargetValue", terms.sdmx_id(target))
