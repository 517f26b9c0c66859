"""Our signature verification against Project Wycheproof's vectors (testvectors_v1/ed25519_test.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.keys import PublicKey

SUITE = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites" / "wycheproof"
VECTORS = SUITE / "testvectors_v1" / "ed25519_test.json"

pytestmark = pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors are not beside this repository")


def cases() -> list[Any]:
    """Return each vector with the public key of its group; none where the file is absent."""
    if not VECTORS.is_file():
        return []
    suite = json.loads(VECTORS.read_text(encoding="utf-8"))
    return [
        pytest.param(group["publicKey"]["pk"], case, id=f"{case['tcId']}-{case['result']}")
        for group in suite["testGroups"]
        for case in group["tests"]
    ]


def test_the_vectors_are_all_there() -> None:
    """The file announces how many it holds."""
    announced = json.loads(VECTORS.read_text(encoding="utf-8"))["numberOfTests"]

    assert len(cases()) == announced == 151


@pytest.mark.parametrize(("public", "case"), cases())
def test_a_signature_is_decided_as_the_vector_says(public: str, case: dict[str, Any]) -> None:
    """Malleable, truncated, overlong and wrongly encoded signatures are not signatures."""
    key = PublicKey(bytes.fromhex(public))

    decided = key.is_signed_by(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))

    assert decided is (case["result"] == "valid"), case["comment"]
