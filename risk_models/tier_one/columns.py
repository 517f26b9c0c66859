"""Figures as columns: where each stands, and its bounds as whole numbers of nine digits and powers of ten.

Invariants: rows stand in the order of their places; a number that counts for nothing is zero; what a digest covers are
these columns in one byte layout, little endian, over the codes that a block uses and no others: the same on every
processor, and the same however much is computed beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from risk_models.certified import Quantised
from risk_models.indicators.monotone import Figures
from risk_models.numerics.series import Flags, Signals
from risk_models.tier_one.cubes import Axes, Codes
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex

# Whose cells a figure is made of: its reporter's, those of both ends of its corridor, or those of every member.
Reach = Literal["reporter", "pair", "region"]
VALUE, CONFIDENCE, P = "value", "confidence", "p"
_DEFINED, _HAS_UPPER, _SUFFICIENT = 1, 2, 4
# Fewer figures than one in so many places: it is quicker to look at the figures than at the places.
_FEW = 8
_LITTLE = ("<i4", "<i2", "<i4", "<i2")


@dataclass(frozen=True, slots=True)
class Found:
    """Figures of one indicator at places of a cube.

    label: what is counted: direction, measure and dataflow. suffix: which of several figures of the indicator. place:
    flat places in the cube; a figure of a member by itself stands at the whole counterpart. bounds: by `VALUE`,
    `CONFIDENCE` and `P`. reach: whose cells it is made of.
    """

    indicator: str
    label: str
    axes: Axes
    place: Codes
    bounds: Mapping[str, Figures]
    is_sufficient: Flags
    reach: Reach
    suffix: str = ""
    signal: Signals | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """What says in which order the figures of a block stand."""
        return self.indicator, self.label, self.suffix


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one `Found` in one period: its axes cut to what is used, and columns as they are hashed.

    codes: digest of the codes of its axes. place: flat, over facets, reporters and counterparts. numbers: by kind of
    bound, mantissa and exponent below, then above. flags: a byte each: has a value, has an upper bound, is sufficient.
    """

    found: Found
    axes: Axes
    codes: str
    place: Codes
    flags: Mapping[str, Any] = field(hash=False)
    numbers: Mapping[str, tuple[Any, Any, Any, Any]] = field(hash=False)
    signal: Any

    def hashed(self, state: Any) -> None:
        """Add everything that is said here to a digest."""
        header = {
            "figure": self.found.order,
            "period": self.axes.periods,
            "axes": self.codes,
            "columns": sorted(self.numbers),
            "reach": self.found.reach,
            "rows": len(self.place),
        }
        state.update(canonical_json(header))
        state.update(np.ascontiguousarray(self.place).data)
        for name in sorted(self.numbers):
            state.update(self.flags[name].data)
            for number in self.numbers[name]:
                state.update(number.data)
        state.update(self.signal.data)


@dataclass(frozen=True, slots=True)
class _Cut:
    """Facets, reporters and counterparts that are used, each place in them, and the digest of their codes."""

    texts: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    local: Codes
    hashed: str


def parts_of(found: Found, wanted: Collection[str]) -> list[Part]:
    """Cut figures by period, for the periods that are wanted and have any."""
    found = _in_order(found)
    periods, *lengths = found.axes.shape
    inner = int(np.prod(lengths))
    ends = np.searchsorted(found.place, np.arange(periods + 1) * inner)
    uses = _uses(found)
    flags, numbers = _hashable(found)
    signal = np.zeros(0, np.int8) if found.signal is None else found.signal.astype(np.int8)
    parts, cuts = [], dict[bytes, _Cut]()
    for at, period in enumerate(found.axes.periods):
        rows = slice(int(ends[at]), int(ends[at + 1]))
        if period not in wanted or rows.start == rows.stop:
            continue
        used = [use[at] for use in uses]
        key = b"".join(one.tobytes() for one in used)
        cut = cuts[key] if key in cuts else cuts.setdefault(key, _cut(found.axes, used))
        parts.append(
            Part(
                found,
                Axes((period,), *cut.texts),
                cut.hashed,
                cut.local[found.place[rows] - at * inner],
                {name: one[rows] for name, one in flags.items()},
                {
                    name: (one[0][rows], one[1][rows], one[2][rows], one[3][rows])
                    for name, one in numbers.items()
                },
                signal[rows],
            )
        )
    return parts


