"""The assessment of members: scores by hand, and what a member that shares too little is told."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from risk_models.assessment.scores import leaf_weights
from risk_models.composite.register import packaged
from risk_models.errors import InvalidSpecification
from risk_models.model import ModelInput, load_spec, run
from risk_models.specification import parse_spec
from tests.support.assessed import AREAS, YEAR, bundles, cells
from tests.unit.risk_models.test_risk_specification import packaged_text

Rows = Mapping[tuple[str, str, str, str], dict[str, Any]]


def world(*, without: frozenset[str] = frozenset(), wide: frozenset[str] = frozenset()) -> list[ModelInput]:
    """Members with fixed figures. without: dataflows that KG does not share; wide: those it withholds altogether."""
    words = random.Random(7)
    values = []
    for cell in cells():
        value = words.randint(1, 3 if cell[0] == "FATF_RATING" else 60)
        if cell[1] != "KG" or cell[0] not in without | wide:
            values.append((cell, value, value, value))
        elif cell[0] in wide:
            values.append((cell, value, 0, None))
    return bundles(values)


def figures(given: list[ModelInput]) -> Rows:
    """The rows by indicator, year, member and facet."""
    table = run(load_spec("assessment_1"), given).results
    names = ("INDICATOR", "TIME_PERIOD", "REF_AREA", "FACET")
    return {tuple(row[name] for name in names): row for row in table.to_pylist()}  # type: ignore[misc]


def number(rows: Rows, indicator: str, area: str, facet: str = "", year: int = YEAR) -> Decimal:
    """One exact figure."""
    row = rows[indicator, str(year), area, facet]
    assert row["LOWER"] == row["UPPER"], row
    return Decimal(row["LOWER"])


@pytest.fixture(scope="module")
def whole() -> Rows:
    """Three members that share everything."""
    return figures(world())


def test_scores_follow_from_the_inputs_by_the_stated_weights(whole: Rows) -> None:
    """By hand from the inputs of the row: means, the cap of law, the turned controls, the geometric mean of axes."""
    for area in AREAS:
        at = {
            facet.partition("/")[0]: Decimal(row["LOWER"])
            for (name, _, whose, facet), row in whole.items()
            if name == "G0" and whose == area and not facet.endswith("VALUE")
        }
        assert len(at) == 12
        threat = (2 * at["pass_through"] + 2 * at["growth"] + 3 * at["trade_gap"] + 3 * at["exposure"]) / 10
        controls = (4 * at["law"] + 4 * at["effectiveness"] + at["conviction"] + at["answered"]) / 10
        controls = min(controls, at["law"])
        inherent = (2 * at["channels"] + at["unseen"]) / 3
        vulnerability = (inherent + 100 - controls) / 2
        consequence = (2 * at["value_gdp"] + at["financing"]) / 3
        risk = threat ** Decimal("0.4") * vulnerability ** Decimal("0.4") * consequence ** Decimal("0.2")

        assert number(whole, "G1", area) == pytest.approx(threat, rel=Decimal("1e-7"))
        assert number(whole, "G2", area) == pytest.approx(vulnerability, rel=Decimal("1e-7"))
        assert number(whole, "G2", area, "controls") == pytest.approx(controls, rel=Decimal("1e-7"))
        assert number(whole, "G3", area) == pytest.approx(consequence, rel=Decimal("1e-7"))
        assert number(whole, "G4", area) == pytest.approx(risk, rel=Decimal("1e-7"))


def test_contributions_sum_to_the_difference_from_the_baseline(whole: Rows) -> None:
    """The three axes, and inside each its inputs; what is the same for everybody is not named."""
    for area in AREAS:
        points = {
            facet: Decimal(row["LOWER"])
            for (name, _, whose, facet), row in whole.items()
            if name == "G8" and whose == area
        }
        axes = [points[one] for one in ("threat", "vulnerability", "consequence")]
        gained = number(whole, "G4", area) - points["BASELINE"]
        assert sum(axes) == pytest.approx(gained, abs=Decimal("1e-6"))
        below = [value for facet, value in points.items() if facet.startswith("threat/")]
        assert len(below) == 4
        assert sum(below) == pytest.approx(points["threat"], abs=Decimal("1e-6"))
        assert not any("whole" in facet for facet in points)


def test_ranks_weights_and_choices_speak_of_the_same_members(whole: Rows) -> None:
    """Exact scores have one rank; shares over all weights, and over all choices, sum to one."""
    ranked = sorted(AREAS, key=lambda area: -number(whole, "G4", area))

    for place, area in enumerate(ranked, 1):
        assert number(whole, "G5", area, "RANK") == place
        assert number(whole, "G5", area, "OF") == len(AREAS)
        shares = [number(whole, "G6", area, str(rank)) for rank in (1, 2, 3)]
        levels = [
            Decimal(row["LOWER"])
            for (name, _, whose, facet), row in whole.items()
            if name == "G7" and whose == area and facet.startswith("LEVEL/")
        ]
        assert sum(shares) == pytest.approx(1)
        assert sum(levels) == pytest.approx(1)
        row = whole["G7", str(YEAR), area, "RANK"]
        assert Decimal(row["LOWER"]) <= place <= Decimal(row["UPPER"])


def test_the_change_of_a_year_is_that_of_its_scores(whole: Rows) -> None:
    """By one method and on the cells of now; the first year has no year before it."""
    for area in AREAS:
        change = number(whole, "G4", area) - number(whole, "G4", area, year=YEAR - 1)
        assert number(whole, "G9", area, "DATA") == pytest.approx(change, abs=Decimal("1e-6"))
        assert ("G9", str(YEAR - 5), area, "DATA") not in whole


def test_six_years_are_computed_and_ratings_hold_in_those_after_them(whole: Rows) -> None:
    """Five years back, whether there was anything to see then or not."""
    years = {year for name, year, _, _ in whole if name == "G4"}

    assert years == {str(year) for year in range(YEAR - 5, YEAR + 1)}
    assert whole["G4", str(YEAR - 5), "KZ", ""]["STATUS"] == "undefined"
    assert f"law/{YEAR - 3}" in {facet for name, _, _, facet in whole if name == "G0"}


def test_a_member_that_shares_too_little_is_not_assessed() -> None:
    """Without ratings there is no vulnerability and no risk, and no rank: not a low one. The others are ranked."""
    rows = figures(world(without=frozenset({"FATF_RATING"})))

    assert rows["G4", str(YEAR), "KG", ""]["STATUS"] == "undefined"
    assert rows["G4", str(YEAR), "KG", ""]["LOWER"] is None
    assert ("G5", str(YEAR), "KG", "RANK") not in rows
    assert number(rows, "G5", "KZ", "OF") == 2
    assert not any(name == "G8" and area == "KG" for name, _, area, _ in rows)


def test_what_is_missing_lowers_the_confidence_and_not_the_score() -> None:
    """Without context two axes stand for the third; the grade says that less is known."""
    rows = figures(world(without=frozenset({"CONTEXT"})))

    assert rows["G3", str(YEAR), "KG", ""]["STATUS"] == "undefined"
    assert rows["G4", str(YEAR), "KG", ""]["STATUS"] == "ok"
    assert number(rows, "G10", "KZ") == 1
    assert number(rows, "G10", "KG") > 1
    axes = [number(rows, "G1", "KG"), number(rows, "G2", "KG")]
    expected = axes[0] ** Decimal("0.5") * axes[1] ** Decimal("0.5")
    assert number(rows, "G4", "KG") == pytest.approx(expected, rel=Decimal("1e-7"))


def test_a_risk_that_could_be_anything_has_bounds_and_no_level() -> None:
    """All flows withheld without bounds: the interval is wider than two levels, so that it is not sufficient."""
    flows = frozenset({"SUSPICIOUS_FLOW", "DECLARED_FLOW", "CONTEXT", "R33_A"})
    row = figures(world(wide=flows))["G4", str(YEAR), "KG", ""]

    assert Decimal(row["UPPER"]) - Decimal(row["LOWER"]) > 50
    assert (row["STATUS"], row["GRADE"]) == ("insufficient", "D")


def test_alone_a_member_has_no_weights_to_compare() -> None:
    """One axis for all: nothing can be weighed differently, and nothing fails."""
    given = [one for one in world() if one.dataflow_id == "FATF_RATING"]
    rows = figures(given)

    assert {row["STATUS"] for (name, *_), row in rows.items() if name == "G4"} == {"undefined"}
    assert not any(name in {"G6", "G7", "G8"} for name, *_ in rows)


def test_the_digest_does_not_depend_on_the_order_of_the_bundles() -> None:
    """Any order gives the same bytes; nothing observed gives no row."""
    given = world()
    spec = load_spec("assessment_1")

    assert run(spec, given).result_digest == run(spec, given[::-1]).result_digest
    assert run(spec, []).results.num_rows == 0


def test_the_weights_of_the_inputs_sum_to_one() -> None:
    """Through every group, whatever its sign."""
    weights = leaf_weights(packaged("member_risk_1"), "risk")

    assert sum(weights.values()) == pytest.approx(1)
    assert len(weights) == 12
    assert weights["trade_gap"] == Decimal("0.12")


def test_another_composite_than_the_released_one_is_refused() -> None:
    """The digest of every weight and goalpost is part of the model's own."""
    text = packaged_text("assessment_1")
    digest = packaged("member_risk_1").digest

    with pytest.raises(InvalidSpecification, match="has the digest"):
        parse_spec(text.replace(digest, "sha256:" + "0" * 64))
    with pytest.raises(InvalidSpecification, match="no whole number"):
        parse_spec(text.replace("window = 10", 'window = "10"'))
    with pytest.raises(InvalidSpecification, match="no decimal"):
        parse_spec(text.replace('most_width = "50"', "most_width = 50"))
