"""Cells as dense arrays: one cube of whole numbers for each measure and direction of a dataflow.

Invariants: a cell that nobody gave is told apart from one that has no bound and from one that two live bundles dispute
(`UNKNOWN`): neither is ever a zero; a withheld cell is two bounds; axes are sorted texts, so the order of the inputs
decides nothing. Counterparts are the members that report and
the whole of all; other areas are in no figure here. Whole counterpart and whole facet are always on their axes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from risk_models.errors import InvalidInput
from risk_models.indicators.monotone import Cells
from risk_models.numerics.series import Flags
from risk_models.observations import Conflict, ModelInput, refuse_other_reporters
from schemas.registry import dataflow
from schemas.structure import MEASURE, Dataflow

Codes = npt.NDArray[Any]
"""Whole numbers, int64."""
State = npt.NDArray[Any]
"""`ABSENT`, `KNOWN` or `UNKNOWN`, uint8."""
ABSENT, KNOWN, UNKNOWN = np.uint8(0), np.uint8(1), np.uint8(2)
PERIOD, REPORTER, COUNTERPART, DIRECTION = "TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION"
_NAMED = frozenset({PERIOD, REPORTER, COUNTERPART, DIRECTION, MEASURE})
# Of one dataflow: as many places as its axes span. Beyond it a node would need more memory than it has.
MOST_PLACES = 1 << 28
# A flag for every possible number instead of a sort, where there are not so many more of them than rows.
_MOST_FLAGS = 16


@dataclass(frozen=True, slots=True)
class Axes:
    """What the places of a cube stand for, in order. Of a dataflow without counterparts there is one, empty."""

    periods: tuple[str, ...]
    facets: tuple[str, ...]
    reporters: tuple[str, ...]
    counterparts: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Lengths, in order."""
        return len(self.periods), len(self.facets), len(self.reporters), len(self.counterparts)


@dataclass(frozen=True, slots=True)
class Cube:
    """Bounds and state of every place: (periods, facets, reporters, counterparts), int64 in the measure's unit."""

    low: Codes
    high: Codes
    state: State

    @property
    def is_known(self) -> Flags:
        """Where a cell is given with two bounds."""
        return np.asarray(self.state == KNOWN, np.bool_)

    def at(self, place: Any) -> Cells:
        """The cells of some places; zeros where none is known."""
        return Cells(np.asarray(self.low[place]), np.asarray(self.high[place]))


