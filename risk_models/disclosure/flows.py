"""Release of typology cells from records: one protected block after another.

Invariants: in every block each member area has a cell, so that a member without records is an exact zero and
not an absence; every measure of a withheld counterpart is withheld, and its interval is [0, remainder].
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from risk_models.disclosure.cells import COUNTERPART, Block, Profile, compiled
from risk_models.disclosure.policy import Policy
from risk_models.disclosure.remainder import Protection, Remainder, protect
from risk_models.disclosure.rows import Row, exact_row, missing_row, withheld_row
from risk_models.engine import Engine
from risk_models.typologies import REMAINDER_AREA
from schemas.registry import codelist
from schemas.status import ValueStatus
from schemas.structure import Dataflow

MEASURES = ("N_STR", "N_TXN", "V_TXN")


def protected_rows(
    contributions: pa.Table, dataflow: Dataflow, policy: Policy, engine: Engine
) -> tuple[list[Row], int, int]:
    """Return the rows that may leave, the number of remainders shown and of those that may not be shown.

    contributions: a table of `typologies.CONTRIBUTIONS`.
    """
    cells = compiled(contributions, dataflow.block, engine)
    rows: list[Row] = []
    shown = hidden = 0
    for block in cells.blocks:
        protection = protect(block, cells, policy)
        rows.extend(_block_rows(block, protection, dataflow))
        shown += protection.remainder is not None
        hidden += bool(protection.withheld) and protection.remainder is None
    return rows, shown, hidden


def is_record_level(dataflow: Dataflow) -> bool:
    """True if what is uploaded are records, so that cells are compiled and pooled."""
    return "REPORT_ID" in dataflow.upload.column_ids and COUNTERPART in dataflow.cells.dimensions


def _block_rows(block: Block, protection: Protection, dataflow: Dataflow) -> Iterator[Row]:
    known = {cell.counterpart: cell.profile for cell in block.cells}
    reporter = block.key[dataflow.block.index("REF_AREA")]
    members = {code.id for code in codelist("CL_AREA").where("member", "cis")} - {reporter}
    for counterpart in {*known, *members}:
        status = protection.withheld.get(counterpart)
        for measure in MEASURES:
            key = _key(block, dataflow, counterpart, measure)
            if status is None:
                yield _shown(key, known.get(counterpart), measure)
            else:
                yield withheld_row(key, _upper(protection.remainder, measure), status)
    if protection.withheld:
        for measure in MEASURES:
            yield _remainder_row(
                _key(block, dataflow, REMAINDER_AREA, measure), protection.remainder, measure
            )


def _key(block: Block, dataflow: Dataflow, counterpart: str, measure: str) -> tuple[str, ...]:
    values = dict(zip(dataflow.block, block.key, strict=True))
    values |= {COUNTERPART: counterpart, "MEASURE": measure}
    return tuple(values[dimension] for dimension in dataflow.cells.dimensions)


def _shown(key: tuple[str, ...], profile: Profile | None, measure: str) -> Row:
    if profile is None:
        return exact_row(key, 0)
    value = {"N_STR": profile.reports, "N_TXN": profile.n_txn, "V_TXN": profile.v_txn}[measure]
    return missing_row(key) if value is None else exact_row(key, value)


def _upper(remainder: Remainder | None, measure: str) -> int | None:
    if remainder is None:
        return None
    return {"N_STR": remainder.reports, "N_TXN": remainder.n_txn, "V_TXN": remainder.v_txn}[measure]


def _remainder_row(key: tuple[str, ...], remainder: Remainder | None, measure: str) -> Row:
    """The remainder, or its place: a withheld remainder has no upper bound and does not tell why."""
    value = _upper(remainder, measure)
    if value is not None:
        return exact_row(key, value)
    is_missing = remainder is not None and measure == "N_TXN" and not remainder.hides_transactions
    return missing_row(key) if is_missing else withheld_row(key, None, ValueStatus.SECONDARY)
