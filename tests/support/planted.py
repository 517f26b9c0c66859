"""Tables in which every violation was planted, so that a check can be asked for exactly those.

Invariants: the same seed gives the same table; a row carries at most one planted fault, or is one of a planted
group of repetitions; what is not planted is sound under every rule of the structure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from schemas.registry import codelist
from schemas.structure import Column, DataStructure, Rule

REPORTER = "KZ"
FIRST_ROW = 2
Place = tuple[int, str | None, str]
_SOUND_MEASURES = ("N_TXN", "V_TXN")
_COUNTERPARTS = tuple(
    code
    for code in codelist("CL_AREA").ids
    if len(code) == 2 and code.isalpha() and code not in {REPORTER, "BY"}
)
_METHODS = tuple(code for code in codelist("CL_METHOD").ids if code.startswith("TM"))
_CHANNELS = tuple(code for code in codelist("CL_CHANNEL").ids if not code.startswith("_"))
_PERIODS = tuple(f"{year}-M{month:02d}" for year in range(2010, 2020) for month in range(1, 13))
_KEY = (
    "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", "METHOD", "CHANNEL", "CRIME_TYPE", "MEASURE",
)  # fmt: skip

STATISTICS = DataStructure(
    "TEST",
    "PLANTED_STATISTICS",
    "1.0.0",
    columns=(
        Column("TIME_PERIOD", "period", required=True, role="dimension", only=("A", "M")),
        Column("REF_AREA", "code", "CL_AREA", required=True, role="dimension"),
        Column("COUNTERPART_AREA", "code", "CL_AREA", required=True, role="dimension", excluded=("_Z", "W1")),
        Column("FLOW_DIRECTION", "code", "CL_FLOW_DIRECTION", required=True, role="dimension"),
        Column("METHOD", "code", "CL_METHOD", role="dimension", default="_X"),
        Column("CHANNEL", "code", "CL_CHANNEL", role="dimension", default="_X"),
        Column("CRIME_TYPE", "code", "CL_CRIME_TYPE", required=True, role="dimension"),
        Column(
            "MEASURE", "code", "CL_MEASURE", required=True, role="dimension", only=("N_STR", *_SOUND_MEASURES)
        ),
        Column("OBS_VALUE", "amount", role="measure"),
        Column("OBS_STATUS", "code", "CL_OBS_STATUS", default="A"),
        Column("CURRENCY", "code", "CL_CURRENCY", default="USD"),
        Column("SOURCE", "text", pattern="^[A-Z]{2}-[0-9]{4}$"),
    ),
    rules=(
        Rule("area.not_reporter", ("REF_AREA",)),
        Rule("area.domestic", ("COUNTERPART_AREA", "REF_AREA")),
        Rule("currency.unsupported", ("CURRENCY",), {"supported": ("USD",)}),
        Rule(
            "combination.not_allowed",
            ("MEASURE", "CHANNEL"),
            {"measures": _SOUND_MEASURES, "total": ("_X",)},
        ),
        Rule("key.duplicate", _KEY),
    ),
)

RECORDS = DataStructure(
    "TEST",
    "PLANTED_RECORDS",
    "1.0.0",
    columns=(
        Column("REPORT_ID", "identifier", required=True, max_length=64),
        Column("SUBJECT_ID", "identifier", required=True, max_length=64),
        Column("REPORTING_ENTITY", "identifier", required=True, max_length=128),
        Column("BEGIN_DATE", "date"),
        Column("END_DATE", "date", required=True),
        Column("REF_AREA", "code", "CL_AREA", required=True, role="dimension"),
        Column("COUNTERPART_AREA", "code", "CL_AREA", required=True, role="dimension", excluded=("_Z", "W1")),
        Column("FLOW_DIRECTION", "code", "CL_FLOW_DIRECTION", required=True, role="dimension"),
        Column("METHOD", "code", "CL_METHOD", role="dimension", default="_X"),
        Column("N_TXN", "count", role="measure"),
        Column("AMOUNT", "money", required=True, role="measure"),
        Column("CURRENCY", "code", "CL_CURRENCY", required=True),
    ),
    rules=(
        Rule("area.not_reporter", ("REF_AREA",)),
        Rule("area.domestic", ("COUNTERPART_AREA", "REF_AREA")),
        Rule("currency.unsupported", ("CURRENCY",), {"supported": ("USD",)}),
        Rule("dates.reversed", ("BEGIN_DATE", "END_DATE")),
        Rule("row.duplicate", ()),
    ),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A bad cell: what is written into `column`, which rule it breaks, and where that is found."""

    column: str
    written: str | None
    rule: str
    found_at: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A table of texts and every place where it breaks a rule: file row, column, rule."""

    structure: DataStructure
    table: pa.Table
    expected: frozenset[Place]


def _fault(column: str, written: str | None, rule: str, found_at: str = "") -> Fault:
    return Fault(column, written, rule, found_at or column)


STATISTICS_FAULTS = (
    _fault("TIME_PERIOD", "2019-M13", "period.invalid"),
    _fault("TIME_PERIOD", "2019-Q1", "period.frequency"),
    _fault("TIME_PERIOD", None, "value.required"),
    _fault("REF_AREA", "BY", "area.not_reporter"),
    _fault("REF_AREA", "Kazakhstan", "code.unknown"),
    _fault("COUNTERPART_AREA", "KZ", "area.domestic"),
    _fault("COUNTERPART_AREA", "W1", "code.not_allowed"),
    _fault("COUNTERPART_AREA", "RUS", "code.unknown"),
    _fault("FLOW_DIRECTION", "out", "code.unknown"),
    _fault("METHOD", "TM00", "code.unknown"),
    _fault("CRIME_TYPE", " ", "value.required"),
    _fault("MEASURE", "N_CONV", "code.not_allowed"),
    _fault("OBS_VALUE", None, "value.required"),
    _fault("OBS_STATUS", "M", "value.status", "OBS_VALUE"),
    _fault("OBS_STATUS", "?", "code.unknown"),
    _fault("CURRENCY", "EUR", "currency.unsupported"),
    _fault("SOURCE", "KZ-12345", "text.pattern"),
)
# These depend on the unit of the row, so they are planted by measure.
COUNT_FAULTS = (
    _fault("MEASURE", "N_STR", "combination.not_allowed", "CHANNEL"),
    _fault("OBS_VALUE", "1.5", "count.not_integer"),
    _fault("OBS_VALUE", "-1", "count.negative"),
    _fault("OBS_VALUE", "1e13", "count.too_large"),
)
MONEY_FAULTS = (
    _fault("OBS_VALUE", "1,5", "money.not_number"),
    _fault("OBS_VALUE", "-0.01", "money.negative"),
    _fault("OBS_VALUE", "0.001", "money.too_precise"),
    _fault("OBS_VALUE", "100000000000000.01", "money.too_large"),
)
RECORD_FAULTS = (
    _fault("REPORT_ID", None, "value.required"),
    _fault("REPORT_ID", "R" * 65, "text.too_long"),
    _fault("BEGIN_DATE", "2023-02-29", "date.invalid"),
    _fault("BEGIN_DATE", "2098-12-31", "dates.reversed", "END_DATE"),
    _fault("END_DATE", "soon", "date.invalid"),
    _fault("REF_AREA", "BY", "area.not_reporter"),
    _fault("COUNTERPART_AREA", "KZ", "area.domestic"),
    _fault("COUNTERPART_AREA", "zz", "code.unknown"),
    _fault("METHOD", "TM00", "code.unknown"),
    _fault("N_TXN", "1.5", "count.not_integer"),
    _fault("N_TXN", "-3", "count.negative"),
    _fault("AMOUNT", "1 5", "money.not_number"),
    _fault("AMOUNT", "0.001", "money.too_precise"),
    _fault("AMOUNT", "", "value.required"),
    _fault("CURRENCY", "EUR", "currency.unsupported"),
)


def planted_statistics(rows: int, *, faults: int, repetitions: int, seed: int) -> Planted:
    """Return a table of statistics with `faults` bad cells and `repetitions` pairs of rows with one key."""
    columns = _sound_statistics(rows, seed)
    measures = columns["MEASURE"]

    def choose(number: int, place: int) -> Fault:
        by_unit = MONEY_FAULTS if measures[place] == "V_TXN" else COUNT_FAULTS
        options = (*STATISTICS_FAULTS, *by_unit)
        return options[number % len(options)]

    return _planted(STATISTICS, columns, choose, faults=faults, repetitions=repetitions, seed=seed)


def planted_records(rows: int, *, faults: int, repetitions: int, seed: int) -> Planted:
    """Return a table of records with `faults` bad cells and `repetitions` pairs of equal rows."""
    columns = _sound_records(rows, seed)
    return _planted(
        RECORDS,
        columns,
        lambda number, _place: RECORD_FAULTS[number % len(RECORD_FAULTS)],
        faults=faults,
        repetitions=repetitions,
        seed=seed,
    )


def _planted(
    structure: DataStructure,
    columns: dict[str, np.ndarray[Any, Any]],
    choose: Callable[[int, int], Fault],
    *,
    faults: int,
    repetitions: int,
    seed: int,
) -> Planted:
    rows = len(next(iter(columns.values())))
    places = np.random.default_rng(seed + 1).permutation(rows)[: faults + 2 * repetitions]
    expected: set[Place] = set()
    for number, place in enumerate(places[:faults].tolist()):
        fault = choose(number, place)
        columns[fault.column][place] = fault.written
        expected.add((place + FIRST_ROW, fault.found_at, fault.rule))
    records = any(rule.id == "row.duplicate" for rule in structure.rules)
    rule, column = ("row.duplicate", None) if records else ("key.duplicate", _KEY[0])
    for place, other in places[faults:].reshape(-1, 2).tolist():
        for name in structure.column_ids if records else _KEY:
            columns[name][other] = columns[name][place]
        if not records:
            # the unit of the copied measure may differ, and a whole number is sound in both
            columns["OBS_VALUE"][other] = "7"
        expected |= {(place + FIRST_ROW, column, rule), (other + FIRST_ROW, column, rule)}
    table = pa.table({name: pa.array(columns[name], pa.string()) for name in structure.column_ids})
    return Planted(structure, table, frozenset(expected))


def _sound_statistics(rows: int, seed: int) -> dict[str, np.ndarray[Any, Any]]:
    """Every row another key: the row's number, shuffled, written in the digits of the dimensions."""
    cuts = {
        "TIME_PERIOD": _PERIODS,
        "COUNTERPART_AREA": _COUNTERPARTS,
        "FLOW_DIRECTION": ("IN", "OUT"),
        "METHOD": _METHODS,
        "CHANNEL": _CHANNELS,
        "CRIME_TYPE": ("ML", "TF", "PF"),
        "MEASURE": _SOUND_MEASURES,
    }
    chance = np.random.default_rng(seed)
    number = np.arange(rows, dtype=np.int64) * 1_000_003 % _product(cuts)
    columns: dict[str, np.ndarray[Any, Any]] = {}
    for name, codes in cuts.items():
        number, digit = np.divmod(number, len(codes))
        columns[name] = _words(codes)[digit]
    amounts = chance.integers(0, 10**9, rows)
    whole, minor = amounts // 100, amounts % 100
    is_money = columns["MEASURE"] == "V_TXN"
    written = [f"{one}.{two:02d}" for one, two in zip(whole.tolist(), minor.tolist(), strict=True)]
    columns["OBS_VALUE"] = np.where(is_money, np.array(written, object), whole.astype(str).astype(object))
    columns["REF_AREA"] = np.full(rows, REPORTER, object)
    columns["OBS_STATUS"] = _words(("A", "P", "E"))[chance.integers(0, 3, rows)]
    columns["CURRENCY"] = np.full(rows, "USD", object)
    columns["SOURCE"] = _words([f"KZ-{place:04d}" for place in range(500)])[chance.integers(0, 500, rows)]
    return columns


