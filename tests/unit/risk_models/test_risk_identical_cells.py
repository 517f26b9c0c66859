"""An order to show a cell reaches the cells that are the same figure, and no other."""

from __future__ import annotations

from risk_models.disclosure.candidate import Candidate, Unsafe
from risk_models.disclosure.identical import with_identical
from schemas.registry import dataflow
from schemas.status import ValueStatus

FLOW = dataflow("SUSPICIOUS_FLOW")
DOMINATED = Unsafe(("concentration",), ValueStatus.PRIM_OTHER, width=3)
SMALL = Unsafe(("minimum_subjects",), ValueStatus.PRIM_SMALL, width=3)


def cell(value: int, channel: str = "_T", counterpart: str = "RU", unsafe: Unsafe = DOMINATED) -> Candidate:
    """Transactions of 2013, sent from KZ."""
    key = ("2013", "KZ", counterpart, "OUT", "_T", channel, "_T", "_T", "N_TXN")
    return Candidate(key, value, unsafe=unsafe)


def reached(ordered: Candidate, *others: Candidate) -> set[Candidate]:
    """The other cells that an order to show one of them shows as well."""
    cells = sorted((ordered, *others), key=lambda one: one.key)
    keys = with_identical(frozenset({ordered.key}), cells, FLOW)
    return {one for one in others if one.key in keys}


def test_a_channel_that_carried_everything_is_the_whole() -> None:
    """12 by bank transfer of 12 in all: to show one of them is to show the other."""
    whole = cell(12)

    assert reached(cell(12, "BANK_TRANSFER"), whole) == {whole}


def test_equal_values_alone_make_no_two_cells_the_same() -> None:
    """12 to RU and 12 to BY; and 12 of 20 by bank transfer is no whole."""
    assert reached(cell(12), cell(12, counterpart="BY")) == set()
    assert reached(cell(12, "BANK_TRANSFER"), cell(20), cell(8, "CASH")) == set()


def test_what_a_least_number_hides_is_not_shown_along() -> None:
    """Nobody sets a least number aside, not by way of another cell either."""
    assert reached(cell(12, "BANK_TRANSFER"), cell(12, unsafe=SMALL)) == set()


def test_nothing_is_reached_without_an_order() -> None:
    """The usual release."""
    assert with_identical(frozenset(), [cell(12), cell(12, "BANK_TRANSFER")], FLOW) == frozenset()