@dataclass(frozen=True, slots=True)
class Panel:
    """The cubes of one dataflow by measure and direction ("" where it has none).

    place: the flat place of every place. conflicts: cells that live bundles dispute.
    """

    flow: Dataflow
    axes: Axes
    place: Codes
    cubes: Mapping[tuple[str, str], Cube]
    conflicts: tuple[Conflict, ...]

    def cube(self, measure: str, direction: str) -> Cube:
        """One cube; an empty one of a measure that nobody gave."""
        found = self.cubes.get((measure, direction))
        if found is not None:
            return found
        nothing = np.zeros(self.axes.shape, np.int64)
        return Cube(nothing, nothing, np.zeros(self.axes.shape, np.uint8))

    def during(self, periods: slice) -> Panel:
        """The same of some periods that follow one another, without a copy of any cell."""
        axes = replace(self.axes, periods=self.axes.periods[periods])
        cubes = {
            key: Cube(one.low[periods], one.high[periods], one.state[periods])
            for key, one in self.cubes.items()
        }
        place = self.place.ravel()[: int(np.prod(axes.shape))].reshape(axes.shape)
        return Panel(self.flow, axes, place, cubes, ())

    @property
    def whole_counterpart(self) -> int:
        """The place of the whole of all counterparts."""
        return self.axes.counterparts.index(whole_of_counterparts(self.flow))

    @property
    def whole_facet(self) -> int:
        """The place of the facet that nothing narrows."""
        return self.axes.facets.index("/".join(self.flow.whole(name) for name in particular(self.flow)))

    def facet(self, codes: Mapping[str, str]) -> int | None:
        """The place of the facet that is narrowed by these codes and by nothing else; None if nobody gave it."""
        parts = (codes.get(name, self.flow.whole(name)) for name in particular(self.flow))
        text = "/".join(parts)
        return self.axes.facets.index(text) if text in self.axes.facets else None


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one bundle: flat place over all cubes, bounds, and whether there is an upper one."""

    place: Codes
    low: Codes
    high: Codes
    is_bounded: Flags


def particular(flow: Dataflow) -> tuple[str, ...]:
    """The dimensions that a facet joins."""
    return tuple(name for name in flow.cells.dimensions if name not in _NAMED)


def whole_of_counterparts(flow: Dataflow) -> str:
    """The code of the whole of all counterparts; empty for a dataflow without counterparts."""
    return flow.whole(COUNTERPART) if COUNTERPART in flow.cells.dimensions else ""


def panel_of(
    dataflow_id: str,
    inputs: Iterable[ModelInput],
    measures: Collection[str],
    periods: Collection[str],
    reporters: Sequence[str],
) -> Panel:
    """Read the cells of these measures and periods into cubes.

    reporters: the members that report in any period, sorted: the same axis whichever of their bundles are read here.

    Raises:
        InvalidInput: a table speaks for another member than its originator, or the cubes would be too large.
    """
    flow = dataflow(dataflow_id)
    ordered = sorted(inputs, key=lambda given: (given.originator, given.bundle_digest))
    tables = [_Encoded.of(given, flow) for given in ordered]
    keys = sorted({key for table in tables for key in table.cube_keys(measures)})
    partners = {whole_of_counterparts(flow), *(reporters if COUNTERPART in flow.cells.dimensions else ())}
    wanted = {code for table in tables for code in table.codes(PERIOD)} & set(periods)
    facets = _Facets.of(tables, flow)
    axes = Axes(tuple(sorted(wanted)), facets.texts, tuple(reporters), tuple(sorted(partners)))
    _refuse_beyond(axes, len(keys), flow)
    rows = [table.rows(axes, keys, places) for table, places in zip(tables, facets.places, strict=True)]
    low, high, state, disputed = _filled(rows, (len(keys), *axes.shape))
    cubes = {key: Cube(low[at], high[at], state[at]) for at, key in enumerate(keys)}
    digests = [given.bundle_digest for given in ordered]
    conflicts = [
        _conflict(flow, axes, keys, place, [digests[at] for at in who]) for place, who in disputed.items()
    ]
    place = np.arange(int(np.prod(axes.shape)), dtype=np.int64).reshape(axes.shape)
    return Panel(flow, axes, place, cubes, tuple(sorted(conflicts)))


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A table whose texts are dictionaries."""

    originator: str
    columns: Mapping[str, tuple[list[str], Codes]]
    low: Codes
    high: Codes
    is_bounded: Flags

    @classmethod
    def of(cls, given: ModelInput, flow: Dataflow) -> _Encoded:
        columns = {name: _dictionary(given.table.column(name)) for name in flow.cells.dimensions}
        refuse_other_reporters(given, columns[REPORTER][0])
        upper = given.table.column("OBS_UPPER").combine_chunks()
        return cls(
            given.originator,
            columns,
            given.table.column("OBS_LOWER").to_numpy(),
            upper.fill_null(0).to_numpy(zero_copy_only=False),
            upper.is_valid().to_numpy(zero_copy_only=False),
        )

    def codes(self, name: str) -> list[str]:
        return self.columns[name][0]

    def cube_keys(self, measures: Collection[str]) -> set[tuple[str, str]]:
        directions = self.codes(DIRECTION) if DIRECTION in self.columns else [""]
        return {
            (measure, way) for measure in self.codes(MEASURE) if measure in measures for way in directions
        }

    def rows(self, axes: Axes, keys: Sequence[tuple[str, str]], facets: Codes) -> _Rows:
        """The rows that have a place."""
        cube = self._cube_places(keys)
        places = [cube, self._places(PERIOD, axes.periods), facets]
        places.append(np.full(len(self.low), axes.reporters.index(self.originator)))
        places.append(
            self._places(COUNTERPART, axes.counterparts)
            if COUNTERPART in self.columns
            else np.zeros(len(self.low), np.int64)
        )
        some = np.ones(len(self.low), np.bool_)
        flat = np.zeros(len(self.low), np.int64)
        for place, length in zip(places, (len(keys), *axes.shape), strict=True):
            some &= place >= 0
            flat = flat * length + place
        if bool(some.all()):
            return _Rows(flat, self.low, self.high, self.is_bounded)
        return _Rows(flat[some], self.low[some], self.high[some], self.is_bounded[some])

    def _cube_places(self, keys: Sequence[tuple[str, str]]) -> Codes:
        measures, ways = self.columns[MEASURE], self.columns.get(DIRECTION, ([""], None))
        table = np.array([[_index(keys, (one, way)) for way in ways[0]] for one in measures[0]], np.int64)
        table = table.reshape(len(measures[0]), len(ways[0]))
        return np.asarray(table[measures[1], 0 if ways[1] is None else ways[1]])

    def _places(self, name: str, axis: Sequence[str]) -> Codes:
        known = {code: place for place, code in enumerate(axis)}
        codes, rows = self.columns[name]
        return np.array([known.get(code, -1) for code in codes] or [-1], np.int64)[rows]


