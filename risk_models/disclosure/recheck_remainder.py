"""What a receiver can verify of blocks whose withheld counterparts are pooled in one remainder.

Invariants: a table that shows the whole of all counterparts has no remainders and is not judged by their rules; all
other blocks of a table of records are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from risk_models.disclosure.cells import COUNTERPART
from risk_models.disclosure.findings import Finding, Seen
from risk_models.disclosure.policy import LEAST_POOLED
from risk_models.typologies import REMAINDER_AREA
from schemas.hierarchy import WORLD
from schemas.structure import Dataflow


def remainder_findings(rows: Sequence[Seen], dataflow: Dataflow) -> Iterator[Finding]:
    """Give every broken rule of the remainders of a table of records."""
    if any(row.named[COUNTERPART] == WORLD for row in rows):
        return
    blocks: dict[tuple[str, ...], list[Seen]] = defaultdict(list)
    for row in rows:
        blocks[(*(row.named[name] for name in dataflow.block), row.named["MEASURE"])].append(row)
    for cells in blocks.values():
        yield from _block_findings(cells)


def _block_findings(cells: list[Seen]) -> Iterator[Finding]:
    remainders = [row for row in cells if row.named[COUNTERPART] == REMAINDER_AREA]
    withheld = [row for row in cells if row.is_withheld and row.named[COUNTERPART] != REMAINDER_AREA]
    if not remainders:
        for row in withheld:
            yield Finding("remainder.absent", "A withheld cell stands in a block without remainder.", row.key)
        return
    remainder = remainders[0]
    if remainder.value is not None and len(withheld) < LEAST_POOLED:
        yield Finding("remainder.too_few", "A shown remainder must pool three cells or more.", remainder.key)
    if not withheld:
        yield Finding(
            "remainder.of_nothing", "A remainder stands in a block that withholds nothing.", remainder.key
        )
    for row in withheld:
        if row.upper != remainder.value:
            yield Finding(
                "remainder.inconsistent", "A withheld upper bound is not the remainder's value.", row.key
            )
