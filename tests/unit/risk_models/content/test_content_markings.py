"""risk_models.disclosure.content: a marking is told, a mention is not."""

# ruff: noqa: RUF001 letters that look like others belong to the languages tested
from __future__ import annotations

import pytest

from risk_models.disclosure.content import scan_text

MENTIONS = [
    "Банковская тайна не препятствует обмену.",
    "Банковская тайна, налоговая тайна и их пределы",
    "Сведения не составляют государственную тайну.",
    "Мошенники вели секретные счета и секретно встречались.",
    "Следователь по делам особой важности",
    "Банк құпиясы туралы заң",
    "Secret accounts were opened abroad.",
    "The bank kept the list confidential.",
    "Поставки ДСП и фанеры выросли.",
    "Legea privind secretul bancar",
]
MARKINGS = [
    "Для служебного\nпользования",
    "Обзор типологий\nСекретно\nЭкз. № 2",
    "Секретно: обзор",
    "Обзор (ДСП)",
    "Обзор за год СЕКРЕТНО",
    "с грифом «особой важности»",
    "Банковская тайна.",
    "Документ содержит сведения, составляющие банковскую тайну",
    "Осы құжат банк құпиясын құрайды",
    "CONFIDENTIAL review",
    "The annex contains information protected by bank secrecy.",
    "Дzержинский секретно\nCoвершенно ceкретно",
]


@pytest.mark.parametrize("text", MENTIONS)
def test_to_speak_of_secrecy_is_not_to_be_secret(text: str) -> None:
    """Prose about bank secrecy and secret accounts is what typologies are made of."""
    assert scan_text(text) == ()


@pytest.mark.parametrize("text", MARKINGS)
def test_a_marking_is_told_where_it_stands_as_one(text: str) -> None:
    """A line, brackets, capitals, an announcement, a statement; look-alike letters do not hide it."""
    assert [finding.rule for finding in scan_text(text)] == ["content.marking"]
