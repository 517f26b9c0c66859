"""A table in a member's own codes as the same table in the shared codes.

Invariants: the sum over the top level of the shared list, `_X` included, is the input's sum, to the unit;
what has no counterpart is in `_X` and named; every quantity is an integer, and a split adds up exactly;
bounds hold whatever the true split is; the order of rows and the number of threads change nothing.

A shared code holds what lies under it, so a row is given to its code and to every broader one. An exact,
broad or close match carries the whole quantity. A narrow match is exact from the nearest common broader code
upwards and an interval [0, quantity] on each code below it; documented weights add a point, marked imputed.
Rows of the total `_T` pass through unmapped. (Methodology 4.4.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from risk_models.coverage import Coverage
from risk_models.crosswalk_queries import COVERAGE, UNMAPPED, mapping_query, quoted
from risk_models.crosswalk_steps import PARTS, SPLITS, WHOLES, steps_of
from risk_models.engine import Engine, connected
from risk_models.errors import InvalidInput
from schemas.codelist import Codelist
from schemas.hierarchy import NOT_ALLOCATED
from schemas.mapping import CodeMap, Relation
from schemas.mapping_check import refuse_faulty
from schemas.masks import Cells, pc
from schemas.registry import codelist as packaged_codelist

VALUE, LOWER, UPPER, STATUS = "OBS_VALUE", "OBS_LOWER", "OBS_UPPER", "OBS_STATUS"
# How much of a cell came by close match only, in the cell's unit: the flag of 4.4, as a quantity.
CLOSE = "OBS_CLOSE"
NUMBERS = (VALUE, LOWER, UPPER)
OBSERVATION = (VALUE, LOWER, UPPER, STATUS, CLOSE)
MEASURE, CONFIDENTIALITY = "MEASURE", "CONF_STATUS"
# A median, a rating or a level of two codes together is not the sum of theirs.
_NOT_ADDITIVE = frozenset({"day", "rating", "level"})


@dataclass(frozen=True, slots=True)
class Mapped:
    """The table in shared codes (sorted by its keys, then by the list's order), and the coverage by measure."""

    table: pa.Table
    coverage: tuple[Coverage, ...]


def apply(
    table: pa.Table,
    column: str,
    code_map: CodeMap,
    codelist: Codelist,
    *,
    keys: Sequence[str] | None = None,
    engine: Engine | None = None,
) -> Mapped:
    """Return `table` with the national codes of `column` replaced by the codes of `codelist`.

    OBS_VALUE is needed; bounds and status are read where they are and always written. keys: the columns to
    keep apart (default: every column but these); rows that agree in them and in the shared code are summed.

    Raises:
        InvalidDefinition: the map has a fault.
        InvalidInput: the table cannot be added up (a median, a negative or a withheld value), or lacks a column.
        UnusableRecords: a sum is beyond 64 bits.
    """
    refuse_faulty(code_map, codelist)
    if NOT_ALLOCATED not in codelist:
        raise _no_sum("The shared list has no remainder.", codelist.id, "Add the code _X to the list.")
    kept = [name for name in table.column_names if name != column and name not in OBSERVATION]
    kept = kept if keys is None else list(keys)
    rows = _rows(table, column, kept)
    steps = steps_of(code_map, codelist)
    given = {
        "input": rows,
        "wholes": pa.Table.from_pylist(steps.wholes, WHOLES),
        "parts": pa.Table.from_pylist(steps.parts, PARTS),
        "splits": pa.Table.from_pylist(steps.splits, SPLITS),
        "places": pa.table({"shared": codelist.ids, "place": range(len(codelist))}),
    }
    names = [name for name in rows.column_names if name.startswith("key_")]
    with connected(engine or Engine(), given) as connection:
        mapped = connection.sql(mapping_query(names)).to_arrow_table()
        measure = quoted(names[kept.index(MEASURE)]) if MEASURE in kept else "''"
        volumes = connection.execute(COVERAGE.format(measure=measure)).fetchall()
        unmapped = connection.execute(UNMAPPED.format(measure=measure)).fetchall()
    return Mapped(_named(mapped, table, column, kept), tuple(_coverage(volumes, unmapped)))


def _rows(table: pa.Table, column: str, kept: Sequence[str]) -> pa.Table:
    """Return the input with plain column names: what a member calls a column never enters a query."""
    absent = sorted({column, VALUE, *kept} - set(table.column_names))
    if absent:
        raise InvalidInput(
            "The table lacks columns that mapping needs.",
            detail=f"Absent: {', '.join(absent)}.",
            hint="Give the column of the national codes and OBS_VALUE.",
            context={"absent": absent},
        )
    _refuse_what_does_not_add_up(table)
    count = table.num_rows
    columns: dict[str, Any] = {f"key_{place}": _plain(table[name]) for place, name in enumerate(kept)}
    if not columns:
        columns["key_0"] = pa.array([0] * count, pa.int8())
    columns["national"] = _plain(table[column]).cast(pa.string())
    for name, kind in ((VALUE, pa.int64()), (LOWER, pa.int64()), (UPPER, pa.int64()), (STATUS, pa.string())):
        present = name in table.column_names
        columns[name] = _plain(table[name]).cast(kind) if present else pa.nulls(count, kind)
    return pa.table(columns)


def _refuse_what_does_not_add_up(table: pa.Table) -> None:
    names = table.column_names
    if MEASURE in names:
        units = {code.id: code.attributes.get("unit", "") for code in packaged_codelist("CL_MEASURE")}
        found = sorted(
            one for one in pc.unique(_plain(table[MEASURE])).to_pylist() if units.get(one) in _NOT_ADDITIVE
        )
        if found:
            raise _no_sum(
                "A measure that does not add up cannot be mapped.", ", ".join(found), "Leave its rows out."
            )
    for name in (VALUE, LOWER, UPPER):
        if name in names and pc.any(pc.less(table[name], 0)).as_py():
            raise _no_sum("A negative value cannot be mapped.", name, "Correct the value.")
    if CONFIDENTIALITY in names:
        is_free = pc.equal(_plain(table[CONFIDENTIALITY]), "F")
        if not pc.all(pc.fill_null(is_free, fill_value=True)).as_py():
            raise _no_sum(
                "A withheld value cannot be mapped.",
                CONFIDENTIALITY,
                "Map the figures before disclosure control, not after it.",
            )


def _plain(cells: Cells) -> Cells:
    return cells.cast(cells.type.value_type) if pa.types.is_dictionary(cells.type) else cells


def _named(mapped: pa.Table, table: pa.Table, column: str, kept: Sequence[str]) -> pa.Table:
    """Return the result under the input's names and in its order; observation columns stand together."""
    by_name: dict[str, Any] = {name: mapped[f"key_{place}"] for place, name in enumerate(kept)} | {
        column: mapped["shared"]
    }
    by_name |= {name: mapped[name] for name in OBSERVATION}
    order: list[str] = []
    for name in table.column_names:
        if name == VALUE:
            order += OBSERVATION
        elif name in by_name and name not in OBSERVATION:
            order.append(name)
    return pa.table({name: by_name[name] for name in order})


def _coverage(
    volumes: list[tuple[str | None, str, int, int]], unmapped: list[tuple[str | None, str | None, int]]
) -> Iterator[Coverage]:
    measures = sorted({measure or "" for measure, *_ in volumes})
    for measure in measures:
        mine = [row for row in volumes if (row[0] or "") == measure]
        yield Coverage(
            measure=measure,
            volumes={Relation(relation): int(volume) for _, relation, volume, _ in mine},
            unknown_rows=sum(unknown for *_, unknown in mine),
            unmapped=tuple(
                (national or "", int(volume)) for one, national, volume in unmapped if (one or "") == measure
            ),
        )


def _no_sum(title: str, where: str, hint: str) -> InvalidInput:
    return InvalidInput(title, detail=f"Found: {where}.", hint=hint, context={"found": where})
