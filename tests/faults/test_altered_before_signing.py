"""A figure altered between approval and release: nothing is signed, and the message says what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.audit import AuditEvent
from node.errors import Damaged
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import release, submit, verify
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


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members in one process."""
    with federation(tmp_path / "nodes", ["KZ", "RU"]) as built:
        yield built


def approved(nodes: Nodes, folder: Path) -> Submission:
    """Give a submission that waits for its release."""
    ctx, now = nodes["KZ"], nodes.clock.now
    file = write_csv(folder / "flows.csv", [trade("KZ", "RU", "OUT", "100"), trade("KZ", "BY", "OUT", "7")])
    submission = submit.upload(
        ctx,
        SUBMITTER,
        file,
        file_name=file.name,
        dataflow_id="DECLARED_FLOW",
        mode=UploadMode.APPEND,
        now=now(),
    )
    release.approve(ctx, APPROVER, submission.submission_id, password=PASSWORD, now=now())
    return ctx.submissions.get(submission.submission_id)


def alter(path: Path, old: bytes, new: bytes) -> None:
    """Change bytes on the disk, as somebody with access to it could."""
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(old, new))


def refused(nodes: Nodes, submission: Submission) -> Damaged:
    """Try to release; give the refusal. Nothing may be in the log afterwards."""
    with pytest.raises(Damaged) as raised:
        release.release(
            nodes["KZ"], RELEASER, submission.submission_id, password=PASSWORD, now=nodes.clock.now()
        )
    assert nodes["KZ"].ledger.head() is None
    assert nodes["KZ"].submissions.get(submission.submission_id).state is SubmissionState.APPROVED
    return raised.value


def test_a_figure_altered_in_the_kept_file_is_not_signed(nodes: Nodes, tmp_path: Path) -> None:
    """The analyst's file is kept by digest; another figure in it has another digest."""
    submission = approved(nodes, tmp_path)
    alter(nodes["KZ"].objects.path(submission.file_digest), b"100", b"999")

    assert submission.file_digest in refused(nodes, submission).detail


def test_a_figure_altered_in_file_and_row_alike_is_not_signed(nodes: Nodes, tmp_path: Path) -> None:
    """Somebody who changes both the file and what the database says of it meets the approver's signature."""
    submission = approved(nodes, tmp_path)
    forged = write_csv(
        tmp_path / "forged.csv", [trade("KZ", "RU", "OUT", "999"), trade("KZ", "BY", "OUT", "7")]
    )
    digest = nodes["KZ"].objects.put(forged.read_bytes())
    row = replace(submission, file_digest=digest)
    event = AuditEvent("submission.altered", "intruder", "1", nodes.clock.now())
    nodes["KZ"].submissions.move(row, leaving=SubmissionState.APPROVED, event=event)

    assert "not those that were approved" in str(refused(nodes, submission))


def test_a_part_altered_after_its_release_is_found_and_named(nodes: Nodes, tmp_path: Path) -> None:
    """One byte of one part on the disk makes the verification name the bundle."""
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "100")], tmp_path)
    part = nodes["KZ"].objects.path(bundle.parts[0])
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.chmod(0o600)
    part.write_bytes(bytes(content))
    findings = verify.verify(nodes["KZ"]).findings

    assert [finding.where for finding in findings] == [f"bundle KZ DECLARED_FLOW vintage 1 ({bundle.digest})"]
