"""Release of typology cells: hand-made blocks, one for each way of being protected."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from risk_models import typologies
from risk_models.disclosure import Finding, policy_for, release
from risk_models.errors import RiskModelError
from schemas.registry import codelist, dataflow
from schemas.release import ReleasedTable

Records = Callable[..., pa.Table]
Row = dict[str, Any]
FLOW = dataflow("SUSPICIOUS_FLOW")


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


@pytest.fixture
def released(records: Records) -> Callable[[list[Row]], dict[tuple[str, str], Row]]:
    """Release records and return the rows by counterpart and measure."""

    def make(rows: list[Row]) -> dict[tuple[str, str], Row]:
        result = release(typologies.compile(records(rows)), FLOW)
        return {(row["COUNTERPART_AREA"], row["MEASURE"]): row for row in result.table.to_pylist()}

    return make


Released = Callable[[list[Row]], dict[tuple[str, str], Row]]


def status(row: Row) -> tuple[str, str]:
    """The pair of status codes."""
    return row["OBS_STATUS"], row["CONF_STATUS"]


def test_a_safe_cell_is_shown_in_all_measures(released: Released) -> None:
    """Three reports on three subjects by three entities, none of which dominates."""
    rows = released(of_area("RU", 100, 90, 80))

    assert [rows["RU", measure]["OBS_VALUE"] for measure in ("N_STR", "N_TXN", "V_TXN")] == [3, 6, 270]
    assert ("_O", "N_STR") not in rows


def test_every_other_member_is_an_exact_zero(released: Released) -> None:
    """A member without records is zero and not absent; the reporter has no corridor to itself."""
    rows = released(of_area("RU", 100, 90, 80))
    members = {code.id for code in codelist("CL_AREA").where("member", "cis")}

    assert {area for area, _ in rows} == members - {"KG"}
    assert all(rows[area, "N_STR"]["OBS_VALUE"] == 0 for area in members - {"KG", "RU"})


def test_a_record_that_states_no_transactions_leaves_them_missing(released: Released) -> None:
    """Missing has no value and no upper bound, and the other measures are shown."""
    rows = released([*of_area("RU", 100, 90), *of_area("RU", 0, 0, 80, N_TXN=None)[2:]])

    assert status(rows["RU", "N_TXN"]) == ("L", "F")
    assert rows["RU", "N_TXN"]["OBS_UPPER"] is None
    assert rows["RU", "N_STR"]["OBS_VALUE"] == 3


def test_one_small_cell_without_cover_has_no_upper_bound(released: Released) -> None:
    """With no third counterpart to pool, the remainder is withheld too, and the safe cell stays shown."""
    rows = released([*of_area("RU", 100, 90, 80), *of_area("DE", 500)])

    assert status(rows["DE", "V_TXN"]) == ("Q", "A")
    assert rows["DE", "V_TXN"]["OBS_UPPER"] is None
    assert status(rows["_O", "V_TXN"]) == ("Q", "D")
    assert rows["_O", "V_TXN"]["OBS_VALUE"] is None
    assert rows["RU", "V_TXN"]["OBS_VALUE"] == 270


def test_the_cheapest_cells_are_withheld_for_cover(released: Released) -> None:
    """One small cell takes the two cheapest shown cells with it; the dearest stays shown."""
    rows = released(
        [
            *of_area("DE", 60, 50, subjects=2),
            *of_area("RU", 40, 40, 40, 40),
            *of_area("KZ", 50, 50, 50, 50),
            *of_area("UZ", 900, 900, 900),
        ]
    )

    assert status(rows["DE", "V_TXN"]) == ("Q", "A")
    assert status(rows["RU", "V_TXN"]) == status(rows["KZ", "V_TXN"]) == ("Q", "D")
    assert rows["_O", "V_TXN"]["OBS_VALUE"] == 110 + 160 + 200
    assert rows["_O", "N_STR"]["OBS_VALUE"] == 2 + 4 + 4
    assert {rows[area, "V_TXN"]["OBS_UPPER"] for area in ("DE", "RU", "KZ")} == {470}
    assert rows["UZ", "V_TXN"]["OBS_VALUE"] == 2700


def test_a_report_that_names_two_counterparts_is_counted_once_in_the_remainder(released: Released) -> None:
    """The remainder of reports is a union and no sum."""
    shared = [{**row, "REPORT_ID": "shared"} for row in of_area("DE", 60) + of_area("FR", 60)]
    rows = released(
        [
            *shared,
            *of_area("DE", 0, 60, 60, subjects=2)[1:],
            *of_area("FR", 0, 60, 60, subjects=2)[1:],
            *of_area("PL", 50, 70, 60, 60, 50, subjects=2),
        ]
    )

    assert rows["_O", "N_STR"]["OBS_VALUE"] == 3 + 3 + 5 - 1
    assert rows["_O", "N_TXN"]["OBS_VALUE"] == 2 * (3 + 3 + 5)


@pytest.mark.parametrize(("third", "shown"), [((3, 3), None), ((100, 100), 2100)])
def test_a_counterpart_must_not_compute_another_from_its_own_mirror(
    released: Released, third: tuple[int, ...], shown: int | None
) -> None:
    """1000, 900 and 6 pooled: whoever knows the 900 would know the 1000 to one per cent; 200 covers it."""
    rows = released(
        [
            *of_area("DE", 250, 250, 250, 250, subjects=2, entities="abcd"),
            *of_area("FR", 225, 225, 225, 225, subjects=2, entities="abcd"),
            *of_area("PL", *third, subjects=2, entities="ab"),
        ]
    )

    assert rows["_O", "V_TXN"]["OBS_VALUE"] == shown
    assert rows["DE", "V_TXN"]["OBS_UPPER"] == shown


def test_a_reporting_entity_must_not_compute_a_cell_from_its_own_reports(released: Released) -> None:
    """Entity c reported all of two pooled cells: the remainder less its own part is the third cell."""
    mine = [*of_area("FR", 40, 40, 40, entities="c"), *of_area("PL", 40, 40, 40, entities="c")]
    third = of_area("DE", 60, 60, 60, 60, subjects=2, entities="ab")

    assert released([*mine, *third])["_O", "V_TXN"]["OBS_VALUE"] is None
    spread = [
        *of_area("FR", 40, 40, 40, entities="cd", subjects=2),
        *of_area("PL", 40, 40, 40, entities="cf", subjects=2),
    ]
    assert released([*spread, *third])["_O", "V_TXN"]["OBS_VALUE"] == 480


def test_one_report_in_each_of_three_cells_is_not_given_away(released: Released) -> None:
    """A remainder of three reports over three cells would tell each of them: one."""
    rows = released([*of_area("DE", 50), *of_area("FR", 60, entities="b"), *of_area("PL", 70, entities="c")])

    assert rows["_O", "N_STR"]["OBS_VALUE"] is None
    assert rows["DE", "N_STR"]["OBS_UPPER"] is None


def test_too_few_transactions_hide_their_own_remainder_only(released: Released) -> None:
    """Four reports a cell with one transaction: amounts and reports are shown pooled, transactions not."""
    few = [
        {**row, "N_TXN": 1 if row["REPORT_ID"].endswith("-0") else 0}
        for area in ("DE", "FR", "PL")
        for row in of_area(area, 50, 50, 50, 50, subjects=2)
    ]
    rows = released(few)

    assert rows["_O", "N_STR"]["OBS_VALUE"] == 12
    assert status(rows["_O", "N_TXN"]) == ("Q", "D")
    assert rows["DE", "N_TXN"]["OBS_UPPER"] is None


def test_unknown_transactions_of_a_pooled_cell_are_missing_in_the_remainder(released: Released) -> None:
    """The remainder says missing; the withheld cells do not tell whose record it was."""
    rows = released(
        [
            *of_area("DE", 50, 50, 50, 50, subjects=2, N_TXN=None),
            *of_area("FR", 50, 50, 50, 50, subjects=2),
            *of_area("PL", 50, 50, 50, 50, subjects=2),
        ]
    )

    assert status(rows["_O", "N_TXN"]) == ("L", "F")
    assert {status(rows[area, "N_TXN"]) for area in ("DE", "FR", "PL")} == {("Q", "A")}


@pytest.fixture
def protected(records: Records) -> ReleasedTable:
    """A release with a shown remainder."""
    rows = [row for area in ("DE", "FR", "PL") for row in of_area(area, 50, 50, 50, 50, subjects=2)]
    return release(typologies.compile(records(rows)), FLOW)


def test_the_certificate_says_what_was_done_and_never_the_percentage(protected: ReleasedTable) -> None:
    """Names of rules, counts by status, relations by measure, and what was not audited."""
    document = protected.certificate.to_dict()

    assert document["counts"] == {"exact": 30, "prim_small": 9}
    assert [(relation["measure"], relation["kind"]) for relation in document["relations"]] == [
        ("V_TXN", "sum"),
        ("N_TXN", "sum"),
        ("N_STR", "union"),
    ]
    assert document["audit"]["outcome"] == "passed"
    assert document["audit"]["remainders_shown"] == 1
    assert "earlier_and_later_vintages" in document["audit"]["not_audited"]
    assert "different_tables_for_different_recipients" in document["audit"]["not_audited"]
    assert "10" not in json.dumps(document)


def test_a_members_own_percentage_is_applied_and_not_told(records: Records) -> None:
    """A stricter percentage withholds what the packaged one shows, under the same certificate of rules."""
    compiled = typologies.compile(records(of_area("RU", 100, 90, 30)))
    ordinary = release(compiled, FLOW)
    stricter = release(compiled, FLOW, replace(policy_for(FLOW), concentration_percent=40))

    assert "prim_other" not in ordinary.certificate.counts
    assert stricter.certificate.counts["prim_other"] == 3
    assert stricter.certificate.rules == ordinary.certificate.rules


def test_blocks_do_not_borrow_cover_from_one_another(records: Records) -> None:
    """Directions, methods and years are protected apart."""
    rows = [
        row
        for direction in ("OUT", "IN")
        for row in of_area("DE", 50, 50, subjects=2, FLOW_DIRECTION=direction)
    ]
    table = release(typologies.compile(records(rows)), FLOW).table

    assert {row["OBS_UPPER"] for row in table.to_pylist() if row["OBS_STATUS"] == "Q"} == {None}


def test_no_records_release_an_empty_table(records: Records) -> None:
    """A year without suspicious flows is an empty release, not an error."""
    assert release(typologies.compile(records([])), FLOW).table.num_rows == 0


def test_what_fails_its_own_recheck_does_not_leave(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the rules is an error of the sender, not a finding of the receiver."""
    found = Finding("count.small", "A count this small must not be shown.")
    module = importlib.import_module("risk_models.disclosure.release")
    monkeypatch.setattr(module, "recheck", lambda *_: (found,))

    with pytest.raises(RiskModelError, match="own re-check") as refusal:
        release(typologies.compile(records([])), FLOW)

    assert refusal.value.context == {"rules": ["count.small"]}


def test_subjects_that_several_cells_share_are_counted_once(records: Records) -> None:
    """Three cells on the same two subjects pool to two subjects, and the remainder stays withheld."""
    rows = [
        {**row, "SUBJECT_ID": row["SUBJECT_ID"][-2:]}
        for area in ("DE", "FR", "PL")
        for row in of_area(area, 50, 50, 50, 50, subjects=2)
    ]
    table = release(typologies.compile(records(rows)), FLOW).table

    assert {row["OBS_VALUE"] for row in table.to_pylist() if row["COUNTERPART_AREA"] == "_O"} == {None}
