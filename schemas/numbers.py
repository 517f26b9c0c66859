"""Numbers written as text, read exactly.

Invariants: no binary float is involved; a text is read with exact decimals or not at all; a cell has at most
one problem, the first of: not a number, negative, too large, not whole (of money: too precise).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from schemas.masks import Cells, Mask, both, but_not, either, matches, only_where, pc, sure

# A count or an amount beyond these is a wrong unit, not a statistic; and sums over many rows stay in int64.
MAX_COUNT = 10**12
MAX_MINOR_UNITS = 10**16
MINOR_PER_UNIT = 100

_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
# Every text of this form has at most 37 digits on either side of the point, which decimal256(76, 37) holds.
_READABLE = r"^[+-]?([0-9]{1,19}(\.[0-9]{0,19})?|\.[0-9]{1,19})([eE][+-]?0*([0-9]|1[0-8]))?$"
_HUGE = r"^[+-]?[0-9]{20}|[eE]\+?0*(19|[2-9][0-9]|[1-9][0-9]{2,})$"
_LEADING_ZEROS = r"^([+-]?)0+([0-9])"
_TRAILING_ZEROS = r"^([+-]?[0-9]*\.[0-9]*?)0+$"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Values as int64 (empty where there is a problem), and for each rule the cells that break it."""

    values: Cells
    problems: dict[str, Mask]


@dataclass(frozen=True, slots=True)
class _Exact:
    """What was read: exact values, and the numbers that are too long to be read, by reason."""

    values: Cells
    is_text: Mask
    is_huge: Mask
    is_fine: Mask
    is_minus: Mask


def counts(text: Cells) -> Numbers:
    """Read whole numbers: `12`, `12.0` and `1e3` are whole, `12.5` is not."""
    exact = _exact(text)
    whole = pc.floor(exact.values)
    masks = _one_problem_each(exact, whole, limit=Decimal(MAX_COUNT))
    problems = {
        "count.not_integer": either(masks["not_number"], masks["off_grid"]),
        "count.negative": masks["negative"],
        "count.too_large": masks["large"],
    }
    sound = only_where(pc.invert(either(*problems.values())), whole)
    return Numbers(sound.cast(pa.decimal128(20, 0)).cast(pa.int64()), problems)


def money(text: Cells) -> Numbers:
    """Read amounts with at most two decimals, as minor units: `12.5` is 1250, `5.689852347E7` 5689852347."""
    exact = _exact(text)
    cut = exact.values.cast(pa.decimal256(76, 2), safe=False)
    masks = _one_problem_each(exact, cut, limit=Decimal(MAX_MINOR_UNITS // MINOR_PER_UNIT))
    problems = {
        "money.not_number": masks["not_number"],
        "money.negative": masks["negative"],
        "money.too_large": masks["large"],
        "money.too_precise": masks["off_grid"],
    }
    sound = only_where(pc.invert(either(*problems.values())), cut).cast(pa.decimal128(20, 2))
    minor = pc.multiply(sound, pa.scalar(Decimal(MINOR_PER_UNIT), pa.decimal128(3, 0)))
    return Numbers(minor.cast(pa.int64()), problems)


def amounts(text: Cells, is_money: Mask, is_count: Mask) -> Numbers:
    """Read each cell in the unit of its row: money where `is_money`, a count where `is_count`."""
    as_money, as_count = money(only_where(is_money, text)), counts(only_where(is_count, text))
    return Numbers(pc.coalesce(as_money.values, as_count.values), as_money.problems | as_count.problems)


def integers(values: Cells, is_money: Mask, is_count: Mask) -> Numbers:
    """Check int64 cells that need no reading (released cells): sign and size, in the unit of their row."""
    negative = sure(pc.less(values, 0))
    problems = {
        "money.negative": both(is_money, negative),
        "money.too_large": both(is_money, sure(pc.greater(values, MAX_MINOR_UNITS))),
        "count.negative": both(is_count, negative),
        "count.too_large": both(is_count, sure(pc.greater(values, MAX_COUNT))),
    }
    return Numbers(only_where(pc.invert(either(*problems.values())), values), problems)


def _exact(text: Cells) -> _Exact:
    is_number, readable = matches(text, _NUMBER), matches(text, _READABLE)
    if pc.any(but_not(is_number, readable)).as_py():
        # Zeros that say nothing may be what makes a text too long; without them it may be readable.
        text = pc.replace_substring_regex(text, _LEADING_ZEROS, r"\1\2")
        text = pc.replace_substring_regex(text, _TRAILING_ZEROS, r"\1")
        readable = matches(text, _READABLE)
    too_long = but_not(is_number, readable)
    is_huge = both(too_long, matches(text, _HUGE))
    return _Exact(
        values=only_where(readable, text).cast(pa.decimal256(76, 37)),
        is_text=but_not(pc.is_valid(text), is_number),
        is_huge=is_huge,
        is_fine=but_not(too_long, is_huge),
        is_minus=both(too_long, matches(text, "^-")),
    )


def _one_problem_each(exact: _Exact, grid: Cells, *, limit: Decimal) -> dict[str, Mask]:
    """Return disjoint masks; `grid` holds the values cut to the precision that is accepted."""
    kind = exact.values.type
    negative = either(exact.is_minus, sure(pc.less(exact.values, _scalar(0, kind))))
    large = either(exact.is_huge, sure(pc.greater(exact.values, _scalar(limit, kind))))
    off_grid = either(exact.is_fine, sure(pc.not_equal(grid.cast(kind), exact.values)))
    large = but_not(large, negative)
    return {
        "not_number": exact.is_text,
        "negative": negative,
        "large": large,
        "off_grid": but_not(but_not(off_grid, negative), large),
    }


def _scalar(value: Any, kind: pa.DataType) -> Any:
    return pa.scalar(Decimal(value), kind)
