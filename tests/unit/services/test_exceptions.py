"""Exceptions to the rules: who may ask, who must agree, what nobody can set aside, and what falls with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from node.access import Actor, Role
from node.errors import Conflict, Denied, Invalid, NotFound
from node.ports.exceptions import ExceptionKind
from node.ports.reading import Recipe
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import exceptions, interpret, orders, release, submit
from node.services.context import Context
from node.services.prepare import Prepared
from schemas.canonical import canonical_json
from tests.support import dominated
from tests.support.federation import APPROVER, PASSWORD, RELEASER, SUBMITTER, Nodes, federation

SHOW, WITHHOLD, REVISION = (
    ExceptionKind.SHOW_CELL, ExceptionKind.WITHHOLD_CELL, ExceptionKind.RELEASE_REVISION,
)  # fmt: skip
REASON = "the largest entity publishes this figure itself"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members in one process."""
    with federation(tmp_path / "nodes", ["KZ", "RU"]) as built:
        yield built


@pytest.fixture
def ctx(nodes: Nodes) -> Context:
    """The member's node."""
    return nodes["KZ"]


@pytest.fixture
def taken(nodes: Nodes, tmp_path: Path) -> Submission:
    """A submission that waits for its approval."""
    return dominated.upload(nodes, tmp_path)


def ask(
    nodes: Nodes,
    taken: Submission,
    rule: str = "concentration",
    *,
    actor: Actor = APPROVER,
    reason: str = REASON,
) -> Submission:
    """Ask that a cell be shown that this rule hides."""
    key = dominated.withheld(nodes, taken, rule).key
    now = nodes.clock.now()
    return exceptions.ask(nodes["KZ"], actor, taken.submission_id, kind=SHOW, key=key, reason=reason, now=now)


def in_force(nodes: Nodes, taken: Submission) -> Submission:
    """Ask and agree."""
    ask(nodes, taken)
    return exceptions.agree(nodes["KZ"], RELEASER, taken.submission_id, number=1, now=nodes.clock.now())


def events(ctx: Context) -> list[str]:
    """The kinds of what the audit log says of exceptions."""
    return [entry.event.kind for entry in ctx.audit.entries() if entry.event.kind.startswith("exception.")]


def test_an_exception_is_in_force_when_a_second_officer_agreed(
    nodes: Nodes, ctx: Context, taken: Submission
) -> None:
    """Asking changes nothing; both steps are kept and in the audit log."""
    asked = ask(nodes, taken)
    assert (asked.exceptions, [one.state for one in asked.exceptions_asked]) == ((), ["waiting"])

    agreed = exceptions.agree(ctx, RELEASER, taken.submission_id, number=1, now=nodes.clock.now())

    (one,) = agreed.exceptions
    assert (one.asked_by, one.agreed_by, one.rule, one.reason) == ("boris", "daria", "concentration", REASON)
    assert ctx.submissions.get(taken.submission_id) == agreed
    assert events(ctx) == ["exception.asked", "exception.agreed"]


@pytest.mark.parametrize(
    "actor",
    [
        SUBMITTER,
        Actor("aigerim", frozenset({Role.RELEASER})),
        *(Actor("other", frozenset({role})) for role in Role if role is not Role.RELEASER),
    ],
    ids=lambda actor: f"{actor.login} {'-'.join(actor.roles)}",
)
def test_only_a_releaser_who_did_not_submit_asks_agrees_and_ends(
    nodes: Nodes, ctx: Context, taken: Submission, actor: Actor
) -> None:
    """The submitter may not, whatever roles they hold."""
    ask(nodes, taken)
    number, now = taken.submission_id, nodes.clock.now()

    with pytest.raises(Denied):
        ask(nodes, taken, actor=actor)
    with pytest.raises(Denied):
        exceptions.agree(ctx, actor, number, number=1, now=now)
    with pytest.raises(Denied):
        exceptions.end(ctx, actor, number, number=1, reason="no", now=now)


def test_nobody_agrees_to_their_own_request(nodes: Nodes, ctx: Context, taken: Submission) -> None:
    """A second officer is another person."""
    ask(nodes, taken)

    with pytest.raises(Denied) as raised:
        exceptions.agree(ctx, APPROVER, taken.submission_id, number=1, now=nodes.clock.now())

    assert "second officer" in raised.value.detail


def test_a_least_number_is_set_aside_by_nobody(nodes: Nodes, ctx: Context, taken: Submission) -> None:
    """H-06: thresholds are configurable upward only."""
    with pytest.raises(Invalid, match="No officer can"):
        ask(nodes, taken, "minimum_subjects")

    assert ctx.submissions.get(taken.submission_id).exceptions_asked == ()


