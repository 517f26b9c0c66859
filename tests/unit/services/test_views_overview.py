"""What to look at is chosen by rule: ours first, certain before possible, the newest first; what is new is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from node.access import Actor, Role
from node.audit import AuditEvent
from node.ports.submissions import SubmissionState, UploadMode
from node.services import results, submit
from node.services.views.attention import Pointer
from node.services.views.overview import overview
from node.services.views.since import last_visit
from risk_models.figures import COLUMNS
from tests.support.federation import SUBMITTER, Nodes, federation, release_rows, trade, write_csv

HEAD = Actor("head", frozenset({Role.ANALYST}))


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members."""
    with federation(tmp_path / "nodes", ("KZ", "RU")) as built:
        yield built


def a_row(indicator: str, area: str, counterpart: str, **changes: str | None) -> dict[str, Any]:
    """Give a row of results without a signal."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {"INDICATOR": indicator, "REF_AREA": area, "COUNTERPART_AREA": counterpart, "TIME_PERIOD": "2016"}
    row |= {"FACET": "_X/CASH/N_STR", "LOWER": "2", "UPPER": "2", "SIGNAL": "no", "GRADE": "A"}
    return {**row, "STATUS": "ok", "INPUTS": "", **changes}


def looked_at(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Give (indicator, sender, receiver, period) of what the overview points to, by kind."""
    return {
        one.kind: (one.result.indicator, *one.result.flow, one.result.time_period)
        for one in pointers(nodes, monkeypatch, *rows)
        if one.result is not None
    }


def pointers(nodes: Nodes, monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any]) -> tuple[Pointer, ...]:
    """Give the three pointers over a table of results."""
    table = pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS})
    monkeypatch.setattr(results, "latest_results", lambda *_: table)
    return overview(nodes["KZ"], HEAD, nodes.clock.now()).look_at


def a_share(counterpart: str, period: str, lower: str, upper: str = "", **changes: str) -> dict[str, Any]:
    """Give the share of a corridor in what its member sent."""
    values = {"TIME_PERIOD": period, "LOWER": lower, "UPPER": upper or lower, "SIGNAL": "", **changes}
    return a_row("B1", changes.get("REF_AREA", "KZ"), counterpart, **{"FACET": "_X/_Z/OUT/N_STR", **values})


