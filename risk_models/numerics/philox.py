"""Philox4x64-10: random words that depend on a key and a counter and on nothing else.

Invariants: a word is a pure function of its place; no library's stream of samples, which may change with its
version. Source: Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC'11). Known
answer: counter 0, key 0 gives 16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_KEY_STEPS = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_ROUNDS = 10
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_ALL = (1 << 64) - 1
_TO_UNIT, _MANTISSA_SHIFT = 2.0**-53, np.uint64(11)


def words(key: tuple[int, int], count: int, stream: int = 0) -> Words:
    """Return the first `count` words of a stream: blocks at counters (0, stream), (1, stream), ..."""
    blocks = -(-count // 4)
    a, b = np.arange(blocks, dtype=np.uint64), np.full(blocks, stream, np.uint64)
    c, d = np.zeros(blocks, np.uint64), np.zeros(blocks, np.uint64)
    for step in range(_ROUNDS):
        one, other = (
            np.uint64((start + step * add) & _ALL) for start, add in zip(key, _KEY_STEPS, strict=True)
        )
        high_a, low_a = _product(a, _MULTIPLIERS[0])
        high_c, low_c = _product(c, _MULTIPLIERS[1])
        a, b, c, d = high_c ^ b ^ one, low_c, high_a ^ d ^ other, low_a
    return np.stack([a, b, c, d], axis=1).ravel()[:count]


def uniforms(key: tuple[int, int], count: int, stream: int = 0) -> npt.NDArray[np.float64]:
    """Return numbers from 0 to below 1: (word >> 11) 2^-53."""
    return (words(key, count, stream) >> _MANTISSA_SHIFT).astype(np.float64) * _TO_UNIT


def _product(numbers: Words, multiplier: int) -> tuple[Words, Words]:
    """The upper and the lower 64 bits of products, from products of halves."""
    up, down = np.uint64(multiplier >> 32), np.uint64(multiplier & 0xFFFFFFFF)
    high, low = numbers >> _HALF, numbers & _LOW
    lows, cross = low * down, high * down
    middle = cross + (lows >> _HALF)
    other = low * up + (middle & _LOW)
    return high * up + (middle >> _HALF) + (other >> _HALF), (other << _HALF) | (lows & _LOW)
