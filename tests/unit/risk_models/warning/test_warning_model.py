"""The early warning model: planted series of cells in, levels and detectors out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from risk_models.early_warning.alarms import shown_level
from risk_models.early_warning.readings import normal_tail, predictive_tail
from risk_models.model import ModelInput, load_spec, run
from schemas.interval import Interval

Bundle = Callable[..., ModelInput]
Rows = list[dict[str, Any]]
YEARS = range(2001, 2026)
# A quiet corridor: the yearly counts of a stable level.
QUIET = (20, 22, 19, 21, 20, 23, 18, 20, 21, 22, 19, 20, 21, 18, 22, 20, 19, 21, 20, 22)
# Months of three years (S36 of the methodology, year 3 last): the last month is doubled.
MONTHS = (18, 20, 22, 25, 24, 23, 19, 17, 20, 21, 24, 26, 19, 21, 22, 26, 25, 24, 20, 18, 20, 22, 25, 23)
LAST_YEAR = (20, 23, 20, 27, 25, 24, 19, 17, 20, 22, 25, 44)


def years(
    values: Sequence[int | None], *, method: str = "TM01", counterpart: str = "RU", upper: int = 0
) -> Rows:
    """Reports year after year up to 2020; None is a cell that was not collected; `upper` withholds the last one."""
    first = 2021 - len(values)
    rows: Rows = []
    for place, value in enumerate(values):
        is_withheld = upper and place == len(values) - 1
        cell = {"UPPER": upper} if is_withheld else ({} if value is None else {"VALUE": value})
        named = {"TIME_PERIOD": str(first + place), "METHOD": method, "COUNTERPART_AREA": counterpart}
        rows.append({**named, **cell})
    return rows


def found(*inputs: ModelInput) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The rows of a run by indicator, period and counterpart."""
    done = run(load_spec("early_warning_1"), inputs)
    return {
        (row["INDICATOR"], row["TIME_PERIOD"], row["COUNTERPART_AREA"]): row
        for row in done.results.to_pylist()
    }


def test_a_jump_at_the_end_alarms_and_says_which_detectors(bundle: Bundle) -> None:
    """Twenty years near twenty, then eighty: level 3, certain; short memory and prediction fired."""
    rows = found(bundle("1", "SUSPICIOUS_FLOW", "KG", years([*QUIET, 80])))

    level = rows["E13", "2020", "RU"]
    assert (level["LOWER"], level["UPPER"], level["SIGNAL"], level["STATUS"]) == ("3", "3", "certain", "ok")
    assert level["FACET"] == "TM01/_T/_T/_T/OUT/N_STR/SUSPICIOUS_FLOW"
    fired = {
        name for (name, period, _), row in rows.items() if period == "2020" and row["SIGNAL"] == "certain"
    }
    assert {"E1", "E3", "E4", "E5", "E7", "E13"} <= fired
    assert not {"E2", "E6"} & {name for name, _, _ in rows}  # years have no season


def test_a_quiet_series_does_not_alarm(bundle: Bundle) -> None:
    """Three years are judged, each at level 0."""
    rows = found(bundle("1", "SUSPICIOUS_FLOW", "KG", years(QUIET)))

    levels = {period: row["UPPER"] for (name, period, _), row in rows.items() if name == "E13"}
    assert levels == {"2018": "0", "2019": "0", "2020": "0"}


def test_a_series_that_is_too_short_says_so_and_never_alarms(bundle: Bundle) -> None:
    """Three years are no history, however large the last one is; its level may be anything."""
    rows = found(bundle("1", "SUSPICIOUS_FLOW", "KG", years([1, 1, 500])))

    assert set(rows) == {("E13", "2020", "RU")}
    row = rows["E13", "2020", "RU"]
    assert (row["STATUS"], row["SIGNAL"], row["LOWER"], row["UPPER"]) == ("insufficient", "", "0", "3")


def test_a_gap_begins_the_series_anew(bundle: Bundle) -> None:
    """What was before a period that nobody collected is not looked at."""
    rows = found(bundle("1", "SUSPICIOUS_FLOW", "KG", years([*QUIET[:-2], None, 20, 80])))

    assert rows["E13", "2020", "RU"]["STATUS"] == "insufficient"


def test_few_reports_are_no_ground(bundle: Bundle) -> None:
    """Fewer than five reports in all: insufficient."""
    rows = found(bundle("1", "SUSPICIOUS_FLOW", "KG", years([0] * 20 + [4])))

    assert {row["STATUS"] for row in rows.values()} == {"insufficient"}


def test_what_is_only_possible_stays_at_level_one(bundle: Bundle) -> None:
    """A withheld last year of up to eighty may be an outbreak: 0 to 3 holds the truth, and what is shown is 1."""
    rows = found(bundle("1", "SUSPICIOUS_FLOW", "KG", years([*QUIET, 80], upper=80)))

    level = rows["E13", "2020", "RU"]
    assert (level["LOWER"], level["UPPER"], level["SIGNAL"]) == ("0", "3", "possible")
    assert shown_level(Interval(Decimal(0), Decimal(3))) == 1
    assert [shown_level(Interval.exact(one)) for one in range(4)] == [0, 1, 2, 3]
    assert rows["E5", "2020", "RU"]["SIGNAL"] == "possible"


