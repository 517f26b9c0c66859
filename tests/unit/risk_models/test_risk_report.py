"""The report for the officers: what it counts, what it keeps from others, and what it refuses to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from risk_models.disclosure import release
from risk_models.disclosure.report import (
    ATTACKS,
    EXCEPTABLE,
    RULES,
    Attack,
    Loss,
    Report,
    Withheld,
)
from risk_models.errors import InvalidInput
from schemas.canonical import canonical_json
from schemas.registry import dataflow
from schemas.status import ValueStatus

Cells = Callable[..., pa.Table]


def a_cell(*rules: str, value: int | None = 7) -> Withheld:
    """A withheld cell under these rules."""
    return Withheld(("2016", "KZ"), ValueStatus.PRIM_OTHER, rules, value, 0, 20)


def a_report(*withheld: Withheld, **changes: Any) -> Report:
    """A report of ten cells of one measure."""
    attack = Attack("AT1", "passed", "elimination", 2)
    loss = Loss("V_TXN", 10, 1, 1, 70, 100)
    values: dict[str, Any] = {
        "cells": 10, "withheld": withheld, "attacks": (attack,), "losses": (loss,),
        "method": "exact", "cost": 13, "bound": 13,
    }  # fmt: skip
    return Report(**{**values, **changes})


def test_a_cell_that_several_rules_hide_is_counted_once_by_the_weightiest() -> None:
    """The officer signs a sentence whose numbers add up; the table by rule counts every rule."""
    report = a_report(a_cell("concentration", "minimum_subjects"), a_cell("concentration"), a_cell("cover"))

    assert report.by_reason == {"minimum_subjects": 1, "concentration": 1, "cover": 1}
    assert sum(report.by_reason.values()) == len(report.withheld)
    assert report.by_rule == {"minimum_subjects": 1, "concentration": 2, "cover": 1}
    assert (report.shown, report.cells) == (7, 10)


@pytest.mark.parametrize("rule", RULES)
def test_no_least_number_can_be_set_aside(rule: str) -> None:
    """H-06: thresholds can only go up; what follows a small count would give it back."""
    is_about_size = rule.startswith("minimum") or rule in {"strict_minimum", "follows_its_count"}

    assert a_cell(rule).may_be_shown == (rule in EXCEPTABLE)
    assert not (is_about_size and a_cell(rule).may_be_shown)
    assert not a_cell(rule, "minimum_reports").may_be_shown


def test_whoever_may_not_see_what_is_withheld_gets_nothing_that_gives_it_back() -> None:
    """Of one withheld cell, the sum of all less the sum shown is its value; costs are made of values too."""
    report = a_report(a_cell("cover", value=30))

    outside = report.outside()

    assert [cell.value for cell in outside.withheld] == [None]
    assert [loss.value_total for loss in outside.losses] == [None]
    assert (outside.cost, outside.bound) == (None, None)
    assert outside.by_reason == report.by_reason
    assert b"30" not in canonical_json(outside.to_dict())
    assert b"100" not in canonical_json(outside.to_dict())


def test_an_attack_that_succeeded_is_not_overlooked() -> None:
    """One is enough."""
    assert not a_report().has_failed
    assert a_report(attacks=(Attack("AT1", "passed", "x"), Attack("AT4", "failed", "y", 1))).has_failed


@pytest.mark.parametrize(
    "made",
    [
        lambda: a_cell("made_up"),
        a_cell,
        lambda: Attack("AT13", "passed", "x"),
        lambda: Attack("AT1", "perhaps", "x"),
        lambda: a_report(method="guess"),
    ],
    ids=["rule", "no rule", "attack", "outcome", "method"],
)
def test_an_id_that_nobody_has_words_for_is_refused(made: Callable[[], object]) -> None:
    """Pages show words for every id; an unknown one is a fault."""
    with pytest.raises(InvalidInput, match="no such"):
        made()


def test_statistics_are_reported_with_the_rule_and_the_value_behind_each_interval(cells: Cells) -> None:
    """Two confiscations are few; their value, and one without its number, follow. Sums by hand."""
    table = cells(
        "R33_C",
        [
            {"MEASURE": "N_CONF", "VALUE": 2},
            {"MEASURE": "V_CONF", "VALUE": 5_000_000},
            {"TIME_PERIOD": "2017", "MEASURE": "N_CONF", "VALUE": 8},
            {"TIME_PERIOD": "2017", "MEASURE": "V_CONF", "VALUE": 9_000_000},
            {"TIME_PERIOD": "2018", "MEASURE": "V_CONF", "VALUE": 1_000_000},
        ],
    )
    flow = dataflow("R33_C")

    report = release(table, flow).report

    measure = flow.cells.dimensions.index("MEASURE")
    by_key = {(cell.key[0], cell.key[measure]): cell for cell in report.withheld}
    assert len(report.withheld) == 3
    assert by_key["2016", "N_CONF"].rules == ("minimum_count",)
    assert (by_key["2016", "N_CONF"].value, by_key["2016", "N_CONF"].upper) == (2, 2)
    assert by_key["2016", "V_CONF"].rules == by_key["2018", "V_CONF"].rules == ("follows_its_count",)
    losses = {loss.measure: loss for loss in report.losses}
    assert losses["N_CONF"] == Loss("N_CONF", 2, 1, 0, 8, 10)
    assert losses["V_CONF"] == Loss("V_CONF", 3, 2, 0, 9_000_000, 15_000_000)
    assert [attack.id for attack in report.attacks] == list(ATTACKS)


def test_a_small_count_of_terrorist_financing_is_said_to_be_strict(cells: Cells) -> None:
    """Four would be shown of any other crime."""
    table = cells("R33_A", [{"CRIME_TYPE": "TF", "VALUE": 4}, {"CRIME_TYPE": "ML", "VALUE": 4}])

    report = release(table, dataflow("R33_A")).report

    assert [cell.rules for cell in report.withheld] == [("strict_minimum",)]


def test_what_came_withheld_is_reported_as_withheld_at_its_source(cells: Cells) -> None:
    """Nobody here knows its value, and no officer can let it be shown."""
    table = cells("R33_A", [{"UPPER": None}, {"TIME_PERIOD": "2017", "VALUE": 9}])

    report = release(table, dataflow("R33_A")).report

    (cell,) = report.withheld
    assert (cell.rules, cell.value, cell.may_be_shown) == (("withheld_at_source",), None, False)
    assert report.shown == 1


def test_published_figures_are_reported_without_protection(cells: Cells) -> None:
    """Twelve attacks that do not apply, and nothing withheld; none of them is said to have passed."""
    report = release(cells("DECLARED_FLOW", [{"VALUE": 1}]), dataflow("DECLARED_FLOW")).report

    assert {attack.outcome for attack in report.attacks} == {"not_applicable"}
    assert (report.cells, report.withheld, report.method) == (1, (), "none")
