"""Who is asking, and may they: the rule that every route carries.

* A session comes as a cookie (browsers) or as a Bearer token (scripts); with both, the token alone counts.
* A browser may send its cookie along with what other sites make it post. So an unsafe request with a cookie
  must also carry the session's form token in a header, which other sites can neither read nor set. A Bearer
  token is never sent by a browser of its own accord and needs none.
* The session is looked up at every request: a closed account or session is out at once.
* Pages with forms, which cannot set a header, have the same rule in `node.web`, over the same door.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from node.access import Action, decide
from node.errors import Denied, NotSignedIn, Unavailable
from node.ports.accounts import Account, Session
from node.services import sessions
from node.services.context import Context

COOKIE = "irac_session"
FORM_HEADER = "X-Form-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WAITING_SIGN_INS = 8


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request, and the session it came with."""

    account: Account
    session: Session
    token: str


class Door:
    """Signs people in and out, one at a time, and finds who a request comes from. One per process.

    One at a time, because each password check takes tens of megabytes on purpose, and because attempts that
    overlap would count once against the lock. Those who wait are few; the rest is told to come back.
    """

    def __init__(self, ctx: Context, *, now: Callable[[], datetime], is_https: bool) -> None:
        self.ctx = ctx
        self.now = now
        self._is_https = is_https
        self._waiting = threading.BoundedSemaphore(WAITING_SIGN_INS)
        self._turn = threading.Lock()

    def sign_in(self, login: str, password: str) -> tuple[str, Session]:
        """Open a session; raises NotSignedIn, or Unavailable when too many sign in at this moment."""
        if not self._waiting.acquire(blocking=False):
            raise Unavailable("Too many people sign in at this moment", hint="Try again in a few seconds.")
        try:
            with self._turn:
                return sessions.sign_in(self.ctx, login, password, self.now())
        finally:
            self._waiting.release()

    def sign_out(self, token: str) -> None:
        """Close a session."""
        sessions.sign_out(self.ctx, token, self.now())

    def who(self, token: str) -> SignedIn:
        """Give who a token stands for; raises NotSignedIn."""
        account, session = sessions.signed_in(self.ctx, token, self.now())
        return SignedIn(account, session, token)

    def give_cookie(self, response: Response, token: str) -> None:
        """Let a browser keep the session until it is closed; scripts of the page cannot read it."""
        response.set_cookie(COOKIE, token, path="/", secure=self._is_https, httponly=True, samesite="strict")

    def take_cookie(self, response: Response) -> None:
        """Make a browser forget the session."""
        response.delete_cookie(COOKIE, path="/", secure=self._is_https, httponly=True, samesite="strict")


class Needs:
    """The dependency that guards a route: somebody signed in and, if an action is named, allowed to."""

    def __init__(self, action: Action | None) -> None:
        self.action = action

    def __call__(self, request: Request) -> SignedIn:
        """Give the person, or raise NotSignedIn or Denied with the reason."""
        door: Door = request.app.state.door
        token, is_cookie = token_of(request)
        person = door.who(token)
        if self.action is not None:
            decision = decide(person.account.actor, self.action)
            if not decision.allowed:
                raise Denied("You are not allowed to do this", detail=decision.reason)
        if is_cookie and request.method not in SAFE_METHODS:
            _check_form_token(request, person.session)
        request.state.person = person
        return person


def require(action: Action) -> Needs:
    """Give the rule of a route that only people with this action may use."""
    return Needs(action)


def require_signed_in() -> Needs:
    """Give the rule of a route for anybody who is signed in: their own session and settings."""
    return Needs(None)


async def current(request: Request) -> SignedIn:
    """Give the person whom the route's rule let in; a route without a rule has nobody."""
    person = getattr(request.state, "person", None)
    if not isinstance(person, SignedIn):
        raise NotSignedIn("You are not signed in", hint="Sign in first.")
    return person


def token_of(request: Request) -> tuple[str, bool]:
    """Give the session token of a request, or "", and whether it came as a cookie."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip(), False
    return request.cookies.get(COOKIE, ""), True


def _check_form_token(request: Request, session: Session) -> None:
    given = request.headers.get(FORM_HEADER, "")
    # bytes, because compare_digest refuses text beyond ASCII
    if not hmac.compare_digest(given.encode(), session.form_token.encode()):
        raise Denied(
            "This was not sent from a page of this session",
            detail=f"The header {FORM_HEADER} is missing, or belongs to an earlier sign-in.",
            hint="Load the page again and repeat the step; scripts use a Bearer token instead of the cookie.",
        )
