"""Cells of some sections of several bundles, put together column by column when a column is asked for.

Invariants: every cell of the sections is there once, with its originator and bundle; a column's codes are places in one
list of texts, whatever lists the bundles have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from node.ports.ledger import Bundle
from node.services.arranged import AREAS, CELLS, FIRST, PERIOD, Arranged
from schemas.arrow import arrow_schema
from schemas.structure import DataStructure

ORIGINATOR, BUNDLE = "ORIGINATOR", "BUNDLE"
TELLING = "TELLING"
VALUE = "OBS_VALUE"


@dataclass(frozen=True, slots=True)
class Rows:
    """Which cells count, by their areas.

    areas: column and the codes it may have. is_own: only what a member says of itself as the reporter.
    """

    areas: tuple[tuple[str, tuple[str, ...]], ...] = ()
    is_own: bool = False


EVERY = Rows()


def between(members: Collection[str]) -> Rows:
    """Give the cells of which both areas are members."""
    return Rows(tuple((name, tuple(members)) for name in AREAS))


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of several bundles: its texts; `places` leads to them from each bundle's own, which `begins` there."""

    texts: tuple[str | None, ...]
    places: NDArray[np.int32]
    begins: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stand:
    """Bundles beside one another: their arrangements, and the columns that they code each in its own way."""

    structure: DataStructure
    bundles: tuple[Bundle, ...]
    arranged: tuple[Arranged, ...]
    coded: Mapping[str, Coded]

    @property
    def nbytes(self) -> int:
        """What it takes of memory beside the arrangements, about."""
        return sum(one.places.nbytes + 64 * len(one.texts) for one in self.coded.values()) + 1024


def stand_of(structure: DataStructure, bundles: Sequence[Bundle], arranged: Sequence[Arranged]) -> Stand:
    """Put bundles beside one another."""
    names = list(dict.fromkeys(name for one in arranged for name in one.codes))
    return Stand(structure, tuple(bundles), tuple(arranged), {name: _coded(name, arranged) for name in names})


class Found:
    """The cells of some sections; `sections` has `FIRST`, `CELLS` and, in `BUNDLE`, the bundle's place in the stand."""

    def __init__(self, stand: Stand, sections: pa.Table) -> None:
        first, counts, bundles = (sections.column(name).to_numpy() for name in (FIRST, CELLS, BUNDLE))
        self._stand, self._sections = stand, sections
        self._slices = [
            (stand.arranged[bundle], slice(begin, begin + count))
            for bundle, begin, count in zip(bundles.tolist(), first.tolist(), counts.tolist(), strict=True)
        ]
        self._bundle = np.repeat(bundles, counts)
        self._section = np.repeat(np.arange(len(counts)), counts)
        self._known: dict[str, NDArray[Any]] = {}

    def by_period(self, rows: Rows) -> pa.Table:
        """Count cells (`CELLS`), and those that say more than zero (`TELLING`), by period and originator."""
        kept, many = self._kept(rows), max(1, len(self._stand.bundles))
        place = (self._codes(PERIOD).astype(np.int64) * many + self._bundle)[kept]
        says = telling(self._other(VALUE)).to_numpy(zero_copy_only=False)[kept]
        cells, more = np.bincount(place), np.bincount(place, weights=says)
        found = np.flatnonzero(cells)
        period, bundle = np.divmod(found, many)
        texts = [self._stand.coded[PERIOD].texts[one] for one in period.tolist()]
        speakers = [self._stand.bundles[one].originator for one in bundle.tolist()]
        return pa.table(
            {
                PERIOD: pa.array(texts, pa.string()),
                ORIGINATOR: pa.array(speakers, pa.string()),
                CELLS: pa.array(cells[found], pa.int64()),
                TELLING: pa.array(more[found].astype(np.int64), pa.int64()),
            }
        )

    def table(self, rows: Rows = EVERY, period: str | None = None) -> pa.Table:
        """Give the cells as `services.cells.cells` does: those of one period, if it is named."""
        kept = self._kept(rows)
        if period is not None:
            kept &= self._is_among(PERIOD, (period,))
        places = np.flatnonzero(kept)
        schema = arrow_schema(self._stand.structure)
        schema = schema.append(pa.field(ORIGINATOR, pa.string())).append(pa.field(BUNDLE, pa.string()))
        if not len(places):
            return schema.empty_table()
        return pa.table({field.name: self._column(field, places) for field in schema}, schema=schema)

    def _column(self, field: Any, places: NDArray[Any]) -> Any:
        stand = self._stand
        if field.name in stand.coded:
            texts: Any = pa.array(stand.coded[field.name].texts, pa.string())
            return texts.take(pa.array(self._codes(field.name)[places]))
        if field.name in {ORIGINATOR, BUNDLE}:
            named = [one.originator if field.name == ORIGINATOR else one.digest for one in stand.bundles]
            return pa.array(named, pa.string()).take(pa.array(self._bundle[places], pa.int64()))
        if field.name in self._sections.column_names:
            column: Any = self._sections.column(field.name)
            return column.take(pa.array(self._section[places], pa.int64()))
        return self._other(field.name).take(pa.array(places, pa.int64()))

    def _kept(self, rows: Rows) -> NDArray[np.bool_]:
        kept = np.ones(len(self._bundle), bool)
        for name, codes in rows.areas:
            kept &= self._is_among(name, codes)
        if rows.is_own and len(kept):
            texts = self._stand.coded[AREAS[0]].texts
            own = [
                texts.index(one.originator) if one.originator in texts else -1 for one in self._stand.bundles
            ]
            kept &= self._codes(AREAS[0]) == np.array(own)[self._bundle]
        return kept

    def _is_among(self, name: str, codes: Collection[str]) -> NDArray[np.bool_]:
        if not len(self._bundle):
            return np.zeros(0, bool)
        wanted = np.array([text in codes for text in self._stand.coded[name].texts], bool)
        found: NDArray[np.bool_] = wanted[self._codes(name)]
        return found

    def _codes(self, name: str) -> NDArray[Any]:
        if name not in self._known:
            coded = self._stand.coded.get(name)
            if coded is None or not self._slices:
                return np.zeros(0, np.int32)
            own = np.concatenate([one.codes[name][part] for one, part in self._slices])
            self._known[name] = coded.places[coded.begins[self._bundle] + own]
        return self._known[name]

    def _other(self, name: str) -> Any:
        parts = [one.others[name][part] for one, part in self._slices]
        return pa.concat_arrays(parts) if parts else pa.array([], pa.int64())


def telling(value: Any) -> Any:
    """Say of each value whether it says more than zero: withheld ones do."""
    return pc.fill_null(pc.not_equal(value, pa.scalar(0)), pa.scalar(value=True))


def _coded(name: str, arranged: Sequence[Arranged]) -> Coded:
    texts: dict[str | None, int] = {}
    places: list[int] = []
    begins: list[int] = []
    for one in arranged:
        begins.append(len(places))
        places += [texts.setdefault(text, len(texts)) for text in one.texts.get(name, ())]
    return Coded(tuple(texts), np.array(places, np.int32), np.array(begins, np.int64))
