"""Detectors beside those of R's `surveillance`, as whole processes: start, read the series, judge 100 weeks, say.

Invariants: both read the same file and must give the same number of alarms, or nothing is measured; R, whose time grows
with the number of series, is given fewer of them where it takes minutes, and its time is scaled.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.csv

from risk_models.indicators.warning.ears import ears
from risk_models.indicators.warning.farrington import farrington
from risk_models.numerics.series import CERTAIN
from tests.bench.measuring import Ratio, medians
from tests.support.warning_parameters import EARS, Z_999, classic, improved

R_SERIES = {"classic": 50, "improved": 20, "ears": 1_000}
JUDGED = 100
ROUNDS = 3
SCRIPT = Path(__file__).with_suffix(".R")
TO_INSTALL = "R's surveillance is not measured: apt-get install r-cran-surveillance"


def ratios(counts: np.ndarray) -> list[Ratio]:
    """Measure each detector on all series (ours) and on as many as R is given (both, for the alarms)."""
    rscript = shutil.which("Rscript")
    if (
        rscript is None
        or _said([rscript, "-e", "cat(requireNamespace('surveillance', quietly = TRUE))"]) != "TRUE"
    ):
        sys.stdout.write(TO_INSTALL + "\n")
        return []
    with tempfile.TemporaryDirectory() as folder:
        return [_beside_r(rscript, name, counts, Path(folder)) for name in R_SERIES]


def _beside_r(rscript: str, name: str, counts: np.ndarray, folder: Path) -> Ratio:
    whole, few = folder / "whole.csv", folder / f"{name}.csv"
    np.savetxt(whole, counts, fmt="%d", delimiter=",")
    np.savetxt(few, counts[: R_SERIES[name]], fmt="%d", delimiter=",")
    ours = [sys.executable, "-m", "tests.bench.surveillance", name]
    theirs = [rscript, str(SCRIPT), name, str(few)]
    alarms = _said([*ours, str(few)]), _said(theirs)
    if alarms[0] != alarms[1]:
        raise SystemExit(f"{name}: {alarms[0]} alarms, and {alarms[1]} by R: not the same test")
    times = medians(
        {"ours": lambda: _said([*ours, str(whole)]), "theirs": lambda: _said(theirs)}, rounds=ROUNDS
    )
    scaled = times["theirs"] * len(counts) / R_SERIES[name]
    label = f"{name}, {len(counts) * JUDGED:,} tests as whole processes, R surveillance"
    return Ratio(label, times["ours"], scaled, 1.0)


def _said(command: list[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def alarms_of(name: str, path: Path) -> int:
    """Count the alarms of the last hundred weeks of the series in a file."""
    options = pyarrow.csv.ReadOptions(autogenerate_column_names=True)
    table = pyarrow.csv.read_csv(path, read_options=options)
    counts = np.stack([column.to_numpy() for column in table.columns], axis=1)
    first = counts.shape[1] - JUDGED
    if name == "ears":
        judged = ears(counts, counts, EARS).c2.exceeding(Z_999)
    else:
        parameters = classic() if name == "classic" else improved()
        judged = farrington(counts, counts, parameters, first).signals
    return int((judged[:, first:] == CERTAIN).sum())


if __name__ == "__main__":
    sys.stdout.write(f"{alarms_of(sys.argv[1], Path(sys.argv[2]))}\n")
