"""The shared language over HTTP: structures, code lists, templates, and SDMX structure messages.

* Everything here is the packaged definitions: any signed-in person may read it, and an ETag names the content.
* The SDMX route answers with what was asked for and everything it refers to; a part of the standard that is
  not there is answered with 501, a form that is not written with 406.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from node.access import Action
from node.api.dependencies import REVALIDATE, context, etag_of, is_current, not_modified
from node.api.languages import reading_language
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.ports.templates import StructureFormat, TemplateFormat
from node.services import structures
from node.services.context import Context
from node.services.structures_selected import KINDS, REFERENCES, selected
from schemas.digest import sha256_hex

TEMPLATE_TYPES = {
    TemplateFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TemplateFormat.CSV: "text/csv; charset=utf-8",
    TemplateFormat.SDMX_CSV: "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
}
TEMPLATE_SUFFIXES = {
    TemplateFormat.XLSX: "xlsx",
    TemplateFormat.CSV: "csv",
    TemplateFormat.SDMX_CSV: "sdmx.csv",
}
_SDMX = "application/vnd.sdmx.structure"
SDMX_TYPES = {
    StructureFormat.SDMX_ML: f"{_SDMX}+xml; version=3.0.0",
    StructureFormat.SDMX_ML_21: f"{_SDMX}+xml; version=2.1",
    StructureFormat.SDMX_JSON: f"{_SDMX}+json; version=2.0.0",
}
_ACCEPTED = {
    "*/*": StructureFormat.SDMX_ML,
    "application/*": StructureFormat.SDMX_ML,
    "application/xml": StructureFormat.SDMX_ML,
    f"{_SDMX}+xml": StructureFormat.SDMX_ML,
    f"{_SDMX}+xml;version=3.0.0": StructureFormat.SDMX_ML,
    f"{_SDMX}+xml;version=2.1": StructureFormat.SDMX_ML_21,
    "application/json": StructureFormat.SDMX_JSON,
    f"{_SDMX}+json": StructureFormat.SDMX_JSON,
    f"{_SDMX}+json;version=2.0.0": StructureFormat.SDMX_JSON,
}
_ASKED_FOR_LESS = ("q=",)


def routes() -> APIRouter:
    """Give the routes."""
    rule = require(Action.READ_DASHBOARD)
    return family(
        "definitions",
        [
            Entry("GET", "/structures", list_structures, rule, "The data structures", more=_shown(_LINE)),
            Entry("GET", "/structures/{structure_id}", show_structure, rule, "A structure in full"),
            Entry("GET", "/codelists", list_codelists, rule, "The code lists", more=_shown(_LIST)),
            Entry("GET", "/codelists/{codelist_id}", show_codelist, rule, "A code list", more=_shown(_CODES)),
            Entry("GET", "/dataflows/{dataflow}/template", template, rule, "A table to fill in", more=_FILES),
            Entry(
                "GET",
                "/sdmx/structure/{kind}/{agency}/{artefact}/{version}",
                sdmx_structure,
                rule,
                "Structures, dataflows and code lists as SDMX",
                more=_MESSAGES,
            ),
        ],
    )


def list_structures(request: Request) -> Response:
    """Give every structure with the dataflows that use it."""
    return _json(request, [structures.structure_line(one) for one in structures.structures()])


def show_structure(request: Request, structure_id: str) -> Response:
    """Give columns, kinds, code lists and rules, the rules also in words, in all languages."""
    return _json(request, structures.structure_document(structures.structure(structure_id)))


def list_codelists(request: Request) -> Response:
    """Give every code list with its number of codes."""
    return _json(request, [structures.codelist_line(one) for one in structures.codelists()])


def show_codelist(request: Request, codelist_id: str) -> Response:
    """Give every code with its labels, parent, validity and attributes."""
    return _json(request, structures.codelist_document(structures.codelist(codelist_id)))


def template(
    request: Request,
    *,
    dataflow: str,
    table_format: Annotated[TemplateFormat, Query(alias="format")] = TemplateFormat.XLSX,
    language: str | None = None,
    person: SignedIn = Depends(current),
    ctx: Context = Depends(context),
) -> Response:
    """Give a workbook with drop-downs and instructions, or the header as CSV or SDMX-CSV."""
    chosen = reading_language(person, language)
    content = structures.template(ctx, dataflow, table_format, chosen)
    name = f"{dataflow}.{chosen}.{TEMPLATE_SUFFIXES[table_format]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return _answer(request, content, TEMPLATE_TYPES[table_format], headers)


def sdmx_structure(
    request: Request,
    *,
    kind: str,
    agency: str,
    artefact: str,
    version: str,
    references: str = "descendants",
    language: str | None = None,
    ctx: Context = Depends(context),
) -> Response:
    """Give an SDMX structure message, in the form that Accept asks for; `*` stands for any."""
    if kind not in KINDS or references not in REFERENCES:
        raise HTTPException(
            501,
            f"This part of the SDMX interface is not offered. Kinds: {', '.join(KINDS)}; "
            f"references: {', '.join(REFERENCES)}.",
        )
    written_as = _accepted(request.headers.get("accept", "*/*"))
    definitions = selected(kind, agency, artefact, version, language)
    content = structures.export(ctx, definitions, written_as)
    return _answer(request, content, SDMX_TYPES[written_as], {"Vary": "Accept"})


def _accepted(header: str) -> StructureFormat:
    """Give the first form in the header that is written here; raises 406 if none is."""
    for entry in header.split(","):
        parts = [part.strip() for part in entry.split(";")]
        named = ";".join(part for part in parts if not part.startswith(_ASKED_FOR_LESS))
        if named in _ACCEPTED:
            return _ACCEPTED[named]
    raise HTTPException(406, f"Structures are written as {', '.join(SDMX_TYPES.values())}.")


def _json(request: Request, document: Any) -> Response:
    return _answer(request, json.dumps(document, ensure_ascii=False).encode(), "application/json", {})


def _answer(request: Request, content: bytes, media_type: str, headers: dict[str, str]) -> Response:
    etag = etag_of(media_type, sha256_hex(content))
    if is_current(request, etag):
        return not_modified(etag)
    return Response(
        content, media_type=media_type, headers={"ETag": etag, "Cache-Control": REVALIDATE, **headers}
    )


def _shown(example: Any) -> tuple[tuple[str, Any], ...]:
    """Give what the description shows as an answer."""
    return (("responses", {200: {"content": {"application/json": {"example": example}}}}),)


def _binary(media_types: Any) -> tuple[tuple[str, Any], ...]:
    schema = {"schema": {"type": "string", "format": "binary"}}
    content = dict.fromkeys(media_types, schema)
    return (("responses", {200: {"content": content}}), ("response_class", Response))


_FILES = _binary(TEMPLATE_TYPES.values())
_MESSAGES = _binary(SDMX_TYPES.values())
_NAME = {"ru": "Вид преступления", "kk": "Қылмыс түрі", "en": "Type of crime"}
_MAINTAINED = {"agency": "IRAC", "id": "CL_CRIME_TYPE", "version": "1.0.0", "labels": _NAME}
_LIST = [_MAINTAINED | {"codes": 4}]
_ML = {"ru": "Отмывание денег", "kk": "Ақшаны жылыстату", "en": "Money laundering"}
_CODES = _MAINTAINED | {
    "codes": [
        {"id": "ML", "parent": None, "labels": _ML, "valid_from": None, "valid_to": None, "attributes": {}}
    ]
}
_LINE = [
    {
        "agency": "IRAC",
        "id": "R33_A_UPLOAD",
        "version": "1.0.0",
        "labels": {"ru": "Сообщения", "kk": "Хабарламалар", "en": "Reports"},
        "uploaded_for": ["R33_A"],
        "released_as": [],
    }
]
