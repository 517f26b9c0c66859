"""Every planted violation is reported at its place, none is invented, however the table is cut or stored."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.adapters.staging import StagingLimits, stage
from node.adapters.staging_file import ROW, staged_table
from schemas.check import CheckResult, Violation, check
from schemas.stream import Repetition, StreamCheck, StreamResult
from schemas.typed import decoded
from tests.support.planted import FIRST_ROW, REPORTER, Planted, planted_records, planted_statistics

ALL = 100_000
MAKERS = {"statistics": planted_statistics, "records": planted_records}


@dataclass(frozen=True, slots=True)
class InMemory:
    """A table that is read in the given chunks."""

    pieces: tuple[pa.Table, ...]
    first_row: int = FIRST_ROW

    def chunks(self) -> Iterator[pa.Table]:
        """Give the chunks."""
        return iter(self.pieces)


@st.composite
def planted(draw: st.DrawFn) -> Planted:
    """A table of either kind with some faults and repetitions."""
    rows = draw(st.integers(1, 120))
    repetitions = draw(st.integers(0, rows // 4))
    faults = draw(st.integers(0, rows - 2 * repetitions))
    make = MAKERS[draw(st.sampled_from(sorted(MAKERS)))]
    return make(rows, faults=faults, repetitions=repetitions, seed=draw(st.integers(0, 2**20)))


@st.composite
def cut(draw: st.DrawFn, table: pa.Table) -> tuple[pa.Table, ...]:
    """A table in pieces, each with its texts plain, large or dictionary-encoded."""
    ends = draw(st.lists(st.integers(0, table.num_rows), max_size=5).map(sorted))
    kinds = [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
    pieces = []
    for start, end in zip([0, *ends], [*ends, table.num_rows], strict=True):
        schema = pa.schema([(name, draw(st.sampled_from(kinds))) for name in table.column_names])
        pieces.append(table.slice(start, end - start).cast(schema))
    return tuple(pieces)


def whole_check(plan: Planted, listed_at_most: int = ALL) -> CheckResult:
    """Check the whole table at once."""
    return check(
        plan.table, plan.structure, reporter=REPORTER, first_row=FIRST_ROW, listed_at_most=listed_at_most
    )


def places(violations: tuple[Violation, ...]) -> set[tuple[int | None, str | None, str]]:
    """Where each violation is, and which rule it breaks."""
    return {(one.row, one.column, one.rule) for one in violations}


def repetitions(result: CheckResult) -> list[Repetition]:
    """What the check of the whole table says about repeated rows."""
    groups = {
        (one.rule, tuple(one.params["rows"]), one.params["count"], tuple(one.params["columns"]))
        for one in result.violations
        if one.rule.endswith(".duplicate")
    }
    return [Repetition(*group) for group in sorted(groups)]


@given(planted())
def test_exactly_what_was_planted_is_reported(plan: Planted) -> None:
    """Places, rules, totals and accepted rows are those of the plan."""
    result = whole_check(plan)

    warnings = {"area.domestic", "row.duplicate"}
    refused = {row for row, _, rule in plan.expected if rule not in warnings}
    assert places(result.violations) == plan.expected
    assert len(result.violations) == len(plan.expected)
    assert result.totals == Counter(rule for _, _, rule in plan.expected)
    assert result.refused_rows == refused
    assert result.accepted.num_rows == plan.table.num_rows - len(refused)


@given(st.data(), planted())
def test_a_stream_of_any_pieces_gives_the_check_of_the_whole(choices: st.DataObject, plan: Planted) -> None:
    """Violations, totals and accepted rows do not depend on how the file was cut or encoded."""
    whole = whole_check(plan)
    stream = StreamCheck(plan.structure, reporter=REPORTER, listed_at_most=ALL)

    row, accepted = FIRST_ROW, []
    for piece in choices.draw(cut(plan.table)):
        accepted.append(stream.take(piece, row))
        row += piece.num_rows
    result = stream.finish(repetitions(whole))

    assert result.violations == whole.violations
    assert (result.totals, result.rows) == (whole.totals, whole.rows)
    assert result.rows_refused == len(whole.refused_rows)
    repeated = {one.row for one in whole.violations if one.rule == "key.duplicate"}
    assert sum(table.num_rows for table in accepted) == whole.accepted.num_rows + len(repeated)


@given(st.data(), planted(), st.sampled_from([1, 5, 1000]))
def test_a_staged_file_is_the_accepted_table_with_its_row_numbers(
    choices: st.DataObject, plan: Planted, listed_at_most: int
) -> None:
    """The same check through a file and the SQL engine accepts the same rows and says the same."""
    whole = whole_check(plan, listed_at_most)

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "staged.parquet"
        staged = stage(
            InMemory(choices.draw(cut(plan.table))),
            plan.structure,
            reporter=REPORTER,
            target=target,
            listed_at_most=listed_at_most,
        )
        table, rows = staged_table(target, plan.structure)
        left = [path.name for path in Path(folder).iterdir()]

    result = staged.result
    assert result.violations == whole.violations
    assert (result.totals, result.rows) == (whole.totals, whole.rows)
    assert result.rows_refused == len(whole.refused_rows)
    assert decoded(table, plan.structure).equals(whole.accepted)
    every_row = range(FIRST_ROW, FIRST_ROW + plan.table.num_rows)
    assert rows.to_pylist() == [row for row in every_row if row not in whole.refused_rows]
    assert left == ["staged.parquet"]


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_a_large_table_is_checked_the_same_in_many_pieces(kind: str, tmp_path: Path) -> None:
    """Half a million rows are judged in several pieces at once, some columns encoded and some not."""
    plan = MAKERS[kind](300_000, faults=3_000, repetitions=50, seed=3)
    staged = stage(
        InMemory((plan.table.slice(0, 100_001), plan.table.slice(100_001))),
        plan.structure,
        reporter=REPORTER,
        target=tmp_path / "staged.parquet",
        listed_at_most=ALL,
        limits=StagingLimits(search_memory_bytes=256 << 20),
    )
    result: StreamResult = staged.result

    assert places(result.violations) == plan.expected
    assert result.violations == whole_check(plan).violations
    assert staged_table(tmp_path / "staged.parquet", plan.structure)[0].num_rows == staged.rows
    assert ROW not in plan.structure.column_ids
