"""Family F: financing of terrorism (TF) and of proliferation (PF).

Invariants: these cells are the most sensitive ones, so their primary threshold is higher (5) and nothing is shown below
a country and a year unless the owner agrees; lists of areas and goods are agreed by people, and versioned. Numerators
and denominators are as in `technologies`. Worked examples stand in the methodology.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers
from risk_models.indicators.cooccurrence import Cooccurrence, cooccurrence
from risk_models.indicators.diversity import Diversity, diversity
from risk_models.indicators.monotone import Cells, Figures, Integers, monotone, quotient
from risk_models.indicators.network.strengths import Conduit, transit_ratio, two_step_conduit
from risk_models.indicators.profiles import Shift, profile_shift
from risk_models.indicators.proportions import Proportions, proportions
from risk_models.indicators.volume import PER_THOUSAND, Rates, rates


@dataclass(frozen=True, slots=True)
class SmallTickets:
    """The part of TF reports of small amounts, and subjects for each report."""

    share: Proportions
    subjects: Figures


def tf_small_ticket(small: Cells, others: Cells, subjects: Cells, z: Decimal, minimum: int) -> SmallTickets:
    """F12: what part of TF reports is below an amount, and how many subjects a report has.

    small: below the amount that the model sets. Definition: small / (small + others); subjects / (small + others).
    Unit: share, 0 to 1; subjects a report. Direction: ambiguous. Minimum: 30 reports. Withheld: share rule; endpoints.
    No report: no figure. Source: Europol 2017 (TF below 1 % of reports in the EU); methodology F12. Example: 45 of 60:
    0.75, limits 0.627679 to 0.842235.
    """
    share = proportions(small, others, z, minimum)
    return SmallTickets(share, monotone(quotient, "+-", subjects, small.plus(others), divisor=1))


def tf_corridor_exposure(listed: Cells, others: Cells, z: Decimal, minimum: int) -> Proportions:
    """F13: what part of TF reports has a counterpart in an agreed list of conflict areas and their neighbours.

    Definition: listed / (listed + others). Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 30 reports.
    Withheld: share rule. No report: no figure. Source: FATF TF update 2025; methodology F13. Example: 45 of 60: 0.75.
    """
    return proportions(listed, others, z, minimum)


@dataclass(frozen=True, slots=True)
class ChannelMix:
    """How diverse the channels of a period are, and how far the mix moved since the one before."""

    diversity: Diversity
    shift: Shift


def tf_channel_mix(
    now: Cells, now_whole: Integers, before: Cells, before_whole: Integers, minimum: int
) -> ChannelMix:
    """F14: D4 and D8 of TF channels: cash, hawala, virtual assets, crowdfunding, non-profits, social media.

    now, before: counts (K, R), channels in rows; wholes as in D4. Definition: as D4 and D8. Unit: as D4 and D8.
    Withheld: as D4 and D8. Direction: ambiguous. Minimum: 50 reports in either period. Source: FATF crowdfunding for
    TF 2023; methodology F14. Example: as D4: 400 100 50 10 has an index of 0.550383.
    """
    return ChannelMix(diversity(now, now_whole), profile_shift(now, now_whole, before, before_whole, minimum))


def npo_misuse(reports: Cells, registered: Cells, level: Decimal, minimum: int) -> Rates:
    """F15: TF reports with a non-profit organisation, for every thousand registered ones.

    Published only with the caveat of R.8: measures are to be focused and proportionate. Definition: 1000 reports /
    registered, with Garwood's limits. Unit: per 1000 organisations. Direction: higher is more risk. Minimum: 30
    organisations. Withheld: endpoints. None registered: no figure. Source: FATF R.8 as revised in November 2023;
    methodology F15. Example: 5 of 2500: 2, limits 0.649394 to 4.667333.
    """
    return rates(reports, registered, PER_THOUSAND, level, minimum)


def tf_travel_finance(both: Cells, labelled: Cells, travelling: Cells, cases: Integers) -> Cooccurrence:
    """F16: does the TF label meet travel, tickets or cash-out near borders more often than by chance?

    Definition: as D5, of labelled cases and cases with travel. Unit: as D5. Direction: higher lift is more risk.
    Withheld: as D5. Minimum: 5 cases expected with both. Source: FATF work on foreign terrorist fighters; methodology
    F16. Example: as D5: 30 of 120 and 150 in 1000: lift 1.666667.
    """
    return cooccurrence(both, labelled, travelling, cases)


@dataclass(frozen=True, slots=True)
class Diversion:
    """Growth of a re-routing country's imports over the world's, and what part of a shortfall they make up for."""

    index: Figures
    coverage: Figures


@dataclass(frozen=True, slots=True)
class Trade:
    """Values of controlled goods, of a base period and of this one."""

    base: Cells
    now: Cells


def pf_trade_diversion(via: Trade, world: Trade, direct: Trade) -> Diversion:
    """F17: are controlled goods that no longer go to a country directly re-routed through another?

    via: exports of i to k. world: of i to all, exact. direct: to the country that is avoided. Definition, g =
    world_now / world_base: index (via_now / via_base) / g; coverage (via_now - g via_base) / (g direct_base -
    direct_now), an excess below zero counting as zero. Unit: ratio, from 0; share, from 0. Direction: higher is more
    risk. Minimum: base values of a year. Withheld: endpoints. No base: no index; no shortfall: no coverage. Source:
    FATF R.7, FATF PF guidance 2021 and report of June 2025; methodology F17. Example: 150 to 450, g 1.10, direct 400
    to 100: 2.727273, coverage 0.838235.
    """
    index = monotone(_index, "+-+-", via.now, via.base, world.base, world.now, divisor=1)
    columns = [one.astype(object) for one in (world.base.low, world.now.low)]
    excess = [
        now * columns[0] - base * columns[1]
        for now, base in ((via.now.low, via.base.high), (via.now.high, via.base.low))
    ]
    missing = [
        base * columns[1] - now * columns[0]
        for now, base in ((direct.now.high, direct.base.low), (direct.now.low, direct.base.high))
    ]
    gained, lost = (Cells(*(np.maximum(end, 0) for end in ends)) for ends in (excess, missing))
    return Diversion(index, monotone(quotient, "+-", gained, lost, divisor=1))


@dataclass(frozen=True, slots=True)
class FrontNetwork:
    """Pass-through and through-flow of each country, and the part of new companies in its reports."""

    transit: Figures
    conduits: tuple[Conduit | None, ...]
    new_companies: Proportions


def pf_front_network(flows: Cells, new: Cells, others: Cells, z: Decimal, minimum: int) -> FrontNetwork:
    """F18: which countries pass on flows with a PF label, and how often through new companies.

    flows: one graph, (n, n), of reports with the label. new, others: n, reports with a company younger than a year and
    without. Definition: C4 and C5 of the flows; new / (new + others). Unit: shares, 0 to 1. Direction: higher is more
    risk. Minimum: 30 reports. Withheld: as C4, C5 and the share rule. Source: FATF PF report of June 2025; methodology
    F18. Example: as C4 and C5: B 0.933333 and 0.683036 of FX4.
    """
    sums = [Cells(flows.low.sum(axis=axis), flows.high.sum(axis=axis)) for axis in (1, 0)]
    conduits = tuple(two_step_conduit(flows, node) for node in range(len(flows.low)))
    return FrontNetwork(transit_ratio(*sums), conduits, proportions(new, others, z, minimum))


def _index(now: Numbers, base: Numbers, world_base: Numbers, world_now: Numbers) -> Numbers:
    return np.asarray(now / base * (world_base / world_now))
