"""A figure of effectiveness from exact cells lies in the interval of the same figure when cells are withheld."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import given as drawn
from hypothesis import strategies as st

from risk_models.model import load_spec, run
from tests.support.assessed import Cell, bundles
from tests.support.chains import given

CELLS = [named for named, _ in given()]
BOUNDS = (("LOWER", "UPPER"), ("P_LOWER", "P_UPPER"), ("Q_LOWER", "Q_UPPER"))
Given = tuple[Cell, int, int, int | None]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Given], list[Given]]:
    """The same cells twice: as they are, and some of them within bounds, of which the upper may be missing."""
    exact, hidden = [], []
    for named in CELLS:
        value = draw(st.integers(0, 400))
        exact.append((named, value, value, value))
        lower = draw(st.integers(0, value))
        upper = draw(st.one_of(st.none(), st.integers(value, value + 40)))
        is_withheld = draw(st.integers(0, 3)) == 0
        hidden.append((named, value, lower, upper) if is_withheld else (named, value, value, value))
    return exact, hidden


def figures(values: list[Given]) -> Mapping[tuple[str, str, str], dict[str, Any]]:
    """The rows of a run by indicator, member and facet."""
    table = run(load_spec("effectiveness_1"), bundles(values)).results
    return {(row["INDICATOR"], row["REF_AREA"], row["FACET"]): row for row in table.to_pylist()}


@drawn(tables())
def test_exact_figures_lie_in_the_intervals_of_withheld_ones(both: tuple[list[Given], list[Given]]) -> None:
    """Values, probabilities and their adjusted values; a figure that cannot be stated bounds nothing."""
    exact, hidden = (figures(values) for values in both)

    for key, held in hidden.items():
        for low, high in BOUNDS:
            if held[low] is None or exact[key][low] is None:
                continue
            assert Decimal(held[low]) <= Decimal(exact[key][low]), (key, low)
            if held[high] is not None:
                assert Decimal(exact[key][high]) <= Decimal(held[high]), (key, high)
