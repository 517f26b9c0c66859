"""Releases become one system: what did not change is one unknown, what did is another."""

from __future__ import annotations

import numpy as np
import pytest

from risk_models.disclosure.ledger.audiences import EVERYBODY, crossing
from risk_models.disclosure.ledger.joined import NEVER, joined
from risk_models.disclosure.ledger.released import Released, Revision
from risk_models.disclosure.linear.attack import Need
from risk_models.disclosure.linear.system import System
from risk_models.errors import InvalidInput

A, B, T = ("a",), ("b",), ("T",)


def table(
    a: int, b: int, *, rest: int = 0, shown: str = "T", release: str = "one", **more: object
) -> Released:
    """Two parts and their whole, with a rest that nobody sees; `shown` names the cells that anyone saw."""
    values = [a, b, a + b + rest] + ([rest] if rest else [])
    equation = {0: 1, 1: 1, 2: -1} | ({3: 1} if rest else {})
    marks = np.array([name in shown for name in "abT"])
    return Released(release, "FLOW", (A, B, T), System.of(values, [equation]), marks, **more)  # type: ignore[arg-type]


def test_a_vintage_that_changes_nothing_adds_nothing() -> None:
    """Cells, rests and equations of an unchanged vintage are those that are there already."""
    first = table(2, 5, rest=4)
    union = joined([first, table(2, 5, rest=4, release="two")])

    assert union.system.cells == 4
    assert len(union.system.equations()) == 1
    assert union.places[0].tolist() == union.places[1].tolist() == [0, 1, 2, 3]


def test_a_revised_cell_is_a_new_unknown_and_the_others_are_not() -> None:
    """One part and the whole moved: two unknowns and one equation more, over the part that did not move."""
    union = joined([table(2, 5), table(3, 5, release="two")])

    assert union.system.values.tolist() == [2, 5, 7, 3, 8]
    assert union.place(1, 1) == union.place(0, 1)
    assert len(union.system.equations()) == 2


def test_a_value_that_comes_back_is_the_old_unknown() -> None:
    """The third vintage is the first one again."""
    union = joined([table(2, 5), table(3, 5, release="two"), table(2, 5, release="three")])

    assert union.places[2].tolist() == union.places[0].tolist()


def test_the_same_key_of_another_dataflow_is_another_unknown() -> None:
    """A key says what it is only within its dataflow."""
    other = table(2, 5, release="two")
    other = Released("two", "OTHER", other.keys, other.system, other.shown)

    assert joined([table(2, 5), other]).system.cells == 6


def test_what_any_release_showed_is_known_and_fixed() -> None:
    """A cell shown to anyone at any time stays shown; what only the last release shows may still be hidden."""
    union = joined([table(2, 5, shown="bT"), table(3, 5, shown="aT", release="two")])

    assert union.first_shown.tolist() == [NEVER, 0, 0, 1, 1]
    assert union.hidden.tolist() == [True, False, False, False, False]
    assert union.fixed.tolist() == [False, True, True, False, False]


def test_recipients_put_their_views_together() -> None:
    """A cell that one audience saw is known to all who collude."""
    union = joined([table(2, 5, views={"KG": np.array([False, True, True])})])

    assert union.hidden.tolist() == [True, False, False]


def test_views_that_do_not_nest_are_named() -> None:
    """Each of the two shows the other something; a view that shows less than everybody's does not cross."""
    views = {"KG": np.array([False, True, False]), "RU": np.array([False, False, False])}

    assert crossing(table(2, 5, views=views)) == ((EVERYBODY, "KG"),)
    assert crossing(table(2, 5, shown="bT", views=views)) == ()


def test_a_difference_is_a_signed_unknown_with_its_own_need() -> None:
    """3 - 2 = 1, and 2 - 3 = -1: each as the later minus the earlier value."""
    vintages = [table(2, 5), table(3, 5, release="two"), table(2, 5, release="three")]
    union = joined(vintages, [Revision(0, 1, A, width=3), Revision(1, 2, A)])

    assert union.system.values.tolist()[5:] == [1, -1]
    assert union.signed.tolist()[5:] == [True, True]
    assert not union.signed[:5].any()
    assert union.needs == (Need(5, width=3), Need(6))


