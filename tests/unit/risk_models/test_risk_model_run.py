"""A model run: which cells meet in which figure, and the same bytes from any order."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from risk_models.errors import InvalidInput
from risk_models.model import ModelInput, ModelRun, load_spec, run, view_id

Bundle = Callable[..., ModelInput]
Row = dict[str, Any]
# FX4: countries A to D; reports by the sender (row to column), and the same corridors by the receiver.
MEMBERS = ("AM", "BY", "KG", "KZ")
W = ((0, 120, 30, 10), (40, 0, 80, 20), (10, 25, 0, 60), (5, 15, 20, 0))
M = ((0, 100, 33, 4), (52, 0, 78, 20), (12, 25, 0, 90), (5, 9, 24, 0))


def fx4(bundle: Bundle, **changes: Row) -> list[ModelInput]:
    """Four members' suspicious flows; `changes` replaces cells by reporter_counterpart_direction."""
    inputs = []
    for own, reporter in enumerate(MEMBERS):
        rows = []
        for other, counterpart in enumerate(MEMBERS):
            if own == other:
                continue
            for direction, value in (("OUT", W[own][other]), ("IN", M[other][own])):
                cell = changes.get(f"{reporter}_{counterpart}_{direction}", {"VALUE": value})
                rows.append({"COUNTERPART_AREA": counterpart, "FLOW_DIRECTION": direction, **cell})
        inputs.append(bundle(f"{own}", "SUSPICIOUS_FLOW", reporter, rows))
    return inputs


def figures(done: ModelRun, indicator: str) -> dict[tuple[str, str, str, str], Row]:
    """The rows of one indicator by period, reporter, counterpart and facet."""
    key = ("TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET")
    return {
        tuple(row[name] for name in key): row
        for row in done.results.to_pylist()
        if row["INDICATOR"] == indicator
    }


def ran(*inputs: ModelInput) -> ModelRun:
    """A run of the packaged model."""
    return run(load_spec(), inputs)


def near(text: str | None, expected: str, tolerance: str) -> bool:
    """True if a figure is the printed one."""
    return text is not None and abs(Decimal(text) - Decimal(expected)) <= Decimal(tolerance)


def test_fx4_mirrors_are_those_of_the_methodology(bundle: Bundle) -> None:
    """Twelve corridors; C to D has p 0.017597692, q 0.211172 and is not an alarm."""
    found = figures(ran(*fx4(bundle)), "B5")

    row = found["2016", "KG", "KZ", "TM01/_T/_T/_T/N_STR"]
    assert len(found) == 12
    assert (row["LOWER"], row["UPPER"], row["SIGNAL"], row["GRADE"]) == ("-0.4", "-0.4", "no", "A")
    assert near(row["P_LOWER"], "0.017597692", "5e-10")
    assert near(row["Q_UPPER"], "0.211172", "5e-7")
    assert row["INPUTS"] == f"sha256:{2:0>64},sha256:{3:0>64}"


def test_fx4_shares_and_concentrations_are_those_of_the_methodology(bundle: Bundle) -> None:
    """A sends 0.75 of its reports to B; its index is 0.601563, normalised 0.402344."""
    done = ran(*fx4(bundle))

    share = figures(done, "B1")["2016", "AM", "BY", "TM01/_T/_T/_T/OUT/N_STR"]
    index = figures(done, "B9")
    assert (share["LOWER"], share["UPPER"], share["P_LOWER"], share["SIGNAL"]) == ("0.75", "0.75", None, "")
    assert near(index["2016", "AM", "_Z", "TM01/_T/_T/_T/OUT/N_STR"]["LOWER"], "0.601563", "5e-7")
    assert near(index["2016", "AM", "_Z", "TM01/_T/_T/_T/OUT/N_STR/NORM"]["LOWER"], "0.402344", "5e-7")


def test_a_withheld_mirror_is_possible_at_most(bundle: Bundle) -> None:
    """A count in [0, 300] against 90: D covers both signs, p reaches 1, the signal is possible."""
    done = ran(*fx4(bundle, KG_KZ_OUT={"UPPER": 300}))

    row = figures(done, "B5")["2016", "KG", "KZ", "TM01/_T/_T/_T/N_STR"]
    assert Decimal(row["LOWER"]) == -2
    assert Decimal(row["UPPER"]) > 1
    assert row["P_UPPER"] == "1"
    assert (row["SIGNAL"], row["GRADE"], row["STATUS"]) == ("possible", "D", "ok")


