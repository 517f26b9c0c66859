"""Millions of synthetic records in Parquet, with the skew of real ones: few entities and subjects have most of them.

Invariants: the same number gives the same records, on any machine; a name is a number with a letter before it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.registry import codelist

ENTITIES = 3000
# One in five records belongs to the report of the one before it.
_NEW_REPORTS = 0.8
_RECORDS_PER_SUBJECT = 20
_CHUNK = 1 << 20
_DAYS = 730
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
    "CH",
    "LV",
    "EE",
    "GE",
    "IN",
    "TH",
    "SG",
    "PL",
    "IT",
    "FR",
    "ES",
    "RS",
    "IL",
]
_NUMBERS = ("END_DATE", "N_TXN", "AMOUNT")
_NAMES = ("REPORT_ID", "SUBJECT_ID", "REPORTING_ENTITY")


def made(folder: Path, rows: int) -> Path:
    """Write records of two years; about a twentieth as many subjects, as staged files are written."""
    path = folder / "records.parquet"
    random = np.random.Generator(np.random.PCG64(7))
    codes = {facet: _codes(f"CL_{facet}") for facet in ("METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE")}
    subjects = _shares(max(1000, rows // _RECORDS_PER_SUBJECT), 0.8)
    entities = _shares(ENTITIES, 0.9)
    writer, reports = None, 0
    for first in range(0, rows, _CHUNK):
        number = min(_CHUNK, rows - first)
        report = reports + np.cumsum(random.random(number) < _NEW_REPORTS)
        reports = int(report[-1])
        entity = np.searchsorted(entities, random.random(number))
        kinds = codes["ENTITY_TYPE"]
        columns = {
            "REPORT_ID": _named("R-", report, 10),
            "SUBJECT_ID": _named(
                "S-", np.searchsorted(subjects, random.random(number)) * 2654435761 % (1 << 40), 13
            ),
            "REPORTING_ENTITY": _named("Bank ", entity, 4),
            "END_DATE": pa.array(np.datetime64("2023-01-01") + random.integers(0, _DAYS, number)),
            "REF_AREA": _coded(np.zeros(number, np.int64), ["KZ"]),
            "COUNTERPART_AREA": _chosen(random, number, _AREAS),
            "FLOW_DIRECTION": _chosen(random, number, ["OUT", "IN"]),
            **{facet: _chosen(random, number, codes[facet]) for facet in ("METHOD", "CHANNEL", "PREDICATE")},
            "ENTITY_TYPE": _coded(entity * 7 % len(kinds), kinds),
            "N_TXN": pa.array(random.integers(1, 40, number)),
            "AMOUNT": pa.array(1 + (10 ** (3 + 6 * random.random(number))).astype(np.int64)),
        }
        chunk = pa.table(columns)
        writer = writer or _writer(path, chunk.schema)
        writer.write_table(chunk)
    if writer is not None:
        writer.close()
    return path


def _codes(name: str) -> list[str]:
    return [code for code in codelist(name).ids if code not in {"_T", "_O"}]


def _shares(number: int, skew: float) -> Any:
    """Give the cumulated shares of `number` things, the first of them having most."""
    weights = 1 / np.arange(1, number + 1) ** skew
    return np.cumsum(weights / weights.sum())


def _named(prefix: str, numbers: Any, width: int) -> pa.Array:
    return pa.array(np.char.add(prefix, np.char.zfill(numbers.astype(str), width)))


def _coded(places: Any, codes: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(codes))


def _chosen(random: np.random.Generator, number: int, codes: list[str]) -> pa.Array:
    return _coded(np.searchsorted(_shares(len(codes), 0.8), random.random(number)), codes)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    writer: Any = pq.ParquetWriter  # the stubs know no lists of columns
    return writer(  # type: ignore[no-any-return]
        path,
        schema,
        compression="zstd",
        compression_level=1,
        store_schema=False,
        use_dictionary=[name for name in schema.names if name not in (*_NUMBERS, *_NAMES)],
        column_encoding=dict.fromkeys(_NUMBERS, "DELTA_BINARY_PACKED"),
    )
