"""Typologies by member and period, as the shared cells give them, and what functions on vectors say of them.

Invariants: a figure belongs to its reporter and is added to nobody else's; a typology is a code of the second level, so
that no code counts within another; a place without a cell is unknown and never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

import numpy as np

from node.services.context import Context
from node.services.found import Rows
from node.services.shelf import Shelf
from node.services.views import facets
from node.services.views.facets import Selection
from node.services.views.figure import NOT_SHARED, Figure, Kind, figure
from risk_models.indicators.monotone import Cells, Integers
from risk_models.indicators.novelty import Novelty, emergence, novelty
from risk_models.indicators.specialisation import Margins, lq
from risk_models.numerics.series import CERTAIN, NO, POSSIBLE
from risk_models.numerics.tails import MOST_COUNTED
from schemas import registry
from schemas.hierarchy import WORLD, broader
from schemas.interval import Interval
from schemas.structure import TOTAL, Dataflow

TYPOLOGY, PERIOD = "METHOD", "TIME_PERIOD"
Z = Decimal("1.9599639845400542355244945305205515279555500778695")
PRIOR, LEVEL = Decimal("0.5"), Decimal("0.001")
# Least expected for a quotient; periods before a novelty, at least and at most; above so many a period nothing is new.
MIN_EXPECTED, MIN_HISTORY, HISTORY, MOST_USUAL = 5, 6, 12, 20
# The reporters' own figures about all counterparts together.
_ROWS = Rows((("COUNTERPART_AREA", (WORLD, "_Z")),), is_own=True)
_SIGNALS = {CERTAIN: "certain", POSSIBLE: "possible"}
_CHOSEN = ("FLOW_DIRECTION", "MEASURE", PERIOD)


@dataclass(frozen=True)
class Profiles:
    """The figures of one choice; what is not there was not shared."""

    figures: Mapping[tuple[str, str, str], Figure]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The typologies that anybody shared a figure of, in the order of their list."""
        order = {code.id: place for place, code in enumerate(registry.codelist("CL_METHOD"))}
        return tuple(sorted({code for code, _, _ in self.figures}, key=lambda code: order[code]))

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The periods, the newest first."""
        return tuple(sorted({period for _, _, period in self.figures}, reverse=True))

    def at(self, code: str, member: str, period: str) -> Figure:
        """Give one figure."""
        return self.figures.get((code, member, period), NOT_SHARED)


@dataclass(frozen=True, slots=True)
class Speciality:
    """D3 of one member: the quotient, its limits where they are defined, and whether enough was expected."""

    member: str
    quotient: Interval | None
    limits: Interval | None
    is_sufficient: bool

    @property
    def is_special(self) -> bool:
        """True if the whole interval lies above the region's mix, on enough reports."""
        return self.is_sufficient and self.limits is not None and self.limits.lower > 1


@dataclass(frozen=True, slots=True)
class Emerging:
    """D2 of one member's newest period: how surprising its count is; `signal` certain, possible or empty."""

    code: str
    member: str
    time_period: str
    figure: Figure
    index: Interval
    signal: str


def offered(ctx: Context, dataflows: Iterable[Dataflow]) -> dict[str, Shelf]:
    """Give the dataflows of which figures by typology were shared, with their cells."""
    found = {flow.id: Shelf(ctx, flow.id) for flow in dataflows if _is_by_typology(flow)}
    return {
        name: shelf for name, shelf in found.items() if shelf.tally(_ROWS, _by_typology(shelf.flow)).num_rows
    }


def narrowed(shelf: Shelf, wanted: Mapping[str, str], *, without: Sequence[str] = ()) -> Selection:
    """Narrow the figures by typology of a dataflow to one choice."""
    flow = shelf.flow
    names = [name for name in _CHOSEN if name in flow.cells.dimensions and name not in without]
    return facets.choose(shelf, _ROWS, names, wanted, shown=_ROWS, given=_by_typology(flow))


def profiles(selection: Selection) -> Profiles:
    """Read the figures of a choice in which the period is open."""
    return Profiles(
        {(row[TYPOLOGY], row["REF_AREA"], row[PERIOD]): figure(row) for row in selection.cells.to_pylist()}
    )


