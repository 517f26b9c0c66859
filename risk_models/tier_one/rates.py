"""Family A by what there is: reports by population (A1), economy (A2) and payments (A3).

Invariants: a rate is of one period and member; without its denominator there is none.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from risk_models.indicators.monotone import Cells, Figures
from risk_models.indicators.volume import str_gdp, str_rate_pop, str_yield_txn
from risk_models.numerics.series import Flags
from risk_models.tier_one.columns import CONFIDENCE, VALUE, Found
from risk_models.tier_one.cubes import Codes, Cube, Panel, particular
from risk_models.tier_one.parameters import Thresholds

REPORTS, CONTEXT = "R33_A", "CONTEXT"
REPORTED = "N_STR"
DENOMINATORS = {"A1": "POP", "A2": "GDP", "A3": "N_PAY"}
_CRIME = "CRIME_TYPE"


def rate_figures(reports: Panel, context: Panel, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    """A1, A2 by number, and A3, by type of crime, in total over every other cut."""
    cube, label = reports.cube(REPORTED, ""), f"{REPORTED}/{REPORTS}"
    total = _facets_of_wholes(reports)
    for indicator, measure in DENOMINATORS.items():
        exposure = _aligned(reports, context, context.cube(measure, ""))
        some = cube.is_known & exposure.is_known & (exposure.high > 0) & is_wanted[:, None, None, None]
        some &= total[None, :, None, None]
        cases, size = cube.at(some), exposure.at(some)
        bounds = _rates(indicator, cases, size, limits)
        enough = np.asarray(cases.low >= limits.min_reports, np.bool_)
        yield Found(indicator, label, reports.axes, reports.place[some], bounds, enough, "reporter", measure)


def _rates(indicator: str, cases: Cells, size: Cells, limits: Thresholds) -> dict[str, Figures]:
    if indicator == "A1":
        found = str_rate_pop(cases, size, limits.level, limits.min_reports)
        return {VALUE: found.rate, CONFIDENCE: found.confidence}
    if indicator == "A2":
        return {VALUE: str_gdp(cases, size, limits.billion)}
    return {VALUE: str_yield_txn(cases, size)}


def _facets_of_wholes(panel: Panel) -> Flags:
    """The facets that only a type of crime narrows."""
    names = particular(panel.flow)
    return np.array(
        [
            all(
                name == _CRIME or code == panel.flow.whole(name)
                for name, code in zip(names, facet.split("/"), strict=True)
            )
            for facet in panel.axes.facets
        ],
        np.bool_,
    )


def _aligned(reports: Panel, context: Panel, cube: Cube) -> Cube:
    """A cube of one facet over the places of another panel."""
    rows = _matching(context.axes.periods, reports.axes.periods)
    columns = _matching(context.axes.reporters, reports.axes.reporters)
    is_met = (rows[:, None] >= 0) & (columns[None, :] >= 0)

    def moved(values: Codes) -> Codes:
        if not context.axes.facets:
            found = np.zeros(is_met.shape, values.dtype)
        else:
            found = np.where(is_met, values[:, 0, :, 0][rows[:, None], columns[None, :]], 0)
        return np.broadcast_to(found[:, None, :, None], reports.axes.shape)

    return Cube(moved(cube.low), moved(cube.high), moved(cube.state).astype(np.uint8))


def _matching(axis: tuple[str, ...], codes: tuple[str, ...]) -> Codes:
    known = {code: place for place, code in enumerate(axis)}
    return np.array([known.get(code, -1) for code in codes], np.int64)