def test_a_certain_mirror_gap_is_certain_and_few_reports_are_insufficient(bundle: Bundle) -> None:
    """600 against 90 is certain whatever the other corridors are; 4 and 5 are too few to test."""
    done = ran(*fx4(bundle, KG_KZ_OUT={"VALUE": 600}, AM_KZ_OUT={"VALUE": 5}))

    found = figures(done, "B5")
    few = found["2016", "AM", "KZ", "TM01/_T/_T/_T/N_STR"]
    assert found["2016", "KG", "KZ", "TM01/_T/_T/_T/N_STR"]["SIGNAL"] == "certain"
    assert (few["STATUS"], few["GRADE"], few["SIGNAL"], few["Q_LOWER"]) == ("insufficient", "D", "", None)
    assert few["LOWER"] == "0.222222222"


def test_a_corridor_that_one_side_releases_has_no_mirror(bundle: Bundle) -> None:
    """An absent table is never read as zero."""
    assert figures(ran(fx4(bundle)[0]), "B5") == {}


def test_nothing_on_both_sides_is_no_figure(bundle: Bundle) -> None:
    """Two exact zeros leave nothing to compare, to grow or to share."""
    none = {"VALUE": 0}
    done = ran(
        bundle("1", "SUSPICIOUS_FLOW", "KG", [{"COUNTERPART_AREA": "KZ", **none}]),
        bundle("2", "SUSPICIOUS_FLOW", "KZ", [{"COUNTERPART_AREA": "KG", "FLOW_DIRECTION": "IN", **none}]),
    )

    assert done.results.num_rows == 0


def test_what_is_withheld_counts_once_in_the_denominator(bundle: Bundle) -> None:
    """Shown 60 of 100 cents over all counterparts, three withheld: shares of 0.6 and of 0 to 0.4."""
    rows: list[Row] = [
        {"MEASURE": "V_TXN", "COUNTERPART_AREA": "RU", "VALUE": 60},
        *({"MEASURE": "V_TXN", "COUNTERPART_AREA": area, "UPPER": 40} for area in ("DE", "FR", "PL")),
        {"MEASURE": "V_TXN", "COUNTERPART_AREA": "W1", "VALUE": 100},
    ]
    done = ran(bundle("1", "SUSPICIOUS_FLOW", "KG", rows))

    shares, index = figures(done, "B1"), figures(done, "B9")
    facet = "TM01/_T/_T/_T/OUT/V_TXN"
    assert [shares["2016", "KG", "RU", facet][end] for end in ("LOWER", "UPPER")] == ["0.6", "0.6"]
    assert [shares["2016", "KG", "DE", facet][end] for end in ("LOWER", "UPPER")] == ["0", "0.4"]
    assert ("2016", "KG", "W1", facet) not in shares
    # 0.36 and, of the withheld 0.4, 3 (0.4/3)^2 at least and 0.4^2 at most.
    assert [index["2016", "KG", "_Z", facet][end] for end in ("LOWER", "UPPER")] == ["0.413333333", "0.52"]


def test_a_whole_of_reports_only_bounds_their_sum(bundle: Bundle) -> None:
    """A report may name several counterparts: of 100 in all, beside 60, between 40 and 120 are withheld."""
    rows: list[Row] = [
        {"COUNTERPART_AREA": "RU", "VALUE": 60},
        *({"COUNTERPART_AREA": area, "UPPER": 40} for area in ("DE", "FR", "PL")),
        {"COUNTERPART_AREA": "W1", "VALUE": 100},
    ]
    shares = figures(ran(bundle("1", "SUSPICIOUS_FLOW", "KG", rows)), "B1")

    row = shares["2016", "KG", "RU", "TM01/_T/_T/_T/OUT/N_STR"]
    assert [row["LOWER"], row["UPPER"]] == ["0.333333333", "0.6"]


