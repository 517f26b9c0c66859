"""Inputs from statistics: convictions, answers, suspicious value beside the economy, reports on financing.

Invariants: a quotient of two statistics of one member and year; nothing over nothing is nothing, and something over
nothing is without bound; a statistic that is not given leaves no input.
"""

from __future__ import annotations

from decimal import Decimal

from risk_models import propagation
from risk_models.assessment.facts import (
    DIRECTIONS,
    NOTHING,
    ZERO,
    Facts,
    Reading,
    newest,
    part_of,
    read,
)
from risk_models.assessment.flows import REPORTS, VALUE
from risk_models.assessment.parameters import AssessmentParameters
from risk_models.observations import Observed
from risk_models.propagation import summed
from schemas.hierarchy import WORLD
from schemas.interval import Interval

_LAUNDERING, _FINANCING = "ML", ("TF", "PF")


def conviction(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """A5: convictions to investigations of laundering in one year.

    Definition: N_CONV / N_INV (the version of periods, not of cohorts). Unit: ratio, from 0. Direction: lower is more
    risk. Withheld: endpoints. Source: FATF R.33; methodology A5. Example: 10 of 40: 0.25.
    """

    def made(one: int) -> Reading | None:
        cells = (facts.by_crime.get((area, _LAUNDERING, measure, one)) for measure in ("N_CONV", "N_INV"))
        return _quotient(one, *cells)

    return newest(made, year, parameters.window)


def answered(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """A10: what part of the requests received in a year were answered in it.

    Definition: N_ANS / N_REQ_IN. Unit: ratio, from 0. Direction: lower is more risk. Withheld: endpoints. Source: FATF
    R.40; methodology A10. Example: 18 of 24: 0.75.
    """

    def made(one: int) -> Reading | None:
        return _quotient(
            one, *(facts.statistics.get((area, measure, one)) for measure in ("N_ANS", "N_REQ_IN"))
        )

    return newest(made, year, parameters.window)


def value_gdp(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """A2: suspicious value, sent and received, over the gross domestic product of the same year.

    Definition: V_TXN / GDP, both in the same unit. Unit: ratio, from 0. Direction: higher is more consequence.
    Withheld: endpoints. Source: methodology A2. Example: 0.4 of 100: 0.004.
    """

    def made(one: int) -> Reading | None:
        economy = facts.statistics.get((area, "GDP", one))
        ways = [facts.suspicious.get((area, WORLD, way, VALUE, one)) for way in DIRECTIONS]
        given = [cell for cell in ways if cell is not None]
        if economy is None or len(given) < len(ways):
            return None
        value = _over(summed(cell.interval for cell in given), economy.interval)
        return read(value, one, [economy, *given])

    return newest(made, year, parameters.window)


def financing(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """What part of all suspicious reports is on terrorist financing or on the financing of proliferation.

    Definition: (N_TF + N_PF) / (N_ML + N_TF + N_PF + 2k), k added reports, so that single reports do not decide. Unit:
    share, 0 to 1. Direction: higher is more consequence. Minimum: reports on laundering and on one of the two are
    given. Withheld: the share rule. Source: methodology G3. Example: 10 of 190, k = 5: 0.05.
    """

    def made(one: int) -> Reading | None:
        laundering = facts.by_crime.get((area, _LAUNDERING, REPORTS, one))
        cells = [facts.by_crime.get((area, crime, REPORTS, one)) for crime in _FINANCING]
        given = [cell for cell in cells if cell is not None]
        if laundering is None or not given:
            return None
        added = Interval.exact(2 * parameters.added_reports)
        value = part_of(summed(cell.interval for cell in given), summed([laundering.interval, added]))
        return read(value, one, [laundering, *given])

    return newest(made, year, parameters.window)


def _quotient(year: int, above: Observed | None, below: Observed | None) -> Reading | None:
    if above is None or below is None:
        return None
    return read(_over(above.interval, below.interval), year, [above, below])


def _over(above: Interval, below: Interval) -> Interval:
    """A quotient; of nothing it is nothing, and over nothing it has no upper bound."""
    found = propagation.quotient(above, below)
    if found is not None:
        return found
    return NOTHING if above.upper == 0 else Interval(ZERO if not above.lower else Decimal(1), None)
