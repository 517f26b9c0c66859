"""risk_models.crosswalk: what a map does to values."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from risk_models.coverage import Coverage, written
from risk_models.crosswalk import apply
from risk_models.errors import InvalidInput, UnusableRecords
from schemas import maps
from schemas.errors import InvalidDefinition
from schemas.mapping import CodeMap, Relation
from schemas.registry import codelist
from tests.support.builders_maps import PARENTS, a_list, a_map

Cell = tuple[int | None, int | None, int | None, str]


def mapped(
    code_map: CodeMap, rows: list[tuple[str | None, int | None]], **columns: list[Any]
) -> dict[str, Cell]:
    """Give the cells by shared code, for rows of national code and value."""
    table = pa.table(
        {
            "ARTICLE": pa.array([code for code, _ in rows], pa.string()),
            "OBS_VALUE": pa.array([value for _, value in rows], pa.int64()),
            **columns,
        }
    )
    result = apply(table, "ARTICLE", code_map, a_list()).table
    return {
        row["ARTICLE"]: (row["OBS_VALUE"], row["OBS_LOWER"], row["OBS_UPPER"], row["OBS_STATUS"])
        for row in result.to_pylist()
    }


def exact(value: int) -> Cell:
    """Give a cell of one value."""
    return (value, value, value, "A")


def test_exact_and_broad_are_added_to_the_code_and_to_all_above_it() -> None:
    """A2a lies in A2 and in A; nothing else gets a row."""
    cells = mapped(a_map("1 exact A2a", "2 broad A2"), [("1", 5), ("2", 7)])

    assert cells == {"A": exact(12), "A2": exact(12), "A2a": exact(5)}


def test_narrow_is_exact_above_and_an_interval_below() -> None:
    """The quantity is somewhere in A1 and A2b: certain for A, [0, x] for each, for A2 no more than once."""
    cells = mapped(a_map("1 narrow A1", "1 narrow A2a", "1 narrow A2b", "2 broad A1"), [("1", 10), ("2", 3)])

    assert cells == {
        "A": exact(13),
        "A1": (None, 3, 13, "L"),
        "A2": (None, 0, 10, "L"),
        "A2a": (None, 0, 10, "L"),
        "A2b": (None, 0, 10, "L"),
    }


def test_documented_weights_add_a_point_and_keep_the_interval() -> None:
    """Eleven by thirds is 3.67 and 7.33: largest remainder gives 4 and 7, imputed."""
    cells = mapped(a_map("1 narrow A1 1/3", "1 narrow A2b 2/3"), [("1", 11)])

    assert cells == {
        "A": exact(11),
        "A1": (4, 0, 11, "I"),
        "A2": (7, 0, 11, "I"),
        "A2b": (7, 0, 11, "I"),
    }


def test_equal_remainders_go_to_the_first_codes() -> None:
    """Two units among three equal weights, whatever the order of the lines."""
    one = a_map("1 narrow A2a 1/3", "1 narrow A1 1/3", "1 narrow A2b 1/3")
    other = a_map("1 narrow A2b 1/3", "1 narrow A2a 1/3", "1 narrow A1 1/3")

    cells = mapped(one, [("1", 2)])

    assert {code: cells[code][0] for code in ("A1", "A2a", "A2b")} == {"A1": 1, "A2a": 1, "A2b": 0}
    assert mapped(other, [("1", 2)]) == cells


def test_rows_of_one_cell_are_summed_before_they_are_split() -> None:
    """Three rows of 1 are split like one row of 3."""
    split = a_map("1 narrow A1 1/3", "1 narrow A2 2/3")

    assert mapped(split, [("1", 1)] * 3) == mapped(split, [("1", 3)])


def test_a_split_of_the_largest_amount_is_exact() -> None:
    """10**16 by a fine weight does not leave 128 bits, nor lose a unit."""
    cells = mapped(a_map("1 narrow A1 1/999999937", "1 narrow A2 999999936/999999937"), [("1", 10**16)])

    assert (
        cells["A1"][0] == 10_000_001
    )  # 10**16 / 999999937 is 10000000.63: the larger remainder takes the unit
    assert (cells["A1"][0] or 0) + (cells["A2"][0] or 0) == 10**16


def test_weights_may_split_across_the_top_level() -> None:
    """Without a broader code in common, the points still add up to the whole: 2.5 and 7.5 are 3 and 7."""
    cells = mapped(a_map("1 narrow A1 0.25", "1 narrow B 0.75"), [("1", 10)])

    assert cells == {"A": (3, 0, 10, "I"), "A1": (3, 0, 10, "I"), "B": (7, 0, 10, "I")}


def test_what_has_no_counterpart_is_in_the_remainder_and_named() -> None:
    """None, related only, not in the map, and no code at all."""
    table = pa.table({"ARTICLE": ["1", "2", "9", None, "3"], "OBS_VALUE": [1, 2, 4, 8, 16]})

    result = apply(table, "ARTICLE", a_map("1 none", "2 related B", "3 exact C"), a_list())

    assert [(row["ARTICLE"], row["OBS_VALUE"]) for row in result.table.to_pylist()] == [("C", 16), ("_X", 15)]
    (coverage,) = result.coverage
    assert sorted(coverage.unmapped) == [("", 8), ("1", 1), ("2", 2), ("9", 4)]


def test_close_is_added_and_can_be_told_apart() -> None:
    """The value is the whole; OBS_CLOSE says how much of it rests on a close match."""
    table = pa.table({"ARTICLE": ["1", "2"], "OBS_VALUE": [10, 4]})

    rows = apply(table, "ARTICLE", a_map("1 broad A1", "2 close A1"), a_list()).table.to_pylist()

    assert [(row["ARTICLE"], row["OBS_VALUE"], row["OBS_CLOSE"]) for row in rows] == [
        ("A", 14, 4),
        ("A1", 14, 4),
    ]


def test_the_total_of_the_input_passes_through_and_is_not_counted_twice() -> None:
    """A row of the total is neither mapped nor part of the coverage."""
    table = pa.table({"ARTICLE": ["_T", "1"], "OBS_VALUE": [30, 10]})

    result = apply(table, "ARTICLE", a_map("1 exact B"), a_list())

    assert [(row["ARTICLE"], row["OBS_VALUE"]) for row in result.table.to_pylist()] == [("_T", 30), ("B", 10)]
    assert result.coverage[0].total == 10


def test_bounds_of_the_input_are_added() -> None:
    """An interval stays one; an exact part moves it; an unknown bound makes the sum unbounded."""
    both = a_map("1 broad B", "2 broad B", "3 broad C", "4 narrow A1", "4 narrow A2")
    bounds = {
        "OBS_LOWER": pa.array([2, None, None, 5], pa.int64()),
        "OBS_UPPER": pa.array([6, None, None, 9], pa.int64()),
        "OBS_STATUS": ["Q", "A", "L", "L"],
    }

    cells = mapped(both, [("1", None), ("2", 10), ("3", None), ("4", None)], **bounds)

    assert cells == {
        "B": (None, 12, 16, "Q"),
        "C": (None, 0, None, "L"),
        "A": (None, 5, 9, "L"),
        "A1": (None, 0, 9, "L"),
        "A2": (None, 0, 9, "L"),
    }


def test_nothing_split_is_exactly_nothing() -> None:
    """A zero needs no weights: every part of it is zero."""
    assert mapped(a_map("1 narrow A1", "1 narrow A2"), [("1", 0)]) == {
        "A": exact(0), "A1": exact(0), "A2": exact(0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [(["A", "P"], "P"), (["P", "U"], "U"), (["E", "A"], "E"), (["B", "A"], "B"), (["M", "P"], "P")],
)
def test_a_sum_carries_the_weakest_status(statuses: list[str], expected: str) -> None:
    """A provisional part makes the sum provisional."""
    values = [(code, None if status == "M" else 1) for code, status in zip("12", statuses, strict=True)]

    assert mapped(a_map("1 broad B", "2 broad B"), values, OBS_STATUS=statuses)["B"][3] == expected


def test_what_is_impossible_stays_impossible() -> None:
    """A structural zero alone is not turned into a zero that was counted."""
    assert mapped(a_map("1 broad B"), [("1", None)], OBS_STATUS=["M"]) == {"B": (None, 0, 0, "M")}


def test_columns_keep_their_names_order_and_types() -> None:
    """What stands beside the code is kept apart, in the input's order; text may be dictionary-encoded."""
    table = pa.table(
        {
            "TIME_PERIOD": pa.array(["2024", "2023", "2024"]).dictionary_encode(),
            "ARTICLE": pa.array(["1", "1", "2"]).dictionary_encode(),
            'a "b"; DROP': pa.array([7, 7, 7], pa.int32()),
            "OBS_VALUE": [1, 2, 4],
            "CONF_STATUS": ["F", "F", "F"],
        }
    )

    result = apply(table, "ARTICLE", a_map("1 exact B", "2 broad A1"), a_list()).table

    assert result.column_names == [
        "TIME_PERIOD", "ARTICLE", 'a "b"; DROP', "OBS_VALUE", "OBS_LOWER", "OBS_UPPER", "OBS_STATUS", "OBS_CLOSE",
        "CONF_STATUS",
    ]  # fmt: skip
    assert [(row["TIME_PERIOD"], row["ARTICLE"], row["OBS_VALUE"]) for row in result.to_pylist()] == [
        ("2023", "B", 2), ("2024", "A", 4), ("2024", "A1", 4), ("2024", "B", 1),
    ]  # fmt: skip
    assert result.schema.field('a "b"; DROP').type == pa.int32()


