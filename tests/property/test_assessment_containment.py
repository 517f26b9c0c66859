"""A score of exact cells lies in the interval of the same score when cells are withheld, whichever they are."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from risk_models.model import load_spec, run
from tests.support.assessed import Cell, bundles, detail_cells

# What is computed at the middle of the intervals explains a score and bounds nothing.
BOUNDED = {
    "assessment_1": frozenset({"G0", "G1", "G2", "G3", "G4", "G5", "G9"}),
    "detail_assessment_1": frozenset({"G11", "G12", "G13", "G14", "G15", "G16", "G18"}),
}
SIZES = {"FATF_RATING": 3, "CONTEXT": 100_000, "DECLARED_FLOW": 5_000}


def results(
    model: str, values: list[tuple[Cell, int, int, int | None]]
) -> Mapping[tuple[str, ...], dict[str, Any]]:
    """The figures by what names them."""
    table = run(load_spec(model), bundles(values)).results
    return {
        tuple(
            row[name] for name in ("INDICATOR", "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET")
        ): row
        for row in table.to_pylist()
        if row["INDICATOR"] in BOUNDED[model]
    }


@pytest.mark.parametrize("model", sorted(BOUNDED))
@pytest.mark.parametrize("seed", range(5))
def test_exact_scores_lie_in_the_intervals_of_withheld_ones(seed: int, model: str) -> None:
    """Random cells, many of them zero, and patterns, some without an upper bound: inputs, scores, ranks, changes."""
    words = random.Random(seed)
    known, hidden = [], []
    for cell in detail_cells():
        value = (
            words.choice((0, words.randint(0, SIZES.get(cell[0], 60))))
            if seed % 2
            else words.randint(1, SIZES.get(cell[0], 60))
        )
        known.append((cell, value, value, value))
        if cell[0] == "FATF_RATING" or words.random() > 0.3:
            hidden.append((cell, value, value, value))
        else:
            bounds = (words.randint(0, value), words.choice((None, value + words.randint(0, 40))))
            hidden.append((cell, value, *bounds))

    exact, wide = results(model, known), results(model, hidden)

    assert exact.keys() == wide.keys()
    assert {name for name, *_ in exact} == BOUNDED[model]
    for key, row in exact.items():
        held = wide[key]
        assert (row["LOWER"] is None) == (held["LOWER"] is None), key
        if row["LOWER"] is None or key[-1].endswith("VALUE"):
            continue
        assert Decimal(held["LOWER"]) <= Decimal(row["LOWER"]), key
        assert Decimal(row["UPPER"]) <= Decimal(held["UPPER"]), key
