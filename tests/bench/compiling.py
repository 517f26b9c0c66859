"""Ten million records in Parquet to cells, beside the same by hand in DuckDB and in pandas; times and peaks.

Invariants: the records are the same on every machine; each run is a process of its own, which measures itself; a
run counts only if it finds as many cells, and as many reports, subjects and cents in them, as the others.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from risk_models.engine import Engine, ParquetFiles
from risk_models.typologies import statements
from risk_models.typologies.compilation import compiling
from risk_models.typologies.embedded import Embedded
from risk_models.typologies.facets import FACETS, groupings, not_stated, numbered
from schemas.registry import codelist
from tests.bench.measuring import Ratio, in_own_process, peak_mib
from tests.support.many_records import made

ROWS = 10_000_000
MANY_ROWS = 50_000_000
ROUNDS = 3
MAX_PEAK_MIB = 2560
MEMORY = "1500MB"
# The direct statement spills for hours within that, so it gets what a machine of this size has.
MUCH_MEMORY = "16GB"
_READ = [
    "END_DATE",
    "REF_AREA",
    "FLOW_DIRECTION",
    "COUNTERPART_AREA",
    "REPORT_ID",
    "SUBJECT_ID",
    "REPORTING_ENTITY",
    "N_TXN",
    "AMOUNT",
]
_SUMS = ("N_STR", "N_SUBJ", "V_TXN")
Sums = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds, MiB, number of cells and sums over all of them."""

    seconds: float
    peak: int
    found: Sums


def ratios() -> tuple[list[Ratio], list[Ratio]]:
    """Measure times, then peaks (in MiB, under the same names)."""
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder), ROWS)
        names = ("ours", "by_hand")
        rounds = [{name: in_turn(name, path) for name in names} for _ in range(ROUNDS)]
        others = {name: in_turn(name, path) for name in ("grouping_sets", "in_pandas")}
    runs = {name: [one[name] for one in rounds] for name in names} | {
        name: [run] for name, run in others.items()
    }
    assert len({run.found for measured in runs.values() for run in measured}) == 1, runs
    seconds = {name: statistics.median(run.seconds for run in measured) for name, measured in runs.items()}
    peaks = {name: max(run.peak for run in measured) for name, measured in runs.items()}
    times = [
        Ratio("DuckDB, our statements by hand", seconds["ours"], seconds["by_hand"], 1.15),
        Ratio("DuckDB, one statement of grouping sets", seconds["ours"], seconds["grouping_sets"], 1.15),
        Ratio("pandas", seconds["ours"], seconds["in_pandas"], 1 / 2.5),
    ]
    return times, [
        Ratio("peak of DuckDB, our statements by hand", peaks["ours"], peaks["by_hand"], 1.1),
        Ratio("peak of DuckDB, one statement of grouping sets", peaks["ours"], peaks["grouping_sets"], 1.1),
    ]


def peaks(*, large: bool) -> list[tuple[int, int]]:
    """Measure the peak of memory in MiB of fifty million records, if they are wanted."""
    if not large:
        return []
    with tempfile.TemporaryDirectory() as folder:
        return [(MANY_ROWS, in_turn("ours", made(Path(folder), MANY_ROWS)).peak)]


def in_turn(name: str, path: Path) -> Run:
    """Run one of `WAYS` in a process of its own."""
    seconds, peak, *found = in_own_process("compiled", name, str(path)).split()
    return Run(float(seconds), int(peak), tuple(map(int, found)))


def run_here(name: str, path: str) -> str:
    """Run one of `WAYS` here and say what it took."""
    started = time.perf_counter()
    found = WAYS[name](path)
    return " ".join(map(str, (round(time.perf_counter() - started, 2), peak_mib(), *found)))


def ours(path: str) -> Sums:
    """Compile as the node does, spilling to a folder."""
    with tempfile.TemporaryDirectory() as spill:
        engine = Embedded(Engine(MEMORY, 2, spill))
        with compiling(ParquetFiles((path,)), engine) as compilation:
            table = compilation.cells().table
    return (table.num_rows, *(sum(table[name].to_pylist()) for name in _SUMS))


def by_hand(path: str) -> Sums:
    """Hand the same statements to a connection, as one would who knows them."""
    codes = numbered()
    with _by_hand(MEMORY) as connection:
        connection.register("numbers", codes.numbers_table())
        connection.register("parts", codes.parts_table())
        connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        connection.read_parquet(path).create_view("records")
        for name, statement in (*statements.PREPARED, ("facts", statements.facts())):
            connection.execute(f"CREATE TABLE {name} AS {statement}")
        found = []
        for facet in (None, *FACETS):
            connection.execute(f"CREATE OR REPLACE TABLE shares AS {statements.shares(facet)}")
            found += [connection.sql(statements.cells(one)).to_arrow_table() for one in groupings(facet)]
        table = pa.concat_tables(found)
    return (table.num_rows, *(sum(table[name].to_pylist()) for name in _SUMS))