@dataclass(frozen=True, slots=True)
class _Facets:
    """All facets of some tables: their texts in order, and the place of each row of each table."""

    codes: tuple[Mapping[str, int], ...]
    names: tuple[str, ...]
    texts: tuple[str, ...]
    places: tuple[Codes, ...]

    @classmethod
    def of(cls, tables: Sequence[_Encoded], flow: Dataflow) -> _Facets:
        names = particular(flow)
        axes = [
            sorted({flow.whole(name), *(code for table in tables for code in table.codes(name))})
            for name in names
        ]
        codes = tuple({code: place for place, code in enumerate(axis)} for axis in axes)
        draft = cls(codes, names, (), ())
        whole = 0
        for known, name in zip(codes, names, strict=True):
            whole = whole * len(known) + known[flow.whole(name)]
        rows = tuple(draft._combined(table) for table in tables)
        numbers = np.unique(np.concatenate([np.array([whole], np.int64), *map(_distinct, rows)]))
        by_text = sorted((draft._text(one, axes), one) for one in numbers.tolist())
        at = {one: place for place, (_, one) in enumerate(by_text)}
        places = np.array([at[one] for one in numbers.tolist()], np.int64)
        texts = tuple(text for text, _ in by_text)
        return cls(codes, names, texts, tuple(_met(numbers, places, row) for row in rows))

    def _combined(self, table: _Encoded) -> Codes:
        """The codes of each row as one number."""
        flat = np.zeros(len(table.low), np.int64)
        for known, name in zip(self.codes, self.names, strict=True):
            codes, rows = table.columns[name]
            flat = flat * len(known) + np.array([known[code] for code in codes] or [0], np.int64)[rows]
        return flat

    def _text(self, combined: int, axes: Sequence[Sequence[str]]) -> str:
        parts: list[str] = []
        for axis in reversed(axes):
            combined, place = divmod(combined, len(axis))
            parts.append(axis[place])
        return "/".join(reversed(parts))


