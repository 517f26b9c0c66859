"""Three people at each node bring the open data in, the way they would at work."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from node.access import Role
from node.demo.api_client import ApiClient
from node.demo.federation import DemoNode

FILES = {
    "fatf_ratings.csv": "FATF_RATING",
    "declared_remittances.csv": "DECLARED_FLOW",
    "declared_trade.csv": "DECLARED_FLOW",
    "suspicious_flows.csv": "SUSPICIOUS_FLOW",
}
REASONS = {
    "leave_out": "Published as it stands by the source named in NOTICE.md; these rows do not meet the structure.",
    "confirm_warnings": "Published as it stands by the source named in NOTICE.md.",
}
DONE = {"released", "withdrawn"}


def load(node: DemoNode, say: Callable[[str], None]) -> None:
    """Upload, approve and release every file of this member that is not released yet, saying each."""
    analyst = ApiClient(node, node.person(Role.SUBMITTER))
    approver = ApiClient(node, node.person(Role.RELEASER))
    releaser = ApiClient(node, node.person(Role.RELEASER, number=1))
    passwords = (node.person(Role.RELEASER).password, node.person(Role.RELEASER, number=1).password)
    known = {submission["file_name"]: submission for submission in analyst.get_all("/api/v1/submissions")}
    for file in _files(node.code):
        submission = known.get(file.name) or analyst.upload(file, FILES[file.name])
        if submission["state"] in DONE:
            continue
        say(_line(node, submission))
        _walk(submission, analyst, approver, releaser, passwords)


def _walk(
    submission: dict[str, Any],
    analyst: ApiClient,
    approver: ApiClient,
    releaser: ApiClient,
    passwords: tuple[str, str],
) -> None:
    """Take the submission from where it stands to released; a run that was cut off is continued here."""
    path = f"/api/v1/submissions/{submission['submission_id']}"
    for step in [step["name"] for step in analyst.get(path)["steps"] if step["name"] in REASONS]:
        submission = analyst.post(f"{path}/{step.replace('_', '-')}", {"reason": REASONS[step]})
    if submission["state"] == "submitted":
        submission = approver.post(f"{path}/approve", {"password": passwords[0]})
    releaser.post(f"{path}/release", {"password": passwords[1]})


def _files(code: str) -> list[Path]:
    folder = Path(str(files("node.demo") / "data" / code))
    return [folder / name for name in FILES if (folder / name).is_file()]


def _line(node: DemoNode, submission: dict[str, Any]) -> str:
    refused = submission["rows_refused"]
    left_out = f", {refused} refused by the checks and left out with a reason" if refused else ""
    return f"{node.code}: {submission['file_name']}, {submission['rows']} rows{left_out}"
