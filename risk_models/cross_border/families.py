"""Families of tests: from p-values to signals.

Invariants: only figures that meet their minimum are in a family (what decides is the sum of the counts, which
says nothing about their difference); a figure outside the family gives no signal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from risk_models.figures import Figure
from risk_models.indicators.multiplicity import Signal, adjusted_intervals, signal


def judged(
    family: Sequence[Figure],
    level: Decimal,
    limit: Callable[[Figure, Signal], Signal] = lambda _, verdict: verdict,
) -> Iterator[Figure]:
    """Give every figure of a family its adjusted p-values and its signal at `level`.

    limit: what a verdict may say of a figure at most (growth alarms only upwards).
    """
    tested = [figure for figure in family if figure.status == "ok" and figure.p is not None]
    adjusted = iter(adjusted_intervals([figure.p for figure in tested if figure.p is not None]))
    for figure in family:
        if figure.status == "ok" and figure.p is not None:
            q = next(adjusted)
            yield replace(figure, q=q, signal=limit(figure, signal(q, level)))
        else:
            yield figure
