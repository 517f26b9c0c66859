"""Family A: what becomes of reports, requests and money.

Invariants: a weak stage is a question about a chain of institutions, never a grade of one of them; what is lost at
every stage adds up to what is lost in all; probabilities are exact. Worked examples use the fixture FX4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from risk_models import propagation
from risk_models.exact import divided, working
from risk_models.indicators.multiplicity import adjusted_intervals
from risk_models.numerics.tails import normal_p
from schemas.interval import Interval


@dataclass(frozen=True, slots=True)
class EndToEnd:
    """What part of the first stage reaches the last, and the logarithm of the part that each step keeps."""

    ratio: Interval
    log_parts: tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True)
class StageGap:
    """A step of the chain against the region's: score, cases missing, one-sided p and its adjusted value."""

    z: Interval
    missing: Interval
    p: Interval
    q: Interval


def funnel_e2e(stages: Sequence[Interval]) -> EndToEnd | None:
    """A6: what part of all reports ends in the last stage, and which stage loses most.

    stages: cases from the first stage to the last. Definition: n_last / n_first; parts ln(n_(s+1) / n_s), which add
    up to its logarithm. Unit: ratio, from 0; natural logarithms. Direction: lower is more risk. Minimum: 20 cases in
    the first stage. Withheld: endpoints; no logarithm where a stage may be zero. No case at the first stage: no
    figure. Source: FATF R.33; methodology A6. Example: 560 140 56 14 10 4: 0.007142857, parts -1.386294 -0.916291
    -1.386294 -0.336472 -0.916291.
    """
    ratio = propagation.quotient(stages[-1], stages[0])
    if ratio is None:
        return None
    return EndToEnd(ratio, tuple(_log_ratio(after, before) for before, after in pairwise(stages)))


def value_recovery(recovered: Interval, base: Interval) -> Interval | None:
    """A6 by value: what part of suspicious (or frozen) value is confiscated.

    Definition: confiscated / base, base the suspicious value or the frozen one of the same period. Unit: ratio, from
    0. Direction: lower is more risk. Minimum: one year. Withheld: endpoints. A base of zero: no figure. Source:
    Europol 2017 (2.2 % of proceeds frozen, 1.1 % confiscated); methodology A6. Example: 1.1 of 2.2: 0.5.
    """
    return propagation.quotient(recovered, base)


def bottleneck(stages: Sequence[Interval], pooled: Sequence[Interval]) -> tuple[StageGap | None, ...]:
    """A7: at which step of the chain fewer cases pass than in the region.

    stages, pooled: cases of one member and of all, from the first stage to the last. Definition: P = pooled share of
    the step; z = (n_(s+1) - n_s P) / sqrt(n_s P (1 - P)); missing = n_s P - n_(s+1); p = P(Z <= z); q =
    Benjamini-Hochberg over the steps, with those that withholding leaves without a score. Unit: standard deviations;
    cases; probabilities. Direction: a negative z is a weakness; the bottleneck is the least z, if its q is below the
    level (0.10). Minimum: 20 cases at the step. Withheld: endpoints; no figure where the region's share is withheld
    and more cases may leave the step than enter it. A step without cases, or that everyone or nobody passes: no
    figure. Source: methodology A7. Example: 560 140 56 14 10 4 of 1222 360 160 48 36 18: z -2.3152 -1.0583 -0.8165
    -0.3086 -0.6325, missing at the first 24.9755.
    """
    steps = list(zip(pairwise(stages), pairwise(pooled), strict=True))
    found = [_step(*own, *region) for own, region in steps]
    with working():
        p = [
            _tested(step, is_exact=all(one.is_exact for one in (*own, *region)))
            for step, (own, region) in zip(found, steps, strict=True)
        ]
    tested = [one for one in p if one is not None]
    q = iter(adjusted_intervals(tested))
    adjusted = [None if one is None else next(q) for one in p]
    return tuple(
        None if step is None or one is None or its_q is None else StageGap(*step, one, its_q)
        for step, one, its_q in zip(found, p, adjusted, strict=True)
    )


def coop_load(requests: Interval, disseminations: Interval) -> Interval | None:
    """A10: foreign requests for every hundred disseminations.

    Shares of answered requests are `proportions`. Definition: 100 requests / disseminations. Unit: requests per 100
    disseminations, from 0. Direction: ambiguous. Minimum: 10 disseminations. Withheld: endpoints. No dissemination:
    no figure. Source: FATF R.40, IO.2; methodology A10. Example: 24 for 140: 17.142857.
    """
    ratio = propagation.quotient(requests, disseminations)
    if ratio is None:
        return None
    return Interval(ratio.lower * 100, None if ratio.upper is None else ratio.upper * 100)


def _log_ratio(after: Interval, before: Interval) -> Interval | None:
    ratio = propagation.quotient(after, before)
    if ratio is None or ratio.upper is None or not ratio.lower:
        return None
    with working():
        return Interval(ratio.lower.ln(), ratio.upper.ln())


def _step(
    entered: Interval, reached: Interval, all_entered: Interval, all_reached: Interval
) -> tuple[Interval, Interval] | None:
    """Score and missing cases at two corners.

    The score rises with the cases reached, and falls with those entered and, as long as no more are reached than
    entered, with the region's share.
    """
    pool = propagation.quotient(all_reached, all_entered)
    if pool is None or pool.upper is None or entered.upper is None or reached.upper is None:
        return None
    shares = [_share(all_reached.lower, all_entered.upper), _share(all_reached.upper, all_entered.lower)]
    if not entered.lower or not all(0 < share < 1 for share in shares):
        return None
    if not pool.is_exact and reached.upper > entered.lower:
        return None
    worst = _corner(Fraction(entered.upper), Fraction(reached.lower), shares[1])
    best = _corner(Fraction(entered.lower), Fraction(reached.upper), shares[0])
    return Interval(worst[0], best[0]), Interval(best[1], worst[1])


def _tested(step: tuple[Interval, Interval] | None, *, is_exact: bool) -> Interval | None:
    """The p-value of a step; any at all where withholding leaves no score, none where there is nothing to test.

    A step that cannot be scored still belongs to the family: without it the others would look surer than they are.
    """
    if step is None:
        return None if is_exact else Interval(Decimal(0), Decimal(1))
    z, _ = step
    return Interval(_below(z.lower), _below(z.upper))


def _corner(entered: Fraction, reached: Fraction, share: Fraction) -> tuple[Decimal, Decimal]:
    missing = entered * share - reached
    with working():
        return divided(-missing) / divided(entered * share * (1 - share)).sqrt(), divided(missing)


def _share(reached: Decimal | None, entered: Decimal | None) -> Fraction:
    """The region's share at one corner; 1, which has no score, where it has no bound."""
    return Fraction(reached) / Fraction(entered) if reached is not None and entered else Fraction(1)


def _below(z: Decimal | None) -> Decimal:
    """P(Z <= z); 1 where there is no bound."""
    if z is None:
        return Decimal(1)
    tail = normal_p(z) / 2
    return tail if z < 0 else 1 - tail
