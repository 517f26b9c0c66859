"""schemas.check: rules over whole rows."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from schemas.check import CheckResult, check
from schemas.structure import Column, DataStructure, Rule

Checked = Callable[..., CheckResult]


def test_only_the_reporters_own_rows_are_taken(checked: Checked) -> None:
    """A row of another state is refused, with the state that was expected."""
    (violation,) = checked("FLOW_RECORD", {"REF_AREA": "BY"}).violations

    assert (violation.rule, violation.column, violation.value) == ("area.not_reporter", "REF_AREA", "BY")
    assert violation.params == {"reporter": "KZ"}


def test_a_flow_within_one_state_is_a_warning(checked: Checked) -> None:
    """The row stays, and the analyst is told that no border is crossed."""
    result = checked("FLOW_RECORD", {"COUNTERPART_AREA": "KZ"})

    assert result.totals == {"area.domestic": 1}
    assert result.accepted.num_rows == 1


def test_another_currency_is_refused_for_now(checked: Checked) -> None:
    """A known currency that cannot be converted yet is told apart from an unknown code."""
    (violation,) = checked("FLOW_RECORD", {"CURRENCY": "EUR"}).violations

    assert (violation.rule, violation.params) == ("currency.unsupported", {"supported": ["USD"]})
    assert checked("FLOW_RECORD", {"CURRENCY": "EURO"}).totals == {"code.unknown": 1}


def test_an_end_before_its_beginning_is_refused(checked: Checked) -> None:
    """Both dates are in the violation; the same day is no reversal; a bad date is judged once."""
    (violation,) = checked("FLOW_RECORD", {"BEGIN_DATE": "2016-12-31", "END_DATE": "30.12.2016"}).violations

    assert (violation.rule, violation.column, violation.value) == ("dates.reversed", "END_DATE", "30.12.2016")
    assert violation.params == {"begin": "2016-12-31"}
    assert checked("FLOW_RECORD", {"BEGIN_DATE": "2016-12-31"}).is_clean
    assert checked("FLOW_RECORD", {"BEGIN_DATE": "31.02.2017"}).totals == {"date.invalid": 1}


def test_a_code_is_refused_outside_its_validity(checked: Checked) -> None:
    """The Belarusian rouble of today did not exist before 1 July 2016."""
    before = checked("FLOW_RECORD", {"CURRENCY": "BYN", "END_DATE": "2016-06-30"})
    after = checked("FLOW_RECORD", {"CURRENCY": "BYN", "END_DATE": "2016-07-01"})

    assert before.totals == {"code.not_valid_in_period": 1, "currency.unsupported": 1}
    assert before.violations[0].params == {"day": "2016-06-30"}
    assert after.totals == {"currency.unsupported": 1}


def test_codes_without_validity_dates_are_valid_on_every_day() -> None:
    """A list that sets no dates costs nothing and refuses nothing."""
    columns = (Column("METHOD", "code", "CL_METHOD"), Column("END_DATE", "date"))
    rules = (Rule("code.not_valid_in_period", ("METHOD", "END_DATE")),)
    table = pa.table({"METHOD": ["TM01"], "END_DATE": ["1900-01-01"]})

    dated = DataStructure("IRAC", "DATED", "1.0.0", columns, rules)
    assert check(table, dated, reporter="KZ", first_row=2).is_clean


@pytest.mark.parametrize(("topic", "rating"), [("R.40", "NC"), ("IO.1", "HE")])
def test_a_rating_on_the_scale_of_its_topic_is_accepted(checked: Checked, topic: str, rating: str) -> None:
    """Recommendations have compliance ratings, outcomes have effectiveness ratings."""
    assert checked("FATF_RATING_UPLOAD", {"FATF_ITEM": topic, "OBS_VALUE": rating}).is_clean


@pytest.mark.parametrize(("topic", "rating"), [("R.1", "HE"), ("IO.11", "C")])
def test_a_rating_on_the_other_scale_is_refused(checked: Checked, topic: str, rating: str) -> None:
    """Both codes exist; together they mean nothing."""
    (violation,) = checked("FATF_RATING_UPLOAD", {"FATF_ITEM": topic, "OBS_VALUE": rating}).violations

    assert (violation.rule, violation.column) == ("codes.disagree", "OBS_VALUE")
    assert violation.params == {"other_column": "FATF_ITEM", "other": topic}


def test_a_duplicate_key_names_every_row_involved(checked: Checked) -> None:
    """Neither row is preferred: all of them are refused, the others stay."""
    result = checked(
        "DECLARED_FLOW_UPLOAD",
        {"OBS_VALUE": "1"},
        {"PRODUCT": "HS44"},
        {"OBS_VALUE": "2"},
        {"PRODUCT": None},
        {"PRODUCT": "_Z"},
        {"OBS_VALUE": "3"},
    )

    assert [(v.rule, v.row, v.params["rows"]) for v in result.violations] == [
        ("key.duplicate", 2, [2, 4, 7]),
        ("key.duplicate", 4, [2, 4, 7]),
        ("key.duplicate", 5, [5, 6]),
        ("key.duplicate", 6, [5, 6]),
        ("key.duplicate", 7, [2, 4, 7]),
    ]
    assert result.accepted.column("PRODUCT").to_pylist() == ["HS44"]


def test_a_key_with_a_bad_cell_is_not_compared(checked: Checked) -> None:
    """Two rows with the same unknown code are two unknown codes, not also a duplicate."""
    result = checked("DECLARED_FLOW_UPLOAD", {"COUNTERPART_AREA": "XX"}, {"COUNTERPART_AREA": "XX"})

    assert result.totals == {"code.unknown": 2}


def test_identical_records_are_a_warning_on_every_one_of_them(checked: Checked) -> None:
    """A record may repeat, so both stay; 12.50 and 12.5 are the same amount."""
    result = checked("FLOW_RECORD", {"AMOUNT": "12.50"}, {"AMOUNT": "12.5"}, {"AMOUNT": "12.6"})

    assert [(v.rule, v.severity, v.row, v.params["rows"]) for v in result.violations] == [
        ("row.duplicate", "warning", 2, [2, 3]),
        ("row.duplicate", "warning", 3, [2, 3]),
    ]
    assert result.refused_rows == frozenset()
    assert result.accepted.num_rows == 3


def test_identical_records_that_are_refused_are_not_compared(checked: Checked) -> None:
    """What is refused need not be warned about as well."""
    assert checked("FLOW_RECORD", {"AMOUNT": "x"}, {"AMOUNT": "x"}).totals == {"money.not_number": 2}


def test_a_large_group_of_duplicates_is_counted_whole_and_named_in_part(checked: Checked) -> None:
    """A hundred rows are named, the rest is a number."""
    result = checked("FLOW_RECORD", *({} for _ in range(150)), listed_at_most=1)

    (violation,) = result.violations
    assert violation.params["rows"] == list(range(2, 102))
    assert violation.params["count"] == 150
    assert result.totals == {"row.duplicate": 150}
