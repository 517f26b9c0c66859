"""schemas.release and schemas.errors."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pytest

from schemas.arrow import empty_table
from schemas.errors import InvalidTable, InvalidValue, SchemaError
from schemas.registry import dataflow
from schemas.release import Certificate, ReleasedTable

CERTIFICATE = Certificate(
    rules=["frequency n=3 on subjects", "p%=10"],
    counts={"exact": 10, "prim_small": 2},
    relations=[{"total": "_O", "over": "COUNTERPART_AREA"}],
    audit={"unprotected": 0},
)


def test_a_certificate_reads_back_from_its_document() -> None:
    """Nothing is lost on the way through plain JSON values, and unknown fields do no harm."""
    document = CERTIFICATE.to_dict()

    assert Certificate.from_dict({**document, "later": 1}) == CERTIFICATE
    assert document == {
        "rules": ["frequency n=3 on subjects", "p%=10"],
        "counts": {"exact": 10, "prim_small": 2},
        "relations": [{"total": "_O", "over": "COUNTERPART_AREA"}],
        "audit": {"unprotected": 0},
        "exceptions": [],
    }


def test_a_certificate_without_canonical_form_cannot_be_constructed() -> None:
    """A float would not be the same bytes on every node."""
    with pytest.raises(InvalidValue, match="canonical"):
        dataclasses.replace(CERTIFICATE, audit={"ratio": 0.5})


def test_an_incomplete_certificate_is_refused_by_name() -> None:
    """The absent fields are listed."""
    with pytest.raises(InvalidValue) as refusal:
        Certificate.from_dict({"rules": [], "counts": {}})

    assert refusal.value.context == {"absent": ["audit", "exceptions", "relations"]}


def test_a_released_table_has_exactly_the_columns_of_its_cells() -> None:
    """One column more, or one of another type, cannot leave."""
    cells = empty_table(dataflow("R33_A").cells)

    assert ReleasedTable("R33_A", cells, CERTIFICATE).table is cells
    for wrong in (
        cells.append_column("SUBJECT_ID", pa.array([], pa.string())),
        cells.drop_columns(["OBS_UPPER"]),
        cells.set_column(4, "OBS_VALUE", pa.array([], pa.float64())),
    ):
        with pytest.raises(InvalidTable, match="columns of its dataflow"):
            ReleasedTable("R33_A", wrong, CERTIFICATE)


def test_an_error_says_what_where_and_what_to_do() -> None:
    """Title, detail, hint and context are kept apart; the text joins the first two."""
    error = SchemaError("Refused.", detail="Here.", hint="Do this.", context={"n": 1})

    assert (error.title, error.detail, error.hint, error.context) == (
        "Refused.",
        "Here.",
        "Do this.",
        {"n": 1},
    )
    assert str(error) == "Refused. Here."
