"""The demo's typologies can be described as they stand: codes exist, texts name nobody, sources are named."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from node.api.models_typologies import SentDescription
from node.services.typology_draft import described

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "node" / "demo" / "typologies").glob("*.json"))
NOTICE = (ROOT / "node" / "demo" / "data" / "NOTICE.md").read_text(encoding="utf-8")
TODAY = dt.date(2026, 11, 24)


def texts() -> list[dict[str, Any]]:
    """Give every entry of every member."""
    return [entry for file in FILES for entry in json.loads(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("entry", texts(), ids=lambda entry: entry["description"]["sources"][0][:40])
def test_a_typology_of_the_demo_passes_the_register(entry: dict[str, Any]) -> None:
    """By the same gate and limits as anybody's."""
    found = described(SentDescription(**entry["description"]).draft(), TODAY)

    assert found.sources
    assert all(source.rpartition(", ")[0].partition(", ")[2] in NOTICE for source in found.sources)
    assert all(len(wording.warning_signs) >= 2 for wording in found.texts.values())


def test_every_language_and_step_can_be_seen() -> None:
    """Each language is an original or a translation, one is missing somewhere, one waits for review."""
    languages = [set(entry["description"]["texts"]) for entry in texts()]

    assert set.union(*languages) == {"ru", "kk", "en"}
    assert any(len(one) < 3 for one in languages)
    assert {entry["is_shared"] for entry in texts()} == {True, False}
    assert [file.stem for file in FILES] == ["BY", "KZ", "RU"]
