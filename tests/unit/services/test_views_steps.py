"""A step is offered exactly when the use case would take it, and says why not otherwise."""

from __future__ import annotations

import pytest

from node.access import Actor, Role
from node.ports.submissions import SubmissionState
from node.services.views.submissions import steps
from tests.support.builders import a_submission

SUBMITTER = Actor("aigul", frozenset({Role.SUBMITTER}))
OFFICER = Actor("boris", frozenset({Role.RELEASER}))
THIRD = Actor("daria", frozenset({Role.RELEASER}))
BOTH = Actor("aigul", frozenset({Role.SUBMITTER, Role.RELEASER}))


def offered(state: SubmissionState, actor: Actor, **changes: object) -> dict[str, str]:
    """Give each step with its obstacle, "" when it is open."""
    approver = {"approved_by": "boris"} if state is SubmissionState.APPROVED else {}
    return {
        step.name: step.obstacle for step in steps(a_submission(state=state, **approver, **changes), actor)
    }


def test_the_submitter_corrects_or_withdraws_a_faulty_file() -> None:
    """The steps of others are not offered before their time."""
    assert offered(SubmissionState.FAULTY, SUBMITTER) == {"leave_out": "", "withdraw": ""}


def test_a_file_without_one_good_row_can_only_be_withdrawn() -> None:
    """Three rows of three were refused: leaving them out would leave nothing."""
    assert offered(SubmissionState.FAULTY, SUBMITTER, rows=3, rows_refused=3) == {"withdraw": ""}


def test_a_releaser_approves_what_somebody_else_submitted() -> None:
    """The second person."""
    assert offered(SubmissionState.SUBMITTED, OFFICER) == {"approve": "", "withdraw": "role"}


def test_nobody_approves_what_they_submitted_whatever_their_roles() -> None:
    """Rule H-09 of the handling rules."""
    assert offered(SubmissionState.SUBMITTED, BOTH)["approve"] == "submitter"


def test_the_release_is_for_a_third_person() -> None:
    """Neither the submitter nor the approver, but another officer."""
    assert offered(SubmissionState.APPROVED, OFFICER)["release"] == "approver"
    assert offered(SubmissionState.APPROVED, BOTH)["release"] == "submitter"
    assert offered(SubmissionState.APPROVED, THIRD) == {"release": "", "send_back": "", "withdraw": "role"}


@pytest.mark.parametrize("state", [SubmissionState.RELEASED, SubmissionState.WITHDRAWN])
def test_what_is_over_offers_nothing(state: SubmissionState) -> None:
    """A released bundle is corrected by another one."""
    assert offered(state, BOTH) == {}
