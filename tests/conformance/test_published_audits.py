"""Audits whose answers were published or worked out by hand: the attacker's intervals, and what is determined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from risk_models.disclosure.linear.attack import Need, outsider
from risk_models.disclosure.linear.audit import breaches
from risk_models.disclosure.linear.elimination import determined
from risk_models.disclosure.linear.intervals import intervals, propagated
from risk_models.disclosure.linear.system import System

Interval = tuple[int, int]


class Table:
    """A table of rows and columns with its margins, by the names of its cells ("wa", "wT", "TT")."""

    def __init__(self, columns: str, rows: Mapping[str, Sequence[int]]) -> None:
        """Number the cells row by row, each row's total after its columns, the row of totals last."""
        every, values = [*rows, "T"], [list(row) for row in rows.values()]
        values.append([sum(column) for column in zip(*values, strict=True)])
        self.names = [row + column for row in every for column in [*columns, "T"]]
        numbered = {name: number for number, name in enumerate(self.names)}
        across = [
            {numbered[row + "T"]: -1} | {numbered[row + column]: 1 for column in columns} for row in every
        ]
        down = [
            {numbered["T" + column]: -1} | {numbered[row + column]: 1 for row in rows}
            for column in [*columns, "T"]
        ]
        self.system = System.of([value for row in values for value in [*row, sum(row)]], [*across, *down])

    def hidden(self, *names: str) -> npt.NDArray[np.bool_]:
        """Mark the cells that are withheld."""
        return np.array([name in names for name in self.names])

    def named(self, marks: npt.NDArray[np.bool_]) -> list[str]:
        """The names of the marked cells."""
        return [name for name, marked in zip(self.names, marks.tolist(), strict=True) if marked]

    def by_name(self, bounds: tuple[npt.NDArray[np.int64], ...], names: Sequence[str]) -> dict[str, Interval]:
        """The intervals of some cells."""
        lower, upper = (side.tolist() for side in bounds)
        return {name: (lower[self.names.index(name)], upper[self.names.index(name)]) for name in names}


# sdcTable's own test table; what is withheld was chosen among the values that its margins allow
FOUR_BY_FOUR = Table(
    "abcd",
    {
        "w": (60, 47, 34, 89),
        "x": (69, 124, 26, 31),
        "y": (92, 100, 59, 85),
        "z": (800, 991, 651, 685),
    },
)
WITHHELD = ("wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd")
TYPOLOGIES = Table(
    "1234", {"A": (400, 100, 50, 10), "B": (150, 200, 30, 40), "C": (60, 40, 100, 5), "D": (20, 5, 10, 2)}
)


def test_the_four_by_four_table_has_the_published_margins() -> None:
    """The filled-in table is the one that was published: totals of rows, of columns and of all."""
    values = dict(zip(FOUR_BY_FOUR.names, FOUR_BY_FOUR.system.values.tolist(), strict=True))

    assert [values[row + "T"] for row in "wxyzT"] == [230, 250, 336, 3127, 3943]
    assert [values["T" + column] for column in "abcd"] == [1021, 1262, 770, 890]


def test_elimination_finds_the_one_cell_that_two_in_every_line_does_not_protect() -> None:
    """Rows w and x less columns a and c leave 47 for w.b, although every line has two withheld cells."""
    hidden = FOUR_BY_FOUR.hidden(*WITHHELD)

    assert FOUR_BY_FOUR.named(determined(FOUR_BY_FOUR.system, hidden)) == ["wb"]


def test_the_audit_reports_that_cell_and_its_value_and_no_other() -> None:
    """Exactness is required of every withheld cell; only w.b breaks it, at 47."""
    hidden = FOUR_BY_FOUR.hidden(*WITHHELD)
    needs = [Need(FOUR_BY_FOUR.names.index(name)) for name in WITHHELD]

    found = breaches(FOUR_BY_FOUR.system, hidden, needs, [outsider(25)])

    assert [(FOUR_BY_FOUR.names[breach.need.cell], breach.lower, breach.upper) for breach in found] == [
        ("wb", 47, 47)
    ]


