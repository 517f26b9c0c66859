"""Indicators where a table shows wholes beside their parts: each is read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from risk_models.model import ModelInput, load_spec, run
from risk_models.observations import observe
from schemas.interval import Interval

Bundle = Callable[..., ModelInput]
Row = dict[str, Any]


def figures(indicator: str, *inputs: ModelInput) -> dict[tuple[str, str], Row]:
    """The rows of one indicator by counterpart and facet."""
    return {
        (row["COUNTERPART_AREA"], row["FACET"]): row
        for row in run(load_spec(), inputs).results.to_pylist()
        if row["INDICATOR"] == indicator
    }


def bounds(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The value of a figure."""
    return row["LOWER"], row["UPPER"]


def amounts(bundle: Bundle, *rows: Row) -> ModelInput:
    """One member's amounts by counterpart."""
    return bundle("1", "SUSPICIOUS_FLOW", "KG", [{"MEASURE": "V_TXN", **row} for row in rows])


def of_amounts(found: Mapping[tuple[str, str], Row]) -> dict[str, tuple[str | None, str | None]]:
    """The figures of amounts sent, by counterpart."""
    return {area: bounds(row) for (area, facet), row in found.items() if facet.endswith("/OUT/V_TXN")}


def test_the_whole_is_the_denominator_and_no_corridor(bundle: Bundle) -> None:
    """60 and 40 of 100 in all: the whole beside them neither halves their shares nor has one."""
    flows = amounts(
        bundle,
        {"COUNTERPART_AREA": "RU", "VALUE": 60},
        {"COUNTERPART_AREA": "KZ", "VALUE": 40},
        {"COUNTERPART_AREA": "W1", "VALUE": 100},
    )

    assert of_amounts(figures("B1", flows)) == {"RU": ("0.6", "0.6"), "KZ": ("0.4", "0.4")}
    assert of_amounts(figures("B9", flows)) == {"_Z": ("0.52", "0.52")}


def test_a_withheld_corridor_is_bounded_by_the_whole(bundle: Bundle) -> None:
    """60 shown of 100 leaves 40 for two withheld corridors of 0 to 30 each, of which none is below 10."""
    flows = amounts(
        bundle,
        {"COUNTERPART_AREA": "RU", "VALUE": 60},
        {"COUNTERPART_AREA": "KZ", "UPPER": 30},
        {"COUNTERPART_AREA": "UZ", "UPPER": 30},
        {"COUNTERPART_AREA": "W1", "VALUE": 100},
    )

    assert of_amounts(figures("B1", flows)) == {"RU": ("0.6", "0.6"), "KZ": ("0", "0.3"), "UZ": ("0", "0.3")}
    # 0.6 squared, and 40 as 20 and 20 at the least or 30 and 10 at the most
    assert of_amounts(figures("B9", flows)) == {"_Z": ("0.44", "0.46")}


def test_corridors_that_nobody_gives_are_in_the_denominator(bundle: Bundle) -> None:
    """60 of 100 is 0.6 though the other 40 are nowhere; how they divide up is unknown, so is the concentration."""
    flows = amounts(bundle, {"COUNTERPART_AREA": "RU", "VALUE": 60}, {"COUNTERPART_AREA": "W1", "VALUE": 100})

    assert of_amounts(figures("B1", flows)) == {"RU": ("0.6", "0.6")}
    assert figures("B9", flows) == {}


@pytest.mark.parametrize(
    "whole", [{"UPPER": None}, {"VALUE": 90}, {}], ids=["withheld", "contradicts", "missing"]
)
def test_a_whole_that_says_nothing_leaves_the_sum_of_the_corridors(bundle: Bundle, whole: Row) -> None:
    """Without a whole to go by, the denominator is what the corridors sum to."""
    flows = amounts(
        bundle,
        {"COUNTERPART_AREA": "RU", "VALUE": 60},
        {"COUNTERPART_AREA": "KZ", "VALUE": 40},
        {"COUNTERPART_AREA": "W1", **whole},
    )

    assert of_amounts(figures("B1", flows)) == {"RU": ("0.6", "0.6"), "KZ": ("0.4", "0.4")}


