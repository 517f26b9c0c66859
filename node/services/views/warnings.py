"""Warnings: the series whose newest period is out of line, the most serious first, and one of them in full.

Invariants: an alarm is of the newest period judged of its series, so one that the next period does not repeat is over;
what is only possible is shown as level 1; how many series could not be judged is said beside those that could; what
moved all corridors of a reporter is said once and is no alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from node.errors import NotFound
from node.ports.ledger import live
from node.services import results as computed
from node.services.arranged import AREAS
from node.services.context import Context
from node.services.found import Rows
from node.services.indicators import EARLY_WARNING, shown
from node.services.results import Result, level_of
from node.services.rows import among, having
from node.services.shelf import Shelf
from node.services.views.acknowledged import Seen, seen
from node.services.views.deviations import Place, by_size, excesses_of, place
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.figure import Figure, figure
from node.services.views.standing import roll
from risk_models.early_warning.alarms import COMMON, EXCESS, LEVEL
from schemas import registry
from schemas.structure import Dataflow

SHOWN_AT_MOST = 50
HIGH = 2
_NARROWED = ("dataflow", "area")
_SAME = ("REF_AREA", "COUNTERPART_AREA", "FACET")
_CORRIDOR = frozenset({"TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", "MEASURE"})


@dataclass(frozen=True, slots=True)
class Alarm:
    """One series whose newest period alarms.

    fired: what its detectors say, those that signal only. excess: what was seen beyond what growth as usual would
    have given, in the unit of the series.
    """

    result: Result
    fired: tuple[Result, ...]
    excess: Result | None

    @property
    def level(self) -> int:
        """The level as it is acted on: 1 to 3."""
        return level_of(self.result)

    @property
    def dataflow(self) -> str:
        """The dataflow that the series is of."""
        return self.result.facets[-1]


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: what is chosen (empty: everything) and what leads to an alarm."""

    name: str
    chosen: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many series were judged, could not be (too short), and alarm: at a high level, at level 1."""

    judged: int
    too_short: int
    high: int
    low: int


@dataclass(frozen=True, slots=True)
class Warnings:
    """The page.

    has_results: False before the first computation. found: alarms of this choice, of which `alarms` are shown.
    moved: what all corridors of one reporter had in common in the newest period, where it moved.
    """

    has_results: bool
    counts: Counts
    moved: tuple[Result, ...]
    choices: tuple[Choice, ...]
    alarms: tuple[Alarm, ...]
    found: int
    seen: Seen
    evidence: Evidence

    @property
    def address(self) -> dict[str, str]:
        """What is chosen, as it stands in the address."""
        return {choice.name: choice.chosen for choice in self.choices if choice.chosen}


@dataclass(frozen=True, slots=True)
class WatchedPeriod:
    """One period of a series: its figure, and its level where it was judged."""

    time_period: str
    figure: Figure
    level: Result | None

    @property
    def is_alarm(self) -> bool:
        """True if the period alarms, certainly or possibly."""
        return self.level is not None and self.level.signal in computed.SIGNALS


@dataclass(frozen=True, slots=True)
class WarningPage:
    """One series in full: its periods, the newest first, and every detector's word on the newest judged one."""

    alarm: Alarm
    measure: str
    periods: tuple[WatchedPeriod, ...]
    detectors: tuple[Result, ...]
    seen: Seen
    evidence: Evidence


def counts(ctx: Context) -> Counts:
    """Count the series by what was found, for the overview."""
    return _judged(ctx).counts


def raised(table: pa.Table | None, own: str) -> list[Result]:
    """Give the newest level of every series that alarms: those of our own corridors first, then by urgency."""
    excesses = excesses_of(table)
    return sorted(
        _newest(table).raised,
        key=lambda one: (
            own not in {one.ref_area, one.counterpart_area},
            _urgency(own, one, excesses.get(place(one))),
        ),
    )


