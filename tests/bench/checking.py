"""Check of a million rows of statistics with 1 % planted violations, beside three others."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pyarrow.csv

from schemas.check import check
from tests.bench import by_frictionless, by_pandera, by_pydantic
from tests.bench.measuring import Ratio, medians
from tests.support.planted import FIRST_ROW, REPORTER, Planted, planted_statistics

ROWS = 1_000_000
# Row by row takes minutes, so those are given less and their time is scaled to the whole.
PYDANTIC_ROWS = 200_000
FRICTIONLESS_ROWS = 20_000
ROUNDS = 7


def ratios() -> list[Ratio]:
    """Measure the check beside pandera, pydantic and frictionless."""
    plan = _plan(ROWS)
    _confirm(plan)
    frame = pl.from_arrow(plan.table)
    assert isinstance(frame, pl.DataFrame)
    whole = medians(
        {"ours": lambda: _check(plan), "pandera": lambda: by_pandera.located(frame)}, rounds=ROUNDS
    )
    return [
        Ratio("pandera on polars", whole["ours"], whole["pandera"], 1.0),
        Ratio("pydantic, row by row", whole["ours"], _pydantic(), 1 / 3),
        Ratio("frictionless", whole["ours"], _frictionless(), 1 / 20),
    ]


def _plan(rows: int) -> Planted:
    return planted_statistics(rows, faults=rows * 9 // 1000, repetitions=rows // 2000, seed=1)


def _check(plan: Planted) -> object:
    """Check and locate every violation, not only the first thousand."""
    return check(
        plan.table, plan.structure, reporter=REPORTER, first_row=FIRST_ROW, listed_at_most=plan.table.num_rows
    ).violations


def _confirm(plan: Planted) -> None:
    """A time counts only if what was found is exactly what was planted."""
    found = check(
        plan.table, plan.structure, reporter=REPORTER, first_row=FIRST_ROW, listed_at_most=plan.table.num_rows
    )
    assert {(one.row, one.column, one.rule) for one in found.violations} == plan.expected


def _pydantic() -> float:
    records = _plan(PYDANTIC_ROWS).table.to_pylist()
    taken = medians({"pydantic": lambda: by_pydantic.located(records)}, rounds=3)
    return taken["pydantic"] * ROWS / PYDANTIC_ROWS


def _frictionless() -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statistics.csv"
        pyarrow.csv.write_csv(_plan(FRICTIONLESS_ROWS).table, path)
        taken = medians({"frictionless": lambda: by_frictionless.located(path)}, rounds=1)
    return taken["frictionless"] * ROWS / FRICTIONLESS_ROWS
