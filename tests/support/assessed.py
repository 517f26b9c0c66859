"""Members whose every input of an assessment is there, for tests: synthetic cells only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from risk_models.model import ModelInput
from schemas.arrow import arrow_schema
from schemas.registry import codelist, dataflow

AREAS = ("BY", "KG", "KZ")
YEAR = 2020
_TOTALS = dict.fromkeys(("METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE"), "_T")
_REQUESTS = dict.fromkeys(
    ("COUNTERPART_AREA", "CRIME_TYPE", "REQUEST_KIND", "OUTCOME", "REFUSAL_REASON"), "_T"
)
_METHODS = {"COUNTERPART_AREA": "_Z", **dict.fromkeys(("PREDICATE", "CHANNEL", "ENTITY_TYPE"), "_T")}
_CASES = {
    "R33_A": dict.fromkeys(("REPORT_TYPE", "ENTITY_TYPE", "RECIPIENT", "INITIATIVE"), "_T"),
    "R33_B": dict.fromkeys(("PREDICATE", "ML_KIND", "PERSON_TYPE", "SANCTION"), "_T"),
}
Cell = tuple[str, str, Mapping[str, str]]
"""Dataflow, member, and what names the cell beside the member."""


def cells() -> Iterator[Cell]:
    """Every cell that the assessment reads of these members in two years."""
    for area in AREAS:
        others = [other for other in AREAS if other != area]
        for year in (str(YEAR - 1), str(YEAR)):
            yield from _flows(area, others, year)
            for measure in ("N_INV", "N_CONV"):
                named = {"TIME_PERIOD": year, "CRIME_TYPE": "ML", "MEASURE": measure}
                yield "R33_B", area, {**_CASES["R33_B"], **named}
            for crime in ("ML", "TF", "PF"):
                named = {"TIME_PERIOD": year, "CRIME_TYPE": crime, "MEASURE": "N_STR"}
                yield "R33_A", area, {**_CASES["R33_A"], **named}
            for measure in ("N_REQ_IN", "N_ANS"):
                yield "R33_D", area, {**_REQUESTS, "TIME_PERIOD": year, "MEASURE": measure}
            yield "CONTEXT", area, {"TIME_PERIOD": year, "MEASURE": "GDP"}
        for item in codelist("CL_FATF_ITEM").ids:
            named = {"TIME_PERIOD": str(YEAR - 3), "FATF_ITEM": item, "MEASURE": "RATING"}
            yield "FATF_RATING", area, named


def detail_cells() -> Iterator[Cell]:
    """Those cells, and what typologies and sectors are assessed by: two methods, two kinds of entities, the wholes."""
    yield from cells()
    for area in AREAS:
        for year in (str(YEAR - 1), str(YEAR)):
            for method in ("TM03", "TM08", "_T"):
                for measure in ("N_STR", "V_TXN"):
                    cut = {**_METHODS, "TIME_PERIOD": year, "METHOD": method, "MEASURE": measure}
                    yield "TYPOLOGY_CELL", area, cut
            for entity in ("FI01", "DNa", "_T"):
                named = {"TIME_PERIOD": year, "CRIME_TYPE": "_T", "ENTITY_TYPE": entity, "MEASURE": "N_STR"}
                yield "R33_A", area, {**_CASES["R33_A"], **named}


def bundles(values: Sequence[tuple[Cell, int, int, int | None]]) -> list[ModelInput]:
    """One bundle a member and dataflow: each cell with its value and the bounds that are shown of it."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (flow, area, named), value, lower, upper in values:
        is_exact = lower == value == upper
        rows.setdefault((flow, area), []).append(
            {
                "REF_AREA": area,
                **named,
                "OBS_VALUE": value if is_exact else None,
                "OBS_LOWER": lower,
                "OBS_UPPER": upper,
                "OBS_STATUS": "A" if is_exact else "Q",
                "CONF_STATUS": "F" if is_exact else "A",
            }
        )
    return [
        ModelInput(
            f"sha256:{place:0>64}",
            area,
            flow,
            pa.Table.from_pylist(given, schema=arrow_schema(dataflow(flow).cells)),
        )
        for place, ((flow, area), given) in enumerate(sorted(rows.items()), 1)
    ]


def _flows(area: str, others: Sequence[str], year: str) -> Iterator[Cell]:
    for way in ("IN", "OUT"):
        for counterpart in ("W1", *others):
            place = {"TIME_PERIOD": year, "COUNTERPART_AREA": counterpart, "FLOW_DIRECTION": way}
            for measure in ("N_STR", "V_TXN"):
                yield "SUSPICIOUS_FLOW", area, {**_TOTALS, **place, "MEASURE": measure}
            if counterpart != "W1":
                for kind, product in (("TRADE", "HS27"), ("REMITTANCE", "_Z")):
                    flow = {"FLOW_KIND": kind, "PRODUCT": product, "MEASURE": "V_DECL"}
                    yield "DECLARED_FLOW", area, {**place, **flow}