def test_reports_of_several_counterparts_are_shared_among_corridors(bundle: Bundle) -> None:
    """80 and 40 of 100 reports: 20 name both, and the shares are of 120 namings."""
    rows = [
        {"COUNTERPART_AREA": area, "VALUE": value} for area, value in (("RU", 80), ("KZ", 40), ("W1", 100))
    ]
    found = figures("B1", bundle("1", "SUSPICIOUS_FLOW", "KG", rows))

    assert {area: row["LOWER"] for (area, _), row in found.items()} == {
        "RU": "0.666666667",
        "KZ": "0.333333333",
    }


def test_the_whole_of_reports_is_the_least_that_corridors_sum_to(bundle: Bundle) -> None:
    """60 shown of 100 reports: two withheld corridors of 0 to 30 have 40 or more between them."""
    rows: Sequence[Row] = [
        {"COUNTERPART_AREA": "RU", "VALUE": 60},
        {"COUNTERPART_AREA": "KZ", "UPPER": 30},
        {"COUNTERPART_AREA": "UZ", "UPPER": 30},
        {"COUNTERPART_AREA": "W1", "VALUE": 100},
    ]
    found = figures("B1", bundle("1", "SUSPICIOUS_FLOW", "KG", rows))

    # 60 of 120 to 60 of 100
    assert {area: bounds(row) for (area, _), row in found.items()}["RU"] == ("0.5", "0.6")


def test_growth_and_mirrors_are_of_corridors(bundle: Bundle) -> None:
    """All counterparts together are neither a corridor that grows nor one that somebody mirrors."""
    rows = [
        {"TIME_PERIOD": period, "COUNTERPART_AREA": area, "VALUE": value}
        for period, value in (("2015", 50), ("2016", 90))
        for area in ("RU", "W1")
    ]
    found = figures("D1", bundle("1", "SUSPICIOUS_FLOW", "KG", rows))

    assert {area for area, _ in found} == {"RU"}
    assert figures("B5", bundle("1", "SUSPICIOUS_FLOW", "KG", rows)) == {}


def test_the_total_of_crimes_is_a_stage_of_its_own(bundle: Bundle) -> None:
    """Total, laundering, terrorism and proliferation are four ratios; none is added to another."""
    rows = [
        {"CRIME_TYPE": crime, "MEASURE": measure, "VALUE": value}
        for crime, value in (("_T", 100), ("ML", 60), ("TF", 30), ("PF", 10))
        for measure in ("N_STR", "N_DISS")
    ]
    found = figures("A5", bundle("1", "R33_A", "KG", rows))

    assert {facet.split("/")[0]: row["LOWER"] for (_, facet), row in found.items()} == dict.fromkeys(
        ("_T", "ML", "TF", "PF"), "1"
    )


KEY = ("TIME_PERIOD", "REF_AREA", "CRIME_TYPE", "MEASURE")
KINDS = ("SELF", "THIRD_PARTY", "STAND_ALONE", "FOREIGN_PREDICATE")


def stage(bundle: Bundle, *rows: Row) -> Interval | None:
    """The number of cases of laundering in total over every cut."""
    seen = observe([bundle("1", "R33_B", "KG", list(rows))])
    cell = seen.totals("R33_B", KEY).get(("2016", "KG", "ML", "N_INV"))
    return None if cell is None else cell.interval


def test_a_given_whole_is_read_and_its_parts_are_not(bundle: Bundle) -> None:
    """50 cases of which 44 are given by kind are 50 cases."""
    parts = [{"ML_KIND": kind, "VALUE": 11} for kind in KINDS]

    assert stage(bundle, {"VALUE": 50}, *parts) == Interval(Decimal(50), Decimal(50))


def test_parts_stand_for_a_whole_that_is_not_given_if_all_are_there(bundle: Bundle) -> None:
    """Four kinds of 11 are 44 cases, withheld ones make it an interval, three kinds are no whole."""
    parts = [{"ML_KIND": kind, "VALUE": 11} for kind in KINDS]
    withheld = [*parts[:3], {"ML_KIND": KINDS[3], "UPPER": 2}]
    crossed = [{**part, "PREDICATE": "DCO08"} for part in parts]

    assert stage(bundle, *parts) == Interval(Decimal(44), Decimal(44))
    assert stage(bundle, *withheld) == Interval(Decimal(33), Decimal(35))
    assert stage(bundle, *parts[:3]) is None
    assert stage(bundle, *crossed) is None
