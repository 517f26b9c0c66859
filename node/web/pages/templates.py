"""Templates for the workspace: a table to fill in, in the language of the page."""

from __future__ import annotations

from starlette.responses import Response

from node.access import Action
from node.errors import NotFound
from node.ports.templates import TemplateFormat
from node.services import structures
from node.web.language import N_
from node.web.surface import Page, Surface
from node.web.visit import Visit

_FORMS = {
    "xlsx": (TemplateFormat.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (TemplateFormat.CSV, "text/csv; charset=utf-8"),
    "sdmx.csv": (TemplateFormat.SDMX_CSV, "text/csv; charset=utf-8"),
}


def template(surface: Surface, visit: Visit) -> Response:
    """Give the file that the address names: DATAFLOW.xlsx, DATAFLOW.csv or DATAFLOW.sdmx.csv."""
    name = str(visit.request.path_params["file"])
    dataflow, _, suffix = name.partition(".")
    if suffix not in _FORMS:
        raise NotFound(N_("There is no such page"))
    template_format, media_type = _FORMS[suffix]
    content = structures.template(surface.ctx, dataflow, template_format, visit.language.code)
    headers = {
        "Content-Disposition": f'attachment; filename="{dataflow}.{visit.language.code}.{suffix}"',
        "Cache-Control": "private, no-cache",
    }
    return Response(content, media_type=media_type, headers=headers)


PAGES = (Page("/workspace/templates/{file}", "GET", Action.SUBMIT, template),)
