"""Certified figures against decimals alone: what both families of indicators promise in the same way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pytest

from risk_models import certified as certification
from risk_models.certified import Magnitude

T = TypeVar("T")
_Rounded = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]


def by_decimals(compute: Callable[[], T], monkeypatch: pytest.MonkeyPatch) -> T:
    """What is computed when floats are never certain."""
    rounded = certification._rounded

    def never(values: npt.NDArray[np.float64], error: float, magnitude: Magnitude) -> _Rounded:
        mantissa, exponent, is_certain = rounded(values, error, magnitude)
        return mantissa, exponent, is_certain & False

    monkeypatch.setattr(certification, "_rounded", never)
    return compute()


def errors(compute: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The errors of floats as parts of their stated bounds, measured against decimals, where floats answer at all."""
    worst: list[float] = []
    rounded, of_decimal = certification._rounded, certification._of_decimal
    pending: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]] = []
    exact: list[float] = []

    def spied(values: npt.NDArray[np.float64], error: float, magnitude: Magnitude) -> _Rounded:
        mantissa, exponent, is_certain = rounded(values, error, magnitude)
        pending.append((values, error * np.maximum(abs(values), magnitude)))
        return mantissa, exponent, is_certain & False

    def kept(value: Decimal) -> tuple[int, int]:
        exact.append(float(value))
        return of_decimal(value)

    monkeypatch.setattr(certification, "_rounded", spied)
    monkeypatch.setattr(certification, "_of_decimal", kept)
    compute()

    answers = np.array(exact)
    for values, bound in pending:
        truth, answers = answers[: values.size], answers[values.size :]
        is_answer = np.isfinite(values) & (bound > 0)
        worst.extend((abs(values - truth)[is_answer] / bound[is_answer]).tolist())
    return worst