def test_a_fall_is_no_alarm(bundle: Bundle) -> None:
    """Nobody is warned of fewer reports."""
    rows = found(bundle("1", "SUSPICIOUS_FLOW", "KG", years([*(4 * one for one in QUIET), 5])))

    assert {row["SIGNAL"] for (_, period, _), row in rows.items() if period == "2020"} == {"no"}


def test_a_jump_among_many_quiet_series_is_judged_with_all_of_them(bundle: Bundle) -> None:
    """The false discovery rate is that of all corridors of one year: q is above p, and only the jump alarms."""
    partners = ("AM", "BY", "CN", "DE", "RU", "TJ", "UZ")
    rows = [row for name in partners for row in years([*QUIET, 80 if name == "CN" else 21], counterpart=name)]
    seen = found(bundle("1", "SUSPICIOUS_FLOW", "KG", rows))

    alarms = {
        area for (name, period, area), row in seen.items() if name == "E13" and row["SIGNAL"] == "certain"
    }
    jump = seen["E5", "2020", "CN"]
    assert alarms == {"CN"}
    assert Decimal(jump["Q_LOWER"]) == pytest.approx(len(partners) * Decimal(jump["P_LOWER"]))


def test_cuts_that_are_not_watched_stay_out(bundle: Bundle) -> None:
    """Corridors and methods are watched; channels are not."""
    rows = years([*QUIET, 80]) + [{**row, "CHANNEL": "CASH", "METHOD": "_T"} for row in years([*QUIET, 80])]
    facets = {row["FACET"] for row in found(bundle("1", "SUSPICIOUS_FLOW", "KG", rows)).values()}

    assert facets == {"TM01/_T/_T/_T/OUT/N_STR/SUSPICIOUS_FLOW"}


def test_declared_values_are_amounts_and_months_have_a_season(bundle: Bundle) -> None:
    """Amounts meet no detector that supposes counts; three years of months are decomposed by season."""
    periods = [f"{year}-M{month:02}" for year in (2018, 2019, 2020) for month in range(1, 13)]
    counts = (*MONTHS, *LAST_YEAR)
    common = {"FLOW_KIND": "REMITTANCE", "PRODUCT": "_Z"}
    amounts: Rows = [
        {**common, "TIME_PERIOD": period, "VALUE": 10_000_000 * one}
        for period, one in zip(periods, counts, strict=True)
    ]
    rows = found(bundle("1", "DECLARED_FLOW", "KG", amounts))

    names = {name for name, period, _ in rows if period == "2020-M12"}
    assert names == {"E2", "E9", "E13", "E15", "E16", "E18"}
    assert rows["E13", "2020-M12", "RU"]["SIGNAL"] == "certain"


def test_monthly_counts_meet_every_detector(bundle: Bundle) -> None:
    """Six years of months: all detectors of the model, and the seasonal family fires; C2 is that of S36."""
    level = (*MONTHS, *MONTHS, *MONTHS[:12], *LAST_YEAR)
    rows: Rows = [
        {
            "FLOW_KIND": "CASH",
            "PRODUCT": "_Z",
            "MEASURE": "N_DECL",
            "TIME_PERIOD": f"{2015 + place // 12}-M{place % 12 + 1:02}",
            "VALUE": one,
        }
        for place, one in enumerate(level)
    ]
    seen = found(bundle("1", "DECLARED_FLOW", "KG", rows))

    names = {name for name, period, _ in seen if period == "2020-M12"}
    assert names == {"E1", "E2", "E3", "E4", "E5", "E6", "E7", "E9", "E13", "E15", "E16", "E18"}
    assert seen["E6", "2020-M12", "RU"]["SIGNAL"] == "certain"
    assert seen["E13", "2020-M12", "RU"]["LOWER"] == "2"  # growth of one doubled month alone is not so rare
    # S36 of the methodology: C2 of its last month is 6.125109
    assert float(seen["E7", "2020-M12", "RU"]["LOWER"]) == pytest.approx(6.125109, abs=5e-7)


def test_order_of_the_inputs_changes_nothing(bundle: Bundle) -> None:
    """Bundles shuffled: the same digest."""
    bundles = [
        bundle(str(place), "SUSPICIOUS_FLOW", code, years([*QUIET, 30 + place], counterpart="CN"))
        for place, code in enumerate(("AM", "BY", "KG", "KZ"))
    ]
    spec = load_spec("early_warning_1")
    expected = run(spec, bundles)
    random.Random(1).shuffle(bundles)

    assert run(spec, bundles).result_digest == expected.result_digest


def test_nothing_observed_gives_no_figures() -> None:
    """An empty view has an empty table and a digest."""
    assert run(load_spec("early_warning_1"), []).results.num_rows == 0


def test_tails_are_those_of_scipy() -> None:
    """Upper tails of the normal and of Student's distribution, falling as the distance grows."""
    stats = pytest.importorskip("scipy.stats")
    z = Interval(Decimal("-0.5"), Decimal("3.25"))

    normal, student = normal_tail(z), predictive_tail(z, 7)
    assert float(normal.lower) == pytest.approx(stats.norm.sf(3.25), rel=1e-12)
    assert float(normal.upper or 0) == pytest.approx(stats.norm.sf(-0.5), rel=1e-12)
    scale = (1 + 1 / 7) ** 0.5
    assert float(student.lower) == pytest.approx(stats.t.sf(3.25 / scale, 6), rel=1e-12)
    assert float(student.upper or 0) == pytest.approx(stats.t.sf(-0.5 / scale, 6), rel=1e-12)
