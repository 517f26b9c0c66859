"""Disclosure control against an attacker who is not our own code.

The rules are recomputed here from the records, and what can be inferred is found by linear programming over
everything that was released; neither uses a function of the disclosure package.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from risk_models import typologies
from risk_models.disclosure import release
from risk_models.engine import Engine
from schemas.arrow import arrow_schema
from schemas.registry import codelist, dataflow, structure
from schemas.release import ReleasedTable

REPORTER = "KG"
AREAS = ("RU", "KZ", "UZ", "DE", "CN", "AE")
METHODS = tuple(f"TM{number:02d}" for number in range(1, 9))
N, N_ENTITIES, P, POOLED = 3, 2, 10, 3
MEASURES = ("N_STR", "N_TXN", "V_TXN")
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


@dataclass(frozen=True)
class Record:
    """One synthetic record; its method is its block."""

    method: str
    counterpart: str
    report: str
    subject: str
    entity: str
    n_txn: int | None
    amount: int


def some_records(seed: int) -> list[Record]:
    """Eight blocks with small and large cells, shared reports, dominating amounts and gaps in N_TXN."""
    rng = random.Random(seed)
    return [record for method in METHODS for record in some_block(rng, method)]


def some_block(rng: random.Random, method: str) -> Iterator[Record]:
    """The records of one block; every second block has amounts of one size."""
    sizes = rng.choice([[1, 1, 2, 3], [1, 2, 3, 4, 6], [3, 6, 9], [12, 14]])
    amounts = rng.choice([[0, 1, 10, 100, 1000, 50_000], [40, 60, 100]])
    entities, subjects = rng.choice([1, 3, 6]), rng.choice([2, 4, 9])
    states_transactions = rng.random() < 0.8
    shares_reports = rng.random() < 0.3
    for area in rng.sample(AREAS, rng.randint(1, len(AREAS))):
        few_subjects = rng.random() < 0.3
        for number in range(rng.choice(sizes)):
            states = states_transactions or rng.random() < 0.9
            yield Record(
                method=method,
                counterpart=area,
                report=f"r{rng.randint(0, 12)}" if shares_reports else f"r-{area}-{number}",
                subject=f"s{rng.randint(0, 1 if few_subjects else subjects)}",
                entity=f"e{rng.randint(0, entities)}",
                n_txn=rng.choice([0, 1, 1, 2, 5]) if states else None,
                amount=rng.choice(amounts) * rng.randint(1, 9),
            )


def table_of(records: list[Record]) -> pa.Table:
    """The records as accepted FLOW_RECORD rows."""
    day = dt.date(2016, 5, 1)
    rows = [
        {
            "REPORT_ID": record.report,
            "SUBJECT_ID": record.subject,
            "REPORTING_ENTITY": record.entity,
            "BEGIN_DATE": day,
            "END_DATE": day,
            "REF_AREA": REPORTER,
            "COUNTERPART_AREA": record.counterpart,
            "FLOW_DIRECTION": "OUT",
            "METHOD": record.method,
            "CHANNEL": "_X",
            "N_TXN": record.n_txn,
            "AMOUNT": record.amount,
            "CURRENCY": "USD",
        }
        for record in records
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(structure("FLOW_RECORD")))


def released(records: list[Record]) -> ReleasedTable:
    """The whole way from records to the table that leaves."""
    return release(typologies.compile(table_of(records)), dataflow("SUSPICIOUS_FLOW"))


Cells = dict[str, dict[str, object]]


def cells_of(result: ReleasedTable, measure: str) -> Iterator[tuple[str, Cells]]:
    """The released rows of one measure, by counterpart, for one method after another."""
    blocks: dict[str, Cells] = defaultdict(dict)
    for row in result.table.to_pylist():
        if row["MEASURE"] == measure:
            blocks[row["METHOD"]][row["COUNTERPART_AREA"]] = row
    yield from blocks.items()


def withheld_in(cells: Cells) -> list[str]:
    """The withheld counterparts, without the remainder."""
    return sorted(area for area, row in cells.items() if row["OBS_STATUS"] == "Q" and area != "_O")


def of_block(records: list[Record], method: str) -> list[Record]:
    """The records of one block."""
    return [record for record in records if record.method == method]


def truth(records: list[Record]) -> dict[str, int | None]:
    """The three measures of a group of records, counted the long way."""
    transactions = [record.n_txn for record in records]
    return {
        "N_STR": len({record.report for record in records}),
        "N_TXN": None if None in transactions else sum(n for n in transactions if n is not None),
        "V_TXN": sum(record.amount for record in records),
    }


def breaks_a_primary_rule(records: list[Record]) -> bool:
    """The rules of the methodology (3.2), written again."""
    if not records:
        return False
    by_entity: dict[str, int] = defaultdict(int)
    for record in records:
        by_entity[record.entity] += record.amount
    x1, x2 = (*sorted(by_entity.values(), reverse=True), 0)[:2]
    counted = truth(records)
    total, transactions = counted["V_TXN"], counted["N_TXN"]
    assert total is not None
    return (
        len({record.subject for record in records}) < N
        or len(by_entity) < N_ENTITIES
        or len({record.report for record in records}) < N
        or (transactions is not None and 0 < transactions < N)
        or 100 * (total - x1 - x2) < P * x1
    )


def of_area(records: list[Record], *areas: str) -> list[Record]:
    """The records of some counterparts."""
    return [record for record in records if record.counterpart in areas]


@dataclass(frozen=True)
class Attacker:
    """What someone knows beside the release: exact cells, and least values of others."""

    name: str
    exact: dict[str, int]
    least: dict[str, int]


def attackers(records: list[Record], withheld: list[str], measure: str) -> Iterator[Attacker]:
    """An outsider, each counterpart with its exact mirror, each entity with its own contributions."""
    yield Attacker("outsider", {}, {})
    for area in withheld:
        known = truth(of_area(records, area))[measure]
        assert known is not None
        yield Attacker(f"counterpart {area}", {area: known}, {})
    for entity in sorted({record.entity for record in of_area(records, *withheld)}):
        own = {
            area: truth([row for row in of_area(records, area) if row.entity == entity])[measure] or 0
            for area in withheld
        }
        yield Attacker(f"entity {entity}", {}, own)


def bounds_by_lp(
    attacker: Attacker, withheld: list[str], total: int, floors: dict[str, int]
) -> dict[str, tuple[float, float]] | None:
    """The narrowest interval of every open cell over all vectors that agree with the release, if any do."""
    box = [
        (attacker.exact[area],) * 2
        if area in attacker.exact
        else (max(floors[area], attacker.least.get(area, 0)), total)
        for area in withheld
    ]
    found = {}
    for position, area in enumerate(withheld):
        if area in attacker.exact:
            continue
        ends = []
        for sign in (1, -1):
            objective = np.zeros(len(withheld))
            objective[position] = sign
            answer = linprog(
                objective, A_eq=np.ones((1, len(withheld))), b_eq=[total], bounds=box, method="highs"
            )
            if not answer.success:
                return None
            ends.append(sign * answer.fun)
        found[area] = (ends[0], ends[1])
    return found


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_no_exact_cell_breaks_a_primary_rule(seed: int) -> None:
    """Whatever is shown exactly, the remainder included, satisfies the rules recomputed from its records."""
    records = some_records(seed)
    result = released(records)

    for measure in MEASURES:
        for method, cells in cells_of(result, measure):
            block = of_block(records, method)
            for area, row in cells.items():
                if row["OBS_STATUS"] != "A":
                    continue
                behind = of_area(block, *(withheld_in(cells) if area == "_O" else [area]))
                assert row["OBS_VALUE"] == truth(behind)[measure]
                if measure != "N_TXN":  # transactions are judged with their own measure
                    behind = [replace(record, n_txn=None) for record in behind]
                assert not breaks_a_primary_rule(behind)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_every_interval_holds_the_truth(seed: int) -> None:
    """A withheld cell's true value lies in the interval that is shipped for it."""
    records = some_records(seed)
    result = released(records)

    for measure in MEASURES:
        for method, cells in cells_of(result, measure):
            for area in withheld_in(cells):
                value = truth(of_area(of_block(records, method), area))[measure]
                lower, upper = cells[area]["OBS_LOWER"], cells[area]["OBS_UPPER"]
                assert value is None or (isinstance(lower, int) and lower <= value)
                assert value is None or upper is None or (isinstance(upper, int) and value <= upper)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_the_release_does_not_depend_on_the_order_of_records(seed: int) -> None:
    """Shuffled records, shuffled contributions and one thread give the same table and certificate."""
    records = some_records(seed)
    shuffled = random.Random(seed).sample(records, len(records))
    contributions = typologies.compile(table_of(shuffled), Engine(threads=1))
    order = list(range(contributions.num_rows))
    random.Random(seed + 1).shuffle(order)

    first = released(records)
    second = release(contributions.take(order), dataflow("SUSPICIOUS_FLOW"), engine=Engine(threads=1))

    assert second.table.equals(first.table)
    assert second.certificate == first.certificate


