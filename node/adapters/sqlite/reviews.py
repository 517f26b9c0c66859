"""Reviews of scores as rows.

Invariants: a review and the audit event about it are one commit; of two changes made from one revision the second is
refused; only what a second officer and the end of a review add is ever written into a row again.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Row, insert, select, update

from node.adapters.sqlite.audit import append_event
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import score_reviews
from node.audit import AuditEvent
from node.errors import Conflict, NotFound
from node.ports.reviews import ReviewReason, ScoreOfPeriod, ScoreReview, Verdict

_reviews = score_reviews.c
_ADDED_LATER = ("approved_by", "approved_at", "ended_by", "ended_at", "ended_reason")


class SqliteReviews:
    """The ReviewStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, review: ScoreReview, event: AuditEvent) -> ScoreReview:
        """Store a new review under a number given here; raises Conflict while another of its score waits."""
        waiting = select(_reviews.number).where(
            _reviews.model_id == review.of.model_id,
            _reviews.area == review.of.area,
            _reviews.time_period == review.of.time_period,
            _reviews.needs_second.is_(True),
            _reviews.approved_at.is_(None),
            _reviews.ended_at.is_(None),
        )
        with self._database.write() as connection:
            if connection.execute(waiting).first() is not None:
                raise Conflict(
                    "A review of this score waits for a second officer",
                    detail=f"{review.of.area}, {review.of.time_period}",
                    hint="It is agreed to or ended first.",
                )
            added = connection.execute(insert(score_reviews).values(_values(review)))
            stored = replace(review, number=int(added.inserted_primary_key[0]))  # type: ignore[index]
            append_event(connection, replace(event, details={**event.details, "number": stored.number}))
        return stored

    def move(self, changed: ScoreReview, event: AuditEvent) -> ScoreReview:
        """Store a review that a second officer agreed to, or that ended; raises Conflict if it changed meanwhile."""
        later = {name: getattr(changed, name) for name in _ADDED_LATER} | {"revision": changed.revision + 1}
        change = (
            update(score_reviews)
            .where(_reviews.number == changed.number, _reviews.revision == changed.revision)
            .values(later)
        )
        with self._database.write() as connection:
            if connection.execute(change).rowcount != 1:
                raise Conflict(
                    "Somebody else took this step",
                    detail=f"Review {changed.number} was changed meanwhile.",
                    hint="Open the assessment again and look at its state.",
                )
            append_event(connection, event)
        return replace(changed, revision=changed.revision + 1)

    def get(self, number: int) -> ScoreReview:
        """Give one; raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(score_reviews).where(_reviews.number == number)).first()
        if row is None:
            raise NotFound("There is no such review", detail=str(number))
        return _review(row)

    def all(self) -> list[ScoreReview]:
        """Give all, newest first."""
        return list(self._database.remembered("reviews", self._all))

    def _all(self) -> tuple[ScoreReview, ...]:
        with self._database.read() as connection:
            rows = connection.execute(select(score_reviews).order_by(_reviews.number.desc()))
            return tuple(_review(row) for row in rows)


def _values(review: ScoreReview) -> dict[str, Any]:
    values = {field.name: getattr(review, field.name) for field in fields(review)}
    of = values.pop("of")
    del values["number"]
    return values | {
        "model_id": of.model_id,
        "area": of.area,
        "time_period": of.time_period,
        "verdict": review.verdict.value,
        "reason": review.reason.value if review.reason else None,
    }


def _review(row: Row[Any]) -> ScoreReview:
    values = dict(row._mapping)  # noqa: SLF001 - public in spite of its name
    of = ScoreOfPeriod(values.pop("model_id"), values.pop("area"), values.pop("time_period"))
    read = {
        "verdict": Verdict(values["verdict"]),
        "reason": ReviewReason(values["reason"]) if values["reason"] else None,
    }
    return ScoreReview(of=of, **values | read)
