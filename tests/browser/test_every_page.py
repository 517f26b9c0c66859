"""Every page of the routes, as a person with every role meets it: a new page is covered by itself.

* The address of a page is one that links lead to from the overview; a page that nothing leads to fails here.
* Languages, colour schemes and widths are combined so that every two choices meet once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser
from starlette.routing import compile_path

from node.web.language import read_languages
from node.web.site import PAGES
from node.web.surface import Rule
from tests.support import page_checks as checks
from tests.support.federation import PASSWORD

pytestmark = pytest.mark.browser

NARROW, WIDE = {"width": 320, "height": 740}, {"width": 1280, "height": 900}
PAPER = {"width": 720, "height": 1000}  # A4 between its margins
WAYS = (
    ("ru", "light", NARROW),
    ("ru", "dark", WIDE),
    ("kk", "light", WIDE),
    ("kk", "dark", NARROW),
    ("en", "light", NARROW),
    ("en", "dark", WIDE),
)
MOST_ADDRESSES = 400
FIRST_VIEW = 150 * 1024
OK = 200
# what a form leads to has a walk of its own: test_upload_walk
AFTER_A_FORM = frozenset({"/workspace/uploads/{ticket}"})
READ = [page for page in PAGES if page.method == "GET" and page.path not in AFTER_A_FORM]
SIGNED_IN = [page.path for page in READ if page.rule is not Rule.EVERYBODY]
STRANGERS = [page.path for page in READ if page.rule is Rule.EVERYBODY]
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')


@pytest.fixture(scope="module")
def everybody(browser: Browser, served: tuple[str, Any], all_roles: str) -> Iterator[dict[str, Any]]:
    """Sign a person with every role in once; gives the state of that browser."""
    address, _ = served
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#login", all_roles)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_selector("header .pages")
    yield context.storage_state()
    context.close()


@pytest.fixture(scope="module")
def addresses(browser: Browser, served: tuple[str, Any], everybody: dict[str, Any]) -> dict[str, str]:
    """Follow links from the overview until every page was met; gives an address for each, "" for a file."""
    base, _ = served
    context = browser.new_context(storage_state=everybody)
    patterns = [(page.path, compile_path(page.path)[0]) for page in READ]
    found: dict[str, str] = {}
    seen, waiting = {"/"}, ["/"]
    asked = 0
    while waiting and asked < MOST_ADDRESSES and len(found) < len(patterns):
        address, asked = waiting.pop(0), asked + 1
        answer = context.request.get(base + address)
        is_page = "text/html" in answer.headers["content-type"] and answer.url == base + address
        if answer.ok:
            found.setdefault(_pattern(address, patterns), address if is_page else "")
        if not is_page:
            continue
        links = [link.replace("&amp;", "&") for link in LINK.findall(answer.text())]
        fresh = [link for link in dict.fromkeys(links) if link not in seen and not link.startswith("/api/")]
        seen.update(fresh)
        # a page not met yet comes before one more of a kind
        waiting = sorted(waiting + fresh, key=lambda link: _pattern(link, patterns) in found)
    context.close()
    return found


def _pattern(address: str, patterns: list[tuple[str, re.Pattern[str]]]) -> str:
    path = address.partition("?")[0]
    return next((pattern for pattern, regex in patterns if regex.match(path)), "")


@pytest.fixture
def window(
    visit: Callable[..., Any], everybody: dict[str, Any], addresses: dict[str, str], pattern: str
) -> Any:
    """Give a window for a page of the routes; skips what is no page: a file, or a way to another page."""
    if pattern in STRANGERS:
        opened, opened.home = visit(), pattern
        return opened
    assert pattern in addresses, (
        f"no link leads to {pattern}: link to it, or show it in the federation of the tests"
    )
    if not addresses[pattern]:
        pytest.skip("a file or a way to another page")
    opened = visit(storage_state=everybody)
    opened.home = addresses[pattern]
    return opened


@pytest.fixture(scope="module")
def english() -> list[str]:
    """Give every text of the catalogue that differs in Russian and in Kazakh, as it stands in English."""
    languages = read_languages()
    catalogue = languages["en"].translations._catalog
    # a text in capitals alone is a code, which pages show as it is
    texts = [text for text in catalogue if isinstance(text, str) and not text.isupper() and "%(" not in text]
    return [text for text in texts if all(languages[code].gettext(text) != text for code in ("ru", "kk"))]


@pytest.mark.parametrize("pattern", [*STRANGERS, *SIGNED_IN])
def test_a_page_holds_in_every_way(window: Any, english: list[str], pattern: str) -> None:
    """Its language whole, no sideways scroll at 320 pixels, small at first sight; a picture is kept of each way."""
    for language, scheme, viewport in WAYS:
        page = window.shows(language, scheme, viewport)
        window.picture(f"pages/{_name(pattern)}-{language}-{scheme}-{viewport['width']}")

        assert window.status == OK
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate(checks.WIDEST_OVERFLOW) <= 0, (language, scheme, viewport)
        if language != "en":
            assert page.evaluate(checks.UNTRANSLATED, english) == [], language
    assert checks.octets(window.page) < FIRST_VIEW


@pytest.mark.parametrize("pattern", [*STRANGERS, *SIGNED_IN])
def test_axe_finds_nothing(window: Any, pattern: str) -> None:
    """Neither against WCAG 2.2 AA, the size of targets among it, nor against good practice."""
    for way in (*WAYS[:2], WAYS[3]):
        assert checks.violations(window.shows(*way)) == [], (pattern, way)


@pytest.mark.parametrize("pattern", SIGNED_IN)
def test_the_focus_is_seen_wherever_the_keyboard_leads(window: Any, pattern: str) -> None:
    """The first steps of the Tab key, on dark ground."""
    assert checks.unseen(window.shows("ru", "dark", WIDE)) == [], pattern


@pytest.mark.parametrize("pattern", SIGNED_IN)
def test_a_page_prints(window: Any, pattern: str) -> None:
    """On paper there is no navigation and no form, and no table or text is cut."""
    page = window.shows("ru", "light", PAPER)
    page.emulate_media(media="print")
    window.picture(f"pages/{_name(pattern)}-print")

    assert page.evaluate(checks.SHOWN_ON_PAPER) == []
    assert page.evaluate(checks.CUT_ON_PAPER) == []
    assert page.evaluate(checks.WIDEST_OVERFLOW) <= 0


def _name(pattern: str) -> str:
    return re.sub(r"[^a-z]+", "-", pattern).strip("-") or "overview"
