"""Blocks as tables: the coded one that is kept, and the one of texts that a page or an export asks for.

Invariants: a row says what its columns say and no more; texts are those of `exact.quantise`, grades those of
`schemas.interval.grade` over the nine digits that are published; the coded table gives the texts without the cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from risk_models.certified import Quantised
from risk_models.exact import quantise
from risk_models.figures import BOUNDS, COLUMNS, KEY, NO_COUNTERPART, UNCERTAINTY, VERDICT
from risk_models.numerics.series import scaled_alike
from risk_models.tier_one.blocks import Block
from risk_models.tier_one.columns import CONFIDENCE, VALUE, P, Part
from risk_models.tier_one.cubes import whole_of_counterparts
from schemas.registry import dataflow

_PAIRS = {VALUE: ("LOWER", "UPPER"), P: ("P_LOWER", "P_UPPER"), CONFIDENCE: ("CI_LOWER", "CI_UPPER")}
_NUMBERS = (*BOUNDS, *UNCERTAINTY)
_MANTISSA, _EXPONENT = "_MANTISSA", "_EXPONENT"
_PARTS = tuple(f"{name}{part}" for name in _NUMBERS for part in (_MANTISSA, _EXPONENT))
CODED = pa.schema(
    [(name, pa.int64() if name in _PARTS else pa.string()) for name in (*KEY, *VERDICT, *_PARTS)]
)
_STATUS = np.array(["undefined", "insufficient", "ok"])
_SIGNALS = np.array(["no", "possible", "certain"])
_DEFINED, _HAS_UPPER, _SUFFICIENT = 1, 2, 4
_TENTH, _HALF = 20, 4


def coded(block: Block) -> pa.Table:
    """The figures of a block as they are kept, `CODED`."""
    tables = [_coded(part, block) for part in block.parts or ()]
    return pa.concat_tables([CODED.empty_table(), *tables])


def is_coded(table: pa.Table) -> bool:
    """True if a table of results is a coded one."""
    return f"{BOUNDS[0]}{_MANTISSA}" in table.column_names


def as_texts(table: pa.Table) -> pa.Table:
    """A coded table with the columns of `figures.COLUMNS`, all text."""
    columns: dict[str, Any] = {name: table.column(name) for name in (*KEY, *VERDICT)}
    for name in _NUMBERS:
        pairs = zip(
            *(table.column(f"{name}{part}").to_pylist() for part in (_MANTISSA, _EXPONENT)), strict=True
        )
        texts = [_text(mantissa, exponent) for mantissa, exponent in pairs]
        columns[name] = pa.array(texts, pa.string())
    return pa.table({name: columns[name] for name in COLUMNS})


def _text(mantissa: int | None, exponent: int | None) -> str | None:
    return None if mantissa is None or exponent is None else quantise(Decimal(mantissa).scaleb(exponent))


def _coded(part: Part, block: Block) -> pa.Table:
    facets, reporters, counterparts = part.axes.facets, part.axes.reporters, part.axes.counterparts
    facet, rest = np.divmod(part.place, len(reporters) * len(counterparts))
    reporter, counterpart = np.divmod(rest, len(counterparts))
    whole = whole_of_counterparts(dataflow(part.found.label.rpartition("/")[2]))
    suffix = f"/{part.found.suffix}" if part.found.suffix else ""
    named = [f"{one}/{part.found.label}{suffix}".lstrip("/") for one in facets]
    partners = [NO_COUNTERPART if one in {whole, ""} else one for one in counterparts]
    status = _status(part)
    columns: dict[str, Any] = {
        "INDICATOR": _same(part.found.indicator, len(part.place)),
        "TIME_PERIOD": _same(part.axes.periods[0], len(part.place)),
        "REF_AREA": _of_codes(reporters, reporter),
        "COUNTERPART_AREA": _of_codes(partners, counterpart),
        "FACET": _of_codes(named, facet),
        "SIGNAL": _of_codes(_SIGNALS.tolist(), part.signal)
        if len(part.signal)
        else _same("", len(part.place)),
        "GRADE": _of_codes(["A", "B", "C", "D"], np.where(status == 2, _grades(part), 3)),  # noqa: PLR2004
        "STATUS": _of_codes(_STATUS.tolist(), status),
        "INPUTS": _inputs(part, block, reporter, counterpart),
    }
    columns |= _numbers(part)
    return pa.table({name: columns[name] for name in CODED.names}, schema=CODED)


def _status(part: Part) -> Any:
    flags = part.flags[VALUE]
    is_sufficient = (flags & _SUFFICIENT) > 0
    return np.where((flags & _DEFINED) > 0, np.where(is_sufficient, 2, 1), 0)


def _grades(part: Part) -> Any:
    """0 to 3 for A to D: twice the width against the sum of both ends, in whole numbers of one unit."""
    low, high = _quantised(part, 0), _quantised(part, 2)
    _, lower, upper = scaled_alike(low, high)
    width, size = upper - lower, np.abs(upper + lower)
    grades = np.where(width * _TENTH <= size, 1, np.where(width * _HALF <= size, 2, 3))
    grades = np.where(width == 0, 0, grades)
    return np.where((part.flags[VALUE] & _HAS_UPPER) > 0, grades, 3).astype(np.int64)


def _quantised(part: Part, first: int) -> Quantised:
    mantissa, exponent = part.numbers[VALUE][first : first + 2]
    return Quantised(mantissa.astype(np.int64), exponent.astype(np.int64), 0)


def _numbers(part: Part) -> Mapping[str, Any]:
    nothing = pa.nulls(len(part.place), pa.int64())
    columns = {f"{name}{what}": nothing for name in _NUMBERS for what in (_MANTISSA, _EXPONENT)}
    for kind, numbers in part.numbers.items():
        for end, name in enumerate(_PAIRS[kind]):
            needed = (_DEFINED, _HAS_UPPER)[end]
            is_absent = (part.flags[kind] & needed) == 0
            for what, column in zip((_MANTISSA, _EXPONENT), numbers[2 * end : 2 * end + 2], strict=True):
                columns[f"{name}{what}"] = pa.array(column.astype(np.int64), mask=is_absent)
    return columns


def _inputs(part: Part, block: Block, reporter: Any, counterpart: Any) -> Any:
    """The bundles of the members that a figure is made of, among those that its block reads."""
    if part.found.reach == "region":
        return _same(",".join(block.inputs), len(part.place))
    if part.found.reach == "reporter":
        texts = [",".join(block.givers.get(member, ())) for member in part.axes.reporters]
        return _of_codes(texts, reporter)
    texts = [
        ",".join(sorted({*block.givers.get(one, ()), *block.givers.get(other, ())}))
        for one in part.axes.reporters
        for other in part.axes.counterparts
    ]
    return _of_codes(texts, reporter * len(part.axes.counterparts) + counterpart)


def _same(text: str, count: int) -> Any:
    return pa.array([text] * count, pa.string())


def _of_codes(texts: Sequence[str], codes: Any) -> Any:
    return pa.array(texts, pa.string()).take(np.asarray(codes, np.int64))