@pytest.mark.parametrize(
    ("whole", "expected"), [({"UPPER": None}, ["0", "1"]), ({"VALUE": 40}, ["0.333333333", "1"])]
)
def test_a_whole_that_is_withheld_or_contradicts_is_not_used(
    bundle: Bundle, whole: Row, expected: list[str]
) -> None:
    """Without an upper bound a share may be anything; a whole below its own parts is left aside."""
    upper = whole.get("UPPER", 40)
    rows: list[Row] = [
        {"MEASURE": "V_TXN", "COUNTERPART_AREA": "RU", "VALUE": 60},
        *({"MEASURE": "V_TXN", "COUNTERPART_AREA": area, "UPPER": upper} for area in ("DE", "FR", "PL")),
        {"MEASURE": "V_TXN", "COUNTERPART_AREA": "W1", **whole},
    ]
    shares = figures(ran(bundle("1", "SUSPICIOUS_FLOW", "KG", rows)), "B1")

    row = shares["2016", "KG", "RU", "TM01/_T/_T/_T/OUT/V_TXN"]
    assert [row["LOWER"], row["UPPER"]] == expected


def test_a_missing_cell_leaves_every_share_open(bundle: Bundle) -> None:
    """What was not collected may be anything: its share is 0 to 1, and the others' begin at 0."""
    rows: list[Row] = [
        {"COUNTERPART_AREA": "RU", "VALUE": 60},
        {"COUNTERPART_AREA": "KZ"},
        {"COUNTERPART_AREA": "UZ", "VALUE": 20},
    ]
    done = ran(bundle("1", "SUSPICIOUS_FLOW", "KG", rows))

    shares, index = figures(done, "B1"), figures(done, "B9")
    facet = "TM01/_T/_T/_T/OUT/N_STR"
    assert [shares["2016", "KG", "RU", facet][end] for end in ("LOWER", "UPPER")] == ["0", "0.75"]
    assert [shares["2016", "KG", "KZ", facet][end] for end in ("LOWER", "UPPER")] == ["0", "1"]
    assert index["2016", "KG", "_Z", facet]["UPPER"] == "1"


def test_declared_flows_give_gaps_and_log_ratios(bundle: Bundle) -> None:
    """Import 106 (CIF) and export 90 at 1.06: a gap of 10, a share of 1/19, a mirror of ln(0.9)."""
    done = ran(
        bundle(
            "1", "DECLARED_FLOW", "KG", [{"COUNTERPART_AREA": "KZ", "FLOW_DIRECTION": "IN", "VALUE": 106}]
        ),
        bundle("2", "DECLARED_FLOW", "KZ", [{"COUNTERPART_AREA": "KG", "VALUE": 90}]),
    )

    gaps, mirrors = figures(done, "B6"), figures(done, "B5")
    assert gaps["2016", "KG", "KZ", "TRADE/HS27"]["LOWER"] == "10"
    assert gaps["2016", "KG", "KZ", "TRADE/HS27/SHARE"]["LOWER"] == "0.0526315789"
    assert mirrors["2016", "KZ", "KG", "TRADE/HS27/V_DECL"]["LOWER"] == "-0.105360516"
    assert mirrors["2016", "KZ", "KG", "TRADE/HS27/V_DECL"]["P_LOWER"] is None


def test_money_sent_has_no_wedge_and_no_trade_gap(bundle: Bundle) -> None:
    """Remittances of 200 and 100: ln 2, and B6 is about goods only; a zero side has no logarithm."""
    sent = {"COUNTERPART_AREA": "KG", "FLOW_KIND": "REMITTANCE", "PRODUCT": "_Z"}
    received = {**sent, "COUNTERPART_AREA": "KZ", "FLOW_DIRECTION": "IN"}
    done = ran(
        bundle(
            "1",
            "DECLARED_FLOW",
            "KG",
            [{**received, "VALUE": 100}, {**received, "TIME_PERIOD": "2017", "VALUE": 0}],
        ),
        bundle(
            "2", "DECLARED_FLOW", "KZ", [{**sent, "VALUE": 200}, {**sent, "TIME_PERIOD": "2017", "VALUE": 5}]
        ),
    )

    mirrors = figures(done, "B5")
    assert figures(done, "B6") == {}
    assert mirrors["2016", "KZ", "KG", "REMITTANCE/_Z/V_DECL"]["LOWER"] == "0.693147181"
    undefined = mirrors["2017", "KZ", "KG", "REMITTANCE/_Z/V_DECL"]
    assert (undefined["LOWER"], undefined["STATUS"], undefined["GRADE"]) == (None, "undefined", "D")


