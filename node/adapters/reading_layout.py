"""How a file lies: what its cells are cut by, where its header stands and what is written in it.

Invariants: a layout says nothing about what the columns mean; columns are counted from 0 and named by their
place ("0", "1", ...) until the recipe gives them their concepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from node.ports.reading import Recipe

# stands before a number that is one in the file, not text that looks like one; no text cell can hold it
TYPED = "\0"
TYPED_PATTERN = r"^\x00"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the cells are. `parts`: what the header says of each column, from the top row down.

    is_whole: every cell was looked at, not a sample. has_serial_days: a number where a day should be is a day
    of Excel's usual calendar, not of the one that begins in 1904. alternatives: encodings or sheets that fit as well.
    """

    format: str
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_first: int = 1
    header_last: int = 1
    last_row: int | None = None
    parts: tuple[tuple[str, ...], ...] = ()
    alternatives: tuple[str, ...] = ()
    is_whole: bool = True
    has_serial_days: bool = True

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """Give what a recipe says about where the cells are."""
        return cls(
            format=recipe.format,
            encoding=recipe.encoding,
            separator=recipe.separator,
            sheet=recipe.sheet,
            header_first=recipe.header_first,
            header_last=recipe.header_last,
            last_row=recipe.last_row,
        )
