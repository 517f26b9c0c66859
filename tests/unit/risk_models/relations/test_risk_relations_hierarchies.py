"""What lies within what, and whether it adds up."""

from __future__ import annotations

import pytest

from risk_models.disclosure.relations.hierarchies import above, additions, complete, whole_of, within
from schemas.registry import dataflow


@pytest.mark.parametrize(
    ("dataflow_id", "dimension", "code", "chain"),
    [
        ("R33_A", "ENTITY_TYPE", "FI07A", ("FI07", "FI", "_T")),
        ("R33_A", "ENTITY_TYPE", "_U", ("_T",)),
        ("R33_A", "ENTITY_TYPE", "_T", ()),
        ("R33_A", "ENTITY_TYPE", "NOT_A_CODE", ()),
        ("R33_A", "TIME_PERIOD", "2024-M05", ("2024-Q2", "2024")),
        ("R33_A", "TIME_PERIOD", "2024-Q4", ("2024",)),
        ("R33_A", "TIME_PERIOD", "2024", ()),
        ("R33_A", "TIME_PERIOD", "soon", ()),
        ("R33_A", "REF_AREA", "KG", ()),
        ("R33_C", "COUNTERPART_AREA", "RU", ("_Z",)),
        ("R33_C", "COUNTERPART_AREA", "_Z", ()),
        ("R33_D", "COUNTERPART_AREA", "RU", ("W1",)),
        ("SUSPICIOUS_FLOW", "COUNTERPART_AREA", "_X", ("W1",)),
        ("SUSPICIOUS_FLOW", "FLOW_DIRECTION", "OUT", ()),
        ("DECLARED_FLOW", "PRODUCT", "HS27", ("_T",)),
        ("DECLARED_FLOW", "PRODUCT", "_Z", ()),
    ],
)
def test_codes_lie_within_the_codes_above_them(
    dataflow_id: str, dimension: str, code: str, chain: tuple[str, ...]
) -> None:
    """Nearest first, up to the whole of the dimension; the whole and what is not applicable lie within nothing."""
    assert above(dataflow(dataflow_id), dimension, [code]) == {code: chain}


@pytest.mark.parametrize(
    ("dataflow_id", "measure", "dimension", "addition"),
    [
        ("R33_A", "N_STR", "ENTITY_TYPE", "sum"),
        ("R33_A", "N_DISS", "RECIPIENT", "union"),
        ("R33_A", "N_STR", "TIME_PERIOD", "sum"),
        ("R33_A", "D_DISS_MED", "CRIME_TYPE", None),
        ("R33_B", "N_SANC", "SANCTION", "union"),
        ("R33_B", "N_SANC", "PERSON_TYPE", "sum"),
        ("R33_C", "N_CONF", "ASSET", "union"),
        ("R33_C", "V_CONF", "ASSET", "sum"),
        ("R33_C", "S_FROZ", "TIME_PERIOD", None),
        ("R33_C", "S_FROZ", "ASSET", "sum"),
        ("TYPOLOGY_CELL", "N_STR", "METHOD", "union"),
        ("TYPOLOGY_CELL", "N_SUBJ", "TIME_PERIOD", "union"),
        ("TYPOLOGY_CELL", "N_TXN", "CHANNEL", "sum"),
        ("SUSPICIOUS_FLOW", "N_STR", "COUNTERPART_AREA", "union"),
        ("SUSPICIOUS_FLOW", "N_SUBJ", "TIME_PERIOD", "union"),
        ("SUSPICIOUS_FLOW", "V_TXN", "COUNTERPART_AREA", "sum"),
        ("SUSPICIOUS_FLOW", "V_TXN", "REF_AREA", None),
        ("FATF_RATING", "RATING", "TIME_PERIOD", None),
        ("CONTEXT", "POP", "TIME_PERIOD", None),
        ("R33_A", "NOT_A_MEASURE", "CRIME_TYPE", None),
    ],
)
def test_structures_say_what_adds_up(
    dataflow_id: str, measure: str, dimension: str, addition: str | None
) -> None:
    """Declared parts are disjoint; others may overlap; medians, ratings and stocks over time never add up."""
    assert additions(dataflow(dataflow_id), [measure], dimension) == [addition]


def test_the_whole_of_a_dimension_is_what_its_balance_is_held_against() -> None:
    """An empty product means that none is known, and the chapters add up to the total."""
    flow = dataflow("DECLARED_FLOW")

    assert (flow.whole("PRODUCT"), whole_of(flow, "PRODUCT")) == ("_Z", "_T")
    assert whole_of(flow, "FLOW_DIRECTION") is None


def test_parts_are_listed_under_their_code() -> None:
    """Codes directly under a code, periods directly under a period."""
    flow = dataflow("TYPOLOGY_CELL")

    assert within(flow, "CHANNEL", "CASH") == ("CASH_COURIER", "ATM")
    assert within(flow, "CHANNEL", "ATM") == ()
    assert within(flow, "TIME_PERIOD", "2024-Q2") == ("2024-M04", "2024-M05", "2024-M06")
    assert within(flow, "TIME_PERIOD", "2024-M05") == ()
    assert within(dataflow("R33_A"), "CRIME_TYPE", "_T") == ("ML", "TF", "PF")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"}, True),
        ({"2024-Q1", "2024-Q2", "2024-Q3", "2024-M10", "2024-M11", "2024-M12"}, True),
        ({"2024-Q1", "2024-Q2", "2024-Q3", "2024-M10", "2024-M11"}, False),
        (set(), False),
    ],
)
def test_a_year_is_complete_when_no_month_is_left_out(parts: set[str], *, expected: bool) -> None:
    """A quarter stands for its months."""
    assert complete(dataflow("R33_A"), "TIME_PERIOD", "2024", parts) is expected