def test_only_the_named_keys_are_kept_apart() -> None:
    """A note of the analyst does not keep two rows of one cell apart."""
    table = pa.table({"YEAR": ["1", "1"], "NOTE": ["x", "y"], "ARTICLE": ["1", "1"], "OBS_VALUE": [1, 2]})

    result = apply(table, "ARTICLE", a_map("1 exact B"), a_list(), keys=["YEAR"]).table

    assert result.select(["YEAR", "ARTICLE", "OBS_VALUE"]).to_pylist() == [
        {"YEAR": "1", "ARTICLE": "B", "OBS_VALUE": 3}
    ]
    assert "NOTE" not in result.column_names


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"OBS_VALUE": [-1]}, "OBS_VALUE"),
        ({"OBS_VALUE": [1], "OBS_LOWER": [-1]}, "OBS_LOWER"),
        ({"OBS_VALUE": [1], "CONF_STATUS": ["A"]}, "CONF_STATUS"),
        ({"OBS_VALUE": [1], "MEASURE": ["RATING"]}, "RATING"),
        ({"OBS_LOWER": [1]}, "OBS_VALUE"),
    ],
)
def test_what_does_not_add_up_is_refused(columns: dict[str, list[Any]], named: str) -> None:
    """A rating, a negative or withheld value, a missing column."""
    with pytest.raises(InvalidInput, match=named):
        apply(pa.table({"ARTICLE": ["1"], **columns}), "ARTICLE", a_map("1 exact B"), a_list())


