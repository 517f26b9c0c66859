"""Every write of a release and of an import fails, before and after it took effect; then a full audit.

After each fault the node is asked to go on as if nothing had happened, with its real stores: what was
acknowledged is there, nothing unverified is shown, the log did not fork, and the step can be repeated.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from node.errors import Conflict, Unavailable
from node.ports.submissions import SubmissionState, UploadMode
from node.services import indicators, release, submit, sync, verify
from node.services.context import Context
from tests.support.failing import Trap, Trapped
from tests.support.federation import (
    APPROVER,
    PASSWORD,
    RELEASER,
    SUBMITTER,
    Nodes,
    federation,
    release_rows,
    trade,
    write_csv,
)

ROWS = [trade("KZ", "RU", "OUT", "100"), trade("KZ", "BY", "OUT", "7")]
WRITES = {
    "objects": ("put",),
    "submissions": ("add", "move"),
    "ledger": ("publish",),
    "peers": ("commit_import", "put_status"),
    "indicators": ("add",),
}
MOST_WRITES = 40


def trapped(ctx: Context, trap: Trap) -> Context:
    """Give the context with every writing port behind the trap."""
    return replace(
        ctx, **{name: Trapped(getattr(ctx, name), writes, trap) for name, writes in WRITES.items()}
    )


def publish_all(ctx: Context, nodes: Nodes, file: Path) -> None:
    """Upload, approve, release and recompute, continuing from wherever an earlier attempt stopped."""
    clock = nodes.clock
    known = ctx.submissions.all()
    submission = known[0] if known else submit.upload(
        ctx, SUBMITTER, file, file_name=file.name, dataflow_id="DECLARED_FLOW", mode=UploadMode.APPEND,
        now=clock.now(),
    )  # fmt: skip
    if submission.state is SubmissionState.SUBMITTED:
        submission = release.approve(
            ctx, APPROVER, submission.submission_id, password=PASSWORD, now=clock.now()
        )
    if submission.state is SubmissionState.APPROVED:
        release.release(ctx, RELEASER, submission.submission_id, password=PASSWORD, now=clock.now())
    indicators.recompute(ctx, clock.now())


def audited(nodes: Nodes, code: str) -> None:
    """Nothing that this node holds is wrong (a run that is not of the newest view is mended by recomputing)."""
    indicators.recompute(nodes[code], nodes.clock.now())
    assert verify.verify(nodes[code]).findings == ()


@pytest.mark.parametrize("after_effect", [False, True], ids=["without_effect", "although_it_took_effect"])
def test_publishing_survives_a_failure_of_every_write(tmp_path: Path, *, after_effect: bool) -> None:
    """Whatever write fails, repeating the steps ends in exactly one release and one attestation a model."""
    place, writes = 0, 1
    while place < writes:
        with federation(tmp_path / f"{place}", ["KZ", "RU"]) as nodes:
            file = write_csv(tmp_path / f"{place}" / "flows.csv", ROWS)
            trap = Trap(place, after_effect)
            with pytest.raises((Unavailable, Conflict)):
                publish_all(trapped(nodes["KZ"], trap), nodes, file)
            audited_before_repeating(nodes)
            publish_all(nodes["KZ"], nodes, file)
            audited(nodes, "KZ")

            assert [submission.state for submission in nodes["KZ"].submissions.all()] == ["released"]
            assert len(nodes["KZ"].ledger.bundles()) == 1
            assert nodes["KZ"].ledger.head().size == 1 + len(nodes["KZ"].models)
            counting = Trap()
            publish_all(trapped(nodes["RU"], counting), nodes, write_own(tmp_path / f"{place}"))
            place, writes = place + 1, len(counting.seen)
    assert 7 <= writes <= MOST_WRITES, "the faults did not reach every write"


def audited_before_repeating(nodes: Nodes) -> None:
    """Right after the fault nothing false is shown: log, bundles, sources and audit chain all verify."""
    findings = verify.verify(nodes["KZ"]).findings
    assert [finding for finding in findings if not finding.where.startswith("indicators")] == []


def write_own(folder: Path) -> Path:
    """Give RU's own file, used to count how many writes a whole publication has."""
    return write_csv(folder / "own.csv", [trade("RU", "KZ", "IN", "90")])


@pytest.mark.parametrize("after_effect", [False, True], ids=["without_effect", "although_it_took_effect"])
def test_importing_survives_a_failure_of_every_write(tmp_path: Path, *, after_effect: bool) -> None:
    """Whatever write fails, the next cycle imports the release exactly once."""
    place, writes = 0, 1
    while place < writes:
        with federation(tmp_path / f"{place}", ["KZ", "RU"]) as nodes:
            bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", ROWS, tmp_path / f"{place}")
            trap = Trap(place, after_effect)
            ctx = trapped(nodes["RU"], trap)
            # when the outcome cannot be written either, the process would end here
            with contextlib.suppress(Unavailable):
                sync.sync_peer(ctx, "KZ", holder="test", now=nodes.clock.now())
            sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())
            audited(nodes, "RU")

            assert [held.digest for held in nodes["RU"].ledger.bundles()] == [bundle.digest]
            assert nodes["RU"].peers.state("KZ").seen.frontier.size == nodes["KZ"].ledger.head().size
            place, writes = place + 1, max(writes, len(trap.seen))
    assert 3 <= writes <= MOST_WRITES
