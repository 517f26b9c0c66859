"""What a new vintage changes is counted in full and listed cell by cell."""

from __future__ import annotations

import pyarrow as pa

from node.services import difference
from node.services.difference import Change, by_key, compare

DIMENSIONS = ("TIME_PERIOD", "REF_AREA")
NAMES = ("OBS_VALUE", "OBS_STATUS")


def cells(*rows: tuple[str, str, int | None, str]) -> difference.Cells:
    """Give cells by key from rows of dimensions, value and status."""
    columns = zip(*rows, strict=True)
    names = (*DIMENSIONS, *NAMES)
    return by_key(pa.table(dict(zip(names, map(list, columns), strict=True))), DIMENSIONS)


def test_every_cell_is_counted_once_by_what_happens_to_it() -> None:
    """One of each kind."""
    before = cells(("2020", "KZ", 1, "A"), ("2021", "KZ", 2, "A"), ("2022", "KZ", 3, "A"))
    after = cells(("2020", "KZ", 1, "A"), ("2021", "KZ", 5, "A"), ("2023", "KZ", 4, "A"))

    found = compare(before, after, NAMES)

    assert found.counts == {"new": 1, "changed": 1, "unchanged": 1, "gone": 1}
    assert [(one.change, one.dimensions) for one in found.changes] == [
        (Change.GONE, ("2022", "KZ")),
        (Change.CHANGED, ("2021", "KZ")),
        (Change.NEW, ("2023", "KZ")),
    ]
    assert (found.changes[1].before, found.changes[1].after) == (
        {"OBS_VALUE": 2, "OBS_STATUS": "A"},
        {"OBS_VALUE": 5, "OBS_STATUS": "A"},
    )
    assert (found.changes[0].after, found.changes[2].before) == (None, None)


def test_a_change_of_status_alone_is_a_change() -> None:
    """A provisional value that became final was confirmed."""
    found = compare(cells(("2020", "KZ", 1, "P")), cells(("2020", "KZ", 1, "A")), NAMES)

    assert found.changed == 1


def test_the_list_is_cut_and_says_so_while_the_counts_are_whole() -> None:
    """A first release of many cells."""
    many = cells(
        *((str(year), "KZ", year, "A") for year in range(1000, 1000 + difference.LISTED_AT_MOST + 5))
    )

    found = compare({}, many, NAMES)

    assert (found.new, len(found.changes), found.is_cut) == (1005, 1000, True)
    assert not compare(many, many, NAMES).is_cut
