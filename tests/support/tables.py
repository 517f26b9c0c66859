"""Hierarchical tables in any number of dimensions, and covers for them that are safe by construction."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from risk_models.disclosure.linear.system import System

Key = tuple[int, ...]


@dataclass(frozen=True)
class Tree:
    """The codes 0..n-1 of one dimension: code 0 is the whole, every other code has a parent."""

    parents: tuple[int, ...]

    @classmethod
    def of(cls, branching: Sequence[int]) -> Tree:
        """Grow a tree level by level: (3, 4) has a whole, 3 codes under it and 4 under each of them."""
        parents, level = [-1], [0]
        for width in branching:
            grown = []
            for parent in level:
                for _ in range(width):
                    grown.append(len(parents))
                    parents.append(parent)
            level = grown
        return cls(tuple(parents))

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """The codes directly under each code that has any."""
        children: dict[int, list[int]] = {}
        for code, parent in enumerate(self.parents[1:], start=1):
            children.setdefault(parent, []).append(code)
        return children

    @property
    def leaves(self) -> list[int]:
        """The codes that have none under them."""
        return [code for code in range(len(self.parents)) if code not in self.children]

    def above(self, code: int) -> list[int]:
        """The code itself and everything above it, the whole last."""
        chain = [code]
        while self.parents[chain[-1]] >= 0:
            chain.append(self.parents[chain[-1]])
        return chain

    def moves(self, code: int, rng: random.Random) -> dict[int, int]:
        """Signs of codes that a shift of one unit through `code` changes, from leaves up to a common parent."""
        down = self._down(code, rng)
        siblings = [c for c in self.children.get(self.parents[code], []) if c != code] if code else []
        if not siblings:
            return dict.fromkeys(self.above(down[-1]), 1)
        other = self._down(rng.choice(siblings), rng)
        return dict.fromkeys(down, 1) | dict.fromkeys(other, -1)

    def _down(self, code: int, rng: random.Random) -> list[int]:
        chain = [code]
        while chain[-1] in self.children:
            chain.append(rng.choice(self.children[chain[-1]]))
        return chain


@dataclass(frozen=True)
class Hierarchical:
    """A table: the true value of every cell in the order of the keys, its equations and its primary cells."""

    trees: tuple[Tree, ...]
    values: list[int]
    equations: list[dict[int, int]]
    primaries: list[int]

    @cached_property
    def system(self) -> System:
        """The table as a system of cells."""
        return System.of(self.values, self.equations)

    def place(self, key: Key) -> int:
        """The number of a cell."""
        return _place(self.trees, key)

    def key(self, place: int) -> Key:
        """The key of a cell."""
        codes = []
        for tree in reversed(self.trees):
            place, code = divmod(place, len(tree.parents))
            codes.append(code)
        return tuple(reversed(codes))

    def covered(self, rng: random.Random, tries: int = 12) -> npt.NDArray[np.bool_]:
        """Hide the primaries and, for each, a box of cells around it that can shift by one unit either way.

        The cheapest of some boxes drawn at random is taken; a primary for which none was drawn that has only
        cells above zero stays without cover.
        """
        hidden = np.zeros(len(self.values), np.bool_)
        hidden[self.primaries] = True
        for primary in self.primaries:
            boxes = [box for box in self._boxes(primary, rng, tries) if all(self.values[c] for c in box)]
            if boxes:
                hidden[min(boxes, key=lambda box: sum(not hidden[c] for c in box))] = True
        return hidden

    def _boxes(self, cell: int, rng: random.Random, tries: int) -> Iterator[list[int]]:
        key = self.key(cell)
        for _ in range(tries):
            moves = [tree.moves(code, rng) for tree, code in zip(self.trees, key, strict=True)]
            yield [self.place(corner) for corner in product(*moves)]


def hierarchical(
    rng: random.Random, sizes: Sequence[Sequence[int]], share_of_primaries: float
) -> Hierarchical:
    """Make a table of skewed counts; `sizes` are the branchings of the dimensions, level by level.

    A quarter of the leaf cells is empty; the smallest of the others, and of the sums, are the primaries.
    """
    trees = tuple(Tree.of(branching) for branching in sizes)
    values = [0] * len(list(product(*(tree.parents for tree in trees))))
    for key in product(*(tree.leaves for tree in trees)):
        amount = 0 if rng.random() < 0.25 else 1 + int(rng.lognormvariate(1.5, 1.6))
        for above in product(*(tree.above(code) for tree, code in zip(trees, key, strict=True))):
            values[_place(trees, above)] += amount
    filled = sorted((value, rng.random(), cell) for cell, value in enumerate(values) if value)
    primaries = sorted(cell for _, _, cell in filled[: int(share_of_primaries * len(values))])
    return Hierarchical(trees, values, list(_equations(trees)), primaries)


def _equations(trees: Sequence[Tree]) -> Iterator[dict[int, int]]:
    for axis, tree in enumerate(trees):
        others = [range(len(t.parents)) if n != axis else range(1) for n, t in enumerate(trees)]
        for parent, children in sorted(tree.children.items()):
            for key in product(*others):
                whole = _place(trees, (*key[:axis], parent, *key[axis + 1 :]))
                parts = [_place(trees, (*key[:axis], child, *key[axis + 1 :])) for child in children]
                yield {whole: -1} | dict.fromkeys(parts, 1)


def _place(trees: Sequence[Tree], key: Key) -> int:
    place = 0
    for tree, code in zip(trees, key, strict=True):
        place = place * len(tree.parents) + code
    return place
