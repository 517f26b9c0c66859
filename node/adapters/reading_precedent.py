"""What a person said of the columns of an earlier file, for the next one with the same header.

Invariants: nothing is taken over unless the whole header stands as it stood, column by column; what the file's own
cells say of a name goes before what was said of it earlier; marks of numbers and forms of dates are never taken over,
because they are the habit of a file and not of its header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from node.ports.reading import ColumnReading, Precedent

Columns = tuple[ColumnReading, ...]
NO_PRECEDENT = Precedent(0, ())


def fitting(columns: Columns, precedents: Sequence[Precedent]) -> Precedent:
    """Give the first precedent with the header of these columns, or one that says nothing.

    Columns of a wide table that carry codes are left out: they are new with every period.
    """
    header = _header(columns)
    return next((one for one in precedents if _header(one.columns) == header), NO_PRECEDENT)


def named_as(columns: Columns, precedent: Precedent) -> Columns:
    """Give the columns, each read as what its header meant then."""
    then = _by_position(precedent)
    return tuple(
        replace(column, concept=then[column.position].concept)
        if column.position in then and not column.carries
        else column
        for column in columns
    )


def coded_as(columns: Columns, precedent: Precedent) -> Columns:
    """Give the columns, each with the names that stood for codes then beside those of its own cells."""
    then = _by_position(precedent)
    return tuple(
        replace(column, codes=dict(sorted({**then[column.position].codes, **column.codes}.items())))
        if column.position in then and not column.carries
        else column
        for column in columns
    )


def _header(columns: Columns) -> list[tuple[int, str]]:
    return [(column.position, column.header) for column in columns if column.header and not column.carries]


def _by_position(precedent: Precedent) -> dict[int, ColumnReading]:
    return {column.position: column for column in precedent.columns if column.header and not column.carries}
