"""Signing in and out, and one's own account."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from node.api.dependencies import Wiring, moment, wiring
from node.api.models import Credentials, LanguageChoice, Me, OpenedSession, PasswordChange
from node.api.routing import Entry, family
from node.api.session import Door, SignedIn, current, require_signed_in
from node.services import accounts


def routes() -> APIRouter:
    """Give the routes; signing in is the one that nobody has to be signed in for."""
    own = require_signed_in()
    return family(
        "people",
        (
            Entry("POST", "/session", sign_in, None, "Sign in", 201),
            Entry("DELETE", "/session", sign_out, own, "Sign out", 204),
            Entry("GET", "/me", me, own, "Who is signed in"),
            Entry("PUT", "/me/password", change_password, own, "Change one's password", 204),
            Entry("PUT", "/me/language", set_language, own, "Choose one's language", 204),
        ),
    )


def sign_in(request: Request, sent: Credentials) -> OpenedSession:
    """Open a session of eight hours for a script; browsers use the node's own page."""
    door: Door = request.app.state.door
    token, session = door.sign_in(sent.login, sent.password)
    return OpenedSession(token=token, login=session.login, expires_at=session.expires_at)


def sign_out(request: Request, person: SignedIn = Depends(current)) -> Response:
    """Close the session this request came with."""
    door: Door = request.app.state.door
    door.sign_out(person.token)
    response = Response(status_code=204)
    door.take_cookie(response)
    return response


def me(wired: Wiring = Depends(wiring), person: SignedIn = Depends(current)) -> Me:
    """Give the person signed in, their roles, and what these let them do."""
    return Me.of(wired.ctx.member, person.account, person.session)


def change_password(
    sent: PasswordChange,
    wired: Wiring = Depends(wiring),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> None:
    """Change one's own password; a release key is moved to the new one."""
    accounts.change_password(wired.ctx, person.account.actor, sent.old, sent.new, now)


def set_language(
    sent: LanguageChoice, wired: Wiring = Depends(wiring), person: SignedIn = Depends(current)
) -> None:
    """Choose the language that messages are written in."""
    accounts.set_language(wired.ctx, person.account.actor, sent.language)
