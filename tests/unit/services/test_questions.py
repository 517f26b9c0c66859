"""A file counts as submitted when every question about it has an answer, each by the right person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from node.access import Actor, Role
from node.errors import Conflict, Denied, Invalid
from node.ports.submissions import Submission, SubmissionState
from node.services import questions
from node.services.context import Context
from node.services.questions import Question, open_questions
from tests.support.builders import NOON, a_submission, an_event
from tests.support.federation import SUBMITTER, Nodes, federation

REVIEWER = Actor("daria", frozenset({Role.REVIEWER}))
HIT = {
    "kind": "phone",
    "row": 2,
    "column": "TEXT",
    "excerpt": "+7…89",
    "rule": "content.phone",
    "clearable": True,
}
MARKING = {**HIT, "kind": "marking", "rule": "content.marking", "clearable": False}
CLEAN: dict[str, Any] = {
    "state": SubmissionState.FAULTY, "rows_refused": 0, "violation_totals": {}, "submitted_by": "aigerim",
}  # fmt: skip


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Give a federation of one member."""
    with federation(tmp_path, ("KZ",)) as made:
        yield made


@pytest.fixture
def kept(nodes: Nodes) -> Callable[..., tuple[Context, Submission]]:
    """Give what stores a faulty submission with open questions."""

    def keep(**changes: Any) -> tuple[Context, Submission]:
        ctx = nodes["KZ"]
        return ctx, ctx.submissions.add(a_submission(**CLEAN | changes), an_event())

    return keep


def test_the_open_questions_are_those_without_an_answer() -> None:
    """Errors, warnings and content are asked apart; a note asks nothing."""
    totals = {"code.unknown": 1, "column.unknown": 2}
    asked = a_submission(**CLEAN | {"rows_refused": 1, "violation_totals": totals, "content_hits": [HIT]})

    assert open_questions(asked) == (Question.REFUSED_ROWS, Question.WARNINGS, Question.CONTENT)
    assert open_questions(a_submission(**CLEAN)) == ()
    assert questions.warnings(asked) == 2


def test_the_last_answer_submits_the_file(kept: Callable[..., tuple[Context, Submission]]) -> None:
    """Until then it stays where it is, and each answer is kept with the audit."""
    totals = {"code.unknown": 1, "row.duplicate": 2}
    ctx, one = kept(rows=9, rows_refused=1, violation_totals=totals, content_hits=[HIT])
    number = one.submission_id

    first = questions.leave_out(ctx, SUBMITTER, number, reason=" two old rows ", now=NOON)
    assert (first.state, first.leave_out_reason) == (SubmissionState.FAULTY, "two old rows")
    second = questions.confirm_warnings(ctx, SUBMITTER, number, reason="seasonal", now=NOON)
    assert second.state is SubmissionState.FAULTY
    questions.clear_content(ctx, REVIEWER, number, reason="a hotline", now=NOON)

    last = ctx.submissions.get(number)
    assert last.state is SubmissionState.SUBMITTED
    assert (last.content_cleared_by, last.content_reason) == ("daria", "a hotline")
    assert [entry.event.kind for entry in ctx.audit.entries()][-3:] == [
        "submission.rows_left_out",
        "submission.warnings_confirmed",
        "submission.content_cleared",
    ]


def test_a_question_that_is_not_open_has_no_answer(kept: Callable[..., tuple[Context, Submission]]) -> None:
    """Neither one that was never asked, nor one that was answered."""
    ctx, one = kept(violation_totals={"row.duplicate": 2})

    with pytest.raises(Conflict):
        questions.leave_out(ctx, SUBMITTER, one.submission_id, reason="x", now=NOON)
    questions.confirm_warnings(ctx, SUBMITTER, one.submission_id, reason="x", now=NOON)
    with pytest.raises(Conflict):
        questions.confirm_warnings(ctx, SUBMITTER, one.submission_id, reason="x", now=NOON)


def test_content_is_cleared_by_a_reviewer_who_did_not_submit_it(
    kept: Callable[..., tuple[Context, Submission]],
) -> None:
    """An analyst cannot wave her own text through, whatever her roles."""
    ctx, one = kept(content_hits=[HIT])
    both = Actor("aigerim", frozenset({Role.SUBMITTER, Role.REVIEWER}))

    for actor in (SUBMITTER, both):
        with pytest.raises(Denied):
            questions.clear_content(ctx, actor, one.submission_id, reason="x", now=NOON)


def test_a_secrecy_marking_is_cleared_by_nobody(kept: Callable[..., tuple[Context, Submission]]) -> None:
    """H-08 of the handling rules: what is marked as a secret never leaves."""
    ctx, one = kept(content_hits=[HIT, MARKING])

    with pytest.raises(Invalid):
        questions.clear_content(ctx, REVIEWER, one.submission_id, reason="x", now=NOON)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_an_answer_has_a_reason(kept: Callable[..., tuple[Context, Submission]], reason: str) -> None:
    """Somebody else will read it."""
    ctx, one = kept(violation_totals={"row.duplicate": 2})

    with pytest.raises(Invalid):
        questions.confirm_warnings(ctx, SUBMITTER, one.submission_id, reason=reason, now=NOON)


def test_no_file_is_submitted_without_a_row(kept: Callable[..., tuple[Context, Submission]]) -> None:
    """Leaving every row out would submit nothing."""
    ctx, one = kept(rows=3, rows_refused=3)

    with pytest.raises(Invalid):
        questions.leave_out(ctx, SUBMITTER, one.submission_id, reason="x", now=NOON)
