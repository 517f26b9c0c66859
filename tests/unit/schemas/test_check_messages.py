"""schemas.messages: what people read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.check import CheckResult, Violation, location, message
from schemas.errors import UnknownDefinition
from schemas.registry import LANGUAGES, messages

Checked = Callable[..., CheckResult]

# One value for every place that any template has.
PARAMS = {
    "codelist": "CL_AREA",
    "suggestion": "KZ",
    "day": "2016-06-30",
    "other": "R.1",
    "other_column": "FATF_ITEM",
    "limit": "10",
    "accepted": ["A"],
    "max_length": 64,
    "pattern": "^[A-D]$",
    "rows": [2, 3],
    "columns": ["REF_AREA"],
    "count": 2,
    "reporter": "KZ",
    "supported": ["USD"],
    "begin": "2016-12-31",
    "status": "Q",
    "found": "double",
    "expected": "int64",
    "sum": "12",
    "measure": "N_STR",
    "previous": "12",
    "cells": "B7, C9",
    "decimal": ",",
    "thousands": " ",
    "dimensions": ["MEASURE"],
    "encoding": "cp1251",
    "first": 3,
    "last": 4,
    "names": "Russia = RU",
    "alternatives": "mac-cyrillic",
    "submission": 12,
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", messages())
def test_every_rule_speaks_every_language(rule: str, lang: str) -> None:
    """No place in a sentence stays unfilled."""
    text = message(Violation(rule, "error", 2, "OBS_VALUE", "x", PARAMS), lang)

    assert text
    assert "{" not in text


def test_a_message_names_value_list_and_suggestion(checked: Checked) -> None:
    """The three languages say the same about one bad code."""
    (violation,) = checked("FLOW_RECORD", {"COUNTERPART_AREA": "RUS"}).violations

    assert message(violation, "en") == (
        "“RUS” is not a code of the list “States and territories (ISO 3166-1)”. Perhaps “RU” is meant."
    )
    assert message(violation, "ru") == (
        "«RUS» нет в списке кодов «Государства и территории (ISO 3166-1)». Возможно, имелось в виду «RU»."
    )
    assert message(violation, "kk") == (
        "«RUS» «Мемлекеттер мен аумақтар (ISO 3166-1)» кодтар тізімінде жоқ. Мүмкін «RU» деп жазбақ болдыңыз."
    )


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    """What an analyst wrote is never read as a template."""
    assert "“{value}{0}”" in message(Violation("money.not_number", "error", 2, "AMOUNT", "{value}{0}"), "en")


def test_many_rows_are_named_in_part_with_the_true_rest(checked: Checked) -> None:
    """Ten rows are named; the remainder counts the whole group."""
    violation = checked("FLOW_RECORD", *({} for _ in range(150))).violations[0]

    assert "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 140 more" in message(violation, "en")


def test_the_location_is_said_in_words() -> None:
    """Cell, row, column and table are told apart."""
    places = [(5, "AMOUNT"), (5, None), (None, "Extra"), (None, None)]
    violations = [Violation("value.required", "error", row, column, None) for row, column in places]

    assert [location(violation, "en") for violation in violations] == [
        "Row 5, column AMOUNT (Amount)",
        "Row 5",
        "Column Extra",
        "Table",
    ]
    assert location(violations[0], "kk") == "5-жол, AMOUNT (Сома) бағаны"


@pytest.mark.parametrize(("rule", "lang"), [("no.such_rule", "en"), ("value.required", "fr")])
def test_an_unknown_rule_or_language_is_refused(rule: str, lang: str) -> None:
    """A missing translation is an error of ours, never an empty message."""
    with pytest.raises(UnknownDefinition):
        message(Violation(rule, "error", 2, "AMOUNT", None), lang)
