"""Release of cells that were compiled from records: hand-made corridors, one for each way of being protected."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from risk_models.disclosure import Finding, Orders, Protected, policy_for, release
from risk_models.errors import RiskModelError
from risk_models.typologies.compilation import COMPILED
from schemas.registry import codelist, dataflow

Protect = Callable[..., Protected]
Row = dict[str, Any]
FLOW = dataflow("SUSPICIOUS_FLOW")
FACETS = ("METHOD", "CHANNEL", "PREDICATE", "ENTITY_TYPE")
MEASURES = ("N_STR", "N_SUBJ", "N_TXN", "V_TXN")


def of_area(area: str, *amounts: int, subjects: int = 9, entities: str = "abc", **more: Any) -> list[Row]:
    """Records of one counterpart: a report and an amount each, subjects and entities taken in turn."""
    return [
        {
            "COUNTERPART_AREA": area,
            "REPORT_ID": f"{area}-{number}",
            "SUBJECT_ID": f"{area}-s{number % subjects}",
            "REPORTING_ENTITY": f"e{entities[number % len(entities)]}",
            "AMOUNT": amount,
            **more,
        }
        for number, amount in enumerate(amounts)
    ]


def corridors(protected: Protected) -> dict[tuple[str, str], Row]:
    """The rows that no facet narrows, by counterpart and measure."""
    return {
        (row["COUNTERPART_AREA"], row["MEASURE"]): row
        for row in protected.released.table.to_pylist()
        if all(row[name] == "_T" for name in FACETS)
    }


def hidden(protected: Protected) -> set[str]:
    """The counterparts that are withheld, which are so in all of their measures."""
    areas = {area for (area, _), row in corridors(protected).items() if row["OBS_STATUS"] == "Q"}
    rows = corridors(protected)
    assert all(rows[area, measure]["OBS_VALUE"] is None for area in areas for measure in MEASURES)
    return areas


def status(row: Row) -> tuple[str, str]:
    """The pair of status codes."""
    return row["OBS_STATUS"], row["CONF_STATUS"]


@pytest.fixture(scope="module")
def safe(protect_records: Protect) -> Protected:
    """Three reports on three subjects by three entities, none of which dominates; one states no transactions."""
    rows = [*of_area("RU", 100, 90, 80), *of_area("UZ", 100, 90), *of_area("UZ", 0, 0, 80, N_TXN=None)[2:]]
    return protect_records(rows)


@pytest.fixture(scope="module")
def covered(protect_records: Protect) -> Protected:
    """A small corridor beside three safe ones of rising worth, two of them with other members."""
    return protect_records(
        [
            *of_area("DE", 60, 50, subjects=2),
            *of_area("RU", *[40] * 4),
            *of_area("KZ", *[50] * 6),
            *of_area("UZ", *[900] * 9),
        ]
    )


def test_a_safe_cell_is_shown_in_all_measures(safe: Protected) -> None:
    """Reports, subjects, transactions and amount; by every facet as well, because all of it is of one kind."""
    rows = corridors(safe)

    assert [rows["RU", measure]["OBS_VALUE"] for measure in MEASURES] == [3, 3, 6, 270]
    assert safe.released.certificate.counts.keys() == {"exact", "missing"}
    assert rows["W1", "V_TXN"]["OBS_VALUE"] == 540


def test_every_other_member_is_an_exact_zero(safe: Protected) -> None:
    """A member without records is zero and not absent; the reporter has no corridor to itself."""
    rows = corridors(safe)
    members = {code.id for code in codelist("CL_AREA").where("member", "cis")}

    assert {area for area, _ in rows} == {*members, "W1"} - {"KG"}
    assert all(rows[area, "N_SUBJ"]["OBS_VALUE"] == 0 for area in members - {"KG", "RU", "UZ"})


def test_a_record_that_states_no_transactions_leaves_them_missing(safe: Protected) -> None:
    """Missing has no value and no upper bound, in the whole as well; the other measures are shown."""
    rows = corridors(safe)

    assert status(rows["UZ", "N_TXN"]) == status(rows["W1", "N_TXN"]) == ("L", "F")
    assert rows["UZ", "N_TXN"]["OBS_UPPER"] is None
    assert rows["UZ", "N_STR"]["OBS_VALUE"] == 3


def test_every_cut_leaves_beside_the_corridors(safe: Protected) -> None:
    """Methods are shown with the level above them, each beside counterpart and direction."""
    codes = {row["METHOD"] for row in safe.released.table.to_pylist()}

    assert {"TM01", "_T"} < codes
    assert {row["METHOD"]: row["OBS_VALUE"] for row in safe.released.table.to_pylist() if row["MEASURE"] == "V_TXN"
            and row["COUNTERPART_AREA"] == "W1"} == dict.fromkeys(codes, 540)  # fmt: skip


def test_a_corridor_beside_one_other_hides_the_whole(protect_records: Protect) -> None:
    """One report with DE; if RU covered it, RU, which knows its own side, would take it away from the whole."""
    protected = protect_records([*of_area("RU", 100, 90, 80), *of_area("DE", 500)])

    assert hidden(protected) == {"DE", "W1"}
    rows = corridors(protected)
    assert status(rows["DE", "V_TXN"]) == ("Q", "A")
    assert status(rows["W1", "V_TXN"]) == ("Q", "D")
    assert rows["DE", "V_TXN"]["OBS_UPPER"] is None


def test_a_counterpart_must_not_compute_another_from_its_own_mirror(covered: Protected) -> None:
    """An outsider would need one cover; RU knows RU, so the next cheapest, KZ, is withheld with it."""
    assert hidden(covered) == {"DE", "RU", "KZ"}
    rows = corridors(covered)
    assert rows["UZ", "V_TXN"]["OBS_VALUE"] == 8100
    assert rows["W1", "V_TXN"]["OBS_VALUE"] == 110 + 160 + 300 + 8100


def test_the_interval_that_ships_is_what_the_shown_cells_leave(covered: Protected) -> None:
    """Of the whole less what is shown: each of the three may hold all of it, in every measure."""
    rows = corridors(covered)

    assert {rows[area, "V_TXN"]["OBS_UPPER"] for area in ("DE", "RU", "KZ")} == {110 + 160 + 300}
    assert {rows[area, "N_TXN"]["OBS_UPPER"] for area in ("DE", "RU", "KZ")} == {2 * (2 + 4 + 6)}
    assert {rows[area, "N_TXN"]["OBS_LOWER"] for area in ("DE", "RU", "KZ")} == {0}


def test_a_state_that_receives_nothing_may_cover_alone(protect_records: Protect) -> None:
    """FR is no member and has no mirror here: one cover is enough."""
    protected = protect_records(
        [*of_area("DE", 60, 50, subjects=2), *of_area("FR", *[40] * 4), *of_area("UZ", *[900] * 9)]
    )

    assert hidden(protected) == {"DE", "FR"}


@pytest.mark.parametrize(("reporters", "withheld"), [("c", {"DE", "FR", "PL"}), ("cd", {"DE", "FR"})])
def test_a_reporting_entity_must_not_compute_a_cell_from_its_own_reports(
    protect_records: Protect, reporters: str, withheld: set[str]
) -> None:
    """AT7: entity c reported all of FR; less its own part the whole would give DE. Two reporters know too little."""
    rows = [
        *of_area("DE", *[60] * 4, subjects=2, entities="ab"),
        *of_area("FR", *[40] * 6, subjects=2, entities=reporters),
        *of_area("PL", *[50] * 9, entities="abcdf"),
        *of_area("IT", *[70] * 30, entities="abcdf"),
    ]

    assert hidden(protect_records(rows)) == withheld


def test_a_dominated_amount_stays_as_far_away_as_its_level_asks(protect_records: Protect) -> None:
    """1040 of 1000, 20 and 20: the rest of 20 is below a tenth of 1000, by 80; nobody comes nearer than that."""
    protected = protect_records(
        [*of_area("DE", 1000, 20, 20), *of_area("FR", *[30] * 9), *of_area("IT", *[500] * 30)]
    )

    row = corridors(protected)["DE", "V_TXN"]
    assert row["CONF_STATUS"] not in {"A", "F"}
    assert row["OBS_LOWER"] <= 1040 - 80
    assert row["OBS_UPPER"] >= 1040 + 80
    rules = {cell.rules for cell in protected.report.withheld if cell.key[2] == "DE"}
    assert rules == {("concentration",)}


def test_officers_may_let_a_dominated_amount_be_shown(protect_records: Protect) -> None:
    """It is shown in every table that it stands in, and nothing has to cover it."""
    rows = [*of_area("DE", 1000, 20, 20), *of_area("FR", *[30] * 9)]
    dominated = frozenset(cell.key for cell in protect_records(rows).report.withheld)

    protected = protect_records(rows, orders=Orders(shown=dominated, exceptions=[{"kind": "show_cell"}]))

    assert hidden(protected) == set()
    assert protected.released.certificate.to_dict()["exceptions"] == [{"kind": "show_cell"}]


def test_a_members_own_percentage_is_applied(protect_records: Protect) -> None:
    """A stricter percentage withholds what the packaged one shows, under the same rules."""
    rows = of_area("RU", 100, 90, 30)
    ordinary = protect_records(rows).released
    stricter = protect_records(rows, replace(policy_for(FLOW), concentration_percent=40)).released

    assert "prim_other" not in ordinary.certificate.counts
    assert stricter.certificate.counts["prim_other"] > 0
    assert stricter.certificate.rules == ordinary.certificate.rules


def test_directions_do_not_borrow_cover_from_one_another(protect_records: Protect) -> None:
    """A small corridor out and one in: neither has anything beside it, so neither has an upper bound."""
    rows = [
        row
        for direction in ("OUT", "IN")
        for row in of_area("DE", 50, 50, subjects=2, FLOW_DIRECTION=direction)
    ]
    table = protect_records(rows).released.table

    assert {row["OBS_UPPER"] for row in table.to_pylist() if row["OBS_STATUS"] == "Q"} == {None}


def test_no_records_release_an_empty_table() -> None:
    """A year without suspicious flows is an empty release, not an error."""
    assert release(COMPILED.empty_table(), FLOW).released.table.num_rows == 0


def test_what_fails_its_own_recheck_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the rules is an error of the sender, not a finding of the receiver."""
    found = Finding("count.small", "A count this small must not be shown.")
    module = importlib.import_module("risk_models.disclosure.release")
    monkeypatch.setattr(module, "recheck", lambda *_: (found,))

    with pytest.raises(RiskModelError, match="own attacks and re-check") as refusal:
        release(COMPILED.empty_table(), FLOW)

    assert refusal.value.context == {"rules": ["count.small"]}
