"""Canonical JSON: one value, one sequence of bytes.

Invariants: the output is RFC 8785 (JCS) for the value types we allow; numbers are integers that every JSON
reader holds exactly (RFC 8785 section 3.2.2.3 inherits I-JSON's 2**53-1); a float never reaches a digest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

MAX_SAFE_INTEGER = 2**53 - 1


def canonical_json(value: object) -> bytes:
    """Return the canonical UTF-8 bytes of `value` (RFC 8785).

    Allowed: str, int within ±(2**53-1), bool, None, list or tuple, mapping with str keys. Keys are sorted by
    their UTF-16 code units (RFC 8785 section 3.2.3).

    Raises:
        TypeError: a float, or any other type (write decimals and big integers as strings).
        ValueError: an integer outside the safe range, or a lone surrogate.
    """
    text = json.dumps(_ordered(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


def _ordered(value: object) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise ValueError(f"integer outside ±(2**53-1): {value}; write it as a string")
        return value
    if isinstance(value, list | tuple):
        return [_ordered(element) for element in value]
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16_units)}
    raise TypeError(f"{type(value).__name__} has no canonical JSON form here; write decimals as strings")


def _utf16_units(key: object) -> bytes:
    if not isinstance(key, str):
        raise TypeError(f"an object key must be a string, not {type(key).__name__}")
    return key.encode("utf-16-be")
