"""Keys as integers, so that what lies above a cell is one addition away.

Invariants: a key is the places of its codes in the sorted codes of each dimension, the first dimension most
significant, so the order of the integers is the order of the keys; codes are numbered from the set of keys, whatever
their order was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from risk_models.disclosure.relations.hierarchies import Addition, above, additions
from schemas.structure import MEASURE, Dataflow

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension: its codes in order, and for each the steps to the codes above it, nearest first.

    A step is what is added to a key's number. additions: how each measure, by its place among the measures, adds up.
    """

    id: str
    codes: tuple[str, ...]
    stride: int
    steps: tuple[tuple[int, ...], ...]
    additions: tuple[Addition | None, ...]

    def place(self, number: int) -> int:
        """The place of a number's code among the codes."""
        return number // self.stride % len(self.codes)


@dataclass(frozen=True, slots=True)
class Coding:
    """The dimensions in key order; `linking` are those along which anything lies within anything."""

    dimensions: tuple[Dimension, ...]
    linking: tuple[Dimension, ...]
    measure: Dimension
    places: tuple[dict[str, int], ...]

    def number(self, key: Key) -> int:
        """The integer of a key."""
        return sum(
            places[code] * dimension.stride
            for places, dimension, code in zip(self.places, self.dimensions, key, strict=True)
        )

    def key(self, number: int) -> Key:
        """The key of an integer."""
        return tuple(dimension.codes[dimension.place(number)] for dimension in self.dimensions)

    def depth(self, number: int) -> int:
        """How many codes a key lies within, in all dimensions together."""
        return sum(len(dimension.steps[dimension.place(number)]) for dimension in self.linking)


def coding_of(keys: Sequence[Key], dataflow: Dataflow) -> Coding:
    """Number the codes of these keys and all codes above them."""
    names = dataflow.cells.dimensions
    used = [sorted({key[place] for key in keys}) for place in range(len(names))]
    measures = used[names.index(MEASURE)]
    built: list[Dimension] = []
    stride = 1
    for name, given in zip(reversed(names), reversed(used), strict=True):
        chains = above(dataflow, name, given)
        codes = sorted({*given, *(code for chain in chains.values() for code in chain)})
        chains = above(dataflow, name, codes)
        places = {code: place for place, code in enumerate(codes)}
        steps = [[(places[up] - places[code]) * stride for up in chains[code]] for code in codes]
        built.append(
            Dimension(
                name,
                tuple(codes),
                stride,
                tuple(tuple(way) for way in steps),
                tuple(additions(dataflow, measures, name)),
            )
        )
        stride *= max(1, len(codes))
    dimensions = tuple(reversed(built))
    linking = tuple(one for one in dimensions if any(one.steps) and any(one.additions))
    return Coding(
        dimensions,
        linking,
        dimensions[names.index(MEASURE)],
        tuple({code: place for place, code in enumerate(one.codes)} for one in dimensions),
    )
