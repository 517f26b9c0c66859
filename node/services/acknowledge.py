"""Acknowledging signals: an analyst says that a signal was seen, and what was made of it.

Invariants: only a signal of the newest computation can be acknowledged; what was said is kept for ever, beside what
anybody says later; it lapses by itself: when the series signals in another period, when another version of the model
judges it, or when the signal has grown stronger than it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import NotFound
from node.ports.signals import Acknowledgement, Signal
from node.ports.work import IndicatorRun
from node.services import results as computed
from node.services.context import Context
from node.services.indicators import computes, shown
from node.services.permission import permit
from node.services.questions import stated_reason
from node.services.results import Result, level_of
from risk_models.early_warning.alarms import LEVEL

NAMED = ("indicator", "area", "counterpart", "facet", "period")
_STRENGTHS = {"possible": 1, "certain": 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A signal of the newest computation: the result that it stands in, and the run of the model that gave it."""

    result: Result
    run: IndicatorRun

    @property
    def signal(self) -> Signal:
        """What it is of."""
        return signal_of(self.run, self.result)

    @property
    def is_warning(self) -> bool:
        """True for the level of an early warning."""
        return self.result.indicator == LEVEL


def acknowledge(
    ctx: Context, actor: Actor, wanted: Mapping[str, str], *, note: str, now: datetime
) -> Acknowledgement:
    """Keep that this person has seen a signal, named as `find` says.

    Raises:
        Denied; NotFound where nothing signals; Invalid without a note of 1 to 500 characters.
    """
    permit(actor, Action.ACKNOWLEDGE)
    found = find(ctx, wanted)
    said = Acknowledgement(found.signal, strength(found.result), stated_reason(note), actor.login, now)
    one = said.signal
    event = AuditEvent(
        "signal.acknowledged",
        actor.login,
        f"{one.indicator} {one.ref_area} {one.counterpart_area} {one.time_period}",
        now,
        {"model": one.model_id, "version": one.model_version, "facet": one.facet},
    )
    ctx.signals.add(said, event)
    return said


def find(ctx: Context, wanted: Mapping[str, str]) -> Found:
    """Give the signal named by indicator, area, counterpart, facet and period; raises NotFound where there is none."""
    indicator = wanted.get("indicator", "")
    model_id = computes(ctx, indicator)
    run = None if model_id is None else shown(ctx, model_id)
    rows = computed.where(
        None if run is None else computed.table(ctx, run.model_id),
        indicator=indicator,
        time_period=wanted.get("period", ""),
        ref_area=wanted.get("area", ""),
        counterpart_area=wanted.get("counterpart", computed.NO_AREA),
        facet=wanted.get("facet", ""),
    )
    raised = [one for one in rows if one.signal in computed.SIGNALS]
    if run is None or not raised:
        raise NotFound(
            "There is no such signal in the newest computation",
            hint="It may be over. Open it from its page again.",
        )
    return Found(raised[0], run)


def signal_of(run: IndicatorRun, one: Result) -> Signal:
    """Give what a result's signal is of."""
    return Signal(
        run.model_id,
        run.model_version,
        one.indicator,
        one.ref_area,
        one.counterpart_area,
        one.facet,
        one.time_period,
    )


def strength(one: Result) -> int:
    """Give how strong a signal is: the level of an early warning, else 1 for a possible and 2 for a certain one."""
    return level_of(one) if one.indicator == LEVEL else _STRENGTHS.get(one.signal, 0)
