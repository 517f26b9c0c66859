"""Data structures, dataflows and the constraints on their codes as SDMX-ML.

Invariants: dimensions stand in the order of their structure, time last, as SDMX has it; the place of every
column in its table is annotated, and in 2.1, which knows one measure only, so is the role of the others.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from node.adapters import sdmx_terms as terms
from node.adapters.sdmx_ml_elements import Dialect, add, annotate, describe, maintained, name, refer
from node.adapters.sdmx_terms import Note, Selection
from node.ports.templates import Definitions
from schemas.codelist import Codelist
from schemas.structure import Column, DataStructure

_FIRST = 1


class _Components:
    """Writes the components of one structure."""

    def __init__(self, structure: DataStructure, lists: dict[str, Codelist], dialect: Dialect) -> None:
        self._structure = structure
        self._lists = lists
        self._dialect = dialect

    def add_to(self, element: ET.Element) -> None:
        """Write the three lists of components."""
        components = add(element, "str:DataStructureComponents")
        self._add_dimensions(components)
        measures = terms.by_role(self._structure, "measure")
        primary = [one for one in measures if one.id == terms.PRIMARY_MEASURE]
        others = [one for one in measures if one not in primary] if self._dialect.is_21 else []
        self._add_attributes(components, others)
        if self._dialect.is_21:
            self._add_primary_measure(components, primary)
        elif measures:
            section = add(components, "str:MeasureList", id="MeasureDescriptor")
            for column in measures:
                self._component(section, "Measure", column, usage=_usage(column))

    def _add_dimensions(self, components: ET.Element) -> None:
        section = add(components, "str:DimensionList", id="DimensionDescriptor")
        place = _FIRST - 1
        for place, column in enumerate(terms.by_role(self._structure, "dimension"), start=_FIRST):
            self._component(section, "Dimension", column, position=str(place))
        time = terms.time_column(self._structure)
        if time is not None:
            position = {"position": str(place + 1)} if self._dialect.is_21 else {}
            self._component(section, "TimeDimension", time, **position)

    def _add_attributes(self, components: ET.Element, measures: list[Column]) -> None:
        attributes = [*measures, *terms.by_role(self._structure, "attribute")]
        if not attributes:
            return
        section = add(components, "str:AttributeList", id="AttributeDescriptor")
        for column in attributes:
            if not self._dialect.is_21:
                element = self._component(section, "Attribute", column, usage=_usage(column))
                add(add(element, "str:AttributeRelationship"), "str:Observation")
                continue
            status = "Mandatory" if column.required else "Conditional"
            element = self._component(section, "Attribute", column, assignmentStatus=status)
            related = add(add(element, "str:AttributeRelationship"), "str:PrimaryMeasure")
            add(related, "Ref", id=terms.PRIMARY_MEASURE)

    def _add_primary_measure(self, components: ET.Element, primary: list[Column]) -> None:
        """Write the one measure of 2.1; a structure without OBS_VALUE gets one that is marked as formal."""
        section = add(components, "str:MeasureList", id="MeasureDescriptor")
        if primary:
            self._component(section, "PrimaryMeasure", primary[0])
            return
        element = add(section, "str:PrimaryMeasure", id=terms.PRIMARY_MEASURE)
        annotate(element, [Note("ROLE", "formal")])
        self._identity(element, terms.PRIMARY_MEASURE)

    def _component(self, section: ET.Element, tag: str, column: Column, **attributes: str) -> ET.Element:
        element = add(section, f"str:{tag}", id=column.id, **attributes)
        notes = list(terms.column_notes(self._structure, column))
        if tag == "Attribute" and column.role == "measure":
            notes.append(Note("ROLE", "measure"))
        annotate(element, notes)
        self._identity(element, column.id)
        self._represent(add(element, "str:LocalRepresentation"), column)
        return element

    def _identity(self, element: ET.Element, concept_id: str) -> None:
        identity = terms.urn("Concept", terms.CONCEPTS, concept_id)
        if not self._dialect.is_21:
            add(element, "str:ConceptIdentity", identity)
            return
        within = add(element, "str:ConceptIdentity")
        scheme = terms.CONCEPTS
        reference = {"id": concept_id, "maintainableParentID": scheme.id, "agencyID": scheme.agency}
        parent = {"maintainableParentVersion": scheme.version, "package": "conceptscheme", "class": "Concept"}
        add(within, "Ref", **reference, **parent)

    def _represent(self, element: ET.Element, column: Column) -> None:
        if column.codelist is not None:
            refer(element, "Enumeration", "Codelist", self._lists[column.codelist], self._dialect)
            return
        kind = terms.data_type(self._structure, column)
        add(element, "str:TextFormat", textType=kind, **terms.facets(self._structure, column))


def add_structures(body: ET.Element, definitions: Definitions, dialect: Dialect) -> None:
    """Add the data structures."""
    if not definitions.structures:
        return
    section = add(body, "str:DataStructures")
    lists = {codelist.id: codelist for codelist in definitions.codelists}
    for structure in definitions.structures:
        element = maintained(section, "DataStructure", structure, dialect)
        name(element, structure.labels, definitions.languages)
        _Components(structure, lists, dialect).add_to(element)


def add_dataflows(body: ET.Element, definitions: Definitions, dialect: Dialect) -> None:
    """Add the dataflows, each with the structure of its cells."""
    if not definitions.dataflows:
        return
    section = add(body, "str:Dataflows")
    for flow in definitions.dataflows:
        element = maintained(section, "Dataflow", flow, dialect)
        annotate(element, terms.dataflow_notes(flow))
        name(element, flow.labels, definitions.languages)
        describe(element, flow.descriptions, definitions.languages)
        refer(element, "Structure", "DataStructure", flow.cells, dialect)


def add_constraints(body: ET.Element, definitions: Definitions, dialect: Dialect) -> None:
    """Add, for each structure that narrows its lists, which codes its columns take or refuse."""
    narrowed = [(one, terms.selections(definitions, one)) for one in definitions.structures]
    narrowed = [(structure, found) for structure, found in narrowed if found]
    if not narrowed:
        return
    section = add(body, "str:Constraints" if dialect.is_21 else "str:DataConstraints")
    for structure, found in narrowed:
        named = terms.constraint_of(structure)
        if dialect.is_21:
            element = maintained(section, "ContentConstraint", named, dialect, type="Allowed")
        else:
            element = maintained(section, "DataConstraint", named, dialect, role="Allowed")
        name(element, structure.labels, definitions.languages)
        attached = add(element, "str:ConstraintAttachment")
        refer(attached, "DataStructure", "DataStructure", structure, dialect)
        region = add(element, "str:CubeRegion", include="true")
        for selection in found:
            _add_selection(region, selection, "com" if dialect.is_21 else "str")


def _add_selection(region: ET.Element, selection: Selection, prefix: str) -> None:
    element = add(region, f"{prefix}:KeyValue", id=selection.column.id, include="true")
    for code in selection.codes:
        add(element, f"{prefix}:Value", code)


def _usage(column: Column) -> str:
    return "mandatory" if column.required else "optional"
