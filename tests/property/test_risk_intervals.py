"""What was withheld never moves a figure out of its interval, and no order or scale changes one."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from risk_models.exact import quantise, working
from risk_models.indicators.corridors import corr_hhi, mirror_asym, trade_gap
from risk_models.indicators.dynamics import growth
from risk_models.indicators.funnel import funnel_ratio
from risk_models.indicators.multiplicity import benjamini_hochberg
from risk_models.model import ModelInput, load_spec, run
from schemas.arrow import arrow_schema
from schemas.interval import Interval
from schemas.registry import dataflow

Z = Decimal("1.9599639845400542355245944305205515279555500778695")
MEMBERS = ("AM", "BY", "KG", "KZ")
COUNTS = st.integers(min_value=0, max_value=60)
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


@st.composite
def held(draw: st.DrawFn) -> tuple[int, Interval]:
    """A count and an interval that holds it, sometimes without an upper bound, sometimes exact."""
    value = draw(COUNTS)
    lower = value - draw(st.integers(min_value=0, max_value=value))
    upper = draw(st.none() | st.integers(min_value=value, max_value=80))
    if draw(st.booleans()):
        lower = upper = value
    return value, Interval(Decimal(lower), None if upper is None else Decimal(upper))


def inside(figure: Interval | None, held_by: Interval | None) -> bool:
    """True if the interval of a figure lies in another, to 45 digits; no figure lies anywhere."""
    if figure is None:
        return True
    if held_by is None:
        return False
    slack = Decimal("1e-45")
    with working():
        above = figure.lower >= held_by.lower - slack
        if held_by.upper is None:
            return above
        return above and figure.upper is not None and figure.upper <= held_by.upper + slack


@given(held(), held())
def test_mirrors_growth_and_funnels_hold_every_exact_figure(
    one: tuple[int, Interval], other: tuple[int, Interval]
) -> None:
    """The figure of the true counts lies in the figure of any intervals that hold them."""
    (a, first), (b, second) = one, other
    exact_a, exact_b = Interval.exact(a), Interval.exact(b)

    mirror, wide_mirror = mirror_asym(exact_a, exact_b), mirror_asym(first, second)
    if mirror is not None:
        assert wide_mirror is not None
        assert inside(mirror.discrepancy, wide_mirror.discrepancy)
        assert inside(mirror.p, wide_mirror.p)
    grown, wide_grown = growth(exact_a, exact_b, Z), growth(first, second, Z)
    if grown is not None:
        assert wide_grown is not None
        assert inside(grown.ratio, wide_grown.ratio)
        assert inside(grown.p, wide_grown.p)
        assert wide_grown.confidence is None or inside(grown.confidence, wide_grown.confidence)
    reached, wide_reached = funnel_ratio(exact_a, exact_b, Z), funnel_ratio(first, second, Z)
    if reached is not None:
        assert wide_reached is not None
        assert inside(reached.ratio, wide_reached.ratio)
        assert wide_reached.confidence is None or inside(reached.confidence, wide_reached.confidence)


@given(held(), held())
def test_trade_gaps_hold_every_exact_figure(one: tuple[int, Interval], other: tuple[int, Interval]) -> None:
    """Gap and share of the true values lie in those of the intervals."""
    beta = Decimal("1.06")
    exact = trade_gap(Interval.exact(one[0]), Interval.exact(other[0]), beta)
    wide = trade_gap(one[1], other[1], beta)

    assert exact is not None
    if wide is not None:
        assert inside(exact.gap, wide.gap)
        assert inside(exact.share, wide.share)


@given(st.lists(COUNTS, max_size=4), st.lists(held(), max_size=4), st.booleans())
def test_concentration_holds_every_exact_figure(
    known: list[int],
    uncertain: list[tuple[int, Interval]],
    total_known: bool,  # noqa: FBT001
) -> None:
    """HHI of the true values lies between the bounds, with and without their known sum."""
    values = [value for value, _ in uncertain]
    exact = corr_hhi([Decimal(value) for value in (*known, *values)], [])
    total = Decimal(sum(values)) if total_known else None

    bounds = corr_hhi([Decimal(value) for value in known], [interval for _, interval in uncertain], total)

    assert inside(exact, bounds)


@given(st.lists(st.integers(min_value=1, max_value=10**6), min_size=1, max_size=20))
def test_adjusted_p_values_are_those_of_scipy(parts: list[int]) -> None:
    """Benjamini-Hochberg in any order, never below p, never above one."""
    p_values = [Decimal(part) / 10**6 for part in parts]

    found = benjamini_hochberg(p_values)

    expected = false_discovery_control([float(p) for p in p_values])
    assert all(abs(float(q) - e) <= 1e-12 for q, e in zip(found, expected, strict=True))
    assert all(p <= q <= 1 for p, q in zip(p_values, found, strict=True))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_a_quantised_text_is_a_fixed_point(value: Decimal) -> None:
    """Reading a figure back and writing it again changes nothing."""
    assert quantise(Decimal(quantise(value))) == quantise(value)


def bundles(rng: random.Random, *, withhold: bool) -> list[ModelInput]:
    """Members' flows of two years; three counterparts outside are withheld beside the whole, or shown."""
    schema = arrow_schema(dataflow("SUSPICIOUS_FLOW").cells)
    outside = ("DE", "FR", "PL")
    inputs = []
    for place, reporter in enumerate(MEMBERS):
        rows: list[dict[str, Any]] = []
        for year in ("2015", "2016"):
            for direction in ("OUT", "IN"):
                for measure in ("N_STR", "V_TXN"):
                    key = {
                        "TIME_PERIOD": year,
                        "REF_AREA": reporter,
                        "FLOW_DIRECTION": direction,
                        "METHOD": "TM01",
                        **dict.fromkeys(("CHANNEL", "PREDICATE", "ENTITY_TYPE"), "_T"),
                        "MEASURE": measure,
                    }
                    values = {area: rng.randint(0, 50) for area in (*MEMBERS, *outside) if area != reporter}
                    rows.extend(block(key, values, outside if withhold else ()))
        table = pa.Table.from_pylist(rows, schema=schema)
        inputs.append(ModelInput(f"sha256:{place:0>64}", reporter, "SUSPICIOUS_FLOW", table))
    return inputs


