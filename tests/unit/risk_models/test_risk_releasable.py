"""Which rows of statistics become cells, and what is said of them when they leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from risk_models import typologies
from risk_models.disclosure import recheck, release
from risk_models.releasable import releasable
from schemas.arrow import arrow_schema
from schemas.registry import dataflow
from schemas.release import Certificate

Row = Mapping[str, Any]
ROW: Row = {"TIME_PERIOD": "2024", "REF_AREA": "KZ", "CRIME_TYPE": "ML", "MEASURE": "N_STR", "OBS_VALUE": 50}


def uploaded(dataflow_id: str, *rows: Row) -> pa.Table:
    """Accepted rows of an upload, changed from one row of reports."""
    schema = arrow_schema(dataflow(dataflow_id).upload)
    return pa.Table.from_pylist([{**ROW, **row} for row in rows], schema=schema)


def compiled(dataflow_id: str, *rows: Row) -> list[dict[str, Any]]:
    """The cells that are made of them."""
    return typologies.statistics(uploaded(dataflow_id, *rows), dataflow(dataflow_id)).to_pylist()


def released(dataflow_id: str, *rows: Row) -> list[dict[str, Any]]:
    """The cells as they leave."""
    cells = typologies.statistics(uploaded(dataflow_id, *rows), dataflow(dataflow_id))
    return release(cells, dataflow(dataflow_id)).released.table.to_pylist()


@pytest.mark.parametrize(
    ("dataflow_id", "row", "leaves"),
    [
        ("R33_A", {}, True),
        ("R33_A", {"ENTITY_TYPE": "FI"}, True),
        ("R33_A", {"CRIME_TYPE": "_T"}, True),
        ("R33_B", {"MEASURE": "P_CONV", "PREDICATE": "DCO08"}, True),
        ("R33_C", {"MEASURE": "V_CONF", "ASSET": "CASH"}, True),
        ("R33_C", {"MEASURE": "S_FROZ"}, False),
        ("R33_D", {"MEASURE": "N_REQ_IN", "COUNTERPART_AREA": "RU", "CRIME_TYPE": "ML"}, True),
        ("TYPOLOGY_CELL", {"METHOD": "TM_CASH"}, True),
        ("TYPOLOGY_CELL", {"METHOD": "TM01A"}, True),
        ("TYPOLOGY_CELL", {"METHOD": "_T"}, True),
        ("CONTEXT", {"MEASURE": "POP"}, True),
    ],
    ids=str,
)
def test_parts_and_wholes_leave_and_stocks_stay(dataflow_id: str, row: Row, *, leaves: bool) -> None:
    """Every cut leaves with its whole, at every level of its list; what is checked only stays at the node."""
    assert bool(compiled(dataflow_id, row)) is leaves


@pytest.mark.parametrize("dataflow_id", ["R33_A", "R33_B", "R33_C", "R33_D", "TYPOLOGY_CELL"])
def test_nothing_but_the_named_measures_stays(dataflow_id: str) -> None:
    """Of all measures of a dataflow exactly those that its definition keeps inside are no cells."""
    flow = dataflow(dataflow_id)
    measures = flow.cells.column("MEASURE").only
    varied = [
        {**{name: flow.whole(name) for name in flow.cells.dimensions}, "MEASURE": one} for one in measures
    ]

    mask = releasable(pa.Table.from_pylist(varied), flow).to_pylist()

    staying = {measure for measure, leaves in zip(measures, mask, strict=True) if not leaves}
    assert staying == set(flow.inside) & set(measures)


def test_no_total_is_made_of_parts() -> None:
    """A total that was not given is not released, even where its parts are complete."""
    parts = [{"ENTITY_TYPE": name, "OBS_VALUE": 9} for name in ("FI", "DNFBP", "VASP", "OTHER")]

    assert {cell["ENTITY_TYPE"] for cell in compiled("R33_A", *parts)} == {"FI", "DNFBP", "VASP", "OTHER"}


@pytest.mark.parametrize(
    ("obs_status", "value", "expected"),
    [
        (None, 50, ("A", "F", 50, 50, 50)),
        ("P", 50, ("P", "F", 50, 50, 50)),
        ("E", 50, ("E", "F", 50, 50, 50)),
        ("B", 0, ("B", "F", 0, 0, 0)),
        ("L", None, ("L", "F", None, 0, None)),
        ("M", None, ("M", "F", None, 0, None)),
        ("Q", None, ("Q", "D", None, 0, None)),
    ],
)
def test_a_figure_leaves_with_the_status_it_came_with(
    obs_status: str | None, value: int | None, expected: tuple[Any, ...]
) -> None:
    """Provisional, estimated, not available, not applicable and suppressed stay what they are."""
    (cell,) = released("R33_A", {"OBS_STATUS": obs_status, "OBS_VALUE": value})

    names = ("OBS_STATUS", "CONF_STATUS", "OBS_VALUE", "OBS_LOWER", "OBS_UPPER")
    assert tuple(cell[name] for name in names) == expected


def test_a_small_count_is_withheld_whatever_its_status_and_says_nothing_more() -> None:
    """A provisional 2 becomes an interval, and the note about it stays inside."""
    (cell,) = released("R33_A", {"OBS_STATUS": "P", "OBS_VALUE": 2, "KNOWN_GAPS": "two of one region"})

    assert (cell["OBS_VALUE"], cell["OBS_UPPER"], cell["OBS_STATUS"]) == (None, 2, "Q")
    assert cell["KNOWN_GAPS"] is None


def test_what_is_said_beside_a_shown_figure_travels_with_it() -> None:
    """Definition, compiler, source and gaps belong to the row."""
    (cell,) = released("R33_A", {"DEFINITION": "2.1", "COMPILER": "FIU", "SOURCE_SYSTEM": "register"})

    assert (cell["DEFINITION"], cell["COMPILER"], cell["SOURCE_SYSTEM"]) == ("2.1", "FIU", "register")


@pytest.mark.parametrize(("orders", "is_shown"), [(9, True), (2, False), (None, False)])
def test_property_shared_follows_the_number_of_its_orders(orders: int | None, *, is_shown: bool) -> None:
    """With the same counterpart: what two orders returned is told by no one."""
    shared = {"COUNTERPART_AREA": "RU", "MEASURE": "V_SHARED", "OBS_VALUE": 10**9}
    count = {"COUNTERPART_AREA": "RU", "MEASURE": "N_SHARED", "OBS_VALUE": orders}
    rows = [shared, count] if orders is not None else [shared]

    cells = {cell["MEASURE"]: cell for cell in released("R33_C", *rows)}

    assert (cells["V_SHARED"]["OBS_VALUE"] is not None) is is_shown


@pytest.mark.parametrize(("packages", "is_shown"), [(5, True), (1, False)])
def test_days_are_no_count_and_follow_one(packages: int, *, is_shown: bool) -> None:
    """A median of two days is shown beside five disseminations; beside one it is that one's own."""
    rows = [
        {"CRIME_TYPE": "_T", "MEASURE": "D_DISS_MED", "OBS_VALUE": 2},
        {"CRIME_TYPE": "_T", "MEASURE": "N_PKG", "OBS_VALUE": packages},
    ]

    cells = {cell["MEASURE"]: cell for cell in released("R33_A", *rows)}

    assert (cells["D_DISS_MED"]["OBS_VALUE"] == 2) is is_shown


