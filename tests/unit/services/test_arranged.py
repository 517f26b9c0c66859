"""Cells arranged for reading: made once, made again when lost, and never believed by `verify`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from node.services import arranged
from node.services.arranged import arrange_all, kept_files, opened
from node.services.recent_tables import RecentTables
from node.services.verify import verify
from node.services.views.corridors import corridors
from tests.support.federation import Nodes, federation, release_rows, trade


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ released two years of trade."""
    with federation(tmp_path / "nodes", ["KZ", "RU"]) as built:
        rows = [
            trade("KZ", "RU", way, value, year)
            for way, value, year in (("OUT", "10", "2011"), ("IN", "5", "2012"))
        ]
        release_rows(built, "KZ", "DECLARED_FLOW", rows, tmp_path)
        yield built


def test_every_bundle_in_force_is_arranged_once(nodes: Nodes) -> None:
    """A second run finds nothing to do."""
    assert arrange_all(nodes["KZ"]).facts == {"bundles": 1}
    assert arrange_all(nodes["KZ"]).facts == {"bundles": 0}


def test_a_section_has_the_cells_that_differ_in_areas_and_period_alone(nodes: Nodes) -> None:
    """Two directions are two sections."""
    (bundle,) = nodes["KZ"].ledger.bundles()

    found = opened(nodes["KZ"], bundle)

    assert found.sections.column("FLOW_DIRECTION").to_pylist() == ["OUT", "IN"]
    assert found.sections.column("CELLS").to_pylist() == [1, 1]
    assert found.others["OBS_VALUE"].to_pylist() == [1000, 500]
    assert "FLOW_DIRECTION" not in found.codes


def test_what_is_lost_or_altered_is_made_again(nodes: Nodes) -> None:
    """A page shows the cells of the bundle whatever stands in the folder when it is opened first."""
    ctx = nodes["KZ"]
    arrange_all(ctx)
    for change in (Path.unlink, lambda file: file.write_bytes(b"other cells")):
        ((_, file),) = kept_files(ctx)
        change(file)
        anew = replace(ctx, tables=RecentTables())

        view = corridors(
            anew, dataflow="DECLARED_FLOW", wanted={"FLOW_DIRECTION": "OUT"}, now=nodes.clock.now()
        )

        assert [one.figure.value for one in view.ranking.rows] == [1000]


def test_what_is_in_force_no_more_is_forgotten(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file goes with the next run."""
    ctx = nodes["KZ"]
    arrange_all(ctx)
    monkeypatch.setattr(arranged, "live", lambda _bundles: [])

    assert arrange_all(ctx).facts == {"bundles": 0}
    assert list(ctx.arranged.names()) == []


def test_verify_finds_a_file_that_says_something_else(nodes: Nodes) -> None:
    """Whoever can write to the folder can name the file by its digest; making it anew tells."""
    ctx = nodes["KZ"]
    arrange_all(ctx)
    ((bundle, _),) = kept_files(ctx)
    assert verify(ctx).checked["arranged"] == 1
    assert verify(ctx).findings == ()
    true = opened(ctx, bundle)
    false = replace(true, others={**true.others, "OBS_VALUE": pa.array([1, 2], pa.int64())})
    ctx.arranged.keep(next(iter(ctx.arranged.names())), arranged.written(false))

    (finding,) = verify(ctx).findings

    assert "not those of the bundle" in finding.what
