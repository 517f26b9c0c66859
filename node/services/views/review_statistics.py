"""How often and which way people depart from computed scores: the check for bias of section 5.4 of the methodology.

Invariants: what waits or was refused is no override; an override is counted once, whatever became of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from node.ports.reviews import ScoreReview, Verdict
from node.services import results as computed
from node.services.context import Context
from node.services.scores import steps, years_of
from risk_models.exact import divided
from risk_models.model import load_spec


@dataclass(frozen=True, slots=True)
class Counts:
    """How the scores of an area (None: of all) were reviewed.

    overridden: overrides that came into force; up, down: those above and below what was computed, within: at one of the
    levels that were possible, or where there was none. standing, expired, ended: of the overrides those that stand,
    those that lasted until their last period, and those that a person ended before.
    """

    area: str | None
    accepted: int
    held: int
    overridden: int
    up: int
    down: int
    within: int
    standing: int
    expired: int
    ended: int

    @property
    def decided(self) -> int:
        """All decisions."""
        return self.accepted + self.held + self.overridden

    @property
    def share(self) -> Decimal | None:
        """The share of overrides among all decisions, None without any."""
        return divided(self.overridden, self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class Statistics:
    """The check for bias: the whole first, then each area with a decision, by code. waiting: what is not decided."""

    rows: tuple[Counts, ...]
    waiting: tuple[ScoreReview, ...]


def statistics(ctx: Context) -> Statistics:
    """Count what people decided, over all versions of the method."""
    reviews = ctx.reviews.all()
    newest = {name: _newest(ctx, name) for name in {one.of.model_id for one in reviews}}
    came = [one for one in reviews if one.approved_at is not None or not one.needs_second]
    decided = [one for one in came if one.verdict is not Verdict.REVIEWED]
    areas = sorted({one.of.area for one in decided})
    return Statistics(
        rows=(
            _counts(None, decided, newest),
            *(_counts(area, [one for one in decided if one.of.area == area], newest) for area in areas),
        ),
        waiting=tuple(one for one in reviews if one.state == "waiting"),
    )


def _newest(ctx: Context, model_id: str) -> str:
    return next(iter(years_of(computed.where(computed.table(ctx, model_id)))), "")


def _counts(area: str | None, decided: Sequence[ScoreReview], newest: Mapping[str, str]) -> Counts:
    overrides = [one for one in decided if one.verdict is Verdict.OVERRIDDEN]
    moved = [
        steps(load_spec(one.of.model_id).parameters.composite, one.computed, one.assessed) or 0
        for one in overrides
    ]
    ended = [one for one in overrides if one.state == "ended"]
    expired = [one for one in overrides if one.state != "ended" and one.last_period < newest[one.of.model_id]]
    return Counts(
        area=area,
        accepted=sum(one.verdict is Verdict.ACCEPTED for one in decided),
        held=sum(one.verdict is Verdict.HELD for one in decided),
        overridden=len(overrides),
        up=sum(step > 0 for step in moved),
        down=sum(step < 0 for step in moved),
        within=sum(not step for step in moved),
        standing=len(overrides) - len(ended) - len(expired),
        expired=len(expired),
        ended=len(ended),
    )
