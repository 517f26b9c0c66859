"""The tables of the dashboard as files; the address is that of the page, its filters included."""

from __future__ import annotations

from starlette.responses import Response

from node.access import Action
from node.errors import NotFound
from node.ports.exports import MEDIA_TYPES, SUFFIXES
from node.services.exports.build import export, write
from node.web.language import N_
from node.web.surface import Page, Surface
from node.web.visit import Visit


def table_file(surface: Surface, visit: Visit) -> Response:
    """Give the file that the address names, such as corridors.xlsx or corridors.csv.zip."""
    name = str(visit.request.path_params["file"])
    table, _, suffix = name.partition(".")
    written_as = {known: one for one, known in SUFFIXES.items()}.get(f".{suffix}")
    if written_as is None:
        raise NotFound(N_("There is no such page"))
    wanted = {key: value for key, value in visit.query.items() if key != "lang"}
    made = export(surface.ctx, table, wanted, written_as, language=visit.language.code, now=visit.now)
    headers = {
        "Content-Disposition": f'attachment; filename="{made.file_name(written_as)}"',
        "Content-Type": MEDIA_TYPES[written_as],
        "Cache-Control": "no-store",
    }
    return Response(write(surface.ctx, made, written_as), headers=headers)


PAGES = (Page("/exports/{file}", "GET", Action.READ_DASHBOARD, table_file, is_file=True),)
