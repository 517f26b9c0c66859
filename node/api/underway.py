"""Uploads while they are worked on, for whoever sends a file and wants to know how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path

from node.access import Action
from node.api.dependencies import context, moment
from node.api.models import Written
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.errors import NotFound
from node.services.context import Context
from node.services.uploads import LONGEST_TICKET, Upload

Ticket = Annotated[str, Path(min_length=1, max_length=LONGEST_TICKET)]


class UploadLine(Written):
    """One upload. `stage` is reading, checking, looking, keeping, done or refused; `refusal` says why."""

    ticket: str
    file_name: str
    began_at: datetime
    stage: str
    submission_id: int | None
    refusal: str

    @classmethod
    def of(cls, one: Upload) -> Self:
        """Describe an upload."""
        return cls(
            ticket=one.ticket,
            file_name=one.file_name,
            began_at=one.began_at,
            stage=one.stage.value,
            submission_id=one.submission_id or None,
            refusal=str(one.refusal or ""),
        )


def routes() -> APIRouter:
    """Give the routes."""
    mine = require(Action.SUBMIT)
    return family(
        "submissions",
        (
            Entry("GET", "/uploads", uploads, mine, "My uploads that are worked on, or were refused lately"),
            Entry("GET", "/uploads/{ticket}", upload, mine, "How far an upload is"),
        ),
    )


def uploads(
    ctx: Context = Depends(context), now: datetime = Depends(moment), person: SignedIn = Depends(current)
) -> list[UploadLine]:
    """Give the uploads of whoever asks that are not done, the newest first."""
    return [UploadLine.of(one) for one in ctx.uploads.unfinished(person.account.login, now)]


def upload(
    ticket: Ticket, ctx: Context = Depends(context), person: SignedIn = Depends(current)
) -> UploadLine:
    """Give an upload of whoever asks by the ticket it was sent with; the node forgets it when it stops."""
    found = ctx.uploads.find(person.account.login, ticket)
    if found is None:
        raise NotFound("There is no such upload", hint="Look among the submissions: it may be done.")
    return UploadLine.of(found)
