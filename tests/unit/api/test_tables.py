"""Pages of tables say whether they are whole, and where they go on."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from starlette.requests import Request

from node.api.tables import answer, as_document, beginning
from node.errors import Conflict, Invalid

TABLE = pa.table({"REF_AREA": ["KZ", "RU", "BY"], "OBS_VALUE": pa.array([5, None, 0], pa.int64())})
REQUEST = Request(
    {
        "type": "http",
        "method": "GET",
        "path": "/cells",
        "query_string": b"limit=2",
        "headers": [(b"host", b"node.test")],
        "server": ("node.test", 80),
        "scheme": "http",
    }
)


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


def _answer(offset: int, limit: int) -> tuple[dict[str, str], dict[str, object]]:
    response = answer(
        REQUEST, TABLE, of="cells/X", state="now", offset=offset, limit=limit, headers={}, about={"a": 1}
    )
    return dict(response.headers), json.loads(bytes(response.body))


def test_a_page_names_the_next_one_and_the_last_names_none() -> None:
    """In its body and in the header Link; the cursor stands before the first row that was not sent."""
    headers, document = _answer(0, 2)

    assert (document["a"], document["complete"], headers["x-complete"]) == (1, False, "false")
    assert headers["link"] == f'</cells?limit=2&cursor={document["next"]}>; rel="next"'
    assert beginning("cells/X", "now", str(document["next"])) == 2
    headers, document = _answer(2, 2)
    assert "next" not in document
    assert "link" not in headers


def test_a_cursor_of_a_table_that_changed_begins_again() -> None:
    """Rows may have moved: going on would leave some out and repeat others."""
    _, document = _answer(0, 2)

    with pytest.raises(Conflict):
        beginning("cells/X", "later", str(document["next"]))
    with pytest.raises(Invalid):
        beginning("cells/Y", "now", str(document["next"]))


def test_without_a_cursor_a_table_begins_with_its_first_row() -> None:
    """Whatever its state."""
    assert beginning("cells/X", "now", None) == 0
