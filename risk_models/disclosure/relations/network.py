"""Which cells are parts of which: a release's keys as a network of wholes and parts.

Invariants: a whole's parts are its nearest present descendants along one dimension, all other dimension values
equal; the network is a function of the set of keys; a parent that is in no table is added only where it ties the
relations of two dimensions together, because along a single one it says nothing that its parts do not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from risk_models.disclosure.relations.coding import Coding, Dimension, Key, coding_of
from risk_models.disclosure.relations.hierarchies import Addition
from risk_models.errors import InvalidInput
from schemas.structure import Dataflow

__all__ = ["Key", "Network", "Relation", "joined_by", "network_of"]


@dataclass(frozen=True, slots=True)
class Relation:
    """One whole and its parts (cell numbers, parts in the order of their keys) along one dimension."""

    dimension: str
    measure: str
    whole: int
    parts: tuple[int, ...]
    addition: Addition


@dataclass(frozen=True, slots=True)
class Network:
    """All cells (the given ones first, in their order, then unseen parents and absent cells by key), their relations.

    keys: dimension values of every cell. given: how many of them were given. relations: by dimension, then by the
    key of the whole. depths: how many codes lie above a cell in all dimensions together.
    """

    keys: tuple[Key, ...]
    given: int
    relations: tuple[Relation, ...]
    depths: tuple[int, ...]


def network_of(keys: Sequence[Key], dataflow: Dataflow) -> Network:
    """Link the keys of a release (dimension values in the order of the dataflow's cells).

    Raises:
        InvalidInput: a key stands twice.
    """
    coding = coding_of(keys, dataflow)
    numbers = [coding.number(key) for key in keys]
    if len(set(numbers)) != len(keys):
        raise InvalidInput(
            "A release has two cells of one key.",
            detail=f"{len(keys) - len(set(numbers))} keys stand twice.",
            hint="Give every cell once.",
        )
    unseen = _unseen(coding, numbers)
    every = (*keys, *(coding.key(number) for number in unseen))
    return _linked(coding, every, [*numbers, *unseen], len(keys))


def joined_by(network: Network, absent: Sequence[Key], dataflow: Dataflow) -> Network:
    """Link the cells of a network and keys that it does not have; these come last."""
    keys = (*network.keys, *absent)
    coding = coding_of(keys, dataflow)
    return _linked(coding, keys, [coding.number(key) for key in keys], network.given)


def _linked(coding: Coding, keys: tuple[Key, ...], numbers: list[int], given: int) -> Network:
    relations = tuple(_relations(coding, numbers))
    return Network(keys, given, relations, tuple(coding.depth(number) for number in numbers))


def _unseen(coding: Coding, numbers: Sequence[int]) -> list[int]:
    """Return the absent parents that tie two dimensions together, in order; one may tie only because of another."""
    present = set(numbers)
    while True:
        absent = _absent_parents(coding, present)
        tying = {number for number, along in absent.items() if _ties(coding, present, number, along)}
        if not tying:
            return sorted(present.difference(numbers))
        present |= tying


def _absent_parents(coding: Coding, present: set[int]) -> dict[int, set[str]]:
    """Give every absent number that some cell lies within before it meets a present one, with the dimensions."""
    found: dict[int, set[str]] = {}
    for dimension in coding.linking:
        for number in present:
            if dimension.additions[coding.measure.place(number)] != "sum":
                continue
            for step in dimension.steps[dimension.place(number)]:
                if number + step in present:
                    break
                found.setdefault(number + step, set()).add(dimension.id)
    return found


def _ties(coding: Coding, present: set[int], number: int, along: set[str]) -> bool:
    """True if an absent parent takes part in the relations of two dimensions."""
    if len(along) > 1:
        return True
    measure = coding.measure.place(number)
    return any(
        number + step in present
        for dimension in coding.linking
        if dimension.id not in along and dimension.additions[measure] == "sum"
        for step in dimension.steps[dimension.place(number)]
    )


def _relations(coding: Coding, numbers: Sequence[int]) -> Iterator[Relation]:
    present = {number: place for place, number in enumerate(numbers)}
    measured = [(number, coding.measure.place(number)) for number in sorted(numbers)]
    for dimension in coding.linking:
        for (whole, measure), parts in sorted(_parts(dimension, measured, present).items()):
            addition = dimension.additions[measure]
            if addition is not None:
                name = coding.measure.codes[measure]
                yield Relation(dimension.id, name, present[whole], tuple(parts), addition)


def _parts(
    dimension: Dimension, measured: list[tuple[int, int]], present: dict[int, int]
) -> dict[tuple[int, int], list[int]]:
    """The cells directly within every present number along one dimension, by that number and its measure."""
    found: dict[tuple[int, int], list[int]] = {}
    stride, size, ways = dimension.stride, len(dimension.codes), dimension.steps
    for number, measure in measured:
        for step in ways[number // stride % size]:
            if number + step in present:
                found.setdefault((number + step, measure), []).append(present[number])
                break
    return found
