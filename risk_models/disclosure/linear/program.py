"""Linear programs over what is left of a system, solved by HiGHS; floats in and out.

Invariants: one thread, one seed and limits that count nodes, so an answer does not hang on the machine; an answer
is a proposal that its reader checks in integers; nothing is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from risk_models.disclosure.linear.arrays import Floats
from risk_models.disclosure.linear.remainder import Remainder

_OPTIONS: tuple[tuple[str, Any], ...] = (
    ("threads", 1),
    ("parallel", "off"),
    ("random_seed", 0),
)
# A node limit, not a time limit; a component of a few thousand unknowns takes a second or two for as many.
_NODES = 200


@dataclass(frozen=True, slots=True)
class Optimum:
    """A vertex: the distance of every unknown, and the dual value of every equation (of a minimum)."""

    distances: Floats
    duals: Floats


class Program:
    """Maximise gains * d - toll * sum of |d| over distances that meet every equation and their bounds.

    Only what changes between two calls is handed to the solver. It starts from its last basis, which pays where
    little changes, or afresh, which pays where the next optimum lies elsewhere. A toll keeps distances at zero
    that need not move; for that, each is taken as the difference of two columns.
    """

    def __init__(
        self, left: Remainder, *, toll: bool = False, whole: bool = False, fresh: bool = False
    ) -> None:
        """Load the equations.

        toll: a toll can be asked for. whole: distances are whole numbers. fresh: every call starts afresh.
        """
        self._fresh = fresh or whole
        self._halves = 2 if toll else 1
        # the package's own types leave some of its methods out
        self._solver: Any = _solver(left, self._halves)
        self._rows = left.starts.size - 1
        columns = np.arange(left.unknowns * self._halves, dtype=np.int32)
        self._columns = columns
        if whole:
            self._solver.setOptionValue("mip_max_nodes", _NODES)
            kinds = np.full(columns.size, int(highspy.HighsVarType.kInteger), np.uint8)
            self._solver.changeColsIntegrality(columns.size, columns, kinds)
        else:
            self._solver.setOptionValue("presolve", "choose" if fresh else "off")
            self._solver.setOptionValue("solver", "simplex")

    def best(
        self, gains: Floats, lower: Floats, upper: Floats, right: Floats | None = None, toll: float = 0.0
    ) -> Optimum | None:
        """Return an optimum, None if there is none or none was found within the limits.

        gains, lower, upper: one number an unknown, bounds may be infinite. right: what each equation adds up to.
        """
        if self._halves == 2:  # noqa: PLR2004 - a distance is what it goes up less what it goes down
            gains = np.concatenate((gains - toll, -gains - toll))
            lower, upper = (
                np.concatenate((np.maximum(lower, 0.0), np.maximum(-upper, 0.0))),
                np.concatenate((np.maximum(upper, 0.0), np.maximum(-lower, 0.0))),
            )
        count = self._columns.size
        self._solver.changeColsCost(count, self._columns, -gains)
        self._solver.changeColsBounds(count, self._columns, lower, upper)
        sides = np.zeros(self._rows) if right is None else right
        rows = np.arange(self._rows, dtype=np.int32)
        self._solver.changeRowsBounds(self._rows, rows, sides, sides)
        if self._fresh:
            self._solver.clearSolver()
        self._solver.run()
        if self._solver.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            self._solver.clearSolver()  # the last basis led nowhere; a fresh start is slower and steadier
            self._solver.run()
        return self._optimum()

    def _optimum(self) -> Optimum | None:
        status = self._solver.getModelStatus()
        found = (
            self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        )
        stopped = status == highspy.HighsModelStatus.kSolutionLimit
        if not (status == highspy.HighsModelStatus.kOptimal or (stopped and found)):
            return None
        solution = self._solver.getSolution()
        values = np.array(solution.col_value)
        if self._halves == 2:  # noqa: PLR2004
            up, down = np.split(values, 2)
            values = up - down
        return Optimum(values, np.array(solution.row_dual))


class _Silent(highspy.Highs):
    """The solver without the greeting on standard output that comes with callbacks, which nobody uses here."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the solver's own name
        """Enable none, and be silent before anything is said."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver's own signature


def _solver(left: Remainder, halves: int) -> highspy.Highs:
    """Load a model whose columns are the unknowns, or their ways up followed by their ways down."""
    solver = _Silent()  # type: ignore[no-untyped-call]
    for name, value in _OPTIONS:
        solver.setOptionValue(name, value)
    rows = left.starts.size - 1
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = left.unknowns * halves, rows
    model.col_cost_ = np.zeros(left.unknowns * halves)
    model.col_lower_ = np.zeros(left.unknowns * halves)
    model.col_upper_ = np.zeros(left.unknowns * halves)
    model.row_lower_ = np.zeros(rows)
    model.row_upper_ = np.zeros(rows)
    order = np.argsort(left.places, kind="stable")
    lengths = np.bincount(left.places, minlength=left.unknowns)
    inside = np.repeat(np.arange(rows), np.diff(left.starts))[order]
    values = left.signs[order].astype(np.float64)
    starts = np.concatenate(([0], np.cumsum(np.tile(lengths, halves))))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = starts.astype(np.int32)
    model.a_matrix_.index_ = np.tile(inside, halves).astype(np.int32)
    model.a_matrix_.value_ = np.concatenate((values, -values)[:halves])
    solver.passModel(model)
    return solver
