"""What made a score: exact Shapley values of the inputs of a group, against a baseline.

Invariants: contributions sum to the difference from the baseline, exactly at the working precision; every order of
the inputs counts alike; caps take part; an input that is missing takes no part, as the others stand for it. At most
twelve inputs, so that all subsets are looked at. Sources: Shapley 1953; methodology G8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import factorial

from risk_models.composite.acceptability import manner_of
from risk_models.composite.aggregation import capped
from risk_models.composite.frame import Frame, present
from risk_models.composite.moments import ZERO, quantile
from risk_models.composite.selecting import column_of
from risk_models.composite.specification import Composite, Group
from risk_models.composite.weighting import weights_of
from risk_models.errors import InvalidInput
from risk_models.exact import quantise, working

MOST_PLAYERS = 12
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one input added to the score of the whole, and what its own inputs added of that."""

    name: str
    value: Decimal
    baseline: Decimal
    points: Decimal
    parts: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A score, the baseline it is compared with, and the contributions that make the difference."""

    score: str
    value: Decimal
    baseline: Decimal
    contributions: tuple[Contribution, ...]


def explain(model: Composite, frame: Frame, row: int, score: str) -> Explained:
    """Explain the score of one row of the frame after the last step.

    The baseline of each lowest input is its median over the rows ranked together with it; that of a group is what the
    group's formula makes of its inputs' baselines. An input's points are divided among its own inputs in proportion
    to their Shapley values inside it.

    Raises:
        InvalidInput: there is no score, or a group has more than twelve inputs.
    """
    block = next(places for places in frame.blocks(model.result.within) if row in places)
    with working():
        found = _explained(model, frame, row, block, score, is_top=True)
    return Explained(score, found.value, found.baseline, found.parts)


def shapley(players: Sequence[str], worth: Callable[[frozenset[str]], Decimal]) -> dict[str, Decimal]:
    """Return each player's mean addition to the worth over all orders of joining."""
    count = len(players)
    worths = {
        frozenset(some): worth(frozenset(some))
        for size in range(count + 1)
        for some in combinations(players, size)
    }
    found = {}
    for player in players:
        others = [one for one in players if one != player]
        found[player] = ZERO
        for size in range(count):
            share = Decimal(factorial(size) * factorial(count - size - 1)) / factorial(count)
            for some in combinations(others, size):
                before = frozenset(some)
                found[player] += share * (worths[before | {player}] - worths[before])
    return found


def _explained(
    model: Composite, frame: Frame, row: int, block: Sequence[int], name: str, *, is_top: bool = False
) -> Contribution:
    """One node with its parts; its points are what its own formula makes of it, before the parent divides them."""
    group, whole = model.group(name), column_of(frame, name, "explain")[row]
    if group is None or whole is None:
        return _leaf(frame, row, block, name)
    named = dict.fromkeys((*group.inputs, *group.caps))
    players = tuple(one for one in named if column_of(frame, one, "explain")[row] is not None)
    if len(players) > MOST_PLAYERS:
        raise _refused(name, f"{len(players)} inputs; at most {MOST_PLAYERS} can be explained")
    below = {one: _explained(model, frame, row, block, one) for one in players}
    formula = _formula(model, group, frame)

    def worth(joined: frozenset[str]) -> Decimal:
        return formula({one: below[one].value if one in joined else below[one].baseline for one in players})

    if not is_top and quantise(whole) != quantise(worth(frozenset(players))):
        return _leaf(frame, row, block, name)  # a later step changed it: it is one input, as it stands
    points = shapley(players, worth)
    parts = tuple(_scaled(below[one], points[one]) for one in players)
    return Contribution(
        name, worth(frozenset(players)), worth(frozenset()), sum(points.values(), ZERO), parts
    )


def _leaf(frame: Frame, row: int, block: Sequence[int], name: str) -> Contribution:
    column = column_of(frame, name, "explain")
    value = column[row]
    if value is None:
        raise _refused(name, "it is missing")
    baseline = quantile(present(column[place] for place in block), _HALF)
    return Contribution(name, value, baseline, value - baseline)


def _scaled(node: Contribution, points: Decimal) -> Contribution:
    """The node with the points that its parent gives it, divided among its parts in their proportion."""
    ratio = points / node.points if node.points else ZERO
    parts = tuple(_scaled(part, part.points * ratio) for part in node.parts)
    return Contribution(node.name, node.value, node.baseline, points, parts)


def _formula(model: Composite, group: Group, frame: Frame) -> Callable[[Mapping[str, Decimal]], Decimal]:
    manner = manner_of(model, group)
    columns = [column_of(frame, name, "explain") for name in group.inputs]
    weights = weights_of(group, manner.weights, columns, model, factors=manner.factors, step=group.id)

    def value(given: Mapping[str, Decimal]) -> Decimal:
        try:
            mean = manner.mean([given.get(name) for name in group.inputs], weights)
        except (ArithmeticError, KeyError):
            mean = None
        found = capped(mean, [given.get(name) for name in group.caps])
        if found is None:
            raise _refused(group.id, f"its {manner.method} cannot be taken of one unit alone")
        return found

    return value


def _refused(name: str, why: str) -> InvalidInput:
    return InvalidInput(
        "The score cannot be explained.",
        detail=f"{name}: {why}.",
        hint="Explain a group whose inputs are all there, one level at a time.",
        context={"column": name},
    )