def new_digest() -> Any:
    """The digest that `Part.hashed` adds to."""
    return hashlib.sha256()


def taken(figures: Figures, some: Any) -> Figures:
    """Figures at some places of a vector."""
    low, high = (
        Quantised(one.mantissa[some], one.exponent[some], one.repeated) for one in (figures.low, figures.high)
    )
    return Figures(low, high, figures.is_defined[some], figures.has_upper[some])


def kept(found: Found, some: Any) -> Found:
    """Figures at some places, in the order given."""
    return replace(
        found,
        place=found.place[some],
        bounds={name: taken(one, some) for name, one in found.bounds.items()},
        is_sufficient=found.is_sufficient[some],
        signal=None if found.signal is None else found.signal[some],
    )


def _in_order(found: Found) -> Found:
    if bool((found.place[1:] > found.place[:-1]).all()):
        return found
    return kept(found, np.argsort(found.place, kind="stable"))


def _uses(found: Found) -> list[Flags]:
    """Which facets, reporters and counterparts are used in each period."""
    shape = found.axes.shape
    if len(found.place) * _FEW > int(np.prod(shape)):
        used = np.zeros(int(np.prod(shape)), np.bool_)
        used[found.place] = True
        cube = used.reshape(shape)
        return [np.asarray(cube.any(axis=others)) for others in ((2, 3), (1, 3), (1, 2))]
    period, *places = np.unravel_index(found.place, shape)
    uses = [np.zeros((shape[0], length), np.bool_) for length in shape[1:]]
    for use, place in zip(uses, places, strict=True):
        use[period, place] = True
    return uses


def _cut(axes: Axes, uses: Sequence[Flags]) -> _Cut:
    """The axes that are used, and the place in them of every place of the whole."""
    texts = (axes.facets, axes.reporters, axes.counterparts)
    cut = [
        tuple(code for code, is_used in zip(codes, use.tolist(), strict=True) if is_used)
        for codes, use in zip(texts, uses, strict=True)
    ]
    local = np.zeros((1, 1, 1), np.int64)
    for dimension, use in enumerate(uses):
        places = np.cumsum(use) - 1
        shape = [1, 1, 1]
        shape[dimension] = len(use)
        local = local * max(len(cut[dimension]), 1) + places.reshape(shape)
    return _Cut((cut[0], cut[1], cut[2]), np.asarray(local.ravel(), "<i4"), sha256_hex(canonical_json(cut)))


def _hashable(found: Found) -> tuple[dict[str, Any], dict[str, tuple[Any, Any, Any, Any]]]:
    flags, numbers = {}, {}
    for name, one in found.bounds.items():
        has_upper = one.is_defined & one.has_upper
        low, high = _blanked(one.low, one.is_defined), _blanked(one.high, has_upper)
        columns = (low.mantissa, low.exponent, high.mantissa, high.exponent)
        numbers[name] = tuple(column.astype(kind) for column, kind in zip(columns, _LITTLE, strict=True))
        flags[name] = (
            one.is_defined * np.uint8(_DEFINED)
            + has_upper * np.uint8(_HAS_UPPER)
            + found.is_sufficient * np.uint8(_SUFFICIENT)
        ).astype(np.uint8)
    return flags, numbers  # type: ignore[return-value]


def _blanked(numbers: Quantised, given: Flags) -> Quantised:
    """Zeros where nothing is given."""
    if bool(given.all()):
        return numbers
    return Quantised(numbers.mantissa * given, numbers.exponent * given, numbers.repeated)
