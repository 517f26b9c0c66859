"""What moved the scores: method, correction and data, by results that are kept and were not taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from exchange import parquet
from exchange.retraction import RetractionReason
from node.ports.work import IndicatorRun
from node.services import indicators, retract
from node.services.context import Context
from node.services.indicators import ASSESSMENT
from node.services.views.momentum import Momenta, momenta
from risk_models.figures import COLUMNS
from risk_models.model import load_spec
from tests.support.federation import (
    APPROVER,
    PASSWORD,
    RELEASER,
    START,
    Nodes,
    federation,
    release_rows,
    trade,
)

DAY = timedelta(days=1)
SPEC = load_spec(ASSESSMENT)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members; KZ keeps what the test says was computed."""
    with federation(tmp_path / "nodes", ("KZ", "RU")) as built:
        yield built


def risks(**by_year: dict[str, tuple[str, str]]) -> pa.Table:
    """Give the risk of members by year (`y2023`), as ends of an interval, as a run keeps it."""
    rows = []
    for year, members in by_year.items():
        for code, (lower, upper) in members.items():
            row = dict.fromkeys(COLUMNS, "")
            row |= {"INDICATOR": "G4", "TIME_PERIOD": year[1:], "REF_AREA": code, "COUNTERPART_AREA": "_Z"}
            row |= {"LOWER": lower, "UPPER": upper, "STATUS": "ok", "GRADE": "B"}
            rows.append({name: value or None for name, value in row.items()} | {"FACET": ""})
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in COLUMNS]))


def kept(ctx: Context, results: pa.Table, at: int, **changes: object) -> IndicatorRun:
    """Keep a computation of the day `at`, of a view of its own."""
    run = IndicatorRun(
        model_id=SPEC.id,
        model_version=SPEC.version,
        spec_digest=SPEC.digest,
        view_id=f"view {at}",
        inputs=(),
        result_digest=f"sha256:{at:064}",
        results=ctx.objects.put(parquet.write(results)),
        run_at=START + at * DAY,
    )
    changed = replace(run, **changes)
    ctx.indicators.add(changed)
    return changed


def moved(nodes: Nodes, **wanted: str) -> Momenta:
    """Give the page at KZ."""
    return momenta(nodes["KZ"], wanted, nodes.clock.now())


def parts(view: Momenta) -> dict[str, tuple[str, ...]]:
    """Give then, method, revision, data and now of each member, as plain texts."""
    return {
        one.unit: tuple(
            f"{value.normalize():f}" for value in (one.before, one.method, one.revision, one.data, one.now)
        )
        for one in view.rows
    }


def test_a_correction_and_new_data_are_told_apart(nodes: Nodes) -> None:
    """2023 was 40 and is known as 44 now; 2024 is 47: four points of correction, three of data."""
    ctx = nodes["KZ"]
    kept(ctx, risks(y2023={"KZ": ("38", "42"), "RU": ("50", "50")}), 1)
    kept(ctx, risks(y2023={"KZ": ("44", "44"), "RU": ("50", "50")}, y2024={"KZ": ("46", "48")}), 2)

    view = moved(nodes)

    assert parts(view) == {"KZ": ("40", "0", "4", "3", "47")}
    assert (view.year_then, view.year_now, view.absent, view.is_other_method) == (
        "2023",
        "2024",
        ("RU",),
        False,
    )


def test_the_method_is_told_apart_by_what_it_makes_of_the_same_bundles(nodes: Nodes) -> None:
    """An old version said 40 of what this one makes 36 of; the rest is correction. The largest change comes first."""
    ctx = nodes["KZ"]
    old = {"spec_digest": "sha256:old", "model_version": "0.9.0"}
    kept(ctx, risks(y2023={"KZ": ("40", "40"), "RU": ("50", "50")}), 1, **old)
    kept(ctx, risks(y2023={"KZ": ("36", "36"), "RU": ("51", "51")}), 3, view_id="view 1", run_at=START + DAY)
    kept(ctx, risks(y2023={"KZ": ("37", "37"), "RU": ("60", "60")}), 4)

    view = moved(nodes, since=f"sha256:{1:064}")

    assert view.is_other_method
    assert parts(view) == {"RU": ("50", "1", "9", "0", "60"), "KZ": ("40", "-4", "1", "0", "37")}


