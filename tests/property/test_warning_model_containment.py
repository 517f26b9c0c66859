"""A figure of exact cells lies in the interval of the same figure when cells are withheld."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa
import pytest

from risk_models.model import ModelInput, load_spec, run
from schemas.arrow import arrow_schema
from schemas.registry import dataflow

FIRST, YEARS = 2001, 20
PARTNERS = ("AM", "BY", "CN", "KZ", "RU", "UZ")
# Bounds that hold every case by construction; E9 runs on the two extreme series, an envelope that methodology allows.
SHARP = frozenset({"E1", "E3", "E4", "E5", "E7", "E15", "E16"})


def a_bundle(values: Sequence[Sequence[int]], withheld: frozenset[tuple[int, int]]) -> ModelInput:
    """Reports by partner and year; a withheld one is known to lie between 0 and 19."""
    rows = []
    for partner, series in enumerate(values):
        for place, value in enumerate(series):
            is_withheld = (partner, place) in withheld
            rows.append(
                {
                    "TIME_PERIOD": str(FIRST + place),
                    "REF_AREA": "KG",
                    "COUNTERPART_AREA": PARTNERS[partner],
                    "FLOW_DIRECTION": "OUT",
                    **dict.fromkeys(("METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE"), "_T"),
                    "MEASURE": "N_STR",
                    "OBS_VALUE": None if is_withheld else value,
                    "OBS_LOWER": 0 if is_withheld else value,
                    "OBS_UPPER": 19 if is_withheld else value,
                    "OBS_STATUS": "Q" if is_withheld else "A",
                    "CONF_STATUS": "A" if is_withheld else "F",
                }
            )
    table = pa.Table.from_pylist(rows, schema=arrow_schema(dataflow("SUSPICIOUS_FLOW").cells))
    return ModelInput(f"sha256:{1:0>64}", "KG", "SUSPICIOUS_FLOW", table)


@pytest.mark.parametrize("seed", range(6))
def test_exact_figures_lie_in_the_intervals_of_withheld_ones(seed: int) -> None:
    """Random series and patterns; the level too, where only the judged period is withheld."""
    words = random.Random(seed)
    values = [[words.randint(0, 19) for _ in range(YEARS)] for _ in PARTNERS]
    if seed % 2:
        withheld = frozenset((partner, YEARS - 1) for partner in range(0, len(PARTNERS), 2))
    else:
        withheld = frozenset((words.randrange(len(PARTNERS)), words.randrange(YEARS)) for _ in range(12))
    named = SHARP | ({"E13"} if seed % 2 else set())
    spec = load_spec("early_warning_1")
    exact, wide = (run(spec, [a_bundle(values, which)]).results for which in (frozenset(), withheld))
    bounds = {
        tuple(row[name] for name in ("INDICATOR", "TIME_PERIOD", "COUNTERPART_AREA")): row
        for row in wide.to_pylist()
    }

    checked = 0
    for row in exact.to_pylist():
        key = (row["INDICATOR"], row["TIME_PERIOD"], row["COUNTERPART_AREA"])
        if row["INDICATOR"] not in named or key not in bounds:
            continue
        held = bounds[key]
        assert (
            Decimal(held["LOWER"]) <= Decimal(row["LOWER"]) <= Decimal(row["UPPER"]) <= Decimal(held["UPPER"])
        ), key
        checked += 1
    assert checked >= 6 * len(PARTNERS)
