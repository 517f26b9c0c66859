"""What was released before, as disclosure control must take it into account: the ledger read back.

Invariants: true values are compiled again from the kept files, with the orders that were in force then; which cells
were shown is read from the very parts that left; releases older than the window are counted and not silently forgotten.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from node.ports.ledger import Bundle
from node.services.cells import bundle_cells
from node.services.context import Context
from node.services.orders import orders_of
from node.services.sources import inside, read_again, records_of, source_of
from node.services.submit import CheckReport
from risk_models.disclosure import Memory, Past, candidates_of, past_of, policy_for
from risk_models.disclosure.differences import Changes, of_few_records
from risk_models.typologies.compilation import comparing
from schemas.status import ValueStatus
from schemas.structure import Dataflow

# Older vintages stay released, but a revision is no longer compared with them (methodology 3.6, AT4).
WINDOW = timedelta(days=3 * 366)


class Recollection:
    """Remembers within one task what it has compiled already; a bundle never changes."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[str, Past] = {}

    def before(self, report: CheckReport, *, index: int | None, at: datetime) -> Memory:
        """Give what was released of the file's dataflow before record `index` of the log (None: until now).

        Raises:
            Damaged: a kept file or part changed.
        """
        dataflow = report.dataflow
        every = [
            one
            for one in self._ctx.ledger.bundles(originator=self._ctx.member)
            if one.dataflow_id == dataflow.id
        ]
        earlier = sorted(
            (one for one in every if index is None or one.log_index < index), key=lambda one: one.log_index
        )
        recent = [one for one in earlier if one.released_at > at - WINDOW]
        replaced = {digest for one in earlier for digest in one.supersedes}
        pasts = [replace(self._past(one, dataflow), is_live=one.digest not in replaced) for one in recent]
        memory = Memory(pasts, left_out=len(earlier) - len(recent))
        if not dataflow.is_record_level:
            return memory
        return replace(memory, changes=self._changes(report, recent))

    def _changes(self, report: CheckReport, recent: list[Bundle]) -> Changes:
        """Compare the records of this file with those of every earlier release of the same periods."""
        policy = policy_for(report.dataflow)
        found: dict[tuple[int, tuple[str, ...]], tuple[int, int, int]] = {}
        if not recent:
            return found
        later = records_of(self._ctx, report)
        for place, bundle in enumerate(recent):
            report_then = read_again(self._ctx, source_of(self._ctx, bundle))
            earlier = records_of(self._ctx, report_then)
            with comparing(earlier, later, self._ctx.engine) as compilation:
                changed = compilation.cells().table
            found |= of_few_records(changed, place, report.dataflow, policy)
        return found

    def _past(self, bundle: Bundle, dataflow: Dataflow) -> Past:
        if bundle.digest not in self._known:
            source = source_of(self._ctx, bundle)
            with inside(self._ctx, source, read_again(self._ctx, source)) as unprotected:
                candidates = candidates_of(unprotected.table, dataflow, orders=orders_of(source))
            self._known[bundle.digest] = past_of(bundle.digest, candidates, self._released(bundle, dataflow))
        return self._known[bundle.digest]

    def _released(self, bundle: Bundle, dataflow: Dataflow) -> dict[tuple[str, ...], ValueStatus]:
        """Give the status with which each cell left."""
        dimensions = dataflow.cells.dimensions
        rows = bundle_cells(self._ctx, bundle).select([*dimensions, "OBS_STATUS", "CONF_STATUS"]).to_pylist()
        return {
            tuple(row[name] for name in dimensions): ValueStatus.from_codes(
                row["OBS_STATUS"], row["CONF_STATUS"]
            )
            for row in rows
        }
