"""The page of warnings: what alarms, in full, in three languages; and honest when there is nothing to judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from node.services import indicators
from node.services.views import warnings as views
from node.services.views.warnings import warning
from risk_models.figures import COLUMNS
from tests.support.federation import federation, release_rows, trade
from tests.unit.web.conftest import Pages, _pages
from tests.unit.web.test_web_pages import Markup

YEARS = range(1999, 2020)
JUMP = "period=2019&area=KZ&counterpart=RU&facet=TRADE/HS27/OUT/V_DECL/DECLARED_FLOW"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """KZ declares twenty-one years of trade: to RU with a jump in the last one, to BY without, to KG for two years."""
    folder = tmp_path_factory.mktemp("warnings")
    with federation(folder / "nodes", ("KZ", "RU")) as nodes:
        rows = [
            trade(
                "KZ",
                "RU",
                "OUT",
                str(9_000_000 if year == YEARS[-1] else 1_000_000 + year % 7 * 9_000),
                str(year),
            )
            for year in YEARS
        ]
        rows += [trade("KZ", "BY", "OUT", str(500_000 + year % 5 * 7_000), str(year)) for year in YEARS]
        rows += [trade("KZ", "KG", "OUT", "5", str(year)) for year in (2018, 2019)]
        release_rows(nodes, "KZ", "DECLARED_FLOW", rows, folder)
        indicators.recompute(nodes["KZ"], nodes.clock.now())
        yield _pages(nodes, folder)


def test_the_series_of_a_warning_is_saved_with_its_levels(planted: Pages) -> None:
    """A row a period, the newest first; the jump alone has a level, and the notes name the run that judged it."""
    browser = planted.as_person("head")
    page = browser.get(f"/warnings/series?{JUMP}").text
    (link,) = [one.replace("&amp;", "&") for one in re.findall(r'href="(/exports/warning\.json[^"]+)"', page)]
    run = planted.surface.ctx.indicators.latest("early_warning_1")
    assert run is not None

    saved = browser.get(link).json()

    assert [row["TIME_PERIOD"] for row in saved["rows"]] == [str(year) for year in reversed(YEARS)]
    assert [row["TIME_PERIOD"] for row in saved["rows"] if row["LEVEL"]] == [str(YEARS[-1])]
    assert saved["rows"][0]["OBS_VALUE"] == 900_000_000
    assert saved["notes"]["models"][0]["result_digest"] == run.result_digest


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("path", ["/warnings", f"/warnings/series?{JUMP}", "/"])
def test_the_pages_open_in_every_language(planted: Pages, path: str, language: str) -> None:
    """Well-formed, without script, every table named."""
    separator = "&" if "?" in path else "?"

    answer = planted.as_person("head").get(f"{path}{separator}lang={language}")

    assert answer.status_code == 200
    assert Markup(answer.text).faults == []
    assert answer.text.count("<table") == answer.text.count("<caption")
    assert answer.text.count("<h1>") == 1


def test_the_corridor_of_the_jump_names_its_alarm(planted: Pages) -> None:
    """The period that alarms, and no other, leads from the corridor's table to the series."""
    page = planted.as_person("head").get("/corridors/KZ/RU?dataflow=DECLARED_FLOW").text
    rows = re.findall(r'<tr data-period="(\d{4})">(.*?)</tr>', page, re.DOTALL)

    assert len(rows) == len(YEARS)
    assert [period for period, row in rows if "data-alarm" in row] == ["2019"]
    assert [period for period, row in rows if "/warnings/series" in row] == ["2019"]
    assert 'data-kind="exact" data-low="900000000" data-high="900000000"' in dict(rows)["2019"]


def test_the_jump_is_on_the_page_with_its_detectors(planted: Pages, visible: Callable[[str], str]) -> None:
    """One series alarms: its level, its signal, who saw it; and how many were judged and could not be."""
    text = visible(planted.as_person("head").get("/warnings").text)

    assert "Kazakhstan → Russia" in text
    assert "▲▲△ 2" in text
    assert "certain signal" in text
    assert "(E16)" in text
    assert "Judged: 2 series. Too short to be judged: 1." in text
    assert "What to do next" in text
    assert "signatures and digests hold" in text


