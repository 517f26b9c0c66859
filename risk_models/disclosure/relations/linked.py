"""All cells of a release and all additive relations among them, as one system of equations.

Invariants: every equation holds for the true values; the given cells come first, in their order, and are followed by
parents that are in no table and by what the parts of a whole lack; equations are in canonical order, so that rows in
another order give the same system up to the numbers of the given cells; the statements carry no value.

Where the parts add up to their whole, an attacker may presume that they always do, and so does the system. Where they
are less, a rest that nobody sees fills the gap, or the cells that are not given although the tables cross there. Where
one report or person may stand in several parts, each part is at most the whole; and where such parts together are more
than the whole, that is known of them too. Relations between measures (an order in which one count includes another) are
not stated. Source: methodology 3.4 (`A y = b`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from risk_models.disclosure.linear.system import Mask, System
from risk_models.disclosure.relations.absent import absent_keys
from risk_models.disclosure.relations.filling import filled
from risk_models.disclosure.relations.hierarchies import listed
from risk_models.disclosure.relations.network import Key, Network, Relation, joined_by, network_of
from schemas.structure import Dataflow

SUM, SUM_WITH_REST, AT_MOST, AT_LEAST = "sum", "sum_with_rest", "at_most", "at_least"
KINDS = (SUM, SUM_WITH_REST, AT_MOST, AT_LEAST)


@dataclass(frozen=True, slots=True)
class Linked:
    """A release as a system.

    system: the given cells in their order, then unseen parents, absent cells and slack. statements: what is related,
    for the certificate: `dimension`, `list`, `kind`, `measures`, `equations` (how many). unseen: cells in nobody's
    table, and given cells without a value; they are always hidden and never need protection.
    """

    system: System
    statements: tuple[Mapping[str, object], ...]
    unseen: Mask


@dataclass(frozen=True, slots=True)
class _Statement:
    """One equation in the making: signs by cell, what fills it up (None: nothing), and its kind."""

    relation: Relation
    kind: str
    signs: dict[int, int]
    slack: int | None


def system_of(keys: Sequence[Key], values: Sequence[int | None], dataflow: Dataflow) -> Linked:
    """Build the system of a release.

    keys: dimension values in the order of the dataflow's cells. values: true values in the unit of their measure, None
    for cells that have none.

    Raises:
        InvalidInput: a key stands twice, or a value is too large.
    """
    network, true, absent = _completed(keys, values, dataflow)
    unknown = [value is None for value in values] + [True] * (len(network.keys) - network.given)
    equations: list[Mapping[int, int]] = []
    counted: Counter[tuple[str, str, str]] = Counter()
    for statement in _statements(network.relations, true, unknown, absent):
        counted[statement.relation.dimension, statement.kind, statement.relation.measure] += 1
        equations.append(statement.signs)
        if statement.slack is not None:
            statement.signs[len(true)] = 1 if statement.kind == AT_LEAST else -1
            true.append(statement.slack)
    unseen = np.ones(len(true), np.bool_)
    unseen[: len(unknown)] = unknown
    return Linked(System.of(true, equations), _described(counted, dataflow), unseen)


def _completed(
    keys: Sequence[Key], values: Sequence[int | None], dataflow: Dataflow
) -> tuple[Network, list[int], range]:
    """The network with a value for every cell, and which of its cells are absent ones."""
    network = network_of(keys, dataflow)
    true = _filled(network, values)
    absent = absent_keys(network, true, dataflow)
    first = len(network.keys)
    if absent:
        network = joined_by(network, absent, dataflow)
        true = _filled(network, values)
    return network, true, range(first, first + len(absent))


def _filled(network: Network, values: Sequence[int | None]) -> list[int]:
    given = [*values, *[None] * (len(network.keys) - network.given)]
    return filled(given, network.relations, network.depths)


def _statements(
    relations: Sequence[Relation], true: list[int], unknown: list[bool], absent: range
) -> Iterator[_Statement]:
    for relation in relations:
        parts: Sequence[int] = relation.parts
        if relation.addition == "union":
            # an unknown part of overlapping parts says nothing of the others, nor does an unknown whole
            parts = [part for part in parts if not unknown[part]]
            if unknown[relation.whole] or not parts:
                continue
        yield from _of_relation(relation, parts, true, absent)


def _of_relation(
    relation: Relation, parts: Sequence[int], true: list[int], absent: range
) -> Iterator[_Statement]:
    whole = true[relation.whole]
    left = whole - sum(true[part] for part in parts)
    signs = {relation.whole: 1, **dict.fromkeys(parts, -1)}
    if left == 0:
        # who reads the release has no absent cells: to them, what such a cell holds is a rest
        kind = SUM_WITH_REST if any(part in absent for part in parts) else SUM
        yield _Statement(relation, kind, signs, None)
    elif left > 0 and relation.addition == "sum":
        yield _Statement(relation, SUM_WITH_REST, signs, left)
    else:
        for part in parts:
            if true[part] <= whole:
                yield _Statement(relation, AT_MOST, {relation.whole: 1, part: -1}, whole - true[part])
        if left < 0:
            yield _Statement(relation, AT_LEAST, signs, -left)


def _described(
    counted: Counter[tuple[str, str, str]], dataflow: Dataflow
) -> tuple[Mapping[str, object], ...]:
    """One statement for each dimension and kind, in the order of the dimensions."""
    described: list[Mapping[str, object]] = []
    for dimension in dataflow.cells.dimensions:
        for kind in KINDS:
            numbers = {key[2]: count for key, count in counted.items() if key[:2] == (dimension, kind)}
            if numbers:
                described.append(
                    {
                        "dimension": dimension,
                        "list": listed(dataflow, dimension),
                        "kind": kind,
                        "measures": sorted(numbers),
                        "equations": sum(numbers.values()),
                    }
                )
    return tuple(described)
