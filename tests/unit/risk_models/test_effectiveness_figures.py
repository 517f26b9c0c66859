"""The model of effectiveness: figures of cells, beside the worked examples of the methodology (FX4) to their digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import pytest

from risk_models.model import load_spec, run
from tests.support.assessed import Cell, bundles
from tests.support.chains import MEMBERS, PERIOD, STAGES, cell, given

Given = tuple[Cell, int, int, int | None]
MEASURES = [measure for _, measure in STAGES]
STEPS = [f"_T/{entered}/{reached}" for entered, reached in pairwise(MEASURES)]


def exact(cells: Iterable[tuple[Cell, int]]) -> list[Given]:
    """Cells that nobody withholds."""
    return [(named, value, value, value) for named, value in cells]


def figures(values: list[Given]) -> Mapping[tuple[str, str, str], dict[str, Any]]:
    """The rows of a run by indicator, member and facet."""
    table = run(load_spec("effectiveness_1"), bundles(values)).results
    return {(row["INDICATOR"], row["REF_AREA"], row["FACET"]): row for row in table.to_pylist()}


def point(row: Mapping[str, Any]) -> float:
    """The value of a figure that is exact."""
    assert row["LOWER"] == row["UPPER"]
    return float(row["LOWER"])


def withheld(place: Cell, lower: int, upper: int | None) -> list[Given]:
    """All cells, of which one is known within bounds alone."""
    return [
        (named, value, lower, upper) if named == place else (named, value, value, value)
        for named, value in given()
    ]


def test_the_chain_of_the_fixture_is_followed_to_its_end() -> None:
    """A6: 4 of 560; half of what was frozen is confiscated; a chain of 37 reports is one too."""
    found = figures(exact(given()))

    assert point(found["A6", "AM", "_T/N_STR/N_CONF"]) == pytest.approx(0.007142857, abs=5e-10)
    assert point(found["A6", "AM", "_T/V_FROZ/V_CONF"]) == 0.5
    assert {row["STATUS"] for (name, *_), row in found.items() if name == "A6"} == {"ok"}


def test_the_bottleneck_is_the_stage_of_the_fixture() -> None:
    """A7: A's z, 24.9755 disseminations missing, and a signal there alone (q = 5 x 0.0103 at the first step)."""
    found = figures(exact(given()))
    scores = [found["A7", "AM", step] for step in STEPS]

    assert [point(row) for row in scores] == pytest.approx(
        [-2.3152, -1.0583, -0.8165, -0.3086, -0.6325], abs=5e-5
    )
    assert point(found["A7", "AM", f"{STEPS[0]}/MISSING"]) == pytest.approx(24.9755, abs=5e-5)
    # the last two steps of A are entered by fewer than 20 cases
    assert [row["STATUS"] for row in scores] == ["ok", "ok", "ok", "insufficient", "insufficient"]
    assert [row["SIGNAL"] for row in scores] == ["certain", "no", "no", "", ""]


def test_reports_are_set_beside_population_as_in_the_fixture() -> None:
    """A9: by population of 40, 20, 10 and 2 millions."""
    found = figures(exact(given()))

    ratios = [point(found["A9", area, "N_STR/POP"]) for area in MEMBERS]
    assert ratios == pytest.approx([0.831829, 1.219194, 1.178364, 1.049277], abs=5e-7)


def test_requests_are_counted_for_a_hundred_disseminations() -> None:
    """A10: 24 for 140."""
    found = figures(exact(given()))

    assert point(found["A10", "AM", "N_REQ_IN/N_DISS"]) == pytest.approx(17.142857, abs=5e-7)


def test_a_withheld_stage_is_an_interval_in_its_chain_and_in_everybodys_region() -> None:
    """Convictions of A between 8 and 12: its own steps and those of the others widen, the whole way does not."""
    found = figures(withheld(cell("R33_B", "AM", "N_CONV"), 8, 12))

    for area, known in (("AM", -0.3086), ("BY", 0)):
        row = found["A7", area, STEPS[3]]
        assert float(row["LOWER"]) < known < float(row["UPPER"])
    assert found["A6", "AM", "_T/N_STR/N_CONF"]["GRADE"] == "A"


def test_a_chain_with_a_stage_that_nobody_gave_is_none() -> None:
    """And it is no part of the region of the others, who are three then: too few to be compared."""
    found = figures(exact(pair for pair in given() if pair[0] != cell("R33_B", "AM", "N_PROS")))

    assert not [key for key in found if key[:2] == ("A7", "AM")]
    assert ("A6", "AM", "_T/N_STR/N_CONF") not in found
    assert found["A7", "BY", STEPS[0]]["STATUS"] == "insufficient"
    assert found["A7", "BY", STEPS[0]]["SIGNAL"] == ""


def test_a_withheld_count_leaves_no_ratio_to_exposure() -> None:
    """The prior that all members share would depend on how one of them withholds."""
    found = figures(withheld(cell("R33_A", "KZ", "N_STR"), 35, 39))

    assert not [key for key in found if key[0] == "A9"]
    assert ("A6", "KZ", "_T/N_STR/N_CONF") in found


def test_figures_name_every_bundle_they_are_made_of() -> None:
    """A step beside the region stands on the chains of all members, the whole way on one member's."""
    found = figures(exact(given()))

    assert len(found["A7", "AM", STEPS[0]]["INPUTS"].split(",")) == 3 * len(MEMBERS)
    assert len(found["A6", "AM", "_T/N_STR/N_CONF"]["INPUTS"].split(",")) == 3
    assert {row["TIME_PERIOD"] for row in found.values()} == {PERIOD}
