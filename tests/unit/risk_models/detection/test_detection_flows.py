"""Detections as flows: the schema of FLOW_RECORD, borders, and how often a transaction counts."""

from __future__ import annotations

import pyarrow as pa
import pytest

from risk_models.engine import Engine
from risk_models.errors import InvalidInput
from risk_models.typologies import compile as compile_flows
from risk_models.typologies.detection import definitions, detect, find, flows, named
from schemas.arrow import arrow_schema
from schemas.errors import InvalidTable
from schemas.registry import structure
from tests.support.transactions import Payment, packaged, table

RING: list[Payment] = [
    ("A", "B", 20, 500, {"CHANNEL": "MVTS", "ENTITY_TYPE": "ENT_BANK"}),
    ("B", "C", 21, 500, {"SENDER_AREA": "RU", "RECEIVER_AREA": "RU"}),
    ("C", "D", 22, 500, {"SENDER_AREA": "RU", "RECEIVER_AREA": "UZ"}),
    ("D", "A", 23, 500, {"SENDER_AREA": "UZ", "RECEIVER_AREA": "KZ", "CHANNEL": None}),
    ("Y", "Z", 0, 11),
    ("Y", "Z", 200, 13),
]


def test_what_crosses_the_border_is_a_flow_and_the_rest_is_counted() -> None:
    """Out of this state and into it; a payment within another state, and one between two others, are none."""
    made = flows(table(RING), find(table(RING), [packaged("CYCLE")]).detections)

    assert made.flows.schema == arrow_schema(structure("FLOW_RECORD"))
    assert (made.domestic, made.elsewhere) == (1, 1)
    rows = made.flows.select(
        [
            "COUNTERPART_AREA",
            "FLOW_DIRECTION",
            "METHOD",
            "CHANNEL",
            "ENTITY_TYPE",
            "N_TXN",
            "AMOUNT",
            "SUBJECT_ID",
        ]
    ).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("RU", "OUT", "TM27F", "MVTS", "ENT_BANK", 1, 50_000, "A"),
        ("UZ", "IN", "TM27F", "_X", "_U", 1, 50_000, "A"),
    ]


def test_detected_flows_are_compiled_like_named_ones() -> None:
    """One compilation to cells serves both."""
    contributions = compile_flows(detect(table(RING), [packaged("CYCLE")]))

    assert contributions.column("N_TXN").to_pylist() == [1, 1]


def test_a_transaction_counts_once_in_a_method_and_in_each_of_two_methods() -> None:
    """Two definitions of one method do not double it; methods do not add up."""
    split: list[Payment] = [(f"S{one}", "HUB", 20 + one, 500) for one in range(5) for _ in range(3)]
    split += [("HUB", None, 20 + one, 1_450) for one in range(5)]
    split += [("Y", "Z", 0, 11), ("Y", "Z", 200, 13)]
    found = find(table(split)).detections
    both = {row["DEFINITION"] for row in found.to_pylist()}
    made = detect(table(split))
    keys = list(zip(made.column("METHOD").to_pylist(), made.column("REPORT_ID").to_pylist(), strict=True))

    assert {"FAN_IN", "FAN_IN_SPLIT", "MULE_ACCOUNT"} <= both
    assert [method for method, _ in keys].count("TM27B") == 15
    assert [method for method, _ in keys].count("TM03B") == 20


def test_the_order_of_rows_and_the_number_of_threads_change_nothing() -> None:
    """The same transactions give the same table."""
    payments = table(RING)
    turned = payments.take(pa.array(range(len(RING) - 1, -1, -1)))

    assert find(payments, engine=Engine(threads=1)) == find(turned, engine=Engine(threads=2))


def test_no_transactions_are_no_detections() -> None:
    """An empty table is no error."""
    empty = arrow_schema(structure("TRANSACTION_RECORD")).empty_table()

    assert find(empty).detections.num_rows == 0
    assert detect(empty).num_rows == 0


def test_a_repeated_identifier_is_refused() -> None:
    """A transaction counted twice would make a pattern of one."""
    one = table(RING[:1])

    with pytest.raises(InvalidInput, match="1 rows repeat"):
        find(pa.concat_tables([one, one]))


def test_a_table_without_its_columns_is_refused() -> None:
    """What the rules read has to be there."""
    with pytest.raises(InvalidTable, match="SENDER_ID"):
        find(table(RING).drop_columns(["SENDER_ID"]))


def test_accounts_left_out_for_too_many_partners_are_counted() -> None:
    """A notice says how many; the rule does not look at them."""
    payments: list[Payment] = [(f"S{one}", "SHOP", one, 500) for one in range(120)]

    busy = find(table(payments), [packaged("CYCLE"), packaged("BIPARTITE"), packaged("SCATTER_GATHER")]).busy

    assert busy == {"CYCLE": 1, "BIPARTITE": 1, "SCATTER_GATHER": 0}


def test_a_label_definition_takes_what_the_analyst_named(records: object) -> None:
    """The method and its variants, and nothing else; no rule looks for it."""
    labelled = records([{"METHOD": "TM13"}, {"METHOD": "TM13B"}, {"METHOD": "TM14"}, {"METHOD": None}])  # type: ignore[operator]

    assert named(labelled, packaged("NAMED_TM13")).column("METHOD").to_pylist() == ["TM13", "TM13B"]
    assert find(table(RING), [one for one in definitions() if one.kind == "label"]).detections.num_rows == 0
