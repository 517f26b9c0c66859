"""What attackers are given before they look: bounds that hold for the truth, and cells that are their own."""

from __future__ import annotations

import pytest

from risk_models.disclosure.attacks.attackers import (
    counterpart_with_mirror,
    reader_of_statuses,
    reporting_entity,
)
from risk_models.disclosure.attacks.insiders import concentrated_without_one
from risk_models.disclosure.linear.attack import outsider
from risk_models.disclosure.linear.system import NO_BOUND, System
from risk_models.errors import InvalidInput

SYSTEM = System.of([2, 7, 100, 109], [{0: 1, 1: 1, 2: 1, 3: -1}])
NOBODY = outsider(4)


def test_a_reader_of_statuses_knows_small_counts_and_those_that_passed() -> None:
    """Small at n = 3 is 1 or 2; what passed a minimum of 5 is 5 or more; of both only the value itself is judged."""
    reader = reader_of_statuses(NOBODY, SYSTEM, {0: 3}, {1: 5})

    assert reader.lower.tolist() == [1, 5, 0, 0]
    assert reader.upper.tolist() == [2, NO_BOUND, NO_BOUND, NO_BOUND]
    assert reader.width == 1


def test_a_status_that_tells_what_is_not_so_is_refused() -> None:
    """Seven is no small count: the caller gave the wrong cell."""
    with pytest.raises(InvalidInput):
        reader_of_statuses(NOBODY, SYSTEM, {1: 3}, {})


# 90 to 110 around a mirror of 100; a mirror of 33 at 10 % is 29.7 to 36.3, outwards 29 to 37, stretched to the truth
@pytest.mark.parametrize(("mirror", "bounds"), [(100, (90, 110)), (33, (29, 100)), (200, (100, 220))])
def test_a_mirror_narrows_its_cell_and_never_excludes_the_truth(mirror: int, bounds: tuple[int, int]) -> None:
    """The interval is rounded outwards and stretched to what is so; the cell is the counterpart's own affair."""
    peer = counterpart_with_mirror(NOBODY, SYSTEM, "KG", {2: mirror}, 10)

    assert (peer.lower[2], peer.upper[2]) == bounds
    assert peer.spared == {2}
    assert NOBODY.upper[2] == NO_BOUND


def test_an_entity_knows_its_part_and_the_cells_that_are_all_its_own() -> None:
    """Forty of a hundred is a lower bound; two of two is the cell."""
    entity = reporting_entity(NOBODY, SYSTEM, "bank", {0: 2, 2: 40})

    assert entity.known.tolist() == [True, False, False, False]
    assert entity.lower.tolist() == [2, 0, 40, 0]
    assert entity.spared == {0}


def test_a_part_greater_than_its_cell_is_refused() -> None:
    """Eight of seven is a fault of the caller."""
    with pytest.raises(InvalidInput):
        reporting_entity(NOBODY, SYSTEM, "bank", {1: 8})


# SDC Handbook: (52, 50, 8) is safe at 10 %, (50, 49, 1) is not; one or two parts never are; 20 % of 50 is 10
@pytest.mark.parametrize(
    ("parts", "percent", "unsafe"),
    [
        ((52, 50, 8), 10, False),
        ((50, 49, 1), 10, True),
        ((100,), 10, True),
        ((60, 40), 10, True),
        ((50, 50, 10), 20, False),
        ((50, 50, 9), 20, True),
        ((0, 0), 10, False),
    ],
)
def test_the_rest_without_any_one_part_is_judged(
    parts: tuple[int, ...], percent: int, *, unsafe: bool
) -> None:
    """Whoever takes its own part away must not come within p percent of another's."""
    insiders = {f"bank {number}": {0: part} for number, part in enumerate(parts)}

    assert concentrated_without_one(insiders, {0: percent}) == ((0,) if unsafe else ())


def test_cells_that_the_rule_does_not_judge_are_passed_over() -> None:
    """Counts of reports have no p."""
    assert concentrated_without_one({"bank": {0: 5, 1: 5}}, {1: 10}) == (1,)