def _sound_records(rows: int, seed: int) -> dict[str, np.ndarray[Any, Any]]:
    chance = np.random.default_rng(seed)
    days = _words(np.arange("2020-01-01", "2024-01-01", dtype="datetime64[D]").astype(str))
    ends = _words([f"{day:02d}.{month:02d}.2024" for month in range(1, 13) for day in range(1, 29)])
    amounts = chance.integers(0, 10**10, rows)
    return {
        "REPORT_ID": np.array([f"R-{place:09d}" for place in range(rows)], object),
        "SUBJECT_ID": np.array([f"S-{place}" for place in chance.integers(0, rows, rows).tolist()], object),
        "REPORTING_ENTITY": _words([f"Bank {place}" for place in range(300)])[chance.integers(0, 300, rows)],
        "BEGIN_DATE": days[chance.integers(0, len(days), rows)],
        "END_DATE": ends[chance.integers(0, len(ends), rows)],
        "REF_AREA": np.full(rows, REPORTER, object),
        "COUNTERPART_AREA": _words(_COUNTERPARTS)[chance.integers(0, len(_COUNTERPARTS), rows)],
        "FLOW_DIRECTION": _words(("IN", "OUT"))[chance.integers(0, 2, rows)],
        "METHOD": _words(_METHODS)[chance.integers(0, len(_METHODS), rows)],
        "N_TXN": chance.integers(1, 60, rows).astype(str).astype(object),
        "AMOUNT": np.array([f"{one // 100}.{one % 100:02d}" for one in amounts.tolist()], object),
        "CURRENCY": np.full(rows, "USD", object),
    }


def _words(codes: Any) -> np.ndarray[Any, Any]:
    return np.array(list(codes), object)


def _product(cuts: dict[str, Any]) -> int:
    """Return how many keys there are, made prime to the stride that shuffles them."""
    size = 1
    for codes in cuts.values():
        size *= len(codes)
    return size
