"""Proof verification against the vectors of transparency-dev/merkle (folder testdata of that repository)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from exchange.merkle import LeafDigest, verify_consistency, verify_inclusion

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites" / "merkle" / "testdata"

pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the Merkle vectors are not beside this repository"
)


def cases(kind: str) -> list[Any]:
    """Return the vector files of one kind of proof."""
    folder = VECTORS / kind
    return [
        pytest.param(path, id=path.relative_to(folder).with_suffix("").as_posix())
        for path in sorted(folder.rglob("*.json"))
    ]


def decoded(values: list[str] | None) -> list[bytes]:
    """Return the bytes of a list of base64 texts, which a vector may leave out."""
    return [base64.b64decode(value) for value in values or []]


def test_the_vectors_are_all_there() -> None:
    """98 inclusion and 98 consistency cases: an empty folder must not pass for a full one."""
    assert len(cases("inclusion")) == 98
    assert len(cases("consistency")) == 98


@pytest.mark.parametrize("path", cases("inclusion"))
def test_inclusion_is_decided_as_the_vector_says(path: Path) -> None:
    """Happy paths verify; wrong leaves, indices, sizes, roots and proofs do not."""
    case = json.loads(path.read_text(encoding="utf-8"))
    leaf, root = decoded([case["leafHash"], case["root"]])

    decided = verify_inclusion(
        LeafDigest(leaf), case["leafIdx"], case["treeSize"], decoded(case["proof"]), root
    )

    assert decided is not case["wantErr"], case["desc"]


@pytest.mark.parametrize("path", cases("consistency"))
def test_consistency_is_decided_as_the_vector_says(path: Path) -> None:
    """Happy paths verify; wrong sizes, roots and proofs do not."""
    case = json.loads(path.read_text(encoding="utf-8"))
    old_root, new_root = decoded([case["root1"], case["root2"]])

    decided = verify_consistency(case["size1"], old_root, case["size2"], new_root, decoded(case["proof"]))

    assert decided is not case["wantErr"], case["desc"]
