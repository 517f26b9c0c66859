"""Eigenvalues of small symmetric matrices, and rotations of what they span, in decimals.

Invariants: fixed order of rotations, fixed cap, no random start, so every node finds the same digits; a vector's sign
is the one that makes its sum positive. Sources: cyclic Jacobi method (Golub and Van Loan, Matrix Computations, 8.5);
varimax (Kaiser 1958), pair by pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

Matrix = list[list[Decimal]]
ZERO, ONE = Decimal(0), Decimal(1)
_NEGLIGIBLE = Decimal("1E-40")
_MOST_SWEEPS = 60


def eigenpairs(matrix: Sequence[Sequence[Decimal]]) -> list[tuple[Decimal, list[Decimal]]]:
    """Return eigenvalues, the largest first, each with its unit vector.

    Raises:
        ArithmeticError: not settled within the cap of sweeps (never seen for correlations).
    """
    turned = [list(row) for row in matrix]
    size = len(turned)
    vectors: Matrix = [[ONE if one == other else ZERO for other in range(size)] for one in range(size)]
    for _ in range(_MOST_SWEEPS):
        pairs = [(p, q) for p, q in combinations(range(size), 2) if abs(turned[p][q]) > _NEGLIGIBLE]
        if not pairs:
            break
        for p, q in pairs:
            if abs(turned[p][q]) > _NEGLIGIBLE:
                _rotate(turned, vectors, p, q)
    else:
        raise ArithmeticError("the eigenvalues did not settle")
    found = [(turned[place][place], [row[place] for row in vectors]) for place in range(size)]
    found.sort(key=lambda pair: -pair[0])
    return [(value, _signed(vector)) for value, vector in found]


def _rotate(turned: Matrix, vectors: Matrix, p: int, q: int) -> None:
    """Turn the plane of two axes so that the entry between them is zero."""
    ratio = (turned[q][q] - turned[p][p]) / (2 * turned[p][q])
    tangent = (ONE if ratio >= 0 else -ONE) / (abs(ratio) + (ratio * ratio + 1).sqrt())
    cosine = 1 / (tangent * tangent + 1).sqrt()
    sine = tangent * cosine
    for row in turned:
        row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
    one, other = turned[p], turned[q]
    turned[p] = [cosine * a - sine * b for a, b in zip(one, other, strict=True)]
    turned[q] = [sine * a + cosine * b for a, b in zip(one, other, strict=True)]
    for row in vectors:
        row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]


def varimax(loadings: Sequence[Sequence[Decimal]]) -> Matrix:
    """Return loadings (one row a variable, one column a factor) rotated until each factor has few large ones.

    Rows are brought to length 1 for the rotation (Kaiser's normalisation) and back.
    """
    lengths = [sum((value * value for value in row), ZERO).sqrt() for row in loadings]
    rows = [
        [value / length if length else value for value in row]
        for row, length in zip(loadings, lengths, strict=True)
    ]
    factors = list(combinations(range(len(rows[0])), 2))
    for _ in range(_MOST_SWEEPS):
        moved = [_turn_pair(rows, p, q) for p, q in factors]
        if not any(moved):
            break
    return [[value * length for value in row] for row, length in zip(rows, lengths, strict=True)]


def _turn_pair(rows: Matrix, p: int, q: int) -> bool:
    """Turn two factors to the angle that is best for both; False if they stand there already."""
    count = Decimal(len(rows))
    u = [row[p] ** 2 - row[q] ** 2 for row in rows]
    v = [2 * row[p] * row[q] for row in rows]
    sum_u, sum_v = sum(u, ZERO), sum(v, ZERO)
    top = 2 * (sum((a * b for a, b in zip(u, v, strict=True)), ZERO) - sum_u * sum_v / count)
    bottom = sum((a * a - b * b for a, b in zip(u, v, strict=True)), ZERO) - (sum_u**2 - sum_v**2) / count
    length = (top * top + bottom * bottom).sqrt()
    if not length or (abs(top) <= _NEGLIGIBLE * length and bottom > 0):
        return False
    # a quarter of the angle of (bottom, top), by halving twice without trigonometry
    cosine, sine = _halved(*_halved(bottom / length, top / length))
    if abs(sine) <= _NEGLIGIBLE:
        return False
    for row in rows:
        row[p], row[q] = cosine * row[p] + sine * row[q], cosine * row[q] - sine * row[p]
    return True


def _halved(cosine: Decimal, sine: Decimal) -> tuple[Decimal, Decimal]:
    """Cosine and sine of half an angle between -180 and 180 degrees."""
    half_cosine = max(ZERO, (1 + cosine) / 2).sqrt()
    half_sine = max(ZERO, (1 - cosine) / 2).sqrt()
    return half_cosine, half_sine if sine >= 0 else -half_sine


def _signed(vector: list[Decimal]) -> list[Decimal]:
    return vector if sum(vector, ZERO) >= 0 else [-value for value in vector]