def test_a_cell_that_is_not_there_is_no_cell(nodes: Nodes, ctx: Context, taken: Submission) -> None:
    """Neither to be shown nor to be withheld; a shown cell is not shown again."""
    shown, now = dominated.shown(nodes, taken), nodes.clock.now()
    hidden = dominated.withheld(nodes, taken, "concentration").key
    for kind, key in ((SHOW, ("no", "cell")), (SHOW, shown), (WITHHOLD, ("no",)), (WITHHOLD, hidden)):
        with pytest.raises(NotFound):
            exceptions.ask(ctx, APPROVER, taken.submission_id, kind=kind, key=key, reason="why", now=now)


def test_withholding_more_needs_one_officer_and_a_reason(
    nodes: Nodes, ctx: Context, taken: Submission
) -> None:
    """It is in force at once; without a reason it is refused."""
    shown, number = dominated.shown(nodes, taken), taken.submission_id
    with pytest.raises(Invalid, match="reason"):
        exceptions.ask(ctx, APPROVER, number, kind=WITHHOLD, key=shown, reason=" ", now=nodes.clock.now())

    changed = exceptions.ask(
        ctx, APPROVER, number, kind=WITHHOLD, key=shown, reason="an open case", now=nodes.clock.now()
    )

    assert [one.key for one in changed.exceptions] == [shown]


def test_a_reason_that_leaves_names_nobody(nodes: Nodes, taken: Submission) -> None:
    """It stands in the certificate: the content gate reads it as it reads free text."""
    with pytest.raises(Invalid, match="may name somebody"):
        ask(nodes, taken, reason="agreed with petrov@example.org")


def test_the_same_exception_is_asked_for_once(nodes: Nodes, ctx: Context, taken: Submission) -> None:
    """Until it ended; the number of the first is not given again."""
    ask(nodes, taken)
    with pytest.raises(Conflict, match="asked for already"):
        ask(nodes, taken)
    exceptions.end(ctx, RELEASER, taken.submission_id, number=1, reason="no", now=nodes.clock.now())

    again = ask(nodes, taken)

    assert [(one.number, one.state) for one in again.exceptions_asked] == [(1, "ended"), (2, "waiting")]
    assert again.exceptions_asked[0].ended_by == "daria"


def test_an_approval_falls_when_an_exception_comes_into_force_and_when_one_ends(
    nodes: Nodes, ctx: Context, taken: Submission
) -> None:
    """What was signed is not what would leave; asking alone undoes nothing."""
    number = taken.submission_id
    release.approve(ctx, RELEASER, number, password=PASSWORD, now=nodes.clock.now())

    asked = ask(nodes, taken)
    assert asked.state is SubmissionState.APPROVED
    agreed = exceptions.agree(ctx, RELEASER, number, number=1, now=nodes.clock.now())

    assert (agreed.state, agreed.approved_by, agreed.manifest_digest) == (
        SubmissionState.SUBMITTED,
        None,
        None,
    )
    release.approve(ctx, RELEASER, number, password=PASSWORD, now=nodes.clock.now())
    over = exceptions.end(ctx, APPROVER, number, number=1, reason="not needed", now=nodes.clock.now())
    assert (over.state, over.approver_signature, over.exceptions) == (SubmissionState.SUBMITTED, None, ())
    details = [e.event.details["approval_undone"] for e in ctx.audit.entries() if "exception" in e.event.kind]
    assert details == [False, True, True]


def test_exceptions_end_when_the_submission_is_sent_back(
    nodes: Nodes, ctx: Context, taken: Submission
) -> None:
    """Whoever approves next asks again, or does without."""
    in_force(nodes, taken)
    release.approve(ctx, RELEASER, taken.submission_id, password=PASSWORD, now=nodes.clock.now())

    undone = release.send_back(ctx, APPROVER, taken.submission_id, reason="look again", now=nodes.clock.now())

    assert (undone.exceptions, undone.exceptions_asked[0].ended_by) == ((), "boris")


def test_exceptions_end_when_the_submission_is_withdrawn(
    nodes: Nodes, ctx: Context, taken: Submission
) -> None:
    """And none can be asked for afterwards."""
    in_force(nodes, taken)
    key = dominated.withheld(nodes, taken, "concentration").key

    gone = submit.withdraw(ctx, SUBMITTER, taken.submission_id, reason="a mistake", now=nodes.clock.now())

    assert (gone.exceptions, gone.exceptions_asked[0].state) == ((), "ended")
    with pytest.raises(Conflict, match="nothing to make an exception for"):
        exceptions.ask(
            ctx, APPROVER, taken.submission_id, kind=SHOW, key=key, reason="x", now=nodes.clock.now()
        )


