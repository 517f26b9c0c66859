"""The pages of the register: found by filters, written without a script, kept on errors, compared, step by step."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Callable
from typing import Any

import pytest

from node.services import typologies
from tests.support.described import AUTHOR, DRAFT, OFFICER, REVIEWER, RU, shared, titled
from tests.support.web_figures import HOSTILE_VALUE

REGISTER = "/typologies/register"
OWN, FOREIGN = f"{REGISTER}/KZ-2026-001", f"{REGISTER}/RU-2026-001"
PARAGRAPHS = ("Деньги вносятся на счёт игрока.", "Почти сразу они выводятся.")
SIGNS = ("первый признак", "второй признак")
TYPED = {
    "original": "ru",
    "codes.METHOD": "TM15",
    "texts.ru.title": "Ставки без игры",
    "texts.ru.description": "\r\n".join(PARAGRAPHS),
    "texts.ru.warning_signs": "\r\n".join(("", *SIGNS, "")),
    "texts.kk.title": "Ойынсыз бәс",
    "texts.kk.description": "Ақша ойыншының шотына салынады.",
    "sources": "ЕАГ, открытый отчёт",
}


def test_the_list_shows_own_and_received_with_their_status(pages: Any, visible: Callable[[str], str]) -> None:
    """Without colour: a sign and a word; markup in a title is text."""
    html = pages.as_person("head", "ru").get(f"{REGISTER}?lang=ru").text

    text = visible(pages.as_person("head").get(REGISTER).text)
    assert "○ Proposed" in text
    assert "● Shared" in text
    assert HOSTILE_VALUE not in html
    assert markup.escape(HOSTILE_VALUE) in html
    assert f'href="{OWN}"' in html


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_every_page_of_it_opens_in_every_language(pages: Any, language: str) -> None:
    """The list, an own and a received typology, the editor."""
    browser = pages.as_person("aigerim", language)

    for path in (REGISTER, OWN, FOREIGN, f"{OWN}?version=1", f"{REGISTER}/new", f"{OWN}/edit"):
        answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert (answer.status_code, f'<html lang="{language}">' in answer.text) == (200, True), path


def test_filters_stand_in_the_address_and_lead_to_something(
    pages: Any, visible: Callable[[str], str]
) -> None:
    """Every value offered finds a typology; words are looked for in every language."""
    browser = pages.as_person("head")
    html = browser.get(REGISTER).text
    offered = [
        (name, value)
        for name, options in re.findall(r'<select name="(\w+)">(.+?)</select>', html, re.DOTALL)
        for value in re.findall(r'value="(\w+)"', options)
    ]

    assert {name for name, _ in offered} >= {"METHOD", "status", "originator"}
    for name, value in offered:
        assert 'class="register"' in browser.get(f"{REGISTER}?{name}={value}").text, (name, value)
    assert "RU-2026-001" in browser.get(f"{REGISTER}?text=дроппер").text
    assert "No typology has all of this" in visible(browser.get(f"{REGISTER}?text=nothing+like+it").text)
    assert "Typologies: 2 of 2" in visible(browser.get(f"{REGISTER}?METHOD=TM99&status=x").text)


def test_a_received_typology_offers_no_step(pages: Any, visible: Callable[[str], str]) -> None:
    """Its originator, who signed it and where stand on the page."""
    html = pages.as_person("boris").get(FOREIGN).text

    assert '<form method="post" action="/typologies' not in html
    assert "Another member describes this typology" in visible(html)
    assert "the key of the log of Russia" in visible(html)


def test_a_missing_language_is_the_original_and_marked(pages: Any, visible: Callable[[str], str]) -> None:
    """Beside it the languages that there are."""
    html = pages.as_person("head", "kk").get(f"{FOREIGN}?lang=kk").text

    assert f'<span lang="ru">{RU.title}</span>' in html
    original = pages.as_person("head").get(f"{FOREIGN}?text=ru").text
    assert f'<span lang="ru">{RU.title}</span>' in original
    assert "A translation; the original binds." in visible(pages.as_person("head").get(FOREIGN).text)


def test_two_versions_are_compared_line_by_line(pages: Any, visible: Callable[[str], str]) -> None:
    """What went and what came, told by sign and word."""
    text = visible(pages.as_person("head").get(f"{OWN}?version=2&with=1").text)

    assert f"\N{MINUS SIGN} removed: {RU.title}" in text
    assert "This is an older version" in visible(pages.as_person("head").get(f"{OWN}?version=1").text)


@pytest.mark.parametrize(
    "path", [f"{REGISTER}/KZ-2026-777", f"{OWN}?version=7", f"{OWN}?version=x", f"{OWN}?with=-1"]
)
def test_what_is_not_there_is_said_calmly(pages: Any, path: str) -> None:
    """No such typology, no such version, no number."""
    assert pages.as_person("head").get(path).status_code == 404


def test_a_typology_is_described_without_a_script(own_pages: Any) -> None:
    """A line a sentence; the id is given; the author is told what comes next."""
    browser = own_pages.as_person("aigerim")

    answer = browser.post(f"{REGISTER}/new", TYPED)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{REGISTER}/KZ-2026-002?done=typology_proposed"
    said = own_pages.nodes["KZ"].typologies.entry("KZ-2026-002").newest.description
    assert said.texts["ru"].warning_signs == SIGNS
    assert said.texts["ru"].description == "\n".join(PARAGRAPHS)
    assert set(said.texts) == {"ru", "kk"}
    assert "kept" in browser.get(answer.headers["location"]).text


def test_errors_stand_at_their_fields_and_keep_what_was_typed(
    own_pages: Any, visible: Callable[[str], str]
) -> None:
    """A summary leads to each; nothing is stored."""
    wrong = {
        **TYPED,
        "texts.ru.title": "",
        "texts.kk.description": "Тел. +7 701 123 45 67",
        "codes.METHOD": "TM98",
    }

    answer = own_pages.as_person("aigerim").post(f"{REGISTER}/new", wrong)

    assert answer.status_code == 422
    for name in ("texts-ru-title", "texts-kk-description", "codes-METHOD"):
        assert f'href="#{name}"' in answer.text
        assert f'id="{name}"' in answer.text
        assert f'aria-describedby="{name}-fault"' in answer.text
        assert f'id="{name}-fault"' in answer.text
    assert "Тел. +7 701 123 45 67" in answer.text
    assert "Ойынсыз бәс" in answer.text
    assert "Nothing is stated here." in visible(answer.text)
    assert "reads as a telephone number" in visible(answer.text)
    assert len(own_pages.nodes["KZ"].typologies.entries()) == 1


def test_an_overtaken_edit_keeps_what_was_typed_and_shows_what_changed(
    own_pages: Any, visible: Callable[[str], str]
) -> None:
    """Sent again after that, it becomes the version after the newer one."""
    browser = own_pages.as_person("aigerim")
    sent = {**TYPED, "based_on": "1", "change": "моя правка"}

    refused = browser.post(f"{OWN}/edit", sent)

    assert refused.status_code == 409
    assert "Ставки без игры" in refused.text
    assert "моя правка" in refused.text
    assert "What changed meanwhile" in visible(refused.text)
    assert 'name="based_on" value="2"' in refused.text
    saved = browser.post(f"{OWN}/edit", {**sent, "based_on": "2"})
    assert saved.status_code == 303
    assert [one.number for one in own_pages.nodes["KZ"].typologies.entry("KZ-2026-001").versions] == [1, 2, 3]


def test_the_steps_are_offered_to_who_may_take_them(own_pages: Any) -> None:
    """Review, share and retire by pages alone; the author is offered neither review nor sharing."""
    author, boris, daria = (own_pages.as_person(login) for login in ("aigerim", "boris", "daria"))
    assert f'action="{OWN}/review"' not in author.get(OWN).text
    assert f'action="{OWN}/review"' in boris.get(OWN).text

    assert boris.post(f"{OWN}/review", {"number": "1"}).status_code == 409
    assert boris.post(f"{OWN}/review", {"number": "2"}).status_code == 303
    nobody = daria.post(f"{OWN}/share", {"number": "2"})
    assert (nobody.status_code, "audience-fault" in nobody.text) == (422, True)
    assert daria.post(f"{OWN}/share", {"number": "2", "audience": "BY"}).status_code == 303
    assert own_pages.nodes["KZ"].typologies.entry("KZ-2026-001").audience == ("BY",)
    wrong = daria.post(f"{OWN}/retire", {"reason": "Тел. +7 701 123 45 67"})
    assert (wrong.status_code, "Тел. +7 701 123 45 67" in wrong.text) == (422, True)
    assert daria.post(f"{OWN}/retire", {"reason": "Способ не встречается"}).status_code == 303
    assert f'action="{OWN}' not in daria.get(OWN).text


def test_the_longest_typology_fits_the_form(own_pages: Any) -> None:
    """Three languages, as long as they may be, in letters of two bytes, as a browser sends them."""
    lines = "\r\n".join(["я" * 300] * 20)
    text = {"title": "я" * 200, "description": "я" * 4000, "warning_signs": lines, "measures": lines}
    fields = {
        f"texts.{language}.{name}": value for language in ("ru", "kk", "en") for name, value in text.items()
    }
    browser = own_pages.as_person("aigerim")
    sent = {"form_token": browser.token, "original": "ru", "codes.METHOD": "TM15", **fields}

    answer = browser.ask(
        "POST", f"{REGISTER}/new", files={name: (None, value.encode()) for name, value in sent.items()}
    )

    assert answer.status_code == 303


def test_figures_and_words_lead_to_one_another(own_pages: Any) -> None:
    """From the typologies to the register; only what has figures is linked back."""
    browser = own_pages.as_person("head")

    assert f'href="{REGISTER}"' in browser.get("/typologies").text
    assert 'href="/typologies/TM03"' not in browser.get(OWN).text


def test_a_member_that_has_it_receives_the_next_without_being_asked(own_pages: Any) -> None:
    """The form says so in place of a box."""
    nodes = own_pages.nodes
    typology = shared(nodes, "KZ", "BY", draft=DRAFT).typology
    now = nodes.clock.now
    typologies.edit(nodes["KZ"], AUTHOR, typology, titled("Иначе"), based_on=1, change="x", now=now())
    typologies.review(nodes["KZ"], REVIEWER, typology, number=2, now=now())

    html = own_pages.as_person(OFFICER.login).get(f"{REGISTER}/{typology}").text

    assert 'value="BY"' not in html
    assert 'name="audience" value="RU"' in html
    assert "has an earlier version and receives this one too" in html
