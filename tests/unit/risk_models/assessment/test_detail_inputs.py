"""The inputs of corridors, typologies and sectors, each by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from risk_models.assessment import corridors, kinds
from risk_models.assessment.facts import Reading, facts_of
from risk_models.assessment.kinds import kinds_of
from risk_models.model import ModelInput, load_spec
from risk_models.observations import observe
from schemas.registry import codelist

Bundle = Callable[..., ModelInput]
Rows = list[dict[str, Any]]
PARAMETERS = load_spec("detail_assessment_1").parameters


def shown(found: Reading | None) -> tuple[str, str] | None:
    """The bounds at four digits."""
    if found is None:
        return None
    upper = "none" if found.value.upper is None else f"{found.value.upper:.4f}"
    return f"{found.value.lower:.4f}", upper


def corridor(name: str, *bundles: ModelInput, year: int = 2016) -> tuple[str, str] | None:
    """One input of the corridor from KG to RU."""
    facts = facts_of(observe(bundles))
    return shown(corridors.INPUTS[name](facts, PARAMETERS.corridors, ("KG", "RU"), year))


def sent(counterpart: str, way: str = "OUT", measure: str = "N_STR", **given: Any) -> dict[str, Any]:
    """A cell of one corridor."""
    return {
        "COUNTERPART_AREA": counterpart,
        "METHOD": "_T",
        "FLOW_DIRECTION": way,
        "MEASURE": measure,
        "TIME_PERIOD": "2016",
        **given,
    }


def flows(bundle: Bundle, name: str, area: str, *rows: dict[str, Any]) -> ModelInput:
    """What a member reports."""
    return bundle(name, "SUSPICIOUS_FLOW", area, list(rows))


def test_intensity_is_the_sender_s_part_beside_that_of_the_others(bundle: Bundle) -> None:
    """120 of 160, and the others' 35 of 95 (25 of 85 and 10 of 10): 0.75 / (0.75 + 0.3684)."""
    given = [
        flows(bundle, "1", "KG", sent("RU", VALUE=120), sent("UZ", VALUE=30), sent("BY", VALUE=10)),
        flows(bundle, "2", "UZ", sent("RU", VALUE=25), sent("KG", VALUE=60)),
        flows(bundle, "3", "BY", sent("RU", VALUE=10)),
    ]
    hidden = [*given[:2], flows(bundle, "3", "BY", sent("RU", UPPER=10))]
    ru = flows(bundle, "4", "RU", sent("KG", VALUE=1))

    assert corridor("intensity", *given, ru) == ("0.6706", "0.6706")
    assert corridor("intensity", *hidden, ru) == ("0.6706", "0.7183")


def test_asymmetry_is_the_difference_of_both_ends(bundle: Bundle) -> None:
    """60 by the sender, 90 by the receiver, five added to each: 30 / 160; of one end alone there is none."""
    sender = flows(bundle, "1", "KG", sent("RU", VALUE=60))
    receiver = flows(bundle, "2", "RU", sent("KG", "IN", VALUE=90))
    hidden = flows(bundle, "2", "RU", sent("KG", "IN", UPPER=90))

    assert corridor("asymmetry", sender, receiver) == ("0.1875", "0.1875")
    assert corridor("asymmetry", sender, hidden) == ("0.0000", "0.8571")
    assert corridor("asymmetry", sender, flows(bundle, "2", "RU", sent("UZ", VALUE=1))) is None


def test_a_corridor_that_is_new_nears_one(bundle: Bundle) -> None:
    """25 after 10: 30 / 45; 95 after none: 100 / 105. The receiver stands in where the sender is silent."""
    grown = flows(bundle, "1", "KG", sent("RU", VALUE=25), sent("RU", TIME_PERIOD="2015", VALUE=10))
    new = flows(bundle, "2", "RU", sent("KG", "IN", VALUE=95), sent("KG", "IN", TIME_PERIOD="2015", VALUE=0))
    other = flows(bundle, "3", "RU", sent("UZ", VALUE=1))

    assert corridor("growth", grown, other) == ("0.6667", "0.6667")
    assert corridor("growth", new, flows(bundle, "3", "KG", sent("UZ", VALUE=1))) == ("0.9524", "0.9524")


def test_the_trade_gap_of_a_corridor_is_of_its_exports_alone(bundle: Bundle) -> None:
    """Exports of 90 against imports of 106: 10 / 190; what goes the other way is another corridor's."""
    trade = {"FLOW_KIND": "TRADE", "PRODUCT": "HS27", "MEASURE": "V_DECL"}
    out, back = {"FLOW_DIRECTION": "OUT"}, {"FLOW_DIRECTION": "IN"}
    kg = bundle(
        "1",
        "DECLARED_FLOW",
        "KG",
        [
            {**trade, **out, "COUNTERPART_AREA": "RU", "VALUE": 90},
            {**trade, **back, "COUNTERPART_AREA": "RU", "VALUE": 500},
        ],
    )
    ru = bundle(
        "2",
        "DECLARED_FLOW",
        "RU",
        [
            {**trade, **back, "COUNTERPART_AREA": "KG", "VALUE": 106},
            {**trade, **out, "COUNTERPART_AREA": "KG", "VALUE": 1},
        ],
    )

    assert corridor("trade_gap", kg, ru) == ("0.0526", "0.0526")
    assert corridor("trade_gap", kg) is None


