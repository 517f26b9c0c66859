"""A typology from its first word to its end in a browser: without scripts, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.federation import Nodes

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 740}
PHONE = "Тел. +7 701 123 45 67"
REFUSED = "status of 422"


@pytest.fixture
def person(visit: Callable[..., Any]) -> Callable[..., Any]:
    """Give a window that somebody is signed in with, in English."""

    def come(login: str, **options: Any) -> Any:
        window = visit(locale="en-GB", **options)
        window.sign_in(login)
        return window

    return come


def send(page: Any, button: str) -> None:
    """Press a button and wait for what comes of it."""
    with page.expect_navigation():
        page.click(button)


def opened(page: Any, details: str) -> None:
    """Open a part of the form, unless it is open: the person's own language is."""
    closed = page.locator(f"{details}:not([open]) > summary")
    if closed.count():
        closed.click()


def test_a_typology_goes_its_whole_way_without_scripts(
    person: Callable[..., Any], served: tuple[str, Nodes]
) -> None:
    """Described on a narrow screen, refused at the field, corrected, reviewed, shared and retired by three people."""
    window = person("aigerim", java_script_enabled=False, viewport=NARROW)
    page = window.open("/typologies/register?lang=en")
    send(page, "main a.button")
    page.check("#original-ru")
    opened(page, "details#texts-ru")
    page.fill("#texts-ru-title", "Ставки без игры")
    page.fill("#texts-ru-description", PHONE)
    opened(page, "#codes-METHOD details")
    page.check("#codes-METHOD-TM15")
    send(page, "form.editor .buttons button")
    window.picture("register-refused")

    assert page.locator("#texts-ru-description-fault").is_visible()
    assert page.input_value("#texts-ru-title") == "Ставки без игры"
    assert page.is_checked("#codes-METHOD-TM15")
    window.faults[:] = [one for one in window.faults if REFUSED not in one]

    page.fill("#texts-ru-description", "Деньги вносятся на счёт игрока и почти сразу выводятся.")
    send(page, "form.editor .buttons button")
    path = page.url.partition(window.address)[2].partition("?")[0]
    assert page.locator(".typology-proposed").count() >= 1
    for login, act in (("boris", "review"), ("daria", "share"), ("boris", "retire")):
        page = person(login, java_script_enabled=False).open(f"{path}?lang=en")
        if act == "share":
            page.check("#audience-RU")
        if act == "retire":
            page.click("details.step summary")
            page.fill("#reason", "Описана дважды")
        send(page, f"form[action='{path}/{act}'] button")

    assert page.locator(".typology-retired").count() >= 1
    _, nodes = served
    assert nodes["KZ"].typologies.entry(path.rpartition("/")[2]).audience == ("RU",)


def test_a_new_version_is_written_by_keyboard_alone(person: Callable[..., Any]) -> None:
    """From the list to the saved version; what differs is read afterwards."""
    window = person("aigerim")
    page = window.open("/typologies/register/KZ-2026-001?lang=en")

    def reach(selector: str) -> None:
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} was not reached")

    reach("a[href$='/edit']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    reach("#texts-en-title")
    page.keyboard.press("Control+A")
    page.keyboard.type("Cash drawn through mules")
    reach("#change")
    page.keyboard.type("A shorter title")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{page.url.partition('?')[0]}?with=1")

    assert "Cash drawn through mules" in page.inner_text(".differences .added")
