"""What every ReviewStore promises."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from node.adapters.sqlite import Stores
from node.errors import Conflict, NotFound
from node.ports.reviews import ReviewReason, ScoreOfPeriod, ScoreReview, Verdict
from tests.support.builders import NOON, an_event

Reopen = Callable[[], Stores]
KZ_2023 = ScoreOfPeriod("assessment_1", "KZ", "2023")


def a_review(**changes: object) -> ScoreReview:
    """Give an override that waits for a second officer."""
    one = ScoreReview(
        number=0,
        of=KZ_2023,
        verdict=Verdict.OVERRIDDEN,
        computed=("medium", "high"),
        lower="41.5",
        upper="56",
        result_digest="sha256:result",
        assessed="low",
        reason=ReviewReason.DATA_ERROR,
        text="Two series were doubled",
        evidence="case note 7",
        last_period="2024",
        is_shared=True,
        needs_second=True,
        role="analyst",
        reviewed_by="olga",
        reviewed_at=NOON,
    )
    return replace(one, **changes)


def accepted(**changes: object) -> ScoreReview:
    """Give a review that waits for nobody."""
    plain = {"verdict": Verdict.ACCEPTED, "assessed": "", "reason": None, "needs_second": False}
    return a_review(**plain | changes)


def test_a_review_is_the_same_after_reopening(reopen: Reopen) -> None:
    """Every field survives, and it has a number."""
    stored = reopen()["reviews"].add(a_review(), an_event())

    assert stored == a_review(number=1)
    assert reopen()["reviews"].get(1) == stored
    assert reopen()["reviews"].all() == [stored]
    assert reopen()["audit"].entries()[0].event.details["number"] == 1


def test_reviews_come_newest_first(rows: Stores) -> None:
    """With and without a reason; a number that nobody has is said."""
    first = rows["reviews"].add(accepted(), an_event())
    second = rows["reviews"].add(accepted(of=replace(KZ_2023, area="BY")), an_event())

    assert rows["reviews"].all() == [second, first]
    with pytest.raises(NotFound):
        rows["reviews"].get(3)


def test_while_one_waits_no_other_of_its_score_is_taken(rows: Stores) -> None:
    """Of another score it is; and of this one once it was agreed to or ended. A refusal leaves no audit event."""
    waiting = rows["reviews"].add(a_review(), an_event())
    rows["reviews"].add(a_review(of=replace(KZ_2023, time_period="2022")), an_event())

    with pytest.raises(Conflict):
        rows["reviews"].add(accepted(), an_event())
    assert len(rows["audit"].entries()) == 2

    rows["reviews"].move(replace(waiting, approved_by="boris", approved_at=NOON), an_event())
    assert rows["reviews"].add(accepted(), an_event()).number == 3


def test_agreement_and_end_are_written_once_each_and_nothing_else_is(rows: Stores) -> None:
    """What was said of the computed score cannot be changed."""
    stored = rows["reviews"].add(a_review(), an_event())
    agreed = replace(stored, approved_by="boris", approved_at=NOON, computed=("low",), text="otherwise")
    moved = rows["reviews"].move(agreed, an_event())

    kept = rows["reviews"].get(1)
    assert (kept.state, kept.approved_by, kept.revision) == ("in_force", "boris", 1)
    assert (kept.computed, kept.text) == (("medium", "high"), "Two series were doubled")
    over = replace(moved, ended_by="olga", ended_at=NOON + timedelta(days=1), ended_reason="corrected")
    rows["reviews"].move(over, an_event())
    assert rows["reviews"].get(1).state == "ended"
    with pytest.raises(Conflict):
        rows["reviews"].move(replace(moved, ended_by="boris"), an_event())
    assert len(rows["audit"].entries()) == 3


def test_of_two_officers_who_decide_at_once_one_is_told(reopen: Reopen) -> None:
    """The second looks again."""
    stored = reopen()["reviews"].add(a_review(), an_event())
    doors = [reopen()["reviews"] for _ in range(4)]

    def decide(number: int) -> bool:
        try:
            doors[number].move(replace(stored, approved_by=f"officer {number}", approved_at=NOON), an_event())
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, range(4))) == [False, False, False, True]
