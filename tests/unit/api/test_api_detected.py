"""What the API tells of a file of transactions."""

from __future__ import annotations

from pathlib import Path

from node.access import Role
from tests.support.contexts_api import add_person, surface
from tests.support.federation import federation
from tests.support.transaction_files import written
from tests.support.transactions import Payment, table

PAYMENTS: list[Payment] = [("A", "B", 20 + day, 9_500) for day in range(4)]
PAYMENTS += [("Y", "Z", 0, 11), ("Y", "Z", 200, 13)]


def test_a_submission_says_how_much_was_found_and_by_which_definitions(tmp_path: Path) -> None:
    """Numbers by typology: one for who pays and one for who is paid; no transaction."""
    with federation(tmp_path / "nodes", ["KZ"]) as nodes:
        add_person(nodes["KZ"], nodes.clock, "sara", Role.SUBMITTER)
        web = surface(nodes["KZ"], nodes.clock, tmp_path)
        content = written(table(PAYMENTS), tmp_path / "payments.csv").read_bytes()
        query = {"dataflow": "DETECTED_FLOW", "mode": "append", "file_name": "payments.csv"}
        answer = web.signed_in("sara").post("/api/v1/submissions", params=query, content=content)

    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["detected"] == {"detections": {"STRUCTURING": 2}, "flows": 4, "domestic": 0, "elsewhere": 0}
    assert "STRUCTURING 1.0.0" in told["recipe"]["typologies"]
