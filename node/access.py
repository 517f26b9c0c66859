"""Who may do what, and why not. Pure rules; deny by default.

Invariants: an action that no role is given is denied; the submitter, the approver and the releaser of one
submission are three different people, and so are the submitter and the two who stand for an exception; who proposes
a retraction does not confirm it, and who assesses a score otherwise does not approve it; who describes a typology
neither reviews nor shares it; a denial always carries a reason a person can act on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A duty at a node; an account holds one or more."""

    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    RELEASER = "releaser"
    ANALYST = "analyst"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What a signed-in person can ask of the node."""

    SUBMIT = "submit"
    READ_SUBMISSIONS = "read_submissions"
    READ_FILE = "read_file"
    CLEAR_CONTENT = "clear_content"
    EXAMINE_RELEASE = "examine_release"
    MAKE_EXCEPTION = "make_exception"
    APPROVE = "approve"
    RELEASE = "release"
    RETRACT = "retract"
    DESCRIBE_TYPOLOGY = "describe_typology"
    REVIEW_TYPOLOGY = "review_typology"
    SHARE_TYPOLOGY = "share_typology"
    RETIRE_TYPOLOGY = "retire_typology"
    READ_DASHBOARD = "read_dashboard"
    REVIEW_SCORE = "review_score"
    APPROVE_OVERRIDE = "approve_override"
    REPLY_TO_SCORE = "reply_to_score"
    ACKNOWLEDGE = "acknowledge"
    READ_EXCHANGE = "read_exchange"
    SYNCHRONISE = "synchronise"
    NOTIFY = "notify"
    VERIFY = "verify"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_AUDIT = "read_audit"


ALLOWED: dict[Action, frozenset[Role]] = {
    Action.SUBMIT: frozenset({Role.SUBMITTER}),
    Action.READ_SUBMISSIONS: frozenset({Role.SUBMITTER, Role.REVIEWER, Role.RELEASER, Role.AUDITOR}),
    # Rows of the file as they stand in it, identifiers and all: those who bring files, and those who must read the
    # passages that the content gate holds. Officers sign figures, never rows.
    Action.READ_FILE: frozenset({Role.SUBMITTER, Role.REVIEWER}),
    Action.CLEAR_CONTENT: frozenset({Role.REVIEWER}),
    # The true values of withheld cells, and bytes nobody has signed yet: only those who must judge them. An
    # auditor checks that the rules were kept, for which statuses, rules and intervals are enough.
    Action.EXAMINE_RELEASE: frozenset({Role.RELEASER}),
    Action.MAKE_EXCEPTION: frozenset({Role.RELEASER}),
    Action.APPROVE: frozenset({Role.RELEASER}),
    Action.RELEASE: frozenset({Role.RELEASER}),
    Action.RETRACT: frozenset({Role.RELEASER}),
    Action.DESCRIBE_TYPOLOGY: frozenset({Role.SUBMITTER, Role.ANALYST}),
    Action.REVIEW_TYPOLOGY: frozenset({Role.RELEASER}),
    Action.SHARE_TYPOLOGY: frozenset({Role.RELEASER}),
    Action.RETIRE_TYPOLOGY: frozenset({Role.RELEASER}),
    Action.READ_DASHBOARD: frozenset(Role),
    # An analyst judges a score; a level beyond what was computed, and what is said in the member's name, is an
    # officer's, as everything that leaves.
    Action.REVIEW_SCORE: frozenset({Role.ANALYST}),
    Action.APPROVE_OVERRIDE: frozenset({Role.RELEASER}),
    Action.REPLY_TO_SCORE: frozenset({Role.RELEASER}),
    Action.ACKNOWLEDGE: frozenset({Role.ANALYST}),
    Action.READ_EXCHANGE: frozenset(Role),
    Action.SYNCHRONISE: frozenset({Role.OPERATOR}),
    Action.NOTIFY: frozenset({Role.OPERATOR}),
    Action.VERIFY: frozenset({Role.OPERATOR, Role.AUDITOR}),
    Action.MANAGE_ACCOUNTS: frozenset({Role.OPERATOR}),
    Action.READ_AUDIT: frozenset({Role.AUDITOR}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, as rules see one."""

    login: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a rule: allowed or not, with the reason shown to the person."""

    allowed: bool
    reason: str


def decide(actor: Actor, action: Action) -> Decision:
    """Say whether one of the actor's roles is given this action."""
    if actor.roles & ALLOWED.get(action, frozenset()):
        return Decision(allowed=True, reason="")
    needed = ", ".join(sorted(ALLOWED.get(action, frozenset()))) or "no role"
    return Decision(allowed=False, reason=f"{action} needs one of the roles: {needed}")


def separate(actor: Actor, action: Action, *, submitted_by: str, approved_by: str | None) -> Decision:
    """Say whether this person may take this step of a submission that others took steps of before.

    Rule H-09 of the handling rules: author, approver and releaser are different people.
    """
    if actor.login == submitted_by:
        return Decision(allowed=False, reason=f"{action} must be done by somebody other than the submitter")
    if action is Action.RELEASE and actor.login == approved_by:
        return Decision(allowed=False, reason="release must be done by somebody other than the approver")
    return Decision(allowed=True, reason="")


def second(actor: Actor, *, asked_by: str) -> Decision:
    """Say whether this person may be the second officer of what somebody asked for."""
    if actor.login == asked_by:
        return Decision(allowed=False, reason="this needs the agreement of a second officer")
    return Decision(allowed=True, reason="")
