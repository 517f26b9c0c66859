"""One request as a page sees it: who, in which language, when, with what form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from node.access import Action, Actor, decide
from node.errors import NotFound, NotSignedIn
from node.ports.accounts import Account, Session
from node.web.language import N_, Language

LOCAL_PREFIXES_REFUSED = ("//", "/\\")


class Person(Protocol):
    """The person behind a request, and the session it came with."""

    @property
    def account(self) -> Account:
        """The account."""

    @property
    def session(self) -> Session:
        """The session."""

    @property
    def token(self) -> str:
        """The token the browser keeps."""


class Door(Protocol):
    """Signs people in and out; the pages get it from outside, because sessions belong to no one surface."""

    def sign_in(self, login: str, password: str) -> tuple[str, Session]:
        """Open a session; raises NotSignedIn or Unavailable."""

    def sign_out(self, token: str) -> None:
        """Close a session."""

    def who(self, token: str) -> Person:
        """Give who a token stands for; raises NotSignedIn."""

    def give_cookie(self, response: Response, token: str) -> None:
        """Let the browser keep the session."""

    def take_cookie(self, response: Response) -> None:
        """Make the browser forget it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, with `person` None before sign-in and an empty form for a page that is only read."""

    request: Request
    person: Person | None
    language: Language
    now: datetime
    form: FormData = field(default_factory=FormData)

    @property
    def account(self) -> Account:
        """The account; raises NotSignedIn before sign-in."""
        if self.person is None:
            raise NotSignedIn(N_("You are not signed in"), hint=N_("Sign in first."))
        return self.person.account

    @property
    def actor(self) -> Actor:
        """The person as the access rules see one."""
        return self.account.actor

    @property
    def query(self) -> Mapping[str, str]:
        """The address's own parameters; of a repeated one the last."""
        return dict(self.request.query_params)

    @property
    def path(self) -> str:
        """The path of this page with its parameters, for coming back to it."""
        address = self.request.url
        return address.path + (f"?{address.query}" if address.query else "")

    def may(self, action: str) -> bool:
        """Say whether a role of this person is given an action (for showing or leaving out a link)."""
        return self.person is not None and decide(self.actor, Action(action)).allowed

    def text(self, name: str) -> str:
        """Give a text field of the form, "" when it is missing."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Give every value of a field that a form may send several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> UploadFile | None:
        """Give an uploaded file that has a name, or None."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def number(self, name: str) -> int:
        """Give a number of the path; raises NotFound for anything that is none."""
        text = str(self.request.path_params[name])
        if not (text.isascii() and text.isdigit() and len(text) <= 12):  # noqa: PLR2004 - no id is longer
            raise NotFound(N_("There is no such page"))
        return int(text)


def local_path(text: str, *, otherwise: str = "/") -> str:
    """Give `text` if it is a path of this node, so that no form can send a person to another host."""
    is_local = text.startswith("/") and not text.startswith(LOCAL_PREFIXES_REFUSED) and text.isprintable()
    return text if is_local else otherwise
