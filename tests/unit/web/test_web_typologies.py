"""The pages of typologies: who reports what since when, what is special, in three languages; and honest when empty."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from node.services import indicators, sync
from tests.support.described import described, titled
from tests.support.federation import federation, release_rows
from tests.unit.web.conftest import Pages, _pages
from tests.unit.web.test_web_pages import Markup

LIST = "/typologies?dataflow=SUSPICIOUS_FLOW&FLOW_DIRECTION=OUT&MEASURE=N_STR"
INCOMING = LIST.replace("OUT", "IN")
ONE = "/typologies/TM02?dataflow=SUSPICIOUS_FLOW&FLOW_DIRECTION=OUT&MEASURE=N_STR"


def reports(reporter: str, counterpart: str, method: str, year: int, number: int) -> list[dict[str, str]]:
    """So many reports of one method, by four entities."""
    return [
        {
            "REPORT_ID": f"{reporter}-{method}-{year}-{place}",
            "SUBJECT_ID": f"S-{reporter}-{method}-{year}-{place}",
            "REPORTING_ENTITY": f"bank-{place % 4}",
            "BEGIN_DATE": f"{year}-02-01",
            "END_DATE": f"{year}-02-03",
            "REF_AREA": reporter,
            "COUNTERPART_AREA": counterpart,
            "FLOW_DIRECTION": "OUT",
            "METHOD": method,
            "CHANNEL": "BANK_TRANSFER",
            "PREDICATE": "DCO17",
            "ENTITY_TYPE": "FI01",
            "N_TXN": "1",
            "AMOUNT": "1000",
            "CURRENCY": "USD",
        }
        for place in range(number)
    ]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """KZ reports structuring in two years and couriers in the second; RU couriers in both, and structuring in one.

    Of what comes in, KZ reports shell companies: six a year for eight years, then forty, then ninety.
    """
    folder = tmp_path_factory.mktemp("typologies")
    with federation(folder / "nodes", ("KZ", "RU")) as nodes:
        rows = [*reports("KZ", "RU", "TM02", 2011, 20), *reports("KZ", "RU", "TM02", 2012, 90)]
        rows += reports("KZ", "RU", "TM01", 2012, 24)
        for year in range(2003, 2013):
            number = {2011: 40, 2012: 90}.get(year, 6)
            rows += [one | {"FLOW_DIRECTION": "IN"} for one in reports("KZ", "RU", "TM04", year, number)]
        release_rows(nodes, "KZ", "SUSPICIOUS_FLOW", rows, folder)
        rows = [*reports("RU", "KZ", "TM01", 2011, 30), *reports("RU", "KZ", "TM01", 2012, 80)]
        release_rows(nodes, "RU", "SUSPICIOUS_FLOW", rows + reports("RU", "KZ", "TM02", 2012, 20), folder)
        sync.sync_peer(nodes["KZ"], "RU", holder="test", now=nodes.clock.now())
        indicators.recompute(nodes["KZ"], nodes.clock.now())
        yield _pages(nodes, folder)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize(
    "path", [LIST, INCOMING, ONE, f"{ONE}&TIME_PERIOD=2011", LIST.replace("N_STR", "V_TXN")]
)
def test_the_pages_open_in_every_language(shared: Pages, path: str, language: str) -> None:
    """Well-formed, every table named, one heading."""
    answer = shared.as_person("head").get(f"{path}&lang={language}")

    assert answer.status_code == 200
    assert Markup(answer.text).faults == []
    assert answer.text.count("<table") == answer.text.count("<caption")
    assert answer.text.count("<h1>") == 1


def test_the_list_says_who_reports_what_since_when(shared: Pages, visible: Callable[[str], str]) -> None:
    """90 of 114 of KZ against 20 of 100 of RU: structuring is special to KZ, couriers to RU."""
    matrix, _, _ = shared.as_person("head").get(LIST).text.partition("</table>")
    rows = {
        name: visible(rest)
        for name, rest in re.findall(r"/typologies/(TM0[12])\?[^>]*>(.*?)</tr>", matrix, re.DOTALL)
    }

    assert "▲ special to this member: 90 20 2 of 2 2011, KZ" in re.sub(r"\s+", " ", rows["TM02"])
    assert "24 ▲ special to this member: 80 2 of 2 2011, RU" in re.sub(r"\s+", " ", rows["TM01"])


def test_what_a_member_reports_for_the_first_time_is_named(
    shared: Pages, visible: Callable[[str], str]
) -> None:
    """Couriers at KZ and structuring at RU, in 2012."""
    text = visible(shared.as_person("head").get(LIST).text)

    assert "Cash couriers and cash-out : Kazakhstan, 2012" in text
    assert "Structuring : Russia, 2012" in text


def test_what_surges_is_watched_with_its_index(shared: Pages, visible: Callable[[str], str]) -> None:
    """Forty after six a year, then ninety: beyond what the index counts, which ends at 10."""
    text = re.sub(r"\s+", " ", visible(shared.as_person("head").get(INCOMING).text))

    assert "companies Kazakhstan 2012 90 10 ▲ certain" in text


def test_one_typology_shows_its_quotients_by_hand(shared: Pages, visible: Callable[[str], str]) -> None:
    """(90 / 114) / (110 / 214) = 1.54, (20 / 100) / (110 / 214) = 0.389; each beside its count."""
    text = visible(shared.as_person("head").get(f"{ONE}&TIME_PERIOD=2012").text)

    assert "\N{MULTIPLICATION SIGN}1.54" in text
    assert "\N{MULTIPLICATION SIGN}0.389" in text
    assert "results of the model, which every node computes and attests" in text


def test_the_trend_is_a_table_that_a_chart_can_be_drawn_from(shared: Pages) -> None:
    """A row a period, a marked cell a member; RU shared nothing on it in 2011."""
    page = shared.as_person("head").get(ONE).text
    rows = dict(re.findall(r'<tr data-period="(\d{4})">(.*?)</tr>', page, re.DOTALL))

    assert list(rows) == ["2012", "2011"]
    assert 'data-series="0" data-kind="exact" data-low="20" data-high="20"' in rows["2011"]
    assert 'data-series="1" data-kind="not_shared"' in rows["2011"]


def test_what_is_special_is_the_row_that_the_model_attested(shared: Pages) -> None:
    """The quotient leads to its figure, with the digest of the run; the list names the view of that run."""
    run = shared.surface.ctx.indicators.latest("indicators_1")
    assert run is not None
    browser = shared.as_person("head")
    page = browser.get(f"{ONE}&TIME_PERIOD=2012").text
    (link, *_) = re.findall(r'href="(/figure\?indicator=D3[^"]+)"', page)

    assert run.view_id in page
    assert run.result_digest in page
    assert run.result_digest in browser.get(link.replace("&amp;", "&")).text


def test_the_profiles_of_members_are_told_in_words(shared: Pages, visible: Callable[[str], str]) -> None:
    """KZ in 2012: 90 and 24 of 114 have the entropy 0.5147, which is that of 1.67 equal parts."""
    page = shared.as_person("head").get(f"{LIST}&TIME_PERIOD=2012").text
    text = re.sub(r"\s+", " ", visible(page))
    (link, *_) = re.findall(r'href="(/figure\?indicator=D4[^"]+HILL_1[^"]*)"', page)
    figure = visible(shared.as_person("head").get(link.replace("&amp;", "&")).text)

    assert re.search(r"Profiles of the members, 2012 .* Kazakhstan 1\.67 ", text)
    assert "effective number, by entropy" in figure
    assert "How many equal parts" in figure


def test_the_trend_is_saved_as_it_stands(shared: Pages) -> None:
    """A row a period and member, what was not shared among them; the notes speak of the choice without its period."""
    browser = shared.as_person("head")
    page = browser.get(ONE).text
    (link,) = [
        one.replace("&amp;", "&") for one in re.findall(r'href="(/exports/typology\.json[^"]+)"', page)
    ]

    saved = browser.get(link).json()

    assert [
        (row["REF_AREA"], row["TIME_PERIOD"], row["VALUE_KIND"], row["OBS_VALUE"]) for row in saved["rows"]
    ] == [
        ("KZ", "2012", "exact", 90),
        ("RU", "2012", "exact", 20),
        ("KZ", "2011", "exact", 20),
        ("RU", "2011", "not_shared", None),
    ]
    assert saved["notes"]["filters"]["METHOD"] == "TM02"
    assert "TIME_PERIOD" not in saved["notes"]["filters"]


def test_the_list_is_saved_with_what_is_special(shared: Pages) -> None:
    """(90 / 114) / (110 / 214) = 1.536 for KZ and structuring, reported since 2011; the notes name the run."""
    browser = shared.as_person("head")
    page = browser.get(f"{LIST}&TIME_PERIOD=2012").text
    (link,) = re.findall(r'href="(/exports/typologies\.json[^"]+)"', page)

    saved = browser.get(link.replace("&amp;", "&")).json()
    (row,) = [one for one in saved["rows"] if (one["METHOD"], one["REF_AREA"]) == ("TM02", "KZ")]

    assert row["OBS_VALUE"] == 90
    assert float(row["LQ_LOWER"]) == pytest.approx((90 / 114) / (110 / 214), rel=1e-8)
    assert (row["SINCE_CERTAIN"], row["LQ_STATUS"]) == ("2011", "ok")
    assert saved["notes"]["models"][0]["model"] == "indicators_1"


def test_of_amounts_nothing_is_judged(shared: Pages, visible: Callable[[str], str]) -> None:
    """The tests are made for counts; the page says what to choose."""
    text = visible(shared.as_person("head").get(LIST.replace("N_STR", "V_TXN")).text)

    assert "judges typologies by the number of reports" in text
    assert "▲" not in text


def test_a_typology_that_nobody_reports_is_no_page(shared: Pages) -> None:
    """404 with a way back, not an empty table."""
    for code in ("TM05", "TM_CASH", "x"):
        assert shared.as_person("head").get(ONE.replace("TM02", code)).status_code == 404


def test_no_choice_leads_to_an_empty_page(shared: Pages) -> None:
    """Every filter that is offered shows at least one figure."""
    page = shared.as_person("head").get(LIST).text
    offered = re.findall(r'href="(/typologies\?[^"]+)"', page)

    assert offered
    for address in offered:
        assert re.search(
            r'class="cell cell-(exact|withheld|zero)',
            shared.as_person("head").get(address.replace("&amp;", "&")).text,
        )


def test_before_anything_was_shared_the_page_says_when_it_will_be(
    tmp_path: Any, visible: Callable[[str], str]
) -> None:
    """An empty state with the next step."""
    with federation(tmp_path / "nodes", ("KZ",)) as nodes:
        text = visible(_pages(nodes, tmp_path).as_person("head").get("/typologies").text)

    assert "No figures by typology were shared yet" in text


def test_a_typology_with_figures_and_its_words_lead_to_one_another(shared: Pages) -> None:
    """From the figures to the register by the method, and from the entry back to the figures."""
    entry = described(shared.nodes, "KZ", titled("Дробление", codes={"METHOD": ("TM02",)}))
    browser = shared.as_person("head")

    found = re.search(r'href="(/typologies/register\?METHOD=TM02)"', browser.get(ONE).text)
    assert found is not None
    assert entry.typology in browser.get(found.group(1)).text
    page = browser.get(f"/typologies/register/{entry.typology}").text
    assert 'href="/typologies/TM02"' in page
    assert browser.get("/typologies/TM02").status_code == 200


def test_what_emerges_is_acknowledged_like_a_warning(shared: Pages, visible: Callable[[str], str]) -> None:
    """One mechanism: from the watch by a form, and the watch then says who has seen it; in every language."""
    browser = shared.as_person("head")
    (link, *_) = re.findall(r'href="(/signals\?indicator=D2[^"]+)"', browser.get(INCOMING).text)
    address = link.replace("&amp;", "&")
    form = browser.get(address).text
    named = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))

    answer = browser.post("/signals", {**named, "note": "Told the partners."})
    pages = [
        browser.get(f"{answer.headers['location']}&lang={language}").text for language in ("ru", "kk", "en")
    ]

    assert answer.status_code == 303
    assert [Markup(page).faults for page in pages] == [[], [], []]
    assert "Told the partners." in visible(browser.get(INCOMING).text)
    assert [one.signal.model_id for one in shared.surface.ctx.signals.said("indicators_1")] == [
        "indicators_1"
    ]
