"""`make bench`: measure, say what was promised, and keep what was found; `docs/benchmarks.md` explains.

Invariants: the exit status is 0 only if every promise holds; every run adds one line to the kept results.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench import (
    api,
    beside,
    checking,
    compiling,
    composites,
    drawing,
    exchanging,
    indicators,
    large_node,
    pages,
    protecting,
    signing,
    staging,
    warning,
)
from tests.bench.measuring import Ratio

KEPT = Path(__file__).with_name("results.jsonl")
_MEASURED = (
    "pyarrow",
    "duckdb",
    "polars",
    "pandera",
    "frictionless",
    "pydantic",
    "medallion",
    "stix2",
    "sdmx1",
)

_PLAIN = {
    "pages": (
        pages.ratios,
        f"pages of a node with {large_node.CELLS:,} cells, {pages.RATE} requests a second",
    ),
    "api": (api.ratios, "an unchanged answer, of a bare handler's"),
    "exchange": (exchanging.ratios, "the exchange over mutual TLS"),
    "beside": (beside.ratios, "5,044 cells exchanged and verified"),
    "signing": (signing.ratios, f"{signing.ENVELOPES} envelopes with the signatures of two officers"),
    "composite": (composites.ratios, "a composite of 51 units and 49 indicators, beside what is promised"),
    "drawing": (drawing.ratios, f"the matrix of {drawing.MEMBERS} members over {drawing.MONTHS} months"),
    "indicators": (indicators.ratios, "the tier-1 model, beside what is promised"),
    "warning": (warning.ratios, f"Farrington on {warning.SERIES:,} series of {warning.WEEKS} weeks"),
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks that were asked for, all of them by default; give the exit status."""
    if arguments[:1] == ["peak"]:
        _say(str(staging.peak_of(Path(arguments[1]))))
        return 0
    if arguments[:1] == ["compiled"]:
        _say(compiling.run_here(arguments[1], arguments[2]))
        return 0
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument(
        "only",
        nargs="?",
        choices=(
            "check",
            "staging",
            "memory",
            "compile",
            "protection",
            "signing",
            "composite",
            "indicators",
            "warning",
            "drawing",
            "exchange",
            "beside",
            "pages",
            "api",
        ),
    )
    parser.add_argument("--large", action="store_true", help="also 50 million rows (6 GB of disk, minutes)")
    asked = parser.parse_args(arguments)
    measured: list[Ratio] = []
    peaks: list[tuple[int, int]] = []
    if asked.only in {None, "check"}:
        measured += _told(checking.ratios(), f"check of {checking.ROWS:,} rows")
    if asked.only in {None, "staging"}:
        measured += _told(staging.ratios(), f"{staging.ROWS:,} records from CSV to typed Parquet")
    if asked.only in {None, "memory"}:
        peaks = staging.peaks(large=asked.large)
    is_flat = _peaks_told(peaks)
    if asked.only in {None, "compile"}:
        times, memory = compiling.ratios()
        measured += _told(times, f"{compiling.ROWS:,} records to cells")
        measured += _told(memory, f"{compiling.ROWS:,} records to cells, MiB")
        many = compiling.peaks(large=asked.large)
        is_flat &= _peaks_told(many)
        peaks += many
    if asked.only in {None, "protection"}:
        measured += _told(
            protecting.ratios(large=asked.large), "suppression and audit, beside what is promised"
        )
    for name, (ratios, what) in _PLAIN.items():
        if asked.only in {None, name}:
            measured += _told(ratios(), what)
    _keep(measured, peaks)
    return 0 if is_flat and all(one.is_kept for one in measured) else 1


def _told(measured: list[Ratio], what: str) -> list[Ratio]:
    for one in measured:
        verdict = "kept" if one.is_kept else "NOT KEPT"
        _say(
            f"{what} | {one.name} | {one.ours_s:.2f} s | {one.theirs_s:.2f} s"
            f" | x{one.value:.3f} | at most x{one.limit:.3f} | {verdict}"
        )
    return measured


def _peaks_told(peaks: list[tuple[int, int]]) -> bool:
    for rows, peak in peaks:
        _say(f"peak of memory | {rows:,} records | {peak} MiB | at most {staging.MAX_PEAK_MIB} MiB")
    found = [peak for _, peak in peaks]
    return not found or (max(found) <= staging.MAX_PEAK_MIB and max(found) <= min(found) * staging.MAX_GROWTH)


def _keep(measured: list[Ratio], peaks: list[tuple[int, int]]) -> None:
    run: dict[str, Any] = {
        "day": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _MEASURED},
        "ratios": [asdict(one) | {"ratio": round(one.value, 4)} for one in measured],
        "peak_mib": dict(peaks),
    }
    with KEPT.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(run) + "\n")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
