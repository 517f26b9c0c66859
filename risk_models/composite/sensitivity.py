"""Sensitivity: every combination of the choices that a specification names is run, and the ranks are compared.

Invariants: no choice is sampled; the reference is the first choice of every factor; the output is the mean absolute
shift of rank against the reference. Sources: Saisana, Saltelli and Tarantola 2005; methodology G7.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import pyarrow as pa

from risk_models.composite.anova import Indices, Point, indices
from risk_models.composite.frame import Column, Frame
from risk_models.composite.intake import read_frame
from risk_models.composite.moments import ZERO
from risk_models.composite.reading import parse_document
from risk_models.composite.running import level_of, ranked
from risk_models.composite.selecting import column_of
from risk_models.composite.specification import Composite, Factor, ResultShape
from risk_models.errors import InvalidInput
from risk_models.exact import working

MOST_RUNS = 4096


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What the choices of one score do.

    units: in the order of the table. scores, ranks: of every unit in every run, by the places of the choices. indices:
    of the mean shift of rank, by factor.
    """

    factors: tuple[str, ...]
    units: tuple[str, ...]
    scores: Mapping[Point, Column]
    ranks: Mapping[Point, Column]
    indices: Indices

    def range_of(self, row: int) -> tuple[Decimal, Decimal] | None:
        """The best and the worst rank of a unit over all runs; None where it never has one."""
        found = [rank for column in self.ranks.values() if (rank := column[row]) is not None]
        return (min(found), max(found)) if found else None

    def levels_of(self, row: int, shape: ResultShape) -> dict[str, Fraction]:
        """Return the share of the runs that give a unit each level, of those runs in which it has a score."""
        given = [score for column in self.scores.values() if (score := column[row]) is not None]
        counted = Counter(level_of(score, shape) for score in given)
        return {
            one.name: Fraction(counted[one.name], len(given)) for one in shape.levels if counted[one.name]
        }


def sensitivity(model: Composite, table: pa.Table, score: str) -> Sensitivity:
    """Run every combination of the factors of the specification.

    Raises:
        InvalidInput: there is nothing to vary, too much, or a combination has no value for the table.
        InvalidSpecification: a choice is not what the format allows at its place.
    """
    runs = prod(len(factor.choices) for factor in model.factors)
    if not model.factors or runs > MOST_RUNS:
        raise InvalidInput(
            "The sensitivity cannot be computed.",
            detail=f"{model.id}: {len(model.factors)} factors make {runs} runs; at most {MOST_RUNS}.",
            hint="Name the choices in [[sensitivity.factors]]; leave out those that decide least.",
        )
    scores: dict[Point, Column] = {}
    ranks: dict[Point, Column] = {}
    units: tuple[str, ...] = ()
    known: dict[str, Frame] = {}
    for point, varied, end in _variants(model):
        frame = _last(varied, table, end, known)
        scores[point] = column_of(frame, score, "result")
        ranks[point] = ranked(scores[point], frame, model.result)
        units = frame.units
    with working():
        shifts = {point: _shift(column, ranks[(0,) * len(model.factors)]) for point, column in ranks.items()}
        weights = [[Decimal(1) / len(factor.choices)] * len(factor.choices) for factor in model.factors]
        found = indices(shifts, weights)
    return Sensitivity(tuple(factor.id for factor in model.factors), units, scores, ranks, found)


def _last(model: Composite, table: pa.Table, end: int, known: dict[str, Frame]) -> Frame:
    """The frame after the last step; steps that an earlier combination took in the same way are not taken again."""
    document = model.document
    taken = str((end, document["indicators"], document.get("groups"), document.get("weights")))
    if taken not in known:
        known[taken] = read_frame(model, table)[end]
    frame = known[taken]
    with working():
        for step, entry in zip(model.steps, document.get("steps", []), strict=True):
            taken += str(entry)
            if taken not in known:
                known[taken] = step.apply(frame, model)
            frame = known[taken]
    return frame


def _variants(model: Composite) -> Iterator[tuple[Point, Composite, int]]:
    """Every combination: the places of its choices, the specification, and which end of the cells is read."""
    for point in product(*(range(len(factor.choices)) for factor in model.factors)):
        document = copy.deepcopy(dict(model.document))
        end = 0
        for factor, place in zip(model.factors, point, strict=True):
            if factor.place == "cells":
                end = int(factor.choices[place].get("end") == "upper")
            else:
                _entry(document, factor).update(factor.choices[place])
        yield point, parse_document(document), end


def _entry(document: Mapping[str, Any], factor: Factor) -> dict[str, Any]:
    """The table of the document that a factor varies."""
    named = {"step": ("steps", "name"), "group": ("groups", "id"), "indicator": ("indicators", "id")}
    listed, key = named[factor.place]
    for entry in document.get(listed, []):
        if entry.get(key, entry.get("do")) == factor.name:
            found: dict[str, Any] = entry
            return found
    raise InvalidInput(
        "The sensitivity cannot be computed.",
        detail=f"Factor {factor.id}: there is no {factor.place} {factor.name}.",
        hint="Give the step its name, and name it in the factor.",
    )


def _shift(ranks: Column, reference: Column) -> Decimal:
    """The mean absolute difference of rank over the units that have one in both."""
    moved = [
        abs(one - other)
        for one, other in zip(ranks, reference, strict=True)
        if one is not None and other is not None
    ]
    return sum(moved, ZERO) / len(moved) if moved else ZERO
