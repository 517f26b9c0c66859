"""E12 `iforest`: corridors whose profile is easily told apart from all others.

Invariants: exploratory only (see the package); the same key, rows and sizes give the same forest; a score comes with
the features that make it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, log, log2
from typing import Any

import numpy as np
import numpy.typing as npt

from risk_models.errors import InvalidInput
from risk_models.numerics.philox import uniforms

Profiles = npt.NDArray[np.float64]

# As the authors of the method print it.
_EULER = 0.5772156649
_LEAST_ROWS = 2
_TABLE = 2


@dataclass(frozen=True, slots=True)
class _Split:
    feature: int
    at: float
    below: _Split | float
    above: _Split | float


@dataclass(frozen=True, slots=True)
class Forest:
    """trees: splits whose leaves are expected path lengths. sample: profiles a tree. medians: of every feature."""

    trees: tuple[_Split | float, ...]
    sample: int
    medians: Profiles


def grown(profiles: Profiles, *, trees: int, sample: int, key: tuple[int, int]) -> Forest:
    """E12: grow a forest of random splits on profiles (rows: corridors; columns: features).

    Definition (Liu, Ting and Zhou 2008): each tree splits `sample` profiles, drawn without replacement, at a random
    place of a random feature, down to ceil(log2 sample) splits. Features in the methodology: logarithms of count and
    value, mean ticket, growth, intensity, excess over gravity, shares of channels. Missing values: fill in the median
    of peers first. Unit of the score: 0 to 1. Direction: higher is stranger, which is not riskier.

    Raises:
        InvalidInput: fewer than two profiles, no feature, or a value that is no number.
    """
    if (
        profiles.ndim != _TABLE
        or len(profiles) < _LEAST_ROWS
        or not profiles.size
        or not np.isfinite(profiles).all()
    ):
        raise InvalidInput(
            "No forest can be grown on these profiles.",
            detail=f"Shape {profiles.shape}; all values have to be numbers.",
            hint="Give at least two profiles of at least one feature, without gaps.",
        )
    size = min(sample, len(profiles))
    planted = tuple(_tree(profiles, size, key, stream) for stream in range(trees))
    return Forest(planted, size, np.median(profiles, axis=0))


def scores(forest: Forest, profiles: Profiles) -> npt.NDArray[np.float64]:
    """Return 2^(-mean path / c(sample)) of each profile: near 1 easily isolated, near 0.5 ordinary."""
    paths = [[_path(tree, profile, 0) for tree in forest.trees] for profile in profiles]
    return np.asarray(2.0 ** (-np.mean(paths, axis=1) / usual_path(forest.sample)))


def contributions(forest: Forest, profiles: Profiles) -> Profiles:
    """Return how much each feature adds to each score: the drop when it is replaced by the median of all."""
    whole = scores(forest, profiles)
    drops = np.empty_like(profiles)
    for feature in range(profiles.shape[1]):
        ordinary = profiles.copy()
        ordinary[:, feature] = forest.medians[feature]
        drops[:, feature] = whole - scores(forest, ordinary)
    return drops


def usual_path(count: int) -> float:
    """Return c(n) = 2 (ln(n - 1) + 0.5772156649) - 2 (n - 1) / n; c(2) = 1, below it 0. Example: c(256) = 10.244771."""
    if count < _LEAST_ROWS:
        return 0.0
    return 1.0 if count == _LEAST_ROWS else 2 * (log(count - 1) + _EULER) - 2 * (count - 1) / count


def _tree(profiles: Profiles, size: int, key: tuple[int, int], stream: int) -> _Split | float:
    draws = iter(uniforms(key, len(profiles) + 4 * size, stream).tolist())
    order = sorted(range(len(profiles)), key=[next(draws) for _ in range(len(profiles))].__getitem__)
    return _split(profiles[order[:size]], ceil(log2(size)), draws)


def _split(profiles: Profiles, left: int, draws: Iterator[float]) -> _Split | float:
    low, high = profiles.min(axis=0), profiles.max(axis=0)
    varied = np.flatnonzero(high > low)
    if not left or not varied.size:
        return usual_path(len(profiles))
    feature = int(varied[int(next(draws) * varied.size)])
    at = float(low[feature] + next(draws) * (high[feature] - low[feature]))
    is_below: Any = profiles[:, feature] <= at
    return _Split(
        feature, at, _split(profiles[is_below], left - 1, draws), _split(profiles[~is_below], left - 1, draws)
    )


def _path(tree: _Split | float, profile: Profiles, depth: int) -> float:
    while isinstance(tree, _Split):
        tree = tree.below if profile[tree.feature] <= tree.at else tree.above
        depth += 1
    return depth + tree
