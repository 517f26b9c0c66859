"""The shared language as people and programs ask for it: structures, code lists, templates, SDMX.

Invariants: everything comes from the packaged definitions, so it needs no member's figures and changes with a
version of the software only; what is written as a file is the same bytes at every node.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from node.errors import Invalid, NotFound
from node.ports.templates import (
    CodeMapping,
    Definitions,
    StructureFormat,
    Template,
    TemplateColumn,
    TemplateFormat,
)
from node.services import structure_words
from node.services.context import Context
from schemas import maps, registry
from schemas.codelist import Code, Codelist
from schemas.errors import UnknownDefinition
from schemas.mapping import CodeMap, MapEntry
from schemas.structure import Column, Dataflow, DataStructure

# Definitions carry no date of their own, and the moment of asking would make equal files differ.
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
NOT_ALLOCATED = "_X"
AGENCIES = {
    "IRAC": {
        "ru": "Международный центр оценки рисков ОД/ФТ",
        "kk": "КЖ/ТҚ тәуекелдерін бағалау халықаралық орталығы",
        "en": "International Centre for ML/TF Risk Assessment",
    },
    "SDMX": {"ru": "Сообщество SDMX", "kk": "SDMX қауымдастығы", "en": "SDMX"},
}
CONCEPT_SCHEME = {
    "ru": "Понятия обмена статистикой ПОД/ФТ",
    "kk": "АЖ/ТҚҚ статистикасымен алмасу ұғымдары",
    "en": "Concepts of the exchange of AML/CFT statistics",
}


def structures() -> tuple[DataStructure, ...]:
    """Give every structure, sorted by id."""
    return tuple(registry.structure(structure_id) for structure_id in registry.structure_ids())


def codelists() -> tuple[Codelist, ...]:
    """Give every code list, in the order of their index."""
    return tuple(registry.codelist(codelist_id) for codelist_id in registry.codelist_ids())


def structure(structure_id: str) -> DataStructure:
    """Give a structure; raises NotFound."""
    try:
        return registry.structure(structure_id)
    except UnknownDefinition as error:
        raise NotFound(
            "There is no such structure",
            detail=f"Asked for {structure_id!r}.",
            hint="Take its id from the list of structures.",
        ) from error


def codelist(codelist_id: str) -> Codelist:
    """Give a code list; raises NotFound."""
    if codelist_id not in registry.codelist_ids():
        raise NotFound(
            "There is no such code list",
            detail=f"Asked for {codelist_id!r}.",
            hint="Take its id from the list of code lists.",
        )
    return registry.codelist(codelist_id)


def dataflow(dataflow_id: str) -> Dataflow:
    """Give a dataflow; raises NotFound."""
    for flow in registry.dataflows():
        if flow.id == dataflow_id:
            return flow
    raise NotFound(
        "There is no such dataflow",
        detail=f"Asked for {dataflow_id!r}.",
        hint="Take its id from the list of dataflows.",
    )


def structure_line(one: DataStructure) -> dict[str, Any]:
    """Describe a structure in a list."""
    flows = registry.dataflows()
    return {
        "agency": one.agency,
        "id": one.id,
        "version": one.version,
        "labels": dict(one.labels),
        "uploaded_for": [flow.id for flow in flows if flow.upload.id == one.id],
        "released_as": [flow.id for flow in flows if flow.cells.id == one.id],
    }


def structure_document(one: DataStructure) -> dict[str, Any]:
    """Describe a structure with its columns and rules, in every language."""
    return structure_line(one) | {
        "columns": [_column_document(column) for column in one.columns],
        "rules": [
            {
                "id": rule.id,
                "columns": list(rule.columns),
                "params": {name: list(values) for name, values in rule.params.items()},
                "words": _in_every_language(partial(structure_words.rule_in_words, rule)),
            }
            for rule in one.rules
        ],
    }


def codelist_line(one: Codelist) -> dict[str, Any]:
    """Describe a code list in a list of them."""
    return {
        "agency": one.agency,
        "id": one.id,
        "version": one.version,
        "labels": dict(one.labels),
        "codes": len(one),
    }


def codelist_document(one: Codelist) -> dict[str, Any]:
    """Describe a code list with every code, in every language."""
    return codelist_line(one) | {"codes": [_code_document(code) for code in one]}


def template(ctx: Context, dataflow_id: str, template_format: TemplateFormat, language: str) -> bytes:
    """Write the template of a dataflow; raises NotFound, or Invalid for a language the node does not speak."""
    if language not in registry.LANGUAGES:
        raise Invalid(
            "The node does not speak this language", hint="One of: " + ", ".join(registry.LANGUAGES)
        )
    flow = dataflow(dataflow_id)
    if not flow.is_uploaded:
        raise Invalid(
            "Nothing is uploaded for this dataflow",
            detail=f"{flow.id} is computed by every node.",
            hint="Choose a dataflow that members upload.",
        )
    content = template_content(flow, language, ctx.member)
    return ctx.definitions.template(content, template_format)


def template_content(flow: Dataflow, language: str, member: str) -> Template:
    """Give what a template says: the columns of the upload with guidance, codes, and an invented example."""
    example = structure_words.example_row(flow.upload, member, language)
    return Template(
        dataflow=flow,
        language=language,
        title=flow.labels[language],
        description=flow.descriptions[language],
        columns=tuple(
            _template_column(column, language, example[column.id]) for column in flow.upload.columns
        ),
        steps=structure_words.steps(language),
        rules=tuple(structure_words.rule_in_words(rule, language) for rule in flow.upload.rules),
        words=structure_words.words(language),
        made_at=MADE_AT,
    )


def export(ctx: Context, definitions: Definitions, structure_format: StructureFormat) -> bytes:
    """Write definitions as SDMX; raises Invalid for maps in a form that has no place for them."""
    if definitions.mappings and structure_format is StructureFormat.SDMX_ML_21:
        raise Invalid(
            "Maps are not written in this form",
            hint="Choose SDMX-ML 3.0 or SDMX-JSON.",
        )
    return ctx.definitions.structures(definitions, structure_format)


def all_definitions(languages: tuple[str, ...] = ()) -> Definitions:
    """Give every definition there is, with names in these languages; without any, in all of them."""
    return Definitions(
        codelists=codelists(),
        structures=structures(),
        dataflows=registry.dataflows(),
        agencies=AGENCIES,
        concept_scheme=CONCEPT_SCHEME,
        languages=languages,
        made_at=MADE_AT,
    )


def map_definitions(languages: tuple[str, ...] = ()) -> Definitions:
    """Give the members' maps with the lists they lead to: apart, because not every reader knows maps."""
    newest = maps.maps_of()
    targets = {one.shared_list for one in newest}
    return replace(
        all_definitions(languages),
        codelists=tuple(one for one in codelists() if one.id in targets),
        structures=(),
        dataflows=(),
        agencies=AGENCIES | {code.id: code.labels for code in codelist("CL_FIU")},
        mappings=tuple(_mapping(one) for one in newest),
    )


