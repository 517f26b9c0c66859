"""Which signals somebody has seen, and what was said of a series before.

Invariants: what is shown as seen was said of this very signal, when it was at least as strong as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from node.ports.signals import Acknowledgement, Signal
from node.ports.work import IndicatorRun
from node.services.acknowledge import Found, find, signal_of, strength
from node.services.context import Context
from node.services.indicators import shown
from node.services.results import Result


@dataclass(frozen=True, slots=True)
class Seen:
    """What was said of the signals of a model's newest run: the newest of each."""

    run: IndicatorRun | None
    newest: Mapping[Signal, Acknowledgement]

    def of(self, one: Result) -> Acknowledgement | None:
        """Give what holds of a result's signal, None while nobody has seen it as it is now."""
        said = None if self.run is None else self.newest.get(signal_of(self.run, one))
        return said if said is not None and said.strength >= strength(one) else None


@dataclass(frozen=True, slots=True)
class SignalPage:
    """A signal, what holds of it, and everything that was said of its series, the newest first."""

    found: Found
    acknowledged: Acknowledgement | None
    said: tuple[Acknowledgement, ...]


def seen(ctx: Context, model_id: str) -> Seen:
    """Give what was said of a model's signals."""
    said = reversed(ctx.signals.said(model_id))
    return Seen(shown(ctx, model_id), {one.signal: one for one in said})


def signal_page(ctx: Context, wanted: Mapping[str, str]) -> SignalPage:
    """Give one signal with what was said of its series; raises NotFound where nothing signals."""
    found = find(ctx, wanted)
    model_id = found.run.model_id
    series = _series(found.signal)
    said = tuple(one for one in ctx.signals.said(model_id) if _series(one.signal) == series)
    return SignalPage(found, seen(ctx, model_id).of(found.result), said)


def _series(one: Signal) -> tuple[str, ...]:
    return one.indicator, one.ref_area, one.counterpart_area, one.facet
