"""Tables whose cheapest cover was worked out by hand or published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from risk_models.disclosure.linear.attack import Need, outsider
from risk_models.disclosure.linear.audit import breaches
from risk_models.disclosure.linear.system import System
from risk_models.disclosure.suppression import Problem, Unprotectable, suppress
from tests.support.covers import TOTAL, Table, unmet

# The fixture FX4 of the indicators' handbook: suspicious reports by country and typology; (D, K4) is below 3.
FX4 = Table(
    ("A", "B", "C", "D"),
    ("K1", "K2", "K3", "K4"),
    [[400, 100, 50, 10], [150, 200, 30, 40], [60, 40, 100, 5], [20, 5, 10, 2]],
)
SMALL = Need(FX4.place("D", "K4"), width=3)

# The test table of sdcTable (BM-24): nine cells are withheld, and w.b = 47 follows from them all the same.
SDC_TABLE = Table(
    ("w", "x", "y", "z"),
    ("a", "b", "c", "d"),
    [[64, 47, 30, 89], [65, 124, 30, 31], [92, 93, 59, 92], [800, 998, 651, 678]],
)
WITHHELD = ("wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd")


def test_the_published_rectangle_is_the_cheapest_cover_of_fx4() -> None:
    """Rectangle (C, D) x (K2, K4) costs 5 + 5 + 40 = 50."""
    pattern = suppress(FX4.problem([SMALL]))

    assert FX4.chosen(pattern) == {("D", "K4"), ("C", "K4"), ("D", "K2"), ("C", "K2")}
    assert (pattern.method, pattern.cost, pattern.bound) == ("exact", 50, 50)


def test_a_cell_that_must_be_published_is_never_hidden() -> None:
    """Without (C, K2) the next cheapest rectangle is (A, D) x (K3, K4): 10 + 10 + 50 = 70."""
    pattern = suppress(FX4.problem([SMALL], fixed=[("C", "K2")]))

    assert pattern.cost == 70
    assert FX4.chosen(pattern) == {("D", "K4"), ("A", "K4"), ("D", "K3"), ("A", "K3")}


def test_cells_that_were_suppressed_before_are_preferred() -> None:
    """At a cost of 1 each the rectangle (A, D) x (K1, K4) costs 3."""
    before = [("A", "K4"), ("A", "K1"), ("D", "K1")]

    pattern = suppress(FX4.problem([SMALL], cheap=before))

    assert FX4.chosen(pattern) == {("D", "K4"), *before}
    assert pattern.cost == 3


def test_the_cell_that_two_rows_less_two_columns_give_away_gets_cover() -> None:
    """Of nine withheld cells, every line of which has at least two, one is determined; one more is hidden for it."""
    needs = [Need(SDC_TABLE.place(*name)) for name in WITHHELD]
    problem = SDC_TABLE.problem(needs)
    as_it_was = problem.hidden

    assert [b.need.cell for b in breaches(problem.system, as_it_was, needs, problem.attackers)] == [
        SDC_TABLE.place("w", "b")
    ]
    pattern = suppress(problem)

    assert not unmet(problem, pattern)
    assert pattern.method == "exact"
    assert pattern.cost > 0


def test_nothing_is_added_where_nothing_is_open() -> None:
    """Two cells of a line that cover each other need no more."""
    table = Table(("a", "b"), ("p", "q"), [[4, 9], [8, 7]])
    needs = [Need(table.place(*name), width=3) for name in ("ap", "aq", "bp", "bq")]

    pattern = suppress(table.problem(needs))

    assert (pattern.method, pattern.cost, pattern.bound) == ("none", 0, 0)


def test_a_release_without_needs_hides_nothing() -> None:
    """Cells hidden from the start stay hidden, and no more."""
    pattern = suppress(FX4.problem([]))

    assert not pattern.hidden.any()
    assert pattern.method == "none"


def test_cells_that_no_cover_protects_are_named() -> None:
    """If its row may not be touched, a cell is the total less the others."""
    row = [("D", column) for column in FX4.columns]

    with pytest.raises(Unprotectable) as refused:
        suppress(FX4.problem([SMALL], fixed=row[:-1]))

    assert refused.value.cells == (SMALL.cell,)


def test_cells_whose_cover_has_too_little_room_are_named() -> None:
    """A cell of 2 beside a cell of 1 reaches from 0 to 3 and no further."""
    table = Table(("a", "b"), ("p", "q"), [[2, 1], [1, 2]])

    with pytest.raises(Unprotectable) as refused:
        suppress(table.problem([Need(table.place("a", "p"), width=9)]))

    assert refused.value.cells == (table.place("a", "p"),)


def test_single_contributors_do_not_cover_each_other_alone() -> None:
    """Who knows one of two withheld cells knows the other, so a third is withheld: the cheapest, 6."""
    system = System.of([2, 1, 6, 9, 18], [{0: 1, 1: 1, 2: 1, 3: 1, 4: -1}])
    hidden = np.array([True, True, False, False, False])
    everybody = outsider(5)
    problem = Problem(
        system,
        (Need(0), Need(1)),
        hidden,
        np.array([False] * 4 + [True]),
        system.values,
        np.arange(5),
        (everybody, everybody.knowing("first", [0]), everybody.knowing("second", [1])),
    )

    assert suppress(replace(problem, attackers=(everybody,))).cost == 0
    pattern = suppress(problem)

    assert pattern.hidden.tolist() == [True, True, True, False, False]
    assert not unmet(problem, pattern)


def test_cells_of_one_unit_are_hidden_together() -> None:
    """Two measures of four keys: hiding a key hides both, and what it costs is the sum of both."""
    counts, amounts = [2, 7, 9, 18], [50, 10, 10, 70]
    system = System.of([*counts, *amounts], [{0: 1, 1: 1, 2: 1, 3: -1}, {4: 1, 5: 1, 6: 1, 7: -1}])
    hidden = np.zeros(8, np.bool_)
    hidden[0] = True
    fixed = np.array([False, False, False, True] * 2)
    costs = np.array([2, 7, 9, 18, 1, 5, 1, 1])

    pattern = suppress(
        Problem(system, (Need(0, width=3),), hidden, fixed, costs, np.arange(8) % 4, (outsider(8),))
    )

    assert pattern.hidden.tolist() == [True, False, True, False] * 2
    assert pattern.cost == 10


def test_a_cell_without_relations_is_hidden_with_its_unit() -> None:
    """A median adds up to nothing, and is withheld all the same where its key is."""
    system = System.of([2, 9, 30, 41, 77], [{0: 1, 1: 1, 2: 1, 3: -1}])
    hidden = np.array([True, False, False, False, False])

    pattern = suppress(
        Problem(
            system,
            (Need(0),),
            hidden,
            np.array([False, False, False, True, False]),
            np.array([1, 9, 30, 41, 1]),
            np.array([0, 1, 2, 3, 1]),
            (outsider(5),),
        )
    )

    assert pattern.hidden.tolist() == [True, True, False, False, True]
    assert pattern.cost == 10


def test_money_of_quadrillions_is_protected_to_the_unit() -> None:
    """A protection level that is no round number, and a cell that can only just give it."""
    level = 123_456_789_012_345
    table = Table(("a", "b"), ("p", "q"), [[10**15 + 7, level], [level + 1, 3 * 10**15 + 1]])
    need = Need(table.place("a", "p"), lower=level, upper=level)

    problem = table.problem([need])
    pattern = suppress(problem)

    assert table.chosen(pattern) == {(row, column) for row in "ab" for column in "pq"}
    assert not breaches(problem.system, pattern.hidden, problem.needs, problem.attackers)
    with pytest.raises(Unprotectable):
        suppress(table.problem([replace(need, upper=level + 1)]))


def test_margins_may_cover_where_they_are_cheaper() -> None:
    """The total of a small row and its column cost less than a large neighbour."""
    table = Table(("a", "b"), ("p", "q"), [[1, 900], [900, 900]])
    problem = table.problem([Need(table.place("a", "p"))])
    costs = np.where([TOTAL in name for name in table.names], 1, 900)

    pattern = suppress(replace(problem, fixed=np.zeros(9, np.bool_), costs=costs.astype(np.int64)))

    assert table.chosen(pattern) == {("a", "p"), ("a", TOTAL), (TOTAL, "p"), (TOTAL, TOTAL)}
    assert pattern.cost == 3
