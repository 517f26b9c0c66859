"""The content gate against the Big List of Naughty Strings (suites/blns)."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pyarrow as pa
import pytest

from risk_models.disclosure.content import header_hits, inspect, scan_text
from schemas.registry import structure
from schemas.structure import Column, DataStructure

STRINGS = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites" / "blns" / "blns.json"
MOST_SECONDS = 5

pytestmark = pytest.mark.skipif(not STRINGS.is_file(), reason="the strings are not beside this repository")


def strings() -> list[str]:
    """Return every string of the list; none where the file is absent."""
    return json.loads(STRINGS.read_text(encoding="utf-8")) if STRINGS.is_file() else []


def test_every_string_is_looked_through_in_bounded_time() -> None:
    """Nothing crashes or hangs; spans stay within the string."""
    began = time.perf_counter()

    for text in strings():
        assert all(0 <= found.start < found.end <= len(text) for found in scan_text(text))

    assert strings()
    assert time.perf_counter() - began < MOST_SECONDS


def test_a_column_and_a_header_of_them_are_looked_through() -> None:
    """The whole list as cells finds what the strings one by one find."""
    register = DataStructure("TEST", "REGISTER", "1.0.0", (Column("TITLE", "text"),))
    one_by_one = sum(len(scan_text(text)) for text in strings())

    assert inspect(pa.table({"TITLE": strings()}), register).total == one_by_one
    assert header_hits(strings(), structure("FLOW_RECORD")) is not None