def test_a_faulty_map_is_not_applied() -> None:
    """A quantity counted twice never reaches a table."""
    table = pa.table({"ARTICLE": ["1"], "OBS_VALUE": [1]})

    with pytest.raises(InvalidDefinition, match=r"map\.double_counting"):
        apply(table, "ARTICLE", a_map("1 broad A1", "1 broad B"), a_list())


def test_a_list_without_a_remainder_is_refused() -> None:
    """There would be no place for what is not mapped."""
    without = a_list({code: parent for code, parent in PARENTS.items() if code != "_X"})

    with pytest.raises(InvalidInput, match="remainder"):
        apply(pa.table({"ARTICLE": ["1"], "OBS_VALUE": [1]}), "ARTICLE", a_map("1 exact B"), without)


def test_a_sum_beyond_64_bits_is_refused() -> None:
    """It is never wrapped round."""
    table = pa.table({"ARTICLE": ["1", "1"], "OBS_VALUE": [2**62, 2**62]})

    with pytest.raises(UnusableRecords):
        apply(table, "ARTICLE", a_map("1 exact B"), a_list())


def test_an_empty_table_gives_an_empty_table() -> None:
    """No rows, no coverage, the same columns."""
    table = pa.table({"ARTICLE": pa.array([], pa.string()), "OBS_VALUE": pa.array([], pa.int64())})

    result = apply(table, "ARTICLE", a_map("1 exact B"), a_list())

    assert (result.table.num_rows, result.coverage) == (0, ())


def test_coverage_is_by_measure_and_exact() -> None:
    """Volumes of counts and of money are never put together; a cell without a value is counted apart."""
    table = pa.table(
        {
            "MEASURE": ["N_STR"] * 4 + ["V_TXN"] * 2,
            "ARTICLE": ["1", "2", "3", "4", "1", "9"],
            "OBS_VALUE": pa.array([60, 20, 10, 10, None, 5], pa.int64()),
        }
    )
    four = a_map("1 exact B", "2 broad A1", "3 close C", "4 narrow A2a", "4 narrow A2b")

    counted, money = apply(table, "ARTICLE", four, a_list()).coverage

    assert counted.to_document() == {
        "measure": "N_STR", "volume": 100, "matched": "0.8000", "close": "0.1000", "narrow": "0.1000",
        "unmapped": "0.0000", "sufficient": False, "unknown_rows": 0, "unmapped_codes": [],
    }  # fmt: skip
    assert (money.measure, money.unknown_rows, money.unmapped, written(money.matched)) == (
        "V_TXN", 1, (("9", 5),), "0.0000",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("exact_volume", "close", "none", "is_sufficient"),
    [(90, 10, 0, True), (89, 10, 1, False), (90, 0, 10, True), (0, 0, 0, False)],
)
def test_coverage_is_sufficient_from_nine_tenths(
    exact_volume: int, close: int, none: int, *, is_sufficient: bool
) -> None:
    """At least 0.9 exact or broad and at most 0.1 close (methodology 4.4)."""
    volumes = {Relation.EXACT: exact_volume, Relation.CLOSE: close, Relation.NONE: none}

    assert Coverage("N_STR", volumes).is_sufficient is is_sufficient


def test_a_packaged_map_carries_a_table_over() -> None:
    """Theft and robbery are one category; laundering is none."""
    table = pa.table({"ARTICLE": ["188", "191", "217", "218"], "OBS_VALUE": [100, 20, 5, 3]})

    rows = apply(table, "ARTICLE", maps.code_map("KZ_PREDICATE"), codelist("CL_PREDICATE")).table.to_pylist()

    assert [(row["ARTICLE"], row["OBS_VALUE"]) for row in rows] == [
        ("DCO09", 5), ("DCO09B", 5), ("DCO15", 120), ("_X", 3),
    ]  # fmt: skip
