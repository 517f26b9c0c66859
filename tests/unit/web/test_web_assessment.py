"""The pages of the assessment: what is known of each member, and what is not, in three languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from node.errors import NotFound
from node.services import indicators
from node.services.indicators import ASSESSMENT, versions
from node.services.views.assessment import assessment
from node.services.views.member_assessment import member_assessment
from node.web.charts import Fall, Span, span, waterfall
from tests.support import assessed_run
from tests.support.federation import federation
from tests.unit.web.conftest import Pages, _pages
from tests.unit.web.test_web_pages import Markup


@pytest.fixture(scope="module")
def assessed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Three members of whom one is assessed, one shares too little and one withholds too much."""
    folder = tmp_path_factory.mktemp("assessment")
    with federation(folder / "nodes", ("KZ", "KG", "BY")) as nodes:
        assessed_run.store(nodes["KZ"])
        yield _pages(nodes, folder)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize(
    "path", ["/assessment", "/assessment?year=2019", "/assessment/KZ", "/assessment/KG", "/assessment/BY"]
)
def test_the_pages_open_in_every_language(assessed: Pages, path: str, language: str) -> None:
    """Well-formed, without script, every table named."""
    separator = "&" if "?" in path else "?"

    answer = assessed.as_person("head").get(f"{path}{separator}lang={language}")

    assert answer.status_code == 200
    assert Markup(answer.text).faults == []
    assert answer.text.count("<table") == answer.text.count("<caption")
    assert answer.text.count("<h1>") == 1


def test_who_is_assessed_stands_first_and_who_is_not_is_told_why(
    assessed: Pages, visible: Callable[[str], str]
) -> None:
    """One level with its interval and rank; the two others have none, each for its own reason."""
    ctx, now = assessed.nodes["KZ"], assessed.nodes.clock.now()
    view = assessment(ctx, {}, now)

    assert [(one.code, one.state) for one in view.scores] == [
        ("KZ", "assessed"),
        ("BY", "wide"),
        ("KG", "little"),
    ]
    assert [bool(one.levels) for one in view.scores] == [True, False, False]
    assert [one.ranks is not None for one in view.scores] == [True, False, False]
    text = visible(assessed.as_person("head").get("/assessment").text)
    assert "not assessable: the withheld values leave any level possible" in text
    assert "not assessable: too few of the inputs are shared" in text
    assert "1 to 2 of 2" in text
    assert "Nodes that computed the same assessment from the same bundles: 1 of 3." in text


def test_the_levels_can_be_saved_as_a_picture_and_a_table(assessed: Pages) -> None:
    """Every member with an interval is a row that can be drawn; both files are of the year that is shown."""
    page = assessed.as_person("head").get("/assessment").text

    assert re.findall(r'<tr data-name="([^"]+)" data-low="[\d.]+" data-high="[\d.]+">', page) == [
        "Kazakhstan",
        "Belarus",
    ]
    assert re.search(
        r'data-picture="chart-levels"[^>]+data-notes="/exports/assessment\.notes\.json\?year=\d+"', page
    )
    own = assessed.as_person("head").get("/assessment/KZ").text
    assert len(re.findall(r'<tr data-name="[^"]+" data-low=', own)) >= 3
    (notes,) = re.findall(r'data-picture="chart-scores"[^>]+data-notes="([^"]+)"', own)
    assert assessed.as_person("head").get(notes.replace("&amp;", "&")).json()["notes"]["rows"] > 0
    assert re.search(r'href="/exports/assessment\.xlsx\?year=\d+"', page)


def test_the_year_stands_in_the_address_and_only_years_with_a_score_are_offered(assessed: Pages) -> None:
    """An unknown year shows the newest one."""
    browser = assessed.as_person("head")

    assert re.findall(r'href="/assessment\?year=(\d+)"', browser.get("/assessment").text) == ["2019"]
    assert "Levels in 2019" in browser.get("/assessment?year=2019").text
    assert "Levels in 2020" in browser.get("/assessment?year=1066").text


