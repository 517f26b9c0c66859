"""The register of typologies: read, described, edited, reviewed, shared, retired."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from exchange.typology import MOST_VERSIONS
from exchange.typology_wording import METHOD
from node.access import Action
from node.api.dependencies import context, moment
from node.api.listings import Listing, list_entry, listing
from node.api.models_typologies import (
    NamedVersion,
    RetiredReason,
    SentDescription,
    SentVersion,
    SharedVersion,
    TypologyEntry,
    TypologyLine,
    TypologyVersion,
)
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.services import typologies
from node.services.context import Context
from node.services.views.register import LONGEST_TEXT, ORIGINATOR, STATUS, TEXT, matching
from node.services.views.register_entry import entry_page

TypologyId = Annotated[str, Path(min_length=1, max_length=20)]
Method = Annotated[str, Query(max_length=32, description="A code of CL_METHOD; finds those below it, too")]
Status = Annotated[str, Query(max_length=16, description="A code of CL_TYPOLOGY_STATUS")]
Originator = Annotated[str, Query(max_length=8, description="The member that describes it")]
Words = Annotated[str, Query(max_length=LONGEST_TEXT, description="Letters of its id or of any text of it")]
Number = Annotated[int, Path(ge=1, le=MOST_VERSIONS)]


def routes() -> APIRouter:
    """Give the routes."""
    read, describe, review, share, retire = (
        require(action)
        for action in (
            Action.READ_DASHBOARD,
            Action.DESCRIBE_TYPOLOGY,
            Action.REVIEW_TYPOLOGY,
            Action.SHARE_TYPOLOGY,
            Action.RETIRE_TYPOLOGY,
        )
    )
    one = "/typologies/{typology}"
    return family(
        "typologies",
        (
            list_entry("/typologies", listed, read, "Typologies, own and received", TypologyLine),
            Entry("POST", "/typologies", propose, describe, "Describe a typology", 201),
            Entry("GET", one, entry, read, "A typology with its newest version"),
            list_entry(f"{one}/versions", versions, read, "The versions of a typology", TypologyVersion),
            Entry("POST", f"{one}/versions", edit, describe, "Write a new version", 201),
            Entry("GET", f"{one}/versions/{{number}}", version, read, "One version of a typology"),
            Entry("POST", f"{one}/review", take_review, review, "Stand for a version as a second person"),
            Entry("POST", f"{one}/share", take_share, share, "Send a reviewed version to members"),
            Entry("POST", f"{one}/retire", take_retire, retire, "Take a typology out of use"),
        ),
    )


async def narrowing(
    method: Method = "", status: Status = "", originator: Originator = "", text: Words = ""
) -> dict[str, str]:
    """Give what a list is narrowed by."""
    return {METHOD: method, STATUS: status, ORIGINATOR: originator, TEXT: text}


def listed(
    wanted: dict[str, str] = Depends(narrowing),
    asked: Listing = Depends(listing),
    ctx: Context = Depends(context),
) -> Response:
    """Give every typology of the register by id, own ones in every status and those of others as they stand."""
    return asked.answer(
        "typologies", lambda: matching(ctx, wanted), TypologyLine.of, lambda one: (one.typology,), (str,)
    )


def propose(
    sent: SentDescription,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> TypologyEntry:
    """Describe a new typology; it is proposed, has its id from now on, and nobody else sees it."""
    made = typologies.propose(ctx, person.account.actor, sent.draft(), now=now)
    return TypologyEntry.of(entry_page(ctx, made.typology))


def entry(typology: TypologyId, ctx: Context = Depends(context)) -> TypologyEntry:
    """Give a typology with its newest version, who has it, and the record that proves it."""
    return TypologyEntry.of(entry_page(ctx, typology))


def versions(
    typology: TypologyId, asked: Listing = Depends(listing), ctx: Context = Depends(context)
) -> Response:
    """Give the versions of a typology, the oldest first; of another member's those that it shared."""
    found = entry_page(ctx, typology).versions
    return asked.answer(
        f"typologies/{typology}", lambda: found, TypologyVersion.of, lambda one: (one.number,), (int,)
    )


def version(typology: TypologyId, number: Number, ctx: Context = Depends(context)) -> TypologyVersion:
    """Give one version of a typology, as it was written."""
    return TypologyVersion.of(entry_page(ctx, typology, number=number).shown)


def edit(
    typology: TypologyId,
    sent: SentVersion,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> TypologyEntry:
    """Write a new version, which is proposed; the one it is based on must be the newest still."""
    typologies.edit(
        ctx,
        person.account.actor,
        typology,
        sent.description.draft(),
        based_on=sent.based_on,
        change=sent.change,
        now=now,
    )
    return TypologyEntry.of(entry_page(ctx, typology))


def take_review(
    typology: TypologyId,
    sent: NamedVersion,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> TypologyEntry:
    """Stand for the newest version as somebody other than who wrote it."""
    typologies.review(ctx, person.account.actor, typology, number=sent.number, now=now)
    return TypologyEntry.of(entry_page(ctx, typology))


def take_share(
    typology: TypologyId,
    sent: SharedVersion,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> TypologyEntry:
    """Sign the newest version, reviewed before, and put it into the log, from where the members named take it."""
    actor = person.account.actor
    typologies.share(ctx, actor, typology, number=sent.number, audience=sent.audience, now=now)
    return TypologyEntry.of(entry_page(ctx, typology))


def take_retire(
    typology: TypologyId,
    sent: RetiredReason,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> TypologyEntry:
    """Take a typology out of use; who has it is told, with the reason."""
    typologies.retire(ctx, person.account.actor, typology, reason=sent.reason, now=now)
    return TypologyEntry.of(entry_page(ctx, typology))
