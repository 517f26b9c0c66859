"""Relations of random releases against an enumeration that knows nothing of the package's own way."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_models.disclosure import recheck
from risk_models.disclosure.linear.elimination import determined
from risk_models.disclosure.relations import Linked, system_of
from schemas.arrow import arrow_schema
from schemas.registry import codelist, dataflow
from schemas.release import Certificate

FLOW = dataflow("TYPOLOGY_CELL")
PERIODS = ("2024", "2024-Q1", "2024-M01", "2024-M02", "2024-M03", "2024-M05")
CHANNELS = ("_T", "CASH", "ATM", "CASH_COURIER", "CARD", "_X")
ENTITIES = ("_T", "FI", "FI07", "FI07A", "FI07B", "FI01", "VASP")
LEAVES = (
    ("2024-M01", "2024-M02", "2024-M05"),
    ("ATM", "CASH_COURIER", "CARD", "_X"),
    ("FI07A", "FI07B", "FI01", "VASP"),
)
PLACES = (0, 5, 6)
Key = tuple[str, ...]
QUIET = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def key(period: str, channel: str, entity: str, measure: str = "N_TXN") -> Key:
    """A key of a typology cell."""
    return (period, "KG", "_Z", "TM01", "_T", channel, entity, measure)


def within(place: int, code: str) -> list[str]:
    """The codes above a code, written out for periods and looked up in the list's own column for codes."""
    if place == 0:
        return ([] if code == "2024" else ["2024"]) if "M" not in code else [*quarter(code), "2024"]
    codes = codelist("CL_CHANNEL" if place == PLACES[1] else "CL_ENTITY_TYPE")
    found, parent = [], codes.code(code).parent
    while parent is not None:
        found.append(parent)
        parent = codes.code(parent).parent
    return found if code == "_T" else [*found, "_T"]


def quarter(month: str) -> list[str]:
    """The quarter of a month."""
    return ["2024-Q1"] if month in {"2024-M01", "2024-M02", "2024-M03"} else ["2024-Q2"]


def moved(one: Key, place: int, code: str) -> Key:
    """A key with another code in one place."""
    return (*one[:place], code, *one[place + 1 :])


def unseen_parents(given: set[Key]) -> set[Key]:
    """Keys of the whole grid that are whole along one dimension and take part in another, to the fixpoint."""
    present = set(given)
    candidates = grid(given)
    while True:
        added = set()
        for candidate in candidates - present:
            parent_of, part_of = set(), set()
            for place in PLACES:
                if any(is_nearest(candidate, other, place, present | {candidate}) for other in present):
                    parent_of.add(place)
                if any(moved(candidate, place, code) in present for code in within(place, candidate[place])):
                    part_of.add(place)
            if parent_of and len(parent_of | part_of) > 1:
                added.add(candidate)
        if not added:
            return present - given
        present |= added


def grid(keys: set[Key]) -> set[Key]:
    """Every combination of the codes of the keys and of the codes above them."""
    codes = [{code for one in keys for code in (one[place], *within(place, one[place]))} for place in PLACES]
    return {key(*codes) for codes in product(*codes)}


def is_nearest(whole: Key, part: Key, place: int, present: set[Key]) -> bool:
    """True if a part lies within a whole along one dimension and nothing present lies between them."""
    if any(whole[other] != part[other] for other in range(len(whole)) if other != place):
        return False
    above = within(place, part[place])
    if whole[place] not in above:
        return False
    between = above[: above.index(whole[place])]
    return not any(moved(part, place, code) in present for code in between)


def enumerated(given: set[Key]) -> set[tuple[Key, frozenset[Key]]]:
    """Every whole with its parts, by trying all pairs."""
    present = given | unseen_parents(given)
    found = set()
    for whole, place in product(present, PLACES):
        parts = frozenset(part for part in present if is_nearest(whole, part, place, present))
        if parts:
            found.add((whole, parts))
    return found


def stated(found: Linked, keys: list[Key], unseen: list[Key]) -> set[tuple[Key, frozenset[Key]]]:
    """Every sum of the system, without its rest and without cells that are absent from all tables."""
    names = dict(enumerate([*keys, *unseen]))
    sums = [
        (
            next(names.get(cell) for cell, sign in equation if sign > 0),
            frozenset(names[cell] for cell, sign in equation if sign < 0 and cell in names),
        )
        for equation in found.system.equations()
    ]
    return {(whole, parts) for whole, parts in sums if whole is not None and parts}


@st.composite
def releases(draw: st.DrawFn) -> dict[Key, int | None]:
    """Cells of a random selection of a cube, with values that are sums of random records."""
    records = draw(st.lists(st.tuples(*(st.sampled_from(codes) for codes in LEAVES)), min_size=1, max_size=8))
    amounts = draw(st.lists(st.integers(0, 9), min_size=len(records), max_size=len(records)))
    every = [key(*codes) for codes in product(PERIODS, CHANNELS, ENTITIES)]
    chosen = draw(st.lists(st.sampled_from(every), min_size=1, max_size=14, unique=True))
    cells: dict[Key, int | None] = {}
    for one in chosen:
        cells[one] = sum(
            amount
            for record, amount in zip(records, amounts, strict=True)
            if all(
                one[place] in {code, *within(place, code)} for place, code in zip(PLACES, record, strict=True)
            )
        )
    for one in draw(st.sets(st.sampled_from(chosen), max_size=3)):
        cells[one] = None
    return cells


