"""The attacker that judges disclosure control is itself judged: by published intervals and hand computation."""

from __future__ import annotations

import math

import pytest

from tests.support.attacker import Contradicted, Key, Reader, released_table, with_margins

LINES = ("ROW", "COLUMN")
BM_24 = {
    "ROW": dict.fromkeys("wxyz", "T"),
    "COLUMN": dict.fromkeys("abcd", "T"),
}
# sdcTable's own test table (github.com/sdcTools/sdcTable, test-simpleheuristic): what it shows
BM_24_SHOWN = {
    "wd": 89, "wT": 230, "xb": 124, "xd": 31, "xT": 250, "ya": 92, "yc": 59, "yT": 336, "za": 800, "zc": 651,
    "zT": 3127, "Ta": 1021, "Tb": 1262, "Tc": 770, "Td": 890, "TT": 3943,
}  # fmt: skip
BM_24_INTERVALS = {
    "wa": (34, 94), "wb": (47, 47), "wc": (0, 60), "xa": (35, 95), "xc": (0, 60), "yb": (0, 185), "yd": (0, 185),
    "zb": (906, 1091), "zd": (585, 770),
}  # fmt: skip
# the methodology's fixture of four countries and four typologies (0.5)
FX4 = {
    ("A", "K1"): 400, ("A", "K2"): 100, ("A", "K3"): 50, ("A", "K4"): 10,
    ("B", "K1"): 150, ("B", "K2"): 200, ("B", "K3"): 30, ("B", "K4"): 40,
    ("C", "K1"): 60, ("C", "K2"): 40, ("C", "K3"): 100, ("C", "K4"): 5,
    ("D", "K1"): 20, ("D", "K2"): 5, ("D", "K3"): 10, ("D", "K4"): 2,
}  # fmt: skip


def reader(values: dict[Key, int], withheld: set[Key], parents: dict[str, dict[str, str]]) -> Reader:
    """An attacker who read one table."""
    attacker = Reader()
    attacker.reads(released_table(LINES, values, withheld), LINES, parents)
    return attacker


def test_the_published_table_with_one_determined_cell_is_attacked_as_published() -> None:
    """BM-24: nine intervals, of which one is a point although every line has two withheld cells."""
    values = {tuple(key): value for key, value in BM_24_SHOWN.items()}
    withheld = {tuple(key) for key in BM_24_INTERVALS}
    attacker = reader(values | dict.fromkeys(withheld, 0), withheld, BM_24)

    found = {key: attacker.interval(tuple(key)) for key in BM_24_INTERVALS}

    assert found == {key: pytest.approx(interval) for key, interval in BM_24_INTERVALS.items()}


def test_the_worked_example_of_the_methodology_gives_its_intervals() -> None:
    """Methodology 3.4 on FX4: three cells from 0 to 7, and the fourth from 38 to 45."""
    parents = {"ROW": dict.fromkeys("ABCD", "T"), "COLUMN": dict.fromkeys(("K1", "K2", "K3", "K4"), "T")}
    values = with_margins(FX4, list(parents.values()))
    withheld = {("D", "K4"), ("C", "K4"), ("D", "K2"), ("C", "K2")}

    attacker = reader(values, withheld, parents)

    for key in withheld - {("C", "K2")}:
        assert attacker.interval(key) == pytest.approx((0, 7))
    assert attacker.interval(("C", "K2")) == pytest.approx((38, 45))


@pytest.mark.parametrize(("hidden", "upper"), [((1, 2), 11), ((1, 3), 13)])
def test_either_recipient_alone_learns_an_interval(hidden: tuple[int, int], upper: int) -> None:
    """Methodology 3.6: the cell of 2 lies between 0 and 11 for the first peer, and 0 and 13 for the second."""
    assert reader(*_two_recipients(hidden)).interval(("r1", "c1")) == pytest.approx((0, upper))


def test_both_recipients_together_learn_the_value() -> None:
    """Methodology 3.6: 25 - 9 - 14 = 2, although neither table gives it away."""
    together = Reader()
    for hidden in ((1, 2), (1, 3)):
        values, withheld, parents = _two_recipients(hidden)
        together.reads(released_table(LINES, values, withheld), LINES, parents)

    assert together.interval(("r1", "c1")) == pytest.approx((2, 2))