def _filled(
    rows: Sequence[_Rows], shape: tuple[int, ...]
) -> tuple[Codes, Codes, State, Mapping[int, list[int]]]:
    """Put every bundle's cells at their places; where two differ, neither counts, and both are named."""
    size = int(np.prod(shape))
    low: Codes = np.zeros(size, np.int64)
    high: Codes = np.zeros(size, np.int64)
    state: State = np.zeros(size, np.uint8)
    disputed: set[int] = set()
    for one in rows:
        fresh = state[one.place] == ABSENT
        if not bool(fresh.all()):
            disputed.update(_differing(one, fresh, (low, high, state)))
        some = one.place[fresh]
        low[some], high[some] = one.low[fresh], one.high[fresh]
        state[some] = np.where(one.is_bounded[fresh], KNOWN, UNKNOWN)
    places = np.array(sorted(disputed), np.int64)
    low[places], high[places], state[places] = 0, 0, UNKNOWN
    if bool((state == UNKNOWN).any()):
        low, high = (np.where(state == KNOWN, part, 0) for part in (low, high))
    return low.reshape(shape), high.reshape(shape), state.reshape(shape), _disputing(rows, places)


def _differing(one: _Rows, fresh: Flags, known: tuple[Codes, Codes, State]) -> list[int]:
    """The places of which a bundle says something else than one before it."""
    low, high, state = (part[one.place] for part in known)
    same = (low == one.low) & (high == one.high) & ((state == KNOWN) == one.is_bounded)
    return [int(place) for place in one.place[~fresh & ~same]]


def _disputing(rows: Sequence[_Rows], places: Codes) -> Mapping[int, list[int]]:
    """Of each disputed place, the bundles that give it."""
    found: dict[int, list[int]] = {place: [] for place in places.tolist()}
    for at, one in enumerate(rows):
        for place in np.intersect1d(one.place, places).tolist() if places.size else ():
            found[place].append(at)
    return found


def _conflict(
    flow: Dataflow, axes: Axes, keys: Sequence[tuple[str, str]], place: int, digests: Sequence[str]
) -> Conflict:
    at = [int(one) for one in np.unravel_index(place, (len(keys), *axes.shape))]
    (measure, direction), period = keys[at[0]], axes.periods[at[1]]
    named = dict(zip(particular(flow), axes.facets[at[2]].split("/"), strict=True))
    named |= {PERIOD: period, REPORTER: axes.reporters[at[3]], COUNTERPART: axes.counterparts[at[4]]}
    named |= {DIRECTION: direction, MEASURE: measure}
    return Conflict(flow.id, tuple(named[name] for name in flow.cells.dimensions), tuple(sorted(digests)))


def _distinct(numbers: Codes) -> Codes:
    """The distinct numbers, without sorting where they are small."""
    top = int(numbers.max(initial=0))
    if top > _MOST_FLAGS * len(numbers):
        return np.unique(numbers)
    is_there = np.zeros(top + 1, np.bool_)
    is_there[numbers] = True
    return np.flatnonzero(is_there)


def _met(known: Codes, places: Codes, numbers: Codes) -> Codes:
    """The place of each number."""
    if int(known[-1]) > _MOST_FLAGS * len(numbers):
        return np.asarray(places[np.searchsorted(known, numbers)])
    table = np.zeros(int(known[-1]) + 1, np.int64)
    table[known] = places
    return np.asarray(table[numbers])


def _dictionary(column: Any) -> tuple[list[str], Codes]:
    encoded = column.chunk(0) if column.num_chunks == 1 else column.unify_dictionaries().combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)


def _index(keys: Sequence[tuple[str, str]], key: tuple[str, str]) -> int:
    return keys.index(key) if key in keys else -1


def _refuse_beyond(axes: Axes, cubes: int, flow: Dataflow) -> None:
    places = int(np.prod([float(length) for length in axes.shape])) * cubes
    if places > MOST_PLACES:
        raise InvalidInput(
            "The cells of a dataflow span too many combinations.",
            detail=f"{flow.id}: {places} places, at most {MOST_PLACES}.",
            hint="Leave the dataflow out of the model, or retract bundles whose cells nobody needs.",
        )
