"""Cells that are in no table although the tables cross there.

Invariants: an absent cell is named only where two wholes of different dimensions both lack something that it can be,
and no whole that it would lie within lacks nothing; its code is one that the release uses.

Parts of a row lack 4 and parts of a column lack 4, and the only key that is not given is the one where they cross: a
reader presumes that it is the 4. Two rests that know nothing of each other would hide that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from risk_models.disclosure.relations.hierarchies import above
from risk_models.disclosure.relations.network import Key, Network, Relation
from schemas.structure import MEASURE, Dataflow

Chains = Mapping[str, tuple[str, ...]]


def absent_keys(network: Network, values: Sequence[int], dataflow: Dataflow) -> list[Key]:
    """Return the keys where wholes that lack something cross, in order; values: one for every cell of the network."""
    lacking, crossing = _lacking(network, values), _Crossing(network, dataflow)
    found = {
        key
        for dimension, wholes in lacking.items()
        for relation in wholes.values()
        for key in crossing.candidates(dimension, relation)
        if crossing.is_lacked(key, lacking)
    }
    return sorted(found)


def _lacking(network: Network, values: Sequence[int]) -> dict[str, dict[Key, Relation]]:
    """The sums whose parts are less than their whole, by dimension and key of the whole."""
    found: dict[str, dict[Key, Relation]] = defaultdict(dict)
    for relation in network.relations:
        if (
            relation.addition == "sum"
            and sum(values[part] for part in relation.parts) < values[relation.whole]
        ):
            found[relation.dimension][network.keys[relation.whole]] = relation
    return found


class _Crossing:
    """The keys of a network with what lies above every code of theirs."""

    __slots__ = ("_chains", "_keys", "_network", "_places", "_present", "_summed", "_used")

    def __init__(self, network: Network, dataflow: Dataflow) -> None:
        names = dataflow.cells.dimensions
        measure = names.index(MEASURE)
        self._network = network
        self._present = frozenset(network.keys)
        self._places = {name: place for place, name in enumerate(names)}
        self._summed = {
            (one.dimension, network.keys[one.whole]) for one in network.relations if one.addition == "sum"
        }
        self._used: dict[tuple[str, str], set[str]] = defaultdict(set)
        for key in network.keys:
            for name, code in zip(names, key, strict=True):
                self._used[name, key[measure]].add(code)
        self._chains: dict[str, Chains] = {
            name: above(dataflow, name, {key[place] for key in network.keys})
            for place, name in enumerate(names)
        }

    def candidates(self, dimension: str, relation: Relation) -> Iterator[Key]:
        """The absent keys directly within a whole whose codes lie above none of its parts."""
        chains, place = self._chains[dimension], self._places[dimension]
        whole = self._network.keys[relation.whole]
        held = {code for part in relation.parts for code in chains[self._network.keys[part][place]]}
        for code in self._used[dimension, relation.measure] - held:
            key = (*whole[:place], code, *whole[place + 1 :])
            if key not in self._present and self._nearest(key, dimension) == whole:
                yield key

    def is_lacked(self, key: Key, lacking: Mapping[str, Collection[Key]]) -> bool:
        """True if two wholes of a key lack something, and none of its wholes lacks nothing."""
        wholes = [(dimension, self._nearest(key, dimension)) for dimension in self._chains]
        summed = [(dimension, whole) for dimension, whole in wholes if (dimension, whole) in self._summed]
        return len(summed) > 1 and all(whole in lacking.get(dimension, ()) for dimension, whole in summed)

    def _nearest(self, key: Key, dimension: str) -> Key | None:
        place = self._places[dimension]
        above_it = ((*key[:place], code, *key[place + 1 :]) for code in self._chains[dimension][key[place]])
        return next((whole for whole in above_it if whole in self._present), None)
