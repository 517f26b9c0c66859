"""What withholding a cell costs, and which cells go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from risk_models.disclosure import Memory, Past, candidates_of, policy_for
from risk_models.disclosure.candidate import worth_of_amount, worth_of_count
from risk_models.disclosure.pricing import costs, units
from schemas.registry import dataflow

Cells = Callable[..., pa.Table]
Row = Mapping[str, Any]


def priced(table: pa.Table, dataflow_id: str, memory: Memory | None = None) -> list[int]:
    """The price of each cell, in canonical order."""
    flow = dataflow(dataflow_id)
    own = candidates_of(table, flow)
    return costs(own, range(len(own)), len(own), flow, memory or Memory()).tolist()


def test_the_figure_that_heads_a_table_is_a_hundred_times_as_dear(cells: Cells) -> None:
    """20 reports of one type of entity cost 21; the 20 of all entities 2100."""
    table = cells("R33_A", [{"ENTITY_TYPE": "FI", "VALUE": 20}, {"VALUE": 20}])

    assert priced(table, "R33_A") == [21, 2100]


def test_the_whole_of_all_crimes_is_no_headline(cells: Cells) -> None:
    """What must give way when terrorist financing is withheld is the whole, not money laundering."""
    table = cells("R33_A", [{"VALUE": 20}, {"CRIME_TYPE": "_T", "VALUE": 20}])

    assert priced(table, "R33_A") == [2100, 21]


def test_what_was_withheld_before_is_cheapest(cells: Cells) -> None:
    """A pattern stays while it is sound; what a superseded release withheld does not count."""
    table = cells("R33_A", [{"ENTITY_TYPE": name, "VALUE": 20} for name in ("DNFBP", "FI")])
    before = candidates_of(table, dataflow("R33_A"))
    past = Past("sha256:1", before, frozenset({before[0].key}), is_live=True)
    gone = Past("sha256:0", before, frozenset(), is_live=False)

    assert priced(table, "R33_A", Memory([gone, past])) == [21, 1]


def test_money_counts_by_its_order_of_magnitude() -> None:
    """A thousand times the money is ten more of cost, and no count is worth more than a million."""
    assert [worth_of_amount(amount) for amount in (0, 1, 1023, 1023 * 1024)] == [1, 2, 11, 21]
    assert [worth_of_count(count) for count in (0, 5, 10**6, 10**9)] == [1, 6, 1_000_001, 1_000_001]


def test_a_count_and_what_follows_it_go_together(cells: Cells) -> None:
    """The number and the amount of confiscations are one unit, those of seizures another."""
    flow = dataflow("R33_C")
    rows = [{"MEASURE": name, "VALUE": 9} for name in ("N_CONF", "N_SEIZ", "V_CONF", "V_SEIZ")]
    own = candidates_of(cells("R33_C", rows), flow)

    number = units(own, range(len(own)), len(own) + 1, flow, policy_for(flow)).tolist()

    measured = flow.cells.dimensions.index("MEASURE")
    of = {one.key[measured]: unit for one, unit in zip(own, number, strict=False)}
    assert of["N_CONF"] == of["V_CONF"] != of["N_SEIZ"] == of["V_SEIZ"]
    assert number[-1] not in number[:-1]


def test_all_measures_of_a_flow_go_together() -> None:
    """They are of the same persons; a measure that is missing is nobody's cover."""
    flow = dataflow("SUSPICIOUS_FLOW")
    compiled = {
        "TIME_PERIOD": "2016", "REF_AREA": "KG", "COUNTERPART_AREA": "DE", "FLOW_DIRECTION": "OUT",
        **dict.fromkeys(("METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE"), "_T"),
        "N_STR": 9, "N_SUBJ": 9, "N_ENT": 4, "N_TXN": None, "V_TXN": 900, "TOP1": 300, "TOP2": 300,
    }  # fmt: skip
    own = candidates_of(pa.Table.from_pylist([compiled]), flow)

    number = units(own, range(len(own)), len(own), flow, policy_for(flow)).tolist()

    assert [one.key[-1] for one in own] == ["N_STR", "N_SUBJ", "N_TXN", "V_TXN"]
    assert number[0] == number[1] == number[3] != number[2]
