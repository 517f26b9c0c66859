"""Ten million cells of five members, drawn from fixed seeds: declared flows by month, suspicious ones by year.

Invariants: every code is of its list and every row meets its structure; zeros, withheld and missing figures are among
them; a member leaves out products, so that not every choice exists everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow import arrow_schema
from schemas.registry import codelist, dataflow
from schemas.status import ValueStatus
from schemas.structure import TOTAL

DECLARED, SUSPICIOUS = "DECLARED_FLOW", "SUSPICIOUS_FLOW"
FIRST_YEAR, LAST_YEAR, NEXT_YEAR = 2016, 2025, 2026
SEPARATE_YEARS = ("2024", "2025")
OTHERS = (
    "AE",
    "AT",
    "CH",
    "CN",
    "CY",
    "CZ",
    "DE",
    "EE",
    "ES",
    "FR",
    "GB",
    "GE",
    "GR",
    "HK",
    "IN",
    "IR",
    "IT",
    "JP",
)
MORE = ("KR", "LT", "LV", "NL", "PL", "SG", "TH", "TR", "UA", "US", "VG")
DIRECTIONS = ("IN", "OUT")
LEFT_OUT = 0.04
LEAST_SHOWN = 3
JUMP_AFTER = 24
WORLD = "W1"


def declared(code: str, members: Sequence[str]) -> pa.Table:
    """Give ten years of a member's declared flows by month."""
    months = [f"{year}-M{month:02}" for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in range(1, 13)]
    return _declared(code, members, months, np.random.default_rng([1, members.index(code)]))


def one_month(code: str, members: Sequence[str], number: int) -> pa.Table:
    """Give the month after those of `declared`, other figures for every number."""
    return _declared(code, members, [f"{NEXT_YEAR}-M01"], np.random.default_rng([2, number]))


def with_a_jump(code: str, members: Sequence[str]) -> pa.Table:
    """Give the trade of a member with each other by year, steady until it is several times as much in the last."""
    rng = np.random.default_rng([4, members.index(code)])
    years = [str(year) for year in range(FIRST_YEAR - JUMP_AFTER, FIRST_YEAR)]
    partners = [one for one in members if one != code]
    year, partner = (place.ravel() for place in np.indices((len(years), len(partners))))
    values = np.rint(1e8 * rng.lognormal(0, 0.02, len(year))).astype(np.int64)
    values[year == len(years) - 1] *= 9
    nothing = year < 0
    return _table(
        DECLARED,
        {
            "TIME_PERIOD": (years, year),
            "REF_AREA": ([code], year * 0),
            "COUNTERPART_AREA": (partners, partner),
            "FLOW_DIRECTION": (["OUT"], year * 0),
            "FLOW_KIND": (["TRADE"], year * 0),
            "PRODUCT": (["HS84"], year * 0),
            "MEASURE": (["V_DECL"], year * 0),
        },
        values,
        is_withheld=nothing,
        is_missing=nothing,
    )


