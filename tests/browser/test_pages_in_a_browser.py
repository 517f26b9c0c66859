"""The pages in a real browser: three languages, light and dark, wide and narrow, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.federation import trade, write_csv

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
PROJECTOR = {"width": 1920, "height": 1080}
DASHBOARD = {
    "overview": "/",
    "matrix": "/corridors?dataflow=DECLARED_FLOW",
    "withheld": "/corridors?dataflow=SUSPICIOUS_FLOW&MEASURE=N_STR",
    "corridor": "/corridors/KZ/BY?dataflow=DECLARED_FLOW",
    "typologies": "/typologies?dataflow=SUSPICIOUS_FLOW&MEASURE=N_STR",
    "warnings": "/warnings",
    "assessment": "/assessment",
    "assessment-member": "/assessment/KZ",
    "member": "/members/KZ",
    "exchange": "/exchange",
}
HEADINGS = {
    "ru": {"overview": "Обзор", "matrix": "Коридоры", "member": "Казахстан", "exchange": "Обмен"},
    "kk": {"overview": "Шолу", "matrix": "Дәліздер", "member": "Қазақстан", "exchange": "Алмасу"},
    "en": {"overview": "Overview", "matrix": "Corridors", "member": "Kazakhstan", "exchange": "Exchange"},
}
WIDEST_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_a_head_of_unit_signs_in_and_reads_in_each_language(visit: Callable[..., Any], language: str) -> None:
    """Sign-in, overview, matrix, member and exchange, one after the other, each with its heading."""
    window = visit(viewport=WIDE)
    page = window.sign_in("head")
    for name, heading in HEADINGS[language].items():
        separator = "&" if "?" in DASHBOARD[name] else "?"
        window.open(f"{DASHBOARD[name]}{separator}lang={language}")
        window.picture(f"{name}-{language}")

        assert page.locator("h1").inner_text() == heading
        assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "viewport"), [("narrow", NARROW), ("projector", PROJECTOR)])
def test_no_page_scrolls_sideways(
    visit: Callable[..., Any], scheme: str, size: str, viewport: dict[str, int]
) -> None:
    """At 360 pixels a wide table scrolls inside its own frame, never the page; light and dark."""
    window = visit(viewport=viewport, color_scheme=scheme)
    page = window.sign_in("head")
    for name, path in DASHBOARD.items():
        window.open(path)
        window.picture(f"{name}-{size}-{scheme}")

        assert page.evaluate(WIDEST_OVERFLOW) <= 0, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(visit: Callable[..., Any], scheme: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1, 3 to 1 for large text, computed from what the browser really draws."""
    window = visit(viewport=WIDE, color_scheme=scheme)
    page = window.sign_in("aigerim")
    for path in (*DASHBOARD.values(), "/workspace", "/workspace/upload", "/workspace/3", "/account"):
        window.open(path)

        assert page.evaluate(TOO_FAINT) == [], path


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(visit: Callable[..., Any]) -> None:
    """The first Tab is the skip link; it leads to the content, and the focus is visible."""
    window = visit(viewport=WIDE)
    page = window.sign_in("head")
    window.open("/corridors")
    page.keyboard.press("Tab")
    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert width == "3px"
    assert page.evaluate("document.getElementById('content').contains(document.activeElement)")


def test_an_analyst_uploads_without_scripts(visit: Callable[..., Any], tmp_path: Path) -> None:
    """From the workspace to the receipt, then out again, with JavaScript switched off."""
    file = write_csv(tmp_path / "торговля 2017.csv", [trade("KZ", "RU", "OUT", "12.50", "2017")])
    window = visit(viewport=WIDE, java_script_enabled=False)
    page = window.sign_in("aigerim")
    page.click("nav a[href='/workspace']")
    page.click("a[href='/workspace/upload']")
    page.select_option("#dataflow", "DECLARED_FLOW")
    page.check("#mode-append")
    page.set_input_files("#file", file)
    page.click("main form button")
    page.wait_for_selector("[role=status]")
    window.picture("receipt")

    assert page.locator("[role=status]").count() == 1
    assert page.locator("dd.file-name").inner_text().startswith("торговля 2017.csv")

    page.click("form[action='/sign-out'] button")

    page.wait_for_selector("#password")


def test_the_validation_report_shows_hostile_values_as_text(visit: Callable[..., Any]) -> None:
    """No element and no script comes out of a file's name or a cell."""
    window = visit(viewport=WIDE)
    page = window.sign_in("aigerim")
    window.open("/workspace/3")
    window.picture("report")

    assert page.locator(".violations tbody tr").count() == 2
    assert page.locator("main img, main script:not([src]), main b").count() == 0
    assert "onerror" in page.locator(".in-file").inner_text()


def test_the_language_chosen_in_the_header_is_kept(visit: Callable[..., Any]) -> None:
    """One click, the same page, and the next page too."""
    window = visit(viewport=WIDE)
    page = window.sign_in("inspector")
    window.open("/corridors?dataflow=DECLARED_FLOW")
    page.click("button[value=kk]")
    page.wait_for_selector("html[lang=kk]")

    assert page.locator("h1").inner_text() == "Дәліздер"
    assert "dataflow=DECLARED_FLOW" in page.url

    window.open("/audit")
    window.picture("audit-kk")

    assert page.locator("h1").inner_text() == "Аудит журналы"


def test_a_first_view_is_small(visit: Callable[..., Any]) -> None:
    """Page, style sheet, icon and scripts together stay below 150 KiB, uncompressed; the chart library apart."""
    window = visit(viewport=WIDE)
    page = window.sign_in("head")
    window.open("/corridors?dataflow=DECLARED_FLOW")
    octets = page.evaluate("""() => performance.getEntries()
        .filter(entry => !entry.name.includes('/built/charts-'))
        .reduce((sum, entry) => sum + (entry.decodedBodySize || 0), 0)""")

    assert 0 < octets < 150 * 1024


# Contrast as WCAG 2.2 defines it, for each text on the ground that is really behind it.
TOO_FAINT = """() => {
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *:not(svg *)')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    const box = element.getBoundingClientRect();
    if (!own || box.width < 2 || box.height < 2 || element.closest('.hidden, .skip')) continue;
    const style = getComputedStyle(element);
    const [one, two] = [luminance(parts(style.color).slice(0, 3)), luminance(ground(element))];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 600);
    const shown = element.textContent.slice(0, 30);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${element.className} ${ratio.toFixed(2)} ${shown}`);
  }
  return faint;
}"""
