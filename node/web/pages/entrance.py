"""Coming in, going out, and the language on the way."""

from __future__ import annotations

from starlette.responses import Response

from node.access import Action, decide
from node.errors import NodeError
from node.ports.accounts import Account
from node.services import accounts
from node.web.pages.start import START_PATH
from node.web.refusals import status_of
from node.web.surface import Page, Rule, Surface, go
from node.web.visit import Visit, local_path

STEPS = (Action.SUBMIT, Action.CLEAR_CONTENT, Action.APPROVE, Action.SYNCHRONISE)


def sign_in_page(surface: Surface, visit: Visit) -> Response:
    """Show the sign-in form; somebody signed in already is sent on."""
    after = local_path(visit.query.get("next", ""))
    if visit.person is not None:
        return go(after)
    return surface.show(visit, "sign_in.html", after=after, login="", error=None)


def sign_in(surface: Surface, visit: Visit) -> Response:
    """Open a session; a language chosen at the door is kept as the person's own."""
    token, session = surface.door_of(visit.request).sign_in(
        visit.text("login").strip().lower(), visit.text("password")
    )
    account = surface.ctx.accounts.get(session.login)
    asked = visit.text("lang")
    if account is not None and asked in surface.renderer.languages and asked != account.language:
        accounts.set_language(surface.ctx, account.actor, asked)
    response = go(_first_page(account, local_path(visit.text("next"))))
    surface.door_of(visit.request).give_cookie(response, token)
    return response


def _first_page(account: Account | None, after: str) -> str:
    """Give where a person begins: where they were going, else what waits for those who have steps to take."""
    has_steps = account is not None and any(decide(account.actor, action).allowed for action in STEPS)
    return START_PATH if after == "/" and has_steps else after


def sign_in_again(surface: Surface, visit: Visit, error: NodeError) -> Response:
    """Show the form once more with the login that was typed."""
    after = local_path(visit.text("next"))
    return surface.show(
        visit, "sign_in.html", status=status_of(error), after=after, login=visit.text("login"), error=error
    )


def sign_out(surface: Surface, visit: Visit) -> Response:
    """Close the session; without one there is nothing to close."""
    response = go("/sign-in")
    if visit.person is not None:
        surface.door_of(visit.request).sign_out(visit.person.token)
    surface.door_of(visit.request).take_cookie(response)
    return response


def choose_language(surface: Surface, visit: Visit) -> Response:
    """Keep the language a person chose in the header, and show the same page in it."""
    accounts.set_language(surface.ctx, visit.actor, visit.text("lang"))
    return go(local_path(visit.text("next")))


PAGES = (
    Page("/sign-in", "GET", Rule.EVERYBODY, sign_in_page),
    Page("/sign-in", "POST", Rule.EVERYBODY, sign_in, sign_in_again),
    Page("/sign-out", "POST", Rule.EVERYBODY, sign_out),
    Page("/language", "POST", Rule.SIGNED_IN, choose_language),
)
