"""The additive relations of a release, one hand-made table for every rule."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from risk_models.disclosure.relations import Linked, system_of
from risk_models.errors import InvalidInput
from schemas.registry import dataflow

Given = Mapping[tuple[str, ...], int | None]


def linked(dataflow_id: str, given: Given) -> Linked:
    """The system of cells whose dimensions are named by position."""
    return system_of(list(given), list(given.values()), dataflow(dataflow_id))


def equations(found: Linked) -> set[frozenset[tuple[int, int]]]:
    """Every equation as a set of (cell, sign)."""
    return {frozenset(equation) for equation in found.system.equations()}


def said(found: Linked) -> set[tuple[object, ...]]:
    """The statements as (dimension, kind, measures, equations)."""
    return {
        (one["dimension"], one["kind"], tuple(one["measures"]), one["equations"])  # type: ignore[arg-type]
        for one in found.statements
    }


def signed(whole: int, *parts: int, less: int | None = None) -> frozenset[tuple[int, int]]:
    """Whole - parts (- slack) = 0."""
    terms = [(whole, 1), *((part, -1) for part in parts)]
    return frozenset(terms if less is None else [*terms, (less, -1)])


def reports(entity: str = "_T", kind: str = "_T", crime: str = "ML", period: str = "2024") -> tuple[str, ...]:
    """A key of R33_A: reports by type of entity."""
    return (period, "KG", crime, kind, entity, "_T", "_T", "N_STR")


def disseminated(recipient: str = "_T", crime: str = "ML") -> tuple[str, ...]:
    """A key of R33_A: reports disseminated, by recipient."""
    return ("2024", "KG", crime, "_T", "_T", recipient, "_T", "N_DISS")


def typology(method: str, channel: str, measure: str = "N_TXN") -> tuple[str, ...]:
    """A key of TYPOLOGY_CELL."""
    return ("2024", "KG", "_Z", method, "_T", channel, "_T", measure)


def test_two_tables_share_the_margin_that_both_show() -> None:
    """Reports by crime and by type of entity: the total by crime stands in both relations as one cell."""
    found = linked(
        "R33_A",
        {
            reports(crime="_T"): 100,
            reports(crime="ML"): 90,
            reports(crime="TF"): 7,
            reports(crime="PF"): 3,
            reports("FI", crime="_T"): 80,
            reports("DNFBP", crime="_T"): 20,
        },
    )

    assert equations(found) == {signed(0, 1, 2, 3), signed(0, 4, 5)}
    assert said(found) == {("CRIME_TYPE", "sum", ("N_STR",), 1), ("ENTITY_TYPE", "sum", ("N_STR",), 1)}
    assert not found.unseen.any()


def test_what_parts_lack_is_a_rest_that_nobody_sees() -> None:
    """Types of entity of 95 out of 100 reports: five are somewhere else."""
    found = linked("R33_A", {reports(): 100, reports("FI"): 80, reports("DNFBP"): 15})

    assert equations(found) == {signed(0, 1, 2, less=3)}
    assert found.system.values.tolist() == [100, 80, 15, 5]
    assert found.unseen.tolist() == [False, False, False, True]
    assert said(found) == {("ENTITY_TYPE", "sum_with_rest", ("N_STR",), 1)}


def test_one_report_may_go_to_several_recipients() -> None:
    """40 and 30 of 50: each is at most the whole, and together they are at least it."""
    found = linked("R33_A", {disseminated(): 50, disseminated("LEA"): 40, disseminated("TAX_CUSTOMS"): 30})

    assert equations(found) == {
        signed(0, 1, less=3),
        signed(0, 2, less=4),
        frozenset({(0, 1), (1, -1), (2, -1), (5, 1)}),
    }
    assert found.system.values.tolist() == [50, 40, 30, 10, 20, 20]
    assert said(found) == {
        ("RECIPIENT", "at_most", ("N_DISS",), 2),
        ("RECIPIENT", "at_least", ("N_DISS",), 1),
    }


@pytest.mark.parametrize(("second", "kind"), [(10, "sum"), (5, "at_most")])
def test_overlapping_parts_that_add_up_are_a_sum(second: int, kind: str) -> None:
    """Recipients of 40 and 10 out of 50: whoever reads it presumes a sum; of 40 and 5 nobody can."""
    found = linked(
        "R33_A", {disseminated(): 50, disseminated("LEA"): 40, disseminated("TAX_CUSTOMS"): second}
    )

    assert {one["kind"] for one in found.statements} == {kind}


def test_channels_add_up_within_methods_of_two_levels() -> None:
    """Transactions by channel add up over both levels of channels, and methods are at most their family."""
    found = linked(
        "TYPOLOGY_CELL",
        {
            typology("TM01", "_T"): 30,
            typology("TM01", "CASH"): 20,
            typology("TM01", "ATM"): 15,
            typology("TM01", "CASH_COURIER"): 5,
            typology("TM01", "CARD"): 10,
            typology("TM01A", "_T"): 12,
            typology("TM01A", "ATM"): 12,
        },
    )

    assert signed(0, 1, 4) in equations(found)
    assert signed(1, 2, 3) in equations(found)
    assert signed(5, 6) in equations(found)
    assert ("CHANNEL", "sum", ("N_TXN",), 3) in said(found)
    assert ("METHOD", "at_most", ("N_TXN",), 2) in said(found)


def test_the_nearest_given_codes_are_the_parts() -> None:
    """Without the family of channels, its members stand directly under the whole."""
    found = linked(
        "TYPOLOGY_CELL",
        {typology("TM01", "_T"): 30, typology("TM01", "ATM"): 20, typology("TM01", "CARD"): 10},
    )

    assert equations(found) == {signed(0, 1, 2)}


def test_months_add_up_to_quarters_and_years() -> None:
    """Where there is a quarter, its months stand under it; other months stand under the year."""
    periods = ["2024", "2024-Q1", "2024-M01", "2024-M02", "2024-M03", "2024-M04"]
    found = linked(
        "R33_A", dict(zip([reports(period=one) for one in periods], [50, 30, 10, 10, 10, 20], strict=True))
    )

    assert equations(found) == {signed(1, 2, 3, 4), signed(0, 1, 5)}
    assert [one["list"] for one in found.statements] == ["calendar"]


def test_a_stock_and_a_median_add_up_over_no_period() -> None:
    """Frozen property at the end of a quarter is no part of that at the end of the year."""
    stock = [(period, "KG", "_Z", "ML", "_T", "_T", "_T", "S_FROZ") for period in ("2024", "2024-Q4")]
    median = [(period, "KG", "_T", "_T", "_T", "_T", "_T", "D_DISS_MED") for period in ("2024", "2024-Q4")]

    assert equations(linked("R33_C", dict.fromkeys(stock, 5))) == set()
    assert equations(linked("R33_A", dict.fromkeys(median, 5))) == set()


def test_assets_of_a_stock_add_up_within_one_period() -> None:
    """The value of frozen property by class of asset is a sum, whatever the period."""
    keys = [("2024", "KG", "_Z", "ML", "_T", asset, "_T", "S_FROZ") for asset in ("_T", "CASH", "VEHICLE")]

    assert equations(linked("R33_C", dict(zip(keys, [9, 4, 5], strict=True)))) == {signed(0, 1, 2)}


def test_a_subject_of_several_months_is_counted_once_a_year() -> None:
    """Subjects of two months are 8 together and 6 in the year."""
    keys = [("2024-M01", 5), ("2024-M02", 3), ("2024", 6)]
    found = linked(
        "TYPOLOGY_CELL",
        {(period, "KG", "_Z", "TM01", "_T", "_T", "_T", "N_SUBJ"): value for period, value in keys},
    )

    assert said(found) == {
        ("TIME_PERIOD", "at_most", ("N_SUBJ",), 2),
        ("TIME_PERIOD", "at_least", ("N_SUBJ",), 1),
    }


def test_two_breakdowns_without_their_total_are_tied_by_it() -> None:
    """Threshold reports by kind and by type of entity: both add up to one number that no table shows."""
    kinds = [("2024", "KG", "_T", kind, "_T", "_T", "_T", "N_THR") for kind in ("CASH", "WIRE")]
    entities = [("2024", "KG", "_T", "_T", entity, "_T", "_T", "N_THR") for entity in ("FI", "VASP")]
    found = linked("R33_A", dict(zip([*kinds, *entities], [6, 4, 8, 2], strict=True)))

    assert found.system.values.tolist() == [6, 4, 8, 2, 10]
    assert found.unseen.tolist() == [False, False, False, False, True]
    assert equations(found) == {signed(4, 0, 1), signed(4, 2, 3)}


def test_a_parent_in_no_table_ties_two_dimensions() -> None:
    """Cash by predicate is shown, cash by type of entity only by its two channels: the family is unseen."""

    def key(channel: str, entity: str) -> tuple[str, ...]:
        return ("2024", "KG", "_Z", "TM01", "_T", channel, entity, "N_TXN")

    found = linked(
        "TYPOLOGY_CELL",
        {
            key("CASH", "_T"): 10,
            key("CASH", "FI"): 7,
            key("ATM", "VASP"): 1,
            key("CASH_COURIER", "VASP"): 2,
        },
    )

    (family,) = (cell for cell in range(4, found.system.cells) if signed(0, 1, cell) in equations(found))
    assert signed(family, 2, 3) in equations(found)
    assert (found.system.values[family], found.unseen[family]) == (3, True)


def test_a_cell_without_value_is_one_unknown_of_all_its_relations() -> None:
    """A 2 by 2 table whose corner is not available: row and column leave the same 4 for it."""

    def key(crime: str, entity: str) -> tuple[str, ...]:
        return reports(entity, crime=crime)

    given: dict[tuple[str, ...], int | None] = {
        key("_T", "_T"): 20,
        key("_T", "FI"): 9,
        key("_T", "VASP"): 11,
        key("ML", "_T"): 12,
        key("TF", "_T"): 8,
        key("ML", "FI"): 5,
        key("ML", "VASP"): 7,
        key("TF", "FI"): None,
        key("TF", "VASP"): 4,
    }
    found = linked("R33_A", given)

    assert found.system.values.tolist() == [20, 9, 11, 12, 8, 5, 7, 4, 4]
    assert found.unseen.tolist() == [value is None for value in given.values()]
    assert {one["kind"] for one in found.statements} == {"sum"}


def test_a_key_that_is_not_given_is_what_two_wholes_lack() -> None:
    """A 2 by 2 table without one corner: row and column both lack 4, and a reader presumes that it is the corner."""
    given: dict[tuple[str, ...], int | None] = {
        reports("_T", crime="ML"): 12,
        reports("_T", crime="TF"): 8,
        reports("FI", crime="_T"): 9,
        reports("VASP", crime="_T"): 11,
        reports("FI", crime="ML"): 5,
        reports("VASP", crime="ML"): 7,
        reports("VASP", crime="TF"): 4,
    }
    found = linked("R33_A", given)
    corner = len(given) + 1

    assert found.system.values.tolist()[corner] == 4
    assert {signed(1, 6, corner), signed(2, 4, corner)} <= equations(found)
    assert {(one[0], one[1]) for one in said(found)} == {
        (dimension, kind) for dimension in ("CRIME_TYPE", "ENTITY_TYPE") for kind in ("sum", "sum_with_rest")
    }


def test_counterparts_of_records_add_up_to_the_world() -> None:
    """Amounts have one counterpart each; a report may name two."""
    dimensions = dataflow("SUSPICIOUS_FLOW").cells.dimensions

    def key(area: str, measure: str) -> tuple[str, ...]:
        named = {"TIME_PERIOD": "2024", "REF_AREA": "KG", "COUNTERPART_AREA": area, "MEASURE": measure}
        named |= {"FLOW_DIRECTION": "OUT"}
        return tuple(named.get(name, "_T") for name in dimensions)

    amounts = {key(area, "V_TXN"): value for area, value in (("W1", 50), ("RU", 30), ("_X", 20))}
    counts = {key(area, "N_STR"): value for area, value in (("W1", 9), ("RU", 8), ("_X", 4))}
    found = linked("SUSPICIOUS_FLOW", {**amounts, **counts})

    assert said(found) == {
        ("COUNTERPART_AREA", "sum", ("V_TXN",), 1),
        ("COUNTERPART_AREA", "at_most", ("N_STR",), 2),
        ("COUNTERPART_AREA", "at_least", ("N_STR",), 1),
    }


def test_not_applicable_is_no_part_of_a_whole() -> None:
    """Declared flows of which no product is known stand beside the total, not under it."""
    keys = [("2024", "KG", "RU", "OUT", "TRADE", product, "V_DECL") for product in ("_T", "HS27", "_Z")]

    assert equations(linked("DECLARED_FLOW", dict(zip(keys, [9, 9, 3], strict=True)))) == {signed(0, 1)}


def test_two_reporters_are_never_added() -> None:
    """Cells of two members have nothing to do with one another."""
    one, other = reports(), reports("FI")
    keys = [one, (other[0], "KZ", *other[2:])]

    assert equations(linked("R33_A", dict.fromkeys(keys, 5))) == set()


def test_a_key_stands_once() -> None:
    """Two cells of one key are refused."""
    with pytest.raises(InvalidInput, match="two cells of one key"):
        system_of([reports(), reports()], [1, 1], dataflow("R33_A"))


def test_an_empty_release_has_no_relations() -> None:
    """No cells, no equations, no statements."""
    found = linked("R33_A", {})

    assert (found.system.cells, found.statements) == (0, ())
