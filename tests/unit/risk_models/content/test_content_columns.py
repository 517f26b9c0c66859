"""risk_models.disclosure.content: columns of identifiers."""

# ruff: noqa: RUF001 letters that look like others belong to the languages tested
from __future__ import annotations

import pyarrow as pa
import pytest

from risk_models.disclosure.content import ColumnFault, header_hits, structure_faults, uploaded_column_hits
from schemas.registry import dataflows, structure
from schemas.structure import Column, DataStructure

RECORD = structure("FLOW_RECORD")
IDENTIFIERS = [
    "ИИН", "ЖСН клиента", "ФИО", "Фамилия, имя", "Аты-жөні", "Номер счёта", "IBAN", "ACCOUNT_NO",
    "Номер карты", "Паспорт №", "Телефон", "e-mail", "Адрес проживания",
    "Дата рождения", "Кошелёк", "Full name", "date_of_birth", "PINFL", "VÖEN", "ИHH", "Имя", "Անուն", "Soyadı",
]  # fmt: skip
ORDINARY = [
    "Страна", "Период", "Сумма, тенге", "Количество сообщений", "Наименование показателя",
    "Вид карты (дебетовая)", "Name of indicator", "Country name", "Month", "Code",
    "Бины и силосы", "Доля, %", "Комментарий", "Финансовый год", "Kartlar sayı",
]  # fmt: skip


@pytest.mark.parametrize("flow", dataflows(), ids=lambda flow: flow.id)
def test_no_cells_structure_of_ours_has_a_column_of_identifiers(flow: object) -> None:
    """Nothing about a person, an account or a transaction can leave by structure."""
    assert structure_faults(flow.cells) == ()


def test_a_cells_structure_with_identifiers_is_refused() -> None:
    """By kind, by name and by what its pattern would accept."""
    planted = DataStructure(
        "TEST",
        "CELLS",
        "1.0.0",
        (
            Column("SUBJECT", "identifier"),
            Column("CLIENT_NAME", "text"),
            Column("REFERENCE", "text", pattern=r"^[0-9]{12}$"),
            Column("TITLE", "text"),
            Column("PERIOD", "text", pattern=r"[0-9]{4}"),
        ),
    )

    assert structure_faults(planted) == (
        ColumnFault("SUBJECT", "kind"),
        ColumnFault("CLIENT_NAME", "name"),
        ColumnFault("REFERENCE", "pattern"),
    )


@pytest.mark.parametrize("header", IDENTIFIERS)
def test_a_header_of_identifiers_is_told(header: str) -> None:
    """In the languages of the region, in capitals, with underscores."""
    (hit,) = header_hits(["REF_AREA", header], RECORD)

    assert (hit.rule, hit.column, hit.row) == ("content.identifier_column", header, None)


@pytest.mark.parametrize("header", ORDINARY)
def test_an_ordinary_header_is_not_told(header: str) -> None:
    """Names of indicators, places and amounts."""
    assert header_hits([header], RECORD) == ()


def test_a_known_column_is_no_finding() -> None:
    """Records may hold identifiers: they never leave the node."""
    assert header_hits(RECORD.column_ids, RECORD) == ()


def test_a_column_that_mostly_holds_identifiers_is_told() -> None:
    """Whatever it is called; a note that mentions one is a finding in its text and no column of identifiers."""
    number = "010101500003"
    table = pa.table(
        {
            "X1": [number, f" {number}", "нет", number],
            "NOTE": [f"Перевод клиента с номером {number} за границу"] * 4,
            "SUBJECT_ID": [number] * 4,
            "AMOUNT": ["1000"] * 4,
        }
    )

    assert [(hit.column, hit.scheme) for hit in uploaded_column_hits(table, RECORD)] == [("X1", "cells")]


def test_few_cells_are_no_column_of_identifiers() -> None:
    """Two cells are not a pattern."""
    table = pa.table({"X1": ["010101500003", "010101500003", None]})

    assert uploaded_column_hits(table, RECORD) == ()