def test_a_member_is_explained_by_its_figures(assessed: Pages, visible: Callable[[str], str]) -> None:
    """Sentences, every input with its year and weight, contributions that lead to the score, other choices."""
    view = member_assessment(assessed.nodes["KZ"], "KZ", {}, assessed.nodes.clock.now())
    html = assessed.as_person("head").get("/assessment/KZ").text
    text = visible(html)

    assert "Against the median" in text
    assert "Some inputs are withheld and entered as intervals" in text
    assert len(view.inputs) == 12
    assert sum(one.weight for one in view.inputs) == pytest.approx(1)
    assert all(one.value is not None for one in view.inputs)
    axes = [one for one in view.points if not one.depth]
    assert [one.name for one in axes] == ["threat", "vulnerability", "consequence"]
    assert len([one for one in view.points if one.depth == 1]) == 8
    risk = view.score.risk
    assert risk is not None
    assert risk.lower is not None
    assert risk.upper is not None
    assert view.middle is not None
    assert risk.lower <= view.middle <= risk.upper
    assert "gaps" not in {one.name for one in view.points}
    assert max(one.depth for one in view.points) == 2
    assert html.count("fall-gain") + html.count("fall-loss") == 3
    assert sum(one.lower or 0 for _, one in view.levels) == pytest.approx(1)
    assert sum(one.lower or 0 for one in view.weights) == pytest.approx(1)
    for model in ("assessment_1", "member_risk_1"):
        assert f'href="/methods/models/{model}"' in html
        assert assessed.as_person("head").get(f"/methods/models/{model}").status_code == 200


def test_what_is_missing_is_named_with_what_would_bring_it(
    assessed: Pages, visible: Callable[[str], str]
) -> None:
    """KG shares no ratings: three inputs are not computable, and no level is stated."""
    view = member_assessment(assessed.nodes["KZ"], "KG", {}, assessed.nodes.clock.now())
    text = visible(assessed.as_person("head").get("/assessment/KG").text)

    assert [one.name for one in view.inputs if one.value is None] == ["channels", "law", "effectiveness"]
    assert text.count("not computable: it takes FATF ratings") == 3
    assert "A level needs two thirds of the weight of the inputs." in text
    assert (view.explanation, view.points, view.middle) == (None, (), None)


def test_a_risk_that_could_be_anything_is_shown_without_a_level(
    assessed: Pages, visible: Callable[[str], str]
) -> None:
    """Its bounds are said in words."""
    text = visible(assessed.as_person("head").get("/assessment/BY").text)

    assert re.search(r"The risk lies between [\d.]+ and [\d.]+\. That is more than two levels", text)


def test_a_figure_of_the_assessment_opens_to_its_formula(assessed: Pages) -> None:
    """The way from a score to its model and specification."""
    query = "indicator=G4&period=2020&area=KZ&counterpart=_Z&facet="
    html = assessed.as_person("head").get(f"/figure?{query}").text

    assert "assessment_1 1.0.0" in html
    assert "geometric mean" in html
    assert 'href="/methods/models/assessment_1"' in html


def test_before_the_first_computation_the_page_says_so(pages: Any, visible: Callable[[str], str]) -> None:
    """Nothing computed: the list says when, a single member is not found; and a stranger is no member."""
    ctx, now = pages.nodes["KZ"], pages.nodes.clock.now()
    if indicators.shown(ctx, ASSESSMENT) is None:
        assert "No indicators were computed yet" in visible(pages.as_person("head").get("/assessment").text)
        with pytest.raises(NotFound):
            member_assessment(ctx, "KZ", {}, now)
    assert pages.as_person("head").get("/assessment/ZZ").status_code == 404


def test_versions_of_the_method_are_chosen_by_the_address(assessed: Pages) -> None:
    """The newest first, by number; a model that is no version shows the newest."""
    ctx = assessed.nodes["KZ"]
    spec = next(one for one in ctx.models if one.id == ASSESSMENT)
    later = replace(
        ctx, models=(*ctx.models, replace(spec, id="assessment_10"), replace(spec, id="assessment_2"))
    )

    assert versions(later, ASSESSMENT) == ("assessment_10", "assessment_2", "assessment_1")
    assert assessment(ctx, {"model": "cross_border_1"}, assessed.nodes.clock.now()).model_id == ASSESSMENT


def test_bars_are_drawn_in_a_hundred_units() -> None:
    """A range, a point, and the steps of a waterfall from its start."""
    assert span(Decimal(20), Decimal(45)) == Span(20, 25)
    assert span(Decimal(100), Decimal(100)) == Span(99, 1)
    assert waterfall(Decimal(40), [Decimal(10), Decimal(-20)]) == (
        Fall(50, 50, is_gain=True),
        Fall(0, 100, is_gain=False),
    )
    assert waterfall(Decimal(40), [Decimal(0)]) == (Fall(0, 1, is_gain=True),)
