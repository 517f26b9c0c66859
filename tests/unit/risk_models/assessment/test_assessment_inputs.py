"""The inputs of an assessment, each by hand; and what a member that lacks them is told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from risk_models.assessment.facts import Reading, excess, facts_of, least, part_of
from risk_models.assessment.table import INPUTS
from risk_models.model import ModelInput, load_spec
from risk_models.observations import observe
from schemas.interval import Interval
from schemas.registry import codelist

Bundle = Callable[..., ModelInput]
Rows = list[dict[str, Any]]
TRADE = {"FLOW_KIND": "TRADE", "PRODUCT": "HS27", "MEASURE": "V_DECL"}
REMITTANCE = {"FLOW_KIND": "REMITTANCE", "PRODUCT": "_Z", "MEASURE": "V_DECL"}


def between(lower: str | int, upper: str | int | None) -> Interval:
    """An interval of texts."""
    return Interval(Decimal(lower), None if upper is None else Decimal(upper))


def read(name: str, *bundles: ModelInput, area: str = "KG", year: int = 2016) -> Reading | None:
    """One input of a member in a year."""
    parameters = load_spec("assessment_1").parameters
    return INPUTS[name](facts_of(observe(bundles)), parameters, area, year)


def shown(name: str, *bundles: ModelInput, area: str = "KG", year: int = 2016) -> tuple[str, str]:
    """Its bounds at four digits."""
    found = read(name, *bundles, area=area, year=year)
    assert found is not None
    upper = "none" if found.value.upper is None else f"{found.value.upper:.4f}"
    return f"{found.value.lower:.4f}", upper


def whole(direction: str, measure: str = "V_TXN", year: str = "2016", **given: Any) -> dict[str, Any]:
    """A cell of all counterparts together."""
    place = {"COUNTERPART_AREA": "W1", "METHOD": "_T", "FLOW_DIRECTION": direction}
    return {**place, "MEASURE": measure, "TIME_PERIOD": year, **given}


def ratings(**values: int) -> Rows:
    """Ratings by item, `R_1` for R.1; all others are not given."""
    return [{"FATF_ITEM": item.replace("_", "."), "VALUE": value} for item, value in values.items()]


def all_rated(value: int, year: str = "2016") -> Rows:
    """Every item rated the same."""
    return [{"FATF_ITEM": item, "VALUE": value, "TIME_PERIOD": year} for item in codelist("CL_FATF_ITEM").ids]


def test_what_passes_through_is_twice_the_smaller_part(bundle: Bundle) -> None:
    """C4 of the methodology: 140 in and 160 out give 0.9333; nothing in and out gives 0."""
    flows = bundle("1", "SUSPICIOUS_FLOW", "KG", [whole("IN", VALUE=140), whole("OUT", VALUE=160)])
    none = bundle("2", "SUSPICIOUS_FLOW", "KG", [whole("IN", VALUE=0), whole("OUT", VALUE=0)])

    assert shown("pass_through", flows) == ("0.9333", "0.9333")
    assert shown("pass_through", none) == ("0.0000", "0.0000")
    assert read("pass_through", bundle("3", "SUSPICIOUS_FLOW", "KG", [whole("IN", VALUE=140)])) is None


def test_growth_is_the_share_of_the_later_year(bundle: Bundle) -> None:
    """25 reports after 10, five added to each: 30 / 45; a withheld year gives both ends."""
    rows = [whole("IN", "N_STR", "2015", VALUE=10), whole("IN", "N_STR", VALUE=25)]
    hidden = [rows[0], whole("IN", "N_STR", UPPER=25)]

    assert shown("growth", bundle("1", "SUSPICIOUS_FLOW", "KG", rows)) == ("0.6667", "0.6667")
    assert shown("growth", bundle("1", "SUSPICIOUS_FLOW", "KG", hidden)) == ("0.2500", "0.6667")


def test_a_trade_gap_is_a_share_of_both_declarations(bundle: Bundle) -> None:
    """B6 of the methodology: imports of 106 against exports of 90: 10 / 190, for either end; alone there is none."""
    kg = bundle(
        "1",
        "DECLARED_FLOW",
        "KG",
        [{**TRADE, "COUNTERPART_AREA": "RU", "FLOW_DIRECTION": "OUT", "VALUE": 90}],
    )
    back = {**TRADE, "COUNTERPART_AREA": "KG", "FLOW_DIRECTION": "IN", "VALUE": 106}
    ru = bundle("2", "DECLARED_FLOW", "RU", [back])

    assert shown("trade_gap", kg, ru) == ("0.0526", "0.0526")
    assert shown("trade_gap", kg, ru, area="RU") == ("0.0526", "0.0526")
    assert read("trade_gap", kg) is None


def test_exposure_weighs_partners_by_what_is_declared(bundle: Bundle) -> None:
    """C10: 30 to a partner that lacks nothing, 10 to one that lacks two thirds: 1/6; without flows the plain mean."""
    partners = [
        bundle("1", "FATF_RATING", "RU", all_rated(3)),
        bundle("2", "FATF_RATING", "UZ", all_rated(1)),
    ]
    sent = {**REMITTANCE, "FLOW_DIRECTION": "OUT"}

    def flows(*given: dict[str, int]) -> ModelInput:
        codes = ("RU", "UZ")
        rows = [{**sent, "COUNTERPART_AREA": code, **one} for code, one in zip(codes, given, strict=True)]
        return bundle("3", "DECLARED_FLOW", "KG", rows)

    assert shown("exposure", *partners, flows({"VALUE": 30}, {"VALUE": 10})) == ("0.1667", "0.1667")
    assert shown("exposure", *partners, flows({"VALUE": 0}, {"VALUE": 0})) == ("0.3333", "0.3333")
    assert shown("exposure", *partners, flows({"VALUE": 30}, {"UPPER": 10})) == ("0.0000", "0.1667")
    assert shown("exposure", *partners, flows({"VALUE": 0}, {"UPPER": 10})) == ("0.3333", "0.6667")
    assert shown("exposure", *partners, flows({"VALUE": 30}, {})) == ("0.0000", "0.6667")  # no upper bound
    assert read("exposure", flows({"VALUE": 30}, {"VALUE": 10})) is None


def test_unseen_is_what_only_the_other_end_reports(bundle: Bundle) -> None:
    """60 of its own beside 90 of the other end: 30 / 90; the other end misses nothing."""
    reports = {"METHOD": "_T", "MEASURE": "N_STR"}
    kg = bundle("1", "SUSPICIOUS_FLOW", "KG", [{**reports, "VALUE": 60}])
    back = {**reports, "COUNTERPART_AREA": "KG", "FLOW_DIRECTION": "IN"}
    ru = bundle("2", "SUSPICIOUS_FLOW", "RU", [{**back, "VALUE": 90}])

    assert shown("unseen", kg, ru) == ("0.3333", "0.3333")
    assert shown("unseen", kg, ru, area="RU") == ("0.0000", "0.0000")
    assert shown("unseen", kg, bundle("2", "SUSPICIOUS_FLOW", "RU", [{**back, "UPPER": 90}])) == (
        "0.0000",
        "0.3333",
    )


def test_ratings_are_means_of_what_is_rated(bundle: Bundle) -> None:
    """All LC are two thirds of the scale; a newer rating replaces one item; a third of the items is too few."""
    old = bundle("1", "FATF_RATING", "KG", all_rated(2))
    newer = bundle("2", "FATF_RATING", "KG", [{"FATF_ITEM": "IO.1", "VALUE": 3, "TIME_PERIOD": "2019"}])

    assert shown("law", old) == shown("effectiveness", old) == ("0.6667", "0.6667")
    assert shown("channels", old) == ("0.3333", "0.3333")
    assert shown("effectiveness", old, newer, year=2019) == ("0.6970", "0.6970")  # 23 of 33
    assert shown("effectiveness", old, newer, year=2040) == (
        "0.6970",
        "0.6970",
    )  # it holds until it is replaced
    assert read("effectiveness", bundle("1", "FATF_RATING", "KG", ratings(IO_1=3, IO_2=3))) is None
    assert read("law", old, year=2015) is None


def test_statistics_are_quotients_of_one_year(bundle: Bundle) -> None:
    """10 convictions of 40 investigations; 18 of 24 requests; 0.4 of 100 of the product; 10 of 190 with ten added."""
    justice = bundle(
        "1", "R33_B", "KG", [{"MEASURE": "N_INV", "VALUE": 40}, {"MEASURE": "N_CONV", "VALUE": 10}]
    )
    help_given = bundle("2", "R33_D", "KG", [{"VALUE": 24}, {"MEASURE": "N_ANS", "VALUE": 18}])
    economy = bundle("3", "CONTEXT", "KG", [{"VALUE": 10_000}])
    flows = bundle("4", "SUSPICIOUS_FLOW", "KG", [whole("IN", VALUE=10), whole("OUT", VALUE=30)])
    reports = bundle("5", "R33_A", "KG", [{"VALUE": 180}, {"CRIME_TYPE": "TF", "VALUE": 10}])

    assert shown("conviction", justice) == ("0.2500", "0.2500")
    assert shown("answered", help_given) == ("0.7500", "0.7500")
    assert shown("value_gdp", economy, flows) == ("0.0040", "0.0040")
    assert shown("financing", reports) == ("0.0500", "0.0500")
    assert read("value_gdp", flows) is read("financing", justice) is read("answered", justice) is None


def test_nothing_of_nothing_is_nothing_and_something_of_nothing_has_no_bound(bundle: Bundle) -> None:
    """Convictions of earlier investigations may stand beside no new one."""

    def justice(investigated: int, convicted: int) -> ModelInput:
        rows = [{"MEASURE": "N_INV", "VALUE": investigated}, {"MEASURE": "N_CONV", "VALUE": convicted}]
        return bundle("1", "R33_B", "KG", rows)

    assert shown("conviction", justice(0, 0)) == ("0.0000", "0.0000")
    assert shown("conviction", justice(0, 3)) == ("1.0000", "none")


@pytest.mark.parametrize(("year", "is_read"), [(2016, True), (2025, True), (2026, False), (2015, False)])
def test_a_flow_is_used_for_ten_years_and_never_before_its_own(
    bundle: Bundle, *, year: int, is_read: bool
) -> None:
    """The newest year up to the one assessed; its own year stands beside it."""
    flows = bundle("1", "SUSPICIOUS_FLOW", "KG", [whole("IN", VALUE=1), whole("OUT", VALUE=1)])
    found = read("pass_through", flows, year=year)

    assert (found is not None) == is_read
    assert found is None or found.year == 2016


def test_the_small_steps_hold_their_bounds() -> None:
    """Shares and excesses of intervals, some of them without an upper bound."""
    assert part_of(between(0, 0), between(0, 0)) == between(0, 0)
    assert part_of(between(0, 5), between(0, 0)) == between(0, 1)
    assert part_of(between(5, 5), between(15, None)) == between(0, "0.25")
    assert excess(between(0, None), between(3, 4)) == between(0, None)
    assert excess(between(9, 10), between(3, None)) == between(0, 7)
    assert least(between(1, None), between(2, 7)) == between(1, 7)
