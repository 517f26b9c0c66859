"""Computed figures and their one canonical table.

Invariants: a figure that has no value says why; every number is text at 9 significant digits, so all nodes
write the same bytes; rows are sorted by their key; the digest is over those rows and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from risk_models.exact import quantise
from risk_models.indicators.multiplicity import Signal
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex
from schemas.interval import Interval, grade

Status = Literal["ok", "insufficient", "undefined"]
NO_COUNTERPART = "_Z"
KEY = ("INDICATOR", "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET")
BOUNDS = ("LOWER", "UPPER", "P_LOWER", "P_UPPER")
VERDICT = ("SIGNAL", "GRADE", "STATUS", "INPUTS")
UNCERTAINTY = ("CI_LOWER", "CI_UPPER", "Q_LOWER", "Q_UPPER")
COLUMNS = (*KEY, *BOUNDS, *VERDICT, *UNCERTAINTY)


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator for one place, period and facet.

    value: its interval, None if it has no value. p, q: p-value and false discovery rate, where it is tested.
    confidence: sampling limits, where it has them. is_sufficient: the indicator's minimum is met for certain.
    inputs: the bundles whose cells were used.
    """

    indicator: str
    time_period: str
    ref_area: str
    counterpart: str
    facet: str
    value: Interval | None
    inputs: frozenset[str]
    is_sufficient: bool = True
    p: Interval | None = None
    q: Interval | None = None
    confidence: Interval | None = None
    signal: Signal | Literal[""] = ""

    @property
    def status(self) -> Status:
        """`undefined`: no value (0/0); `insufficient`: fewer observations than the minimum; else `ok`."""
        if self.value is None:
            return "undefined"
        return "ok" if self.is_sufficient else "insufficient"

    def row(self) -> tuple[str | None, ...]:
        """The texts of this figure in the order of `COLUMNS`."""
        lower, upper = _texts(self.value)
        given = self.value if self.status == "ok" else None
        return (
            *(self.indicator, self.time_period, self.ref_area, self.counterpart, self.facet),
            *(lower, upper, *_texts(self.p)),
            *(self.signal, "D" if given is None else grade(given), self.status),
            ",".join(sorted(self.inputs)),
            *(*_texts(self.confidence), *_texts(self.q)),
        )


def rows_of(figures: Iterable[Figure]) -> list[tuple[str | None, ...]]:
    """The rows of all figures, sorted by key."""
    return sorted((figure.row() for figure in figures), key=lambda row: row[: len(KEY)])


def table_of(rows: list[tuple[str | None, ...]]) -> pa.Table:
    """The rows as a table of text columns; a null bound is one that does not exist."""
    schema = pa.schema([pa.field(name, pa.string()) for name in COLUMNS])
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=schema)


def in_order(table: pa.Table) -> pa.Table:
    """The rows of such a table, sorted by key."""
    return table.sort_by([(name, "ascending") for name in KEY])


def digest_of(rows: list[tuple[str | None, ...]]) -> str:
    """SHA-256 over the canonical JSON of the column names and the sorted rows."""
    return sha256_hex(canonical_json({"columns": list(COLUMNS), "rows": rows}))


def _texts(interval: Interval | None) -> tuple[str | None, str | None]:
    if interval is None:
        return None, None
    lower = quantise(interval.lower)
    if interval.is_exact:
        return lower, lower
    return lower, None if interval.upper is None else quantise(interval.upper)
