"""Column types with one spelling per value, so that equality of text is equality of values.

Invariants: moments are stored in UTC with microseconds, all of one width, and therefore sort as text;
documents are canonical JSON.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from node.ports.work import Said
from schemas.canonical import canonical_json


class Moment(TypeDecorator[datetime]):
    """A timezone-aware moment as `2026-08-01T12:00:00.000000+00:00`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a moment; raises ValueError when it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone cannot be stored: {value!r}")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read a moment."""
        return None if value is None else datetime.fromisoformat(value)


class Document(TypeDecorator[Any]):
    """A JSON value as canonical text; None is the SQL null."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a value; raises TypeError or ValueError for what canonical JSON refuses."""
        return None if value is None else canonical_json(value).decode("utf-8")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Read a value."""
        return None if value is None else json.loads(value)


class SaidText(TypeDecorator[Said]):
    """What a job said as a canonical JSON list of its code and its facts.

    Versions before kept a sentence: it is read as the code `told` with that sentence.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Said | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write it."""
        return None if value is None else canonical_json([value.code, dict(value.facts)]).decode("utf-8")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Said | None:  # noqa: ARG002
        """Read it."""
        if value is None:
            return None
        if not value.startswith("["):
            return Said("told", {"detail": value})
        code, facts = json.loads(value)
        return Said(code, facts)


class Texts(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts as a canonical JSON list, in its order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a tuple."""
        return None if value is None else canonical_json(list(value)).decode("utf-8")

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002
        """Read a tuple."""
        return None if value is None else tuple(json.loads(value))
