"""What people said of signals: that they have seen them, when, and what they made of them.

Invariants: an acknowledgement is of one signal: a series, a period of it and the version of the model that judged it;
it is added together with its audit event and never changed, so that what was said first stays beside the later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from node.audit import AuditEvent


@dataclass(frozen=True, slots=True)
class Signal:
    """What a signal is of, in the terms of the results that it stands in."""

    model_id: str
    model_version: str
    indicator: str
    ref_area: str
    counterpart_area: str
    facet: str
    time_period: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That somebody has seen a signal. strength: how strong it was then, the larger the stronger; note: their words."""

    signal: Signal
    strength: int
    note: str
    said_by: str
    said_at: datetime


class SignalStore(Protocol):
    """Acknowledgements of this node; they never leave it."""

    def add(self, said: Acknowledgement, event: AuditEvent) -> None:
        """Store one durably, together with the audit event, in one commit."""

    def said(self, model_id: str) -> list[Acknowledgement]:
        """Give every acknowledgement of a model's signals, the newest first."""
