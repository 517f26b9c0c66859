"""What the words in a file name: a column of the structure, or a code of a list.

Invariants: only exact names count (in any case, whatever stands between the letters); a name that two columns
or two codes share names neither; nothing is guessed here, what is nearly a name is left to the check.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from schemas.period import PERIOD_PATTERN
from schemas.registry import codelist
from schemas.structure import Column, DataStructure

_PERIOD = re.compile(PERIOD_PATTERN, re.ASCII)
PART = " / "
NUMERIC_KINDS = frozenset({"count", "money", "amount"})
CODE_KINDS = frozenset({"code", "coded"})
DATE_KINDS = frozenset({"date", "period"})


@dataclass(frozen=True, slots=True)
class NameBook:
    """The names of a structure's columns."""

    structure: DataStructure
    _concepts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, structure: DataStructure) -> Self:
        """Collect the names: the id, the label in every language, and both together as messages show them."""
        owners: dict[str, set[str]] = {}
        for column in structure.columns:
            labels = column.labels.values()
            for name in (column.id, *labels, *(f"{column.id} {label}" for label in labels)):
                owners.setdefault(_bare(name), set()).add(column.id)
        return cls(structure, {name: ids.pop() for name, ids in owners.items() if len(ids) == 1})

    def concept(self, header: str) -> str | None:
        """Give the id of the column that a header names."""
        return self._concepts.get(_bare(header))

    def of_parts(self, parts: Sequence[str]) -> str | None:
        """Give the column that a header of several rows names: by all of it, or by its lowest row."""
        if not parts:
            return None
        return self.concept(PART.join(parts)) or self.concept(parts[-1])

    def matches(self, cells: Sequence[str]) -> int:
        """Count the columns that a row of cells names."""
        return len({concept for cell in cells if (concept := self.concept(cell))})

    def column(self, concept: str) -> Column | None:
        """Give the column of this id, None if the structure has none."""
        return next((column for column in self.structure.columns if column.id == concept), None)

    def is_repeated(self, concept: str) -> bool:
        """True if the texts of a column are few, each many times."""
        column = self.column(concept)
        return column is not None and column.kind in CODE_KINDS | DATE_KINDS

    def coded_by(self, text: str) -> dict[str, str]:
        """Give, by dimension, the code (or the period) that a text exactly is."""
        found = {}
        for column in self.structure.columns:
            if column.role == "dimension" and (code := code_named(column, text)) is not None:
                found[column.id] = code
        return found


def code_named(column: Column, text: str) -> str | None:
    """Give the code of a column that a text exactly names; of a period column, the period it is."""
    wanted = text.strip()
    if column.kind == "period":
        return wanted if _PERIOD.fullmatch(wanted) else None
    if column.codelist is None:
        return None
    codes = codelist(column.codelist)
    code = wanted if wanted in codes else codes.named(wanted)
    return code if code is not None and code not in column.excluded else None


def _bare(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
