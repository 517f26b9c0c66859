"""Acknowledging signals, and what was said of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from node.access import Action
from node.api.dependencies import context, moment
from node.api.models import Reason, Sent, Written
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.ports.signals import Acknowledgement
from node.services.acknowledge import acknowledge
from node.services.context import Context
from node.services.indicators import EARLY_WARNING

MOST_LISTED = 1_000
Name = Annotated[str, Field(min_length=1, max_length=64)]
Facet = Annotated[str, Field(max_length=256)]


class SeenSignal(Sent):
    """A signal by the keys of the result that it stands in, and what was made of it."""

    indicator: Name
    area: Name
    counterpart: Name = "_Z"
    facet: Facet
    period: Name
    note: Reason


class AcknowledgementLine(Written):
    """What somebody said of a signal. strength: of an early warning its level, else 1 possible and 2 certain."""

    model: str
    model_version: str
    indicator: str
    area: str
    counterpart: str
    facet: str
    period: str
    strength: int
    note: str
    said_by: str
    said_at: datetime

    @classmethod
    def of(cls, said: Acknowledgement) -> Self:
        """Describe an acknowledgement."""
        one = said.signal
        return cls(
            model=one.model_id,
            model_version=one.model_version,
            indicator=one.indicator,
            area=one.ref_area,
            counterpart=one.counterpart_area,
            facet=one.facet,
            period=one.time_period,
            strength=said.strength,
            note=said.note,
            said_by=said.said_by,
            said_at=said.said_at,
        )


def routes() -> APIRouter:
    """Give the routes."""
    reads, says = require(Action.READ_DASHBOARD), require(Action.ACKNOWLEDGE)
    return family(
        "figures",
        (
            Entry("GET", "/acknowledgements", listed, reads, "What was said of a model's signals"),
            Entry("POST", "/acknowledgements", said, says, "Acknowledge a signal", status=201),
        ),
    )


def listed(
    model: Annotated[
        str, Query(max_length=64, description="The model that signals, such as early_warning_1")
    ] = EARLY_WARNING,
    ctx: Context = Depends(context),
) -> list[AcknowledgementLine]:
    """Give acknowledgements of a model's signals, the newest first, at most a thousand; some may have lapsed."""
    return [AcknowledgementLine.of(one) for one in ctx.signals.said(model)[:MOST_LISTED]]


def said(
    sent: SeenSignal,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> AcknowledgementLine:
    """Keep that a signal of the newest computation was seen; it lapses with the next signal of its series."""
    wanted = sent.model_dump(exclude={"note"})
    return AcknowledgementLine.of(acknowledge(ctx, person.account.actor, wanted, note=sent.note, now=now))
