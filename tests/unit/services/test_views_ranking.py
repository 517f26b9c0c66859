"""The ranked list of corridors: values and bounds by what is certain, ranks as far as the bounds leave them open."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.services.views.ranking import LARGEST, SHOWN_AT_MOST, ranked
from risk_models.composite.bounds import possible_ranks

CONFIDENTIAL = {"Q": "A"}
Cell = tuple[str, str, str, int | None, int | None, int | None]


def cells(*rows: Cell) -> pa.Table:
    """Give cells as (reporter, counterpart, status, value, lower, upper)."""
    names = ("REF_AREA", "COUNTERPART_AREA", "OBS_STATUS", "OBS_VALUE", "OBS_LOWER", "OBS_UPPER")
    return pa.Table.from_pylist(
        [
            dict(zip(names, row, strict=True)) | {"CONF_STATUS": CONFIDENTIAL.get(row[2], "F"), "BUNDLE": "b"}
            for row in rows
        ],
        schema=pa.schema(
            [(name, pa.string()) for name in (*names[:3], "CONF_STATUS", "BUNDLE")]
            + [(name, pa.int64()) for name in names[3:]]
        ),
    )


def exact(counterpart: str, value: int) -> Cell:
    """Give a cell of KZ that is exact."""
    return ("KZ", counterpart, "A", value, value, value)


def hidden(counterpart: str, lower: int, upper: int | None) -> Cell:
    """Give a cell of KZ that is withheld."""
    return ("KZ", counterpart, "Q", None, lower, upper)


def test_what_is_withheld_stands_among_the_others_with_its_ranks() -> None:
    """Of 50, [10, 60], 20 and [0, 4]: the second may be first or third, the last is fourth for certain."""
    found = ranked(cells(exact("BY", 50), hidden("RU", 10, 60), exact("KG", 20), hidden("TJ", 0, 4)))

    assert [(one.counterpart_area, one.best, one.worst) for one in found.shown] == [
        ("BY", 1, 2),
        ("KG", 2, 3),
        ("RU", 1, 3),
        ("TJ", 4, 4),
    ]
    assert (found.of, found.top) == (4, 60)


def test_what_has_no_upper_bound_may_be_the_first() -> None:
    """And a withheld figure of which nothing may be said can be anything."""
    embargoed = ("KZ", "AM", "A", 7, 7, 7)
    table = cells(exact("BY", 50), hidden("RU", 3, None), embargoed)
    table = table.set_column(
        table.column_names.index("CONF_STATUS"), "CONF_STATUS", pa.array(["F", "A", "E"], pa.string())
    )

    found = {one.counterpart_area: (one.best, one.worst) for one in ranked(table).rows}

    assert found == {"BY": (1, 3), "RU": (1, 3), "AM": (1, 3)}


def test_equal_values_share_their_ranks() -> None:
    """Neither is surely ahead of the other."""
    found = ranked(cells(exact("BY", 5), exact("RU", 5), exact("KG", 1)))

    assert [(one.best, one.worst) for one in found.rows] == [(1, 2), (1, 2), (3, 3)]


def test_zeros_and_all_countries_are_not_listed() -> None:
    """A zero is counted; all countries together are no corridor."""
    found = ranked(cells(exact("BY", 5), exact("RU", 0), exact("W1", 5)))

    assert [one.counterpart_area for one in found.rows] == ["BY"]
    assert found.of == 2


def test_whatever_may_be_among_the_ten_largest_is_shown() -> None:
    """Eleven exact values and one withheld below them by its lower bound: the eleventh value gives way to it."""
    rows = [exact(f"X{place:02}", 100 - place) for place in range(11)]
    found = ranked(cells(*rows, hidden("RU", 1, 1000)))

    shown = [one.counterpart_area for one in found.shown]

    assert shown == [*(f"X{place:02}" for place in range(LARGEST)), "RU"]


def test_the_list_ends() -> None:
    """Fifty figures that are all withheld may each be the largest."""
    found = ranked(cells(*(hidden(f"X{place:02}", 0, 9) for place in range(50))))

    assert (len(found.rows), len(found.shown)) == (50, SHOWN_AT_MOST)


bounds = st.tuples(st.integers(0, 8), st.integers(0, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(bounds, min_size=1, max_size=5))
def test_a_rank_is_possible_exactly_when_some_values_give_it(ends: list[tuple[int, int]]) -> None:
    """The best and the worst by trying: everybody else as low, then as high, as the bounds let."""
    ranks = possible_ranks(ends)

    for place, (low, high) in enumerate(ends):
        others = [end for other, end in enumerate(ends) if other != place]
        assert ranks[place].best == 1 + sum(other_low > high for other_low, _ in others)
        assert ranks[place].worst == 1 + sum(other_high >= low for _, other_high in others)


@pytest.mark.parametrize("kind", [int, Decimal])
def test_numbers_of_either_kind_are_ranked(kind: type) -> None:
    """Cells are integers, scores decimals; no upper end is the largest of all."""
    ranks = possible_ranks([(kind(3), kind(3)), (kind(1), None), (kind(0), kind(2))])

    assert [(one.best, one.worst) for one in ranks] == [(1, 2), (1, 3), (2, 3)]