def test_growth_that_was_tested_comes_first_ours_before_others(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A possible signal about ourselves comes before a certain one about others, and certain before possible."""
    others = a_row("D1", "RU", "BY", SIGNAL="certain")
    ours = [a_row("D1", "KZ", "BY", SIGNAL="possible"), a_row("D1", "KZ", "AM", SIGNAL="certain")]

    assert looked_at(nodes, monkeypatch, others, ours[0]) == {"growth": ("D1", "KZ", "BY", "2016")}
    assert looked_at(nodes, monkeypatch, others, *ours) == {"growth": ("D1", "KZ", "AM", "2016")}


def test_nothing_is_made_up(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a signal, a rise, a gap or an alarm there is nothing to look at, and that is said."""
    calm = (a_row("D1", "KZ", "BY"), a_row("B1", "KZ", "BY"), a_row("E13", "KZ", "BY"))

    found = pointers(nodes, monkeypatch, *calm)

    assert [(one.kind, one.candidates, one.result) for one in found] == [
        ("warning", 0, None), ("growth", 0, None), ("mirror", 0, None),
    ]  # fmt: skip


def test_reports_that_became_fewer_are_no_growth(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certain fall is a signal of the test, and not what is asked here."""
    fallen = a_row("D1", "KZ", "BY", SIGNAL="certain", LOWER="0.3", UPPER="0.4")

    assert looked_at(nodes, monkeypatch, fallen) == {}


def test_an_old_signal_that_a_newer_period_does_not_repeat_is_over(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the newest figure of a corridor counts."""
    old = a_row("D1", "KZ", "BY", SIGNAL="certain", TIME_PERIOD="2015")

    assert looked_at(nodes, monkeypatch, old, a_row("D1", "KZ", "BY")) == {}


def test_a_share_has_risen_only_where_its_intervals_do_not_meet(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AM rose by 0.1 for certain, BY by up to 0.4 and perhaps not at all; RU's rise is of an older period."""
    rows = (
        a_share("AM", "2015", "0.1"), a_share("AM", "2016", "0.2"),
        a_share("BY", "2015", "0.1", "0.3"), a_share("BY", "2016", "0.3", "0.5"),
        a_share("RU", "2013", "0.1"), a_share("RU", "2014", "0.9"),
        a_share("W1", "2015", "0.1"), a_share("W1", "2016", "1"),
    )  # fmt: skip

    found = pointers(nodes, monkeypatch, *rows)[1]

    assert found.result is not None
    assert found.before is not None
    assert (found.candidates, found.result.counterpart_area, found.before.time_period) == (1, "AM", "2015")


def test_who_else_sees_it_is_said_by_the_other_end_and_by_others(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KZ's reports about RU grew; RU has a figure of the same flow, and BY's reports about RU grew too."""
    grown = {"SIGNAL": "certain", "FACET": "_X/_Z/OUT/N_STR"}
    end = a_row("D1", "RU", "KZ", FACET="_X/_Z/IN/N_STR", LOWER="1.5", UPPER="1.6")
    elsewhere = a_row("D1", "BY", "KG", **grown)

    found = pointers(
        nodes, monkeypatch, a_row("D1", "KZ", "RU", **grown), a_row("D1", "BY", "RU", **grown), end, elsewhere
    )[1]

    assert found.other_end is not None
    assert (found.other_end.ref_area, found.other_end.direction) == ("RU", "IN")
    assert found.others == ("BY",)


def test_the_gravest_warning_is_ours_if_any_is(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Level 1 of our own corridor comes before level 3 of others'; of ours the highest level."""
    facet = "TRADE/HS27/OUT/V_DECL/DECLARED_FLOW"
    theirs = a_row("E13", "RU", "BY", FACET=facet, SIGNAL="certain", LOWER="3", UPPER="3")
    low = a_row("E13", "KZ", "BY", FACET=facet, SIGNAL="certain", LOWER="1", UPPER="1")
    high = a_row("E13", "KZ", "AM", FACET=facet, SIGNAL="certain", LOWER="2", UPPER="2")

    assert looked_at(nodes, monkeypatch, theirs, low, high)["warning"] == ("E13", "KZ", "AM", "2016")
    assert pointers(nodes, monkeypatch, theirs, low)[0].others == ("RU",)
    assert looked_at(nodes, monkeypatch, theirs)["warning"] == ("E13", "RU", "BY", "2016")


def test_a_large_gap_is_pointed_to_in_the_direction_of_the_goods(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gap stands in the importer's row: goods went from RU to KZ. A gap below a tenth is left out."""
    share = a_row("B6", "KZ", "RU", FACET="TRADE/HS27/SHARE", LOWER="0.4", UPPER="0.4", SIGNAL="")
    gap = a_row("B6", "KZ", "RU", FACET="TRADE/HS27", LOWER="-500", UPPER="-500", SIGNAL="")
    small = a_row("B6", "KZ", "BY", FACET="TRADE/HS27/SHARE", LOWER="0.09", UPPER="0.09", SIGNAL="")

    assert looked_at(nodes, monkeypatch, share, gap, small) == {"mirror": ("B6", "RU", "KZ", "2016")}
    amount = pointers(nodes, monkeypatch, share, gap, small)[2].amount
    assert amount is not None
    assert amount.lower == -500


def test_what_is_new_is_counted_from_the_visit_before_this_session(nodes: Nodes, tmp_path: Path) -> None:
    """The session that asks is no visit before; a release between the two is new, one before is not."""
    ctx, clock = nodes["KZ"], nodes.clock

    def visits() -> datetime:
        began = clock.now()
        ctx.audit.append(AuditEvent("session.opened", "head", "head", began))
        return began

    release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "1")], tmp_path)
    first = visits()
    assert last_visit(ctx, "head", first) is None
    assert overview(ctx, HEAD, clock.now()).since is None

    newer = release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "2", "2013")], tmp_path)
    second = visits()
    before = last_visit(ctx, "head", second)
    changed = overview(ctx, HEAD, clock.now(), last_visit=before).since

    assert before == first
    assert changed is not None
    assert [one.digest for one in changed.arrived] == [newer.digest]
    assert (changed.members, changed.revised, changed.retracted, changed.evidence) == (("KZ",), 0, 0, 0)


def test_what_waits_is_counted_for_the_person_who_can_do_it(nodes: Nodes, tmp_path: Path) -> None:
    """A submission waits for an officer, and not for the analyst who made it."""
    ctx = nodes["KZ"]
    release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "1")], tmp_path)
    file = write_csv(tmp_path / "next.csv", [trade("KZ", "RU", "OUT", "2", "2013")])
    made = submit.upload(
        ctx, SUBMITTER, file, file_name="next.csv", dataflow_id="DECLARED_FLOW",
        mode=UploadMode.APPEND, now=nodes.clock.now(),
    )  # fmt: skip
    officer = Actor("boris", frozenset({Role.RELEASER}))

    assert made.state is SubmissionState.SUBMITTED
    assert overview(ctx, officer, nodes.clock.now()).waiting == 1
    assert overview(ctx, SUBMITTER, nodes.clock.now()).waiting == 0


def test_coverage_names_who_is_absent(nodes: Nodes, tmp_path: Path) -> None:
    """RU shared nothing: that is said, and not averaged away."""
    release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "1")], tmp_path)

    seen = overview(nodes["KZ"], HEAD, nodes.clock.now()).confidence.evidence

    assert (seen.covered, seen.expected, seen.absent) == (("KZ",), ("KZ", "RU"), ("RU",))
    assert (seen.first_period, seen.last_period, seen.fewest_signatures) == ("2012", "2012", 2)
