"""What the relations among received cells say about them.

Invariants: a finding names the whole whose parts disagree with it, or the withheld cell that follows; whatever a peer
sends, this gives findings and raises nothing but what an unknown code raises everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from risk_models.disclosure.findings import Finding, Seen
from risk_models.disclosure.policy import WITHOUT_POLICY
from risk_models.disclosure.relations.linked import SUM
from risk_models.disclosure.relations.network import Relation
from risk_models.disclosure.relations.reading import Reading, stated_kinds
from risk_models.disclosure.relations.recovery import recoverable, unknown
from schemas.release import Certificate
from schemas.structure import Dataflow

Bounds = tuple[int, int | None]


def received_findings(
    rows: Sequence[Seen], held: Sequence[Sequence[Seen]], certificate: Certificate, dataflow: Dataflow
) -> Iterator[Finding]:
    """Compare wholes with their parts, and look for withheld cells that what is shown gives away.

    rows: the received table. held: tables of the same originator and dataflow that are here already, oldest first.
    Rows whose key is not complete are no cells; the structure refuses them.
    """
    rows = [row for row in rows if None not in row.key]
    twice = sorted(key for key, count in Counter(row.key for row in rows).items() if count > 1)
    if twice:
        yield from (Finding("key.twice", "Two rows speak of one cell.", key) for key in twice)
        return
    received = Reading.of(rows, stated_kinds(certificate), dataflow)
    for relation in received.network.relations:
        yield from _disagreements(received, relation)
    if dataflow.disclosure not in WITHOUT_POLICY:
        yield from _recoverable(received, rows, held)


def _recoverable(
    received: Reading, rows: Sequence[Seen], held: Sequence[Sequence[Seen]]
) -> Iterator[Finding]:
    """Withheld cells that follow from the table, or from it and the held ones together and not from those alone."""
    earlier = [row for table in held for row in table]
    if not any(row.is_withheld for row in (*rows, *earlier)):
        return
    apart = [Reading.of(table, {}, received.dataflow) for table in held]
    before, after = (
        [Reading.of(several, {}, received.dataflow)] if held else []
        for several in (earlier, [*earlier, *rows])
    )
    known = recoverable([*apart, *before]) if held else frozenset()
    found = recoverable([received, *apart, *after]) - known
    own = {unknown(row) for row in rows}
    for row in {unknown(row): row for row in (*earlier, *rows)}.values():
        if unknown(row) in found:
            where = "here" if unknown(row) in own else "in a table received earlier"
            yield Finding(
                "withheld.recoverable", f"What is shown gives away a cell that is withheld {where}.", row.key
            )


def _disagreements(reading: Reading, relation: Relation) -> Iterator[Finding]:
    """Compare a whole with its parts by their bounds; a shown value is both of its own, an unseen cell has none."""
    least, greatest = _bounds(reading.rows[relation.whole])
    parts = [_bounds(reading.rows[part]) for part in relation.parts]
    kinds, key = reading.kinds(relation), reading.network.keys[relation.whole]
    by = f"by {relation.dimension}"
    if greatest is not None:
        if not reading.may_overlap(relation) and sum(lower for lower, _ in parts) > greatest:
            yield Finding(
                "relation.parts_exceed_whole", f"The parts {by} are together more than this whole.", key
            )
        elif kinds and any(lower > greatest for lower, _ in parts):
            yield Finding("relation.part_exceeds_whole", f"A part {by} is more than this whole.", key)
    uppers = [upper for _, upper in parts if upper is not None]
    if kinds == {SUM} and len(uppers) == len(parts) and sum(uppers) < least:
        yield Finding("relation.parts_below_whole", f"The parts {by} are together less than this whole.", key)


def _bounds(row: Seen | None) -> Bounds:
    return (0, None) if row is None or row.lower is None else (row.lower, row.upper)
