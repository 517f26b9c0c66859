"""One rule on a few transactions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from risk_models.typologies.detection import find
from tests.support.transactions import Payment, packaged, table


@pytest.fixture
def subjects() -> Callable[[str, list[Payment]], dict[str, list[int]]]:
    """Find one typology: subject to the places of its transactions."""

    def look(definition_id: str, payments: list[Payment]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in find(table(payments), [packaged(definition_id)]).detections.to_pylist():
            found.setdefault(row["SUBJECT_ID"], []).append(int(row["TRANSACTION_ID"][1:]))
        return found

    return look
