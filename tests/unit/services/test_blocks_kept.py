"""Blocks of a model between runs: what a new or retracted bundle computes again, what is said of it, what is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.services import indicators
from node.services import results as computed
from node.services.blocks import kept_blocks
from node.services.indicators import TIER_ONE
from tests.support.federation import Nodes, federation, release_rows, trade


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One member."""
    with federation(tmp_path / "nodes", ("KZ",)) as built:
        yield built


def context_rows(year: str, people: str) -> list[dict[str, str]]:
    """Population of one year."""
    return [{"TIME_PERIOD": year, "REF_AREA": "KZ", "MEASURE": "POP", "OBS_VALUE": people}]


def test_a_new_bundle_computes_its_blocks_and_names_the_others_again(nodes: Nodes, tmp_path: Path) -> None:
    """Trade of one year, then of another: the blocks of the first keep their objects, the audit log says what moved."""
    ctx, now = nodes["KZ"], nodes.clock.now()
    release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "100.50")], tmp_path)
    indicators.recompute(ctx, now)
    first = kept_blocks(ctx, ctx.indicators.latest(TIER_ONE))

    other = {**trade("KZ", "RU", "OUT", "70.00"), "TIME_PERIOD": "2010"}
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", [other], tmp_path)
    indicators.recompute(ctx, now)
    second = kept_blocks(ctx, ctx.indicators.latest(TIER_ONE))

    assert set(first) < set(second)
    fresh = [block for key, block in second.items() if key not in first]
    assert {block.inputs for block in fresh} == {(bundle.digest,)}
    (event,) = [
        entry.event
        for entry in ctx.audit.entries(newest_first=True, limit=20)
        if entry.event.kind == "indicators.attested" and entry.event.details["model"] == TIER_ONE
    ][:1]
    assert event.details["computed"] == len(fresh)
    assert event.details["blocks"] == len(second)
    assert event.details["bundles_new"] == bundle.digest


def test_a_page_reads_figures_of_blocks_as_of_any_model(nodes: Nodes, tmp_path: Path) -> None:
    """Reports of a year over its population: the view gives A1 with its bundles."""
    ctx, now = nodes["KZ"], nodes.clock.now()
    release_rows(nodes, "KZ", "CONTEXT", context_rows("2023", "20000000"), tmp_path)
    reports = {"TIME_PERIOD": "2023", "REF_AREA": "KZ", "MEASURE": "N_STR", "OBS_VALUE": "420"}
    release_rows(nodes, "KZ", "R33_A", [{**reports, "CRIME_TYPE": "ML"}], tmp_path)
    indicators.recompute(ctx, now)

    found = computed.where(computed.table(ctx, TIER_ONE), indicator="A1")

    assert [(str(one.lower), one.status, len(one.inputs)) for one in found][:1] == [("2.1", "ok", 2)]
