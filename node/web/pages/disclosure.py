"""The report that officers read before they sign, the bytes that would leave, and exceptions to the rules.

Invariants: a cell is named in addresses and forms by its whole key, never by its place in a list that may change;
bytes are handed out as they would be signed, never rendered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from starlette.responses import Response

from node.access import Action
from node.errors import Invalid, NodeError
from node.ports.exceptions import ExceptionKind
from node.services import exceptions, release
from node.services.views.changes import changes
from node.services.views.preview import preview
from node.web.language import N_
from node.web.pages.workspace import MOST_PAGE_DIGITS, may_ask, page_number, submission_page
from node.web.refusals import status_of
from node.web.surface import Page, Surface, go
from node.web.visit import Visit
from schemas import registry

ONLY_WITHHELD = "withheld"
THRESHOLDS = (0, 1, 5, 10, 25, 50, 100)
MOST_KEY_CHARACTERS = 2000


def preview_page(surface: Surface, visit: Visit) -> Response:
    """What every peer would receive, what is withheld and why, what was tried."""
    number = visit.number("submission")
    only = visit.query.get("only", "") == ONLY_WITHHELD
    view = preview(surface.ctx, visit.actor, number, visit.now, only_withheld=only, page=page_number(visit))
    return surface.show(
        visit, "preview.html", view=view, ticket=ticket, may_ask=may_ask(visit, view.submission)
    )


def changes_page(surface: Surface, visit: Visit) -> Response:
    """What would change against what is released, by kind and by how much."""
    asked, text = visit.query, visit.query.get("at_least", "")
    at_least = int(text) if text in {str(one) for one in THRESHOLDS} else 0
    view = changes(
        surface.ctx,
        visit.actor,
        visit.number("submission"),
        visit.now,
        change=asked.get("change", ""),
        at_least=at_least,
        page=page_number(visit),
    )
    return surface.show(visit, "changes.html", view=view, thresholds=THRESHOLDS)


def manifest_bytes(surface: Surface, visit: Visit) -> Response:
    """The bytes of the manifest as it would be signed now."""
    return _handed(surface, visit, None, release.MANIFEST_NAME, "application/json")


def part_bytes(surface: Surface, visit: Visit) -> Response:
    """The bytes of one part."""
    digest = str(visit.request.path_params["digest"])
    short = digest.removeprefix("sha256:")[:12]
    return _handed(surface, visit, digest, f"cells-{short}.parquet", "application/vnd.apache.parquet")


def exception_page(surface: Surface, visit: Visit, error: NodeError | None = None) -> Response:
    """The form that asks for an exception, with what was typed when it comes back with an error."""
    one = surface.ctx.submissions.get(visit.number("submission"))
    asked = visit.form or visit.query
    kind, key = _kind(str(asked.get("kind", ""))), _key(str(asked.get("cell", "")))
    names = registry.dataflow(one.dataflow_id).cells.dimensions
    return surface.show(
        visit,
        "exception.html",
        status=status_of(error) if error else 200,
        one=one,
        kind=kind,
        cell=ticket(key),
        named=tuple(zip(names, key, strict=False)),
        reason=visit.text("reason"),
        error=error,
    )


def ask(surface: Surface, visit: Visit) -> Response:
    """Ask for an exception."""
    number = visit.number("submission")
    exceptions.ask(
        surface.ctx,
        visit.actor,
        number,
        kind=_kind(visit.text("kind")),
        key=_key(visit.text("cell")),
        reason=visit.text("reason"),
        now=visit.now,
    )
    return go(f"/workspace/{number}?done=exception_asked")


def agree(surface: Surface, visit: Visit) -> Response:
    """Agree to an exception as the second officer."""
    number = visit.number("submission")
    exceptions.agree(surface.ctx, visit.actor, number, number=_exception(visit), now=visit.now)
    return go(f"/workspace/{number}?done=exception_agreed")


def end(surface: Surface, visit: Visit) -> Response:
    """Take an exception back, or refuse it."""
    number = visit.number("submission")
    reason = visit.text("reason")
    exceptions.end(surface.ctx, visit.actor, number, number=_exception(visit), reason=reason, now=visit.now)
    return go(f"/workspace/{number}?done=exception_ended")


def ticket(key: Sequence[str]) -> str:
    """Give the key of a cell as addresses and forms carry it."""
    return json.dumps(list(key), ensure_ascii=False)


def _handed(surface: Surface, visit: Visit, digest: str | None, name: str, media_type: str) -> Response:
    number = visit.number("submission")
    content = release.outgoing_bytes(surface.ctx, visit.actor, number, digest, visit.now)
    headers = {
        "Content-Disposition": f'attachment; filename="{number}-{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


def _kind(text: str) -> ExceptionKind:
    if text not in set(ExceptionKind):
        raise Invalid(N_("Say what the exception is for"), hint=N_("Start from the report of the release."))
    return ExceptionKind(text)


def _key(text: str) -> tuple[str, ...]:
    """Read a key as `ticket` wrote it; an empty text is no cell."""
    try:
        parts = json.loads(text[:MOST_KEY_CHARACTERS]) if text else []
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise _unreadable()
    return tuple(parts)


def _exception(visit: Visit) -> int:
    text = visit.text("number")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_PAGE_DIGITS):
        raise _unreadable()
    return int(text)


def _unreadable() -> Invalid:
    return Invalid(N_("This form cannot be read"), hint=N_("Open the page again and repeat."))


def _step(name: str, handle: Callable[[Surface, Visit], Response]) -> Page:
    path = f"/workspace/{{submission}}/{name}"
    return Page(path, "POST", Action.MAKE_EXCEPTION, handle, submission_page)


PAGES = (
    Page("/workspace/{submission}/preview", "GET", Action.READ_SUBMISSIONS, preview_page),
    Page("/workspace/{submission}/difference", "GET", Action.READ_SUBMISSIONS, changes_page),
    Page("/workspace/{submission}/manifest", "GET", Action.EXAMINE_RELEASE, manifest_bytes),
    Page("/workspace/{submission}/parts/{digest}", "GET", Action.EXAMINE_RELEASE, part_bytes),
    Page("/workspace/{submission}/exceptions", "GET", Action.MAKE_EXCEPTION, exception_page),
    Page("/workspace/{submission}/ask_exception", "POST", Action.MAKE_EXCEPTION, ask, exception_page),
    _step("agree_exception", agree),
    _step("end_exception", end),
)
