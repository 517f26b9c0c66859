"""Taking releases back, who still shows them, and what members tell one another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from node.access import Action
from node.api.dependencies import context, moment
from node.api.listings import Listing, list_entry, listing
from node.api.models import BundleLine, Signature
from node.api.models_records import (
    EffectLine,
    NoticeLine,
    ProposalLine,
    ProposedRetraction,
    RetractionLine,
    SentNotice,
)
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.ports.records import HeldNotice
from node.services import notices as notice_service
from node.services import retract
from node.services.context import Context
from node.services.views import effect as effects

Digest = Annotated[str, Path(min_length=1, max_length=80)]
Number = Annotated[int, Path(ge=1, lt=2**31)]


def routes() -> APIRouter:
    """Give the routes."""
    read, officer, operator = (
        require(action) for action in (Action.READ_EXCHANGE, Action.RETRACT, Action.NOTIFY)
    )
    one = "/retraction-proposals/{number}"
    return family(
        "records",
        (
            Entry(
                "GET", "/bundles/{digest}/effect", effect, read, "Who has a release and who still shows it"
            ),
            Entry(
                "POST",
                "/bundles/{digest}/retraction",
                propose,
                officer,
                "Propose to take a release back",
                201,
            ),
            list_entry(
                "/retraction-proposals", proposals, read, "Proposals to take a release back", ProposalLine
            ),
            Entry("POST", f"{one}/confirm", confirm, officer, "Take a release back as the second officer"),
            Entry("POST", f"{one}/withdraw", withdraw, officer, "End a proposal"),
            list_entry(
                "/retractions", retractions, read, "Retractions held, own and imported", RetractionLine
            ),
            list_entry("/notices", notices, read, "What members told one another", NoticeLine),
            Entry("POST", "/notices", send, operator, "Tell all members something", 201),
        ),
    )


def effect(
    digest: Digest, ctx: Context = Depends(context), now: datetime = Depends(moment)
) -> list[EffectLine]:
    """Give a line for each member of the audience of an own bundle: what its receipts prove."""
    return [EffectLine.of(row) for row in effects.effect(ctx, digest, now)]


def propose(
    digest: Digest,
    sent: ProposedRetraction,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> ProposalLine:
    """Sign a retraction as the first officer; nothing changes before a second confirms it."""
    proposal = retract.propose(
        ctx,
        person.account.actor,
        digest,
        reason=sent.reason,
        text=sent.text,
        replacement=sent.replacement,
        password=sent.password,
        now=now,
    )
    return ProposalLine.of(proposal)


def proposals(asked: Listing = Depends(listing), ctx: Context = Depends(context)) -> Response:
    """Give every proposal, newest first."""
    return asked.answer(
        "retraction-proposals", ctx.records.proposals, ProposalLine.of, lambda one: (-one.number,), (int,)
    )


def confirm(
    number: Number,
    sent: Signature,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> BundleLine:
    """Sign the same bytes as the second officer and take the release back; gives the bundle as it stands then."""
    actor = person.account.actor
    return BundleLine.of(retract.confirm(ctx, actor, number, password=sent.password, now=now))


def withdraw(
    number: Number,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> ProposalLine:
    """End a proposal without taking anything back."""
    return ProposalLine.of(retract.withdraw(ctx, person.account.actor, number, now=now))


def retractions(asked: Listing = Depends(listing), ctx: Context = Depends(context)) -> Response:
    """Give retractions by originator and place in its log."""
    return asked.answer(
        "retractions",
        ctx.records.retractions,
        RetractionLine.of,
        lambda one: (one.originator, one.log_index),
        (str, int),
    )


def notices(asked: Listing = Depends(listing), ctx: Context = Depends(context)) -> Response:
    """Give notices, newest first."""
    return asked.answer("notices", ctx.records.notices, NoticeLine.of, _newest_first, (int, str, int))


def _newest_first(held: HeldNotice) -> tuple[int, str, int]:
    """Order as the store does: by the moment a notice came here, and for one moment by its place in a log."""
    return (-round(held.committed_at.timestamp() * 1_000_000), held.originator, -held.log_index)


def send(
    sent: SentNotice,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> NoticeLine:
    """Put a notice into the own log, from where all members take it; gives it as it is kept."""
    return NoticeLine.of(notice_service.send(ctx, person.account.actor, sent.kind, sent.texts, now=now))