def specialities(found: Profiles, period: str) -> dict[tuple[str, str], Speciality]:
    """D3 of every member and typology of a period; nothing if a figure has no upper bound: the mix is then unknown."""
    known = {
        (code, member): one
        for (code, member, at), one in found.figures.items()
        if at == period and one.kind in {Kind.EXACT, Kind.ZERO, Kind.WITHHELD}
    }
    if not known or any(one.upper is None for one in known.values()):
        return {}
    low = np.array([one.lower or 0 for one in known.values()], np.int64)
    high = np.array([one.upper or 0 for one in known.values()], np.int64)
    part = Cells(low, high)
    margins = Margins(
        _margin(part, [member for _, member in known]),
        _margin(part, [code for code, _ in known]),
        _margin(part, [""] * len(known)),
    )
    figures = lq(part, margins, Z, MIN_EXPECTED)
    rows = zip(
        known,
        figures.quotient.intervals(),
        figures.confidence.intervals(),
        figures.is_sufficient,
        strict=True,
    )
    return {
        (code, member): Speciality(member, quotient, limits, bool(enough))
        for (code, member), quotient, limits, enough in rows
    }


def emerging(found: Profiles, members: Sequence[str]) -> tuple[Emerging, ...]:
    """D2 of the newest period of every series that has enough periods before it, the most surprising first."""
    series = [
        one
        for code in found.codes
        for member in members
        if (one := _counted(found, code, member)) is not None
    ]
    if not series:
        return ()
    now, before, exposure = _novelty([one.figures for one in series])
    earlier, _, _ = _novelty([one.figures[:-1] for one in series])
    signals = emergence(now, earlier, before, exposure[1], LEVEL)
    strongest = np.maximum(signals.emerging, signals.surging).tolist()
    raised = [
        Emerging(one.code, one.member, found.periods[0], one.figures[-1], index, _SIGNALS[signal])
        for one, index, signal in zip(series, now.index.intervals(), strongest, strict=True)
        if signal != NO and index is not None
    ]
    return tuple(
        sorted(raised, key=lambda one: (one.signal != "certain", -one.index.lower, one.code, one.member))
    )


@dataclass(frozen=True, slots=True)
class _Series:
    """The figures of one member and typology that have an upper bound, the oldest first."""

    code: str
    member: str
    figures: tuple[Figure, ...]


def _counted(found: Profiles, code: str, member: str) -> _Series | None:
    """Give a series that can be judged: up to the newest period, long enough, of counts that are not usual here."""
    every = (found.figures.get((code, member, period)) for period in reversed(found.periods))
    figures = tuple(one for one in every if one is not None and one.upper is not None)
    newest = found.figures.get((code, member, found.periods[0]))
    if len(figures) <= MIN_HISTORY + 1 or newest is None or newest.upper is None:
        return None
    if max(one.upper or 0 for one in figures) > MOST_COUNTED:
        return None
    before = figures[-HISTORY - 1 : -1]
    if sum(one.lower or 0 for one in before) > MOST_USUAL * len(before):
        return None
    return _Series(code, member, figures)


def _novelty(series: Sequence[Sequence[Figure]]) -> tuple[Novelty, Cells, Integers]:
    """Judge the last of each series by at most `HISTORY` periods before it."""
    windows = [one[-HISTORY - 1 : -1] for one in series]
    before = Cells(
        np.array([sum(one.lower or 0 for one in window) for window in windows], np.int64),
        np.array([sum(one.upper or 0 for one in window) for window in windows], np.int64),
    )
    exposure = np.array([[1] * len(windows), [len(window) for window in windows]], np.int64)
    count = Cells(
        np.array([one[-1].lower or 0 for one in series], np.int64),
        np.array([one[-1].upper or 0 for one in series], np.int64),
    )
    return novelty(count, before, exposure, PRIOR), before, exposure


def _margin(part: Cells, names: Sequence[str]) -> Cells:
    """Give each cell the sum of the cells of its name."""
    of = {name: place for place, name in enumerate(dict.fromkeys(names))}
    places = np.array([of[name] for name in names])
    sums = [np.zeros(len(of), np.int64) for _ in range(2)]
    for total, bound in zip(sums, (part.low, part.high), strict=True):
        np.add.at(total, places, bound)
    return Cells(*(total[places] for total in sums))


def _is_by_typology(flow: Dataflow) -> bool:
    return {TYPOLOGY, "COUNTERPART_AREA", "MEASURE"} <= set(flow.cells.dimensions)


def _by_typology(flow: Dataflow) -> dict[str, str | tuple[str, ...]]:
    """What the cells by typology alone have in their dimensions: the whole of every other cut."""
    cuts = {cut: TOTAL for cut in flow.cuts if cut not in {TYPOLOGY, "COUNTERPART_AREA"}}
    return {TYPOLOGY: _second_level(), **cuts}


@cache
def _second_level() -> tuple[str, ...]:
    codes = registry.codelist("CL_METHOD")
    return tuple(code.id for code in codes if len(broader(codes, code.id)) == 1)
