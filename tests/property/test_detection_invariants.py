"""What is found does not depend on what has no say: order, names, the calendar, and traffic of others."""

from __future__ import annotations

import datetime as dt
import random

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_models.engine import Engine
from risk_models.typologies.detection import detect, find
from risk_models.typologies.embedded import Embedded
from tests.support.laundering import PATTERNS, Traffic, planted

SEEDS = st.integers(0, 2**32 - 1)


def traffic(seed: int) -> Traffic:
    """One instance of every pattern among sixty accounts, and payments by chance."""
    made = Traffic(60, 150, random.Random(seed))
    for _ in range(200):
        sender, receiver = made.some(2)
        made.pay(sender, receiver, made.chance.randrange(150), made.dollars(5, 900))
    return planted(made, 1)


def found(table: pa.Table) -> set[tuple[str, frozenset[str]]]:
    """Every detection: its definition and its transactions."""
    groups: dict[tuple[str, int], set[str]] = {}
    for row in find(table).detections.to_pylist():
        groups.setdefault((row["DEFINITION"], row["DETECTION"]), set()).add(row["TRANSACTION_ID"])
    return {(definition, frozenset(places)) for (definition, _), places in groups.items()}


@given(SEEDS)
@settings(max_examples=3)
def test_order_and_threads_change_nothing(seed: int) -> None:
    """Rows in any order, on one thread or two, give the same table to the last row."""
    made = traffic(seed)
    table = made.table()
    places = list(range(table.num_rows))
    random.Random(seed + 1).shuffle(places)

    assert find(table, engine=Embedded(Engine(threads=1))) == find(
        table.take(places), engine=Embedded(Engine(threads=2))
    )
    assert detect(table) == detect(table.take(places))


@given(SEEDS, st.integers(-2_000, 2_000))
@settings(max_examples=3)
def test_another_calendar_changes_nothing(seed: int, shift: int) -> None:
    """All dates moved by the same number of days: the same detections."""
    made = traffic(seed)
    moved = Traffic(made.persons, made.days, made.chance)
    moved.rows = [
        {
            name: value + dt.timedelta(shift) if isinstance(value, dt.date) else value
            for name, value in row.items()
        }
        for row in made.rows
    ]

    assert found(moved.table()) == found(made.table())


@given(SEEDS)
@settings(max_examples=3)
def test_labels_have_no_say(seed: int) -> None:
    """Reports and reporting entities renamed: the same detections."""
    table = traffic(seed).table()
    size = table.num_rows
    renamed = table
    for name in ("REPORT_ID", "REPORTING_ENTITY", "ENTITY_TYPE"):
        place = renamed.column_names.index(name)
        renamed = renamed.set_column(
            place, renamed.schema.field(name), pa.repeat(pa.scalar("ENT_BANK"), size)
        )

    assert found(renamed) == found(table)


@given(SEEDS)
@settings(max_examples=3)
def test_every_transaction_found_exists_and_every_flow_crosses_the_border(seed: int) -> None:
    """Nothing is made up; flows keep the amounts of their transactions, once a method."""
    made = traffic(seed)
    table = made.table()
    detections = find(table).detections
    flows = detect(table)
    keys = list(
        zip(
            detections.column("METHOD").to_pylist(),
            detections.column("TRANSACTION_ID").to_pylist(),
            strict=True,
        )
    )
    crossing = {
        row["TRANSACTION_ID"]: row["AMOUNT"]
        for row in made.rows
        if row["SENDER_AREA"] != row["RECEIVER_AREA"] and "KZ" in {row["SENDER_AREA"], row["RECEIVER_AREA"]}
    }

    assert {place for _, place in keys} <= set(table.column("TRANSACTION_ID").to_pylist())
    expected = sum(crossing.get(place, 0) for _, place in set(keys))
    assert (pc.sum(flows.column("AMOUNT")).as_py() or 0) == expected


def test_all_patterns_are_in_the_traffic_of_these_properties() -> None:
    """The properties are about something: every definition finds its pattern in one of a few seeds."""
    seen = {definition for seed in range(4) for definition, _ in found(traffic(seed).table())}

    assert set(PATTERNS) <= seen
