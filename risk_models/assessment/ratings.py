"""Inputs from published ratings of the FATF: law, practice, and what crosses borders.

Invariants: a rating holds until it is replaced; each item is read at its newest year; too few items give no input.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from risk_models.assessment.facts import Facts, Reading
from risk_models.assessment.parameters import AssessmentParameters
from risk_models.exact import working
from risk_models.propagation import summed
from schemas.interval import Interval
from schemas.registry import codelist

OUTCOMES = "IO."


def law(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """Technical compliance with the Recommendations that do not stand among the channels.

    Definition: mean rating over the highest one. Unit: share, 0 to 1. Direction: lower is more risk. Minimum: the share
    of items that the specification names. Withheld: endpoints. Source: FATF Methodology 2013; methodology G2. Example:
    two items of three, rated 3 and 2: 5 / 6 = 0.833333.
    """
    items = {item for item in _items() if not item.startswith(OUTCOMES)} - parameters.channel_items
    return _mean(facts, parameters, area, items, year)


def effectiveness(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """Effectiveness: the mean rating of the Immediate Outcomes, as `law`."""
    return _mean(facts, parameters, area, {item for item in _items() if item.startswith(OUTCOMES)}, year)


def channels(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """Openness of what crosses borders: what the ratings of these Recommendations lack to the highest ones.

    Definition: 1 - mean rating over the highest one. Unit: share, 0 to 1. Direction: higher is more risk. As `law`.
    """
    return _lack(_mean(facts, parameters, area, parameters.channel_items, year))


def shortfalls(
    facts: Facts, parameters: AssessmentParameters, areas: Iterable[str], year: int
) -> dict[str, Reading]:
    """Return what all ratings of each rated member lack to the highest ones, 0 to 1."""
    found = {area: _lack(_mean(facts, parameters, area, _items(), year)) for area in areas}
    return {area: reading for area, reading in found.items() if reading is not None}


def _items() -> set[str]:
    return set(codelist("CL_FATF_ITEM").ids)


def _lack(reading: Reading | None) -> Reading | None:
    if reading is None or reading.value.upper is None:
        return None
    value = reading.value
    return Reading(Interval(1 - reading.value.upper, 1 - value.lower), reading.year, reading.inputs)


def _mean(
    facts: Facts, parameters: AssessmentParameters, area: str, items: Iterable[str], year: int
) -> Reading | None:
    rated, wanted = [], 0
    for item in items:
        wanted += 1
        years = [one for one in facts.ratings.get((area, item), {}) if one <= year]
        if years:
            rated.append((max(years), facts.ratings[area, item][max(years)]))
    if not rated or len(rated) < parameters.least_items * wanted:
        return None
    whole, best = summed(cell.interval for _, cell in rated), Decimal(parameters.best_rating * len(rated))
    with working() as context:
        upper = Decimal(1) if whole.upper is None else context.divide(min(whole.upper, best), best)
        value = Interval(context.divide(whole.lower, best), upper)
    inputs = frozenset().union(*(cell.inputs for _, cell in rated))
    return Reading(value, max(one for one, _ in rated), inputs)
