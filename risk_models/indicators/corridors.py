"""Family B: corridors between two areas.

Invariants: two reporters' views of one corridor are compared, never added; a gap between them is a question
to both, never an accusation of one. Worked examples use the fixture FX4 of the methodology.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from risk_models import propagation
from risk_models.exact import divided, working
from risk_models.herfindahl import herfindahl_bounds
from risk_models.significance import binomial_p_interval
from schemas.interval import Interval

TWO = Decimal(2)


@dataclass(frozen=True, slots=True)
class MirrorAsymmetry:
    """Two reporters' counts of one corridor: relative discrepancy and two-sided p-values."""

    discrepancy: Interval
    p: Interval


@dataclass(frozen=True, slots=True)
class TradeGap:
    """The gap in the unit of the inputs; its size as a share of both declarations (None if both are 0)."""

    gap: Interval
    share: Interval | None


def corr_share(corridor: Interval, others: Interval) -> Interval | None:
    """B1: a corridor's share of all flows that its reporter sends (or receives) in one direction.

    corridor: the corridor's own value. others: the sum of the reporter's other corridors, or what it can be while the
    corridor is at its other end, so a known total is used by subtracting the corridor from it. Definition: w_ij /
    sum_j w_ij. Unit: share, 0 to 1. Direction: higher is more exposed. Minimum: flows of 10. Withheld: the share
    rule, endpoints with the corridor and the others kept apart; with a known total the others are what it leaves. No
    flow: no figure. Source: methodology B1, interval rule 0.3.2. Example: 120 of 160 is 0.75.
    """
    return propagation.share(corridor, others)


def corr_hhi(
    published: Iterable[Decimal], withheld: Sequence[Interval], withheld_total: Decimal | None = None
) -> Interval | None:
    """B9: how concentrated a reporter's corridors are (Herfindahl index).

    Definition: sum_j s_ij^2 over the shares s_ij. Unit: index, 1/n to 1 (times 10 000 in competition practice).
    Minimum: two partners. Direction: ambiguous; one dominant partner or a diversified network may both be risky.
    Withheld: least and greatest value over all possible cells, with their known sum if the whole gives one. No flow:
    no figure. Source: methodology B9, interval rule 0.3.2; US DOJ example 30/30/20/20 is 0.26. Example: 120, 30, 10
    gives 0.601563.
    """
    known_total = None if withheld_total is None else Fraction(withheld_total)
    bounds = herfindahl_bounds(published, withheld, known_total)
    return None if bounds is None else Interval(divided(bounds[0]), divided(bounds[1]))


def corr_hhi_norm(hhi: Interval, partners: int) -> Interval | None:
    """B9 normalised: concentration between an even spread over all possible partners (0) and one partner (1).

    partners: n, possible ones. Definition: (H - 1/n) / (1 - 1/n). Unit: index, 0 to 1. Direction: ambiguous. Minimum:
    two partners. Withheld: endpoints. Fewer than two partners: no figure. Source: methodology B9. Example: 0.601563,
    3: 0.402344.
    """
    if partners < 2:  # noqa: PLR2004 - with one partner there is nothing to spread over
        return None
    even = Fraction(1, partners)
    bounds = [hhi.lower, hhi.lower if hhi.upper is None else hhi.upper]
    lower, upper = (divided(max(Fraction(bound) - even, Fraction(0)), 1 - even) for bound in bounds)
    return Interval(lower, upper)


def mirror_asym(seen_by_sender: Interval, seen_by_receiver: Interval) -> MirrorAsymmetry | None:
    """B5 for counts: do both ends of a corridor see the same number of suspicious reports?

    Definition: D = (a - b) / ((a + b) / 2) and the exact two-sided binomial p of a among a + b at 1/2. Unit: ratio,
    -2 (only the receiver sees it) to 2 (only the sender does). Direction: higher |D| is a larger detection gap, never
    an error. Minimum: 10 reports at both ends together. All corridors of a period are one family for the false
    discovery rate (E10). Withheld: endpoints of D and of p, hence certain, possible or no signal. Nothing on either
    side: no figure. Source: methodology B5. Example: 60 and 90: D -0.4, p 0.017597692.
    """
    if seen_by_sender.upper == 0 and seen_by_receiver.upper == 0:
        return None
    discrepancy = Interval(
        _discrepancy(seen_by_sender.lower, seen_by_receiver.upper, nothing=-TWO),
        _discrepancy(seen_by_sender.upper, seen_by_receiver.lower, nothing=TWO),
    )
    return MirrorAsymmetry(discrepancy, binomial_p_interval(seen_by_sender, seen_by_receiver))


def _discrepancy(sent: Decimal | None, received: Decimal | None, *, nothing: Decimal) -> Decimal:
    """D at one corner; a corner without bound is its limit, a corner of two zeros the widest value."""
    if sent is None:
        return TWO
    if received is None:
        return -TWO
    if not sent and not received:
        return nothing
    return divided(2 * (Fraction(sent) - Fraction(received)), Fraction(sent) + Fraction(received))


def mirror_log_ratio(sent: Interval, received: Interval, wedge: Decimal) -> Interval | None:
    """B5 for declared values: the logarithm of what one end declares over what the other end does.

    Definition: ln(v_a / (kappa * v_b)), kappa = 1 / wedge, the documented difference of valuation (imports are valued
    with freight and insurance, so wedge = CIF/FOB for trade, and 1 for money sent). Unit: natural logarithm,
    unbounded; 0 is agreement. Direction: higher size is a larger data or misdeclaration problem. Minimum: a value
    above zero at both ends; there is no p-value, as declared values are not counts. Withheld: endpoints. A side that
    may be zero: no figure. Source: methodology B5. Example: 100 sent, 106 received, wedge 1.06: 0.
    """
    ratio = propagation.quotient(sent, received)
    if ratio is None or ratio.upper is None or ratio.lower == 0:
        return None
    with working():
        return Interval((ratio.lower * wedge).ln(), (ratio.upper * wedge).ln())


def trade_gap(imported: Interval, exported: Interval, beta: Decimal) -> TradeGap | None:
    """B6: the partner-country method of trade misinvoicing.

    Definition: gap = M_ij / beta - X_ji, what i declares as imported from j (CIF) less what j declares as exported to
    i (FOB), beta = CIF/FOB. Unit: that of the inputs (US cents); share = |gap| / (M/beta + X), 0 to 1. Direction:
    higher share. Above 0: imports over- or exports under-invoiced (value leaves i); below 0 the reverse. Positive and
    negative gaps are never netted. Minimum: both sides, same year. Withheld: endpoints; never treated as zero; a side
    without upper bound: no figure. Source: methodology B6. Example: M 106, X 90, beta 1.06: gap 10.
    """
    if imported.upper is None or exported.upper is None:
        return None
    with working():
        lower, upper = imported.lower / beta, imported.upper / beta
        gap = Interval(lower - exported.upper, upper - exported.lower)
    return TradeGap(gap, _gap_share(Interval(lower, upper), exported))


def _gap_share(imported: Interval, exported: Interval) -> Interval | None:
    """|m - x| / (m + x): |2s - 1| for the share s = m / (m + x), whose interval is sharp."""
    part = propagation.share(imported, exported)
    if part is None or part.upper is None:
        return None
    with working():
        ends = [abs(2 * part.lower - 1), abs(2 * part.upper - 1)]
        crosses_even = part.lower <= Decimal("0.5") <= part.upper
        return Interval(Decimal(0) if crosses_even else min(ends), max(ends))
