"""Choices that are never empty."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from node.services.found import EVERY
from node.services.views.facets import Selection, choose, dimensions
from schemas import registry
from tests.support.scanned import Scanned

ORDER = ("FLOW_KIND", "FLOW_DIRECTION", "TIME_PERIOD")


def cells(*rows: tuple[str, str, str, str, int | None]) -> pa.Table:
    """Give cells of (kind, direction, period, originator, value)."""
    names = [*ORDER, "ORIGINATOR"]
    columns = {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)}
    return pa.table({**columns, "OBS_VALUE": pa.array([row[4] for row in rows], pa.int64())})


def select(table: pa.Table, wanted: dict[str, str]) -> Selection:
    """Choose among all cells of a table."""
    shelf: Any = Scanned(table, ORDER)
    return choose(shelf, EVERY, ORDER, wanted)


TABLE = cells(
    ("TRADE", "OUT", "2011", "KZ", 5),
    ("TRADE", "OUT", "2011", "RU", 6),
    ("TRADE", "OUT", "2012", "KZ", 7),
    ("TRADE", "IN", "2012", "KZ", 0),
    ("CASH", "IN", "2009", "KZ", 1),
)


def test_what_is_wanted_is_chosen_when_it_occurs() -> None:
    """The address decides."""
    chosen = select(TABLE, {"FLOW_KIND": "TRADE", "FLOW_DIRECTION": "OUT", "TIME_PERIOD": "2012"})

    assert chosen.address == {"FLOW_KIND": "TRADE", "FLOW_DIRECTION": "OUT", "TIME_PERIOD": "2012"}
    assert chosen.cells.column("OBS_VALUE").to_pylist() == [7]


def test_a_choice_offers_only_what_the_choices_before_it_leave() -> None:
    """Cash came in only, in one year: nothing else is offered beside it."""
    chosen = select(TABLE, {"FLOW_KIND": "CASH", "FLOW_DIRECTION": "OUT", "TIME_PERIOD": "2012"})

    assert [facet.options for facet in chosen.facets] == [("CASH", "TRADE"), ("IN",), ("2009",)]
    assert chosen.cells.num_rows == 1


@pytest.mark.parametrize("wanted", [{}, {"TIME_PERIOD": "1812"}, {"FLOW_KIND": "<script>"}])
def test_the_choice_made_for_the_reader_says_the_most(wanted: dict[str, str]) -> None:
    """Two members spoke of 2011, one of 2012; what was sent says more than a zero that was received."""
    chosen = select(TABLE, wanted)

    assert chosen.address == {"FLOW_KIND": "TRADE", "FLOW_DIRECTION": "OUT", "TIME_PERIOD": "2011"}


def test_withheld_cells_say_something() -> None:
    """A figure that is there but withheld is not counted as a zero."""
    table = cells(("CASH", "IN", "2012", "KZ", None), ("TRADE", "OUT", "2012", "KZ", 0))

    assert select(table, {}).address["FLOW_KIND"] == "CASH"


def test_between_equals_the_latest_period_is_chosen() -> None:
    """What is newest is looked for first."""
    table = cells(("TRADE", "OUT", "2011", "KZ", 1), ("TRADE", "OUT", "2012", "KZ", 1))

    assert select(table, {}).address["TIME_PERIOD"] == "2012"


def test_nothing_is_offered_where_there_is_nothing() -> None:
    """An empty table has no facets, and choosing from it is no error."""
    assert select(cells(), {}).facets == ()


def test_the_period_is_the_last_choice() -> None:
    """It is what a reader changes most, so it never moves the others."""
    flow = registry.dataflow("DECLARED_FLOW")

    assert dimensions(flow) == ("FLOW_KIND", "PRODUCT", "FLOW_DIRECTION", "MEASURE", "TIME_PERIOD")
    assert dimensions(flow, without=("TIME_PERIOD",))[-1] == "MEASURE"