def test_what_is_not_stored_is_computed_from_the_bundles_of_then(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By this version; a result whose bundles are not held is not offered."""
    ctx = nodes["KZ"]
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "1")], tmp_path)
    old = {"spec_digest": "sha256:old", "model_version": "0.9.0"}
    kept(ctx, risks(y2023={"KZ": ("40", "40")}), 1, inputs=("sha256:" + "0" * 64,), **old)
    then = kept(ctx, risks(y2023={"KZ": ("41", "41")}), 2, inputs=(bundle.digest,), **old)
    kept(ctx, risks(y2023={"KZ": ("47", "47")}), 3)

    class Ran:
        results = risks(y2023={"KZ": ("45", "45")})

    asked = []
    monkeypatch.setattr(
        "node.services.views.momentum.compute", lambda *given: asked.append(given[2]) or Ran()
    )
    view = moved(nodes)

    assert view.offered == (then,)
    assert parts(view) == {"KZ": ("41", "4", "2", "0", "47")}
    assert [[one.digest for one in bundles] for bundles in asked] == [[bundle.digest]]


def test_the_computation_to_compare_with_is_chosen_by_its_digest(nodes: Nodes) -> None:
    """The newest before, unless another one is asked for; an unknown one is the newest before."""
    ctx = nodes["KZ"]
    for at, value in enumerate(("40", "42", "47"), 1):
        kept(ctx, risks(y2023={"KZ": (value, value)}), at)

    assert [one.view_id for one in moved(nodes).offered] == ["view 2", "view 1"]
    assert parts(moved(nodes))["KZ"][0] == "42"
    assert parts(moved(nodes, since=f"sha256:{1:064}"))["KZ"][0] == "40"
    assert parts(moved(nodes, since="elsewhere"))["KZ"][0] == "42"


def test_without_anything_to_compare_with_the_page_says_so(nodes: Nodes) -> None:
    """Before the first computation, and after it."""
    assert (moved(nodes).run, moved(nodes).offered) == (None, ())
    run = kept(nodes["KZ"], risks(y2023={"KZ": ("40", "40")}), 1)

    assert (moved(nodes).run, moved(nodes).earlier, moved(nodes).rows) == (run, None, ())


def test_what_stands_on_a_bundle_that_was_taken_back_is_not_compared_with(
    nodes: Nodes, tmp_path: Path
) -> None:
    """As it is shown nowhere else."""
    ctx, clock = nodes["KZ"], nodes.clock
    bundle = release_rows(nodes, "KZ", "DECLARED_FLOW", [trade("KZ", "RU", "OUT", "1")], tmp_path)
    kept(ctx, risks(y2023={"KZ": ("40", "40")}), 1, inputs=(bundle.digest,))
    kept(ctx, risks(y2023={"KZ": ("47", "47")}), 2)
    assert len(moved(nodes).offered) == 1

    proposal = retract.propose(
        ctx, APPROVER, bundle.digest, reason=RetractionReason.ERROR, text="wrong", replacement=None,
        password=PASSWORD, now=clock.now(),
    )  # fmt: skip
    retract.confirm(ctx, RELEASER, proposal.number, password=PASSWORD, now=clock.now())

    assert moved(nodes).offered == ()


def test_the_parts_add_up_to_the_change(nodes: Nodes) -> None:
    """To the last digit, also where the middles are no round numbers."""
    ctx = nodes["KZ"]
    kept(ctx, risks(y2023={"KZ": ("38.1234567", "42.7654321")}), 1)
    kept(ctx, risks(y2023={"KZ": ("44.000001", "44.3")}, y2024={"KZ": ("46.7", "48.123")}), 2)

    (one,) = moved(nodes).rows

    assert one.method + one.revision + one.data == one.now - one.before
    assert one.before == Decimal("40.4444444")
    assert indicators.shown(ctx, ASSESSMENT) == moved(nodes).run
