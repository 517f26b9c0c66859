"""The charts in a real browser: drawn from what the page says, moved by pointer and keyboard, absent without harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from node.web.static_files import read_manifest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not read_manifest(), reason="the charts were not bundled: run `make charts`"),
]

NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
MATRIX = "/corridors?dataflow=DECLARED_FLOW&FLOW_KIND=TRADE&PRODUCT=HS27&FLOW_DIRECTION=OUT"
CANVAS = "figure[data-chart] canvas"
# How many different colours a canvas holds: an empty one holds one.
COLOURS = """() => { const canvas = document.querySelector('figure[data-chart] canvas');
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set(); for (let at = 0; at < data.length; at += 4) seen.add(data.slice(at, at + 4).join());
  return seen.size; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "viewport"), [("narrow", NARROW), ("wide", WIDE)])
def test_the_matrix_is_drawn(
    visit: Callable[..., Any], scheme: str, size: str, viewport: dict[str, int]
) -> None:
    """Something stands on the canvas, its table is folded behind it, and nothing scrolls sideways."""
    window = visit(viewport=viewport, color_scheme=scheme)
    page = window.sign_in("head")
    window.open(MATRIX)
    page.wait_for_selector(CANVAS)
    page.wait_for_selector("#figures:not([open])", state="attached")
    window.picture(f"drawn-matrix-{size}-{scheme}")

    assert page.evaluate(COLOURS) > 5
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_slider_moves_the_address_and_what_the_server_wrote(visit: Callable[..., Any]) -> None:
    """One step back by the keyboard: heading, table and address speak of the year before."""
    window = visit(viewport=WIDE)
    page = window.sign_in("head")
    window.open(f"{MATRIX}&lang=en")
    page.wait_for_selector(CANVAS)
    page.focus(".slider input")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#matrix:has-text('2011')")

    assert "TIME_PERIOD=2011" in page.url
    assert page.locator(".slider output").inner_text() == "2011"
    assert page.locator(".slider input").get_attribute("aria-valuetext") == "2011"
    assert page.locator("#figures td.cell a").first.get_attribute("href").count("TIME_PERIOD=2011") == 1


def test_arrow_keys_read_the_cells_and_enter_opens_a_corridor(visit: Callable[..., Any]) -> None:
    """The matrix is BY, KZ, RU: the second cell of the second row is KZ itself, the one before it KZ to BY."""
    window = visit(viewport=WIDE)
    page = window.sign_in("head")
    window.open(f"{MATRIX}&lang=en")
    page.wait_for_selector(CANVAS)
    page.focus(".canvas")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    said = page.locator(".reading").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/corridors/KZ/BY?*")

    assert said == "Kazakhstan \N{EN DASH} Belarus, 2012: 100.5\N{NO-BREAK SPACE}USD"
    assert "TIME_PERIOD=2012" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_series_is_drawn_from_its_table_and_read_by_arrow_keys(
    visit: Callable[..., Any], scheme: str
) -> None:
    """KZ to BY: in place of the server's drawing; the newest period says what the table says."""
    window = visit(viewport=WIDE, color_scheme=scheme)
    page = window.sign_in("head")
    window.open("/corridors/KZ/BY?dataflow=DECLARED_FLOW&lang=en")
    page.wait_for_selector(CANVAS)
    page.focus(".canvas")
    page.keyboard.press("ArrowLeft")
    window.picture(f"drawn-series-{scheme}")

    assert page.evaluate(COLOURS) > 5
    assert page.locator("figure[data-chart] svg").count() == 0
    assert page.locator(".reading").first.inner_text().splitlines() == [
        "2012",
        "Kazakhstan says it sent: 100.50\N{NO-BREAK SPACE}USD",
        "Belarus says it received: 250\N{NO-BREAK SPACE}USD",
    ]


def test_a_second_visit_to_the_same_figures_asks_for_them_by_their_tag(visit: Callable[..., Any]) -> None:
    """The chart's figures are revalidated (304), the chart library is not asked for again at all."""
    window = visit(viewport=WIDE)
    page = window.sign_in("head")
    window.open(MATRIX)
    page.wait_for_selector(CANVAS)
    asked: list[tuple[int, str]] = []
    page.on("response", lambda answer: asked.append((answer.status, answer.url)))
    page.reload()
    page.wait_for_selector(CANVAS)

    sizes = page.evaluate(
        """performance.getEntriesByType('resource').filter(one => one.name.includes('/built/'))
          .map(one => one.transferSize)"""
    )
    assert sizes
    assert set(sizes) == {0}
    assert [status for status, url in asked if "/api/v1/corridors/" in url] in ([304], [200])


def test_without_scripts_the_page_says_the_same(visit: Callable[..., Any]) -> None:
    """The table stands open, and no empty frame is left for a chart."""
    window = visit(viewport=WIDE, java_script_enabled=False)
    page = window.sign_in("head")
    window.open(MATRIX)

    assert page.locator("#figures").get_attribute("open") is not None
    assert page.locator("#figures table td.cell").first.is_visible()
    assert not page.locator("figure[data-chart]").is_visible()
