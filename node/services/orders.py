"""What officers decided beside the rules, as disclosure control takes it and as the certificate tells it.

Invariants: only what is in force counts; what was ordered for a release is what it was prepared with, then and later;
a reason that leaves with the release names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from node.access import Role
from node.errors import Conflict
from node.ports.exceptions import ExceptionKind
from node.ports.submissions import Submission
from node.services.context import Context
from risk_models.disclosure import Orders
from risk_models.disclosure.content import scan_text
from schemas.registry import dataflow


def orders_of(submission: Submission, exceptions: Sequence[Mapping[str, object]] = ()) -> Orders:
    """Give the orders for a release. exceptions: as they stand in its certificate."""
    keys = {
        kind: frozenset(one.key for one in submission.exceptions if one.kind is kind)
        for kind in ExceptionKind
    }
    return Orders(keys[ExceptionKind.SHOW_CELL], keys[ExceptionKind.WITHHOLD_CELL], exceptions)


def lets_revision_go(submission: Submission) -> bool:
    """True if two officers let a revision be released although its differences tell."""
    return any(one.kind is ExceptionKind.RELEASE_REVISION for one in submission.exceptions)


def certified(ctx: Context, submission: Submission) -> tuple[dict[str, Any], ...]:
    """Give the exceptions in force as they stand in the certificate: with role and key of each officer, no name.

    What is withheld beyond the rules is not among them: it takes nothing from anybody's protection, and would
    point at the very cell that an officer wants nobody to look at.

    Raises:
        Conflict: a reason would not pass the content gate any more.
    """
    names = dataflow(submission.dataflow_id).cells.dimensions
    told = []
    for one in submission.exceptions:
        if not one.kind.needs_two:
            continue
        if scan_text(one.reason):
            raise Conflict(
                "The reason of an exception may name somebody",
                detail=f"Exception {one.number} of submission {submission.submission_id}",
                hint="Take it back and ask for it again with a reason that names nobody.",
            )
        told.append(
            {
                "kind": one.kind.value,
                "key": dict(zip(names, one.key, strict=False)),
                "rule": one.rule,
                "reason": one.reason,
                "asked_by": _officer(ctx, one.asked_by),
                "agreed_by": _officer(ctx, one.agreed_by or ""),
            }
        )
    return tuple(told)


def _officer(ctx: Context, login: str) -> dict[str, str]:
    account = ctx.accounts.get(login)
    return {"role": Role.RELEASER.value, "keyid": (account.release_keyid if account else None) or ""}
