"""Inputs of a typology in the region, and of a sector in one member: do reports on it grow, spread and stand out?

Invariants: shares and growths only; cells of members that give them, and no zero for those that do not; the bounds of
every input hold the input of every table inside the cells' bounds. Units are the codes of one level of their list, as
for profiles, so that no unit is a part of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from risk_models.assessment.facts import Reading, is_year, newest, part_of, read
from risk_models.assessment.flows import REPORTS, VALUE
from risk_models.assessment.parameters import AssessmentParameters
from risk_models.exact import divided
from risk_models.observations import Observations, Observed
from risk_models.propagation import summed
from risk_models.tier_one.profiles import codes_of_level
from schemas.interval import Interval
from schemas.registry import dataflow

# Other, unknown and not applicable: nobody looks into them first.
NO_KIND = frozenset({"_O", "_U", "_X"})


@dataclass(frozen=True, slots=True)
class Kinds:
    """Reports by a dimension: its whole, its units, cells by member, code, measure and year; newest: 0 without any."""

    whole: str
    units: tuple[str, ...]
    cells: Mapping[tuple[str, str, str, int], Observed]
    areas: tuple[str, ...]
    newest: int

    def of(self, code: str, measure: str, year: int) -> dict[str, Observed]:
        """Return the cells of a code by member, of those that give it."""
        found = {area: self.cells.get((area, code, measure, year)) for area in self.areas}
        return {area: cell for area, cell in found.items() if cell is not None}


Unit = tuple[str, str]
"""The member, "" for the region of all members together, and the code."""
Input = Callable[[Kinds, AssessmentParameters, Unit, int], Reading | None]


def kinds_of(seen: Observations, dataflow_id: str, dimension: str, level: int) -> Kinds:
    """Find the reports of whole years by the codes of a dimension; units are those of the level that anybody gives."""
    flow = dataflow(dataflow_id)
    whole = flow.whole(dimension)
    named = ("TIME_PERIOD", "REF_AREA", dimension, "MEASURE")
    cells = {
        (area, code, measure, int(period)): cell
        for (period, area, code, measure), cell in seen.totals(dataflow_id, named).items()
        if is_year(period)
    }
    given = {code for _, code, *_ in cells}
    units = tuple(code for code in codes_of_level(flow, dimension, level) if code in given - NO_KIND)
    areas = tuple(sorted({area for area, *_ in cells}))
    return Kinds(whole, units, cells, areas, max((year for *_, year in cells), default=0))


def growth(kinds: Kinds, parameters: AssessmentParameters, unit: Unit, year: int) -> Reading | None:
    """D1 as a share: what part of the reports of two years are of the later one; of all members where none is named.

    Definition: (x_t + k) / (x_t + x_(t-1) + 2k), k added reports, of the members that give both years. Unit: share, 0
    to 1; 1/2 is no growth, 2/3 a doubling. Direction: higher is more risk. Withheld: the share rule. Source:
    methodology D1; k is a proposal. Example: 25 after 10, k = 5: 30 / 45 = 0.666667.
    """
    added = Interval.exact(parameters.added_reports)

    def made(one: int) -> Reading | None:
        pairs = list(_two_years(kinds, unit, one))
        if not pairs:
            return None
        later, earlier = (summed([added, *(pair[place].interval for pair in pairs)]) for place in (0, 1))
        return read(part_of(later, earlier), one, [cell for pair in pairs for cell in pair])

    return newest(made, year, parameters.window)


def adopters(kinds: Kinds, parameters: AssessmentParameters, unit: Unit, year: int) -> Reading | None:
    """D7: what part of the members that give the typology report it at all.

    Unit: share, 0 to 1. Direction: higher is more risk. Withheld: who may report it counts in one end and not in the
    other; the bounds hold. Source: methodology D7, G1. Example: two of four: 0.5.
    """

    def made(one: int) -> Reading | None:
        cells = list(kinds.of(unit[1], REPORTS, one).values())
        if not cells:
            return None
        return read(
            _counted((cell.interval.lower > 0, cell.interval.upper != 0) for cell in cells), one, cells
        )

    return newest(made, year, parameters.window)


def emergence(kinds: Kinds, parameters: AssessmentParameters, unit: Unit, year: int) -> Reading | None:
    """D2: in what part of the members that give two years the typology is reported now and was not the year before.

    Unit: share, 0 to 1. Direction: higher is more risk. Withheld: as `adopters`. Source: methodology D2, its first
    condition. Example: one of four: 0.25.
    """

    def made(one: int) -> Reading | None:
        pairs = list(_two_years(kinds, unit, one))
        if not pairs:
            return None
        new = (
            (
                now.interval.lower > 0 and before.interval.upper == 0,
                now.interval.upper != 0 and before.interval.lower == 0,
            )
            for now, before in pairs
        )
        return read(_counted(new), one, [cell for pair in pairs for cell in pair])

    return newest(made, year, parameters.window)


def share(kinds: Kinds, parameters: AssessmentParameters, unit: Unit, year: int) -> Reading | None:
    """What part of all reports is of this code, in a member, or in the region where none is named.

    Unit: share, 0 to 1. Direction: higher is more risk. Minimum: the code and the whole by the same member. Withheld:
    endpoints, at most 1. Source: methodology G1. Example: 30 of 120: 0.25.
    """
    return _share(kinds, parameters, REPORTS, unit, year)


def value_share(kinds: Kinds, parameters: AssessmentParameters, unit: Unit, year: int) -> Reading | None:
    """What part of all suspicious value is of this code; as `share`."""
    return _share(kinds, parameters, VALUE, unit, year)


def quotient(kinds: Kinds, parameters: AssessmentParameters, unit: Unit, year: int) -> Reading | None:
    """D3 as a share: the member's part of this code beside that of all other members together.

    Definition: p / (p + q), p the code's part of the member's reports, q of the others'. Unit: share, 0 to 1; 1/2 as
    the others; 0 where it has none. Direction: higher is more risk. Minimum: another member that gives code and whole.
    Withheld: each part at its own ends; the bounds hold. Source: methodology D3 (location quotient), the others alone.
    Example: 0.3 beside 0.1: 0.75.
    """
    area, code = unit

    def made(one: int) -> Reading | None:
        given = _with_whole(kinds, REPORTS, code, one)
        others = [cells for member, cells in given.items() if member != area]
        if area not in given or not others:
            return None
        parts = _part([given[area]]), _part(others)
        return read(part_of(*parts), one, [cell for cells in (given[area], *others) for cell in cells])

    return newest(made, year, parameters.window)


TYPOLOGY: Mapping[str, Input] = {
    "growth": growth,
    "adopters": adopters,
    "emergence": emergence,
    "share": share,
    "value_share": value_share,
}
SECTOR: Mapping[str, Input] = {"growth": growth, "share": share, "quotient": quotient}


def _share(
    kinds: Kinds, parameters: AssessmentParameters, measure: str, unit: Unit, year: int
) -> Reading | None:
    area, code = unit

    def made(one: int) -> Reading | None:
        given = _with_whole(kinds, measure, code, one)
        wanted = [cells for member, cells in given.items() if area in {"", member}]
        if not wanted:
            return None
        return read(_part(wanted), one, [cell for cells in wanted for cell in cells])

    return newest(made, year, parameters.window)


def _with_whole(kinds: Kinds, measure: str, code: str, year: int) -> dict[str, tuple[Observed, Observed]]:
    """The code and the whole by member, of those that give both."""
    wholes = kinds.of(kinds.whole, measure, year)
    parts = kinds.of(code, measure, year)
    return {area: (cell, wholes[area]) for area, cell in parts.items() if area in wholes}


def _part(given: Iterable[tuple[Observed, Observed]]) -> Interval:
    """The parts over the wholes, at most 1; of nothing at all it is nothing."""
    cells = list(given)
    parts, wholes = (summed(both[place].interval for both in cells) for place in (0, 1))
    upper = Decimal(1) if parts.upper is None else _over(parts.upper, wholes.lower)
    return Interval(_over(parts.lower, wholes.upper), upper)


def _over(part: Decimal, whole: Decimal | None) -> Decimal:
    if whole is None or not part:
        return Decimal(0)
    return min(divided(part, whole), Decimal(1)) if whole else Decimal(1)


def _two_years(kinds: Kinds, unit: Unit, year: int) -> Iterator[tuple[Observed, Observed]]:
    """A code's reports in a year and in the one before, of a member, or of each where none is named."""
    area, code = unit
    now, before = (kinds.of(code, REPORTS, one) for one in (year, year - 1))
    for member in sorted(now.keys() & before.keys() & ({area} if area else set(kinds.areas))):
        yield now[member], before[member]


def _counted(ends: Iterable[tuple[bool, bool]]) -> Interval:
    """What part is counted for certain, and possibly."""
    both = list(ends)
    lower, upper = (Decimal(sum(end[place] for end in both)) for place in (0, 1))
    return Interval(divided(lower, len(both)), divided(upper, len(both)))
