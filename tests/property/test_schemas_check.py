"""Properties of the check: every planted violation is found where it was planted, and none is invented."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.check import CheckResult, check
from schemas.registry import codelist, structure

FIRST_ROW = 7
Record = dict[str, str | None]
# Bad cells by column, each with the one rule that it breaks.
BAD = [
    ("REPORT_ID", "", "value.required"),
    ("REPORT_ID", "x" * 65, "text.too_long"),
    ("BEGIN_DATE", "2015-02-29", "date.invalid"),
    ("BEGIN_DATE", "2099-12-31", "dates.reversed"),
    ("END_DATE", "soon", "date.invalid"),
    ("END_DATE", " ", "value.required"),
    ("REF_AREA", "BY", "area.not_reporter"),
    ("REF_AREA", "ZZ", "code.unknown"),
    ("COUNTERPART_AREA", "W1", "code.not_allowed"),
    ("COUNTERPART_AREA", "zz", "code.unknown"),
    ("FLOW_DIRECTION", "out", "code.unknown"),
    ("METHOD", "TM00", "code.unknown"),
    ("N_TXN", "1.5", "count.not_integer"),
    ("N_TXN", "-1", "count.negative"),
    ("N_TXN", "1e18", "count.too_large"),
    ("AMOUNT", "1,5", "money.not_number"),
    ("AMOUNT", "-2", "money.negative"),
    ("AMOUNT", "0.001", "money.too_precise"),
    ("CURRENCY", "EUR", "currency.unsupported"),
    ("CURRENCY", "usd", "code.unknown"),
]
# A reversal is found at the end date, where the analyst looks for it.
FOUND_AT = {"dates.reversed": "END_DATE"}


def taken(column_id: str) -> list[str]:
    """The codes that a column of the records takes."""
    column = structure("FLOW_RECORD").column(column_id)
    return [code for code in codelist(column.codelist or "").ids if code not in column.excluded]


@st.composite
def sound_records(draw: st.DrawFn) -> Record:
    """A record that breaks no rule, written in one of the ways that are accepted."""
    cents = draw(st.integers(0, 10**12))
    day = draw(st.dates(dt.date(1950, 1, 1), dt.date(2050, 1, 1)))
    areas = [code for code in codelist("CL_AREA").ids if code not in {"KZ", "BY", "_O", "_Z", "W1"}]
    return {
        "REPORT_ID": None,
        "SUBJECT_ID": draw(st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True)),
        "REPORTING_ENTITY": draw(st.sampled_from(["Bank A", " Банк Б", "«Қазына» банкі"])),
        "BEGIN_DATE": draw(st.sampled_from([None, day.isoformat()])),
        "END_DATE": draw(st.sampled_from([day.isoformat(), day.strftime("%d.%m.%Y")])),
        "REF_AREA": "KZ",
        "COUNTERPART_AREA": draw(st.sampled_from(areas)),
        "FLOW_DIRECTION": draw(st.sampled_from(["IN", "OUT"])),
        "METHOD": draw(st.sampled_from([None, *taken("METHOD")])),
        "CHANNEL": draw(st.sampled_from([None, *taken("CHANNEL")])),
        "N_TXN": draw(st.one_of(st.none(), st.integers(0, 10**12).map(str))),
        "AMOUNT": f"{cents // 100}.{cents % 100:02d}",
        "CURRENCY": "USD",
    }


def checked(records: list[Record], structure_id: str, listed_at_most: int = 1000) -> CheckResult:
    """Check records, given to the check in two chunks."""
    names = structure(structure_id).column_ids
    halves = (records[: len(records) // 2], records[len(records) // 2 :])
    columns = {
        name: pa.chunked_array([pa.array([row.get(name) for row in half], pa.string()) for half in halves])
        for name in names
    }
    return check(
        pa.table(columns),
        structure(structure_id),
        reporter="KZ",
        first_row=FIRST_ROW,
        listed_at_most=listed_at_most,
    )


@given(st.data())
def test_every_planted_violation_is_found_and_none_is_invented(choices: st.DataObject) -> None:
    """Coordinates, totals, refused rows and accepted rows are exactly those of what was planted."""
    records = choices.draw(st.lists(sound_records(), min_size=1, max_size=12))
    for number, record in enumerate(records):
        record["REPORT_ID"] = f"R-{number}"
    cells = st.tuples(st.integers(0, len(records) - 1), st.sampled_from(BAD))
    # One bad cell in a row: two of them may concern one another (both dates), which is another property.
    plan = choices.draw(st.lists(cells, max_size=6, unique_by=lambda cell: cell[0]))
    for place, (column, value, _) in plan:
        records[place][column] = value

    result = checked(records, "FLOW_RECORD")

    expected = {(place + FIRST_ROW, FOUND_AT.get(rule, column), rule) for place, (column, _, rule) in plan}
    assert {(v.row, v.column, v.rule) for v in result.violations} == expected
    assert len(result.violations) == len(expected)
    assert result.totals == Counter(rule for _, _, rule in expected)
    assert result.refused_rows == {row for row, _, _ in expected}
    kept = [
        record["REPORT_ID"]
        for place, record in enumerate(records)
        if place + FIRST_ROW not in result.refused_rows
    ]
    assert result.accepted.column("REPORT_ID").to_pylist() == kept


@given(st.lists(st.sampled_from(["HS27", "HS44", "HS71", None, "_Z"]), min_size=1, max_size=12))
def test_duplicate_keys_are_exactly_the_keys_that_repeat(products: list[str | None]) -> None:
    """Every row of a repeated key names all rows of that key; the other rows stay."""
    sound = {"TIME_PERIOD": "2016", "REF_AREA": "KZ", "COUNTERPART_AREA": "RU", "FLOW_DIRECTION": "IN"}
    sound |= {"FLOW_KIND": "TRADE", "CURRENCY": "USD", "OBS_VALUE": "1"}
    keys = [product or "_Z" for product in products]

    result = checked([{**sound, "PRODUCT": product} for product in products], "DECLARED_FLOW_UPLOAD")

    rows_of = {key: [row + FIRST_ROW for row, other in enumerate(keys) if other == key] for key in keys}
    expected = [(row + FIRST_ROW, rows_of[key]) for row, key in enumerate(keys) if len(rows_of[key]) > 1]
    assert [(v.row, v.params["rows"]) for v in result.violations] == expected
    assert result.accepted.num_rows == len(keys) - len(expected)


@given(st.lists(st.sampled_from(["x", "1"]), min_size=1, max_size=30), st.integers(0, 10))
def test_a_cut_list_is_the_beginning_of_the_whole_list(amounts: list[str], listed_at_most: int) -> None:
    """Cutting the list changes neither its beginning nor any total."""
    sound = dict.fromkeys(structure("FLOW_RECORD").column_ids, "KZ")
    records: list[Record] = [{**sound, "AMOUNT": amount} for amount in amounts]

    whole, cut = checked(records, "FLOW_RECORD", 10**6), checked(records, "FLOW_RECORD", listed_at_most)

    assert cut.violations == whole.violations[:listed_at_most]
    assert cut.totals == whole.totals
    assert sum(whole.totals.values()) == len(whole.violations)
