"""The table that the composite reads: one row a unit (a member, a corridor, ...) and year, two columns an input.

Invariants: the inputs are those of the composite and no others; an input without a reading is a missing cell; values
beyond a goalpost are set to it, so that a value without an upper bound has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from risk_models.assessment import flows, ratings, statistics
from risk_models.assessment.facts import Facts, Reading
from risk_models.assessment.parameters import AssessmentParameters
from risk_models.composite.specification import Composite, Indicator
from risk_models.figures import NO_COUNTERPART

Input = Callable[[Facts, AssessmentParameters, str, int], Reading | None]
WHOLE = "whole"
INPUTS: Mapping[str, Input] = {
    "pass_through": flows.pass_through,
    "growth": flows.growth,
    "trade_gap": flows.trade_gap,
    "exposure": flows.exposure,
    "channels": ratings.channels,
    "unseen": flows.unseen,
    "law": ratings.law,
    "effectiveness": ratings.effectiveness,
    "conviction": statistics.conviction,
    "answered": statistics.answered,
    "value_gdp": statistics.value_gdp,
    "financing": statistics.financing,
}
# The dataflows that each input takes: without them it is missing.
SOURCES: Mapping[str, tuple[str, ...]] = {
    "pass_through": ("SUSPICIOUS_FLOW",),
    "growth": ("SUSPICIOUS_FLOW",),
    "trade_gap": ("DECLARED_FLOW",),
    "exposure": ("DECLARED_FLOW", "FATF_RATING"),
    "channels": ("FATF_RATING",),
    "unseen": ("SUSPICIOUS_FLOW",),
    "law": ("FATF_RATING",),
    "effectiveness": ("FATF_RATING",),
    "conviction": ("R33_B",),
    "answered": ("R33_D",),
    "value_gdp": ("SUSPICIOUS_FLOW", "CONTEXT"),
    "financing": ("R33_A",),
}
# Ratings hold until they are replaced: their age says nothing of how timely a member reports.
LASTING = frozenset({"channels", "law", "effectiveness", "sender", "receiver"})


@dataclass(frozen=True, slots=True)
class Row:
    """A unit in a year with its readings, by input; what has none is not in it.

    area: the member; of a corridor the sender, and `counterpart` the receiver. facet: the code of what else is
    assessed, "" of a member or a corridor.
    """

    area: str
    year: int
    readings: Mapping[str, Reading]
    counterpart: str = NO_COUNTERPART
    facet: str = ""

    @property
    def unit(self) -> tuple[str, str, str]:
        """What names it in every year."""
        return self.area, self.counterpart, self.facet

    @property
    def inputs(self) -> frozenset[str]:
        """The bundles behind the readings."""
        return frozenset().union(*(reading.inputs for reading in self.readings.values()))


def rows_of(facts: Facts, parameters: AssessmentParameters) -> list[Row]:
    """Return every member in every year that is assessed, the newest year last."""
    first = facts.newest - parameters.years + 1
    return [
        Row(area, year, _readings(facts, parameters, area, year))
        for year in range(first, facts.newest + 1)
        for area in facts.areas
    ]


def table_of(rows: Sequence[Row], model: Composite) -> pa.Table:
    """Return the rows as the composite reads them."""
    named = {name: [_code(row, name) for row in rows] for name in model.table.unit}
    columns: dict[str, list[str | None]] = {
        **named,
        model.table.period or "TIME_PERIOD": [str(row.year) for row in rows],
        WHOLE: ["1"] * len(rows),
    }
    for indicator in model.indicators:
        if indicator.bounds is not None:
            cells = [_cell(row.readings.get(indicator.id), indicator) for row in rows]
            for place, name in enumerate(indicator.bounds):
                columns[name] = [None if cell is None else f"{cell[place]:f}" for cell in cells]
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def _readings(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> dict[str, Reading]:
    made = {name: formula(facts, parameters, area, year) for name, formula in INPUTS.items()}
    return {name: reading for name, reading in made.items() if reading is not None}


def _code(row: Row, column: str) -> str | None:
    return {"REF_AREA": row.area, "COUNTERPART_AREA": row.counterpart}.get(column, row.facet)


def _cell(reading: Reading | None, indicator: Indicator) -> tuple[Decimal, Decimal] | None:
    if reading is None or indicator.goalposts is None:
        return None
    low, high = (Decimal(post) for post in indicator.goalposts)
    lower, upper = reading.value.lower, reading.value.upper
    return min(max(lower, low), high), high if upper is None else min(max(upper, low), high)
