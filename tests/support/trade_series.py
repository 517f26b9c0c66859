"""Official statistics of trade as bundles of declared flows: those of the demo, and UN Comtrade beside the repository.

Invariants: values are as published, in cents; a row without a state on either side, a total and a key that occurs twice
stay out, as the node's own checks leave them out.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from risk_models.model import ModelInput, load_spec, run
from schemas.arrow import arrow_schema
from schemas.registry import dataflow
from tests.arch.source import ROOT

DEMO = ROOT / "node" / "demo" / "data"
COMTRADE = ROOT.parent / "shared" / "data" / "uncomtrade_cis"
DIRECTIONS = {"Import": "IN", "Export": "OUT"}
Key = tuple[str, str, str, str, str]
"""Year, reporter, partner, direction, product."""
Row = dict[str, Any]


def of_the_demo() -> Iterator[tuple[Key, int]]:
    """Every row of trade that the demo's nodes upload, with its value in US dollars."""
    names = ("TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", "PRODUCT")
    for file in sorted(DEMO.glob("*/declared_trade.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                yield tuple(row[name] for name in names), int(row["OBS_VALUE"])  # type: ignore[misc]


def of_comtrade(folder: Path = COMTRADE) -> Iterator[tuple[Key, int]]:
    """Every row of the files of UN Comtrade, of all reporters, with its value in US dollars."""
    for product in ("HS27", "HS44"):
        with gzip.open(
            folder / f"{product}_cis_1988_2012.csv.gz", "rt", encoding="utf-8", newline=""
        ) as rows:
            for row in csv.DictReader(rows):
                direction = DIRECTIONS.get(row["Trade Flow"])
                if direction is not None and row["Partner ISO"] != "WLD":
                    key = (row["Year"], row["Reporter ISO"], row["Partner ISO"], direction, product)
                    yield key, int(row["Trade Value (US$)"])


def bundles(rows: Iterable[tuple[Key, int]], until: int) -> list[ModelInput]:
    """One bundle a reporter, of all years up to `until`."""
    found: dict[Key, int | None] = {}
    for key, value in rows:
        if key[1] and key[2] and int(key[0]) <= until:
            found[key] = None if key in found else value
    by_reporter: dict[str, list[Row]] = defaultdict(list)
    for key, given in found.items():
        if given is not None:
            by_reporter[key[1]].append(_cell(key, 100 * given))
    schema = arrow_schema(dataflow("DECLARED_FLOW").cells)
    return [
        ModelInput(f"sha256:{place:0>64}", code, "DECLARED_FLOW", pa.Table.from_pylist(cells, schema=schema))
        for place, (code, cells) in enumerate(sorted(by_reporter.items()))
    ]


def _cell(key: Key, cents: int) -> Row:
    year, reporter, partner, direction, product = key
    named = {"TIME_PERIOD": year, "REF_AREA": reporter, "COUNTERPART_AREA": partner}
    kind = {"FLOW_DIRECTION": direction, "FLOW_KIND": "TRADE", "PRODUCT": product, "MEASURE": "V_DECL"}
    value = dict.fromkeys(("OBS_VALUE", "OBS_LOWER", "OBS_UPPER"), cents)
    return named | kind | value | {"OBS_STATUS": "A", "CONF_STATUS": "F"}


def judged(inputs: list[ModelInput], year: int) -> tuple[list[Row], list[Row], list[Row]]:
    """The levels of a year, its alarms (the most serious and then the largest first), and what moved all corridors."""
    rows = list(run(load_spec("early_warning_1"), inputs).results.to_pylist())
    of_year = [row for row in rows if row["TIME_PERIOD"] == str(year)]
    levels = [row for row in of_year if row["INDICATOR"] == "E13" and row["STATUS"] == "ok"]
    sizes = {_place(row): Decimal(row["LOWER"]) for row in of_year if row["INDICATOR"] == "E18"}
    alarms = [row | {"EXCESS": sizes[_place(row)]} for row in levels if row["LOWER"] != "0"]
    alarms.sort(key=lambda row: (-int(row["LOWER"]), -abs(row["EXCESS"])))
    moved = [row for row in of_year if row["INDICATOR"] == "E17" and row["SIGNAL"] == "certain"]
    return levels, alarms, moved


def _place(row: Row) -> tuple[str, str, str]:
    return row["REF_AREA"], row["COUNTERPART_AREA"], row["FACET"]
