"""The register of typologies: the list, one typology with its versions, the editor, and the steps.

Invariants: what was typed comes back with every refusal, each fault at its field; an edit names the version that it was
made from, and one made from an older version is shown what changed meanwhile before it can be sent again.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from exchange.limits import MAX_TEXT_CHARACTERS, MAX_TYPOLOGY_LINE_CHARACTERS, MAX_TYPOLOGY_TITLE_CHARACTERS
from exchange.typology_wording import FACETS
from node.access import Action
from node.errors import Conflict, Fault, Invalid, NodeError, NotFound
from node.ports.typologies import OwnEntry
from node.services import typologies
from node.services.members import peer_codes
from node.services.typology_draft import Draft, DraftWording, choosable
from node.services.views.register import register, spoken
from node.services.views.register_entry import differences, entry_page
from node.services.views.typologies import with_figures
from node.web.language import N_
from node.web.refusals import status_of
from node.web.surface import Page, Surface, go
from node.web.visit import Visit
from schemas.registry import LANGUAGES

PATH = "/typologies/register"
MOST_NUMBER_DIGITS = 3
LIMITS = {
    "title": MAX_TYPOLOGY_TITLE_CHARACTERS,
    "description": MAX_TEXT_CHARACTERS,
    "line": MAX_TYPOLOGY_LINE_CHARACTERS,
}


def register_page(surface: Surface, visit: Visit) -> Response:
    """All typologies; what is chosen stands in the address."""
    view = register(surface.ctx, visit.query)
    return surface.show(visit, "register.html", view=view, spoken=spoken)


def typology_page(surface: Surface, visit: Visit, error: NodeError | None = None) -> Response:
    """One typology: its text, its versions, who has it, and what this person may do next."""
    ctx = surface.ctx
    view = entry_page(ctx, _typology(visit), number=_number(visit.query.get("version", "")))
    compared = view.version(_number(visit.query.get("with", "")) or 0)
    wanted = visit.query.get("text", "")
    language = wanted if wanted in view.shown.description.texts else visit.language.code
    drawn = with_figures(ctx)
    return surface.show(
        visit,
        "register_entry.html",
        status=status_of(error) if error else 200,
        view=view,
        said=spoken(view.shown.description, language),
        compared=compared,
        differences=differences(compared.description, view.shown.description) if compared else (),
        methods=[code for code in view.methods if code in drawn],
        steps=typologies.open_steps(visit.actor, view.own) if view.own else (),
        peers=peer_codes(ctx, visit.now),
        chosen=visit.texts("audience"),
        reason=visit.text("reason"),
        faults=_faults(error),
        error=error,
    )


def new_page(surface: Surface, visit: Visit, error: NodeError | None = None) -> Response:
    """The editor for a typology that nobody described yet."""
    draft = _typed(visit) if error else Draft(original=visit.language.code)
    return _editor(surface, visit, draft, None, error)


def edit_page(surface: Surface, visit: Visit, error: NodeError | None = None) -> Response:
    """The editor for the newest version of an own typology."""
    entry = surface.ctx.typologies.entry(_typology(visit))
    draft = _typed(visit) if error else Draft.of(entry.newest.description)
    return _editor(surface, visit, draft, entry, error)


def propose(surface: Surface, visit: Visit) -> Response:
    """Keep a new typology; it is proposed."""
    made = typologies.propose(surface.ctx, visit.actor, _typed(visit), now=visit.now)
    return go(f"{PATH}/{made.typology}?done=typology_proposed")


def edit(surface: Surface, visit: Visit) -> Response:
    """Keep a new version of a typology."""
    typologies.edit(
        surface.ctx,
        visit.actor,
        _typology(visit),
        _typed(visit),
        based_on=_number(visit.text("based_on")) or 0,
        change=visit.text("change"),
        now=visit.now,
    )
    return _back(visit, "typology_edited")


def review(surface: Surface, visit: Visit) -> Response:
    """Stand for a version as a second person."""
    number = _number(visit.text("number")) or 0
    typologies.review(surface.ctx, visit.actor, _typology(visit), number=number, now=visit.now)
    return _back(visit, "typology_reviewed")


def share(surface: Surface, visit: Visit) -> Response:
    """Send a reviewed version to the members chosen."""
    number, audience = _number(visit.text("number")) or 0, visit.texts("audience")
    typologies.share(
        surface.ctx, visit.actor, _typology(visit), number=number, audience=audience, now=visit.now
    )
    return _back(visit, "typology_shared")


def retire(surface: Surface, visit: Visit) -> Response:
    """Take a typology out of use."""
    typologies.retire(surface.ctx, visit.actor, _typology(visit), reason=visit.text("reason"), now=visit.now)
    return _back(visit, "typology_retired")


def _editor(
    surface: Surface, visit: Visit, draft: Draft, entry: OwnEntry | None, error: NodeError | None
) -> Response:
    based_on = _number(visit.text("based_on")) if error else None
    newest = entry.newest if entry else None
    before = next((one for one in entry.versions if one.number == based_on), None) if entry else None
    is_overtaken = isinstance(error, Conflict) and before is not None and before is not newest
    today = visit.now.date()
    return surface.show(
        visit,
        "register_editor.html",
        status=status_of(error) if error else 200,
        draft=draft,
        entry=entry,
        # once what changed meanwhile was shown, the edit is one of the newest version
        based_on=newest.number if newest and (is_overtaken or based_on is None) else based_on,
        meanwhile=differences(before.description, newest.description)
        if is_overtaken and before and newest
        else (),
        facets={facet: choosable(facet, today) for facet in FACETS},
        texts=LANGUAGES,
        limits=LIMITS,
        change=visit.text("change"),
        faults=_faults(error),
        error=error,
    )


def _typed(visit: Visit) -> Draft:
    """Give the form as a draft; a line a sentence where there are several."""
    texts = {
        language: DraftWording(
            title=visit.text(f"texts.{language}.title"),
            description=visit.text(f"texts.{language}.description"),
            warning_signs=_lines(visit.text(f"texts.{language}.warning_signs")),
            measures=_lines(visit.text(f"texts.{language}.measures")),
        )
        for language in LANGUAGES
    }
    codes = {facet: tuple(visit.texts(f"codes.{facet}")) for facet in FACETS}
    return Draft(codes, visit.text("original"), texts, _lines(visit.text("sources")))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())


def _faults(error: NodeError | None) -> Mapping[str, list[Fault]]:
    """Give the faults of a refusal by field."""
    found: dict[str, list[Fault]] = {}
    for fault in error.faults if isinstance(error, Invalid) else ():
        found.setdefault(fault.where, []).append(fault)
    return found


def _typology(visit: Visit) -> str:
    return str(visit.request.path_params["typology"])


def _number(text: str) -> int | None:
    """Give a number of a version, None for nothing; raises NotFound for anything that is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_NUMBER_DIGITS):
        raise NotFound(N_("There is no such page"))
    return int(text)


def _back(visit: Visit, done: str) -> Response:
    return go(f"{PATH}/{_typology(visit)}?done={done}")


ONE = f"{PATH}/{{typology}}"
PAGES = (
    Page(PATH, "GET", Action.READ_DASHBOARD, register_page),
    Page(f"{PATH}/new", "GET", Action.DESCRIBE_TYPOLOGY, new_page),
    Page(f"{PATH}/new", "POST", Action.DESCRIBE_TYPOLOGY, propose, new_page),
    Page(ONE, "GET", Action.READ_DASHBOARD, typology_page),
    Page(f"{ONE}/edit", "GET", Action.DESCRIBE_TYPOLOGY, edit_page),
    Page(f"{ONE}/edit", "POST", Action.DESCRIBE_TYPOLOGY, edit, edit_page),
    Page(f"{ONE}/review", "POST", Action.REVIEW_TYPOLOGY, review, typology_page),
    Page(f"{ONE}/share", "POST", Action.SHARE_TYPOLOGY, share, typology_page),
    Page(f"{ONE}/retire", "POST", Action.RETIRE_TYPOLOGY, retire, typology_page),
)
