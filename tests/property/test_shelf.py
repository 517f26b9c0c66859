"""What is read from arranged cells is what a look at every cell gives."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from exchange import parquet
from exchange.limits import DEFAULT
from node.adapters.arranged import FolderArranged
from node.services.cells import cells
from node.services.found import EVERY, Rows, between
from node.services.recent_tables import RecentTables
from node.services.shelf import Shelf
from node.services.views.facets import choose, dimensions
from schemas.arrow import arrow_schema
from schemas.digest import sha256_hex
from schemas.registry import dataflow
from tests.support.scanned import Scanned

FLOW = dataflow("SUSPICIOUS_FLOW")
SCHEMA = arrow_schema(FLOW.cells)
MEMBERS = ("KZ", "RU")
POOLS = {
    "TIME_PERIOD": ["2020", "2021", "2022"],
    "COUNTERPART_AREA": ["KZ", "RU", "CN", "W1"],
    "FLOW_DIRECTION": ["IN", "OUT"],
    "METHOD": ["_T", "TM01", "TM02"],
    "CHANNEL": ["_T", "CASH"],
    "PREDICATE": ["_T", "DCO17"],
    "ENTITY_TYPE": ["_T"],
    "MEASURE": ["N_STR", "V_TXN"],
}
STATUS = [("A", "F", 7), ("A", "F", 0), ("Q", "A", None), ("L", "F", None)]
ROWS = (EVERY, between(MEMBERS), Rows((("COUNTERPART_AREA", ("W1",)),), is_own=True))


@dataclass(frozen=True)
class Released:
    """What a shelf reads of a bundle."""

    digest: str
    originator: str
    parts: tuple[str, ...]
    dataflow_id: str = FLOW.id
    superseded_by: str | None = None
    retracted_by: str | None = None


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, list[dict[str, Any]]]]:
    """Give bundles as an originator with rows; now and then a row speaks for another area than its originator."""
    cell = st.fixed_dictionaries({name: st.sampled_from(pool) for name, pool in POOLS.items()})
    found = []
    for code in draw(st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=4)):
        keys = draw(st.lists(cell, max_size=12))
        rows = [key | _figure(draw(st.sampled_from(STATUS))) | {"REF_AREA": code} for key in keys]
        found.append((code, rows))
    return found


def _figure(status: tuple[str, str, int | None]) -> dict[str, Any]:
    observed, confidential, value = status
    return {
        "OBS_VALUE": value,
        "OBS_LOWER": value or 0,
        "OBS_UPPER": value,
        "OBS_STATUS": observed,
        "CONF_STATUS": confidential,
    }


def _node(folder: str, history: list[tuple[str, list[dict[str, Any]]]]) -> Any:
    parts = [parquet.write(pa.Table.from_pylist(rows, schema=SCHEMA)) for _, rows in history]
    objects = {sha256_hex(content): content for content in parts}
    bundles = [
        Released(sha256_hex(f"{place}".encode()), code, (sha256_hex(content),))
        for place, ((code, _), content) in enumerate(zip(history, parts, strict=True))
    ]
    return SimpleNamespace(
        tables=RecentTables(),
        arranged=FolderArranged(Path(folder) / "arranged"),
        objects=SimpleNamespace(get=objects.__getitem__),
        ledger=SimpleNamespace(bundles=lambda: bundles),
        limits=DEFAULT,
    )


def _counted(table: pa.Table) -> Counter[tuple[Any, ...]]:
    names = sorted(table.column_names)
    return Counter(zip(*(table.column(name).to_pylist() for name in names), strict=True))


@given(history=histories(), rows=st.sampled_from(ROWS))
def test_counts_by_choice_are_those_of_a_full_scan(
    history: list[tuple[str, list[dict[str, Any]]]], rows: Rows
) -> None:
    """Cells and those that say more than zero, by section and originator; by period and status too."""
    with tempfile.TemporaryDirectory() as folder:
        ctx = _node(folder, history)
        every = cells(ctx, FLOW.id)
        shelf, scanned = Shelf(ctx, FLOW.id), Scanned(every, FLOW.cells.dimensions)
        names = ["ORIGINATOR", "TIME_PERIOD", "OBS_STATUS", "CONF_STATUS"]
        by_status = every.group_by(names, use_threads=False).aggregate([([], "count_all")])

        assert _counted(shelf.tally(rows)) == _counted(scanned.tally(rows))
        assert _counted(shelf.statuses()) == _counted(by_status.rename_columns([*names, "CELLS"]))


@given(
    history=histories(),
    rows=st.sampled_from(ROWS),
    shown=st.sampled_from(ROWS),
    wanted=st.fixed_dictionaries({}, optional={name: st.sampled_from(pool) for name, pool in POOLS.items()}),
    without=st.sampled_from([(), ("TIME_PERIOD",), ("TIME_PERIOD", "FLOW_DIRECTION")]),
)
def test_a_choice_gives_the_facets_and_cells_of_a_full_scan(
    history: list[tuple[str, list[dict[str, Any]]]],
    rows: Rows,
    shown: Rows,
    wanted: dict[str, str],
    without: tuple[str, ...],
) -> None:
    """The same is offered, the same is chosen, and every cell of it is there once, whatever is wanted."""
    order = dimensions(FLOW, without=without)
    with tempfile.TemporaryDirectory() as folder:
        ctx = _node(folder, history)
        scanned: Any = Scanned(cells(ctx, FLOW.id), FLOW.cells.dimensions)
        ours = choose(Shelf(ctx, FLOW.id), rows, order, wanted, shown=shown, apart=FLOW.cuts)
        theirs = choose(scanned, rows, order, wanted, shown=shown, apart=FLOW.cuts)

        assert ours.facets == theirs.facets
        assert ours.cells.schema == theirs.cells.schema
        assert _counted(ours.cells) == _counted(theirs.cells)


@given(history=histories(), of=st.sets(st.integers(0, 3), min_size=1))
def test_cells_of_some_bundles_are_theirs_alone(
    history: list[tuple[str, list[dict[str, Any]]]], of: set[int]
) -> None:
    """As a series is shown from the bundles that it was judged by."""
    chosen = {"MEASURE": "N_STR", "METHOD": ("_T", "TM01")}
    with tempfile.TemporaryDirectory() as folder:
        ctx = _node(folder, history)
        named = {sha256_hex(f"{place}".encode()) for place in of}
        every = Scanned(cells(ctx, FLOW.id), FLOW.cells.dimensions)

        found = Shelf(ctx, FLOW.id).found(chosen, named).table(ROWS[1])

        assert _counted(found) == _counted(every.found(chosen, named).table(ROWS[1]))