def test_what_matters_most_stands_first_in_a_row(planted: Pages, visible: Callable[[str], str]) -> None:
    """Level and signal right after the series, so that a narrow screen shows them; and how large the deviation is."""
    html = planted.as_person("head").get("/warnings").text
    heads = [visible(one).strip() for one in re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", html)]

    assert heads[:4] == ["Series", "Level", "Signal", "Period"]
    assert "8M USD more than growth as usual would have given" in visible(html)


def test_the_detectors_of_one_series_do_not_repeat_its_name(planted: Pages) -> None:
    """The heading names the period and the page the series; the table has neither again."""
    html = planted.as_person("head").get(f"/warnings/series?{JUMP}").text
    table = html[html.index('aria-labelledby="detectors"') :]
    heads = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", table[: table.index("</thead>")])

    assert heads == ["Indicator", "Value", "p", "Signal", "Grade", "Source"]
    assert "more than growth as usual would have given" in html


def result_row(indicator: str, counterpart: str, facet: str, lower: str, **said: str) -> dict[str, str]:
    """A row of results about Kazakhstan in 2019."""
    named = {"INDICATOR": indicator, "TIME_PERIOD": "2019", "REF_AREA": "KZ", "COUNTERPART_AREA": counterpart}
    given = {
        "FACET": facet,
        "LOWER": lower,
        "UPPER": lower,
        "STATUS": "ok",
        "GRADE": "A",
        "INPUTS": "",
        **said,
    }
    return named | given


def test_the_largest_sum_comes_first_within_a_level(
    pages: Any, monkeypatch: pytest.MonkeyPatch, visible: Callable[[str], str]
) -> None:
    """Level, then certainty, then dollars either way, then cases; what moved all corridors stands apart, once."""
    money, cases = "TRADE/HS27/OUT/V_DECL/DECLARED_FLOW", "_T/_T/_T/_T/OUT/N_STR/SUSPICIOUS_FLOW"
    sizes = {"RU": ("2", money, "-900000000"), "BY": ("2", money, "500000000"), "CN": ("2", cases, "80")}
    sizes |= {"AM": ("1", money, "99000000000"), "UZ": ("3", cases, "12")}
    rows = [
        result_row("E13", area, facet, level, SIGNAL="certain") for area, (level, facet, _) in sizes.items()
    ]
    rows += [result_row("E18", area, facet, size) for area, (_, facet, size) in sizes.items()]
    rows += [result_row("E17", "W1", money, "-0.4", SIGNAL="certain", P_LOWER="0.001", P_UPPER="0.001")]
    blank = dict.fromkeys(COLUMNS)
    table = pa.Table.from_pylist(
        [blank | row for row in rows], schema=pa.schema([(name, pa.string()) for name in COLUMNS])
    )
    monkeypatch.setattr(views.computed, "latest_results", lambda *_: table)

    view = views.warnings(pages.nodes["KZ"], {}, pages.nodes.clock.now())
    text = visible(pages.as_person("head").get("/warnings").text)

    assert [one.result.counterpart_area for one in view.alarms] == ["UZ", "RU", "BY", "CN", "AM"]
    assert [one.indicator for one in view.moved] == ["E17"]
    assert "9M USD less than growth as usual would have given" in text
    assert "What moved all corridors" in text


def test_filters_stand_in_the_address_and_offer_no_empty_choice(planted: Pages) -> None:
    """Only the dataflow and the reporter that alarm are offered; an unknown one shows everything."""
    browser = planted.as_person("head")
    html = browser.get("/warnings?area=KZ&dataflow=DECLARED_FLOW").text

    assert re.findall(r'aria-current="true">([^<]*)</span>', html)[-1] == "Kazakhstan"
    assert "area=RU" not in html
    assert "/warnings/series?" in browser.get("/warnings?area=XX").text


def test_a_series_shows_its_alarm_in_the_chart_and_in_the_table(
    planted: Pages, visible: Callable[[str], str]
) -> None:
    """One square among twenty circles; in the table the period that alarms and those that were judged."""
    html = planted.as_person("head").get(f"/warnings/series?{JUMP}").text
    text = visible(html)

    assert html.count('<rect class="mark-received"') == 1
    assert html.count('<circle class="mark-sent"') == 20
    assert text.count("not judged") == len(YEARS) - 3
    assert "What each detector says of 2019" in text
    assert re.search(r"Steady rise.*?9,000\sUSD", text)  # a slope of money is money a period
    assert "/corridors/KZ/RU?dataflow=DECLARED_FLOW" in html


def test_a_figure_of_a_detector_names_the_model_that_computed_it(planted: Pages) -> None:
    """The way from a warning to its formula, specification and bundles."""
    html = planted.as_person("head").get(f"/figure?indicator=E16&{JUMP}").text

    assert "early_warning_1 1.1.0" in html
    assert "From which bundles" in html


def test_a_series_nobody_computed_is_not_found(planted: Pages) -> None:
    """The page says so, and is no error."""
    assert (
        planted.as_person("head")
        .get("/warnings/series?area=KZ&counterpart=AM&facet=x&period=2019")
        .status_code
        == 404
    )


def test_the_overview_counts_the_warnings(planted: Pages, visible: Callable[[str], str]) -> None:
    """One line, with the way to the page."""
    html = planted.as_person("head").get("/").text

    assert "1 series at level 2 or 3, 0 at level 1, of 2 judged" in visible(html)
    assert 'href="/warnings"' in html


def test_too_short_a_history_is_said(pages: Any, visible: Callable[[str], str]) -> None:
    """Two years of figures: the page says why it is empty, and what it waits for."""
    text = visible(pages.as_person("head").get("/warnings").text)

    assert "the history is too short" in text
    assert "Judged: 0 series." in text


def test_before_the_first_computation_the_page_says_so(pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No table: no counts, no alarms, and no evidence."""
    monkeypatch.setattr(views.computed, "latest_results", lambda *_: None)

    view = views.warnings(pages.nodes["KZ"], {}, pages.nodes.clock.now())

    assert (view.has_results, view.alarms, view.found) == (False, (), 0)
    assert view.counts == views.Counts(0, 0, 0, 0)


def test_a_series_stands_on_the_bundles_it_was_computed_from(planted: Pages) -> None:
    """The evidence beside the chart is of these and of no others."""
    ctx, now = planted.nodes["KZ"], planted.nodes.clock.now()
    wanted = {
        "area": "KZ",
        "counterpart": "RU",
        "facet": "TRADE/HS27/OUT/V_DECL/DECLARED_FLOW",
        "period": "2019",
    }

    page = warning(ctx, wanted, now)

    assert page.alarm.level == 2
    assert [one.digest for one in page.evidence.bundles] == [one.digest for one in ctx.ledger.bundles()]


def test_an_analyst_acknowledges_a_warning_on_its_page(planted: Pages, visible: Callable[[str], str]) -> None:
    """From the list by a form; then the list and the page say who, when and what, to whoever reads them."""
    browser = planted.as_person("head")
    named = {
        "indicator": "E13", "area": "KZ", "counterpart": "RU", "period": "2019",
        "facet": "TRADE/HS27/OUT/V_DECL/DECLARED_FLOW",
    }  # fmt: skip
    (link, *_) = re.findall(r'href="(/signals\?[^"]+)"', browser.get("/warnings").text)
    before = visible(browser.get(link.replace("&amp;", "&")).text)

    refused = browser.post("/signals", {**named, "note": "x" * 501})
    answer = browser.post("/signals", {**named, "note": "Asked <b>Moscow</b>."})
    reader = planted.as_person("inspector")
    page = reader.get(answer.headers["location"]).text

    assert "Nobody has acknowledged this signal yet" in before
    assert (refused.status_code, "x" * 501 in refused.text) == (422, True)
    assert answer.status_code == 303
    assert "Asked &lt;b&gt;Moscow&lt;/b&gt;." in page
    assert "<textarea" not in page
    assert "head" in visible(reader.get("/warnings").text)
    assert Markup(page).faults == []


def test_what_does_not_signal_is_no_page(planted: Pages) -> None:
    """404 in words."""
    answer = planted.as_person("head").get("/signals?indicator=E13&area=KZ&period=2019")

    assert answer.status_code == 404
    assert "no such signal" in answer.text
