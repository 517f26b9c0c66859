"""What records are grouped by: the counterparts and flows beside one facet at a time, with all margins.

Invariants: a facet's codes and their parents are those of its packaged code list; every code stands at exactly
one depth of its list, so the cells of two groupings never have the same key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas.codelist import Codelist
from schemas.registry import codelist, structure
from schemas.structure import TOTAL

# Each is shown beside counterpart and direction, while the others stand at their whole.
FACETS = ("METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE")
KEY = ("TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", *FACETS)
# All counterparts together, and the counterpart that disclosure control adds; no record may claim either.
ALL_AREAS = "W1"
RESERVED_AREAS = ("_O", ALL_AREAS)
# The number of a facet's whole; the numbers of codes begin above it.
WHOLE = 0
_RECORDS = "FLOW_RECORD"
_NUMBERS = {"FACET": pa.string(), "CODE": pa.string(), "NUMBER": pa.int32()}
_PARTS = {"NUMBER": pa.int32(), "DEPTH": pa.int32(), "ABOVE": pa.int32()}


@dataclass(frozen=True, slots=True)
class Grouping:
    """One kind of cells: by the codes of a facet at one depth of its list (1 the highest), or by no facet.

    is_wide: all counterparts together, or each by itself.
    """

    facet: str | None
    depth: int
    is_wide: bool

    @property
    def place(self) -> str:
        """The column that says which counterpart and flow a record belongs to."""
        return "WIDE" if self.is_wide else "BLOCK"


@dataclass(frozen=True, slots=True)
class Numbering:
    """The codes of all facets by number.

    codes: the id of each number, the first one the whole of any facet. numbers: the number of a facet's code.
    depths: how deep each number stands. parts: every number, with every number that it lies within (itself among
    them) and the depth of that one.
    """

    codes: tuple[str, ...]
    numbers: Mapping[tuple[str, str], int]
    depths: Mapping[int, int]
    parts: tuple[tuple[int, int, int], ...]

    def numbers_table(self) -> pa.Table:
        """FACET, CODE, NUMBER: a row per code."""
        rows = [(facet, code, number) for (facet, code), number in self.numbers.items()]
        return _table(rows, _NUMBERS)

    def parts_table(self) -> pa.Table:
        """NUMBER, DEPTH, ABOVE: a row per code and code that it lies within."""
        return _table(self.parts, _PARTS)


def numbered() -> Numbering:
    """Number the codes of all facets, in the order of their lists."""
    codes, parts = [TOTAL], [(WHOLE, 1, WHOLE)]
    numbers: dict[tuple[str, str], int] = {}
    for facet in FACETS:
        listed = _list(facet)
        numbers |= {(facet, code): len(codes) + place for place, code in enumerate(listed.ids)}
        codes += listed.ids
        for code in listed.ids:
            above = (code, *(parent.id for parent in listed.ancestors(code)))
            parts += [
                (numbers[facet, code], _depth(parent, listed), numbers[facet, parent]) for parent in above
            ]
    depths = {number: depth for number, depth, above in parts if number == above}
    return Numbering(tuple(codes), numbers, depths, tuple(parts))


def groupings(facet: str | None) -> Iterator[Grouping]:
    """Give what is grouped by one facet, or by none."""
    depths = 1 if facet is None else max(_depth(code, _list(facet)) for code in _list(facet).ids)
    for depth in range(1, depths + 1):
        for is_wide in (False, True):
            yield Grouping(facet, depth, is_wide)


def not_stated(facet: str) -> str:
    """The code of a record that does not state a facet."""
    return structure(_RECORDS).column(facet).default or TOTAL


def _depth(code: str, listed: Codelist) -> int:
    return len(listed.ancestors(code)) + 1


def _list(facet: str) -> Codelist:
    return codelist(structure(_RECORDS).column(facet).codelist or "")


def _table(rows: Iterable[tuple[object, ...]], types: Mapping[str, Any]) -> pa.Table:
    """Give rows as a table of the columns of `types`."""
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types.values(), strict=True)]
    return pa.table(dict(zip(types, arrays, strict=True)))
