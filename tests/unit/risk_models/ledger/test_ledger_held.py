"""Which revisions wait, against which earlier release, and what of the new one brings it about."""

from __future__ import annotations

import numpy as np

from risk_models.disclosure.ledger.changes import Change, changes
from risk_models.disclosure.ledger.held import (
    DIFFERENCE_TELLS,
    EARLIER_CELL_OPENS,
    UNTIL_COVERED,
    UNTIL_ENOUGH,
    Held,
    held,
)
from risk_models.disclosure.ledger.joined import Joined, joined
from risk_models.disclosure.ledger.released import Released, Revision
from risk_models.disclosure.linear.attack import Need, outsider
from risk_models.disclosure.linear.audit import breaches
from risk_models.disclosure.linear.system import System

A, B, C, T = ("a",), ("b",), ("c",), ("T",)


def table(
    release: str, a: int, b: int, c: int, *, shown: str, needs: tuple[Need, ...] = (), flow: str = "FLOW"
) -> Released:
    """Three parts and their whole."""
    system = System.of([a, b, c, a + b + c], [{0: 1, 1: 1, 2: 1, 3: -1}])
    return Released(
        release, flow, (A, B, C, T), system, np.array([key in shown for key in "abcT"]), needs=needs
    )


def waiting(union: Joined) -> tuple[Held, ...]:
    """What the audit of the union makes wait."""
    found = breaches(union.system, union.hidden, union.needs, [outsider(union.system.cells, union.signed)])
    return held(union, (breach.need.cell for breach in found))


def test_a_shown_revision_of_one_record_waits() -> None:
    """Both values are shown, so one subtraction gives the record away."""
    vintages = [table("v1", 9, 7, 5, shown="abT"), table("v2", 10, 7, 5, shown="ab")]

    union = joined(vintages, [Revision(0, 1, A, width=3)])

    assert waiting(union) == (Held("FLOW", A, "v1", DIFFERENCE_TELLS, UNTIL_ENOUGH, (A,)),)


def test_a_difference_that_follows_from_the_whole_waits_as_well() -> None:
    """Nobody saw the part, but its whole moved by what it moved, and nothing else did."""
    vintages = [table("v1", 9, 7, 5, shown="T"), table("v2", 10, 7, 5, shown="T")]

    union = joined(vintages, [Revision(0, 1, A)])

    assert waiting(union) == (Held("FLOW", A, "v1", DIFFERENCE_TELLS, UNTIL_ENOUGH, (T,)),)


def test_a_difference_behind_another_revision_need_not_wait() -> None:
    """Two withheld parts moved: their whole tells only what they did together."""
    vintages = [table("v1", 9, 7, 5, shown="T"), table("v2", 10, 9, 5, shown="T")]

    assert waiting(joined(vintages, [Revision(0, 1, A)])) == ()


def test_a_cell_withheld_before_opens_when_its_cover_is_shown_later() -> None:
    """The second vintage shows b, which covered a in the first: a is 14 - 7 - 5, and the release must wait.

    The new value of c bears on a as well, through the whole that the second vintage withholds.
    """
    vintages = [
        table("v1", 2, 7, 5, shown="cT", needs=(Need(0, width=3),)),
        table("v2", 2, 7, 6, shown="bc", needs=(Need(0, width=3),)),
    ]

    found = waiting(joined(vintages))

    assert found == (Held("FLOW", A, "v1", EARLIER_CELL_OPENS, UNTIL_COVERED, (B, C)),)


def test_a_fault_of_the_new_release_alone_is_no_matter_of_time() -> None:
    """A cell that only the last release has takes cover, not patience."""
    vintages = [table("v1", 9, 7, 5, shown="abcT"), table("v2", 2, 6, 4, shown="bcT", needs=(Need(0),))]

    assert waiting(joined(vintages)) == ()


def test_what_many_can_work_out_is_told_once() -> None:
    """Each attacker who breaks a need gives a breach; the revision waits once."""
    union = joined([table("v1", 9, 7, 5, shown="T"), table("v2", 10, 7, 5, shown="T")], [Revision(0, 1, A)])
    (difference,) = union.differences

    assert len(held(union, [difference, difference])) == 1


def test_changes_name_every_former_value_once() -> None:
    """Against each value the key ever had, by the latest release that had it; a value that came back is none."""
    vintages = [
        table("v1", 9, 7, 5, shown=""),
        table("v2", 10, 7, 5, shown=""),
        table("v3", 9, 7, 5, shown=""),
        table("other", 1, 1, 1, shown="", flow="OTHER"),
        table("v4", 11, 7, 5, shown=""),
    ]

    assert changes(vintages) == (
        Change(T, 1, 22, 23), Change(T, 2, 21, 23), Change(A, 1, 10, 11), Change(A, 2, 9, 11),
    )  # fmt: skip
