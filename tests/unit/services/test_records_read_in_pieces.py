"""Records are compiled from the disk: no table of all of them is made on the way to a release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from node.adapters import staging_records
from node.ports.submissions import UploadMode
from node.services import release, submit
from node.services.context import Context
from risk_models.engine import ParquetFiles
from risk_models.typologies.ports import RecordEngine, Records, Session
from tests.support.federation import APPROVER, PASSWORD, RELEASER, SUBMITTER, Nodes, federation

ROWS = 50_000
HEAD = "REPORT_ID,SUBJECT_ID,REPORTING_ENTITY,END_DATE,REF_AREA,COUNTERPART_AREA,FLOW_DIRECTION,AMOUNT,CURRENCY\n"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One member."""
    with federation(tmp_path / "nodes", ["KZ"]) as built:
        yield built


@dataclass
class Watched:
    """An engine that notes what it is given to read."""

    engine: RecordEngine
    seen: list[Records] = field(default_factory=list)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session of the engine behind."""
        with self.engine.session() as session:
            yield WatchedSession(session, self.seen)


@dataclass
class WatchedSession:
    """A session of it."""

    session: Session
    seen: list[Records]

    def see(self, name: str, records: Records) -> None:
        """Note, and pass on."""
        self.seen.append(records)
        self.session.see(name, records)

    def __getattr__(self, name: str) -> object:
        return getattr(self.session, name)


def file_of(folder: Path) -> Path:
    """Flows to Germany in one year: every report of another subject, of seven entities in turn."""
    path = folder / "records.csv"
    rows = (
        f"R{number},S{number},bank {number % 7},2024-02-01,KZ,DE,OUT,{100 + number % 9},USD\n"
        for number in range(ROWS)
    )
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def test_records_are_released_without_a_table_of_all_of_them(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is given files and small tables alone, and nobody asks for the accepted rows as a table."""
    engine = Watched(nodes["KZ"].engine)
    ctx: Context = replace(nodes["KZ"], engine=engine)
    file, now = file_of(tmp_path), nodes.clock.now
    taken = submit.upload(
        ctx, SUBMITTER, file, file_name=file.name, dataflow_id="SUSPICIOUS_FLOW",
        mode=UploadMode.APPEND, now=now(),
    )  # fmt: skip
    asked: list[str] = []
    monkeypatch.setattr(staging_records, "staged_table", lambda *_: asked.append("all"))

    release.approve(ctx, APPROVER, taken.submission_id, password=PASSWORD, now=now())
    bundle = release.release(ctx, RELEASER, taken.submission_id, password=PASSWORD, now=now())

    assert asked == []
    assert any(isinstance(records, ParquetFiles) for records in engine.seen)
    assert all(isinstance(one, ParquetFiles) or one.num_rows < ROWS // 10 for one in engine.seen)
    assert bundle.cells["exact"] > 0
