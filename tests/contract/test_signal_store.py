"""What every SignalStore promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from node.adapters.sqlite import Stores
from node.audit import first_broken
from node.ports.signals import Acknowledgement, Signal
from tests.support.builders import NOON, an_event

SIGNAL = Signal("early_warning_1", "1.0.0", "E13", "KZ", "BY", "TRADE/HS27/OUT/V_DECL/DECLARED_FLOW", "2012")
SAID = Acknowledgement(SIGNAL, 2, "Спросили отправителя; “correct” <b>", "head", NOON)


def test_what_was_said_is_the_same_after_reopening(reopen: Callable[[], Stores]) -> None:
    """Every field survives, and the audit log has it in the same commit."""
    reopen()["signals"].add(SAID, an_event(kind="signal.acknowledged"))
    stores = reopen()

    assert stores["signals"].said("early_warning_1") == [SAID]
    assert [entry.event.kind for entry in stores["audit"].entries()] == ["signal.acknowledged"]
    assert first_broken(stores["audit"].entries()) is None


def test_what_was_said_first_stays_beside_what_was_said_later(rows: Stores) -> None:
    """The newest first, also of one moment; what is of another model is another list."""
    later = replace(SAID, note="It was a correction", said_by="timur", said_at=NOON + timedelta(hours=1))
    other = replace(SAID, signal=replace(SIGNAL, model_id="indicators_1", indicator="D2"))
    for said in (SAID, later, other):
        rows["signals"].add(said, an_event(kind="signal.acknowledged"))

    assert rows["signals"].said("early_warning_1") == [later, SAID]
    assert rows["signals"].said("indicators_1") == [other]
    assert rows["signals"].said("assessment_1") == []