def test_controls_are_those_of_each_end(bundle: Bundle) -> None:
    """All items rated 3 lack nothing, all rated 1 lack two thirds."""

    def rated(name: str, area: str, value: int) -> ModelInput:
        rows = [
            {"FATF_ITEM": item, "VALUE": value, "TIME_PERIOD": "2014"}
            for item in codelist("CL_FATF_ITEM").ids
        ]
        return bundle(name, "FATF_RATING", area, rows)

    ratings = [rated("1", "KG", 3), rated("2", "RU", 1)]

    assert corridor("sender", *ratings) == ("0.0000", "0.0000")
    assert corridor("receiver", *ratings) == ("0.6667", "0.6667")
    assert corridor("receiver", ratings[0]) is None


def test_value_stands_beside_both_economies(bundle: Bundle) -> None:
    """0.4 between 60 and 40: 0.004 (the values are in hundredths and in whole units alike here)."""
    value = flows(bundle, "1", "KG", sent("RU", measure="V_TXN", VALUE=4))
    economies = [
        bundle(name, "CONTEXT", area, [{"MEASURE": "GDP", "TIME_PERIOD": "2016", "VALUE": size}])
        for name, area, size in (("2", "KG", 600), ("3", "RU", 400))
    ]

    assert corridor("value_gdp", value, *economies) == ("0.0040", "0.0040")
    assert corridor("value_gdp", value, economies[0]) is None


def of_method(name: str, unit: tuple[str, str], *bundles: ModelInput) -> tuple[str, str] | None:
    """One input of a typology, or of a sector's kind of cells, in 2016."""
    found = kinds_of(observe(bundles), "TYPOLOGY_CELL", "METHOD", 2)
    formula = {**kinds.TYPOLOGY, **kinds.SECTOR}[name]
    return shown(formula(found, PARAMETERS.typologies, unit, 2016))


def methods(bundle: Bundle, name: str, area: str, *rows: dict[str, Any]) -> ModelInput:
    """Reports of a member by method."""
    base = {"MEASURE": "N_STR", "TIME_PERIOD": "2016"}
    return bundle(name, "TYPOLOGY_CELL", area, [{**base, **row} for row in rows])


def before(code: str, **given: Any) -> dict[str, Any]:
    """A cell of the year before."""
    return {"METHOD": code, "TIME_PERIOD": "2015", **given}


def now(code: str, **given: Any) -> dict[str, Any]:
    """A cell of the year."""
    return {"METHOD": code, **given}


@pytest.fixture
def region(bundle: Bundle) -> list[ModelInput]:
    """Three members: one long has the method, one has it anew, one does not."""
    return [
        methods(bundle, "1", "KG", now("TM03", VALUE=20), before("TM03", VALUE=5), now("_T", VALUE=100)),
        methods(bundle, "2", "RU", now("TM03", VALUE=10), before("TM03", VALUE=0), now("_T", VALUE=100)),
        methods(bundle, "3", "UZ", now("TM03", VALUE=0), before("TM03", VALUE=0), now("_T", VALUE=100)),
    ]


def test_a_typology_is_read_over_all_members(region: list[ModelInput]) -> None:
    """35 / 45 with five added to each year; two of three have it, one anew; 30 of 300 reports."""
    unit = ("", "TM03")

    assert of_method("growth", unit, *region) == ("0.7778", "0.7778")
    assert of_method("adopters", unit, *region) == ("0.6667", "0.6667")
    assert of_method("emergence", unit, *region) == ("0.3333", "0.3333")
    assert of_method("share", unit, *region) == ("0.1000", "0.1000")
    assert of_method("value_share", unit, *region) is None


def test_a_withheld_cell_may_be_an_adopter(bundle: Bundle, region: list[ModelInput]) -> None:
    """UZ may have up to four: it counts in one end; a share never passes the whole."""
    hidden = methods(bundle, "3", "UZ", now("TM03", UPPER=4), before("TM03", VALUE=0), now("_T", VALUE=100))

    assert of_method("adopters", ("", "TM03"), *region[:2], hidden) == ("0.6667", "1.0000")
    assert of_method("emergence", ("", "TM03"), *region[:2], hidden) == ("0.3333", "0.6667")
    assert of_method("share", ("", "TM03"), *region[:2], hidden) == ("0.1000", "0.1133")


def test_a_quotient_stands_beside_the_others(region: list[ModelInput]) -> None:
    """KG's 0.2 beside 10 of 200 elsewhere: 0.2 / 0.25; a member that has none has 0; nobody else, no figure."""
    assert of_method("quotient", ("KG", "TM03"), *region) == ("0.8000", "0.8000")
    assert of_method("quotient", ("UZ", "TM03"), *region) == ("0.0000", "0.0000")
    assert of_method("quotient", ("KG", "TM03"), region[0]) is None
    assert of_method("growth", ("KG", "TM03"), *region) == ("0.7143", "0.7143")
    assert of_method("share", ("KG", "TM03"), *region) == ("0.2000", "0.2000")


def test_units_are_of_one_level_and_of_a_kind(bundle: Bundle) -> None:
    """Neither groups, nor the whole, nor what is of no kind."""
    rows = [now(code, VALUE=1) for code in ("TM03", "TM_COVER", "TM03A", "_T", "_U")]
    found = kinds_of(observe([methods(bundle, "1", "KG", *rows)]), "TYPOLOGY_CELL", "METHOD", 2)

    assert found.units == ("TM03",)
