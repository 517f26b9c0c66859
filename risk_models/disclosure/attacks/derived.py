"""AT8: a ratio or a mean with one known factor gives the other away.

Invariants: a figure that is shown must follow from released cells and from nothing else; within a release a value
is not shown beside a count of its own that is not. Source: methodology 3.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from risk_models.disclosure.attacks.exposed import Exposed, outcome
from risk_models.disclosure.report import Attack


@dataclass(frozen=True, slots=True)
class Figures:
    """Derived figures as they are shown, and what they may rest on.

    rows: of the dataflow INDICATOR; INPUTS are digests of bundles, separated by commas. released: digests of the
    bundles that whoever sees the figures holds. shown, recomputed: digests of the figures as shown and as a run
    on those bundles alone gives them.
    """

    rows: Sequence[Mapping[str, object]]
    released: frozenset[str]
    shown: str
    recomputed: str

    def unfounded(self) -> int:
        """Count the figures that rest on something else; all of them if the digests differ."""
        if self.shown != self.recomputed:
            return max(1, len(self.rows))
        return sum(not _inputs(row) <= self.released for row in self.rows)


def derived_figures(
    release: Exposed, follows: Iterable[tuple[int, int]], figures: Figures | None = None
) -> tuple[Attack, ...]:
    """AT8 on a release (value beside its count) and on the figures shown with it.

    follows: pairs of cells, a value or a mean and the count it belongs to. `count`: pairs and figures checked.
    """
    pairs = sorted(set(follows))
    if not pairs and figures is None:
        return (Attack("AT8", "not_applicable", "nothing_derived"),)
    alone = sum(
        bool(not release.hidden[value] and release.hidden[count] and release.system.values[value])
        for value, count in pairs
    )
    unfounded = 0 if figures is None else figures.unfounded()
    checked = len(pairs) + (0 if figures is None else len(figures.rows))
    if unfounded:
        return outcome("AT8", "figures_from_released_cells_only", unfounded, checked)
    return outcome("AT8", "value_beside_its_count", alone, checked)


def _inputs(row: Mapping[str, object]) -> set[str]:
    return {digest for digest in str(row["INPUTS"] or "").split(",") if digest}
