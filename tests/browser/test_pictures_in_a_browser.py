"""Charts saved as files: a whole SVG or PNG, with what it stands on inside, read by readers not ours."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from node.web.static_files import read_manifest
from tests.browser.conftest import PICTURES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not read_manifest(), reason="the charts were not bundled: run `make charts`"),
]

WIDE = {"width": 1280, "height": 900}
MATRIX = "/corridors?dataflow=DECLARED_FLOW&FLOW_KIND=TRADE&PRODUCT=HS27&FLOW_DIRECTION=OUT&lang=en"
CORRIDOR = "/corridors/KZ/BY?dataflow=DECLARED_FLOW&lang=en"
TYPOLOGY = "/typologies/TM02?dataflow=SUSPICIOUS_FLOW&FLOW_DIRECTION=OUT&MEASURE=N_STR&lang=en"
ALARM = "/warnings/series?area=KZ&counterpart=BY&facet=TRADE%2FHS84%2FIN%2FV_DECL%2FDECLARED_FLOW&period=2008&lang=en"
ASSESSED = "/assessment/KZ?lang=en"
SVG = "{http://www.w3.org/2000/svg}"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def saved(visit: Callable[..., Any]) -> Callable[..., bytes]:
    """Give the bytes that a button of a page's chart saves; `before` is what is done on the page first."""

    def save(path: str, chart: str, form: str, *, before: Callable[[Any], None] | None = None) -> bytes:
        window = visit(viewport=WIDE, color_scheme="dark")
        page = window.sign_in("head")
        window.open(path)
        page.wait_for_selector(f"[data-picture={chart}]:not([hidden])")
        if before:
            before(page)
        with page.expect_download() as download:
            page.click(f"[data-picture={chart}] button[value={form}]")
        kept = PICTURES / "saved" / f"{chart}-{download.value.suggested_filename}"
        download.value.save_as(kept)
        assert kept.suffix == f".{form}"
        return kept.read_bytes()

    return save


def drawing(content: bytes) -> tuple[ET.Element, str, dict[str, Any]]:
    """Give an SVG document, every text that it draws, and its notes."""
    root = ET.fromstring(content.decode("utf-8"))
    notes = json.loads(root.findtext(f"{SVG}metadata", ""))
    return root, " ".join(node.text or "" for node in root.iter(f"{SVG}text")), notes


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the chunks of a PNG file, each with its check made (zlib's own)."""
    assert content.startswith(PNG_SIGNATURE)
    at = len(PNG_SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        body = content[at + 4 : at + 8 + length]
        assert struct.unpack_from(">I", content, at + 8 + length) == (zlib.crc32(body),)
        yield body[:4], body[4:]
        at += 12 + length


def texts(content: bytes) -> dict[str, str]:
    """Give the international texts of a PNG file by keyword."""
    found = (body.partition(b"\0") for kind, body in chunks(content) if kind == b"iTXt")
    return {keyword.decode(): rest[4:].decode("utf-8") for keyword, _, rest in found}


def test_the_matrix_is_saved_as_a_drawing_with_everything_it_stands_on(saved: Callable[..., bytes]) -> None:
    """Title, choice, coverage, digests and source stand in the picture; certificates in its notes."""
    root, drawn, notes = drawing(saved(MATRIX, "chart-matrix", "svg"))

    assert root.tag == f"{SVG}svg"
    assert "2012: Declared flow, US dollars" in (root.findtext(f"{SVG}title") or "")
    for said in (
        "Coverage",
        "View (digest of the set of bundles)",
        "vintage",
        "node of Kazakhstan",
        "/corridors?",
    ):
        assert said in drawn, said
    assert notes["filters"]["TIME_PERIOD"] == "2012"
    assert all(one["certificate"].startswith("sha256:") for one in notes["bundles"])
    assert notes["bundles"][0]["digest"].removeprefix("sha256:")[:12] in drawn
    assert not [name for node in root.iter() for name in node.attrib if name.startswith("on")]
    assert all(
        value.startswith(("data:image/png", "#"))
        for node in root.iter()
        for name, value in node.attrib.items()
        if name.rpartition("}")[2] == "href"
    )


def test_the_picture_is_of_the_period_that_the_slider_came_to(saved: Callable[..., bytes]) -> None:
    """One step back: drawing, title and notes speak of the year before."""

    def back(page: Any) -> None:
        page.focus(".slider input")
        page.keyboard.press("ArrowLeft")
        page.wait_for_selector("#matrix:has-text('2011')")

    root, _, notes = drawing(saved(MATRIX, "chart-matrix", "svg", before=back))

    assert "2011" in (root.findtext(f"{SVG}title") or "")
    assert notes["filters"]["TIME_PERIOD"] == "2011"


@pytest.mark.parametrize(
    ("path", "chart", "said"),
    [
        (CORRIDOR, "chart-1", "Kazakhstan says it sent"),
        (TYPOLOGY, "chart-trend", "Russia"),
        (MATRIX, "chart-ranked", "Kazakhstan \N{EN DASH} Belarus"),
        (ALARM, "chart-series", "1988"),
        (ASSESSED, "chart-scores", "Vulnerability"),
        (ASSESSED, "chart-points", "Median of the members"),
    ],
)
def test_every_chart_is_saved_in_both_forms(
    saved: Callable[..., bytes], path: str, chart: str, said: str
) -> None:
    """The drawing names what it draws; the image carries the same notes as texts of its own."""
    root, drawn, notes = drawing(saved(path, chart, "svg"))
    image = saved(path, chart, "png")
    written = texts(image)

    assert said in drawn
    assert [kind for kind, _ in chunks(image)][-1] == b"IEND"
    assert json.loads(written["irac.notes"])["bundles"] == notes["bundles"]
    assert written["Title"] == root.findtext(f"{SVG}title")
    assert "node of Kazakhstan" in written["Description"]


def test_a_kazakh_picture_has_kazakh_numbers(saved: Callable[..., bytes]) -> None:
    """Nine million dollars, whatever the browser knows of the language."""
    _, drawn, _ = drawing(saved(ALARM.replace("lang=en", "lang=kk"), "chart-series", "svg"))

    assert "8\N{NO-BREAK SPACE}млн" in drawn or "9\N{NO-BREAK SPACE}млн" in drawn
    assert "Қазақстан" in drawn


def test_a_picture_that_cannot_be_made_says_so(visit: Callable[..., Any]) -> None:
    """The node gives no notes, as after its session ended: words beside the button, and nothing is saved."""
    window = visit(viewport=WIDE)
    page = window.sign_in("head")
    window.open(CORRIDOR)
    page.wait_for_selector("[data-picture=chart-1]:not([hidden])")
    page.evaluate("document.querySelector('[data-picture]').dataset.notes = '/static/irac.svg?notes'")
    page.click("[data-picture=chart-1] button[value=svg]")
    page.wait_for_selector("[data-picture=chart-1] output:not(:empty)")

    assert "could not be made" in page.locator("[data-picture=chart-1] output").inner_text()


def test_without_scripts_no_picture_is_offered(visit: Callable[..., Any]) -> None:
    """The tables' own files remain."""
    window = visit(viewport=WIDE, java_script_enabled=False)
    page = window.sign_in("head")
    window.open(MATRIX)

    assert not page.locator("[data-picture]").first.is_visible()
    assert page.locator("a[href^='/exports/corridors.xlsx']").is_visible()
