"""The figures of an assessment of details: corridors between members, typologies in the region, sectors in a member.

Invariants: each kind of unit has its own composite, and is ranked among its own kind alone; the figures are those of
the assessment of members, under codes of their own, since no indicator is of two models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from risk_models.assessment import corridors, kinds
from risk_models.assessment.facts import Facts, Reading, facts_of
from risk_models.assessment.kinds import Kinds, kinds_of
from risk_models.assessment.parameters import AssessmentParameters, DetailParameters
from risk_models.assessment.scores import unit_figures
from risk_models.assessment.table import Row
from risk_models.figures import NO_COUNTERPART, Figure
from risk_models.observations import Observations

# Dataflow, dimension and level of its codes, as the profiles of tier 1 have them.
METHODS, SECTORS = ("TYPOLOGY_CELL", "METHOD", 2), ("R33_A", "ENTITY_TYPE", 2)
OfYear = Callable[[int], Reading | None]
Units = list[tuple[Row, Mapping[str, OfYear]]]
"""Each unit, without a year, and its inputs as functions of the year."""
# The codes of the figures of members, and those of details.
CODES: Mapping[str, str] = {
    "G0": "G11",
    "G1": "G12",
    "G2": "G13",
    "G3": "G14",
    "G4": "G15",
    "G5": "G16",
    "G8": "G17",
    "G9": "G18",
    "G10": "G19",
}


def detail_figures(seen: Observations, parameters: DetailParameters) -> Iterator[Figure]:
    """Yield scores, ranks, momentum, confidence, inputs and contributions of every corridor, typology and sector."""
    facts = facts_of(seen)
    methods, sectors = kinds_of(seen, *METHODS), kinds_of(seen, *SECTORS)
    newest = max(facts.newest, methods.newest, sectors.newest)
    for units, of_kind in (
        (_corridors(facts, parameters.corridors), parameters.corridors),
        (_typologies(methods, parameters.typologies), parameters.typologies),
        (_sectors(sectors, parameters.sectors), parameters.sectors),
    ):
        years = range(newest - of_kind.years + 1, newest + 1)
        rows = [
            replace(unit, year=year, readings=_read(of_year, year))
            for year in years
            for unit, of_year in units
        ]
        for figure in unit_figures(rows, of_kind, newest):
            yield replace(figure, indicator=CODES[figure.indicator])


def _corridors(facts: Facts, parameters: AssessmentParameters) -> Units:
    return [
        (
            Row(pair[0], 0, {}, counterpart=pair[1]),
            {name: partial(one, facts, parameters, pair) for name, one in corridors.INPUTS.items()},
        )
        for pair in corridors.pairs(facts)
    ]


def _typologies(methods: Kinds, parameters: AssessmentParameters) -> Units:
    return [
        (
            Row(NO_COUNTERPART, 0, {}, facet=code),
            {name: partial(one, methods, parameters, ("", code)) for name, one in kinds.TYPOLOGY.items()},
        )
        for code in methods.units
    ]


def _sectors(sectors: Kinds, parameters: AssessmentParameters) -> Units:
    return [
        (
            Row(area, 0, {}, facet=code),
            {name: partial(one, sectors, parameters, (area, code)) for name, one in kinds.SECTOR.items()},
        )
        for area in sectors.areas
        for code in sectors.units
    ]


def _read(formulas: Mapping[str, OfYear], year: int) -> dict[str, Reading]:
    made = {name: formula(year) for name, formula in formulas.items()}
    return {name: reading for name, reading in made.items() if reading is not None}
