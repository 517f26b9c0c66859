"""Primary rules and policies, on the worked examples of the handbook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from risk_models.disclosure.cells import Profile
from risk_models.disclosure.policy import Policy, policy_for
from risk_models.disclosure.rules import is_concentrated, primary_status
from risk_models.errors import InvalidPolicy
from schemas.registry import dataflow
from schemas.status import ValueStatus

SAFE = Profile(reports=3, subjects=3, entities=2, n_txn=3, v_txn=300, largest=(120, 100))
POLICY = Policy("ordinary", min_subjects=3, min_entities=2, min_reports=3, concentration_percent=10)


@pytest.mark.parametrize(
    ("total", "largest", "unsafe"),
    [
        (110_000, (52_000, 50_000), False),
        (100_000, (50_000, 49_000), True),
        (1004, (759, 245), True),
        (1398, (966, 432), True),
        (0, (), False),
        (100, (100,), True),
    ],
)
def test_the_p_percent_rule_at_ten(total: int, largest: tuple[int, ...], unsafe: bool) -> None:  # noqa: FBT001
    """BM-25 (ii, iii), and two pairs of BM-26 whose rest is exactly zero in integers."""
    assert is_concentrated(total, largest, 10) is unsafe


def test_a_cell_at_every_threshold_may_be_shown() -> None:
    """Three subjects, two entities, three reports and a rest of two thirds."""
    assert primary_status(SAFE, POLICY) is None


@pytest.mark.parametrize(
    "change",
    [{"subjects": 2}, {"entities": 1, "largest": (300,)}, {"reports": 2}, {"n_txn": 1}, {"n_txn": 2}],
)
def test_one_below_any_threshold_is_small(change: dict[str, object]) -> None:
    """Each threshold decides alone."""
    assert primary_status(replace(SAFE, **change), POLICY) is ValueStatus.PRIM_SMALL  # type: ignore[arg-type]


@pytest.mark.parametrize("n_txn", [None, 0, 3])
def test_unknown_or_no_transactions_are_not_small(n_txn: int | None) -> None:
    """Only a number from one to two is."""
    assert primary_status(replace(SAFE, n_txn=n_txn), POLICY) is None


def test_concentration_has_its_own_status() -> None:
    """The status says other, never which rule."""
    assert primary_status(replace(SAFE, largest=(200, 95)), POLICY) is ValueStatus.PRIM_OTHER


def test_packaged_classes_are_those_of_the_methodology() -> None:
    """Ordinary n 3, n' 2, p 10, three pooled; strict n 5 for terrorist and proliferation financing."""
    policy = policy_for(dataflow("SUSPICIOUS_FLOW"))

    assert (policy.min_subjects, policy.min_entities, policy.min_reports) == (3, 2, 3)
    assert (policy.concentration_percent, policy.min_pooled) == (10, 3)
    assert policy.least_count({"CRIME_TYPE": "ML"}) == 3
    assert policy.least_count({"CRIME_TYPE": "TF"}) == 5


def test_an_open_dataflow_has_no_policy() -> None:
    """There is nothing to apply, and saying so is not the same as applying nothing."""
    with pytest.raises(InvalidPolicy, match="No disclosure policy"):
        policy_for(dataflow("DECLARED_FLOW"))


@pytest.mark.parametrize("change", [{"min_subjects": 1}, {"min_pooled": 2}, {"concentration_percent": 0}])
def test_a_policy_that_protects_nothing_is_refused(change: dict[str, int]) -> None:
    """A threshold of one, a pool of two, a percentage of zero."""
    with pytest.raises(InvalidPolicy, match="protects nothing"):
        replace(POLICY, **change)  # type: ignore[arg-type]