def suspicious(code: str, members: Sequence[str]) -> pa.Table:
    """Give ten years of a member's suspicious flows: corridors, and corridors by every code of one cut at a time."""
    rng = np.random.default_rng([3, members.index(code)])
    cells = dataflow(SUSPICIOUS).cells
    cuts = dataflow(SUSPICIOUS).cuts
    lists = {cut: [one.id for one in codelist(cells.column(cut).codelist or "")] for cut in cuts}
    facets = [dict.fromkeys(cuts, TOTAL)]
    facets += [facets[0] | {cut: one} for cut in cuts for one in lists[cut] if one != TOTAL]
    years = [str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    partners = [WORLD, *_partners(code, members)]
    measures = ("N_STR", "N_SUBJ", "N_TXN", "V_TXN")
    sizes = (len(years), len(partners), len(DIRECTIONS), len(facets), len(measures))
    year, partner, direction, facet, measure = (place.ravel() for place in np.indices(sizes))
    mean = rng.gamma(0.7, 40, sizes[1:4])[None, ..., None] * np.ones(sizes)
    mean *= np.array([1, 2, 5, 500_000])
    counts = rng.poisson(mean).ravel()
    is_small = (counts > 0) & (counts < LEAST_SHOWN)
    return _table(
        SUSPICIOUS,
        {
            "TIME_PERIOD": (years, year),
            "REF_AREA": ([code], year * 0),
            "COUNTERPART_AREA": (partners, partner),
            "FLOW_DIRECTION": (DIRECTIONS, direction),
            **{cut: ([one[cut] for one in facets], facet) for cut in cuts},
            "MEASURE": (measures, measure),
        },
        counts,
        is_withheld=is_small,
        is_missing=is_small & False,
    )


def releases(flow: str, cells: pa.Table) -> Iterator[pa.Table]:
    """Cut a history into what a member releases: all but the last years at once, then period by period."""
    periods = sorted(cells["TIME_PERIOD"].unique().to_pylist())
    separate = [one for one in periods if one[:4] in SEPARATE_YEARS]
    before = pa.array([one for one in periods if one not in separate])
    yield cells.filter(pc.is_in(cells["TIME_PERIOD"], before))
    for period in separate:
        yield cells.filter(pc.equal(cells["TIME_PERIOD"], period))


def counted(cells: pa.Table) -> dict[str, int]:
    """Count cells by status, as a certificate does."""
    rows = cells.group_by(["OBS_STATUS", "CONF_STATUS"]).aggregate([([], "count_all")]).to_pylist()
    return {
        ValueStatus.from_codes(row["OBS_STATUS"], row["CONF_STATUS"]).value: row["count_all"] for row in rows
    }


def _declared(code: str, members: Sequence[str], months: Sequence[str], rng: np.random.Generator) -> pa.Table:
    # no whole of all products, which would have to be their sum
    products = [one.id for one in codelist("CL_PRODUCT") if one.id != TOTAL and rng.random() > LEFT_OUT]
    subjects = [("TRADE", one) for one in products]
    subjects += [(kind, "_Z") for kind in ("REMITTANCE", "CASH", "PAYMENT")]
    partners = _partners(code, members)
    measures = ("V_DECL", "N_DECL")
    sizes = (len(months), len(partners), len(DIRECTIONS), len(subjects), len(measures))
    month, partner, direction, subject, measure = (place.ravel() for place in np.indices(sizes))
    scale = rng.lognormal(3, 2, sizes[1:4])[None, ..., None] * np.array([100_000, 1])
    values = np.rint(scale * rng.lognormal(0, 0.3, sizes)).astype(np.int64).ravel()
    lot = rng.random(len(values))
    values[lot < 0.06] = 0
    return _table(
        DECLARED,
        {
            "TIME_PERIOD": (months, month),
            "REF_AREA": ([code], month * 0),
            "COUNTERPART_AREA": (partners, partner),
            "FLOW_DIRECTION": (DIRECTIONS, direction),
            "FLOW_KIND": ([kind for kind, _ in subjects], subject),
            "PRODUCT": ([product for _, product in subjects], subject),
            "MEASURE": (measures, measure),
        },
        values,
        is_withheld=lot > 1,
        is_missing=lot > 0.96,
    )


def _partners(code: str, members: Sequence[str]) -> list[str]:
    return [*(one for one in members if one != code), *OTHERS, *MORE]


def _table(
    flow: str,
    dimensions: dict[str, tuple[Sequence[str], np.ndarray]],
    values: np.ndarray,
    *,
    is_withheld: np.ndarray,
    is_missing: np.ndarray,
) -> pa.Table:
    schema = arrow_schema(dataflow(flow).cells)
    hidden = is_withheld | is_missing
    columns = {name: _coded(codes, places) for name, (codes, places) in dimensions.items()}
    columns |= {
        "OBS_VALUE": pa.array(values, mask=hidden),
        "OBS_LOWER": pa.array(np.where(hidden, np.where(is_withheld, 1, 0), values)),
        "OBS_UPPER": pa.array(np.where(is_withheld, LEAST_SHOWN - 1, values), mask=is_missing),
        "OBS_STATUS": _coded(("A", "Q", "L"), is_withheld + 2 * is_missing),
        "CONF_STATUS": _coded(("F", "A"), is_withheld.astype(np.int64)),
    }
    rows = len(values)
    return pa.table(
        {field.name: columns.get(field.name, pa.nulls(rows, field.type)) for field in schema}
    ).cast(schema)


def _coded(codes: Sequence[str], places: np.ndarray) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(codes)).cast(
        pa.string()
    )