def grouping_sets(path: str) -> Sums:
    """Put it all into one statement with grouping sets, as one writes it first; without the two largest."""
    levels = [f"{facet}{one.depth}" for facet in FACETS for one in groupings(facet) if one.is_wide]
    block, listed = "ENDED, REF_AREA, FLOW_DIRECTION", ", ".join(levels)
    margins = [f"{block}{area}" for area in ("", ", COUNTERPART_AREA")]
    sets = [f"({margin}{level})" for margin in margins for level in ("", *(f", {name}" for name in levels))]
    joins = [
        f"JOIN levels AS {facet}_LEVELS ON {facet}_LEVELS.FACET = '{facet}'"
        f" AND {facet}_LEVELS.CODE = coalesce(records.{facet}, '{not_stated(facet)}')"
        for facet in FACETS
    ]
    read = [f"{level[:-1]}_LEVELS.L{level[-1]} AS {level}" for level in levels]
    with _by_hand(MUCH_MEMORY) as connection:
        connection.register("levels", _levels())
        row = connection.execute(
            f"""
            WITH facts AS (
                SELECT year(END_DATE) AS ENDED, REF_AREA, FLOW_DIRECTION, COUNTERPART_AREA, REPORT_ID, SUBJECT_ID,
                       REPORTING_ENTITY, N_TXN, AMOUNT, {", ".join(read)}
                FROM read_parquet($path) AS records {" ".join(joins)}
            ), cells AS (
                SELECT {block}, COUNTERPART_AREA, {listed}, grouping({listed}) AS GROUPED,
                       count(DISTINCT REPORT_ID) AS N_STR, count(DISTINCT SUBJECT_ID) AS N_SUBJ,
                       count(DISTINCT REPORTING_ENTITY) AS N_ENT, sum(N_TXN) AS N_TXN, sum(AMOUNT) AS V_TXN
                FROM facts GROUP BY GROUPING SETS ({", ".join(sets)})
            )
            SELECT count(*), sum(N_STR), sum(N_SUBJ), sum(V_TXN), sum(N_ENT + N_TXN) FROM cells
            WHERE GROUPED = 2 ** {len(levels)} - 1 OR coalesce({listed}) IS NOT NULL
            """,
            {"path": path},
        ).fetchone()
    assert row is not None
    return tuple(map(int, row[:4]))


def in_pandas(path: str) -> Sums:
    """Do the same in pandas: identifiers and codes as numbers once, then each grouping by itself."""
    frame = _frame(path)
    found = [0, 0, 0, 0]
    for facet in (None, *FACETS):
        for one in groupings(facet):
            keys = ["ENDED", "REF_AREA", "FLOW_DIRECTION"] + ([] if one.is_wide else ["COUNTERPART_AREA"])
            part = frame
            if facet is not None:
                level = f"{facet}{one.depth}"
                keys.append(level)
                part = frame[frame[level] >= 0]
            sums = part.groupby(keys)[["N_TXN", "AMOUNT"]].sum()
            shares = part.groupby([*keys, "REPORTING_ENTITY"])["AMOUNT"].sum()
            largest = shares.sort_values(ascending=False).groupby(keys).head(2)
            assert len(largest) >= len(sums)
            names = ("REPORT_ID", "SUBJECT_ID")
            pairs = [part[[*keys, name]].drop_duplicates().groupby(keys).size().sum() for name in names]
            found = [
                now + more for now, more in zip(found, [len(sums), *pairs, sums["AMOUNT"].sum()], strict=True)
            ]
    return tuple(map(int, found))


WAYS: Mapping[str, Callable[[str], Sums]] = {
    "ours": ours,
    "by_hand": by_hand,
    "grouping_sets": grouping_sets,
    "in_pandas": in_pandas,
}


@contextmanager
def _by_hand(memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory() as spill:
        settings = {"memory_limit": memory, "threads": 2, "temp_directory": spill}
        connection = duckdb.connect(config=settings)
        connection.execute("SET preserve_insertion_order = false")
        yield connection
        connection.close()


def _levels() -> pa.Table:
    """Give each code of each facet with what it lies within, from the highest to itself."""
    rows = []
    for facet in FACETS:
        listed = codelist(f"CL_{facet}")
        for code in listed.ids:
            above = [parent.id for parent in reversed(listed.ancestors(code))] + [code]
            rows.append({"FACET": facet, "CODE": code} | {f"L{at}": name for at, name in enumerate(above, 1)})
    names = ("FACET", "CODE", "L1", "L2", "L3", "L4")
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))


def _frame(path: str) -> pd.DataFrame:
    frame = pd.read_parquet(path, columns=[*_READ, *FACETS])
    for name in (
        "REPORT_ID",
        "SUBJECT_ID",
        "REPORTING_ENTITY",
        "REF_AREA",
        "FLOW_DIRECTION",
        "COUNTERPART_AREA",
    ):
        frame[name] = pd.factorize(frame[name])[0].astype(np.int32)
    frame["ENDED"] = pd.to_datetime(frame.pop("END_DATE")).dt.year.astype(np.int16)
    levels = _levels().to_pandas()
    for facet in FACETS:
        numbers, codes = pd.factorize(frame.pop(facet).fillna(not_stated(facet)).astype(str))
        above = levels[levels["FACET"] == facet].set_index("CODE").loc[codes]
        for one in groupings(facet):
            column = pd.factorize(above[f"L{one.depth}"])[0].astype(np.int16)
            frame[f"{facet}{one.depth}"] = column[numbers]
    return frame
