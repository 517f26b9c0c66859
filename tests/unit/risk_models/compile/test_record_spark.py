"""The cluster's adapter where there is no client and no cluster."""

from __future__ import annotations

import sys

import pytest

from node.adapters.spark_engine import SparkEngine
from node.errors import Unavailable


def test_a_missing_client_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is optional; without it the refusal names it."""
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)

    with (
        pytest.raises(Unavailable, match="not installed") as refusal,
        SparkEngine("sc://127.0.0.1:1").session(),
    ):
        pass

    assert "spark" in refusal.value.hint


def test_an_address_with_its_token_is_never_shown() -> None:
    """What an engine prints as does not hold its address."""
    assert "token" not in repr(SparkEngine("sc://host:443/;token=secret"))


def test_a_cluster_that_is_down_is_said_so() -> None:
    """Nobody listens; the refusal comes after the retries, in our words, and without the address."""
    pytest.importorskip("pyspark", reason="the client of Spark is an optional extra")

    with (
        pytest.raises(Unavailable, match="could not compile") as refusal,
        SparkEngine("sc://127.0.0.1:1", 0).session(),
    ):
        pass

    assert "127.0.0.1" not in str(refusal.value)
