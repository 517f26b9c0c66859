"""The tier-1 model end to end: figures of FX4 from cells in bundles, withheld cells, and what has no figure.

Expected values are those of the methodology (family entries B2 to F1, fixture FX4).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from risk_models.errors import InvalidInput
from risk_models.model import ModelInput, load_spec, run
from tests.support.tier_one import (
    MEMBERS,
    REPORTS_BEFORE,
    SENT,
    bundle,
    cell,
    corridors,
    figures,
    profiles,
)

SPEC = load_spec("indicators_1")
GRAPH = "_T/_T/_T/_T/N_STR/SUSPICIOUS_FLOW"
FLOW = "_T/_T/_T/_T/OUT/N_STR/SUSPICIOUS_FLOW"
TYPOLOGIES = "N_STR/TYPOLOGY_CELL"


def value(inputs: list[ModelInput], indicator: str, *key: str) -> tuple[Decimal, Decimal]:
    """The bounds of one figure of 2016."""
    row = figures(run(SPEC, inputs), indicator)["2016", *key]
    return Decimal(row["LOWER"]), Decimal(row["UPPER"])


@pytest.mark.parametrize(
    ("indicator", "counterpart", "facet", "expected"),
    [
        ("B2", "BY", GRAPH, "1.475839"),
        ("B2", "BY", f"{GRAPH}/TRADE", "1.78125"),
        ("B3", "BY", FLOW, "0.333333"),
        ("B4", "BY", FLOW, "0.5"),
        ("C1", "_Z", f"{GRAPH}/SENT", "160"),
        ("C1", "_Z", f"{GRAPH}/RECEIVED", "55"),
        ("C2", "_Z", f"{GRAPH}/SINK", "0.160715"),
        ("C2", "_Z", f"{GRAPH}/SOURCE", "0.319010"),
        ("C4", "_Z", GRAPH, "0.511628"),
        ("C6", "BY", f"{GRAPH}/SENDER", "0.0625"),
        ("C6", "_Z", f"{GRAPH}/HUB", "0.494253"),
    ],
)
def test_figures_of_corridors_and_graphs_are_those_of_the_methodology(
    indicator: str, counterpart: str, facet: str, expected: str
) -> None:
    """Country A of FX4, from what each sender reports."""
    low, high = value(corridors(), indicator, "AM", counterpart, facet)

    assert low == high
    assert abs(low - Decimal(expected)) <= Decimal("5e-7")


@pytest.mark.parametrize(
    ("indicator", "member", "counterpart", "facet", "expected"),
    [
        ("D3", "KG", "_Z", f"TM08/_T/_T/_T/{TYPOLOGIES}", "3.137356"),
        ("D3", "KG", "_Z", f"TM08/_T/_T/_T/{TYPOLOGIES}/SYMMETRIC", "0.516599"),
        ("D4", "AM", "_Z", f"_T/_T/_T/_T/{TYPOLOGIES}/METHOD", "0.550383"),
        ("D4", "AM", "_Z", f"_T/_T/_T/_T/{TYPOLOGIES}/METHOD/SHANNON", "0.835562"),
        ("D8", "AM", "_Z", f"_T/_T/_T/_T/{TYPOLOGIES}/METHOD", "0.105519"),
        ("D8", "AM", "_Z", f"_T/_T/_T/_T/{TYPOLOGIES}/METHOD/JENSEN_SHANNON", "0.134683"),
        ("D9", "AM", "KZ", f"_T/_T/_T/_T/{TYPOLOGIES}/METHOD", "0.943970"),
        ("D9", "AM", "BY", f"_T/_T/_T/_T/{TYPOLOGIES}/METHOD/KRUGMAN", "0.75"),
    ],
)
def test_figures_of_profiles_are_those_of_the_methodology(
    indicator: str, member: str, counterpart: str, facet: str, expected: str
) -> None:
    """Four methods of FX4, this year and the one before."""
    inputs = [*profiles(), *profiles(REPORTS_BEFORE, "2015", 200)]
    low, high = value(inputs, indicator, member, counterpart, facet)

    assert low == high
    assert abs(low - Decimal(expected)) <= Decimal("5e-7")


def test_a_share_has_its_limits_and_a_rate_its_denominator() -> None:
    """B: 200 of 420 reports with virtual assets, limits of Wilson; 420 reports of 20 million inhabitants."""
    inputs = [
        bundle(
            1,
            "TYPOLOGY_CELL",
            "BY",
            [
                cell("TYPOLOGY_CELL", "BY", "N_STR", 420),
                cell("TYPOLOGY_CELL", "BY", "N_STR", 200, CHANNEL="VA"),
            ],
        ),
        bundle(2, "R33_A", "BY", [cell("R33_A", "BY", "N_STR", 420, CRIME_TYPE="ML")]),
        bundle(3, "CONTEXT", "BY", [cell("CONTEXT", "BY", "POP", 20_000_000)]),
    ]
    done = run(SPEC, inputs)

    (share,) = figures(done, "F1").values()
    (rate,) = figures(done, "A1").values()
    found = [Decimal(share[name]) for name in ("LOWER", "CI_LOWER", "CI_UPPER")]
    expected = [Decimal("0.476190"), Decimal("0.428859"), Decimal("0.523954")]
    assert all(abs(one - other) <= Decimal("5e-7") for one, other in zip(found, expected, strict=True))
    assert (rate["LOWER"], rate["INPUTS"]) == ("2.1", f"sha256:{2:0>64},sha256:{3:0>64}")
    assert figures(done, "A2") == {}


def test_a_withheld_corridor_widens_what_it_is_in_and_nothing_else() -> None:
    """A to B between 0 and 300: its reciprocity is open, that of C and D is as sharp as before."""
    table = [list(row) for row in SENT]
    table[0][1] = (0, 300)  # type: ignore[call-overload]
    done = figures(run(SPEC, corridors(table)), "B3")

    open_one, other = done["2016", "AM", "BY", FLOW], done["2016", "KG", "KZ", FLOW]
    assert (open_one["LOWER"], open_one["UPPER"], open_one["GRADE"]) == ("0.133333333", "1", "D")
    assert (open_one["STATUS"], other["GRADE"]) == ("insufficient", "A")


def test_a_cell_that_nobody_bounds_is_no_flow_of_nothing() -> None:
    """A corridor without an upper bound: no graph of that year, and no figure of that corridor."""
    table = [list(row) for row in SENT]
    table[0][1] = (0, None)  # type: ignore[call-overload]
    done = run(SPEC, corridors(table))

    assert figures(done, "C2") == {}
    assert ("2016", "AM", "BY", FLOW) not in figures(done, "B4")
    assert ("2016", "KG", "KZ", FLOW) in figures(done, "B4")


def test_a_profile_with_a_withheld_cell_says_that_its_diversity_is_not_known() -> None:
    """Its specialisation is an interval, its diversity is undefined, and both are said."""
    table = [[400, 100, 50, 10], [150, 200, 30, 40], [60, 40, 100, (0, 7)], [20, 5, 10, 2]]
    done = run(SPEC, profiles(table))

    quotient = figures(done, "D3")["2016", "KG", "_Z", f"TM15/_T/_T/_T/{TYPOLOGIES}"]
    diversity = figures(done, "D4")["2016", "KG", "_Z", f"_T/_T/_T/_T/{TYPOLOGIES}/METHOD"]
    assert (quotient["LOWER"], quotient["GRADE"]) == ("0", "D")
    assert (diversity["LOWER"], diversity["STATUS"], diversity["GRADE"]) == (None, "undefined", "D")


def test_bundles_that_dispute_a_cell_leave_it_unknown_and_are_named() -> None:
    """Two live bundles say 120 and 121 of one corridor: no figure stands on either."""
    table = [list(row) for row in SENT]
    table[0][1] = 121
    done = run(SPEC, [*corridors(), corridors(table, first=50)[0]])

    (conflict,) = done.conflicts
    assert conflict.inputs == (f"sha256:{0:0>64}", f"sha256:{50:0>64}")
    assert conflict.key == ("2016", "AM", "BY", "OUT", "_T", "_T", "_T", "_T", "N_STR")
    assert ("2016", "AM", "BY", FLOW) not in figures(done, "B4")


def test_something_new_for_the_second_time_is_a_signal() -> None:
    """Eight years with two reports in all, then five and six: the second is certain (methodology D2)."""
    counts = [0, 0, 1, 0, 0, 1, 0, 0, 5, 6]
    rows = [
        cell("TYPOLOGY_CELL", "KG", "N_STR", count, METHOD="TM13", TIME_PERIOD=str(2007 + at))
        for at, count in enumerate(counts)
    ]
    done = figures(run(SPEC, [bundle(1, "TYPOLOGY_CELL", "KG", rows)]), "D2")

    first, second = (done[year, "KG", "_Z", f"TM13/_T/_T/_T/{TYPOLOGIES}"] for year in ("2015", "2016"))
    assert abs(Decimal(first["P_LOWER"]) - Decimal("1.71733e-4")) < Decimal("5e-10")
    assert abs(Decimal(first["LOWER"]) - Decimal("3.7651")) < Decimal("5e-5")
    assert (first["SIGNAL"], second["SIGNAL"]) == ("no", "certain")


def test_a_table_of_another_member_is_refused() -> None:
    """A bundle speaks for its originator only."""
    given = corridors()[0]
    with pytest.raises(InvalidInput):
        run(SPEC, [ModelInput(given.bundle_digest, MEMBERS[1], given.dataflow_id, given.table)])


def test_nothing_shared_gives_no_figure() -> None:
    """No bundle, no figure, and a digest all the same."""
    done = run(SPEC, [])

    assert (done.results.num_rows, done.blocks, done.inputs) == (0, (), ())
    assert done.result_digest.startswith("sha256:")