def test_a_later_vintage_is_another_unknown_until_it_is_named_alike() -> None:
    """The difference between two vintages follows from their totals where only one cell moved."""
    attacker = Reader()
    parents = {"ROW": {"a": "T", "b": "T"}}
    for vintage, (a, b) in enumerate([(4, 6), (5, 6)]):
        table = released_table(("ROW",), {("a",): a, ("b",): b, ("T",): a + b}, {("a",), ("b",)})
        attacker.reads(
            table, ("ROW",), parents, names=lambda key, v=vintage: key if key == ("b",) else (*key, v)
        )

    assert attacker.interval({("a", 1): 1, ("a", 0): -1}) == pytest.approx((1, 1))
    assert attacker.interval(("a", 0)) == pytest.approx((0, 10))


def test_statuses_mirrors_and_own_parts_narrow_an_interval() -> None:
    """What is known besides counts: a small cell is 1 or 2, so the rest of 12 is 10 or 11."""
    attacker = Reader(whole_numbers=True)
    table = released_table(("ROW",), {("a",): 2, ("b",): 10, ("T",): 12}, {("a",), ("b",)})
    attacker.reads(table, ("ROW",), {"ROW": {"a": "T", "b": "T"}})
    attacker.presumes(("a",), 1, 2)

    assert attacker.interval(("b",)) == (10, 11)
    attacker.presumes(("b",), 9.6, 10.4)
    assert attacker.interval(("a",)) == (2, 2)


def test_whole_numbers_and_gaps_are_honoured() -> None:
    """Two unknowns that add up to 4 and are each 0, or 3 or more, are 0 and 4."""
    attacker = Reader(whole_numbers=True)
    attacker.relates({"x": 1, "y": 1}, 4, 4)
    attacker.presumes("y", 1)

    assert attacker.interval("x") == (0, 3)
    attacker.presumes_zero_or("x", 3)
    attacker.presumes_zero_or("y", 3)
    assert attacker.interval("x") == (0, 0)
    assert attacker.interval("y") == (4, 4)


def test_half_a_unit_is_no_count() -> None:
    """Twice an unknown lies between 1 and 4: as a number from 0.5, as a count from 1."""
    for whole_numbers, lower in ((False, 0.5), (True, 1)):
        attacker = Reader(whole_numbers=whole_numbers)
        attacker.relates({"x": 2}, 1, 4)
        assert attacker.interval("x") == pytest.approx((lower, 2))


def test_parts_that_count_some_twice_bound_the_whole_from_above_only() -> None:
    """Distinct counts: no part exceeds the whole as `at_most` sums say, and without a bound there is none."""
    attacker = Reader()
    table = released_table(("ROW",), {("a",): 2, ("b",): 3, ("T",): 7}, {("a",)})
    attacker.reads(table, ("ROW",), {"ROW": {"a": "T", "b": "T"}}, at_most=("ROW",))

    assert attacker.interval(("a",)) == pytest.approx((0, 4))
    attacker.relates({"alone": 1, "other": -1}, 0, 0)
    assert attacker.interval("alone") == (0, math.inf)


def test_a_missing_level_is_passed_over() -> None:
    """The parts of a level that nobody gives add up to the level above it."""
    attacker = Reader()
    table = released_table(("ROW",), {("a1",): 1, ("a2",): 4, ("b",): 3, ("T",): 8}, {("a1",)})
    attacker.reads(table, ("ROW",), {"ROW": {"a1": "a", "a2": "a", "a": "T", "b": "T"}})

    assert attacker.interval(("a1",)) == pytest.approx((1, 1))


def test_an_attacker_who_presumes_what_is_not_so_is_told() -> None:
    """A contradiction is no narrow interval."""
    attacker = Reader()
    table = released_table(("ROW",), {("a",): 1, ("b",): 1, ("T",): 3}, set())
    attacker.reads(table, ("ROW",), {"ROW": {"a": "T", "b": "T"}})

    with pytest.raises(Contradicted):
        attacker.interval(("a",))


def _two_recipients(hidden: tuple[int, int]) -> tuple[dict[Key, int], set[Key], dict[str, dict[str, str]]]:
    parents = {"ROW": {"r1": "T", "r2": "T"}, "COLUMN": {"c1": "T", "c2": "T", "c3": "T"}}
    inner = dict(
        zip([(row, f"c{n}") for row in ("r1", "r2") for n in (1, 2, 3)], (2, 9, 14, 11, 8, 16), strict=True)
    )
    withheld = {(row, f"c{column}") for row in ("r1", "r2") for column in hidden}
    return with_margins(inner, list(parents.values())), withheld, parents
