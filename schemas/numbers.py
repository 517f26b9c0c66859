"""Numbers written as text, read exactly.

Invariants: no binary float is involved; a text is read with exact decimals or not at all; a cell has at most
one problem, the first of: not a number, negative, too large, not whole (of money: too precise).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from schemas.masks import Cells, Mask, both, but_not, either, matches, only_where, pc, sure

# A count or an amount beyond these is a wrong unit, not a statistic; and sums over many rows stay in int64.
MAX_COUNT = 10**12
MAX_MINOR_UNITS = 10**16
MINOR_PER_UNIT = 100
# Of so many digits neither a count nor an amount can be too large, and an int64 holds minor units of them.
_PLAIN_DIGITS = 12
# Of digits and a point it reads exactly two decimals and refuses a third that is not zero.
_MINOR_UNITS = pa.decimal64(18, 2)
_CAST_CHARACTERS = 17

_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
# Every text of this form has at most 37 digits on either side of the point, which decimal256(76, 37) holds.
_READABLE = r"^[+-]?([0-9]{1,19}(\.[0-9]{0,19})?|\.[0-9]{1,19})([eE][+-]?0*([0-9]|1[0-8]))?$"
_HUGE = r"^[+-]?[0-9]{20}|[eE]\+?0*(19|[2-9][0-9]|[1-9][0-9]{2,})$"
_LEADING_ZEROS = r"^([+-]?)0+([0-9])"
_TRAILING_ZEROS = r"^([+-]?[0-9]*\.[0-9]*?)0+$"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Values as int64 (empty where there is a problem), and the cells that break a rule, for each rule broken."""

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
    return _read(_whole(text), _plain_counts, lambda cells, _: _exact_counts(cells))


def money(text: Cells) -> Numbers:
    """Read amounts with at most two decimals, as minor units: `12.5` is 1250, `5.689852347E7` 5689852347."""
    return _read(_whole(text), _plain_money, lambda cells, _: _exact_money(cells))


def amounts(text: Cells, is_money: Mask, is_count: Mask) -> Numbers:
    """Read each cell in the unit of its row: money where `is_money`, a count where `is_count`."""
    text, is_money, is_count = (_whole(cells) for cells in (text, is_money, is_count))

    def plain(cells: Cells) -> Cells:
        minor = _plain_money(cells)
        units = pc.divide(minor, MINOR_PER_UNIT)
        is_whole = pc.equal(pc.multiply(units, MINOR_PER_UNIT), minor)
        return pc.if_else(is_money, minor, only_where(both(is_count, sure(is_whole)), units))

    def exact(cells: Cells, others: Mask) -> Numbers:
        as_money = _exact_money(only_where(is_money.filter(others), cells))
        as_count = _exact_counts(only_where(is_count.filter(others), cells))
        return Numbers(pc.coalesce(as_money.values, as_count.values), as_money.problems | as_count.problems)

    return _read(only_where(either(is_money, is_count), text), plain, exact)


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


def _read(text: Cells, plain: Callable[[Cells], Cells], exact: Callable[[Cells, Mask], Numbers]) -> Numbers:
    """Read the cells written plainly all at once, and the few others by exact decimals."""
    values = plain(text)
    if values.null_count == text.null_count:
        return Numbers(values, {})
    others = but_not(pc.is_valid(text), pc.is_valid(values))
    read = exact(text.filter(others), others)
    nowhere = pa.repeat(pa.scalar(value=False), len(text))
    problems = {rule: pc.replace_with_mask(nowhere, others, mask) for rule, mask in read.problems.items()}
    return Numbers(pc.replace_with_mask(values, others, read.values), problems)


def _whole(cells: Any) -> Cells:
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def _plain_counts(text: Cells) -> Cells:
    """Read what is a few digits and nothing else; every other cell is empty."""
    is_plain = both(pc.ascii_is_decimal(text), pc.less_equal(pc.binary_length(text), _PLAIN_DIGITS))
    return _only_plain(is_plain, text).cast(pa.int64())


def _plain_money(text: Cells) -> Cells:
    """Read a sound column at once; of another, what is a few digits with at most one point and two decimals."""
    # beyond so many characters, and with an exponent, the cast gives wrong numbers and says nothing
    is_short = (pc.max(pc.binary_length(text)).as_py() or 0) <= _CAST_CHARACTERS
    if not is_short or not pc.ascii_lower(text).equals(pc.ascii_upper(text)):
        return _plain_digits(text)
    try:
        minor = text.cast(_MINOR_UNITS).view(pa.int64())
    except pa.ArrowInvalid:
        return _plain_digits(text)
    ends = pc.min_max(minor).as_py()
    is_sound = (ends["min"] or 0) >= 0 and (ends["max"] or 0) <= MAX_MINOR_UNITS
    return minor if is_sound else _plain_digits(text)


def _plain_digits(text: Cells) -> Cells:
    """Read what is a few digits, with two decimals or with none; every other cell is empty."""
    has_cents = pc.equal(pc.binary_slice(text.cast(_bytes_of(text)), -3, -2), b".")
    digits = pc.if_else(has_cents, pc.binary_replace_slice(text, -3, -2, ""), text)
    is_plain = both(pc.ascii_is_decimal(digits), pc.less_equal(pc.binary_length(digits), _PLAIN_DIGITS))
    to_minor = pc.if_else(has_cents, 1, MINOR_PER_UNIT)
    return pc.multiply(_only_plain(is_plain, digits).cast(pa.int64()), to_minor)


def _bytes_of(text: Cells) -> pa.DataType:
    return pa.large_binary() if pa.types.is_large_string(text.type) else pa.binary()


def _only_plain(is_plain: Mask, cells: Cells) -> Cells:
    return cells if pc.all(is_plain, min_count=0).as_py() else only_where(is_plain, cells)


def _exact_counts(text: Cells) -> Numbers:
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


def _exact_money(text: Cells) -> Numbers:
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


def _exact(text: Cells) -> _Exact:
    is_number, readable = matches(text, _NUMBER), matches(text, _READABLE)
    if pc.any(but_not(is_number, readable)).as_py():
        # Zeros that say nothing may be what makes a text too long; without them it may be readable.
        shorter = pc.replace_substring_regex(text, _LEADING_ZEROS, r"\1\2")
        shorter = pc.replace_substring_regex(shorter, _TRAILING_ZEROS, r"\1")
        text = pc.if_else(readable, text, shorter)
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
