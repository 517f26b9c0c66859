"""Acknowledging a signal: by an analyst, with a note, of this period, version and strength and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from node.access import ALLOWED, Action, Actor, Role
from node.errors import Denied, Invalid, NotFound
from node.services import acknowledge as service
from node.services.acknowledge import acknowledge
from node.services.context import Context
from node.services.views import acknowledged as views
from node.services.views.acknowledged import seen, signal_page
from risk_models.figures import COLUMNS
from tests.support.builders import a_run
from tests.support.federation import START, federation

ANALYST = Actor("head", frozenset({Role.ANALYST}))
FACET = "TRADE/HS27/OUT/V_DECL/DECLARED_FLOW"
WANTED = {"indicator": "E13", "area": "KZ", "counterpart": "BY", "facet": FACET, "period": "2012"}
RUN = a_run(model_id="early_warning_1", model_version="1.0.0")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A node on which nothing was computed."""
    with federation(tmp_path_factory.mktemp("signals") / "nodes", ("KZ",)) as nodes:
        yield nodes["KZ"]


@pytest.fixture
def ctx(node: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """The node, with one series that alarms."""
    computed(monkeypatch, a_row())
    return node


def a_row(**given: str) -> dict[str, str]:
    """A level of early warning, level 2 and certain."""
    return dict.fromkeys(COLUMNS, "") | {
        "INDICATOR": "E13", "TIME_PERIOD": "2012", "REF_AREA": "KZ", "COUNTERPART_AREA": "BY", "FACET": FACET,
        "LOWER": "2", "UPPER": "2", "SIGNAL": "certain", "STATUS": "ok", **given,
    }  # fmt: skip


def computed(monkeypatch: pytest.MonkeyPatch, row: dict[str, str], run: Any = RUN) -> None:
    """Let the newest run be of this row alone."""
    table = pa.Table.from_pylist([row], schema=pa.schema([(name, pa.string()) for name in COLUMNS]))
    monkeypatch.setattr(service.computed, "table", lambda *_: table)
    for module in (service, views):
        monkeypatch.setattr(module, "shown", lambda *_: run)


def test_an_analyst_says_what_was_made_of_it(ctx: Context) -> None:
    """It holds of the signal, and the audit log names the signal and not the note."""
    said = acknowledge(ctx, ANALYST, WANTED, note=" Asked Minsk. ", now=START)
    page = signal_page(ctx, WANTED)
    (event,) = [one.event for one in ctx.audit.entries(newest_first=True, limit=1)]

    assert (said.note, said.said_by, said.strength) == ("Asked Minsk.", "head", 2)
    assert page.acknowledged == said
    assert page.said[0] == said
    assert (event.kind, event.subject) == ("signal.acknowledged", "E13 KZ BY 2012")
    assert "Minsk" not in str(event)


@pytest.mark.parametrize(
    ("row", "run"),
    [
        ({"TIME_PERIOD": "2013"}, RUN),
        ({"LOWER": "3", "UPPER": "3"}, RUN),
        ({}, replace(RUN, model_version="1.1.0")),
    ],
    ids=["another period", "a stronger signal", "another version"],
)
def test_a_new_signal_asks_anew(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, row: dict[str, str], run: Any
) -> None:
    """What was said before stays in the history and holds no more."""
    said = acknowledge(ctx, ANALYST, WANTED, note="Seen.", now=START)

    computed(monkeypatch, a_row(**row), run)
    wanted = WANTED | {"period": row.get("TIME_PERIOD", "2012")}
    page = signal_page(ctx, wanted)

    assert page.acknowledged is None
    assert said in page.said


def test_a_weaker_signal_is_still_seen(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was seen when it was stronger."""
    said = acknowledge(ctx, ANALYST, WANTED, note="Seen.", now=START)

    computed(monkeypatch, a_row(LOWER="1", UPPER="1", SIGNAL="possible"))

    assert signal_page(ctx, WANTED).acknowledged == said


def test_what_does_not_signal_cannot_be_acknowledged(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor what nobody computes."""
    computed(monkeypatch, a_row(SIGNAL="no"))

    for wanted in (WANTED, WANTED | {"indicator": "Z9"}, {}):
        with pytest.raises(NotFound):
            acknowledge(ctx, ANALYST, wanted, note="Seen.", now=START)


@pytest.mark.parametrize("note", ["", "   ", "x" * 501])
def test_a_note_is_needed_and_bounded(ctx: Context, note: str) -> None:
    """Seen without a word is worth nothing to the next reader."""
    with pytest.raises(Invalid):
        acknowledge(ctx, ANALYST, WANTED, note=note, now=START)


@pytest.mark.parametrize("role", sorted(set(Role) - ALLOWED[Action.ACKNOWLEDGE]))
def test_only_an_analyst_acknowledges(ctx: Context, role: Role) -> None:
    """Whoever else reads the page sees who did."""
    before = ctx.signals.said("early_warning_1")

    with pytest.raises(Denied):
        acknowledge(ctx, Actor("x", frozenset({role})), WANTED, note="Seen.", now=START)

    assert ctx.signals.said("early_warning_1") == before


def test_before_the_first_run_nothing_is_seen(node: Context, tmp_path: Path) -> None:
    """And asking is no fault."""
    assert seen(node, "indicators_1").run is None
