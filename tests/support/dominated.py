"""A file of records of which one figure is withheld because one entity dominates it, and others for being small."""

from __future__ import annotations

from pathlib import Path

from node.ports.submissions import Submission, UploadMode
from node.services import release, submit
from risk_models.disclosure.report import Withheld
from tests.support.federation import APPROVER, SUBMITTER, Nodes, write_csv

YEAR = "2013"
_REPORTS = (
    # six reports of three entities, evenly: shown
    *((f"A-{place}", f"S-{place}", f"bank-{place % 3}", "BY", "1000") for place in range(6)),
    # six reports of three entities, one of which has nearly all of it
    *((f"C-{place}", f"T-{place}", f"bank-{place % 3}", "RU", "1") for place in range(5)),
    ("C-5", "T-5", "bank-2", "RU", "9000000"),
    ("B-1", "S-9", "bank-1", "AM", "5000"),
)


def rows(year: str = YEAR) -> list[dict[str, str]]:
    """The records, as a file an analyst sends."""
    return [
        {
            "REPORT_ID": report,
            "SUBJECT_ID": subject,
            "REPORTING_ENTITY": entity,
            "BEGIN_DATE": f"{year}-02-01",
            "END_DATE": f"{year}-02-03",
            "REF_AREA": "KZ",
            "COUNTERPART_AREA": counterpart,
            "FLOW_DIRECTION": "OUT",
            "METHOD": "",
            "CHANNEL": "BANK_TRANSFER",
            "N_TXN": "1",
            "AMOUNT": amount,
            "CURRENCY": "USD",
        }
        for report, subject, entity, counterpart, amount in _REPORTS
    ]


def upload(nodes: Nodes, folder: Path, *, mode: UploadMode = UploadMode.APPEND) -> Submission:
    """Submit the file at KZ."""
    file = write_csv(folder / "dominated.csv", rows())
    return submit.upload(
        nodes["KZ"], SUBMITTER, file, file_name=file.name, dataflow_id="SUSPICIOUS_FLOW",
        mode=mode, now=nodes.clock.now(),
    )  # fmt: skip


def withheld(nodes: Nodes, submission: Submission, rule: str) -> Withheld:
    """The first cell that this rule alone hides."""
    prepared = release.preview(nodes["KZ"], APPROVER, submission.submission_id, nodes.clock.now())
    return next(cell for cell in prepared.report.withheld if cell.reason == rule)


def shown(nodes: Nodes, submission: Submission) -> tuple[str, ...]:
    """The key of a cell above zero that is shown."""
    prepared = release.preview(nodes["KZ"], APPROVER, submission.submission_id, nodes.clock.now())
    names = prepared.dataflow.cells.dimensions
    row = next(row for row in prepared.released.table.to_pylist() if row["OBS_VALUE"])
    return tuple(row[name] for name in names)
