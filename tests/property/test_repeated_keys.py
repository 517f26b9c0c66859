"""Rows are the same exactly when all their cells are, however many columns and words there are."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.keys import keys, repeated
from schemas.vectors import Vector

# Fifteen columns of a thousand words have more keys than an int64 has numbers.
WORDS = pa.array([str(number) for number in range(1000)])
rows_of_places = st.lists(
    st.lists(st.sampled_from([None, 0, 1, 999]), min_size=15, max_size=15), min_size=1, max_size=30
)


def columns(rows: list[list[int | None]], *, as_texts: int) -> list[Vector]:
    """The columns of some rows; the last `as_texts` of them hold texts instead of places among words."""
    coded = [Vector(pa.array(column, pa.int32()), WORDS) for column in zip(*rows, strict=True)]
    return [*coded[: 15 - as_texts], *(Vector(column.plain) for column in coded[15 - as_texts :])]


@given(rows_of_places, st.data(), st.sampled_from([0, 1, 15]))
def test_repeated_rows_are_those_that_equal_another_judged_one(
    rows: list[list[int | None]], choices: st.DataObject, as_texts: int
) -> None:
    """As a comparison of every row with every other finds them; a group is a group."""
    rows = [*rows, *choices.draw(st.lists(st.sampled_from(rows), max_size=5))]
    judged = choices.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))

    places, group = repeated(columns(rows, as_texts=as_texts), pa.array(judged))

    alike = [
        [other for other, row in enumerate(rows) if judged[other] and row == rows[place]]
        for place in range(len(rows))
    ]
    expected = [place for place in range(len(rows)) if judged[place] and len(alike[place]) > 1]
    assert places.to_pylist() == expected
    numbers = dict(zip(expected, group.to_pylist(), strict=True))
    assert all((numbers[one] == numbers[two]) == (two in alike[one]) for one in expected for two in expected)


@given(rows_of_places)
def test_keys_are_equal_exactly_where_rows_are(rows: list[list[int | None]]) -> None:
    """Of any selection of rows."""
    places = pa.array(range(0, len(rows), 2), pa.int64())

    found = keys(columns(rows, as_texts=1), places).to_pylist()

    chosen = rows[::2]
    assert [[one == two for two in found] for one in found] == [
        [one == two for two in chosen] for one in chosen
    ]
