"""How many cells there are of each member and period, and how many of them are withheld or were not collected."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from node.services.context import Context
from node.services.shelf import Shelf
from schemas.status import ValueStatus


@dataclass(frozen=True, slots=True)
class Counts:
    """Cells in force, and of them those withheld and those that exist but were not collected."""

    cells: int = 0
    withheld: int = 0
    missing: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.cells + other.cells, self.withheld + other.withheld, self.missing + other.missing)


def counted(ctx: Context, dataflow: str) -> dict[tuple[str, str], Counts]:
    """Count the cells in force of a dataflow by (member, period)."""
    found: dict[tuple[str, str], Counts] = defaultdict(Counts)
    for row in Shelf(ctx, dataflow).statuses().to_pylist():
        status = ValueStatus.from_codes(row["OBS_STATUS"], row["CONF_STATUS"])
        number = row["CELLS"]
        found[row["ORIGINATOR"], row["TIME_PERIOD"]] += Counts(
            number,
            number if status.is_withheld else 0,
            number if status is ValueStatus.MISSING else 0,
        )
    return dict(found)
