"""The pages of corridors, typologies and sectors assessed: what is known of each, and what is not."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import pytest

from node.services.views.details import details
from tests.support import assessed_run
from tests.support.federation import federation
from tests.unit.web.conftest import Pages, _pages
from tests.unit.web.test_web_pages import Markup

DETAIL = "detail_assessment_1"
PATH = "/assessment/details"


@pytest.fixture(scope="module")
def detailed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Three members, of whom BY withholds its flows and KG shares no ratings."""
    folder = tmp_path_factory.mktemp("details")
    with federation(folder / "nodes", ("KZ", "KG", "BY")) as nodes:
        assessed_run.store(nodes["KZ"], DETAIL)
        yield _pages(nodes, folder)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("query", ["?", "?year=2019&", "?kind=typologies&", "?kind=sectors&", "?kind=none&"])
def test_the_pages_open_in_every_language(detailed: Pages, query: str, language: str) -> None:
    """Well-formed, without script, every table named."""
    answer = detailed.as_person("head").get(f"{PATH}{query}lang={language}")

    assert answer.status_code == 200
    assert Markup(answer.text).faults == []
    assert answer.text.count("<table") == answer.text.count("<caption")
    assert answer.text.count("<h1>") == 1


def test_every_unit_stands_there_and_who_has_a_rank_first(detailed: Pages) -> None:
    """Six corridors, two typologies, two sectors of each of three members."""
    ctx, now = detailed.nodes["KZ"], detailed.nodes.clock.now()
    found = {kind: details(ctx, {"kind": kind}, now) for kind in ("corridors", "typologies", "sectors")}

    assert {kind: len(view.units) for kind, view in found.items()} == {
        "corridors": 6,
        "typologies": 2,
        "sectors": 6,
    }
    for view in found.values():
        ranked = [one.score.ranks is not None for one in view.units]
        assert ranked == sorted(ranked, reverse=True)
        assert view.kinds == ("corridors", "typologies", "sectors")
        assert view.years[0] == view.year == "2020"


def test_a_unit_says_what_it_was_read_from(detailed: Pages, visible: Callable[[str], str]) -> None:
    """Each input with its year, its place on the scale, as it was read, and its points; and a way to each figure."""
    browser = detailed.as_person("head")
    page = browser.get(f"{PATH}?kind=typologies&lang=en").text
    text = visible(page)

    assert "Members where it is found, 2020" in text
    assert "as read:" in text
    assert "points:" in text
    assert 'href="/typologies/TM03"' in page
    address = page.split('href="/figure?')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(f"/figure?{address}&lang=ru").status_code == 200


def test_what_too_little_is_shared_of_has_no_score(detailed: Pages, visible: Callable[[str], str]) -> None:
    """KG shares no ratings: a corridor to or from it lacks half of an axis, and its confidence says so."""
    view = details(detailed.nodes["KZ"], {"kind": "corridors"}, detailed.nodes.clock.now())
    grades = {(one.ref_area, one.counterpart_area): one.score.grade for one in view.units}

    assert all(grade != "A" for pair, grade in grades.items() if "KG" in pair)
    text = visible(detailed.as_person("head").get(f"{PATH}?lang=en").text)
    assert "that is no low score" in text


@pytest.mark.parametrize(("kind", "named"), [("corridors", ("", "KZ")), ("typologies", ("TM03", "_Z"))])
def test_the_table_can_be_saved(detailed: Pages, kind: str, named: tuple[str, str]) -> None:
    """One row a unit, with its level or why it has none."""
    answer = detailed.as_person("head").get(f"/exports/details.csv?kind={kind}&year=2020")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))
    view = details(detailed.nodes["KZ"], {"kind": kind}, detailed.nodes.clock.now())

    assert answer.status_code == 200
    assert [(row["REF_AREA"], row["COUNTERPART_AREA"], row["CODE"]) for row in rows] == [
        (one.ref_area, one.counterpart_area, one.code) for one in view.units
    ]
    assert named in {(row["CODE"], row["COUNTERPART_AREA"]) for row in rows}
    assert all((row["LEVEL_LEAST"] == "") == (row["STATE"] != "assessed") for row in rows)


def test_where_nothing_is_assessed_the_page_says_what_to_do(
    pages: Pages, visible: Callable[[str], str]
) -> None:
    """What was released holds no corridor between members, no typology and no sector."""
    text = visible(pages.as_person("head").get(f"{PATH}?lang=en").text)

    assert "Nothing that is assessed was shared yet" in text
    assert "The workspace is where a release begins" in text
