"""The tier-1 model over 12 members, 200 facets and 120 months, beside one reading and grouping of the same cells.

Invariants: cells are drawn from a fixed seed and lie as Parquet, as nodes keep them; both sides read the same files;
ours ends with the digest of every figure. What a new bundle costs is measured from keys to digest, all that it reads
included.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from exchange import parquet
from risk_models.model import Block, ModelInput, ModelRun, Source, load_spec, run_blocks, spanned
from schemas.arrow import arrow_schema
from schemas.registry import codelist, dataflow
from tests.bench.measuring import Ratio, medians

MEMBERS = ("AM", "AZ", "BY", "CN", "IN", "KG", "KZ", "MD", "RU", "TJ", "TM", "UZ")
MONTHS = tuple(f"{year}-M{month:02}" for year in range(2016, 2026) for month in range(1, 13))
FACETS, PARTNERS, RECENT = 200, 12, 60
ROUNDS = 3
MOST_TIMES, MOST_PART = 20.0, 0.1
FLOW = "SUSPICIOUS_FLOW"
CUTS = ("METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE")
GROUPED = """
    SELECT REF_AREA, METHOD, CHANNEL, PREDICATE, ENTITY_TYPE, TIME_PERIOD, sum(OBS_LOWER), sum(OBS_UPPER), count(*)
    FROM read_parquet('{}') GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A bundle as a file, and what its manifest says."""

    source: Source
    path: Path

    def given(self) -> ModelInput:
        """Its cells, as a node reads them for this model."""
        table = parquet.read_again(self.path.read_bytes(), is_coded=True)
        return ModelInput(self.source.bundle_digest, self.source.originator, FLOW, table)


def ratios() -> list[Ratio]:
    """Measure a whole run beside DuckDB, and a run after one new bundle beside a whole one."""
    with tempfile.TemporaryDirectory() as folder:
        whole, parts = Path(folder) / "whole", Path(folder) / "parts"
        histories = [_written(whole, member, MONTHS, drawn(member)) for member in MEMBERS]
        bundles = [one for member in MEMBERS for one in _in_releases(parts, member)]
        newer = _written(parts, MEMBERS[0], MONTHS[-1:], drawn(MEMBERS[0], again=True), name="newer")
        after = [newer if one.path.stem == f"{MEMBERS[0]} {MONTHS[-1]}" else one for one in bundles]
        before = {block.key: block for block in _run(bundles).blocks}
        kept = {key: _known(block) for key, block in before.items()}
        times = medians(
            {
                "grouped": lambda: duckdb.sql(GROUPED.format(whole / "*.parquet")).to_arrow_table(),
                "run": lambda: _run(histories),
                "releases": lambda: _run(after),
                "again": lambda: _run(after, kept),
            },
            rounds=ROUNDS,
        )
    rows = len(MEMBERS) * PARTNERS * FACETS * len(MONTHS)
    return [
        Ratio(f"{rows:,} cells, read and grouped once", times["run"], times["grouped"], MOST_TIMES),
        Ratio("after one new bundle, the whole", times["again"], times["releases"], MOST_PART),
    ]


def drawn(member: str, *, again: bool = False) -> pa.Table:
    """Reports of one member to eleven others and all, every facet and month; the smallest counts are withheld."""
    rng = np.random.default_rng([MEMBERS.index(member), again])
    partners = [*(other for other in MEMBERS if other != member), "W1"]
    mean = rng.gamma(1.5, 8, (PARTNERS, FACETS, 1)) * np.ones(len(MONTHS))
    mean[:, 0] = 300
    counts = rng.poisson(mean)
    counts[-1] = counts[:-1].sum(axis=0)
    partner, facet, month = (place.ravel() for place in np.indices(counts.shape))
    value = counts.ravel()
    is_small = (value > 0) & (value < 3)
    columns = {
        "TIME_PERIOD": _coded(MONTHS, month),
        "REF_AREA": _coded([member], month * 0),
        "COUNTERPART_AREA": _coded(partners, partner),
        "FLOW_DIRECTION": _coded(["OUT"], month * 0),
        **{cut: _coded([codes[place] for codes in facets()], facet) for place, cut in enumerate(CUTS)},
        "MEASURE": _coded(["N_STR"], month * 0),
        "OBS_VALUE": pa.array(value, mask=is_small),
        "OBS_LOWER": pa.array(np.where(is_small, 0, value)),
        "OBS_UPPER": pa.array(np.where(is_small, 2, value)),
        "OBS_STATUS": _coded(["A", "Q"], is_small.astype(np.int64)),
        "CONF_STATUS": _coded(["F", "A"], is_small.astype(np.int64)),
    }
    return pa.table(columns).cast(arrow_schema(dataflow(FLOW).cells))


def facets() -> list[tuple[str, ...]]:
    """The whole, every code of every cut by itself, and then methods by predicate offences."""
    cells = dataflow(FLOW).cells
    lists = {cut: [code.id for code in codelist(cells.column(cut).codelist or "")] for cut in CUTS}
    found = [("_T",) * len(CUTS)]
    for place, cut in enumerate(CUTS):
        found += [
            tuple(code if other == place else "_T" for other in range(len(CUTS)))
            for code in lists[cut]
            if code != "_T"
        ]
    crossed = [
        (method, "_T", predicate, "_T") for method in lists["METHOD"] for predicate in lists["PREDICATE"]
    ]
    return [*found, *(one for one in crossed if "_T" not in {one[0], one[2]})][:FACETS]


def _in_releases(folder: Path, member: str) -> list[Kept]:
    """All but the last five years in one bundle, and a bundle for each month after."""
    cells = drawn(member)
    recent = [_written(folder, member, (month,), cells) for month in MONTHS[-RECENT:]]
    return [_written(folder, member, MONTHS[:-RECENT], cells), *recent]


def _written(
    folder: Path, member: str, months: Sequence[str], cells: pa.Table, *, name: str | None = None
) -> Kept:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name or f'{member} {months[-1]}'}.parquet"
    wanted = pa.compute.is_in(cells["TIME_PERIOD"], pa.array(months))
    path.write_bytes(parquet.write(cells.filter(wanted)))
    return Kept(Source(FLOW, member, f"sha256:{path.stem}", spanned(months)), path)


def _run(bundles: Sequence[Kept], kept: Mapping[str, Block] | None = None) -> ModelRun:
    by_digest = {one.source.bundle_digest: one for one in bundles}
    return run_blocks(
        load_spec("indicators_1"),
        [one.source for one in bundles],
        lambda source: by_digest[source.bundle_digest].given(),
        kept,
    )


def _known(block: Block) -> Block:
    return Block(block.id, block.key, block.digest, block.rows, block.inputs)


def _coded(codes: Sequence[str], places: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(codes)).cast(
        pa.string()
    )
