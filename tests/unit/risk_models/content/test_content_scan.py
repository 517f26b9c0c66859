"""risk_models.disclosure.content: whole tables."""

from __future__ import annotations

import pyarrow as pa
import pytest

from risk_models.disclosure.content import Kind, inspect, scan
from risk_models.disclosure.content.scan import MAX_EFFORT
from schemas.digest import sha256_hex
from schemas.structure import Column, DataStructure

CLEAN, NUMBER, NAME = "Наличные дробятся", "ИИН 010101500003", "Иванов Иван Иванович"
STRUCTURE = DataStructure(
    "TEST",
    "REGISTER",
    "1.0.0",
    (Column("TITLE", "text"), Column("NOTE", "text"), Column("SUBJECT", "identifier")),
)


def test_hits_are_listed_by_row_column_and_place() -> None:
    """Row positions are those of the table; other kinds of columns are not looked into."""
    table = pa.table(
        {"NOTE": [CLEAN, NUMBER, None], "TITLE": [None, f"{NAME}, {NUMBER}", NAME], "SUBJECT": [NUMBER] * 3}
    )

    hits = scan(table, STRUCTURE)

    assert [(hit.row, hit.column, hit.kind) for hit in hits] == [
        (1, "TITLE", Kind.PERSON_NAME),
        (1, "TITLE", Kind.NATIONAL_NUMBER),
        (1, "NOTE", Kind.NATIONAL_NUMBER),
        (2, "TITLE", Kind.PERSON_NAME),
    ]
    assert hits[2].text_digest == sha256_hex(NUMBER.encode())
    assert hits[2].excerpt == "01********03"


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())], ids=str
)
def test_every_form_of_text_is_read(kind: pa.DataType) -> None:
    """Chunks and dictionaries as well."""
    chunks = [pa.array([CLEAN, None, NUMBER]).cast(kind), pa.array([NUMBER]).cast(kind)]

    report = inspect(pa.table({"NOTE": pa.chunked_array(chunks)}), STRUCTURE)

    assert [hit.row for hit in report.hits] == [2, 3]


def test_totals_count_what_is_not_listed() -> None:
    """A list that is cut says so."""
    table = pa.table({"TITLE": [NUMBER, NAME] * 500})

    report = inspect(table, STRUCTURE, listed_at_most=3)

    assert [hit.row for hit in report.hits] == [0, 1, 2]
    assert report.totals == {Kind.NATIONAL_NUMBER: 500, Kind.PERSON_NAME: 500}
    assert not report.is_complete


def test_a_table_without_text_has_no_hits() -> None:
    """No rows, only empty cells, no such column."""
    for table in (
        pa.table({"TITLE": pa.array([], pa.string())}),
        pa.table({"TITLE": pa.nulls(2)}),
        pa.table({"OTHER": [NUMBER]}),
    ):
        assert inspect(table, STRUCTURE).total == 0


def test_more_text_than_can_be_looked_through_is_told() -> None:
    """It blocks like a hit that nobody may clear."""
    long = "Слово 1 " * 5_000
    table = pa.table({"TITLE": [f"{place} {long}" for place in range(MAX_EFFORT // len(long) // 3)]})

    (hit,) = scan(table, STRUCTURE)

    assert (hit.kind, hit.row, hit.column) == (Kind.UNSCANNED, None, "TITLE")


def test_a_repeated_text_is_looked_through_once() -> None:
    """A million rows of one sentence cost no more than reading the column."""
    table = pa.table({"TITLE": pa.array([NUMBER]).take(pa.array([0] * 1_000_000))})

    report = inspect(table, STRUCTURE, listed_at_most=1)

    assert report.totals == {Kind.NATIONAL_NUMBER: 1_000_000}
