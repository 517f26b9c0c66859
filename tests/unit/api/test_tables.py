"""Tables on their way out say whether they are whole."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet
import pytest

from node.api.tables import TableFormat, answer, as_document

TABLE = pa.table({"REF_AREA": ["KZ", "RU", "BY"], "OBS_VALUE": pa.array([5, None, 0], pa.int64())})


def test_a_document_holds_every_value_as_it_is_stored() -> None:
    """Withheld is null, zero is zero: they never look alike."""
    document = as_document(TABLE, offset=0, limit=10)

    assert document == {
        "total": 3,
        "offset": 0,
        "complete": True,
        "columns": ["REF_AREA", "OBS_VALUE"],
        "rows": [
            {"REF_AREA": "KZ", "OBS_VALUE": 5},
            {"REF_AREA": "RU", "OBS_VALUE": None},
            {"REF_AREA": "BY", "OBS_VALUE": 0},
        ],
    }


@pytest.mark.parametrize(
    ("offset", "limit", "complete"), [(0, 3, True), (0, 2, False), (1, 3, False), (3, 1, False)]
)
def test_a_document_is_complete_only_with_every_row(offset: int, limit: int, *, complete: bool) -> None:
    """A page in the middle is not the table."""
    assert as_document(TABLE, offset=offset, limit=limit)["complete"] is complete


def _answer(table_format: TableFormat, limit: int) -> tuple[dict[str, str], bytes]:
    response = answer(
        TABLE, table_format, name="cells-X", offset=0, limit=limit, headers={"ETag": '"1"'}, about={"a": 1}
    )
    return dict(response.headers), bytes(response.body)


def test_a_whole_csv_has_a_plain_name() -> None:
    """And the counts in its headers."""
    headers, body = _answer(TableFormat.CSV, 3)

    assert headers["content-disposition"] == 'attachment; filename="cells-X.csv"'
    assert (headers["x-rows-total"], headers["x-rows-sent"], headers["x-complete"]) == ("3", "3", "true")
    assert body.decode() == '"REF_AREA","OBS_VALUE"\n"KZ",5\n"RU",\n"BY",0\n'


@pytest.mark.parametrize("table_format", [TableFormat.CSV, TableFormat.PARQUET])
def test_a_cut_file_says_so_in_its_name(table_format: TableFormat) -> None:
    """The name is what remains when the file is passed on."""
    headers, _ = _answer(table_format, 2)

    assert headers["x-complete"] == "false"
    assert f"cells-X-incomplete.{table_format}" in headers["content-disposition"]


def test_parquet_is_readable() -> None:
    """By any reader."""
    _, body = _answer(TableFormat.PARQUET, 3)

    assert pyarrow.parquet.read_table(io.BytesIO(body)).to_pylist() == TABLE.to_pylist()


def test_json_says_first_what_it_is_about() -> None:
    """What the rows were made from stands in the same document."""
    headers, body = _answer(TableFormat.JSON, 1)

    assert json.loads(body)["a"] == 1
    assert json.loads(body)["complete"] is False
    assert headers["etag"] == '"1"'
