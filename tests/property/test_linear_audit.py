"""The audit against an independent attacker: no breach is missed, and none is invented."""

from __future__ import annotations

import dataclasses
import random
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_models.disclosure.linear.attack import Attacker, Need, outsider
from risk_models.disclosure.linear.audit import breaches
from risk_models.disclosure.linear.intervals import intervals
from risk_models.disclosure.linear.system import LARGEST_VALUE, NO_BOUND, System
from tests.support.small_systems import Situation, needs, situations
from tests.support.tables import hierarchical

# a multiple of the denominators that vertices of such small systems have
COMMON = 5040


def met(need: Need, value: int, lowest: float, highest: float) -> bool:
    """What a need says, of an interval."""
    return value - lowest >= need.lower and highest - value >= need.upper and highest - lowest >= need.width


@settings(max_examples=150)
@given(st.data())
def test_a_need_is_broken_exactly_where_integer_programming_says_so(data: st.DataObject) -> None:
    """Scipy's integer programming finds the same intervals of whole numbers too narrow, and no others."""
    situation = data.draw(situations())
    wanted = data.draw(needs(situation.system.cells))

    found = breaches(situation.system, situation.hidden, wanted, [situation.attacker])

    values = situation.system.values.tolist()
    spans = [situation.span(need.cell, whole_numbers=True) for need in wanted]
    assert [breach.need for breach in found] == [
        need for need, span in zip(wanted, spans, strict=True) if not met(need, values[need.cell], *span)
    ]
    assert all(spans[b.need.cell][0] <= b.lower <= b.upper <= spans[b.need.cell][1] for b in found)


@settings(max_examples=40)
@given(st.data())
def test_many_attackers_together_are_judged_as_each_one_alone(data: st.DataObject) -> None:
    """What was found against one attacker serves the next one, and never changes the judgement."""
    situation = data.draw(situations())
    wanted = data.draw(needs(situation.system.cells))
    cells = st.lists(st.integers(0, situation.system.cells - 1), max_size=3, unique=True)
    attackers = [situation.attacker] + [
        situation.attacker.knowing(f"knows {number}", data.draw(cells), width=width)
        for number, width in enumerate((None, 1, 2))
    ]

    together = breaches(situation.system, situation.hidden, wanted, attackers)

    alone = [
        breach
        for attacker in attackers
        for breach in breaches(situation.system, situation.hidden, wanted, [attacker])
    ]
    assert [(b.attacker, b.need) for b in together] == [(b.attacker, b.need) for b in alone]


@settings(max_examples=60)
@given(situations(), st.sampled_from((10**6, 10**12, 10**15, 2**60)))
def test_amounts_up_to_the_largest_are_judged_to_the_last_unit(situation: Situation, size: int) -> None:
    """Scaled up, every interval is as wide as before to the unit: just enough passes, and one more never does."""
    small = situation.system
    largest = max(1, int(np.abs(small.values).max()))
    scale = COMMON * max(1, min(size, LARGEST_VALUE) // largest // COMMON // 16)
    big = _scaled(situation, scale)
    wanted, enough = [], []
    for cell in range(small.cells):
        lowest, highest = situation.span(cell, whole_numbers=False)
        if abs(lowest) < np.inf and abs(highest) < np.inf and highest - lowest > 1 / COMMON:
            width = (_exact(highest) - _exact(lowest)) * scale
            assert width.denominator == 1
            wanted += [Need(cell, width=int(width)), Need(cell, width=int(width) + 1)]
            enough.append(wanted[-2])

    found = [b.need for b in breaches(big.system, big.hidden, wanted, [big.attacker])]

    assert found == [need for need in wanted if need not in enough]


@settings(max_examples=60)
@given(situations(), st.sampled_from((1, 10**9, 10**15)))
def test_intervals_are_those_of_linear_programming_rounded_to_integers(
    situation: Situation, size: int
) -> None:
    """Scipy's bounds, taken as fractions and scaled, are ours to the unit."""
    big = _scaled(situation, size)

    lower, upper = (side.tolist() for side in intervals(big.system, big.hidden, big.attacker))

    for cell in range(situation.system.cells):
        lowest, highest = situation.span(cell, whole_numbers=False)
        assert lower[cell] == (-NO_BOUND if lowest == -np.inf else -(-_exact(lowest) * size // 1))
        assert upper[cell] == (NO_BOUND if highest == np.inf else _exact(highest) * size // 1)


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1), st.sampled_from((1, 2, 3)))
def test_a_hierarchical_table_is_judged_as_an_independent_attacker_judges_it(seed: int, width: int) -> None:
    """Three dimensions with a hierarchy, covered by boxes: every primary is tried by integer programming."""
    rng = random.Random(seed)
    table = hierarchical(rng, ((2, 2), (3,), (3,)), 0.12)
    hidden = table.covered(rng)
    wanted = [Need(cell, width=width) for cell in table.primaries]
    situation = Situation(table.system, hidden, outsider(table.system.cells))

    found = {b.need.cell for b in breaches(table.system, hidden, wanted, [situation.attacker])}

    for cell in table.primaries:
        lowest, highest = situation.span(cell, whole_numbers=True)
        assert (cell in found) == (highest - lowest < width)


def _scaled(situation: Situation, scale: int) -> Situation:
    values = [value * scale for value in situation.system.values.tolist()]
    rows = [dict(terms) for terms in situation.system.equations()]
    attacker = situation.attacker
    ends = [
        np.array([end if abs(end) >= NO_BOUND else end * scale for end in side.tolist()], np.int64)
        for side in (attacker.lower, attacker.upper)
    ]
    return dataclasses.replace(
        situation, system=System.of(values, rows), attacker=Attacker("scaled", *ends, attacker.known)
    )


def _exact(value: float) -> Fraction:
    return Fraction(value).limit_denominator(60)
