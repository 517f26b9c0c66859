"""Computed indicators as services and pages read them: one row a figure, with the bundles it was computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from node.services.context import Context
from node.services.indicators import CROSS_BORDER, latest_results
from node.services.recent_tables import Noted
from node.services.rows import having
from risk_models.early_warning.alarms import shown_level
from schemas import registry
from schemas.interval import Interval
from schemas.structure import TOTAL

NO_AREA = "_Z"
SHARE, CONCENTRATION, ASYMMETRY, GAP, GROWTH, FUNNEL = "B1", "B9", "B5", "B6", "D1", "A5"
AS_SHARE = "SHARE"
OK = "ok"
FACETS_REMEMBERED = 65_536
# some hundred rows read in full, which is what pages show of a run at most
NOTED_BYTES = 1 << 20
SIGNALS = {"certain": 0, "possible": 1}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result:
    """One figure of the shared model: an interval, its significance, its grade and its inputs.

    `lower` None: nothing could be computed (status says why); `upper` None with a lower: unbounded. `p` is
    the two-sided p-value, `q` the false discovery rate in its family, `confidence` the sampling limits.
    """

    indicator: str
    time_period: str
    ref_area: str
    counterpart_area: str
    facet: str
    lower: Decimal | None
    upper: Decimal | None
    p_lower: Decimal | None
    p_upper: Decimal | None
    signal: str
    grade: str
    status: str
    inputs: tuple[str, ...]
    confidence: tuple[Decimal, Decimal] | None = None
    q_lower: Decimal | None = None
    q_upper: Decimal | None = None

    @property
    def key(self) -> dict[str, str]:
        """What names this figure in an address."""
        return {
            "indicator": self.indicator,
            "period": self.time_period,
            "area": self.ref_area,
            "counterpart": self.counterpart_area,
            "facet": self.facet,
        }

    @property
    def facets(self) -> tuple[str, ...]:
        """The parts of the facet."""
        return tuple(part for part in self.facet.split("/") if part)

    @property
    def direction(self) -> str:
        """OUT or IN where the facet says which side of the reporter's flows is meant, else ""."""
        return next((part for part in self.facets if part in {"OUT", "IN"}), "")

    @property
    def flow(self) -> tuple[str, str]:
        """Sender and receiver. A trade gap stands in the importer's row, an IN figure in the receiver's."""
        if self.indicator == GAP or self.direction == "IN":
            return self.counterpart_area, self.ref_area
        return self.ref_area, self.counterpart_area

    @property
    def has_value(self) -> bool:
        """True if there is an interval to show."""
        return self.lower is not None


def table(ctx: Context, model_id: str = CROSS_BORDER) -> pa.Table | None:
    """Give the newest results of a model, or None before the first computation."""
    return latest_results(ctx, model_id)


def noted(ctx: Context, what: str, tables: Sequence[pa.Table | None], make: Callable[[], T]) -> T:
    """Give what was found in tables of results, found once for as long as these very tables are the newest."""
    # the tables are held with it, so that no other one comes to stand where they stood
    key = (what, *(id(one) for one in tables))
    held_bytes = sum(one.nbytes for one in tables if one is not None)
    return ctx.tables.get(key, lambda: Noted((tables, make()), NOTED_BYTES + held_bytes)).value[1]


def where(results: pa.Table | None, **wanted: str) -> list[Result]:
    """Give the results whose columns have the wanted values; names are lower-case column names."""
    return [] if results is None else read(narrowed(results, **wanted))


def narrowed(results: pa.Table, **wanted: str) -> pa.Table:
    """Keep the rows whose columns have the wanted values, for questions that need no row in full."""
    for name, value in wanted.items():
        results = having(results, name.upper(), value)
    return results


def read(results: pa.Table) -> list[Result]:
    """Read every row."""
    return [result(row) for row in results.to_pylist()]


def valued(results: pa.Table, *, is_positive: bool = False) -> pa.Table:
    """Keep the rows that have a value, or a lower bound other than zero."""
    texts = results.column("LOWER").unique().to_pylist()
    none = [text for text in texts if not text or (is_positive and not Decimal(text))]
    return results.filter(pc.invert(pc.is_in(results.column("LOWER"), value_set=pa.array(none, pa.string()))))


def inputs_of(results: pa.Table) -> frozenset[str]:
    """Give the bundles behind any of the rows."""
    named = (text.split(",") for text in results.column("INPUTS").unique().to_pylist() if text)
    return frozenset(digest for digests in named for digest in digests if digest)


def result(row: Mapping[str, Any]) -> Result:
    """Read one row of the results table."""
    return Result(
        indicator=row["INDICATOR"],
        time_period=row["TIME_PERIOD"],
        ref_area=row["REF_AREA"],
        counterpart_area=row["COUNTERPART_AREA"],
        facet=row["FACET"],
        lower=_decimal(row["LOWER"]),
        upper=_decimal(row["UPPER"]),
        p_lower=_decimal(row["P_LOWER"]),
        p_upper=_decimal(row["P_UPPER"]),
        signal=row["SIGNAL"] or "",
        grade=row["GRADE"] or "",
        status=row["STATUS"] or "",
        inputs=tuple(digest for digest in (row["INPUTS"] or "").split(",") if digest),
        confidence=_pair(row.get("CI_LOWER"), row.get("CI_UPPER")),
        q_lower=_decimal(row.get("Q_LOWER")),
        q_upper=_decimal(row.get("Q_UPPER")),
    )


def level_of(one: Result) -> int:
    """Give the level that a result of E13 is acted on with."""
    return shown_level(Interval(one.lower or Decimal(0), one.upper))


def mirrored(facet: str) -> str:
    """Give the facet of the same flow as the other end reports it: what one sends the other receives."""
    other = {"OUT": "IN", "IN": "OUT"}
    return "/".join(other.get(part, part) for part in facet.split("/"))


@lru_cache(maxsize=FACETS_REMEMBERED)
def is_narrowed(facet: str) -> bool:
    """True for a cut of flows compiled from records: there are hundreds, and the matrix offers them."""
    cuts = facet.split("/")[:-2]
    return any(
        flow.is_record_level and len(flow.cuts) == len(cuts) and any(code != TOTAL for code in cuts)
        for flow in registry.dataflows()
    )


def latest(results: Iterable[Result]) -> list[Result]:
    """Keep, for each (indicator, areas, facet), the newest period."""
    newest: dict[tuple[str, str, str, str], Result] = {}
    for candidate in sorted(results, key=lambda one: one.time_period):
        newest[candidate.indicator, candidate.ref_area, candidate.counterpart_area, candidate.facet] = (
            candidate
        )
    return list(newest.values())


def _pair(lower: str | None, upper: str | None) -> tuple[Decimal, Decimal] | None:
    return (Decimal(lower), Decimal(upper)) if lower and upper else None


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
