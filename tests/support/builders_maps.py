"""A small shared list and maps onto it, so that a test names only the lines it is about."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from schemas.codelist import Code, Codelist
from schemas.mapping import CodeMap, MapEntry, Relation

# A has A1 and A2, A2 has A2a and A2b; B and C stand alone.
PARENTS = {
    "_T": None,
    "A": None,
    "A1": "A",
    "A2": "A",
    "A2a": "A2",
    "A2b": "A2",
    "B": None,
    "C": None,
    "_X": None,
}


def a_list(parents: dict[str, str | None] | None = None, **changes: Any) -> Codelist:
    """Give a shared list; its codes have no labels, which no map needs."""
    codes = tuple(Code(code, {}, parent) for code, parent in (parents or PARENTS).items())
    return Codelist(**{"agency": "IRAC", "id": "CL_TEST", "version": "1.0.0", "codes": codes, **changes})


def a_map(*lines: str, **changes: Any) -> CodeMap:
    """Give a map of lines such as `7 narrow A1 1/3`, numbered as in a file with a header, and approved."""
    values: dict[str, Any] = {
        "id": "KZ_TEST",
        "version": "1.0.0",
        "area": "KZ",
        "national_list": "KZ_ARTICLES",
        "shared_list": "CL_TEST",
        "shared_version": "1.0.0",
        "entries": tuple(_entry(line, row) for row, line in enumerate(lines, 2)),
        "proposed_by": "aigul",
        "approved_by": "bolat",
        "approved_at": dt.date(2026, 3, 1),
    }
    return CodeMap(**{**values, **changes})


def _entry(line: str, row: int) -> MapEntry:
    national, relation, shared, weight = (*line.split(), None, None)[:4]
    return MapEntry(
        str(national), Relation(relation), shared, None if weight is None else Fraction(weight), row=row
    )
