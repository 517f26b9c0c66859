"""The scores of corridors, typologies and sectors: by hand from their inputs, ranked among their own kind."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from risk_models.assessment.details import CODES
from risk_models.model import load_spec, run
from tests.support.assessed import AREAS, YEAR, bundles, detail_cells

Rows = Mapping[tuple[str, str, str, str], dict[str, Any]]
PAIRS = [(one, other) for one in AREAS for other in AREAS if one != other]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """The rows of the newest year by indicator, area, counterpart and facet."""
    words = random.Random(11)
    values = []
    for cell in detail_cells():
        value = words.randint(1, 3 if cell[0] == "FATF_RATING" else 60)
        values.append((cell, value, value, value))
    table = run(load_spec("detail_assessment_1"), bundles(values)).results
    names = ("INDICATOR", "REF_AREA", "COUNTERPART_AREA", "FACET")
    return {
        tuple(row[name] for name in names): row  # type: ignore[misc] # of four names
        for row in table.to_pylist()
        if row["TIME_PERIOD"] == str(YEAR)
    }


def number(rows: Rows, indicator: str, area: str, counterpart: str = "_Z", facet: str = "") -> Decimal:
    """One exact figure."""
    row = rows[indicator, area, counterpart, facet]
    assert row["LOWER"] == row["UPPER"], row
    return Decimal(row["LOWER"])


def inputs(rows: Rows, area: str, counterpart: str = "_Z", code: str = "") -> dict[str, Decimal]:
    """The inputs of a unit on the scale of the score."""
    found = {}
    for (indicator, *unit, facet), row in rows.items():
        parts = facet.split("/")
        own = parts.pop(0) if code else ""
        is_own = indicator == "G11" and tuple(unit) == (area, counterpart) and own == code
        if is_own and parts[-1] != "VALUE":
            found[parts[0]] = Decimal(row["LOWER"])
    return found


@pytest.mark.parametrize("pair", PAIRS)
def test_a_corridor_follows_from_its_inputs_by_the_stated_weights(rows: Rows, pair: tuple[str, str]) -> None:
    """Means inside each axis, the geometric mean of the axes."""
    at = inputs(rows, *pair)
    threat = (3 * at["intensity"] + 2 * at["asymmetry"] + 2 * at["growth"] + 3 * at["trade_gap"]) / 10
    vulnerability = (at["sender"] + at["receiver"]) / 2
    risk = threat ** Decimal("0.4") * vulnerability ** Decimal("0.4") * at["value_gdp"] ** Decimal("0.2")

    assert number(rows, "G12", *pair) == pytest.approx(threat, rel=Decimal("1e-7"))
    assert number(rows, "G13", *pair) == pytest.approx(vulnerability, rel=Decimal("1e-7"))
    assert number(rows, "G14", *pair) == pytest.approx(at["value_gdp"], rel=Decimal("1e-7"))
    assert number(rows, "G15", *pair) == pytest.approx(risk, rel=Decimal("1e-7"))


def test_a_typology_and_a_sector_have_a_threat_alone(rows: Rows) -> None:
    """By the stated weights; no risk is said of either."""
    typology, sector = inputs(rows, "_Z", code="TM03"), inputs(rows, "KZ", code="FI01")
    threat = 3 * typology["growth"] + 2 * typology["adopters"] + 2 * typology["emergence"]
    threat += typology["share"] + 2 * typology["value_share"]
    of_sector = 4 * sector["growth"] + 3 * sector["share"] + 3 * sector["quotient"]

    assert number(rows, "G12", "_Z", facet="TM03") == pytest.approx(threat / 10, rel=Decimal("1e-7"))
    assert number(rows, "G12", "KZ", facet="FI01") == pytest.approx(of_sector / 10, rel=Decimal("1e-7"))
    assert {key[1:3] for key in rows if key[0] == "G15"} == set(PAIRS)


def test_each_kind_is_ranked_among_its_own(rows: Rows) -> None:
    """Six corridors, two typologies, two sectors of each of three members."""
    assert [number(rows, "G16", *pair, "OF") for pair in PAIRS] == [6] * 6
    assert sorted(number(rows, "G16", *pair, "RANK") for pair in PAIRS) == [1, 2, 3, 4, 5, 6]
    assert number(rows, "G16", "_Z", facet="TM03/OF") == 2
    assert number(rows, "G16", "KZ", facet="FI01/OF") == 6


def test_contributions_sum_to_the_difference_from_the_baseline(rows: Rows) -> None:
    """Of a corridor by axis, of a typology by input."""
    axes = [number(rows, "G17", *PAIRS[0], axis) for axis in ("threat", "vulnerability", "consequence")]
    gained = number(rows, "G15", *PAIRS[0]) - number(rows, "G17", *PAIRS[0], "BASELINE")
    names = ("growth", "adopters", "emergence", "share", "value_share")
    points = [number(rows, "G17", "_Z", facet=f"TM03/{name}") for name in names]
    above = number(rows, "G12", "_Z", facet="TM03") - number(rows, "G17", "_Z", facet="TM03/BASELINE")

    assert sum(axes) == pytest.approx(gained, abs=Decimal("1e-6"))
    assert sum(points) == pytest.approx(above, abs=Decimal("1e-6"))


def test_its_indicators_are_of_no_other_model() -> None:
    """Each has a code of its own, so that a figure names the model that computed it."""
    codes = {one.id for one in load_spec("detail_assessment_1").indicators}

    assert codes == set(CODES.values())
    assert not codes & {one.id for one in load_spec("assessment_1").indicators}


def test_nothing_is_assessed_where_nothing_is_shared() -> None:
    """No bundle, no figure."""
    assert run(load_spec("detail_assessment_1"), []).results.num_rows == 0
