"""How far two people who coded the same things agree.

Invariants: Cohen's kappa is an exact rational; where it has no value (everything in one class by both), none
is made up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from schemas.errors import InvalidValue
from schemas.mapping import CodeMap, Relation

# Below this two coders have not understood the codes alike (Methodology 4.4).
AGREEMENT_NEEDED = Fraction(4, 5)


def kappa(counts: Sequence[Sequence[int]]) -> Fraction | None:
    """Return Cohen's kappa of a square table of counts (first coder in rows, second in columns).

    (observed - expected) / (1 - expected), between -1 and 1; None if chance alone agrees always. Source: Cohen
    1960. Example: [[40, 5], [10, 45]] gives 7/10.

    Raises:
        InvalidValue: the table is not square, holds a negative count, or nothing at all.
    """
    size = len(counts)
    is_square = all(len(row) == size for row in counts)
    total = sum(sum(row) for row in counts)
    if not is_square or total <= 0 or any(count < 0 for row in counts for count in row):
        raise InvalidValue(
            "The agreement of two coders cannot be computed.",
            detail=f"Rows of {[len(row) for row in counts]} counts, {total} in all.",
            hint="Give a square table of counts: the first coder's classes in rows, the second's in columns.",
            context={"rows": size, "total": total},
        )
    columns = [sum(row[place] for row in counts) for place in range(size)]
    observed = Fraction(sum(counts[place][place] for place in range(size)), total)
    expected = Fraction(sum(sum(row) * column for row, column in zip(counts, columns, strict=True)), total**2)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def coders_agreement(first: CodeMap, second: CodeMap) -> Fraction | None:
    """Return the kappa of two maps of the same national codes, each drawn up by one person alone.

    Two people agree on a national code if they give it the same relation to the same shared codes.

    Raises:
        InvalidValue: the maps do not name the same national codes.
    """
    ours, theirs = _classes(first), _classes(second)
    if ours.keys() != theirs.keys():
        differing = sorted(ours.keys() ^ theirs.keys())
        raise InvalidValue(
            "Two coders can be compared only over the same codes.",
            detail=f"Coded by one of them only: {', '.join(differing[:10])}.",
            hint="Let both code every national code; relation none where nothing corresponds.",
            context={"codes": differing},
        )
    pairs = Counter((ours[national], theirs[national]) for national in ours)
    classes = sorted({one for pair in pairs for one in pair})
    return kappa([[pairs[row, column] for column in classes] for row in classes])


def _classes(code_map: CodeMap) -> dict[str, tuple[tuple[str, str], ...]]:
    return {
        national: tuple(
            sorted(
                (entry.relation.value, entry.shared or "")
                for entry in entries
                if entry.relation is not Relation.RELATED
            )
        )
        for national, entries in code_map.by_national.items()
    }
