"""All rows of a table once their cells are read, as rules that compare rows with one another see them.

Invariants: what is compared is typed, so 12.50 and 12.5 are one amount; a row whose key is repeated takes no
part in any other comparison; a duplicate names every row of its group, not only the later ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas.columns import is_money
from schemas.findings import MAX_NAMED_ROWS, Detail, Finding
from schemas.masks import Cells, Mask, Places, all_places, but_not, pc
from schemas.structure import MEASURE, DataStructure
from schemas.vectors import Vector


@dataclass(frozen=True, slots=True)
class Rows:
    """Typed columns of every row in the order of the file, with the file's row numbers and what is refused."""

    structure: DataStructure
    columns: Mapping[str, Vector]
    numbers: Places
    is_refused: Mask

    def __len__(self) -> int:
        return len(self.numbers)

    def complete(self, columns: Sequence[str]) -> Mask:
        """True where no cell of `columns` is empty."""
        mask = pa.repeat(pa.scalar(value=True), len(self))
        for column in columns:
            if self.columns[column].cells.null_count:
                mask = but_not(mask, pc.is_null(self.columns[column].cells))
        return mask

    def figures(self, column: str, places: Places, values: Cells) -> Cells:
        """Return numbers as people write them, in the unit of the rows at `places`: money with two decimals."""
        wide = values.cast(pa.decimal128(38, 0))
        as_count, as_money = wide.cast(pa.string()), wide.view(pa.decimal128(38, 2)).cast(pa.string())
        kind = self.structure.column(column).kind
        if kind != "amount":
            return as_money if kind == "money" else as_count
        list_id = self.structure.column(MEASURE).codelist or ""
        measures = self.columns[MEASURE].cells.take(places)
        return pc.if_else(is_money(list_id).take(measures), as_money, as_count)

    def named(self, places: Places) -> dict[str, Any]:
        """Return the parameters that name rows: the first of them, and how many there are."""
        shown = self.numbers.take(places.slice(0, MAX_NAMED_ROWS))
        return {"rows": shown.to_pylist(), "count": len(places)}

    def found(
        self,
        rule: str,
        column: str | None,
        places: Places,
        *,
        shown: Cells | None = None,
        detail: Detail | None = None,
    ) -> list[Finding]:
        """Return one finding for the rows at `places`; `shown` and `detail` go by place in the finding."""
        if len(places) == 0:
            return []
        rows, cells = self.numbers.take(places), None if shown is None else Vector(shown)
        return [Finding(rule, column, rows, all_places(len(places)), cells, {}, detail)]


def rows_of(
    structure: DataStructure,
    chunks: Sequence[pa.Table],
    names: Sequence[str],
    *,
    numbers: Places,
    is_refused: Mask,
) -> Rows:
    """Return the columns `names` of typed chunks (`schemas.typed`) as one."""
    columns = {name: _joined([chunk.column(name).chunk(0) for chunk in chunks]) for name in names}
    return Rows(structure, columns, numbers, is_refused)


def _joined(pieces: list[Any]) -> Vector:
    """Return the pieces of one column as one; codes and periods have the same words in every piece."""
    if pa.types.is_dictionary(pieces[0].type):
        return Vector(pa.concat_arrays([piece.indices for piece in pieces]), pieces[0].dictionary)
    kind = pa.large_string() if pa.types.is_string(pieces[0].type) else pieces[0].type
    return Vector(pa.concat_arrays([piece.cast(kind) for piece in pieces]))
