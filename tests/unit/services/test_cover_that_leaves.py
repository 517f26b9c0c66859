"""Totals and parts leave together with cover, arrive at a peer that checks them, and stay safe with what follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from node.services import protect, sync, verify
from node.services.cells import cells
from node.services.context import Context
from risk_models import disclosure
from risk_models.disclosure import Protected
from risk_models.disclosure.rows import counts_by_status
from tests.support.federation import Nodes, federation, release_rows

TOTAL, BANKS, PROFESSIONS, VIRTUAL = "_T", "FI", "DNFBP", "VASP"
# two of the reports came from virtual asset service providers: too few to be shown
PARTS = {TOTAL: 50, BANKS: 30, PROFESSIONS: 18, VIRTUAL: 2}
JANUARY = 2
MONTHS = (JANUARY, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two members in one process."""
    with federation(tmp_path / "nodes", ["KZ", "RU"]) as built:
        yield built


def reports(period: str, value: int, entity: str = TOTAL) -> dict[str, str]:
    """One row of reports received."""
    return {
        "TIME_PERIOD": period,
        "REF_AREA": "KZ",
        "CRIME_TYPE": "ML",
        "MEASURE": "N_STR",
        "ENTITY_TYPE": entity,
        "OBS_VALUE": str(value),
    }


def by_entity() -> list[dict[str, str]]:
    """A total with its three parts."""
    return [reports("2024", value, entity) for entity, value in PARTS.items()]


def look(nodes: Nodes) -> sync.SyncOutcome:
    """Let RU synchronise with KZ."""
    return sync.sync_peer(nodes["RU"], "KZ", holder="test", now=nodes.clock.now())


def held(ctx: Context, dimension: str) -> dict[str, tuple[int | None, str]]:
    """Value and confidentiality status of what a node shows, by one dimension."""
    rows = cells(ctx, "R33_A").to_pylist()
    return {row[dimension]: (row["OBS_VALUE"], row["CONF_STATUS"]) for row in rows}


def test_totals_and_parts_travel_with_cover_and_the_peer_accepts_them(nodes: Nodes, tmp_path: Path) -> None:
    """The small part is withheld and one more of its sum, for 50 - 30 - 18 = 2; what is shown is as it was sent."""
    bundle = release_rows(nodes, "KZ", "R33_A", by_entity(), tmp_path)

    outcome = look(nodes)

    assert (outcome.imported, outcome.refused) == (1, 0)
    seen = held(nodes["RU"], "ENTITY_TYPE")
    assert seen[VIRTUAL] == (None, "A")
    cover = [entity for entity, (value, status) in seen.items() if value is None and status == "D"]
    assert len(cover) == 1
    assert {entity: value for entity, (value, _) in seen.items() if value is not None} == {
        entity: value for entity, value in PARTS.items() if entity not in {VIRTUAL, *cover}
    }
    certificate = json.loads(nodes["KZ"].objects.get(bundle.manifest))["certificate"]
    assert certificate["counts"] == {"exact": 2, "prim_small": 1, "secondary": 1}
    assert certificate["audit"]["outcome"] == "passed"
    assert "ENTITY_TYPE" in {relation["dimension"] for relation in certificate["relations"]}


def test_a_year_released_later_does_not_give_a_withheld_month_back(nodes: Nodes, tmp_path: Path) -> None:
    """177 in all less the eleven months that everybody holds would be January's 2; another year is shown."""
    months = [reports(f"2024-M{number:02d}", value) for number, value in enumerate(MONTHS, start=1)]
    release_rows(nodes, "KZ", "R33_A", months, tmp_path)
    assert look(nodes).imported == 1
    before = held(nodes["RU"], "TIME_PERIOD")
    assert [month for month, (value, _) in before.items() if value is None] == ["2024-M01"]

    years = [reports("2023", 160), reports("2024", sum(MONTHS))]
    release_rows(nodes, "KZ", "R33_A", years, tmp_path)

    outcome = look(nodes)
    assert (outcome.imported, outcome.refused) == (1, 0)
    after = held(nodes["RU"], "TIME_PERIOD")
    assert after == {**before, "2023": (160, "F"), "2024": (None, "D")}
    # the kept files give the very same cells again, the second one with the first in memory
    report = verify.verify(nodes["KZ"])
    assert (report.findings, report.checked["sources"]) == ((), 2)


def test_a_year_alone_is_shown_where_no_month_is_withheld(nodes: Nodes, tmp_path: Path) -> None:
    """What the memory withholds has a reason: the same two files without the small month."""
    months = [reports(f"2024-M{number:02d}", 10 + number) for number in range(1, 13)]
    release_rows(nodes, "KZ", "R33_A", months, tmp_path)
    release_rows(nodes, "KZ", "R33_A", [reports("2024", 120 + 78)], tmp_path)

    assert held(nodes["KZ"], "TIME_PERIOD")["2024"] == (198, "F")


def test_a_bundle_that_shows_the_cover_is_quarantined_with_the_findings_words(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node whose software was changed signs 50, 30 and 18 beside a withheld part: the receiver works out 2."""
    monkeypatch.setattr(protect.disclosure, "release", _without_cover)
    release_rows(nodes, "KZ", "R33_A", by_entity(), tmp_path)

    outcome = look(nodes)

    assert (outcome.imported, outcome.refused) == (0, 1)
    assert cells(nodes["RU"], "R33_A").num_rows == 0
    (refusal,) = nodes["RU"].peers.refusals("KZ")
    assert refusal.error == "disclosure_recheck_failed"
    assert refusal.detail == ("withheld.recoverable: What is shown gives away a cell that is withheld here.")
    assert refusal.evidence is not None


_honest = disclosure.release


def _without_cover(*args: Any, **options: Any) -> Protected:
    """Protect as the rules say, then show every figure that was hidden as cover."""
    protected = _honest(*args, **options)
    true = {candidate.key: candidate.value for candidate in protected.candidates}
    dimensions = args[1].cells.dimensions
    rows = protected.released.table.to_pylist()
    for row in rows:
        if row["CONF_STATUS"] == "D":
            value = true[tuple(row[name] for name in dimensions)]
            row |= {"OBS_VALUE": value, "OBS_LOWER": value, "OBS_UPPER": value}
            row |= {"OBS_STATUS": "A", "CONF_STATUS": "F"}
    table = pa.Table.from_pylist(rows, schema=protected.released.table.schema)
    certificate = replace(protected.released.certificate, counts=counts_by_status(table))
    return replace(protected, released=replace(protected.released, table=table, certificate=certificate))
