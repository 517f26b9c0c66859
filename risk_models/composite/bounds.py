"""Scores and ranks as intervals, where cells of the table are intervals.

Invariants: the score of every table inside the given intervals lies inside the interval of the score; rank intervals
follow by dominance alone. A specification is monotone or it is refused: each step says what a cell becomes when it and
the others rise, and a step that says neither (standard scores, treatment, weights from columns) may not touch an
interval. Source: methodology 0.3.2 and G5.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from risk_models.composite.frame import Column, Frame
from risk_models.composite.intake import read_frame
from risk_models.composite.running import last_of, level_of, named
from risk_models.composite.selecting import Choice, Signs, column_of
from risk_models.composite.specification import Composite, ResultShape, Step
from risk_models.errors import InvalidInput
from risk_models.exact import quantise
from schemas.interval import Interval, grade

Intervals = tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True)
class RankInterval:
    """The best and the worst rank that a unit can have; 1 is the first."""

    best: int
    worst: int

    @property
    def width(self) -> int:
        """How many ranks are possible."""
        return self.worst - self.best + 1


@dataclass(frozen=True, slots=True)
class Bounded:
    """Intervals of every score and of its rank, by the score's id, row by row of the frame."""

    frame: Frame
    scores: Mapping[str, Intervals]
    ranks: Mapping[str, tuple[RankInterval | None, ...]]


def bounded(model: Composite, table: pa.Table) -> Bounded:
    """Return the intervals of all scores of a table whose cells may be intervals.

    Raises:
        InvalidInput: the table does not fit, or a step that is not monotone touches an interval.
    """
    lower, upper = read_frame(model, table)
    open_ones = frozenset(name for name in lower.columns if lower.columns[name] != upper.columns[name])
    is_against = _is_against(model, open_ones)
    signs = _signs(model)
    last = last_of(model, lower)
    scores: dict[str, Intervals] = {}
    for score in model.result.scores:
        moves = _moves(model, signs, score, open_ones)
        bad, good = _turned(lower, upper, moves), _turned(upper, lower, moves)
        if is_against:
            ends = _one_by_one(model, score, bad, good), _one_by_one(model, score, good, bad)
        else:
            ends = _at_once(model, score, bad), _at_once(model, score, good)
        scores[score] = tuple(
            None if low is None or high is None else Interval(low, high)
            for low, high in zip(*ends, strict=True)
        )
    ranks = {name: rank_intervals(found, last, model.result) for name, found in scores.items()}
    return Bounded(last, scores, ranks)


def rank_intervals(scores: Intervals, frame: Frame, shape: ResultShape) -> tuple[RankInterval | None, ...]:
    """Return best = 1 + those surely ahead, worst = n - those surely behind, at the digits that are published."""
    found: list[RankInterval | None] = [None] * len(scores)
    for places in frame.blocks(shape.within):
        ends = {place: _ends(scores[place], shape) for place in places if scores[place] is not None}
        for place, ranks in zip(ends, possible_ranks(list(ends.values())), strict=True):
            found[place] = ranks
    return tuple(found)


def possible_ranks(ends: Sequence[tuple[Decimal | int, Decimal | int | None]]) -> tuple[RankInterval, ...]:
    """Return the ranks that intervals leave possible, the largest first; an upper end of None is without bound."""
    lows = sorted(low for low, _ in ends)
    highs = sorted(high for _, high in ends if high is not None)
    count = len(ends)
    return tuple(
        RankInterval(
            1 + (0 if high is None else count - bisect_right(lows, high)), count - bisect_left(highs, low)
        )
        for low, high in ends
    )


def bounds_table(model: Composite, found: Bounded) -> pa.Table:
    """Return the intervals as a table of texts: bounds, grade, best and worst rank, lowest and highest level."""
    columns = named(found.frame, model)
    for score, intervals in found.scores.items():
        columns[f"{score}_LOWER"] = [None if one is None else quantise(one.lower) for one in intervals]
        columns[f"{score}_UPPER"] = [
            None if one is None or one.upper is None else quantise(one.upper) for one in intervals
        ]
        columns[f"{score}_GRADE"] = [None if one is None else grade(one) for one in intervals]
        ranks = found.ranks[score]
        columns[f"{score}_RANK_BEST"] = [None if one is None else str(one.best) for one in ranks]
        columns[f"{score}_RANK_WORST"] = [None if one is None else str(one.worst) for one in ranks]
        if model.result.levels:
            columns[f"{score}_LEVEL_LOWER"] = [_level(one, model.result, at_upper=False) for one in intervals]
            columns[f"{score}_LEVEL_UPPER"] = [_level(one, model.result, at_upper=True) for one in intervals]
    return pa.table({name: pa.array(list(values), pa.string()) for name, values in columns.items()})