def block(key: dict[str, Any], values: dict[str, int], withheld: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of one block: exact cells, withheld ones, and all counterparts together."""
    rest, whole = sum(values[area] for area in withheld), sum(values.values())
    rows = []
    for area, value in values.items():
        shown = None if area in withheld else value
        bounds = (0, rest) if area in withheld else (value, value)
        rows.append((area, shown, *bounds, *("QA" if area in withheld else "AF")))
    rows.append(("W1", whole, whole, whole, "A", "F"))
    names = ("COUNTERPART_AREA", "OBS_VALUE", "OBS_LOWER", "OBS_UPPER", "OBS_STATUS", "CONF_STATUS")
    return [{**key, **dict(zip(names, row, strict=True))} for row in rows]


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_a_run_on_withheld_cells_holds_the_run_on_exact_ones(seed: int) -> None:
    """Every figure of the exact run lies in the interval that the run on the released cells gives."""
    key = ("INDICATOR", "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET")
    exact = run(load_spec(), bundles(random.Random(seed), withhold=False))
    released = run(load_spec(), bundles(random.Random(seed), withhold=True))
    held_by = {tuple(row[name] for name in key): row for row in released.results.to_pylist()}

    for row in exact.results.to_pylist():
        wide = held_by[tuple(row[name] for name in key)]
        if row["LOWER"] is not None:
            lower, upper = Decimal(wide["LOWER"]), wide["UPPER"]
            assert lower <= Decimal(row["LOWER"])
            assert upper is None or Decimal(row["UPPER"]) <= Decimal(upper)
