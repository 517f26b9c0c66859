"""Family A: how much is reported, against what there is.

Invariants: a rate says as much about reporting as about crime, so it is compared with a member's own past or with
members of the same reporting regime, never ranked; a denominator that is missing gives no rate. Worked examples use
the fixture FX4 of the methodology.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers
from risk_models.exact import working
from risk_models.indicators.garwood import garwood
from risk_models.indicators.monotone import Cells, Figures, monotone, quotient
from risk_models.numerics.series import Flags
from schemas.interval import Interval

PER_HUNDRED_THOUSAND = Decimal(100_000)
PER_THOUSAND = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates, their exact limits, and where there are enough cases to show them (for certain)."""

    rate: Figures
    confidence: Figures
    is_sufficient: Flags


def str_rate_pop(reports: Cells, population: Cells, level: Decimal, minimum: int) -> Rates:
    """A1: suspicious transaction reports per 100 000 inhabitants.

    level: of the limits (0.95). minimum: reports that a point needs. Definition: 100 000 x / population, with
    Garwood's exact limits of x scaled alike. Unit: reports per 100 000 inhabitants, from 0. Direction: ambiguous;
    detection and threat cannot be told apart. Minimum: 5 reports. Withheld: endpoints; limits at the same ends. No
    population: no figure. Source: Garwood 1936; FATF 2015 statistics guidance; methodology A1. Example: 560 reports
    of 40 million: 1.4, limits 1.286433 to 1.520906.
    """
    return rates(reports, population, PER_HUNDRED_THOUSAND, level, minimum)


def rates(cases: Cells, exposure: Cells, per: Decimal, level: Decimal, minimum: int) -> Rates:
    """Cases per so many units of exposure, with Garwood's exact limits: the form of A1 and of the rates of family F.

    Withheld: endpoints. An exposure of zero: no rate; one that may be zero: no upper bound. Example: see A1.
    """
    rate = monotone(_per, "+-", cases, exposure, divisor=1, constants=(per,))
    columns = (cases.low, cases.high, exposure.low, exposure.high)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    confidence = [_limits((low, high), (least, most), per, level) for low, high, least, most in rows]
    return Rates(rate, Figures.of(confidence), np.asarray(cases.low >= minimum, np.bool_))


def susp_value_gdp(value: Cells, gdp: Cells) -> Figures:
    """A2: suspicious value as a share of the economy.

    Definition: 100 value / GDP, both in one unit of money. Unit: per cent, from 0. Direction: ambiguous. Minimum: a
    whole year. Withheld: endpoints. No GDP: no figure. Source: Europol 2017 (0.7 to 1.28 % in the EU); methodology
    A2. Example: 1200 of 300 000 million: 0.4.
    """
    return monotone(_per, "+-", value, gdp, divisor=1, constants=(Decimal(100),))


def str_gdp(reports: Cells, gdp: Cells, billion: Decimal) -> Figures:
    """A2, by number: reports per billion of gross domestic product.

    Definition: x / (GDP / billion). billion: how many units of `gdp` make one (1 if GDP is in billions). Unit:
    reports per billion, from 0. Direction: ambiguous. Minimum: a whole year. Withheld: endpoints. Source:
    methodology A2. Example: 560 reports, 300 billion: 1.866667.
    """
    return monotone(_per, "+-", reports, gdp, divisor=1, constants=(billion,))


def str_yield_txn(reports: Cells, transactions: Cells) -> Figures:
    """A3: how many reports a million transactions give.

    Definition: 1 000 000 x / transactions. Unit: reports per million transactions, from 0. Direction: ambiguous.
    Minimum: transactions from the payment statistics of the central bank. Withheld: endpoints. No number of
    transactions: no figure. Source: methodology A3. Example: 560 of 5000 million: 0.112.
    """
    return monotone(_per, "+-", reports, transactions, divisor=1, constants=(Decimal(1_000_000),))


def mean_ticket(value: Cells, reports: Cells) -> Figures:
    """A4: the mean suspicious value of a report.

    Definition: value / reports. Unit: that of the value a report, from 0. Direction: ambiguous; a fall while counts
    rise is how mules and P2P transfers look. Minimum: 10 reports. Withheld: endpoints, value and number apart; if
    there may be no report there is no upper bound. Source: methodology A4. Example: 1200 million in 560 reports:
    2142.857 thousand.
    """
    return monotone(quotient, "+-", value, reports, divisor=1)


def _per(cases: Numbers, exposure: Numbers, per: Numbers) -> Numbers:
    return np.asarray(cases * per / exposure)


def _limits(
    cases: tuple[int, int], exposure: tuple[int, int], per: Decimal, level: Decimal
) -> Interval | None:
    """Garwood's limits at the ends of the cases, over the opposite ends of the exposure."""
    least, most = exposure
    if not most:
        return None
    with working():
        lower = garwood(cases[0], level).lower * per / most
        upper = (garwood(cases[1], level).upper or Decimal(0)) * per / least if least else None
    return Interval(lower, upper)