@pytest.mark.parametrize(("subjects", "is_shown"), [(9, True), (1, False), (None, True)])
def test_many_reports_about_one_person_are_withheld(subjects: int | None, *, is_shown: bool) -> None:
    """Where the number of subjects is given, it decides about reports and amounts as well."""
    rows = [
        {"METHOD": "TM01", "MEASURE": "N_STR", "OBS_VALUE": 40},
        {"METHOD": "TM01", "MEASURE": "V_TXN", "OBS_VALUE": 10**8},
        {"METHOD": "TM01", "MEASURE": "N_SUBJ", "OBS_VALUE": subjects},
    ]
    given = rows if subjects is not None else rows[:2]

    cells = {cell["MEASURE"]: cell for cell in released("TYPOLOGY_CELL", *given)}

    assert (cells["N_STR"]["OBS_VALUE"] is not None) is is_shown
    assert (cells["V_TXN"]["OBS_VALUE"] is not None) is is_shown


def test_a_receiver_refuses_shown_values_of_few() -> None:
    """The re-check asks of a peer's cells what the release asks of our own."""
    flow = dataflow("TYPOLOGY_CELL")
    cells = typologies.statistics(
        uploaded(
            "TYPOLOGY_CELL",
            {"METHOD": "TM01"},
            {"METHOD": "TM01", "MEASURE": "N_SUBJ", "OBS_VALUE": None, "OBS_STATUS": "Q"},
        ),
        flow,
    )
    rows = cells.to_pylist()
    rows[1] |= {"CONF_STATUS": "A", "OBS_UPPER": 4}
    table = pa.Table.from_pylist(rows, schema=cells.schema)

    found = recheck(table, Certificate([], {"exact": 1, "prim_small": 1}, [], {}), flow)

    assert [finding.rule for finding in found] == ["value.of_few"]


