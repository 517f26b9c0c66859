"""The report of a release for the officers who sign it, told from what protection answered.

Invariants: the withheld cells are those of the released table, each with every rule that hides it; an attack that was
not made is not reported as passed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from risk_models.disclosure.candidate import Candidate
from risk_models.disclosure.protection import Protection
from risk_models.disclosure.report import AT_SOURCE, ATTACKS, COVER, Attack, Loss, Report, Withheld
from schemas.status import ValueStatus
from schemas.structure import MEASURE, Dataflow


def report_of(
    candidates: Sequence[Candidate],
    protection: Protection,
    attacks: tuple[Attack, ...],
    exceptions: Sequence[Mapping[str, object]],
    dataflow: Dataflow,
) -> Report:
    """Report on a release: its candidates, aligned with the protection's answer."""
    hidden = protection.hidden.tolist()
    withheld = [
        _withheld(candidate, protection.lower[cell], protection.upper[cell])
        for cell, candidate in enumerate(candidates)
        if hidden[cell] or candidate.status.is_withheld
    ]
    return Report(
        cells=len(candidates),
        withheld=tuple(withheld),
        attacks=attacks,
        losses=tuple(_losses(candidates, hidden, dataflow.cells.dimensions.index(MEASURE))),
        method=protection.pattern.method,
        cost=protection.pattern.cost,
        bound=protection.pattern.bound,
        exceptions=tuple(exceptions),
    )


def without_protection(table: pa.Table) -> Report:
    """Report on a release in which there is nothing to protect: published figures, and registers."""
    nothing = tuple(Attack(name, "not_applicable", "nothing_is_protected") for name in ATTACKS)
    return Report(table.num_rows, (), nothing, (), "none", 0, None)


def _withheld(candidate: Candidate, lower: int, upper: int | None) -> Withheld:
    if candidate.value is None:
        return Withheld(candidate.key, candidate.status, (AT_SOURCE,), None, 0, None)
    if candidate.unsafe is None:
        return Withheld(candidate.key, ValueStatus.SECONDARY, (COVER,), candidate.value, lower, upper)
    unsafe = candidate.unsafe
    return Withheld(candidate.key, unsafe.status, unsafe.rules, candidate.value, lower, upper)


def _losses(candidates: Sequence[Candidate], hidden: Sequence[bool], measured: int) -> Iterator[Loss]:
    """Sums over cells that overlap: they say how much of the table stays, not how much there is."""
    of_measure: dict[str, list[tuple[Candidate, bool]]] = defaultdict(list)
    for candidate, is_hidden in zip(candidates, hidden, strict=True):
        of_measure[candidate.key[measured]].append((candidate, is_hidden))
    for measure, cells in sorted(of_measure.items()):
        primary = sum(is_hidden and one.unsafe is not None for one, is_hidden in cells)
        yield Loss(
            measure=measure,
            cells=len(cells),
            primary=primary,
            secondary=sum(is_hidden for _, is_hidden in cells) - primary,
            value_shown=sum(one.value or 0 for one, is_hidden in cells if not is_hidden),
            value_total=sum(one.value or 0 for one, _ in cells),
        )
