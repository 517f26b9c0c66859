"""A small structure of statistics with every rule across rows, and tables of it written row by row."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from schemas.check import CheckResult, check
from schemas.structure import Column, DataStructure, Rule

_KEY = ("TIME_PERIOD", "REF_AREA", "CHANNEL", "MEASURE")
MEASURES = ("N_STR", "N_DISS", "P_CONV", "N_CONV", "S_FROZ", "V_FROZ", "V_CONF", "D_DISS_MED")

FIGURES = DataStructure(
    "TEST",
    "FIGURES",
    "1.0.0",
    columns=(
        Column("TIME_PERIOD", "period", required=True, role="dimension"),
        Column("REF_AREA", "code", "CL_AREA", required=True, role="dimension"),
        Column("CHANNEL", "code", "CL_CHANNEL", role="dimension", default="_T"),
        Column("MEASURE", "code", "CL_MEASURE", required=True, role="dimension", only=MEASURES),
        Column("OBS_VALUE", "amount", role="measure"),
        Column("OBS_STATUS", "code", "CL_OBS_STATUS", default="A"),
    ),
    rules=(
        Rule(
            "combination.not_allowed", ("MEASURE", "CHANNEL"), {"measures": ("N_STR", "V_FROZ", "D_DISS_MED")}
        ),
        Rule("balance", ("CHANNEL", "OBS_VALUE"), {"total": ("_T",)}),
        Rule("measures.order", ("MEASURE", "OBS_VALUE"), {"smaller": ("N_CONV",), "larger": ("P_CONV",)}),
        Rule(
            "stock.flow",
            ("MEASURE", "TIME_PERIOD", "OBS_VALUE"),
            {"stock": ("S_FROZ",), "inflow": ("V_FROZ",), "outflow": ("V_CONF",)},
        ),
        Rule("key.duplicate", _KEY),
    ),
)
_ORDER = ("MEASURE", "OBS_VALUE", "TIME_PERIOD", "CHANNEL", "OBS_STATUS")


def table(*rows: tuple[str | None, ...]) -> pa.Table:
    """Rows as (measure, value, period, channel, status); what is left off at the end is sound."""
    sound = ("N_STR", "1", "2020", None, None)
    full = [(*row, *sound[len(row) :]) for row in rows]
    columns = {name: pa.array([row[place] for row in full], pa.string()) for place, name in enumerate(_ORDER)}
    columns["REF_AREA"] = pa.array(["KZ"] * len(full), pa.string())
    return pa.table({name: columns[name] for name in FIGURES.column_ids})


def checked(
    *rows: tuple[str | None, ...], previous: pa.Table | None = None, as_of: dt.date | None = None
) -> CheckResult:
    """Check such rows; the first of them is row 2 of the file."""
    return check(table(*rows), FIGURES, reporter="KZ", first_row=2, previous=previous, as_of=as_of)


def live(*cells: tuple[str, int | None]) -> pa.Table:
    """Live cells of 2020 as (measure, value)."""
    return pa.table(
        {
            "TIME_PERIOD": pa.array(["2020"] * len(cells)),
            "REF_AREA": pa.array(["KZ"] * len(cells)),
            "CHANNEL": pa.array(["_T"] * len(cells)),
            "MEASURE": pa.array([measure for measure, _ in cells]),
            "OBS_VALUE": pa.array([value for _, value in cells], pa.int64()),
        }
    )
