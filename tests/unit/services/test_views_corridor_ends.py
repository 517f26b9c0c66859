"""The two ends of a corridor stand beside one another and are never mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.errors import NotFound
from node.services import indicators, sync
from node.services.views.corridor import corridor
from node.services.views.corridors import corridors
from node.services.views.figure import Kind
from tests.support.federation import Nodes, federation, release_rows, trade


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ says it sent 100 to RU and received 40 from it; RU says it received 250 and sent 50."""
    with federation(tmp_path / "nodes") as built:
        release_rows(
            built,
            "KZ",
            "DECLARED_FLOW",
            [trade("KZ", "RU", "OUT", "100"), trade("KZ", "RU", "IN", "40")],
            tmp_path,
        )
        release_rows(
            built,
            "RU",
            "DECLARED_FLOW",
            [trade("RU", "KZ", "IN", "250"), trade("RU", "KZ", "OUT", "50")],
            tmp_path,
        )
        sync.sync_peer(built["KZ"], "RU", holder="test", now=built.clock.now())
        indicators.recompute(built["KZ"], built.clock.now())
        yield built


def test_what_was_sent_is_beside_what_was_received(nodes: Nodes) -> None:
    """In cents: KZ to RU 100 against 250, RU to KZ 50 against 40."""
    view = corridor(nodes["KZ"], "KZ", "RU", dataflow="DECLARED_FLOW", wanted={}, now=nodes.clock.now())
    seen = {
        (way.sender, way.receiver): (way.periods[0].sent.value, way.periods[0].received.value)
        for way in view.directions
    }

    assert seen == {("KZ", "RU"): (10_000, 25_000), ("RU", "KZ"): (5_000, 4_000)}


def test_the_gap_is_the_importers(nodes: Nodes) -> None:
    """B6 for KZ to RU with CIF/FOB 1.06: m = 25000/1.06, x = 10000; |m - x| / (m + x) = 0.40 to two digits."""
    view = corridor(nodes["KZ"], "KZ", "RU", dataflow="DECLARED_FLOW", wanted={}, now=nodes.clock.now())
    gap = view.directions[0].periods[0].gap

    assert gap is not None
    assert (gap.ref_area, gap.counterpart_area, gap.flow) == ("RU", "KZ", ("KZ", "RU"))
    assert gap.lower is not None
    assert round(float(gap.lower), 2) == 0.40


def test_the_matrix_tells_a_silent_member_from_a_silent_corridor(nodes: Nodes) -> None:
    """BY shared nothing at all; KZ shared figures, but none about BY."""
    view = corridors(
        nodes["KZ"], dataflow="DECLARED_FLOW", wanted={"FLOW_DIRECTION": "OUT"}, now=nodes.clock.now()
    )
    rows = {row.member: row for row in view.rows}

    assert view.members == ("BY", "KZ", "RU")
    assert [rows["BY"].has_shared, rows["KZ"].has_shared] == [False, True]
    assert [one.kind if one else None for one in rows["KZ"].figures] == [Kind.NOT_SHARED, None, Kind.EXACT]
    assert view.evidence.absent == ("BY",)


def test_a_corridor_to_a_state_that_is_no_member_has_one_end(nodes: Nodes) -> None:
    """There is no mirror, and that is said."""
    view = corridor(nodes["KZ"], "KZ", "LV", dataflow="DECLARED_FLOW", wanted={}, now=nodes.clock.now())

    assert not view.is_mirrored
    assert view.evidence.expected == ("KZ",)


@pytest.mark.parametrize(("area", "counterpart"), [("LV", "KZ"), ("KZ", "NOWHERE"), ("<b>", "KZ")])
def test_a_corridor_of_nobody_is_not_found(nodes: Nodes, area: str, counterpart: str) -> None:
    """It begins at a member and ends at a state of the code list."""
    with pytest.raises(NotFound):
        corridor(nodes["KZ"], area, counterpart, dataflow="", wanted={}, now=nodes.clock.now())
