"""Replacing what was released: the earlier bundle is superseded everywhere, and a telling difference is held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.errors import Conflict
from node.ports.submissions import UploadMode
from node.services import sync, verify
from node.services.cells import cells
from tests.support.federation import Nodes, federation, release_rows, trade


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members in one process."""
    with federation(tmp_path / "nodes", ["KZ", "RU"]) as built:
        yield built


def record(number: int, counterpart: str = "DE") -> dict[str, str]:
    """Give one record of a suspicious flow."""
    return {
        "REPORT_ID": f"R{number}",
        "SUBJECT_ID": f"S{number}",
        "REPORTING_ENTITY": f"bank {number % 3}",
        "BEGIN_DATE": "2024-01-01",
        "END_DATE": "2024-02-01",
        "REF_AREA": "KZ",
        "COUNTERPART_AREA": counterpart,
        "FLOW_DIRECTION": "OUT",
        "METHOD": "",
        "CHANNEL": "",
        "N_TXN": "1",
        "AMOUNT": "100",
        "CURRENCY": "USD",
    }


def test_cells_released_before_need_the_mode_replace(nodes: Nodes, tmp_path: Path) -> None:
    """In mode append a cell that is released already stops the approval, and says what to do."""
    release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "1")], tmp_path)
    with pytest.raises(Conflict, match="released already") as raised:
        release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "2")], tmp_path)

    assert "replace" in raised.value.hint


def test_a_replacement_supersedes_at_every_peer(nodes: Nodes, tmp_path: Path) -> None:
    """The peer shows the new vintage alone and keeps the old bundle."""
    first = release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "1")], tmp_path)
    sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())
    rows = [trade("KZ", "RU", "OUT", "2")]
    second = release_rows(nodes, "KZ", "DECLARED_FLOW", rows, tmp_path, mode=UploadMode.REPLACE)
    sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())

    assert second.vintage == 2
    assert second.supersedes == (first.digest,)
    assert cells(nodes["RU"], "DECLARED_FLOW")["OBS_VALUE"].to_pylist() == [200]
    assert nodes["RU"].ledger.bundle(first.digest).superseded_by == second.digest


def test_a_revision_by_one_report_is_held(nodes: Nodes, tmp_path: Path) -> None:
    """Subtracting two vintages would show one report: nothing is signed, and the officer reads why."""
    before = [record(number) for number in range(6)]
    release_rows(nodes, "KZ", "SUSPICIOUS_FLOW", before, tmp_path)
    with pytest.raises(Conflict, match="tell on somebody") as raised:
        release_rows(nodes, "KZ", "SUSPICIOUS_FLOW", [*before, record(6)], tmp_path, mode=UploadMode.REPLACE)

    assert "2024 / KZ / DE / OUT / _T / _T / _T / _T / N_STR" in raised.value.detail
    assert "Hold it" in raised.value.hint
    assert len(nodes["KZ"].ledger.bundles()) == 1


def test_a_revision_by_a_group_that_may_be_shown_goes_out(nodes: Nodes, tmp_path: Path) -> None:
    """Three more reports of three banks on three subjects are no secret as a sum."""
    before = [record(number) for number in range(6)]
    release_rows(nodes, "KZ", "SUSPICIOUS_FLOW", before, tmp_path)
    after = [*before, *(record(number) for number in range(6, 9))]
    bundle = release_rows(nodes, "KZ", "SUSPICIOUS_FLOW", after, tmp_path, mode=UploadMode.REPLACE)

    assert bundle.vintage == 2
    # the kept files give the very cells of both vintages again, the second with the first in memory
    report = verify.verify(nodes["KZ"])
    assert (report.findings, report.checked["sources"]) == ((), 2)
