"""B2 `intensity`: is a corridor used more than the sizes of its two ends explain?

Invariants: a member sends nothing to itself, and no expectation says that it does; margins are published ones. Worked
examples use the fixture FX4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from risk_models.certified import Numbers, Quantised, certified_all
from risk_models.indicators.monotone import Cells, Figures, Integers, monotone
from risk_models.numerics.loglinear import added
from risk_models.numerics.series import filled, joined

# The sweeps gain the slower the less there is beside the largest member, and errors gather as long.
_ERROR_OF_A_REST = 1.2e-14
_CAP = 5000
# After it the next sweeps change less than floats are trusted for, and than 30 digits show.
_SETTLED_FLOAT, _SETTLED_DECIMAL = 5e-15, Decimal("1E-32")


def trade_intensity(flow: Cells, sent: Cells, received: Cells, received_elsewhere: Cells) -> Figures:
    """B2 (a): a partner's share of what a member sends, over its share of what all others receive.

    flow, sent, received, received_elsewhere: vectors, w_ij, o_i, in_j and W - in_i. Definition: (w_ij / o_i) / (in_j
    / (W - in_i)). Unit: ratio, from 0; 1 as expected. Direction: higher is more risk. Minimum: 4 members, an expected
    flow of 5. Withheld: endpoints; sharp with published margins, bounds that hold without. A sender that sends, or a
    partner that receives nothing: no figure. Source: Brown 1949; Kojima 1964; methodology B2. Example: A to B 1.78125.
    """
    some = np.asarray((sent.high > 0) & (received.high > 0), np.bool_)
    margins = [Cells(np.maximum(one.low, 1), np.maximum(one.high, 1)) for one in (sent, received)]
    found = monotone(_intensity, "+--+", flow, *margins, received_elsewhere)
    return Figures(found.low, found.high, some, some)


@dataclass(frozen=True, slots=True)
class Intensity:
    """expected: flow of each pair and graph. ratio: of the flow to it. Order: the pairs (i, j), then the graphs.

    pairs: sender and receiver of each block of graphs.
    """

    pairs: tuple[tuple[int, int], ...]
    expected: Figures
    ratio: Figures


def intensity(flows: Cells, sent: Integers, received: Integers, rest: int) -> Intensity:
    """B2 (b), the default: flows over those that the margins alone would give, were nobody its own partner.

    flows: (n, n, R), from row to column, in R graphs. sent, received: (n, R), published row and column sums. rest: a
    graph needs flows between others than i, for every i, of at least W / rest (20); without, the expectation does
    not exist or is not determined. Definition: w_ij / E_ij, E_ij = a_i b_j for i other than j with the row and column
    sums given, found by iterative proportional fitting from a zero diagonal until nothing changes. Unit: ratio, from
    0; 1 as expected. Direction: higher is more risk. Minimum: 4 members, an expected flow of 5. Withheld: endpoints
    of the flow, with the margins published. An expectation of zero: no figure. Source: Goodman 1968
    (quasi-independence); Deming and Stephan 1940; methodology B2. Example: A to B 81.309672, ratio 1.475839; C to D
    20.716667, ratio 2.896219.
    """
    members = len(sent)
    whole = sent.sum(axis=0)
    touching = (sent + received).max(axis=0)
    is_determined = np.asarray((whole - touching) * rest >= np.maximum(whole, 1), np.bool_)
    pairs = tuple((i, j) for i in range(members) for j in range(members) if i != j)
    ends = [[part[i, j][is_determined] for i, j in pairs] for part in (flows.low, flows.high)]
    if np.array_equal(ends[0], ends[1]):
        ends = ends[:1]

    def ratios(*columns: Numbers) -> list[Numbers]:
        expected = _expected(np.array(columns[:members]), np.array(columns[members : 2 * members]), pairs)
        flat = columns[2 * members :]
        return [*expected, *(flow / _safe(expected[place % len(pairs)]) for place, flow in enumerate(flat))]

    margins = [*sent[:, is_determined], *received[:, is_determined]]
    found = certified_all(
        ratios,
        *margins,
        *ends[0],
        *ends[-1][: len(pairs) * (len(ends) - 1)],
        error=_ERROR_OF_A_REST * max(rest, 10),
    )
    blocks = [joined([filled(is_determined, one) for one in block]) for block in _blocks(found, len(pairs))]
    has_both = np.concatenate([is_determined & (sent[i] > 0) & (received[j] > 0) for i, j in pairs])
    defined = np.concatenate([is_determined] * len(pairs))
    return Intensity(
        pairs,
        Figures(blocks[0], blocks[0], defined, defined),
        Figures(blocks[1], blocks[-1], has_both, has_both),
    )


def _blocks(found: Sequence[Quantised], size: int) -> list[Sequence[Quantised]]:
    return [found[start : start + size] for start in range(0, len(found), size)]


def _expected(sent: Numbers, received: Numbers, pairs: Sequence[tuple[int, int]]) -> list[Numbers]:
    """Sweeps of a_i = o_i / sum of the other b, b_j = in_j / sum of the other a; NaN where floats do not settle."""
    is_decimal = sent.dtype == object
    settled: Any = _SETTLED_DECIMAL if is_decimal else _SETTLED_FLOAT
    a, b = sent * 0, received
    for _ in range(_CAP):
        before, a = a, _shared(sent, b)
        b = _shared(received, a)
        if bool((abs(a - before) <= settled * a).all()):
            return [a[i] * b[j] for i, j in pairs]
    return [a[i] * b[j] if is_decimal else a[i] * np.nan for i, j in pairs]


def _shared(margins: Numbers, factors: Numbers) -> Numbers:
    """Each margin over the sum of the factors of all others; 0 for a margin of 0."""
    rows = [margin / _safe(added(np.delete(factors, place, axis=0))) for place, margin in enumerate(margins)]
    return np.where(margins == 0, margins * 0, np.array(rows))


def _safe(divisor: Numbers) -> Numbers:
    return np.asarray(np.where(divisor == 0, divisor * 0 + 1, divisor))


def _intensity(flow: Numbers, sent: Numbers, received: Numbers, elsewhere: Numbers) -> Numbers:
    return np.asarray(flow / sent * (elsewhere / received))
