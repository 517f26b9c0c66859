"""How every page is answered: one guarded way in, one calm way to fail.

Invariants: a form is read only after its sender is known, and changes something only with the session's
token; no exception reaches the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from node.access import Action, decide
from node.errors import Denied, NodeError, NotSignedIn
from node.web import forms
from node.web.language import Language, preferred
from node.web.refusals import Problem, incident, of_problem, refused
from node.web.surface import Page, Rule, Surface
from node.web.visit import Person, Visit

BAD_REQUEST = 400


def route(surface: Surface, page: Page) -> Route:
    """Give the guarded route of a page."""

    async def answer(request: Request) -> Response:
        if page.method != "POST":
            limiter = surface.readers if page.is_short else None
            return await to_thread.run_sync(_shown, surface, page, request, limiter=limiter)
        visit = await run_in_threadpool(arrive, surface, request)
        try:
            return await _admit(surface, page, visit)
        except ClientDisconnect:
            return Response(status_code=BAD_REQUEST)  # nobody is left to read it
        except (NodeError, HTTPException) as error:
            return await run_in_threadpool(refused, surface, visit, error)
        except Exception as error:  # noqa: BLE001 - the last line before a traceback would reach a person
            return await run_in_threadpool(incident, surface, visit, error)

    return Route(page.path, answer, methods=[page.method])


def problem_page(surface: Surface) -> Callable[[Request, Problem], Response]:
    """Give what writes a refusal met before or beside a page (no such address, another host, a fault)."""

    def write(request: Request, problem: Problem) -> Response:
        return of_problem(surface, arrive(surface, request), problem)

    return write


def arrive(surface: Surface, request: Request) -> Visit:
    """Find out who comes, and in which language to answer."""
    person = _person(surface, request)
    return Visit(request, person, _language(surface, request, person), surface.now())


def _shown(surface: Surface, page: Page, request: Request) -> Response:
    """Answer with a page that is only read, all in one thread."""
    visit = arrive(surface, request)
    try:
        _require(page.rule, visit)
        return page.handle(surface, visit)
    except (NodeError, HTTPException) as error:
        return refused(surface, visit, error)
    except Exception as error:  # noqa: BLE001 - the last line before a traceback would reach a person
        return incident(surface, visit, error)


async def _admit(surface: Surface, page: Page, visit: Visit) -> Response:
    _require(page.rule, visit)
    forms.require_same_site(visit.request)
    bound = forms.MAX_FORM_BYTES + (surface.max_upload_bytes if page.is_upload else 0)
    form = await forms.read_form(visit.request, max_bytes=bound)
    try:
        if visit.person is not None:
            forms.require_token(form, visit.person.session.form_token)
        return await run_in_threadpool(_take, surface, page, replace(visit, form=form))
    finally:
        await form.close()


def _take(surface: Surface, page: Page, visit: Visit) -> Response:
    try:
        return page.handle(surface, visit)
    except NodeError as error:
        if page.again is None:
            raise
        return page.again(surface, visit, error)


def _require(rule: Action | Rule, visit: Visit) -> None:
    """Deny by default: nobody without a session, nobody without a role that is given the action."""
    if rule is Rule.EVERYBODY:
        return
    actor = visit.actor
    if isinstance(rule, Action):
        decision = decide(actor, rule)
        if not decision.allowed:
            raise Denied("You are not allowed to do this", detail=decision.reason, action=rule.value)


def _person(surface: Surface, request: Request) -> Person | None:
    token = request.cookies.get(surface.session_cookie, "")
    try:
        return surface.door_of(request).who(token) if token else None
    except NotSignedIn:
        return None


def _language(surface: Surface, request: Request, person: Person | None) -> Language:
    """Give the language asked for in the address, else the person's own, else the browser's."""
    languages = surface.renderer.languages
    asked = request.query_params.get("lang", "")
    if asked in languages:
        return languages[asked]
    if person is not None and person.account.language in languages:
        return languages[person.account.language]
    return languages[preferred(request.headers.get("accept-language", ""), default=surface.default_language)]
