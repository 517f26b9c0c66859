"""schemas.hierarchy: walks upwards."""

from __future__ import annotations

import pytest

from schemas.hierarchy import broader, nearest_broader, upwards
from tests.support.builders_maps import PARENTS, a_list


def test_a_walk_upwards_ends_below_the_total() -> None:
    """The total is above everything and is no code among others, however the list writes it."""
    rooted = a_list({code: parent or (None if code == "_T" else "_T") for code, parent in PARENTS.items()})

    for codes in (a_list(), rooted):
        assert upwards(codes, "A2b") == ("A2b", "A2", "A")
        assert broader(codes, "A") == ()


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (["A2a", "A2b"], "A2"),
        (["A1", "A2b"], "A"),
        (["A2", "A2a"], "A"),
        (["A1"], "A"),
        (["A1", "B"], None),
        (["A"], None),
        ([], None),
    ],
)
def test_the_nearest_broader_code_is_none_of_the_codes(targets: list[str], expected: str | None) -> None:
    """What holds all of them, and is properly broader than each."""
    assert nearest_broader(a_list(), targets) == expected