def _mapping(one: CodeMap) -> CodeMapping:
    """Describe a member's map; a code that it gives nothing for goes to what is not allocated."""
    kept = registry.codelist(one.shared_list)
    otherwise = NOT_ALLOCATED if NOT_ALLOCATED in kept else ""
    return CodeMapping(
        agency=f"FIU_{one.area}",
        id=one.id,
        version=one.version,
        target=one.shared_list,
        labels=one.labels or dict.fromkeys(registry.LANGUAGES, f"{one.national_list}, {one.area}"),
        pairs=tuple((entry.national, entry.shared or otherwise, _known(entry)) for entry in one.entries),
    )


def _known(entry: MapEntry) -> dict[str, str]:
    known = {"RELATION": entry.relation.value}
    if entry.weight is not None:
        known["WEIGHT"] = str(entry.weight)
    return known | {f"NAME_{language.upper()}": text for language, text in entry.labels.items()}


def _template_column(column: Column, language: str, example: str) -> TemplateColumn:
    return TemplateColumn(
        column=column,
        label=column.labels.get(language, column.id),
        guidance=structure_words.guidance(column, language),
        example=example,
        codes=structure_words.offered(column, language),
        list_label=registry.codelist(column.codelist).labels[language] if column.codelist else "",
    )


def _column_document(column: Column) -> dict[str, Any]:
    return {
        "id": column.id,
        "kind": column.kind,
        "role": column.role,
        "codelist": column.codelist,
        "required": column.required,
        "default": column.default,
        "labels": dict(column.labels),
        "guidance": _in_every_language(partial(structure_words.guidance, column)),
        "only": list(column.only),
        "excluded": list(column.excluded),
    }


def _code_document(code: Code) -> dict[str, Any]:
    return {
        "id": code.id,
        "parent": code.parent,
        "labels": dict(code.labels),
        "valid_from": code.valid_from.isoformat() if code.valid_from else None,
        "valid_to": code.valid_to.isoformat() if code.valid_to else None,
        "attributes": dict(code.attributes),
    }


def _in_every_language(say: Callable[[str], str]) -> dict[str, str]:
    return {language: say(language) for language in registry.LANGUAGES}
