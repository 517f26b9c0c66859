"""What disclosure rules must know of a cell, and the contributions behind a cell when they are needed.

Invariants: sums and distinct counts are exact integers; cells come in the canonical order of their keys,
whatever the order of the contributions was; identifiers are read only for the cells that are pooled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyarrow as pa

from risk_models.engine import Engine, connected

COUNTERPART = "COUNTERPART_AREA"


@dataclass(frozen=True, slots=True)
class Profile:
    """The size and concentration of a group of records.

    n_txn: transactions, None if any record has none. v_txn: US cents. largest: the greatest amounts of
    single reporting entities, in US cents, two at most, greatest first.
    """

    reports: int
    subjects: int
    entities: int
    n_txn: int | None
    v_txn: int
    largest: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one reporting entity says in one report about one subject: transactions and US cents."""

    report: str
    subject: str
    entity: str
    n_txn: int | None
    v_txn: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One counterpart of a block; `first_row` and `rows` find its contributions."""

    counterpart: str
    profile: Profile
    first_row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Block:
    """The cells that stand beside one another: `key` holds the values of the dataflow's block dimensions."""

    key: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """All blocks of a release, and the contributions behind them in the same order."""

    blocks: tuple[Block, ...]
    rows: pa.Table

    def contributions(self, cell: Cell) -> list[Contribution]:
        """Read the contributions behind one cell."""
        part = self.rows.slice(cell.first_row, cell.rows)
        columns = [part.column(name).to_pylist() for name in part.column_names]
        return [Contribution(*values) for values in zip(*columns, strict=True)]


def compiled(contributions: pa.Table, block: Sequence[str], engine: Engine) -> Compiled:
    """Profile every cell of the contributions (schema `typologies.CONTRIBUTIONS`)."""
    dimensions = ", ".join([*block, COUNTERPART])
    with connected(engine, {"contributions": contributions}) as connection:
        profiles = connection.sql(_profiles(dimensions)).fetchall()
        rows = connection.sql(_ordered(dimensions)).to_arrow_table()
    return Compiled(tuple(_blocks(profiles, len(block))), rows)


def _profiles(dimensions: str) -> str:
    return f"""
        WITH by_entity AS (
            SELECT {dimensions}, sum(V_TXN) AS amount FROM contributions
            GROUP BY {dimensions}, REPORTING_ENTITY
        ), concentration AS (
            SELECT {dimensions}, max(amount, 2) AS largest FROM by_entity GROUP BY {dimensions}
        ), sizes AS (
            SELECT {dimensions}, count(DISTINCT REPORT_ID) AS reports, count(DISTINCT SUBJECT_ID) AS subjects,
                   count(DISTINCT REPORTING_ENTITY) AS entities,
                   CASE WHEN count(*) = count(N_TXN) THEN CAST(sum(N_TXN) AS BIGINT) END AS n_txn,
                   CAST(sum(V_TXN) AS BIGINT) AS v_txn, count(*) AS contributions
            FROM contributions GROUP BY {dimensions}
        )
        SELECT * FROM sizes JOIN concentration USING ({dimensions}) ORDER BY {dimensions}
    """  # noqa: S608 - the names are those of a packaged structure, never a user's text


def _ordered(dimensions: str) -> str:
    return f"""
        SELECT REPORT_ID, SUBJECT_ID, REPORTING_ENTITY, N_TXN, V_TXN FROM contributions
        ORDER BY {dimensions}, REPORT_ID, SUBJECT_ID, REPORTING_ENTITY
    """  # noqa: S608 - as above


def _blocks(profiles: Sequence[tuple[Any, ...]], depth: int) -> Iterator[Block]:
    first_row = 0
    for key, group in groupby(profiles, key=lambda row: row[:depth]):
        cells = []
        for row in group:
            cell = _cell(row[depth:], first_row)
            first_row += cell.rows
            cells.append(cell)
        yield Block(key, tuple(cells))


def _cell(values: Sequence[Any], first_row: int) -> Cell:
    counterpart, reports, subjects, entities, n_txn, v_txn, rows, largest = values
    return Cell(
        counterpart, Profile(reports, subjects, entities, n_txn, v_txn, tuple(largest)), first_row, rows
    )
