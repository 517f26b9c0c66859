"""Exceptions to the rules of disclosure control: asked for by one officer, agreed to by a second, ended by any.

Invariants: no least number is ever set aside (H-06); nobody stands for an exception from figures of their own, and
nobody agrees to their own request; an exception that comes into force or ends undoes an approval, because what
was signed is no longer what would leave; a reason that leaves with the release names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import Conflict, Invalid, NotFound
from node.ports.exceptions import ExceptionKind, RuleException
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services.context import Context
from node.services.nameless import require_nameless
from node.services.permission import permit_second, permit_step
from node.services.prepare import Prepared, prepare
from node.services.questions import stated_reason

Key = tuple[str, ...]
DIFFERENCES = "difference_between_vintages"
OPEN_STATES = frozenset({SubmissionState.SUBMITTED, SubmissionState.APPROVED})
MAX_EXCEPTIONS = 200


def ask(
    ctx: Context,
    actor: Actor,
    submission_id: int,
    *,
    kind: ExceptionKind,
    key: Key,
    reason: str,
    now: datetime,
) -> Submission:
    """Officer: ask for an exception. One that withholds more is in force at once.

    key: the cell, in the order of the dataflow's dimensions; empty for a revision.

    Raises:
        Denied: not a releaser, or the submitter. NotFound: no such submission or cell. Invalid: the rules allow
            no such exception, or the reason names somebody. Conflict: not before its release, asked already, or
            what `prepare` refuses. Damaged.
    """
    submission = ctx.submissions.get(submission_id)
    permit_step(actor, Action.MAKE_EXCEPTION, submission)
    _require_open(submission)
    reason = stated_reason(reason)
    if kind.needs_two:
        require_nameless(reason)
    _require_new(submission, kind, key)
    asked = RuleException(
        number=len(submission.exceptions_asked) + 1,
        kind=kind,
        key=key,
        rule=_set_aside(ctx, submission, kind, key, now),
        reason=reason,
        asked_by=actor.login,
        asked_at=now,
    )
    told = {"kind": kind.value, "cell": " / ".join(key), "rule": asked.rule, "reason": reason}
    exceptions = (*submission.exceptions_asked, asked)
    return _decided(
        ctx, submission, exceptions, asked, AuditEvent("exception.asked", actor.login, "", now, told)
    )


def agree(ctx: Context, actor: Actor, submission_id: int, *, number: int, now: datetime) -> Submission:
    """Second officer: let an exception come into force.

    Raises:
        Denied: not a releaser, the submitter, or who asked. NotFound. Conflict: it does not wait any more.
    """
    submission = ctx.submissions.get(submission_id)
    permit_step(actor, Action.MAKE_EXCEPTION, submission)
    _require_open(submission)
    waiting = _numbered(submission, number)
    permit_second(actor, Action.MAKE_EXCEPTION, asked_by=waiting.asked_by)
    if waiting.state != "waiting":
        raise _too_late(submission_id, waiting)
    agreed = replace(waiting, agreed_by=actor.login, agreed_at=now)
    event = AuditEvent("exception.agreed", actor.login, "", now, {"asked_by": waiting.asked_by})
    return _decided(ctx, submission, _with(submission, agreed), agreed, event)


def end(
    ctx: Context, actor: Actor, submission_id: int, *, number: int, reason: str, now: datetime
) -> Submission:
    """Officer: take an exception back, or refuse one that waits.

    Raises:
        Denied, NotFound; Invalid without a reason; Conflict when it ended already or the release is made.
    """
    submission = ctx.submissions.get(submission_id)
    permit_step(actor, Action.MAKE_EXCEPTION, submission)
    _require_open(submission)
    standing = _numbered(submission, number)
    reason = stated_reason(reason)
    if standing.state == "ended":
        raise _too_late(submission_id, standing)
    over = replace(standing, ended_by=actor.login, ended_at=now)
    event = AuditEvent("exception.ended", actor.login, "", now, {"reason": reason})
    return _decided(ctx, submission, _with(submission, over), over, event)


def may_be_asked(submission: Submission) -> bool:
    """True while officers can still depart from the rules for it."""
    return submission.state in OPEN_STATES


def _set_aside(ctx: Context, submission: Submission, kind: ExceptionKind, key: Key, now: datetime) -> str:
    """Give the rule that an exception sets aside; raises what `ask` says."""
    if kind is ExceptionKind.RELEASE_REVISION:
        if key or submission.mode is UploadMode.APPEND:
            raise Invalid(
                "This is no revision",
                detail=f"Submission {submission.submission_id} is a file in mode {submission.mode.value!r}",
                hint="Only a file that replaces or deletes released figures can be held for its differences.",
            )
        return DIFFERENCES
    prepared = prepare(ctx, submission, created_at=now.replace(microsecond=0))
    if kind is ExceptionKind.WITHHOLD_CELL:
        _require_shown(prepared, key)
        return ""
    return _rule_that_hides(prepared, key)


def _rule_that_hides(prepared: Prepared, key: Key) -> str:
    found = next((cell for cell in prepared.report.withheld if cell.key == key), None)
    if found is None:
        raise NotFound(
            "No such cell is withheld",
            detail=" / ".join(key),
            hint="Open the report of the release and ask from the line of the cell.",
        )
    if not found.may_be_shown:
        raise Invalid(
            "No officer can set this rule aside",
            detail=f"{' / '.join(key)}: {', '.join(found.rules)}",
            hint="Least numbers can only be raised, and what follows a small count follows it.",
        )
    return found.reason


def _require_shown(prepared: Prepared, key: Key) -> None:
    table, names = prepared.released.table, prepared.dataflow.cells.dimensions
    is_observed = "OBS_STATUS" in table.column_names
    withheld = {cell.key for cell in prepared.report.withheld}
    keys = zip(*(table.column(name).to_pylist() for name in names), strict=True)
    if not is_observed or key in withheld or key not in set(keys):
        raise NotFound(
            "No such cell is shown",
            detail=" / ".join(key),
            hint="Open the report of the release and ask from the line of the cell.",
        )


def _require_open(submission: Submission) -> None:
    if not may_be_asked(submission):
        raise Conflict(
            "There is nothing to make an exception for",
            detail=f"Submission {submission.submission_id} is {submission.state}",
            hint="Exceptions are made between the submission of a file and its release.",
        )


def _require_new(submission: Submission, kind: ExceptionKind, key: Key) -> None:
    standing = [one for one in submission.exceptions_asked if one.state != "ended"]
    if any((one.kind, one.key) == (kind, key) for one in standing):
        raise Conflict(
            "This exception was asked for already",
            detail=" / ".join(key) or kind.value,
            hint="Look at the exceptions of the submission.",
        )
    if len(submission.exceptions_asked) >= MAX_EXCEPTIONS:
        raise Conflict(
            "There are too many exceptions",
            detail=f"{MAX_EXCEPTIONS} were asked for",
            hint="So many exceptions are a rule: change the policy, or withdraw the submission.",
        )


def _numbered(submission: Submission, number: int) -> RuleException:
    for one in submission.exceptions_asked:
        if one.number == number:
            return one
    raise NotFound(
        "There is no such exception", detail=f"Number {number} of submission {submission.submission_id}"
    )


def _with(submission: Submission, changed: RuleException) -> tuple[RuleException, ...]:
    return tuple(changed if one.number == changed.number else one for one in submission.exceptions_asked)


def _decided(
    ctx: Context,
    submission: Submission,
    exceptions: tuple[RuleException, ...],
    about: RuleException,
    event: AuditEvent,
) -> Submission:
    """Store what was decided; an approval falls when what would leave is another release now."""
    changed = replace(submission, exceptions_asked=exceptions)
    falls = submission.state is SubmissionState.APPROVED and changed.exceptions != submission.exceptions
    if falls:
        changed = changed.unapproved()
    details: Mapping[str, str | int | bool] = {
        **event.details,
        "number": about.number,
        "approval_undone": falls,
    }
    stored = replace(event, subject=str(submission.submission_id), details=details)
    ctx.submissions.move(changed, leaving=submission.state, event=stored)
    return replace(changed, revision=changed.revision + 1)


def _too_late(submission_id: int, one: RuleException) -> Conflict:
    return Conflict(
        "Somebody else took this step",
        detail=f"Exception {one.number} of submission {submission_id} is {one.state}",
        hint="Open the submission again and look at its state.",
    )
