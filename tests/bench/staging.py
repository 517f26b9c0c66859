"""A CSV of records read, checked and staged as typed Parquet, beside DuckDB copying it unchecked."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from node.adapters.reading import FileReader
from node.adapters.staging import stage
from tests.bench.measuring import Ratio, in_own_process, medians, peak_mib
from tests.support.planted import RECORDS, REPORTER

ROWS = 10_000_000
MANY_ROWS = 50_000_000
ROUNDS = 3
# Peaks of process memory, in MiB, and how much the longer file may add.
MAX_PEAK_MIB = 2560
MAX_GROWTH = 1.2
_MADE = """
COPY (SELECT
    'R-' || lpad(i::VARCHAR, 10, '0') AS REPORT_ID,
    'S-' || (hash(i + 7) % 3000000) AS SUBJECT_ID,
    'Bank ' || (hash(i + 11) % 400) AS REPORTING_ENTITY,
    DATE '2020-01-01' + (hash(i + 13) % 1500)::INT AS BEGIN_DATE,
    DATE '2024-03-01' + (hash(i + 17) % 300)::INT AS END_DATE,
    'KZ' AS REF_AREA,
    $areas[1 + (hash(i + 3) % len($areas))::INT] AS COUNTERPART_AREA,
    ['IN', 'OUT'][1 + (hash(i + 5) % 2)::INT] AS FLOW_DIRECTION,
    $methods[1 + (hash(i + 19) % len($methods))::INT] AS METHOD,
    1 + hash(i + 23) % 40 AS N_TXN,
    ((hash(i + 29) % 1000000000) / 100)::DECIMAL(18, 2) AS AMOUNT,
    'USD' AS CURRENCY
    FROM range($rows) made(i)) TO '{path}' (HEADER)
"""
_AREAS = [
    "RU",
    "BY",
    "AM",
    "UZ",
    "KG",
    "TJ",
    "TM",
    "AZ",
    "MD",
    "CN",
    "TR",
    "AE",
    "US",
    "DE",
    "GB",
    "CY",
    "HK",
]


def ratios() -> list[Ratio]:
    """Measure reading, checking and staging beside an unchecked copy."""
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder), ROWS)
        taken = medians({"ours": lambda: staged(path), "copy": lambda: copied(path)}, rounds=ROUNDS)
    return [Ratio("DuckDB, copied unchecked", taken["ours"], taken["copy"], 1.5)]


def peaks(*, large: bool) -> list[tuple[int, int]]:
    """Measure the peak of memory in MiB by number of rows, each in a process of its own."""
    measured = []
    for rows in (ROWS, MANY_ROWS) if large else (ROWS,):
        with tempfile.TemporaryDirectory() as folder:
            path = made(Path(folder), rows)
            measured.append((rows, int(in_own_process("peak", str(path)))))
    return measured


def peak_of(path: Path) -> int:
    """Stage a file and return the peak of this process."""
    staged(path)
    return peak_mib()


def made(folder: Path, rows: int) -> Path:
    """Write a CSV of records that break no rule."""
    path = folder / "records.csv"
    methods = [f"TM{number:02d}" for number in range(1, 27)]
    parameters = {"rows": rows, "areas": _AREAS, "methods": methods}
    duckdb.connect().execute(_MADE.format(path=path), parameters)
    return path


def staged(path: Path) -> None:
    """Find out how a file is to be read, read, check and stage it; nothing may be refused."""
    reader = FileReader()
    recipe = reader.detect(path, path.name, RECORDS)
    read = reader.read(path, path.name, recipe, RECORDS)
    outcome = stage(read, RECORDS, reporter=REPORTER, target=path.with_name("staged.parquet"))
    assert outcome.result.is_clean, outcome.result.totals


def copied(path: Path) -> None:
    """Copy a file to Parquet with DuckDB, types as it finds them, nothing checked."""
    target = path.with_name("copied.parquet")
    duckdb.connect().execute(f"COPY (FROM read_csv('{path}')) TO '{target}' (FORMAT parquet)")
