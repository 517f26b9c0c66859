"""Weights of the inputs of a group: given, equal, from another set, or from how the columns vary together.

Invariants: weights are relative; those taken from the columns are computed over the rows of the frame that have all of
them, so they move with the table: they belong among the alternatives of a sensitivity analysis (methodology 1.6).
Sources: OECD/JRC Handbook, step 6: equal weights, principal components, factor analysis (Nicoletti, Scarpetta and
Boylaud 2000), analytic hierarchy process (Saaty 1980).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from risk_models.composite.frame import Column
from risk_models.composite.moments import ZERO, correlation
from risk_models.composite.selecting import without_value
from risk_models.composite.specification import Composite, Group
from risk_models.numerics.eigen import eigenpairs, varimax

FROM_COLUMNS = ("pca", "factors")
NAMED = ("given", "equal", "pairwise", *FROM_COLUMNS)
ONE = Decimal(1)
MOST_COLUMNS = 100


def weights_of(
    group: Group, source: str, columns: Sequence[Column], model: Composite, *, factors: int | None, step: str
) -> list[Decimal]:
    """Return the weights of a group's inputs, in their order.

    Raises:
        InvalidInput: columns that do not vary, or more than a hundred, have no principal components here.
    """
    if source == "equal":
        return [ONE] * len(group.inputs)
    if source == "pairwise" and group.pairwise:
        return from_judgements(group.pairwise)
    if source in FROM_COLUMNS and len(columns) > 1:
        if len(columns) > MOST_COLUMNS:
            raise without_value(
                step, group.id, f"weights from at most {MOST_COLUMNS} columns can be computed"
            )
        matrix = correlations(group.id, columns, step)
        return first_component(matrix) if source == "pca" else from_factors(matrix, factors)
    other = model.weight_sets.get(source, {}).get(group.id, {})
    return [other.get(name, weight) for name, weight in group.inputs.items()]


def first_component(correlations: Sequence[Sequence[Decimal]]) -> list[Decimal]:
    """Return the loadings of the first principal component, of unit length, their sum positive."""
    return eigenpairs(correlations)[0][1]


def from_factors(correlations: Sequence[Sequence[Decimal]], factors: int | None) -> list[Decimal]:
    """Return weights from rotated factors, summing to 1.

    factors: how many; those with an eigenvalue above 1 where it is left out. Each input belongs to the rotated factor
    on which it loads highest (factors turned so that their loadings sum above zero) and takes its squared loading
    there, as a share of the factor's explained variance, times the factor's share of all the variance explained.
    """
    rotated = rotated_loadings(correlations, factors)
    whole = sum((value * value for row in rotated for value in row), ZERO)
    return _to_one([max(row) ** 2 / whole for row in rotated])


def rotated_loadings(correlations: Sequence[Sequence[Decimal]], factors: int | None) -> list[list[Decimal]]:
    """Return the varimax loadings of the largest principal components, one row an input, one column a factor."""
    pairs = eigenpairs(correlations)
    kept = [pair for pair in pairs if pair[0] > 1] or pairs[:1]
    kept = kept if factors is None else pairs[:factors]
    loadings = [
        [vector[place] * max(value, ZERO).sqrt() for value, vector in kept] for place in range(len(pairs))
    ]
    columns = zip(*varimax(loadings), strict=True)
    upright = [column if sum(column, ZERO) >= 0 else tuple(-one for one in column) for column in columns]
    return [list(row) for row in zip(*upright, strict=True)]


def from_judgements(matrix: Sequence[Sequence[Decimal]]) -> list[Decimal]:
    """Return the principal eigenvector of a positive matrix of pairwise judgements, summing to 1 (power iteration)."""
    weights = [ONE / len(matrix)] * len(matrix)
    for _ in range(1000):
        following = _to_one([sum((a * b for a, b in zip(row, weights, strict=True)), ZERO) for row in matrix])
        moved = max(abs(one - other) for one, other in zip(weights, following, strict=True))
        weights = following
        if moved < Decimal("1E-40"):
            break
    return weights


def _to_one(weights: Sequence[Decimal]) -> list[Decimal]:
    whole = sum(weights, ZERO)
    return [weight / whole for weight in weights]


def correlations(name: str, columns: Sequence[Column], step: str) -> list[list[Decimal]]:
    """Return the correlations over the rows that have all columns; raises InvalidInput if one is constant."""
    rows = [row for row in zip(*columns, strict=True) if None not in row]
    complete = list(zip(*rows, strict=True))
    found = [[ONE] * len(columns) for _ in columns]
    for one in range(len(columns)):
        for other in range(one):
            value = correlation(complete[one], complete[other]) if rows else None
            if value is None:
                raise without_value(step, name, "an input does not vary, so nothing varies with it")
            found[one][other] = found[other][one] = value
    return found
