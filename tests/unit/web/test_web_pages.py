"""What the pages show: the same in three languages, escaped, with the evidence beside every figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

READ = (
    "/",
    "/corridors",
    "/corridors?dataflow=DECLARED_FLOW",
    "/corridors/KZ/BY",
    "/corridors/KZ/BY?dataflow=DECLARED_FLOW",
    "/corridors/KZ/LV",
    "/typologies",
    "/warnings",
    "/assessment",
    "/members/KZ",
    "/members/BY",
    "/members/RU",
    "/coverage",
    "/coverage?member=KZ",
    "/exchange",
    "/methods",
    "/methods/B6",
    "/methods/models",
    "/methods/models/cross_border_1",
    "/account",
)
WORKED = ("/workspace", "/workspace/upload", "/workspace/3", "/workspace/4")
VOID = {"meta", "link", "input", "br", "rect", "line", "circle"}


class Markup(HTMLParser):
    """Collects what must not be in a page, and whether its elements are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(html)
        self.faults += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        names = {name for name, _ in attrs}
        is_module = tag == "script" and (dict(attrs).get("src") or "").startswith("/static/")
        if (
            "style" in names
            or (tag in {"style", "script", "img", "iframe"} and not is_module)
            or any(n[:2] == "on" for n in names)
        ):
            self.faults.append(f"<{tag} {sorted(names)}>")
        self.faults += [
            f"{name}={value}" for name, value in attrs if value and re.match(r"(https?:)?//", value)
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element closed at once."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close an element; optional end tags are written in these pages too."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
@pytest.mark.parametrize("path", [*READ, *WORKED])
def test_every_page_opens_in_every_language(pages: Any, path: str, language: str) -> None:
    """Well-formed, marked with its language, and with nothing that the security policy would have to stop."""
    login = "aigerim" if path in WORKED else "head"
    separator = "&" if "?" in path else "?"

    answer = pages.as_person(login).get(f"{path}{separator}lang={language}")

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert Markup(answer.text).faults == []
    assert len(answer.content) < 100_000
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", READ)
def test_every_table_is_named_and_its_heads_say_what_they_head(pages: Any, path: str) -> None:
    """A screen reader says which table it is, and which row and column a cell stands in."""
    html = pages.as_person("head").get(path).text

    assert html.count("<table") == html.count("<caption")
    assert [head for head in re.findall(r"<th\b[^>]*>", html) if "scope=" not in head] == []
    assert html.count("<h1>") == 1


def test_zero_withheld_and_not_shared_are_told_apart_without_colour(pages: Any) -> None:
    """Each kind has its own sign, its own words for those who hear the page, and its line in the legend."""
    browser = pages.as_person("head")
    declared = browser.get("/corridors?dataflow=DECLARED_FLOW&FLOW_DIRECTION=OUT&TIME_PERIOD=2012").text
    suspicious = browser.get("/corridors?dataflow=SUSPICIOUS_FLOW&MEASURE=N_STR").text

    assert re.search(r'cell-exact[^>]*><a[^>]*>\s*<span title="100.50[^"]*USD">10[01]</span>', declared)
    assert re.search(r'cell-zero"><a[^>]*>\s*<span title="zero">0</span>', declared)
    assert re.search(r'cell-not_shared"><a[^>]*>\s*<span title="not shared"><span [^>]*>○</span>', declared)
    assert re.search(r'cell-withheld"><a[^>]*>\s*<span class="withheld-value"', suspicious)
    assert "▨" in suspicious
    for words in (
        "exactly zero",
        "withheld; the value lies between",
        "was not collected",
        "not shared by this",
    ):
        assert words in declared


def test_what_is_withheld_is_shown_as_an_interval_and_never_as_a_number(pages: Any) -> None:
    """The single report to RU: the page knows that it lies somewhere, not that it is one."""
    html = pages.as_person("head").get("/corridors?dataflow=SUSPICIOUS_FLOW&MEASURE=N_STR").text
    cell = re.search(r"cell-withheld.*?</td>", html, re.DOTALL)

    assert cell is not None
    assert re.search(r"(0\u20131|≥\u00a00)", cell.group()) or "\u2013" in cell.group()
    assert ">1<" not in cell.group()


def test_both_mirrors_of_a_corridor_stand_beside_one_another(
    pages: Any, visible: Callable[[str], str]
) -> None:
    """KZ says it sent 100.50, BY says it received 250: both, and the asymmetry computed from them."""
    text = visible(pages.as_person("head").get("/corridors/KZ/BY?dataflow=DECLARED_FLOW").text)

    assert "100.50" in text
    assert "250" in text
    assert "Mirror asymmetry" in text
    assert "Trade gap" in text


def test_every_offered_choice_leads_to_a_figure(pages: Any) -> None:
    """Following any link of the choices shows a matrix, never an empty page."""
    browser = pages.as_person("head")
    seen, waiting = set(), ["/corridors"]
    while waiting:
        path = waiting.pop()
        html = browser.get(path).text
        assert 'class="matrix"' in html
        links = re.findall(r'href="(/corridors\?[^"]+)"', html)
        fresh = {link.replace("&amp;", "&") for link in links} - seen
        seen |= fresh
        waiting += sorted(fresh)

    assert len(seen) > 5


def test_a_choice_that_does_not_exist_falls_back_to_one_that_does(pages: Any) -> None:
    """An old address, or one typed by hand, still shows something."""
    answer = pages.as_person("head").get("/corridors?dataflow=NONE&TIME_PERIOD=1812&MEASURE=<x>")

    assert answer.status_code == 200
    assert 'class="matrix"' in answer.text


def test_every_panel_says_how_old_whose_and_verified_how(pages: Any, visible: Callable[[str], str]) -> None:
    """Data age, coverage and verification stand under the figures, with the bundles they came from."""
    for path in (
        "/",
        "/corridors?dataflow=DECLARED_FLOW",
        "/corridors/KZ/BY?dataflow=DECLARED_FLOW",
        "/members/BY",
    ):
        text = visible(pages.as_person("head").get(path).text)

        assert "Data age" in text
        assert "Coverage" in text
        assert "at least 2 officers signed each" in text


def test_a_number_leads_to_its_formula_and_its_bundles(pages: Any) -> None:
    """From the corridor to the figure, from the figure to the bundle, from the bundle to who signed it."""
    browser = pages.as_person("head")
    corridor = browser.get("/corridors/KZ/BY?dataflow=DECLARED_FLOW").text
    link = re.search(r'href="(/figure\?[^"]+)"', corridor)
    assert link is not None

    figure = browser.get(link.group(1).replace("&amp;", "&")).text
    assert "ln(" in figure
    bundle_link = re.search(r'href="(/bundles/sha256:[0-9a-f]{64})"', figure)
    assert bundle_link is not None

    bundle = browser.get(bundle_link.group(1)).text
    assert "2 officers' keys" in bundle.replace("&#39;", "'")
    assert "AGG" in bundle
    assert "Place in the log" in bundle


def test_the_exchange_says_the_reason_and_the_next_step_for_every_peer(own_pages: Any) -> None:
    """A rung of the ladder comes with why, and with what to do, in words."""
    html = own_pages.as_person("olga").get("/exchange?lang=ru").text

    assert html.count("Что делать:") == 2
    assert html.count("свежий") >= 2
    assert "Ничего делать не нужно." in html


def test_hostile_names_and_values_show_as_text(pages: Any) -> None:
    """A file's name and a cell's value are somebody else's words: they are shown, and do nothing."""
    html = pages.as_person("aigerim").get("/workspace/3").text

    assert "&lt;b onmouseover=alert(1)&gt;" in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "<img" not in html
    assert "<b onmouseover" not in html


@pytest.mark.parametrize(
    "path", ["/nothing", "/members/XX", "/bundles/sha256:0", "/workspace/999999", "/figure"]
)
def test_an_address_that_leads_nowhere_says_so_calmly(pages: Any, path: str) -> None:
    """Status 404, a page in the reader's language, a way on."""
    answer = pages.as_person("boris").get(f"{path}?lang=ru")

    assert answer.status_code == 404
    assert "<h1>Такой страницы нет</h1>" in answer.text
    assert 'href="/"' in answer.text


def test_a_fault_shows_a_number_and_nothing_else(
    pages: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person gets the number, the log gets the cause beside the same number."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the ledger")

    monkeypatch.setattr("node.web.pages.dashboard.overview", broken)
    answer = pages.as_person("head").get("/")
    number = re.search(r"Incident ([0-9a-f]{12})", answer.text)

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert number is not None
    assert number.group(1) in capsys.readouterr().out


def test_the_audit_log_is_whole_and_only_the_auditors(pages: Any) -> None:
    """Who did what, newest first, with the proof that nothing is missing."""
    text = pages.as_person("inspector").get("/audit").text

    assert "is whole: each carries the digest" in text
    assert "bundle released" in text
    assert pages.as_person("head").get("/audit").status_code == 403


def test_static_files_are_kept_by_browsers_and_pages_are_not(pages: Any) -> None:
    """The style sheet has its version in its address; a page shows what is true now."""
    browser = pages.stranger()
    href = re.search(r'href="(/static/irac.css\?v=[0-9a-f]+)"', browser.get("/sign-in").text)
    assert href is not None

    answer = browser.get(href.group(1))

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert len(answer.content) < 40_000


def test_the_way_to_our_own_member_keeps_what_was_asked_for(pages: Any) -> None:
    """Language and choice stay in the address."""
    answer = pages.as_person("head").get("/members?lang=kk&facet=x%2Fy")

    assert (answer.status_code, answer.headers["location"]) == (303, "/members/KZ?lang=kk&facet=x%2Fy")


def test_the_overview_says_how_much_waits_and_where(pages: Any, visible: Callable[[str], str]) -> None:
    """A count that leads to the list, and not the list again."""
    page = pages.as_person("boris").get("/").text

    assert re.search(r'class="waiting"><a href="/start">', page)
    assert "Waits for you: 2" in visible(page)  # a submission, and a typology to review
