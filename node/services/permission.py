"""The thin wrapper that raises from what access.py decides."""

from __future__ import annotations

from node.access import Action, Actor, Decision, decide, second, separate
from node.errors import Denied
from node.ports.submissions import Submission


def permit(actor: Actor, action: Action) -> None:
    """Raise Denied, with the rule's reason, unless one of the actor's roles is given this action."""
    _require(decide(actor, action), actor, action)


def permit_step(actor: Actor, action: Action, submission: Submission) -> None:
    """Raise Denied unless the actor may take this step of this submission (role, and separation of people)."""
    permit(actor, action)
    people = separate(actor, action, submitted_by=submission.submitted_by, approved_by=submission.approved_by)
    _require(people, actor, action)


def permit_second(actor: Actor, action: Action, *, asked_by: str) -> None:
    """Raise Denied unless the actor is somebody else than who asked."""
    _require(second(actor, asked_by=asked_by), actor, action)


def _require(decision: Decision, actor: Actor, action: Action) -> None:
    if not decision.allowed:
        raise Denied(
            "You are not allowed to do this",
            detail=decision.reason,
            hint="Ask a colleague who holds the role, or the operator to change yours.",
            login=actor.login,
            action=action.value,
        )
