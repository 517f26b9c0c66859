"""Inputs from flows: what passes through, grows, does not fit its mirror, goes to weak partners, and is not seen.

Invariants: shares and growths only, so that a large member is not a risky one for being large; what two members say of
one flow is compared and never added; the bounds of every input hold the input of every table inside the cells' bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from risk_models.assessment.facts import (
    DIRECTIONS,
    Facts,
    Reading,
    counterparts,
    excess,
    least,
    newest,
    part_of,
    read,
)
from risk_models.assessment.parameters import AssessmentParameters
from risk_models.assessment.ratings import shortfalls
from risk_models.exact import divided, working
from risk_models.indicators.network.strengths import partner_exposure
from risk_models.observations import Observed
from risk_models.propagation import summed
from schemas.hierarchy import WORLD
from schemas.interval import Interval

REPORTS, VALUE = "N_STR", "V_TXN"
Mirrored = Sequence[tuple[Observed, Observed]]
"""Of each product of a corridor, what is declared as exported and as imported."""
TRADE = "TRADE"


def pass_through(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """C4: how much of a member's suspicious value goes out again as it came in.

    Definition: 2 min(in, out) / (in + out), of all counterparts together. Unit: share, 0 to 1; 0 if nothing flowed.
    Direction: higher is more risk. Withheld: both parts at their own ends; the bounds hold. Source: methodology C4.
    Example: 140 in, 160 out: 0.933333.
    """

    def made(one: int) -> Reading | None:
        cells = [facts.suspicious.get((area, WORLD, way, VALUE, one)) for way in DIRECTIONS]
        given = [cell for cell in cells if cell is not None]
        if len(given) < len(DIRECTIONS):
            return None
        inward, outward = (cell.interval for cell in given)
        passing = least(inward, outward)
        apart = summed([excess(inward, outward), excess(outward, inward)])
        return read(part_of(summed([passing, passing]), apart), one, given)

    return newest(made, year, parameters.window)


def growth(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """D1 as a share: what part of the reports of two years are of the later one.

    Definition: (x_t + k) / (x_t + x_(t-1) + 2k), k added reports, over the directions that both years give. Unit:
    share, 0 to 1; 1/2 is no growth, 2/3 a doubling. Direction: higher is more risk. Withheld: the share rule. Source:
    methodology D1; k is a proposal. Example: 25 after 10, k = 5: 30 / 45 = 0.666667.
    """
    added = Interval.exact(parameters.added_reports)

    def made(one: int) -> Reading | None:
        pairs = []
        for way in DIRECTIONS:
            now, before = (facts.suspicious.get((area, WORLD, way, REPORTS, at)) for at in (one, one - 1))
            if now is not None and before is not None:
                pairs.append((now, before))
        if not pairs:
            return None
        later, earlier = (summed([added, *(pair[place].interval for pair in pairs)]) for place in (0, 1))
        return read(part_of(later, earlier), one, [cell for pair in pairs for cell in pair])

    return newest(made, year, parameters.window)


def trade_gap(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """B6 as a share: how far the declared trade of a member and of its counterparts is apart.

    Definition: sum |M / beta - X| / sum (M / beta + X) over all corridors and products that both ends declare. Unit:
    share, 0 to 1. Direction: higher is more risk. Withheld: gap and common part at their own ends; the bounds hold.
    Source: methodology B6. Example: M 106, X 90, beta 1.06: 10 / 190 = 0.052632.
    """
    return newest(
        lambda one: gap_of(list(mirrored_trade(facts, area, one)), parameters, one), year, parameters.window
    )


def exposure(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """C10: how weakly a member's partners are protected, weighed by what it declares to and from them.

    Definition: sum t_j s_j / sum t_j over rated members j, t_j the declared flows both ways, s_j the shortfall of all
    of j's ratings. Ratings are no scores of this model, so that no score depends on itself. Unit: share, 0 to 1; the
    plain mean if nothing flowed. Direction: higher is more risk. Withheld: the least and greatest mean over all weights
    (sharp). Source: methodology C10. Example: 30 to a partner of 0.2, 10 to one of 0.6: 0.3.
    """
    partners = shortfalls(facts, parameters, counterparts(facts, area), year)

    def made(one: int) -> Reading | None:
        traffic: dict[str, list[Observed]] = {}
        for corridor, cell in facts.declared.get((area, one), {}).items():
            kind = corridor.facet.split("/")[0]
            if corridor.counterpart in partners and kind in parameters.exposure_kinds:
                traffic.setdefault(corridor.counterpart, []).append(cell)
        if not traffic:
            return None
        codes = sorted(traffic)
        weights = [summed(cell.interval for cell in traffic[code]) for code in codes]
        ends = [[partners[code].value.lower for code in codes], [_upper(partners[code]) for code in codes]]
        value = Interval(_mean(weights, ends[0]).lower, _mean(weights, ends[1]).upper)
        found = read(value, one, [cell for cells in traffic.values() for cell in cells])
        rated = frozenset().union(*(partners[code].inputs for code in codes))
        return Reading(found.value, one, found.inputs | rated)

    return newest(made, year, parameters.window)


def unseen(facts: Facts, parameters: AssessmentParameters, area: str, year: int) -> Reading | None:
    """B5 from one side: what part of the reports on a member's corridors only the other members have.

    Definition: sum max(0, o - w) / sum max(o, w) over corridors that both ends report, o the other's count, w its own.
    Unit: share, 0 to 1; 0 if nobody reports. Direction: higher is more risk. A gap in detection, never an error.
    Withheld: excess and own count at their own ends; the bounds hold. Source: methodology B5. Example: 60 seen by the
    member, 90 by the other: 30 / 90 = 0.333333.
    """

    def made(one: int) -> Reading | None:
        pairs = []
        for other in counterparts(facts, area):
            for ours, theirs in (DIRECTIONS, DIRECTIONS[::-1]):
                own = facts.suspicious.get((area, other, ours, REPORTS, one))
                mirror = facts.suspicious.get((other, area, theirs, REPORTS, one))
                if own is not None and mirror is not None:
                    pairs.append((own, mirror))
        if not pairs:
            return None
        missed = summed(excess(mirror.interval, own.interval) for own, mirror in pairs)
        value = part_of(missed, summed(own.interval for own, _ in pairs))
        return read(value, one, [cell for pair in pairs for cell in pair])

    return newest(made, year, parameters.window)


def gap_of(declared: Mirrored, parameters: AssessmentParameters, year: int) -> Reading | None:
    """Return the gap of what exporters and importers declare, as `trade_gap` says; None where nothing is mirrored."""
    if not declared:
        return None
    gaps, shared = [], []
    for exported, imported in declared:
        free = _over(imported.interval, parameters.beta)
        gaps += [excess(free, exported.interval), excess(exported.interval, free)]
        shared += [least(free, exported.interval)] * 2
    cells = [cell for both in declared for cell in both]
    return read(part_of(summed(gaps), summed(shared)), year, cells)


def mirrored_trade(
    facts: Facts, area: str, year: int, *, to: str | None = None
) -> Iterator[tuple[Observed, Observed]]:
    """Yield what an exporter and an importer declare of each corridor of a member and each product.

    to: only of what the member exports to this one.
    """
    for corridor, cell in facts.declared.get((area, year), {}).items():
        other, is_export = corridor.counterpart, corridor.direction == "OUT"
        if to is not None and (other, is_export) != (to, True):
            continue
        back = corridor._replace(ref_area=other, counterpart=area, direction="IN" if is_export else "OUT")
        mirror = facts.declared.get((other, year), {}).get(back)
        if mirror is not None and corridor.facet.split("/")[0] == TRADE:
            yield (cell, mirror) if is_export else (mirror, cell)


def _over(value: Interval, divisor: Decimal) -> Interval:
    with working() as context:
        upper = None if value.upper is None else context.divide(value.upper, divisor)
        return Interval(context.divide(value.lower, divisor), upper)


def _upper(reading: Reading) -> Decimal:
    return reading.value.lower if reading.value.upper is None else reading.value.upper


def _mean(weights: list[Interval], scores: list[Decimal]) -> Interval:
    """The weighted mean of scores; over all weights where one of them has no upper bound."""
    if any(one.upper is None for one in weights):
        return Interval(min(scores), max(scores))
    traffic = [(int(one.lower), int(one.upper or 0)) for one in weights]
    plain = divided(sum(map(Fraction, scores), Fraction(0)), len(scores))
    found = partner_exposure(traffic, scores)
    if found is None:
        return Interval.exact(plain)
    if any(one.lower for one in weights):
        return found
    return Interval(min(found.lower, plain), max(found.upper or plain, plain))  # perhaps nothing flowed
