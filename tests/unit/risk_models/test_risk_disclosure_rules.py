"""Primary rules and policies, on the worked examples of the handbook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from risk_models.disclosure.policy import Policy, policy_for
from risk_models.disclosure.rules import Profile, broken_rules, is_concentrated, protection_level
from risk_models.errors import InvalidPolicy
from schemas.registry import dataflow

SAFE = Profile(reports=3, subjects=3, entities=2, n_txn=3, v_txn=300, largest=120, second=100)
POLICY = Policy("ordinary", min_subjects=3, min_entities=2, min_reports=3, concentration_percent=10)


def of_two(total: int, largest: int, second: int) -> Profile:
    """A group of records with these amounts and enough of everything else."""
    return replace(SAFE, v_txn=total, largest=largest, second=second)


@pytest.mark.parametrize(
    ("total", "largest", "second", "unsafe"),
    [
        (110_000, 52_000, 50_000, False),
        (100_000, 50_000, 49_000, True),
        (1004, 759, 245, True),
        (1398, 966, 432, True),
        (0, 0, 0, False),
        (100, 100, 0, True),
    ],
)
def test_the_p_percent_rule_at_ten(total: int, largest: int, second: int, unsafe: bool) -> None:  # noqa: FBT001
    """BM-25 (ii, iii), and two pairs of BM-26 whose rest is exactly zero in integers."""
    assert is_concentrated(of_two(total, largest, second), 10) is unsafe


@pytest.mark.parametrize(
    ("total", "largest", "second", "level"),
    [
        (100_000, 50_000, 49_000, 4_000),  # 10 % of 50 000 less the 1 000 of the others
        (1398, 966, 432, 97),  # 96.6 rounded up
        (100, 100, 0, 10),
        (110_000, 52_000, 50_000, 1),  # safe: the level would be negative
    ],
)
def test_an_amount_stays_p_percent_of_its_largest_contributor_away(
    total: int, largest: int, second: int, level: int
) -> None:
    """By hand from p/100 x1 - (X - x1 - x2)."""
    assert protection_level(of_two(total, largest, second), 10) == level


def test_a_cell_at_every_threshold_may_be_shown() -> None:
    """Three subjects, two entities, three reports and a rest of two thirds."""
    assert broken_rules(SAFE, POLICY) == ()


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"subjects": 2}, ("minimum_subjects",)),
        ({"entities": 1, "largest": 300, "second": 0}, ("minimum_reporting_entities", "concentration")),
        ({"reports": 2}, ("minimum_reports",)),
        ({"n_txn": 1}, ("minimum_reports",)),
        ({"n_txn": 2}, ("minimum_reports",)),
        ({"largest": 200, "second": 95}, ("concentration",)),
        ({"subjects": 1, "reports": 1}, ("minimum_subjects", "minimum_reports")),
    ],
)
def test_every_broken_rule_is_named(change: dict[str, object], rules: tuple[str, ...]) -> None:
    """Each threshold decides alone, and an officer sees all that did."""
    assert broken_rules(replace(SAFE, **change), POLICY) == rules  # type: ignore[arg-type]


@pytest.mark.parametrize("n_txn", [None, 0, 3])
def test_unknown_or_no_transactions_are_not_small(n_txn: int | None) -> None:
    """Only a number from one to two is."""
    assert broken_rules(replace(SAFE, n_txn=n_txn), POLICY) == ()


def test_packaged_classes_are_those_of_the_methodology() -> None:
    """Ordinary n 3, n' 2, p 10; strict n 5 for terrorist and proliferation financing."""
    policy = policy_for(dataflow("SUSPICIOUS_FLOW"))

    assert (policy.min_subjects, policy.min_entities, policy.min_reports) == (3, 2, 3)
    assert policy.concentration_percent == 10
    assert policy.least_count({"CRIME_TYPE": "ML"}) == 3
    assert policy.least_count({"CRIME_TYPE": "TF"}) == 5


def test_an_open_dataflow_has_no_policy() -> None:
    """There is nothing to apply, and saying so is not the same as applying nothing."""
    with pytest.raises(InvalidPolicy, match="No disclosure policy"):
        policy_for(dataflow("DECLARED_FLOW"))


@pytest.mark.parametrize("change", [{"min_subjects": 1}, {"concentration_percent": 0}])
def test_a_policy_that_protects_nothing_is_refused(change: dict[str, int]) -> None:
    """A threshold of one, a pool of two, a percentage of zero."""
    with pytest.raises(InvalidPolicy, match="protects nothing"):
        replace(POLICY, **change)  # type: ignore[arg-type]
