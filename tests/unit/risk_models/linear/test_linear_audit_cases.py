"""The audit at its edges: nothing to audit, cells that are shown or known, whole numbers, and large amounts."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from risk_models.disclosure.linear.attack import Need, outsider
from risk_models.disclosure.linear.audit import Breach, breaches
from risk_models.disclosure.linear.intervals import intervals, propagated
from risk_models.disclosure.linear.system import LARGEST_VALUE, NO_BOUND, System
from risk_models.errors import InvalidInput
from tests.support.tables import hierarchical


def one_sum(*parts: int) -> System:
    """Parts and, last, their sum."""
    count = len(parts)
    return System.of([*parts, sum(parts)], [{count: -1} | dict.fromkeys(range(count), 1)])


def hidden(*marks: int) -> np.ndarray:
    """Marks of cells."""
    return np.array(marks, np.bool_)


def test_nothing_asked_or_nobody_looking_breaks_nothing() -> None:
    """An empty audit has no breach, with or without cells."""
    assert breaches(System.of([], []), hidden(), [], [outsider(0)]) == ()
    assert breaches(one_sum(1, 2), hidden(1, 1, 0), [Need(0)], []) == ()


def test_a_need_of_a_cell_that_is_shown_is_a_breach_for_every_attacker() -> None:
    """Its value stands in the release."""
    system = one_sum(1, 2)
    first = outsider(3)
    attackers = [first, first.knowing("other", [])]

    found = breaches(system, hidden(0, 1, 1), [Need(0)], attackers)

    assert found == (Breach(Need(0), "outsider", 1, 1), Breach(Need(0), "other", 1, 1))


def test_a_cell_that_an_attacker_knows_is_a_breach_unless_it_is_its_own() -> None:
    """Known and not spared: somebody has it who should not."""
    system, marks = one_sum(1, 2, 3), hidden(1, 1, 1, 0)
    thief = replace(outsider(4), name="thief", known=hidden(1, 0, 0, 0))

    assert breaches(system, marks, [Need(0)], [thief]) == (Breach(Need(0), "thief", 1, 1),)
    assert breaches(system, marks, [Need(0)], [outsider(4).knowing("owner", [0])]) == ()


def test_who_knows_one_of_two_hidden_parts_knows_the_other() -> None:
    """The pair is safe from outside and not from its members; a third part closes that."""
    needs = [Need(0), Need(1)]

    pair = breaches(one_sum(4, 5), hidden(1, 1, 0), needs, [outsider(3), outsider(3).knowing("first", [0])])
    three = breaches(
        one_sum(4, 5, 6), hidden(1, 1, 1, 0), needs, [outsider(4), outsider(4).knowing("first", [0])]
    )

    assert pair == (Breach(Need(1), "first", 5, 5),)
    assert three == ()


def test_hidden_zeros_beside_a_shown_zero_protect_nothing() -> None:
    """Parts of nothing are nothing, which no elimination sees: the sum of values not below zero is zero."""
    found = breaches(one_sum(0, 0), hidden(1, 1, 0), [Need(0), Need(1)], [outsider(3)])

    assert [(b.lower, b.upper) for b in found] == [(0, 0), (0, 0)]


def test_signed_parts_protect_one_another_without_limit() -> None:
    """Where values may be below zero, a shown sum of two says nothing of either."""
    system, marks = one_sum(-5, 5), hidden(1, 1, 0)
    reader = outsider(3, hidden(1, 1, 0))
    needs = [Need(0, 2**59, 2**59, 2**60)]

    lower, upper = intervals(system, marks, reader)

    assert breaches(system, marks, needs, [reader]) == ()
    assert (lower.tolist(), upper.tolist()) == ([-NO_BOUND, -NO_BOUND, 0], [NO_BOUND, NO_BOUND, 0])


def test_a_step_that_no_whole_number_takes_is_a_breach() -> None:
    """In 3 a = 3 + c with c from 0 to 2, fractions leave room to a and c, and whole numbers none."""
    # cells a a' a'' b b' b'' c, where the primed ones equal the first
    rows = [{0: 1, 1: -1}, {0: 1, 2: -1}, {3: 1, 4: -1}, {3: 1, 5: -1}]
    rows.append({0: 1, 1: 1, 2: 1, 3: -1, 4: -1, 5: -1, 6: -1})
    system = System.of([1, 1, 1, 1, 1, 1, 0], rows)
    reader = replace(
        outsider(7), upper=np.array([9, 9, 9, 1, 9, 9, 2]), lower=np.array([0, 0, 0, 1, 0, 0, 0])
    )

    found = breaches(system, np.ones(7, np.bool_), [Need(0), Need(6)], [reader])

    assert found == (Breach(Need(0), "outsider", 1, 1), Breach(Need(6), "outsider", 0, 0))


def test_the_largest_amounts_are_judged_to_the_last_unit() -> None:
    """Beside 2**59, a part of 3 leaves exactly 3: floats hold neither the sum nor the difference."""
    system, marks = one_sum(LARGEST_VALUE // 2, 3), hidden(1, 1, 0)
    needs = [
        Need(0, upper=3),
        Need(0, upper=4),
        Need(1, lower=3),
        Need(0, lower=2**59),
        Need(0, lower=2**59 + 1),
    ]

    found = breaches(system, marks, needs, [outsider(3)])
    lower, upper = intervals(system, marks, outsider(3))

    assert [b.need for b in found] == [needs[1], needs[4]]
    assert lower.tolist() == [0, 0, 2**59 + 3]
    assert upper.tolist() == [2**59 + 3, 2**59 + 3, 2**59 + 3]


def test_bounds_that_are_not_true_or_do_not_fit_are_refused() -> None:
    """An audit against a false belief would prove nothing."""
    system, marks = one_sum(4, 5), hidden(1, 1, 0)
    wrong = replace(outsider(3), upper=np.array([3, 9, 9]))

    with pytest.raises(InvalidInput, match="not true"):
        breaches(system, marks, [Need(0)], [wrong])
    with pytest.raises(InvalidInput, match="does not fit"):
        breaches(system, marks, [Need(0)], [outsider(4)])
    with pytest.raises(InvalidInput, match="does not fit"):
        breaches(system, hidden(1, 1), [Need(0)], [outsider(3)])
    with pytest.raises(InvalidInput, match="does not fit"):
        breaches(system, marks, [Need(3)], [outsider(3)])
    with pytest.raises(InvalidInput, match="does not fit"):
        propagated(system, marks, outsider(2))


def test_components_beyond_the_limit_keep_the_bounds_of_propagation() -> None:
    """A limit on what is solved costs narrowness and never truth."""
    square = System.of(
        [1, 2, 3, 4, 3, 7, 4, 6],
        [{0: 1, 1: 1, 4: -1}, {2: 1, 3: 1, 5: -1}, {0: 1, 2: 1, 6: -1}, {1: 1, 3: 1, 7: -1}],
    )
    marks = np.arange(8) < 4

    outer = [side.tolist() for side in propagated(square, marks, outsider(8))]

    assert [side.tolist() for side in intervals(square, marks, outsider(8), solved_up_to=3)] == outer


def test_the_same_table_gets_the_same_answer_whatever_was_audited_before() -> None:
    """Breaches and their bounds are the same in a second run, after another table, and by fresh objects."""
    table = hierarchical(random.Random(3), ((3, 2), (3, 2), (3, 2)), 0.15)
    marks = table.covered(random.Random(4))
    needs = [Need(cell, width=3) for cell in table.primaries]
    attackers = [outsider(1000), outsider(1000).knowing("peer", table.primaries[:20], width=1)]

    first = breaches(table.system, marks, needs, attackers)
    breaches(one_sum(1, 2, 3), hidden(1, 1, 1, 0), [Need(0)], [outsider(4)])
    second = breaches(System.of(table.values, table.equations), marks.copy(), needs, attackers)

    assert first
    assert first == second


def test_every_box_of_a_covered_table_is_proved() -> None:
    """A primary inside a box of cells above zero can shift by one: the audit finds a table for each of them."""
    table = hierarchical(random.Random(3), ((3, 2), (3, 2), (3, 2)), 0.15)
    marks = table.covered(random.Random(4))
    added = np.flatnonzero(marks & ~np.isin(np.arange(1000), table.primaries)).tolist()

    assert breaches(table.system, marks, [Need(cell) for cell in added], [outsider(1000)]) == ()
