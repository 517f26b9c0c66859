"""What is kept decoded is right by its name and bounded in bytes."""

from __future__ import annotations

import pyarrow as pa
import pytest

from node.services.recent_tables import RecentTables

TABLE = pa.table({"OBS_VALUE": pa.array(range(100), pa.int64())})  # 800 bytes


def test_a_table_is_decoded_once_for_its_digest() -> None:
    """And another one for another digest."""
    asked: list[str] = []
    kept = RecentTables()

    def decode(name: str) -> pa.Table:
        asked.append(name)
        return TABLE

    for name in ("a", "a", "b", "a"):
        assert kept.get(name, lambda name=name: decode(name)) is TABLE  # type: ignore[misc]
    assert asked == ["a", "b"]


def test_the_longest_unused_goes_when_there_is_no_room() -> None:
    """Room for two tables of 800 bytes: the third takes the place of the one not asked for since."""
    kept = RecentTables(most_bytes=1700)
    for name in ("a", "b", "a", "c"):
        kept.get(name, lambda: TABLE)

    asked: list[str] = []
    for name in ("a", "c", "b"):
        kept.get(name, lambda name=name: asked.append(name) or TABLE)  # type: ignore[func-returns-value,misc]

    assert asked == ["b"]


def test_a_table_larger_than_all_room_is_given_and_not_kept() -> None:
    """Nor does it drive the others out; what cannot be decoded is asked for again."""
    kept = RecentTables(most_bytes=100)

    assert kept.get("a", lambda: TABLE) is TABLE
    with pytest.raises(ZeroDivisionError):
        kept.get("b", lambda: 1 // 0)  # type: ignore[arg-type,return-value]
    assert kept.get("b", lambda: TABLE) is TABLE
