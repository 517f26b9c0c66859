"""Inputs of a corridor, from a sender to a receiver: is it used more than others, growing, and seen from one end only?

Invariants: shares and growths only, so that a large corridor is not a risky one for being large; what two members say
of one flow is compared and never added; the bounds of every input hold the input of every table inside the cells'
bounds. Where the sender reports nothing of a corridor, what the receiver reports of it stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from risk_models.assessment.facts import (
    Facts,
    Reading,
    counterparts,
    excess,
    least,
    newest,
    part_of,
    read,
)
from risk_models.assessment.flows import REPORTS, VALUE, gap_of, mirrored_trade
from risk_models.assessment.parameters import AssessmentParameters
from risk_models.assessment.ratings import shortfalls
from risk_models.observations import Observed
from risk_models.propagation import quotient, summed
from schemas.interval import Interval

Pair = tuple[str, str]
Input = Callable[[Facts, AssessmentParameters, Pair, int], Reading | None]


def pairs(facts: Facts) -> list[Pair]:
    """Return every corridor of which one end has ever reported anything, by sender and receiver."""
    found = set()
    for area, counterpart, way, measure, _ in facts.suspicious:
        if measure == REPORTS and counterpart in facts.areas and counterpart != area:
            found.add((area, counterpart) if way == "OUT" else (counterpart, area))
    return sorted(found)


def intensity(facts: Facts, parameters: AssessmentParameters, pair: Pair, year: int) -> Reading | None:
    """B2 as a share: how much more of its reports the sender has on this receiver than the other members have.

    Definition: p / (p + q), p the corridor's part of all reports on what the sender sends to members, q the same part
    of all other senders together. Unit: share, 0 to 1; 1/2 as the others, 3/4 three times as much; 0 where it
    has none. Direction: higher is more risk. Minimum: another sender that reports on the receiver. Withheld: both parts
    by the share rule; the bounds hold. Source: methodology B2 (a), the receiver's part taken from the others alone.
    Example: 120 of 160, the others 35 of 260: 0.75 / (0.75 + 0.134615) = 0.847826.
    """
    sender, receiver = pair

    def made(one: int) -> Reading | None:
        own = _sent(facts, sender, one)
        others = [_sent(facts, other, one) for other in counterparts(facts, sender) if other != receiver]
        if receiver not in own or not any(receiver in sent for sent in others):
            return None
        toward = [sent[receiver] for sent in others if receiver in sent]
        elsewhere = [cell for sent in others for other, cell in sent.items() if other != receiver]
        parts = (
            _part([own[receiver]], [cell for other, cell in own.items() if other != receiver]),
            _part(toward, elsewhere),
        )
        return read(part_of(*parts), one, [*own.values(), *toward, *elsewhere])

    return newest(made, year, parameters.window)


def asymmetry(facts: Facts, parameters: AssessmentParameters, pair: Pair, year: int) -> Reading | None:
    """B5 as a share: how far apart the reports of both ends are.

    Definition: |a - b| / (a + b + 2k), k added reports, so that few reports say little; without them half the
    methodology's discrepancy. Unit: share, 0 to 1. Direction: higher is more risk. Minimum: both ends report. Withheld:
    difference and common part at their own ends; the bounds hold. Source: methodology B5; k is a proposal. Example: 60
    and 90, k = 5: 30 / 160 = 0.1875.
    """
    added = Interval.exact(2 * parameters.added_reports)

    def made(one: int) -> Reading | None:
        ends = [cell for cell in _ends(facts, pair, REPORTS, one) if cell is not None]
        if len(ends) < len(pair):
            return None
        sent, received = (cell.interval for cell in ends)
        return read(part_of(_apart(sent, received), summed([least(sent, received)] * 2 + [added])), one, ends)

    return newest(made, year, parameters.window)


def growth(facts: Facts, parameters: AssessmentParameters, pair: Pair, year: int) -> Reading | None:
    """D1 and B10 as a share: what part of the reports of two years are of the later one; a new corridor nears 1.

    Definition: (x_t + k) / (x_t + x_(t-1) + 2k), k added reports, by the same end in both years. Unit: share, 0 to 1;
    1/2 is no growth, 2/3 a doubling. Direction: higher is more risk. Withheld: the share rule. Source: methodology D1,
    B10; k is a proposal. Example: 25 after 10, k = 5: 30 / 45 = 0.666667.
    """
    added = Interval.exact(parameters.added_reports)

    def made(one: int) -> Reading | None:
        years = zip(_ends(facts, pair, REPORTS, one), _ends(facts, pair, REPORTS, one - 1), strict=True)
        given = [(now, before) for now, before in years if now is not None and before is not None]
        if not given:
            return None
        now, before = given[0]
        later, earlier = (summed([added, cell.interval]) for cell in (now, before))
        return read(part_of(later, earlier), one, [now, before])

    return newest(made, year, parameters.window)


def trade_gap(facts: Facts, parameters: AssessmentParameters, pair: Pair, year: int) -> Reading | None:
    """B6 as a share: how far what the sender declares as exported is from what the receiver declares as imported.

    Definition: sum |M / beta - X| / sum (M / beta + X) over the products that both ends declare. Unit: share, 0 to 1.
    Direction: higher is more risk. Withheld: as `flows.trade_gap`. Source: methodology B6. Example: M 106, X 90, beta
    1.06: 10 / 190 = 0.052632.
    """
    sender, receiver = pair

    def made(one: int) -> Reading | None:
        return gap_of(list(mirrored_trade(facts, sender, one, to=receiver)), parameters, one)

    return newest(made, year, parameters.window)


def sender(facts: Facts, parameters: AssessmentParameters, pair: Pair, year: int) -> Reading | None:
    """What all ratings of the sender lack to the highest ones, 0 to 1. Source: methodology G2."""
    return shortfalls(facts, parameters, pair[:1], year).get(pair[0])


def receiver(facts: Facts, parameters: AssessmentParameters, pair: Pair, year: int) -> Reading | None:
    """What all ratings of the receiver lack to the highest ones, 0 to 1. Source: methodology G2."""
    return shortfalls(facts, parameters, pair[1:], year).get(pair[1])


def value_gdp(facts: Facts, parameters: AssessmentParameters, pair: Pair, year: int) -> Reading | None:
    """A2 of a corridor: its suspicious value over the gross domestic products of both ends together.

    Unit: ratio, from 0. Direction: higher is more consequence. Withheld: endpoints. Source: methodology A2, G3.
    Example: 0.4 between economies of 60 and 40: 0.004.
    """

    def made(one: int) -> Reading | None:
        value = next((cell for cell in _ends(facts, pair, VALUE, one) if cell is not None), None)
        economies = [facts.statistics.get((area, "GDP", one)) for area in pair]
        given = [cell for cell in economies if cell is not None]
        if value is None or len(given) < len(pair):
            return None
        ratio = quotient(value.interval, summed(cell.interval for cell in given))
        return None if ratio is None else read(ratio, one, [value, *given])

    return newest(made, year, parameters.window)


INPUTS: Mapping[str, Input] = {
    "intensity": intensity,
    "asymmetry": asymmetry,
    "growth": growth,
    "trade_gap": trade_gap,
    "sender": sender,
    "receiver": receiver,
    "value_gdp": value_gdp,
}


def _ends(facts: Facts, pair: Pair, measure: str, year: int) -> tuple[Observed | None, Observed | None]:
    """What the sender reports as sent, and what the receiver reports as received."""
    sender, receiver = pair
    return (
        facts.suspicious.get((sender, receiver, "OUT", measure, year)),
        facts.suspicious.get((receiver, sender, "IN", measure, year)),
    )


def _sent(facts: Facts, sender: str, year: int) -> dict[str, Observed]:
    """The reports on what a member sends, by receiver."""
    found = {}
    for other in counterparts(facts, sender):
        cell = next((end for end in _ends(facts, (sender, other), REPORTS, year) if end is not None), None)
        if cell is not None:
            found[other] = cell
    return found


def _apart(one: Interval, other: Interval) -> Interval:
    """|one - other|: one of the two is the larger, so both excesses are never there at once."""
    either = excess(one, other), excess(other, one)
    uppers = [value.upper for value in either if value.upper is not None]
    return Interval(max(value.lower for value in either), max(uppers) if len(uppers) == len(either) else None)


def _part(part: list[Observed], rest: list[Observed]) -> Interval:
    return part_of(summed(cell.interval for cell in part), summed(cell.interval for cell in rest))
