"""Records of any length are checked outside memory, and nothing of them stays behind."""

from __future__ import annotations

import gc
from pathlib import Path

from node.adapters.reading import FileReader
from node.adapters.staging_records import FolderStager, clear_abandoned_records
from node.ports.reading import ReadFile
from schemas.check import check
from schemas.registry import structure

HEADER = (
    "REPORT_ID,SUBJECT_ID,REPORTING_ENTITY,END_DATE,REF_AREA,COUNTERPART_AREA,FLOW_DIRECTION,AMOUNT,CURRENCY"
)
ROWS = (
    "R1,S1,B1,2016-12-31,KZ,RU,OUT,100.50,USD",
    "R2,S2,B1,2016-12-31,KZ,XX,OUT,7,USD",
    "R3,S3,B2,2016-01-31,KZ,BY,IN,8,USD",
    "R3,S3,B2,2016-01-31,KZ,BY,IN,8,USD",
)


def records(folder: Path) -> ReadFile:
    """Give a file of records, one of them with an unknown area and two the same."""
    path = folder / "records.csv"
    path.write_text("\n".join((HEADER, *ROWS)) + "\n", encoding="utf-8")
    reader, upload = FileReader(), structure("FLOW_RECORD")
    return reader.read(path, path.name, reader.detect(path, path.name, upload), upload)


def test_a_staged_check_says_what_the_check_of_the_whole_table_says(tmp_path: Path) -> None:
    """The same violations, totals and accepted rows, as often as they are asked for."""
    file, upload = records(tmp_path), structure("FLOW_RECORD")
    whole = check(file.table(), upload, reporter="KZ", first_row=file.first_row)

    staged = FolderStager(tmp_path / "staging").stage(file, upload, reporter="KZ", as_of=None)

    assert staged.result.violations == whole.violations
    assert (dict(staged.result.totals), staged.result.rows_refused) == (dict(whole.totals), 1)
    assert staged.take().equals(whole.accepted)
    assert staged.take().equals(whole.accepted)


def test_nothing_is_left_when_nobody_can_ask_any_more(tmp_path: Path) -> None:
    """Records are personal: they stay no longer than a check needs them."""
    folder = tmp_path / "staging"
    staged = FolderStager(folder).stage(
        records(tmp_path), structure("FLOW_RECORD"), reporter="KZ", as_of=None
    )
    assert list(folder.iterdir()) != []

    del staged
    gc.collect()

    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    """Other files of the folder are none of its business."""
    (tmp_path / "records-abc").mkdir()
    (tmp_path / "records-abc" / "accepted.parquet").write_bytes(b"x")
    (tmp_path / "upload-abc").write_bytes(b"y")

    assert clear_abandoned_records(tmp_path) == 1

    assert [path.name for path in tmp_path.iterdir()] == ["upload-abc"]