def test_a_revision_that_leaves_the_value_tells_nothing() -> None:
    """Equal values are one unknown, so there is no difference to protect."""
    union = joined([table(2, 5), table(2, 5, release="two")], [Revision(0, 1, A)])

    assert union.differences == {}
    assert union.needs == ()


def test_a_revision_of_a_key_that_is_not_there_is_refused() -> None:
    """The caller named a cell that one of the two releases does not have."""
    with pytest.raises(InvalidInput):
        joined([table(2, 5), table(3, 5, release="two")], [Revision(0, 1, ("c",))])


def test_a_cell_keeps_the_strictest_need_that_any_release_gave_it() -> None:
    """Each side of the interval and its width are taken for themselves."""
    first = table(2, 5, needs=(Need(0, lower=1, width=2),))
    second = table(2, 5, release="two", needs=(Need(0, upper=4),))

    assert joined([first, second]).needs == (Need(0, lower=1, upper=4, width=2),)


def test_a_bridge_ties_old_codes_to_new_ones() -> None:
    """The old whole is the sum of the new parts; what it covers beyond them is a rest that nobody sees."""
    old = Released("old", "FLOW", (("K",),), System.of([7], []), np.array([True]))
    exact = joined([old, table(2, 5, release="new")], bridges=[{(0, 0): 1, (1, 0): -1, (1, 1): -1}])
    above = joined([old, table(2, 4, release="new")], bridges=[{(0, 0): 1, (1, 0): -1, (1, 1): -1}])

    assert exact.system.cells == 4
    assert above.system.values.tolist()[4:] == [1]
    assert above.hidden[4]


def test_a_missing_cell_is_no_unknown_of_its_key() -> None:
    """What was not collected has no value to recognise it by, and cannot have been shown."""
    unseen = np.array([True, False, False])
    union = joined([table(2, 5, unseen=unseen), table(2, 5, release="two")])

    assert union.place(0, 0) != union.place(1, 0)
    with pytest.raises(InvalidInput):
        table(2, 5, unseen=unseen, shown="a")


def test_unseen_levels_are_recognised_through_their_parts() -> None:
    """An unseen parent of unseen parents: each is named by what it sums, in whatever order."""
    equations = [{4: 1, 2: 1, 3: -1}, {0: 1, 1: 1, 4: -1}]
    release = Released(
        "one", "FLOW", (("a",), ("b",), ("c",), T), System.of([1, 2, 3, 6, 3], equations), np.zeros(4, bool)
    )

    union = joined([release, Released("two", "FLOW", release.keys, release.system, release.shown)])

    assert union.system.cells == 5


def test_arrays_of_a_release_spread_over_the_union() -> None:
    """Costs of the last release's cells stand at their unknowns; the others take the default."""
    union = joined([table(2, 5), table(3, 5, release="two")])

    assert union.spread(1, np.array([10, 20, 30]), 1).tolist() == [1, 20, 1, 10, 30]


def test_three_years_of_vintages_join_without_being_compared_pairwise() -> None:
    """36 vintages of 2,000 cells in which 20 cells change each time grow by what changed."""
    parts, lines = 20, 95
    values = np.arange(parts * lines, dtype=np.int64).reshape(lines, parts) % 50 + 3
    equations = [
        {line * parts + part: 1 for part in range(parts)} | {parts * lines + line: -1}
        for line in range(lines)
    ]
    keys = tuple((f"{number:04}",) for number in range(parts * lines + lines))
    releases = []
    for vintage in range(36):
        values[vintage, :] += 1
        every = np.concatenate([values.ravel(), values.sum(axis=1)]).tolist()
        releases.append(
            Released(str(vintage), "FLOW", keys, System.of(every, equations), np.zeros(len(keys), bool))
        )

    union = joined(releases)

    assert union.system.cells == len(keys) + 35 * (parts + 1)
    assert len(union.system.equations()) == lines + 35