def test_programs_give_the_published_intervals_of_the_four_by_four_table() -> None:
    """The nine intervals are those of linear programming on the table, as published with the benchmark."""
    bounds = intervals(FOUR_BY_FOUR.system, FOUR_BY_FOUR.hidden(*WITHHELD), outsider(25))

    assert FOUR_BY_FOUR.by_name(bounds, WITHHELD) == {
        "wa": (34, 94), "wb": (47, 47), "wc": (0, 60), "xa": (35, 95), "xc": (0, 60), "yb": (0, 185),
        "yd": (0, 185), "zb": (906, 1091), "zd": (585, 770),
    }  # fmt: skip


def test_propagation_misses_the_determined_cell_and_is_right_elsewhere() -> None:
    """This is why it is a filter and no audit: it leaves w.b anywhere from 0 to 107."""
    bounds = propagated(FOUR_BY_FOUR.system, FOUR_BY_FOUR.hidden(*WITHHELD), outsider(25))

    assert FOUR_BY_FOUR.by_name(bounds, WITHHELD) == {
        "wa": (34, 94), "wb": (0, 107), "wc": (0, 60), "xa": (35, 95), "xc": (0, 60), "yb": (0, 185),
        "yd": (0, 185), "zb": (906, 1091), "zd": (585, 770),
    }  # fmt: skip


def test_the_cheapest_rectangle_of_the_typology_table_has_the_published_intervals() -> None:
    """Four fictional countries and typologies, at least three reports: the primary cell is D4."""
    names = ("D4", "C4", "D2", "C2")
    hidden = TYPOLOGIES.hidden(*names)

    found = intervals(TYPOLOGIES.system, hidden, outsider(25))
    broken = breaches(
        TYPOLOGIES.system, hidden, [Need(TYPOLOGIES.names.index("D4"), width=3)], [outsider(25)]
    )

    assert TYPOLOGIES.by_name(found, names) == {"D4": (0, 7), "C4": (0, 7), "D2": (0, 7), "C2": (38, 45)}
    assert broken == ()


def test_the_handbooks_two_by_two_example_has_its_intervals() -> None:
    """Geurts 1992: rows of 7 and 3, columns of 6 (first) and 4; nothing inside is shown."""
    table = Table("12", {"1": (4, 3), "2": (2, 1)})
    names = ("11", "12", "21", "22")

    found = intervals(table.system, table.hidden(*names), outsider(9))

    assert table.by_name(found, names) == {"11": (3, 6), "12": (1, 4), "21": (0, 3), "22": (0, 3)}


def test_a_small_table_of_a_suppression_package_has_its_intervals() -> None:
    """Young and old in Iceland, Portugal and Spain: the four cells its vignette withholds, as computed there."""
    table = Table("ips", {"y": (2, 0, 5), "o": (3, 4, 6)})
    names = ("yi", "yp", "oi", "op")

    found = intervals(table.system, table.hidden(*names), outsider(12))

    assert table.by_name(found, names) == {"yi": (0, 2), "yp": (0, 2), "oi": (3, 5), "op": (2, 4)}


def test_two_recipients_who_put_their_views_together_find_the_cell() -> None:
    """Each view alone leaves a wide interval; in both together, 25 - 9 - 14 = 2 stands alone in its row."""
    table = Table("123", {"1": (2, 9, 14), "2": (11, 8, 16)})
    first, second = table.hidden("11", "12", "21", "22"), table.hidden("11", "13", "21", "23")
    cell = table.names.index("11")

    alone = [
        table.by_name(intervals(table.system, view, outsider(12)), ["11"])["11"] for view in (first, second)
    ]
    together = breaches(table.system, first & second, [Need(cell)], [outsider(12)])

    assert alone == [(0, 11), (0, 13)]
    assert [(breach.lower, breach.upper) for breach in together] == [(2, 2)]
