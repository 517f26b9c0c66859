"""Coverage says what there is of each period and why there is nothing, from what this node was sent alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.retraction import RetractionReason
from node.ports.submissions import UploadMode
from node.services import retract, sync
from node.services.members import peer_codes
from node.services.views.coverage import PERIODS_SHOWN, Coverage, CoverageRow, coverage
from node.services.views.evidence import witnesses
from node.services.views.standing import Roll
from tests.support.addressed import address
from tests.support.federation import APPROVER, PASSWORD, RELEASER, Nodes, federation, release_rows, trade


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members."""
    with federation(tmp_path / "nodes", ("KZ", "RU")) as built:
        yield built


def seen(nodes: Nodes, code: str = "KZ", **wanted: str) -> Coverage:
    """Give the page as one member sees it, after a look at its peers."""
    for peer in peer_codes(nodes[code], nodes.clock.now()):
        sync.sync_peer(nodes[code], peer, holder="test", now=nodes.clock.now())
    return coverage(nodes[code], wanted, nodes.clock.now())


def states(page: Coverage, member: str) -> dict[str, str]:
    """Give the state of every period shown of a member."""
    (row,) = [row for row in page.rows if row.member == member]
    return {one.time_period: one.state.value for one in row.squares}


def row_of(page: Coverage, member: str) -> CoverageRow:
    """Give the row of a member."""
    (row,) = [row for row in page.rows if row.member == member]
    return row


def declared(nodes: Nodes, folder: Path, code: str, *years: str, mode: UploadMode = UploadMode.APPEND) -> str:
    """Release trade for some years; gives the digest of the bundle."""
    other = "RU" if code == "KZ" else "KZ"
    rows = [trade(code, other, "OUT", "5", year) for year in years]
    return release_rows(nodes, code, "DECLARED_FLOW", rows, folder, mode=mode).digest


def test_a_period_that_another_member_released_is_late_and_an_older_gap_is_absent(
    nodes: Nodes, tmp_path: Path
) -> None:
    """RU has 2013, so KZ is late with it; nobody owes what lies before its own first figures."""
    declared(nodes, tmp_path, "KZ", "2011", "2012")
    declared(nodes, tmp_path, "RU", "2010", "2012", "2013")

    page = seen(nodes)

    assert page.periods == ("2013", "2012", "2011", "2010")
    assert states(page, "KZ") == {
        "2013": "late", "2012": "released", "2011": "released", "2010": "absent",
    }  # fmt: skip
    assert states(page, "RU")["2011"] == "absent"
    assert (row_of(page, "KZ").newest, row_of(page, "KZ").behind) == ("2012", 1)
    assert (row_of(page, "RU").newest, row_of(page, "RU").behind) == ("2013", 0)


def test_who_shared_nothing_is_a_row_and_not_left_out(nodes: Nodes, tmp_path: Path) -> None:
    """Nothing of RU: not late with one period but without all of them."""
    declared(nodes, tmp_path, "KZ", "2011", "2012")

    page = seen(nodes)

    assert set(states(page, "RU").values()) == {"absent"}
    assert (row_of(page, "RU").newest, row_of(page, "RU").counts.cells) == ("", 0)
    assert page.members == ("KZ",)  # and it is no choice, because it would show nothing


def test_a_later_vintage_marks_the_period_and_a_retraction_says_so(nodes: Nodes, tmp_path: Path) -> None:
    """2012 was revised; what was taken back keeps its square, with the bundle that was."""
    declared(nodes, tmp_path, "KZ", "2012")
    rows = [trade("KZ", "RU", "OUT", "6", "2012")]
    newer = release_rows(nodes, "KZ", "DECLARED_FLOW", rows, tmp_path, mode=UploadMode.REPLACE)
    declared(nodes, tmp_path, "RU", "2012")

    (square,) = row_of(seen(nodes), "KZ").squares
    assert (square.state, square.is_revised, square.bundle) == ("released", True, newer.digest)

    proposal = retract.propose(
        nodes["KZ"], APPROVER, newer.digest, reason=RetractionReason.ERROR, text="wrong code",
        replacement=None, password=PASSWORD, now=nodes.clock.now(),
    )  # fmt: skip
    retract.confirm(nodes["KZ"], RELEASER, proposal.number, password=PASSWORD, now=nodes.clock.now())

    (square,) = row_of(seen(nodes), "KZ").squares
    assert (square.state, square.counts.cells) == ("retracted", 0)


def test_one_member_is_shown_by_dataflow_and_no_choice_is_empty(nodes: Nodes, tmp_path: Path) -> None:
    """What nobody released is offered nowhere, and a wanted choice that would be empty falls back."""
    declared(nodes, tmp_path, "KZ", "2012")
    rating = {"TIME_PERIOD": "2023", "REF_AREA": "KZ", "FATF_ITEM": "R.1", "OBS_VALUE": "C"}
    release_rows(nodes, "KZ", "FATF_RATING", [rating], tmp_path)

    page = seen(nodes, member="KZ")
    assert [row.dataflow for row in page.rows] == list(page.dataflows) == ["DECLARED_FLOW", "FATF_RATING"]

    page = seen(nodes, member="RU", dataflow="TYPOLOGY", frequency="M", until="<x>")
    assert (page.member, page.dataflow, page.frequency) == ("", "DECLARED_FLOW", "A")


def test_many_periods_come_in_pages(nodes: Nodes, tmp_path: Path) -> None:
    """The newest first, and both ways lead to full pages."""
    years = [str(year) for year in range(1990, 1990 + PERIODS_SHOWN + 3)]
    declared(nodes, tmp_path, "KZ", *years)

    first = seen(nodes)
    assert (first.periods[0], len(first.periods), first.later) == (years[-1], PERIODS_SHOWN, "")

    second = seen(nodes, until=first.earlier)
    assert second.periods == tuple(reversed(years[:3]))
    assert (second.earlier, seen(nodes, until=second.later).periods) == ("", first.periods)


def test_a_release_to_others_is_a_number_and_nothing_else(nodes: Nodes) -> None:
    """KZ learns that RU's log grew by two entries, not that they are releases, nor for whom."""
    for name in ("one", "two"):
        address(nodes["RU"], nodes.clock, name, ("BY",))

    page = seen(nodes)

    assert page.unread == {"RU": 2}
    assert page.dataflows == ()
    assert page.rows == ()


def test_a_bundle_is_witnessed_by_those_who_have_seen_its_entry(nodes: Nodes, tmp_path: Path) -> None:
    """Who saw a shorter tree has not seen it; its own member is no witness; this node read it itself."""
    digest = declared(nodes, tmp_path, "RU", "2012")
    seen(nodes)
    bundle = nodes["KZ"].ledger.bundle(digest)
    assert bundle is not None
    trees = {"RU": {"BY": bundle.log_index + 1, "KG": bundle.log_index, "RU": 99}}

    assert witnesses(bundle, Roll("KZ", ("BY", "KG", "KZ", "RU"), {}, trees)) == ("BY", "KZ")
    assert witnesses(bundle, Roll("RU", ("KZ", "RU"), {}, {})) == ()