@given(SEEDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_linear_programming_never_narrows_a_withheld_amount_too_far(seed: int) -> None:
    """Every attacker's upper bound exceeds what it does not know of a cell by p percent of it or more."""
    records = some_records(seed)

    for method, cells in cells_of(released(records), "V_TXN"):
        block, withheld = of_block(records, method), withheld_in(cells)
        total = cells["_O"]["OBS_VALUE"] if withheld else None
        if not isinstance(total, int):
            continue
        assert len(withheld) >= POOLED
        for attacker in attackers(block, withheld, "V_TXN"):
            bounds = bounds_by_lp(attacker, withheld, total, dict.fromkeys(withheld, 0))
            assert bounds is not None
            for area, (_, upper) in bounds.items():
                value = truth(of_area(block, area))["V_TXN"]
                assert value is not None
                unknown = value - attacker.least.get(area, 0)
                assert upper - value >= max(1, P / 100 * unknown) - 1e-6, attacker.name


@given(SEEDS, st.sampled_from(["N_STR", "N_TXN"]), st.sampled_from(["presumes", "trusts nothing"]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_linear_programming_never_pins_a_withheld_count(seed: int, measure: str, mind: str) -> None:
    """No attacker finds one possible count, and an outsider never learns that a count is below the minimum.

    One that presumes takes a cell withheld as small to hold one at least and any other withheld cell to have
    passed the frequency rule. For reports both presume that no report names two counterparts.
    """
    records = some_records(seed)

    for method, cells in cells_of(released(records), measure):
        block, withheld = of_block(records, method), withheld_in(cells)
        total = cells["_O"]["OBS_VALUE"] if withheld else None
        if not isinstance(total, int):
            continue
        least = {area: 1 if cells[area]["CONF_STATUS"] == "A" else N for area in withheld}
        floors = least if mind == "presumes" else dict.fromkeys(withheld, 0)
        for attacker in attackers(block, withheld, measure):
            bounds = bounds_by_lp(attacker, withheld, total, floors)
            for lower, upper in (bounds or {}).values():  # none: the release itself refutes the presumption
                assert upper - lower >= 1 - 1e-6, attacker.name
                assert attacker.name != "outsider" or upper >= N - 1e-6


def test_the_random_records_reach_every_outcome() -> None:
    """The generator makes shown and withheld remainders, cover and clean blocks: a guard on these tests."""
    outcomes = set()
    for seed in range(12):
        for _, cells in cells_of(released(some_records(seed)), "V_TXN"):
            remainder = cells.get("_O")
            outcomes.add("clean" if remainder is None else f"remainder {remainder['OBS_STATUS']}")
            outcomes |= {row["CONF_STATUS"] for area, row in cells.items() if area != "_O"}

    assert outcomes == {"clean", "remainder A", "remainder Q", "A", "D", "M", "F"}


@pytest.mark.parametrize("area", AREAS)
def test_the_areas_of_these_tests_are_codes(area: str) -> None:
    """The synthetic counterparts are codes of the list of areas."""
    assert area in codelist("CL_AREA")
