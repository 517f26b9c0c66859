"""Files as they should not be, through the very upload an analyst uses: a clear refusal, and nothing lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from node.errors import Invalid
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import submit
from tests.support.federation import SUBMITTER, Nodes, federation, trade, write_csv

HEADER = list(trade("KZ", "RU", "OUT", "1"))


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One member."""
    with federation(tmp_path / "nodes", ["KZ"]) as built:
        yield built


def upload(nodes: Nodes, path: Path) -> Submission:
    """Upload a file of declared flows."""
    return submit.upload(
        nodes["KZ"],
        SUBMITTER,
        path,
        file_name=path.name,
        dataflow_id="DECLARED_FLOW",
        mode=UploadMode.APPEND,
        now=nodes.clock.now(),
    )


def workbook() -> bytes:
    """Give a workbook with one good row."""
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(list(trade("KZ", "RU", "OUT", "1").values()))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_macro() -> bytes:
    """Give the same workbook with a macro in it."""
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 a macro")
    return content.getvalue()


def with_password() -> bytes:
    """Give the same workbook encrypted the way a spreadsheet program does."""
    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook())).encrypt("secret", encrypted)
    return encrypted.getvalue()


def truncated_parquet() -> bytes:
    """Give the first half of a Parquet file."""
    content = io.BytesIO()
    pq.write_table(
        pa.table({name: [value] for name, value in trade("KZ", "RU", "OUT", "1").items()}), content
    )
    return content.getvalue()[: len(content.getvalue()) // 2]


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be read at all, and a word its refusal must say."""

    id: str
    name: str
    content: Callable[[], bytes]
    word: str


UNREADABLE = [
    Unreadable("empty", "empty.csv", lambda: b"", "empty"),
    Unreadable("wrong delimiter", "tildes.csv", lambda: b"A~B~C\n1~2~3\n", "separates"),
    Unreadable("truncated Parquet", "cut.parquet", truncated_parquet, "Parquet"),
    Unreadable("macro", "macro.xlsx", with_macro, "macro"),
    Unreadable("macro by its ending", "macro.xlsm", workbook, "macro"),
    Unreadable("password", "locked.xlsx", with_password, "password"),
    Unreadable("not a table", "photo.csv", lambda: bytes(range(256)) * 10, ""),
]


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: case.id)
def test_an_unreadable_file_is_refused_with_what_to_do(
    nodes: Nodes, tmp_path: Path, case: Unreadable
) -> None:
    """The refusal says what is wrong and what to do; nothing is kept of a file that was not acknowledged."""
    path = tmp_path / case.name
    path.write_bytes(case.content())
    with pytest.raises(Invalid) as raised:
        upload(nodes, path)
    said = str(raised.value)

    assert case.word.lower() in said.lower()
    assert raised.value.hint
    assert "Traceback" not in said
    assert nodes["KZ"].submissions.all() == []


ROW = trade("KZ", "RU", "OUT", "1")
FAULTY = {
    "code.unknown": ([ROW, ROW | {"COUNTERPART_AREA": "QQ"}], "COUNTERPART_AREA", 3),
    "key.duplicate": ([ROW, ROW | {"OBS_VALUE": "2"}], "TIME_PERIOD", 2),
    "money.negative": ([ROW, ROW | {"COUNTERPART_AREA": "BY", "OBS_VALUE": "-1"}], "OBS_VALUE", 3),
    "area.not_reporter": ([ROW, ROW | {"REF_AREA": "RU", "COUNTERPART_AREA": "BY"}], "REF_AREA", 3),
    "value.required": ([ROW, ROW | {"COUNTERPART_AREA": ""}], "COUNTERPART_AREA", 3),
}


@pytest.mark.parametrize("rule", FAULTY)
def test_a_row_that_breaks_a_rule_is_named_and_kept_out(nodes: Nodes, tmp_path: Path, rule: str) -> None:
    """The violation stands at its row and column; the file is kept as faulty and nothing goes on by itself."""
    rows, column, row = FAULTY[rule]
    submission = upload(nodes, write_csv(tmp_path / "rows.csv", rows))

    assert submission.state is SubmissionState.FAULTY
    assert (rule, column, row) in {(one["rule"], one["column"], one["row"]) for one in submission.violations}
    assert nodes["KZ"].objects.has(submission.file_digest)


def test_a_negative_count_is_named(nodes: Nodes, tmp_path: Path) -> None:
    """Statistics of R.33: a count below zero."""
    row = {"TIME_PERIOD": "2024", "REF_AREA": "KZ", "CRIME_TYPE": "ML", "MEASURE": "N_STR", "OBS_VALUE": "-5"}
    path = write_csv(tmp_path / "r33.csv", [row])
    submission = submit.upload(
        nodes["KZ"], SUBMITTER, path, file_name=path.name, dataflow_id="R33_A", mode=UploadMode.APPEND,
        now=nodes.clock.now(),
    )  # fmt: skip

    assert [one["rule"] for one in submission.violations] == ["count.negative"]