def test_growth_compares_successive_periods_only(bundle: Bundle) -> None:
    """FX4's K2: 100 after 40 and 40 after 10 are certain, 5 after 1 is too few; 2014 has no before."""
    counts = {"RU": (40, 100), "KZ": (10, 40), "UZ": (1, 5)}
    rows = [
        {"COUNTERPART_AREA": area, "TIME_PERIOD": year, "VALUE": value}
        for area, pair in counts.items()
        for year, value in zip(("2015", "2016"), pair, strict=True)
    ]
    rows.append({"COUNTERPART_AREA": "RU", "TIME_PERIOD": "2013", "VALUE": 7})
    rows.append({"COUNTERPART_AREA": "RU", "TIME_PERIOD": "1900", "VALUE": 7})
    done = ran(bundle("1", "SUSPICIOUS_FLOW", "KG", rows))

    found = figures(done, "D1")
    facet = "TM01/_T/_T/_T/OUT/N_STR"
    assert len(found) == 3
    assert {area: found["2016", "KG", area, facet]["SIGNAL"] for area in counts} == {
        "RU": "certain",
        "KZ": "certain",
        "UZ": "",
    }
    assert found["2016", "KG", "RU", facet]["LOWER"] == "2.5"
    assert near(found["2016", "KG", "RU", facet]["CI_UPPER"], "3.607325", "5e-7")
    assert found["2016", "KG", "UZ", facet]["STATUS"] == "insufficient"


def test_a_fall_is_no_alarm_and_an_uncertain_rise_is_possible(bundle: Bundle) -> None:
    """10 after 100 is no growth; 50 after [0, 4] is growth for certain; [0, 90] after 20 perhaps."""
    rows: list[Row] = [
        {"COUNTERPART_AREA": "RU", "TIME_PERIOD": "2015", "VALUE": 100},
        {"COUNTERPART_AREA": "RU", "VALUE": 10},
        {"COUNTERPART_AREA": "KZ", "TIME_PERIOD": "2015", "UPPER": 4},
        {"COUNTERPART_AREA": "KZ", "VALUE": 50},
        {"COUNTERPART_AREA": "UZ", "TIME_PERIOD": "2015", "VALUE": 20},
        {"COUNTERPART_AREA": "UZ", "UPPER": 90},
        {"COUNTERPART_AREA": "TJ", "TIME_PERIOD": "2015", "VALUE": 0},
        {"COUNTERPART_AREA": "TJ", "VALUE": 30},
    ]
    found = figures(ran(bundle("1", "SUSPICIOUS_FLOW", "KG", rows)), "D1")

    signals = {area: row["SIGNAL"] for (_, _, area, _), row in found.items()}
    assert signals == {"RU": "no", "KZ": "certain", "UZ": "possible", "TJ": ""}
    assert found["2016", "KG", "KZ", "TM01/_T/_T/_T/OUT/N_STR"]["UPPER"] is None
    assert found["2016", "KG", "TJ", "TM01/_T/_T/_T/OUT/N_STR"]["STATUS"] == "undefined"


def test_the_funnel_of_fx4_runs_through_three_dataflows(bundle: Bundle) -> None:
    """A's 560, 140, 56, 14, 10, 4: five ratios with limits; a stage below 20 cases is insufficient."""
    done = ran(
        bundle("1", "R33_A", "KG", [{"MEASURE": "N_STR", "VALUE": 560}, {"MEASURE": "N_DISS", "VALUE": 140}]),
        bundle(
            "2",
            "R33_B",
            "KG",
            [
                {"MEASURE": "N_INV", "VALUE": 56},
                {"MEASURE": "N_PROS", "VALUE": 14},
                {"MEASURE": "N_CONV", "VALUE": 10},
            ],
        ),
        bundle("3", "R33_C", "KG", [{"MEASURE": "N_CONF", "VALUE": 4}, {"MEASURE": "V_CONF", "VALUE": 1}]),
    )

    found = figures(done, "A5")
    assert len(found) == 5
    first = found["2016", "KG", "_Z", "ML/N_STR/N_DISS"]
    last = found["2016", "KG", "_Z", "ML/N_CONV/N_CONF"]
    assert (first["LOWER"], first["STATUS"]) == ("0.25", "ok")
    assert near(first["CI_LOWER"], "0.215921", "5e-7")
    assert near(last["CI_UPPER"], "0.687326", "5e-7")
    assert last["STATUS"] == "insufficient"
    assert last["INPUTS"] == f"sha256:{2:0>64},sha256:{3:0>64}"