def warnings(
    ctx: Context, wanted: Mapping[str, str], now: datetime, *, at_most: int | None = SHOWN_AT_MOST
) -> Warnings:
    """Give the alarms of the wanted dataflow and reporter, or of all where none of them alarms; None: every one."""
    present = roll(ctx, now)
    table = computed.table(ctx, EARLY_WARNING)
    newest = _judged(ctx)
    kept, choices = _narrowed(newest.raised, wanted)
    excesses = computed.noted(ctx, "excesses", (table,), lambda: excesses_of(table))
    first = sorted(kept, key=lambda one: _urgency(ctx.member, one, excesses.get(place(one))))[:at_most]
    run = shown(ctx, EARLY_WARNING)
    used = named(live(ctx.ledger.bundles()), run.inputs if run is not None else ())
    return Warnings(
        has_results=table is not None,
        counts=newest.counts,
        moved=_moved(table, {choice.name: choice.chosen for choice in choices}),
        choices=choices,
        alarms=tuple(_alarms(table, first, excesses)),
        found=len(kept),
        seen=seen(ctx, EARLY_WARNING),
        evidence=evidence(used, present),
    )


def warning(ctx: Context, wanted: Mapping[str, str], now: datetime) -> WarningPage:
    """Give the series named by area, counterpart and facet, in the frequency of `period`; raises NotFound."""
    named_so = computed.where(
        computed.table(ctx, EARLY_WARNING),
        ref_area=wanted.get("area", ""),
        counterpart_area=wanted.get("counterpart", ""),
        facet=wanted.get("facet", ""),
    )
    series = [one for one in named_so if len(one.time_period) == len(wanted.get("period", ""))]
    levels = sorted((one for one in series if one.indicator == LEVEL), key=lambda one: one.time_period)
    if not levels:
        raise NotFound(
            "There is no such series in the newest computation", hint="Open it from its page again."
        )
    newest = levels[-1]
    detectors = tuple(
        one for one in series if one.time_period == newest.time_period and one.indicator != LEVEL
    )
    fired = tuple(one for one in detectors if one.signal in computed.SIGNALS)
    alarm = Alarm(newest, fired, next((one for one in detectors if one.indicator == EXCESS), None))
    bundles = named(ctx.ledger.bundles(), newest.inputs)
    return WarningPage(
        alarm=alarm,
        measure=newest.facets[-2],
        periods=_periods(ctx, alarm, {one.time_period: one for one in levels}),
        detectors=detectors,
        seen=seen(ctx, EARLY_WARNING),
        evidence=evidence(bundles, roll(ctx, now), expected=(newest.ref_area,)),
    )


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest level of every series: those that alarm, and how many were judged and could not be."""

    raised: list[Result]
    judged: int
    too_short: int

    @property
    def counts(self) -> Counts:
        """As the pages show it."""
        high = sum(level_of(one) >= HIGH for one in self.raised)
        return Counts(self.judged, self.too_short, high, len(self.raised) - high)


def _judged(ctx: Context) -> _Newest:
    """Read off the newest computation once; every page of warnings and the overview begin with it."""
    table = computed.table(ctx, EARLY_WARNING)
    return computed.noted(ctx, "newest levels", (table,), lambda: _newest(table))


def _newest(table: pa.Table | None) -> _Newest:
    """Only rows that alarm are read in full: thousands of series are quiet."""
    if table is None:
        return _Newest([], 0, 0)
    levels = having(table, "INDICATOR", LEVEL)
    names = ("TIME_PERIOD", *_SAME, "SIGNAL", "STATUS")
    newest: dict[tuple[str, str, str, int], tuple[str, int, str, str]] = {}
    columns = (levels.column(name).to_pylist() for name in names)
    for number, (period, area, counterpart, facet, signal, status) in enumerate(zip(*columns, strict=True)):
        key = (area, counterpart, facet, len(period))  # years, quarters and months are series apart
        held = newest.get(key)
        if held is None or held[0] < period:
            newest[key] = (period, number, signal, status)
    raised = [number for _, number, signal, _ in newest.values() if signal in computed.SIGNALS]
    judged = sum(status == computed.OK for *_, status in newest.values())
    rows = levels.take(pa.array(raised, pa.int64())).to_pylist()
    return _Newest([computed.result(row) for row in rows], judged, len(newest) - judged)


def _narrowed(raised: Sequence[Result], wanted: Mapping[str, str]) -> tuple[list[Result], tuple[Choice, ...]]:
    """Narrow by one filter after another; each offers only what occurs together with those before it."""
    kept, choices = list(raised), []
    for name in _NARROWED:
        options = tuple(sorted({_value(one, name) for one in kept}))
        chosen = wanted.get(name, "") if wanted.get(name, "") in options else ""
        choices.append(Choice(name, chosen, options))
        kept = [one for one in kept if not chosen or _value(one, name) == chosen]
    return kept, tuple(choices)


def _value(one: Result, name: str) -> str:
    return one.facets[-1] if name == "dataflow" else one.ref_area


def _urgency(own: str, one: Result, excess: Result | None) -> tuple[object, ...]:
    """The highest level first, then certain ones, the largest sums of money, the most cases, our own corridors."""
    return (
        -level_of(one),
        computed.SIGNALS[one.signal],
        by_size(one, excess),
        own not in {one.ref_area, one.counterpart_area},
        tuple(-ord(character) for character in one.time_period),
        (one.ref_area, one.counterpart_area, one.facet),
    )


def _moved(table: pa.Table | None, chosen: Mapping[str, str]) -> tuple[Result, ...]:
    """What the corridors of each reporter had in common, where it moved in the newest period of the choice."""
    if table is None:
        return ()
    found = [computed.result(row) for row in having(table, "INDICATOR", COMMON).to_pylist()]
    kept = [
        one for one in found if all(not code or _value(one, name) == code for name, code in chosen.items())
    ]
    newest: dict[int, str] = {}
    for one in kept:
        length = len(one.time_period)
        newest[length] = max(newest.get(length, ""), one.time_period)
    return tuple(one for one in kept if one.signal == "certain" and one.time_period in newest.values())


def _alarms(
    table: pa.Table | None, first: Sequence[Result], excesses: Mapping[Place, Result]
) -> Iterator[Alarm]:
    """Each alarm with its detectors that signal; the table is searched once for all of them."""
    if table is None or not first:
        return
    fired: dict[Place, list[Result]] = {}
    narrowed = among(among(table, "SIGNAL", tuple(computed.SIGNALS)), "FACET", [one.facet for one in first])
    for row in narrowed.to_pylist():
        if row["INDICATOR"] not in {LEVEL, COMMON}:
            found = computed.result(row)
            fired.setdefault(place(found), []).append(found)
    for one in first:
        yield Alarm(one, tuple(fired.get(place(one), ())), excesses.get(place(one)))


def _periods(ctx: Context, alarm: Alarm, levels: Mapping[str, Result]) -> tuple[WatchedPeriod, ...]:
    """The cells that the series was made of, in the frequency that was judged."""
    flow = registry.dataflow(alarm.dataflow)
    key = _key(flow, alarm.result)
    chosen = {name: code for name, code in key.items() if name not in AREAS}
    areas = Rows(tuple((name, (key[name],)) for name in AREAS))
    narrowed = Shelf(ctx, flow.id).found(chosen, alarm.result.inputs).table(areas)
    length = len(alarm.result.time_period)
    return tuple(
        WatchedPeriod(row["TIME_PERIOD"], figure(row), levels.get(row["TIME_PERIOD"]))
        for row in sorted(narrowed.to_pylist(), key=lambda row: row["TIME_PERIOD"], reverse=True)
        if len(row["TIME_PERIOD"]) == length
    )


def _key(flow: Dataflow, one: Result) -> dict[str, str]:
    particular = [name for name in flow.cells.dimensions if name not in _CORRIDOR]
    names = (*particular, "FLOW_DIRECTION", "MEASURE")
    areas = {"REF_AREA": one.ref_area, "COUNTERPART_AREA": one.counterpart_area}
    return areas | dict(zip(names, one.facets[:-1], strict=True))
