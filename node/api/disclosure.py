"""The report before signing, the bytes that would leave, and exceptions to the rules of disclosure control."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from node.access import Action
from node.api.dependencies import context, moment
from node.api.models import Stated
from node.api.models_disclosure import (
    AskedException,
    AttackLine,
    DisclosureWhole,
    ExceptionLine,
    LossLine,
    OutgoingLine,
    WithheldLine,
)
from node.api.routing import Entry, family
from node.api.session import SignedIn, current, require
from node.api.steps import SubmissionId
from node.errors import Invalid
from node.ports.submissions import Submission
from node.services import exceptions, release
from node.services.context import Context
from node.services.views.preview import disclosure as disclosed
from schemas.registry import dataflow

LISTED = 1000
MOST_LISTED = 20_000
MEDIA_TYPE = "application/octet-stream"
BYTES: tuple[tuple[str, Any], ...] = (
    ("response_class", Response),
    ("responses", {200: {"content": {MEDIA_TYPE: {}}}}),
)

Number = Annotated[int, Path(ge=1, lt=2**31)]
Digest = Annotated[str, Path(min_length=1, max_length=80)]
Answered = Callable[..., list[ExceptionLine]]


def routes() -> APIRouter:
    """Give the routes."""
    read, examine, depart = (
        require(action) for action in (Action.READ_SUBMISSIONS, Action.EXAMINE_RELEASE, Action.MAKE_EXCEPTION)
    )
    one = "/submissions/{submission_id}"
    asked = f"{one}/exceptions"
    return family(
        "disclosure",
        (
            Entry("GET", f"{one}/disclosure", report, read, "What is withheld and why, before signing"),
            Entry(
                "GET", f"{one}/manifest", manifest, examine, "The manifest as it would be signed", more=BYTES
            ),
            Entry("GET", f"{one}/parts/{{digest}}", part, examine, "The bytes of one part", more=BYTES),
            Entry("GET", asked, listed, read, "Exceptions to the rules"),
            Entry("POST", asked, ask, depart, "Ask for an exception", 201),
            Entry("POST", f"{asked}/{{number}}/agree", agree, depart, "Agree as the second officer"),
            Entry("POST", f"{asked}/{{number}}/end", end, depart, "Take an exception back, or refuse it"),
        ),
    )


def report(
    submission_id: SubmissionId,
    *,
    offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=0, le=MOST_LISTED)] = LISTED,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> DisclosureWhole:
    """Give the report; true values, and sums that give one back, are null for all but releasing officers."""
    found, outgoing, names = disclosed(ctx, person.account.actor, submission_id, now)
    page = found.withheld[offset : offset + limit]
    return DisclosureWhole(
        submission_id=submission_id,
        cells=found.cells,
        shown=found.shown,
        by_rule=found.by_rule,
        by_reason=found.by_reason,
        withheld_total=len(found.withheld),
        offset=offset,
        withheld=[WithheldLine.of(cell, names) for cell in page],
        withheld_complete=len(page) == len(found.withheld),
        losses=[LossLine.of(loss) for loss in found.losses],
        attacks=[AttackLine.of(attack) for attack in found.attacks],
        method=found.method,
        cost=found.cost,
        bound=found.bound,
        exceptions=_lines(ctx.submissions.get(submission_id)),
        certified_exceptions=[dict(exception) for exception in found.exceptions],
        outgoing=[OutgoingLine.of(file) for file in outgoing],
    )


def manifest(
    submission_id: SubmissionId,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> Response:
    """Give the bytes of the manifest; before the approval its moment is the present one."""
    content = release.outgoing_bytes(ctx, person.account.actor, submission_id, None, now)
    return Response(content, media_type=MEDIA_TYPE)


def part(
    submission_id: SubmissionId,
    digest: Digest,
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> Response:
    """Give the bytes of one part, as every member of the audience would receive them."""
    content = release.outgoing_bytes(ctx, person.account.actor, submission_id, digest, now)
    return Response(content, media_type=MEDIA_TYPE)


def listed(submission_id: SubmissionId, ctx: Context = Depends(context)) -> list[ExceptionLine]:
    """Give every exception that was asked for, those that ended included."""
    return _lines(ctx.submissions.get(submission_id))


def deciding(
    ctx: Context = Depends(context),
    now: datetime = Depends(moment),
    person: SignedIn = Depends(current),
) -> Answered:
    """Give what decides about an exception as the person signed in."""

    def take(use_case: Callable[..., Submission], submission_id: int, **said: object) -> list[ExceptionLine]:
        return _lines(use_case(ctx, person.account.actor, submission_id, now=now, **said))

    return take


def ask(
    submission_id: SubmissionId,
    sent: AskedException,
    ctx: Context = Depends(context),
    decide: Answered = Depends(deciding),
) -> list[ExceptionLine]:
    """Ask for an exception; one that withholds more is in force at once, any other waits for a second officer."""
    key = _key(sent.key, ctx.submissions.get(submission_id))
    return decide(exceptions.ask, submission_id, kind=sent.kind, key=key, reason=sent.reason)


def agree(
    submission_id: SubmissionId, number: Number, decide: Answered = Depends(deciding)
) -> list[ExceptionLine]:
    """Agree to an exception that another officer asked for; an approval given before falls."""
    return decide(exceptions.agree, submission_id, number=number)


def end(
    submission_id: SubmissionId, number: Number, sent: Stated, decide: Answered = Depends(deciding)
) -> list[ExceptionLine]:
    """End an exception; an approval given before falls when it was in force."""
    return decide(exceptions.end, submission_id, number=number, reason=sent.reason)


def _key(named: Mapping[str, str], submission: Submission) -> tuple[str, ...]:
    names = _dimensions(submission)
    if not named:
        return ()
    if set(named) != set(names):
        raise Invalid(
            "The key names other dimensions than the cells have",
            detail=f"The dimensions are: {', '.join(names)}",
            hint="Take the key of the report.",
        )
    return tuple(named[name] for name in names)


def _lines(submission: Submission) -> list[ExceptionLine]:
    return [ExceptionLine.of(one, _dimensions(submission)) for one in submission.exceptions_asked]


def _dimensions(submission: Submission) -> tuple[str, ...]:
    return dataflow(submission.dataflow_id).cells.dimensions