def _level(found: Interval | None, shape: ResultShape, *, at_upper: bool) -> str | None:
    if found is None or found.upper is None:
        return None
    return level_of(found.upper if at_upper else found.lower, shape)


def _ends(found: Interval | None, shape: ResultShape) -> tuple[Decimal, Decimal]:
    """Both ends so that more is better."""
    if found is None or found.upper is None:
        raise ValueError("a rank needs a bounded score")
    low, high = Decimal(quantise(found.lower)), Decimal(quantise(found.upper))
    return (low, high) if shape.is_descending else (-high, -low)


def _signs(model: Composite) -> Signs:
    signs: Signs = {one.id: {one.id: 1} for one in model.indicators}
    for step in model.steps:
        signs = step.turned(signs, model)
    return signs


def _moves(model: Composite, signs: Signs, score: str, open_ones: frozenset[str]) -> Mapping[str, int]:
    """In which direction the score moves with each indicator."""
    moves = signs.get(score, {})
    both = sorted(name for name, sign in moves.items() if not sign and name in open_ones)
    if both:
        raise _not_monotone(model, f"{score} rises and falls with {', '.join(both)}")
    return moves


def _is_against(model: Composite, open_ones: frozenset[str]) -> bool:
    """True if a unit's score hangs on the others' intervals too.

    Raises:
        InvalidInput: a step that is not monotone touches an interval.
    """
    effects = {
        step.name: step.effect(model) for step in model.steps if open_ones.intersection(_touched(step, model))
    }
    mixed = sorted(name for name, effect in effects.items() if effect == "mixed")
    if mixed:
        raise _not_monotone(model, f"step {mixed[0]} is not monotone in the cells it touches")
    return "against" in effects.values()


def _touched(step: Step, model: Composite) -> set[str]:
    """The indicators that a step's columns are made of."""
    choice = getattr(step, "choice", None)
    if isinstance(choice, Choice):
        named = choice.columns(model)
    else:
        named = getattr(step, "into", None) or tuple(group.id for group in model.groups)
    return {leaf for name in named for leaf in model.below(name)}


def _turned(one: Frame, other: Frame, moves: Mapping[str, int]) -> Frame:
    """The frame whose columns are those of `one` where the score rises with them, those of `other` where it falls."""
    columns = {
        name: other.columns[name] if moves.get(name, 1) < 0 else column
        for name, column in one.columns.items()
    }
    return Frame(one.units, one.attributes, columns, one.hidden)


def _at_once(model: Composite, score: str, frame: Frame) -> Column:
    """The score of all units at one end of their cells."""
    return column_of(last_of(model, frame), score, "result")


def _one_by_one(model: Composite, score: str, own: Frame, others: Frame) -> Column:
    """The score of each unit at its own end while all others are at theirs; units at one end need one run."""
    whole = last_of(model, others)
    places = {key: place for place, key in enumerate(_keys(whole))}
    found = list(column_of(whole, score, "result"))
    for row, key in enumerate(_keys(own)):
        if key not in places or all(
            own.columns[name][row] == others.columns[name][row] for name in own.columns
        ):
            continue
        columns = {
            name: (*others.columns[name][:row], column[row], *others.columns[name][row + 1 :])
            for name, column in own.columns.items()
        }
        changed = last_of(model, Frame(own.units, own.attributes, columns, own.hidden))
        found[places[key]] = changed.columns[score][places[key]]
    return tuple(found)


def _keys(frame: Frame) -> list[tuple[str, ...]]:
    return list(zip(frame.units, *frame.attributes.values(), strict=True))


def _not_monotone(model: Composite, why: str) -> InvalidInput:
    return InvalidInput(
        "This composite has no intervals.",
        detail=f"{model.id}: {why}.",
        hint="Use goalposts, ranks or the range of the column for indicators whose cells are intervals.",
        context={"model": model.id},
    )
