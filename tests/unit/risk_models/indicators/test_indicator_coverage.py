"""The guide says of every indicator which model computes it, or why none does, and it cannot fall behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from risk_models.composite.register import packaged
from risk_models.indicators.catalogue import described
from risk_models.model import register
from schemas.registry import codelist, codelist_ids, dataflows
from tests.arch.source import ROOT
from tests.unit.risk_models.indicators.test_indicator_catalogue import IDS

GUIDE = "docs/indicators-tier-1.md"
WHY_NOT = {"not exchanged", "exchanged", "part of others", "exploratory"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table; of functions and model what stands in backticks."""

    indicator: str
    functions: tuple[str, ...]
    model: str
    inputs: str
    why: str

    @property
    def codes(self) -> tuple[str, ...]:
        """What the reason names."""
        return _named(self.why)


def _named(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", text))


def lines() -> Iterator[Line]:
    """Give the rows of the table in the guide."""
    text = (ROOT / GUIDE).read_text(encoding="utf-8")
    table = text.partition("## Which model computes what")[2].partition("\n## ")[0]
    for row in re.findall(r"^\| ([A-G]\d+) \| (.*) \|$", table, re.MULTILINE):
        functions, model, inputs, why = (cell.strip() for cell in f"{row[1]} ".split("|"))
        yield Line(row[0], _named(functions), "".join(_named(model)), inputs, why)


def test_every_indicator_stands_in_the_table_once() -> None:
    """Those of the catalogue, those that models define, and no other."""
    computed = {one.id for model in register() for one in model.indicators}

    assert sorted(line.indicator for line in lines()) == sorted({*IDS, *computed})


def test_the_model_of_each_is_the_one_that_computes_it() -> None:
    """And an indicator without a model is computed by none."""
    computed = {one.id: model.id for model in register() for one in model.indicators}

    assert {line.indicator: line.model for line in lines() if line.model} == computed


def test_the_functions_of_each_are_those_that_describe_it() -> None:
    """All of them, in the order of their modules; the exploratory one apart."""
    functions: dict[str, tuple[str, ...]] = {}
    for one in described():
        functions[one.indicator] = (*functions.get(one.indicator, ()), one.name)

    found = {line.indicator: line.functions for line in lines() if line.inputs != "exploratory"}
    assert {name: named for name, named in found.items() if named} == functions


def test_what_no_model_computes_says_why_and_what_one_computes_says_nothing() -> None:
    """By one of the reasons that are explained above the table, and in words."""
    for line in lines():
        assert bool(line.model) is not bool(line.why), line.indicator
        assert (line.inputs in WHY_NOT) is not bool(line.model), line.indicator


def test_a_reason_names_only_what_exists() -> None:
    """Codes, structures, models and functions in backticks: a name that was changed does not live on."""
    known = {
        *(flow.id for flow in dataflows()),
        *(model.id for model in register()),
        *(one.name for one in described()),
        *(one.id for one in packaged("member_risk_1").indicators),
        *(code for name in codelist_ids() for code in codelist(name).ids),
        *codelist_ids(),
        "risk_models.exploratory",
    }

    assert [(line.indicator, code) for line in lines() for code in line.codes if code not in known] == []
