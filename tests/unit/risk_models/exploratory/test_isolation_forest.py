"""The exploratory tier: Philox words, the normaliser and a planted stranger."""

from __future__ import annotations

import numpy as np
import pytest

from risk_models.errors import InvalidInput
from risk_models.exploratory.isolation_forest import contributions, grown, scores, usual_path
from risk_models.numerics.philox import uniforms, words


def test_philox_has_the_known_answer() -> None:
    """BM-29, Random123: counter 0, key 0."""
    assert [f"{word:016x}" for word in words((0, 0), 4).tolist()] == [
        "16554d9eca36314c", "db20fe9d672d0fdc", "d7e772cee186176b", "7e68b68aec7ba23b",
    ]  # fmt: skip


def test_philox_is_that_of_numpy_at_any_key_and_counter() -> None:
    """That one counts up before it draws: its first block is our second."""
    theirs = np.random.Philox(key=[5, 7], counter=[0, 9, 0, 0]).random_raw(8)

    assert words((5, 7), 12, stream=9).tolist()[4:] == theirs.tolist()


def test_uniform_numbers_are_even_and_below_one() -> None:
    """Mean one half, within four standard errors."""
    drawn = uniforms((1, 2), 10_001)

    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert drawn.mean() == pytest.approx(0.5, abs=0.012)


def test_the_usual_path_is_the_published_one() -> None:
    """BM-30: c(256) = 10.244771, c(2) = 1 by convention."""
    assert usual_path(256) == pytest.approx(10.244771, abs=5e-7)
    assert (usual_path(2), usual_path(1)) == (1, 0)


def test_a_planted_stranger_has_the_highest_score_for_its_reason() -> None:
    """Ten deviations away in one feature of four: that feature makes the score."""
    profiles = np.random.default_rng(1).normal(size=(120, 4))
    profiles[17, 2] = 10
    forest = grown(profiles, trees=60, sample=64, key=(3, 4))

    found = scores(forest, profiles)

    assert int(found.argmax()) == 17
    assert found[17] > 0.6
    assert int(contributions(forest, profiles[17:18])[0].argmax()) == 2


def test_a_forest_can_be_grown_again() -> None:
    """The same key gives the same scores, another key others."""
    profiles = np.random.default_rng(2).normal(size=(40, 3))

    one, again, other = (
        scores(grown(profiles, trees=10, sample=16, key=key), profiles).tolist()
        for key in ((1, 1), (1, 1), (1, 2))
    )

    assert one == again
    assert one != other


@pytest.mark.parametrize(
    "profiles", [np.zeros((1, 3)), np.zeros(4), np.zeros((4, 0)), np.array([[1.0], [np.nan]])]
)
def test_what_are_no_profiles_is_refused(profiles: np.ndarray) -> None:
    """One row, no table, no feature, a gap."""
    with pytest.raises(InvalidInput):
        grown(profiles, trees=1, sample=8, key=(0, 0))
