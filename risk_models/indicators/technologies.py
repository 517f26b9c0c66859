"""Family F: new technologies and channels: virtual assets, droppers, gambling, shell companies, informal transfers.

Invariants: a numerator is the sum of cells that carry the named codes of the shared taxonomy, its denominator the same
cells with that facet rolled up; so a share is `part` against `rest`, never against an independent total. Every share
has Wilson limits, and a minimum of cases (30) below which it is not shown as a point. Growth is D1, specialisation D3,
corridor intensity B2 of the same numerators; by value, the shares are `monotone.shares` of amounts. Examples use FX4.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from risk_models.certified import Numbers
from risk_models.indicators.monotone import Cells, Figures, monotone, shares
from risk_models.indicators.proportions import Proportions, proportions
from risk_models.indicators.volume import PER_HUNDRED_THOUSAND, PER_THOUSAND, Rates, rates


def va_share(virtual: Cells, others: Cells, z: Decimal, minimum: int) -> Proportions:
    """F1: what part of reports has a virtual asset channel.

    Definition: virtual / (virtual + others). Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 30 reports.
    Withheld: share rule. No report: no figure. Source: FATF R.15 and virtual asset red flags 2020; methodology F1.
    Example: 200 of 420: 0.476190, limits 0.428859 to 0.523954.
    """
    return proportions(virtual, others, z, minimum)


def va_p2p_unhosted_share(peer_to_peer: Cells, hosted: Cells, z: Decimal, minimum: int) -> Proportions:
    """F2: what part of virtual asset reports is peer to peer or has an unhosted wallet.

    Definition: peer_to_peer / (peer_to_peer + hosted). Unit: share, 0 to 1. Direction: higher is more risk. Minimum:
    30 reports. Withheld: share rule. No report: no figure. Source: FATF virtual asset red flags 2020; methodology F2.
    Example: 84 of 140: 0.60.
    """
    return proportions(peer_to_peer, hosted, z, minimum)


@dataclass(frozen=True, slots=True)
class MuleDensity:
    """Droppers for every 100 000 adults, and the part of reports in which there is one."""

    density: Rates
    share: Proportions


def mule_density(
    droppers: Cells,
    adults: Cells,
    reports: tuple[Cells, Cells],
    limits: tuple[Decimal, Decimal],
    minimum: int,
) -> MuleDensity:
    """F3: how many subjects are droppers (money mules), and in what part of reports.

    reports: with a dropper, and without. limits: level of Garwood's limits (0.95) and normal quantile of Wilson's.
    Definition: 100 000 droppers / adults; with / (with + without). Unit: per 100 000 adults; share. Direction: higher
    is more risk. Minimum: 30 reports. Withheld: endpoints; share rule. Source: FATF, Egmont and Interpol 2023; EAG
    2024; methodology F3. Example: 126 of 420 reports: 0.30, limits 0.258148 to 0.345477.
    """
    density = rates(droppers, adults, PER_HUNDRED_THOUSAND, limits[0], minimum)
    return MuleDensity(density, proportions(*reports, limits[1], minimum))


def rapid_passthrough(rapid: Cells, others: Cells, z: Decimal, minimum: int) -> Proportions:
    """F4: what part of flagged accounts sends at least four fifths of what comes in out again within 24 hours.

    Definition: rapid / (rapid + others). Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 30 accounts.
    Withheld: share rule. No account: no figure. Source: red flags of virtual assets and money mules; methodology F4.
    Example: 84 of 140: 0.60, limits 0.517226 to 0.677433.
    """
    return proportions(rapid, others, z, minimum)


def cashout_cross_border(abroad: Cells, elsewhere: Cells, z: Decimal, minimum: int) -> Proportions:
    """F5: what part of flagged card reports is a withdrawal in a given partner country.

    Definition: abroad / (abroad + elsewhere). Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 30
    reports. Withheld: share rule. No report: no figure. Source: cash-out category of the Bank of Russia; methodology
    F5. Example: 18 of 24: 0.75.
    """
    return proportions(abroad, elsewhere, z, minimum)


def gambling_share(gambling: Cells, others: Cells, z: Decimal, minimum: int) -> Proportions:
    """F6: what part of reports has a channel of illegal or online gambling; by corridor, to payment agents' countries.

    Definition: gambling / (gambling + others). Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 30
    reports. Withheld: share rule. No report: no figure. Source: FATF R.22 and R.28; EU SNRA 2022; methodology F6.
    Example: 40 of 420 reports of B: 0.095238 (its quotient of D3 is 2.041771).
    """
    return proportions(gambling, others, z, minimum)


def shell_front_share(shells: Cells, others: Cells, z: Decimal, minimum: int) -> Proportions:
    """F8: what part of reports has a legal person younger than a year, or a nominee or mass address.

    Definition: shells / (shells + others). Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 30 reports.
    Withheld: share rule. No report: no figure. Source: FATF R.24 and R.25, trade-based laundering indicators 2021;
    methodology F8. Example: 126 of 420: 0.30.
    """
    return proportions(shells, others, z, minimum)


def pml_share(professional: Cells, others: Cells, z: Decimal, minimum: int) -> Proportions:
    """F9: what part of reports is labelled as laundering by professionals or for third parties.

    Definition: professional / (professional + others). Unit: share, 0 to 1. Direction: higher is more risk. Minimum:
    30 reports. Withheld: share rule. No report: no figure. Source: FATF professional money laundering 2018;
    methodology F9. Example: 45 of 60: 0.75.
    """
    return proportions(professional, others, z, minimum)


def cash_courier(incorrect: Cells, declarations: Cells, level: Decimal, minimum: int) -> Rates:
    """F10: false or incorrect cash declarations for every thousand declarations.

    Definition: 1000 incorrect / declarations, with Garwood's limits; by value, the same of amounts (`A4` and shares).
    Unit: per 1000 declarations. Direction: higher is more risk. Minimum: 30 declarations. Withheld: endpoints. No
    declaration: no figure. Source: FATF R.32; Garwood 1936; methodology F10. Example: 10 of 2000: 5, limits 2.397694
    to 9.195178.
    """
    return rates(incorrect, declarations, PER_THOUSAND, level, minimum)


def ivts_offset(informal: Cells, others: Cells, z: Decimal, minimum: int) -> Proportions:
    """F11: what part of reports is hawala or underground banking; read with high B3 reciprocity and a shift of D8.

    Definition: informal / (informal + others). Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 30
    reports. Withheld: share rule. No report: no figure. Source: FATF R.14; methodology F11. Example: 84 of 140: 0.60.
    """
    return proportions(informal, others, z, minimum)


@dataclass(frozen=True, slots=True)
class VictimLoss:
    """Loss for every thousand adults, and the part of it that was recovered."""

    per_thousand: Figures
    recovered: Figures


def fraud_victim_loss(lost: Cells, recovered: Cells, adults: Cells) -> VictimLoss:
    """F19: what cyber-enabled fraud costs, and what comes back.

    lost: not recovered. recovered: amounts. Definition: 1000 (lost + recovered) / adults; recovered / (lost +
    recovered), amounts of money, which have no Wilson limits. Unit: money per 1000 adults; share. Direction: higher is
    more risk; a higher recovered share is less. Minimum: one year. Withheld: endpoints; share rule. No adults, or no
    loss: no figure. Source: FATF, Egmont and Interpol 2023; methodology F19. Example: 75 lost, 25 recovered, 10 000
    adults: 10, recovered 0.25.
    """
    loss = monotone(_per_thousand, "+-", lost.plus(recovered), adults, divisor=1)
    return VictimLoss(loss, shares(recovered, lost))


def payment_data_gaps(queried: Cells, complete: Cells, z: Decimal, minimum: int) -> Proportions:
    """F20: what part of cross-border payments was returned or queried for missing data of payer or payee.

    Definition: queried / (queried + complete). Unit: share, 0 to 1. Direction: higher is more risk. Minimum: 30
    payments. Withheld: share rule. No payment: no figure. Source: FATF R.16 as revised in June 2025; methodology F20.
    Example: 15 of 148: 0.101351, limits 0.0624 to 0.1605.
    """
    return proportions(queried, complete, z, minimum)


def _per_thousand(amount: Numbers, adults: Numbers) -> Numbers:
    return np.asarray(1000 * amount / adults)