def built(cells: dict[Key, int | None]) -> Linked:
    """The system of the cells in the order of the mapping."""
    return system_of(list(cells), list(cells.values()), FLOW)


@QUIET
@given(releases())
def test_every_equation_holds_and_no_given_value_changes(cells: dict[Key, int | None]) -> None:
    """The system refuses an equation that does not hold; slack and unseen parents are never negative."""
    found = built(cells)
    values = found.system.values.tolist()

    assert all(given in (None, value) for given, value in zip(cells.values(), values, strict=False))
    assert found.unseen.tolist()[: len(cells)] == [value is None for value in cells.values()]
    assert found.unseen[len(cells) :].all()
    assert min(values) >= 0
    assert {one["kind"] for one in found.statements} <= {"sum", "sum_with_rest"}


@settings(QUIET, max_examples=25)
@given(releases())
def test_wholes_and_parts_are_those_of_the_enumeration(cells: dict[Key, int | None]) -> None:
    """Trying every pair of cells, and every absent key as a parent, gives the same wholes and parts."""
    given = set(cells)

    assert stated(built(cells), list(cells), sorted(unseen_parents(given))) == enumerated(given)


@QUIET
@given(releases(), st.randoms(use_true_random=False))
def test_rows_in_another_order_give_the_same_system(
    cells: dict[Key, int | None], order: random.Random
) -> None:
    """Only the numbers of the given cells change with the order of the rows."""
    found = built(cells)
    shuffled = list(cells)
    order.shuffle(shuffled)
    other = built({one: cells[one] for one in shuffled})
    numbers = {place: shuffled.index(one) for place, one in enumerate(cells)}

    assert other.statements == found.statements
    assert [
        sorted((numbers.get(cell, cell), sign) for cell, sign in equation)
        for equation in found.system.equations()
    ] == [sorted(equation) for equation in other.system.equations()]
    assert {
        numbers.get(place, place): value for place, value in enumerate(found.system.values.tolist())
    } == dict(enumerate(other.system.values.tolist()))


def released(cells: dict[Key, int | None], hidden: set[int]) -> pa.Table:
    """The cells as a sender writes them: withheld ones with an honest interval."""
    rows = []
    for place, (one, value) in enumerate(cells.items()):
        named: dict[str, object] = dict(zip(FLOW.cells.dimensions, one, strict=True))
        if value is None or place in hidden:
            bounds = (0, None) if value is None else (max(0, value - 2), value + 3)
            status = ("L", "F") if value is None else ("Q", "D")
        else:
            bounds, status = (value, value), ("A", "F")
        shown = value if status[0] == "A" else None
        rows.append(
            named
            | {"OBS_VALUE": shown, "OBS_LOWER": bounds[0], "OBS_UPPER": bounds[1]}
            | {"OBS_STATUS": status[0], "CONF_STATUS": status[1]}
        )
    return pa.Table.from_pylist(rows, schema=arrow_schema(FLOW.cells))


@QUIET
@given(releases(), st.sets(st.integers(0, 13), max_size=8))
def test_an_honest_release_is_never_refused_for_its_relations(
    cells: dict[Key, int | None], hidden: set[int]
) -> None:
    """What a receiver finds recoverable is so in the sender's own system, and figures that are true agree."""
    found = built(cells)
    table = released(cells, hidden)
    is_hidden = found.unseen.copy()
    is_hidden[[place for place in hidden if place < len(cells)]] = True
    known = determined(found.system, is_hidden)
    rules = [
        (finding.rule, finding.key)
        for finding in recheck(table, Certificate([], {}, found.statements, {}), FLOW, [table])
        if finding.rule.startswith(("relation.", "withheld.", "key."))
    ]

    assert {rule for rule, _ in rules} <= {"withheld.recoverable"}
    assert {one for _, one in rules} <= {one for place, one in enumerate(cells) if known[place]}


@pytest.mark.parametrize("levels", [1, 2])
def test_a_cube_with_all_its_margins_leaves_only_its_records_free(levels: int) -> None:
    """Of a complete cube, the relations leave exactly as many cells free as there are innermost cells."""
    periods, channels, entities = (
        ("2024", "2024-M01", "2024-M02"),
        ("_T", "CARD", "_X") if levels == 1 else ("_T", "CASH", "ATM", "CASH_COURIER", "CARD"),
        ("_T", "FI01", "VASP") if levels == 1 else ("_T", "FI", "FI01", "FI02", "VASP"),
    )
    innermost = [
        codes
        for codes in product(periods, channels, entities)
        if not set(codes) & {"_T", "2024", "CASH", "FI"}
    ]
    amounts = {codes: 1 + 7 * place % 11 for place, codes in enumerate(innermost)}
    cells: dict[Key, int | None] = {
        key(*codes): sum(
            amount
            for record, amount in amounts.items()
            if all(
                one in {code, *within(place, code)}
                for place, one, code in zip(PLACES, codes, record, strict=True)
            )
        )
        for codes in product(periods, channels, entities)
    }

    found = built(cells)
    matrix = np.zeros((len(found.system.starts) - 1, found.system.cells))
    for number, equation in enumerate(found.system.equations()):
        for cell, sign in equation:
            matrix[number, cell] = sign

    assert not found.unseen.any()
    assert len(cells) - np.linalg.matrix_rank(matrix) == len(innermost)
