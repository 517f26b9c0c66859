"""The table that the steps work on: rows of units, columns of numbers.

Invariants: a cell is a decimal or None, which means missing and is never zero; a step makes a new frame and leaves
the old one as it was; rows keep the order of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from risk_models.exact import divided

Column = tuple[Decimal | None, ...]
BETWEEN = " / "
"""Between the names that make the name of a pair."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows and columns at one moment of a run.

    units: the name of each row's unit. attributes: texts of each row by name (period, region). columns: numbers of
    each row by id. hidden: numbers that no step works on, such as denominators.
    """

    units: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Column]
    hidden: Mapping[str, Column]

    def given(self, changed: Mapping[str, Column]) -> Frame:
        """Return the frame with these columns set, new ones at the end."""
        return replace(self, columns={**self.columns, **changed})

    def kept(self, places: Sequence[int]) -> Frame:
        """Return the frame with only these rows."""

        def taken(columns: Mapping[str, Column]) -> dict[str, Column]:
            return {name: tuple(column[place] for place in places) for name, column in columns.items()}

        attributes = {
            name: tuple(texts[place] for place in places) for name, texts in self.attributes.items()
        }
        units = tuple(self.units[place] for place in places)
        return Frame(units, attributes, taken(self.columns), taken(self.hidden))

    def blocks(self, within: Iterable[str]) -> list[list[int]]:
        """Return the rows that agree in all these attributes, block by block, in the order of first appearance."""
        keys = (
            zip(*(self.attributes[name] for name in within), strict=True)
            if within
            else [()] * len(self.units)
        )
        found: dict[tuple[str, ...], list[int]] = {}
        for place, key in enumerate(keys):
            found.setdefault(key, []).append(place)
        return list(found.values())

    def by_block(
        self, column: Column, within: Iterable[str], formula: Callable[[Column], Sequence[Decimal | None]]
    ) -> Column:
        """Return the column with a formula applied to the rows of each block apart."""
        result: list[Decimal | None] = [None] * len(column)
        for places in self.blocks(within):
            for place, value in zip(places, formula(tuple(column[one] for one in places)), strict=True):
                result[place] = value
        return tuple(result)


def midway(one: Frame, other: Frame) -> Frame:
    """Return the frame half way between two of the same rows and columns; a cell missing in either is missing."""
    columns = {
        name: tuple(
            None if first is None or second is None else divided(first + second, 2)
            for first, second in zip(column, other.columns[name], strict=True)
        )
        for name, column in one.columns.items()
    }
    return Frame(one.units, one.attributes, columns, one.hidden)


def present(column: Iterable[Decimal | None]) -> list[Decimal]:
    """Return the numbers of a column that are there."""
    return [value for value in column if value is not None]


def each(column: Column, formula: Callable[[Decimal], Decimal | None]) -> Column:
    """Return the column with a formula applied to every number that is there."""
    return tuple(None if value is None else formula(value) for value in column)
