"""Received cells with the relations among them, and how far a reader may rely on each.

Invariants: nothing is claimed of a relation that the sender may honestly have left open: parts that are not all given
may be less than their whole, and only parts that may not overlap can be too much for it; a certificate's statement
that parts add up is taken at its word, and what the structures say needs no statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from risk_models.disclosure.findings import Seen
from risk_models.disclosure.relations.hierarchies import complete, is_balanced
from risk_models.disclosure.relations.linked import AT_LEAST, KINDS, SUM, SUM_WITH_REST
from risk_models.disclosure.relations.network import Network, Relation, network_of
from schemas.release import Certificate
from schemas.structure import Dataflow

Stated = Mapping[tuple[str, str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """Cells as one reader sees them: `rows` for every cell of the network, None for what is in no table."""

    network: Network
    rows: tuple[Seen | None, ...]
    stated: Stated
    dataflow: Dataflow

    @classmethod
    def of(cls, rows: Iterable[Seen], stated: Stated, dataflow: Dataflow) -> Reading:
        """Link the rows; of several rows of one key the last one is read."""
        by_key = {row.key: row for row in rows}
        network = network_of(list(by_key), dataflow)
        return cls(network, tuple(by_key.get(key) for key in network.keys), stated, dataflow)

    def kinds(self, relation: Relation) -> frozenset[str]:
        """What the certificate states of the relations of this measure along this dimension; empty: nothing."""
        return self.stated.get((relation.dimension, relation.measure), frozenset())

    def may_overlap(self, relation: Relation) -> bool:
        """True if the parts may be more than their whole: nobody says that they are disjoint."""
        kinds = self.kinds(relation)
        if kinds:
            return AT_LEAST in kinds or not kinds & {SUM, SUM_WITH_REST}
        return relation.addition != "sum" or not is_balanced(
            self.dataflow, relation.measure, relation.dimension
        )

    def adds_up(self, relation: Relation) -> bool:
        """True if nothing can be missing between the whole and its parts.

        The certificate states sums without a rest; or it states nothing, and no code of the list is left out.
        """
        kinds = self.kinds(relation)
        if kinds:
            return kinds == {SUM}
        place = self.dataflow.cells.dimensions.index(relation.dimension)
        codes = {self.network.keys[part][place] for part in relation.parts}
        whole = self.network.keys[relation.whole][place]
        return relation.addition == "sum" and complete(self.dataflow, relation.dimension, whole, codes)


def stated_kinds(certificate: Certificate) -> Stated:
    """Give the kinds of relation that a certificate states, by dimension and measure; other statements are not read."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for statement in certificate.relations:
        measures, kind = statement.get("measures"), statement.get("kind")
        if kind in KINDS and isinstance(measures, (list, tuple)):
            for measure in measures:
                found[str(statement.get("dimension")), str(measure)].add(str(kind))
    return {name: frozenset(kinds) for name, kinds in found.items()}