def test_exceptions_end_when_the_file_is_read_anew(nodes: Nodes, ctx: Context, taken: Submission) -> None:
    """They were about other cells, perhaps."""
    in_force(nodes, taken)

    read = interpret.read_again(
        ctx, SUBMITTER, taken.submission_id, Recipe.from_document(taken.recipe), now=nodes.clock.now()
    )

    assert (read.exceptions, read.exceptions_asked[0].ended_by) == ((), "aigerim")


def test_the_certificate_has_role_and_key_of_the_officers_and_no_name(
    nodes: Nodes, ctx: Context, taken: Submission
) -> None:
    """What an officer withheld beyond the rules is not in it: it would point at the cell."""
    agreed = in_force(nodes, taken)
    shown, now = dominated.shown(nodes, taken), nodes.clock.now()
    both = exceptions.ask(
        ctx, APPROVER, taken.submission_id, kind=WITHHOLD, key=shown, reason="an open case", now=now
    )

    (told,) = orders.certified(ctx, both)

    names = json.loads(canonical_json(told))
    assert names["reason"] == REASON
    assert names["key"]["TIME_PERIOD"] == dominated.YEAR
    assert names["asked_by"] == {"keyid": _keyid(ctx, "boris"), "role": "releaser"}
    assert names["agreed_by"] == {"keyid": _keyid(ctx, "daria"), "role": "releaser"}
    assert all(login not in canonical_json(told).decode() for login in ("boris", "daria", "aigerim"))
    assert len(agreed.exceptions) == 1


def test_what_officers_decided_changes_the_bytes_that_leave(
    nodes: Nodes, ctx: Context, taken: Submission
) -> None:
    """Shown: the cell has its value, and the certificate says by whom. Withheld beyond the rules: it says nothing."""
    number = taken.submission_id
    dominant = dominated.withheld(nodes, taken, "concentration")
    shown = dominated.shown(nodes, taken)
    plain = _prepared(nodes, number)
    assert (_value(plain, dominant.key), plain.released.certificate.exceptions) == (None, ())

    in_force(nodes, taken)
    excepted = _prepared(nodes, number)

    assert _parts(excepted) != _parts(plain)
    assert _value(excepted, dominant.key) == dominant.value
    (told,) = json.loads(excepted.packed.manifest.to_bytes())["certificate"]["exceptions"]
    assert (told["kind"], told["reason"]) == ("show_cell", REASON)
    names = excepted.dataflow.cells.dimensions
    assert tuple(told["key"][name] for name in names) == dominant.key
    # all of these reports came through one channel: the flow over every channel is the same figure
    same = tuple("_T" if name == "CHANNEL" else code for name, code in zip(names, dominant.key, strict=True))
    assert _value(excepted, same) == dominant.value

    exceptions.end(ctx, APPROVER, number, number=1, reason="not needed", now=nodes.clock.now())
    assert _parts(_prepared(nodes, number)) == _parts(plain)
    now = nodes.clock.now()
    exceptions.ask(ctx, APPROVER, number, kind=WITHHOLD, key=shown, reason="an open case", now=now)
    withheld = _prepared(nodes, number)

    assert _parts(withheld) != _parts(plain)
    assert (_value(plain, shown), _value(withheld, shown)) != (None, None)
    assert _value(withheld, shown) is None
    assert withheld.released.certificate.exceptions == ()
    assert b"an open case" not in withheld.packed.manifest.to_bytes()


def test_only_a_revision_can_be_held_for_its_differences(
    nodes: Nodes, ctx: Context, taken: Submission, tmp_path: Path
) -> None:
    """A first release differs from nothing."""
    now: datetime = nodes.clock.now()
    with pytest.raises(Invalid, match="no revision"):
        exceptions.ask(ctx, APPROVER, taken.submission_id, kind=REVISION, key=(), reason="due", now=now)
    submit.withdraw(ctx, SUBMITTER, taken.submission_id, reason="again", now=now)
    revision = dominated.upload(nodes, tmp_path, mode=UploadMode.REPLACE)

    asked = exceptions.ask(
        ctx, APPROVER, revision.submission_id, kind=REVISION, key=(), reason="due", now=now
    )

    assert [(one.rule, one.state) for one in asked.exceptions_asked] == [
        ("difference_between_vintages", "waiting")
    ]


def _keyid(ctx: Context, login: str) -> str:
    account = ctx.accounts.get(login)
    assert account is not None
    return account.release_keyid or ""


def _prepared(nodes: Nodes, number: int) -> Prepared:
    return release.preview(nodes["KZ"], APPROVER, number, nodes.clock.now())


def _parts(prepared: Prepared) -> list[str]:
    return sorted(prepared.packed.parts)


def _value(prepared: Prepared, key: tuple[str, ...]) -> int | None:
    names = prepared.dataflow.cells.dimensions
    rows = {tuple(row[name] for name in names): row for row in prepared.released.table.to_pylist()}
    return rows[key]["OBS_VALUE"]