def test_a_part_of_a_stage_is_not_the_stage(bundle: Bundle) -> None:
    """Reports of banks alone are no denominator: the chain runs through totals."""
    rows = [{"MEASURE": "N_STR", "VALUE": 560}, {"MEASURE": "N_DISS", "VALUE": 140}]
    parts = [{**rows[0], "ENTITY_TYPE": "FI", "VALUE": 300}, {**rows[1], "RECIPIENT": "LEA", "VALUE": 90}]

    whole, cut = ran(bundle("1", "R33_A", "KG", rows)), ran(bundle("1", "R33_A", "KG", [*parts, *rows]))

    assert cut.results.equals(whole.results)


def test_any_order_of_inputs_rows_and_threads_gives_the_same_bytes(bundle: Bundle) -> None:
    """Shuffled bundles with shuffled rows, run on four threads at once, agree with the first run."""
    inputs = fx4(bundle, KG_KZ_OUT={"UPPER": 300})
    expected = ran(*inputs)
    rng = random.Random(7)

    def shuffled() -> list[ModelInput]:
        mixed = []
        for given in rng.sample(inputs, len(inputs)):
            order = list(range(given.table.num_rows))
            rng.shuffle(order)
            mixed.append(replace(given, table=given.table.take(order)))
        return mixed

    with ThreadPoolExecutor(4) as threads:
        for done in threads.map(lambda given: ran(*given), [shuffled() for _ in range(4)]):
            assert done.result_digest == expected.result_digest
            assert done.results.equals(expected.results)
            assert done.view_id == expected.view_id


def test_the_digest_is_that_of_the_rows_in_the_table(bundle: Bundle) -> None:
    """Anyone can recompute it from the results with a JSON library (ASCII texts: sorted keys are enough)."""
    done = ran(*fx4(bundle))
    rows = [list(row.values()) for row in done.results.to_pylist()]
    document = {"columns": done.results.column_names, "rows": rows}

    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    assert done.result_digest == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert rows == sorted(rows, key=lambda row: row[:5])


def test_another_value_is_another_digest(bundle: Bundle) -> None:
    """One report more anywhere is seen."""
    assert ran(*fx4(bundle)).result_digest != ran(*fx4(bundle, AM_KZ_OUT={"VALUE": 11})).result_digest


def test_only_bundles_that_the_model_reads_are_its_inputs(bundle: Bundle) -> None:
    """A rating bundle changes neither the view nor the digest."""
    inputs = fx4(bundle)
    other = ModelInput("sha256:" + "f" * 64, "KG", "FATF_RATING", inputs[0].table)

    with_rating, without = ran(*inputs, other, inputs[0]), ran(*inputs)

    assert with_rating.inputs == without.inputs == tuple(sorted(given.bundle_digest for given in inputs))
    assert with_rating.view_id == without.view_id == view_id(reversed(without.inputs))
    assert with_rating.result_digest == without.result_digest


def test_two_bundles_that_disagree_leave_the_cell_unknown(bundle: Bundle) -> None:
    """60 and 61 for one cell: no figure takes a side, and the dispute is named."""
    rows = [{"COUNTERPART_AREA": "RU", "VALUE": 60}, {"COUNTERPART_AREA": "UZ", "VALUE": 20}]
    other = [{"COUNTERPART_AREA": "RU", "VALUE": 61}, {"COUNTERPART_AREA": "UZ", "VALUE": 20}]

    done = ran(bundle("1", "SUSPICIOUS_FLOW", "KG", rows), bundle("2", "SUSPICIOUS_FLOW", "KG", other))

    (conflict,) = done.conflicts
    assert conflict.key == ("2016", "KG", "RU", "OUT", "TM01", "_T", "_T", "_T", "N_STR")
    assert conflict.inputs == done.inputs
    share = figures(done, "B1")["2016", "KG", "RU", "TM01/_T/_T/_T/OUT/N_STR"]
    assert [share["LOWER"], share["UPPER"]] == ["0", "1"]


def test_a_member_cannot_speak_for_another(bundle: Bundle) -> None:
    """Rows of KZ in a bundle of KG are refused."""
    given = bundle("1", "SUSPICIOUS_FLOW", "KG", [{"REF_AREA": "KZ", "VALUE": 5}])

    with pytest.raises(InvalidInput, match="another member"):
        ran(given)


def test_no_inputs_give_an_empty_table() -> None:
    """A node without peers and without data has no figures and a digest of none."""
    done = ran()

    assert done.results.num_rows == 0
    assert done.inputs == ()
    assert done.conflicts == ()
