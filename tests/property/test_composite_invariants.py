"""Composites over random tables: containment, order of rows, scale, and a reader that never breaks."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_models.composite import parse, run
from risk_models.composite.anova import indices
from risk_models.composite.bounds import bounded
from risk_models.composite.means import MEANS, arithmetic, geometric, harmonic
from risk_models.composite.normalisation import METHODS as NORMALISATIONS
from risk_models.composite.outranking import OUTRANKINGS
from risk_models.composite.reading import parse_document
from risk_models.composite.shapley import explain
from risk_models.errors import InvalidInput, InvalidSpecification
from risk_models.exact import working
from risk_models.numerics.eigen import eigenpairs
from tests.support.composites import composite, table

NUMBERS = st.integers(1, 99)
CELLS = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted)
"""Lower bound, the true value, upper bound."""
ROWS = st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=5)
BOUNDED = (
    '[[indicators]]\nid = "a"\nbounds = ["a_low", "a_high"]\ngoalposts = [0, 100]\n'
    '[[indicators]]\nid = "b"\nbounds = ["b_low", "b_high"]\ngoalposts = [0, 100]\ndirection = "lower"\n'
)
SETTLED = Decimal("1E-30")


@settings(max_examples=40)
@given(
    rows=ROWS,
    normalised=st.sampled_from(["goalposts", "minmax", "percent_rank", "rank", "none"]),
    method=st.sampled_from(["arithmetic", "geometric", "minimum", "median", "copeland", "borda"]),
)
def test_the_score_of_the_exact_table_lies_inside_the_interval(
    rows: list[tuple[list[int], list[int]]], normalised: str, method: str
) -> None:
    """Containment, for each way that allows intervals; and the exact rank lies inside the rank interval."""
    if normalised == "none" and method == "geometric":
        normalised = "goalposts"  # a turned number is negative
    steps = (
        '[[groups]]\nid = "g"\ninputs = { a = 1, b = 2 }\n'
        f'[[steps]]\ndo = "normalise"\nmethod = "{normalised}"\n'
        '[[steps]]\ndo = "linear"\nadd = 1\n'
        f'[[steps]]\ndo = "aggregate"\nmethod = "{method}"\n'
    )
    model = composite(steps, indicators=BOUNDED)
    columns = {"a_low": 0, "a_high": 2, "b_low": 0, "b_high": 2}
    wide = table(**{name: [row[name[0] == "b"][end] for row in rows] for name, end in columns.items()})
    true = table(**{name: [row[name[0] == "b"][1] for row in rows] for name in columns})
    exact = run(model, true)
    found = bounded(model, wide)

    ranks = exact.results.column("g_RANK").to_pylist()
    for value, interval, rank, possible in zip(
        exact.frame.columns["g"], found.scores["g"], ranks, found.ranks["g"], strict=True
    ):
        if value is None or interval is None or interval.upper is None or possible is None:
            continue
        with working():
            assert interval.lower - SETTLED <= value <= interval.upper + SETTLED
        assert possible.best <= int(rank) <= possible.worst


@settings(max_examples=30)
@given(values=st.lists(NUMBERS, min_size=3, max_size=8, unique=True), order=st.randoms(use_true_random=False))
@pytest.mark.parametrize(
    "step",
    [
        'do = "normalise"\nmethod = "zscore"',
        'do = "normalise"\nmethod = "percent_rank"',
        'do = "treat"',
        'do = "impute"\nmethod = "median"',
    ],
)
def test_the_order_of_rows_does_not_matter(step: str, values: list[int], order: object) -> None:
    """Every unit keeps its number, whatever stands before it."""
    units = [f"u{value}" for value in values]
    shuffled = list(zip(units, values, strict=True))
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    model = composite(f"[[steps]]\n{step}")
    one = run(model, table(unit=units, x=values)).results
    other = run(model, table(unit=[unit for unit, _ in shuffled], x=[value for _, value in shuffled])).results

    assert sorted(map(str, one.to_pylist())) == sorted(map(str, other.to_pylist()))


@given(values=st.lists(NUMBERS, min_size=2, max_size=6, unique=True), factor=st.integers(2, 1000))
def test_a_change_of_unit_changes_no_score(values: list[int], factor: int) -> None:
    """Metres or kilometres."""
    model = composite('[[steps]]\ndo = "normalise"\nmethod = "minmax"')

    assert (
        run(model, table(x=values)).results
        == run(model, table(x=[value * factor for value in values])).results
    )


@given(values=st.lists(NUMBERS, min_size=1, max_size=6))
def test_the_means_stand_in_their_order(values: list[int]) -> None:
    """Least, harmonic, geometric, arithmetic, greatest."""
    numbers, weights = [Decimal(value) for value in values], [Decimal(1)] * len(values)
    with working():
        means = [formula(numbers, weights) for formula in (harmonic, geometric, arithmetic)]
        rising = pairwise([min(numbers), *means, max(numbers)])
        are_in_order = [one <= other + SETTLED for one, other in rising]

    assert all(are_in_order)


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=3, max_size=5))
def test_contributions_sum_to_the_difference_from_the_baseline(rows: list[tuple[int, int, int]]) -> None:
    """Exactly, whatever the mean and the precondition."""
    model = composite(
        '[[groups]]\nid = "g"\ninputs = { a = 1, b = 2 }\nmethod = "geometric"\ncaps = ["c"]\n'
        '[[steps]]\ndo = "aggregate"',
        columns="abc",
    )
    columns = dict(zip("abc", zip(*rows, strict=True), strict=True))
    found = explain(model, run(model, table(**columns)).frame, 0, "g")
    with working():
        apart = sum((one.points for one in found.contributions), found.baseline) - found.value

    assert abs(apart) < SETTLED


@settings(max_examples=30)
@given(
    entries=st.lists(st.integers(-9, 9), min_size=6, max_size=6),
)
def test_eigenvalues_sum_to_the_trace_and_vectors_are_those_of_the_matrix(entries: list[int]) -> None:
    """A v = value v for a symmetric matrix of three rows."""
    a, b, c, d, e, f = map(Decimal, entries)
    matrix = [[a, b, c], [b, d, e], [c, e, f]]
    with working():
        pairs = eigenpairs(matrix)
        for value, vector in pairs:
            for row, one in zip(matrix, vector, strict=True):
                made = sum((x * y for x, y in zip(row, vector, strict=True)), Decimal(0))
                assert abs(made - value * one) < SETTLED
        assert abs(sum((value for value, _ in pairs), Decimal(0)) - (a + d + f)) < SETTLED


@given(values=st.lists(NUMBERS, min_size=6, max_size=6))
def test_no_first_order_index_exceeds_its_total(values: list[int]) -> None:
    """And without interaction of three by two places the first orders leave the rest to the totals."""
    points = [(one, two) for one in range(3) for two in range(2)]
    grid = {point: Decimal(value) for point, value in zip(points, values, strict=True)}
    with working():
        found = indices(grid, [[Decimal(1) / 3] * 3, [Decimal(1) / 2] * 2])

    for first, total in zip(found.first, found.total, strict=True):
        assert first is None or total is None or -SETTLED <= first <= total + SETTLED


@settings(max_examples=200)
@given(st.text(max_size=200) | st.text("[]={}.\"'\n abcdo", max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    """A specification, or a refusal."""
    with suppress(InvalidSpecification):
        parse(text)


@settings(max_examples=100)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
    place=st.sampled_from(
        ["goalposts", "codes", "bounds", "missing", "target", "labels", "direction", "column"]
    ),
)
def test_no_value_of_a_field_breaks_the_reader(value: object, place: str) -> None:
    """Whatever stands at a field, the refusal names it."""
    document = {"id": "m", "version": "1", "indicators": [{"id": "x", place: value}]}
    with suppress(InvalidSpecification):
        parse_document(document)


STEPS = st.sampled_from(
    [
        {"do": "impute", "method": "median"},
        {"do": "impute", "method": "unit_mean"},
        {"do": "treat", "most": 1, "force": True},
        {"do": "treat", "most": 0, "then": "box_cox", "exponent": "0.5"},
        {"do": "log", "add": 1},
        {"do": "power", "exponent": -1},
        {"do": "power", "exponent": "1/2"},
        {"do": "linear", "multiply": -1},
        {"do": "clip", "percentiles": [10, 90]},
        {"do": "round", "places": 1},
        {"do": "bands", "breaks": [0, 5], "scores": [1, 2, 3]},
        {"do": "compare", "unit": "u1"},
        {"do": "screen", "available": "1/2", "nonzero": "1/2"},
        *({"do": "normalise", "method": method} for method in NORMALISATIONS),
        *(
            {"do": "aggregate", "method": method, "weights": weights}
            for method in (*MEANS, *OUTRANKINGS, "benefit_of_doubt")
            for weights in ("given", "pca", "factors")
        ),
    ]
)
CELL = st.sampled_from([None, "0", "1", "2", "5", "-3", "7", "0.1", "1e59", "1e-59"])


@settings(max_examples=150)
@given(steps=st.lists(STEPS, max_size=4), rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=5))
def test_any_steps_on_any_table_give_numbers_or_a_refusal(
    steps: list[dict[str, object]], rows: list[tuple[str | None, ...]]
) -> None:
    """Never a traceback, never an infinity."""
    columns = dict(zip("xyz", zip(*rows, strict=True), strict=True)) if rows else {name: [] for name in "xyz"}
    document = {
        "id": "any",
        "version": "1",
        "indicators": [{"id": name, "goalposts": [0, 10], "target": 5} for name in columns],
        "groups": [{"id": "g", "inputs": ["x", "y"]}, {"id": "h", "inputs": {"g": 1, "z": 2}, "caps": ["x"]}],
        "steps": [{**step, "name": f"s{place}"} for place, step in enumerate([*steps, {"do": "aggregate"}])],
    }
    with suppress(InvalidInput):
        frame = run(
            parse_document(document), table(unit=[f"u{place}" for place in range(len(rows))], **columns)
        ).frame
        assert all(
            value is None or value.is_finite() for column in frame.columns.values() for value in column
        )