def test_a_receiver_refuses_a_measure_that_stays_at_its_node() -> None:
    """A peer that sends a stock of frozen property sent what its own node should have kept."""
    flow = dataflow("R33_C")
    cells = typologies.statistics(uploaded("R33_C", {"MEASURE": "V_FROZ", "OBS_VALUE": 0}), flow)
    table = pa.Table.from_pylist([{**cells.to_pylist()[0], "MEASURE": "S_FROZ"}], schema=cells.schema)

    found = recheck(table, Certificate([], {"exact": 1}, [], {}), flow)

    assert [finding.rule for finding in found] == ["row.not_releasable"]


def test_a_register_leaves_word_for_word_in_the_order_of_its_key() -> None:
    """Nothing of it is counted or withheld, and its certificate says so."""
    flow = dataflow("RECOMMENDATION")
    rows = [
        {
            "TIME_PERIOD": "2024",
            "REF_AREA": "KZ",
            "RECOMMENDATION_ID": f"KZ-R-2024-00{number}",
            "RECOMMENDATION_STATUS": "PROPOSED",
            "RECOMMENDED_ACTION": "Train.",
            "ADDRESSEE": "Supervisors",
            "LANGUAGE": "en",
        }
        for number in (2, 1)
    ]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(flow.upload))

    result = release(typologies.statistics(table, flow), flow).released

    assert [row["RECOMMENDATION_ID"][-1] for row in result.table.to_pylist()] == ["1", "2"]
    assert result.table.column("RECOMMENDED_ACTION").to_pylist() == ["Train.", "Train."]
    assert (result.certificate.rules, result.certificate.counts) == (("register",), {"exact": 2})
    assert recheck(result.table, result.certificate, flow) == ()
    (finding,) = recheck(result.table, Certificate([], {"exact": 3}, [], {}), flow)
    assert finding.rule == "certificate.counts"


def test_an_open_dataflow_leaves_whole() -> None:
    """Chapters of trade and their total are published figures: all of them leave."""
    row = {"COUNTERPART_AREA": "RU", "FLOW_DIRECTION": "OUT", "FLOW_KIND": "TRADE", "MEASURE": None}
    table = uploaded("DECLARED_FLOW", {**row, "PRODUCT": "_T"}, {**row, "PRODUCT": "HS27"})

    assert releasable(table, dataflow("DECLARED_FLOW")).to_pylist() == [True, True]
    assert {cell["MEASURE"] for cell in released("DECLARED_FLOW", {**row, "PRODUCT": "_T"})} == {"V_DECL"}
