"""HiGHS as this package uses it: one thread, fixed seed, limits that are counts.

Invariants: the same program gives the same answer on every machine with the same solver, whatever was solved before;
no answer is used without a check in integers, so that tolerances propose and never decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]

INFINITY = float(highspy.kHighsInf)
_OPTIONS: dict[str, bool | float | int | str] = {
    "threads": 1,
    "random_seed": 0,
    "parallel": "off",
    "solver": "simplex",
}


@dataclass(frozen=True, slots=True)
class Program:
    """A linear program by columns: costs to be minimised, bounds of columns and rows, the matrix."""

    costs: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    starts: Indices
    rows: Indices
    values: Floats
    integral: npt.NDArray[np.int32] | None = None


class _Silent(highspy.Highs):
    """The solver without its greeting on standard output, which comes with callbacks that nobody uses here."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the solver's own name
        """Enable none, and be silent from the start."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver takes name and value


def solver(*, presolve: str = "off") -> highspy.Highs:
    """Return a solver with the options that make its answers repeatable."""
    highs = _Silent()  # type: ignore[no-untyped-call]
    for name, value in _OPTIONS.items():
        highs.setOptionValue(name, value)
    highs.setOptionValue("presolve", presolve)
    return highs


def load(highs: highspy.Highs, program: Program) -> None:
    """Put a program in; the previous one and its solution are forgotten."""
    highs.clearModel()
    highs.clearSolver()
    integral = program.integral if program.integral is not None else np.zeros(program.costs.size, np.int32)
    highs.passModel(
        program.costs.size,
        program.row_lower.size,
        program.values.size,
        1,
        1,
        0.0,
        program.costs,
        program.lower,
        program.upper,
        program.row_lower,
        program.row_upper,
        program.starts,
        program.rows,
        program.values,
        integral,
    )


def solved(highs: highspy.Highs) -> bool:
    """Run; True if an optimum was found."""
    highs.run()
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def columns(highs: highspy.Highs) -> Floats:
    """The values of the columns in the solution."""
    return np.array(highs.getSolution().col_value)
