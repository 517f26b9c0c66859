"""The kinds of array that a system of cells is made of, and its limits.

Invariants: a value and a bound are 64-bit integers; a value stays below a quarter of what stands for no bound, so
that a difference of two never overflows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Signs = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NO_BOUND = 2**62
LARGEST_VALUE = 2**60
