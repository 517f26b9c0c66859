"""Which language a visitor reads."""

from __future__ import annotations

import pytest

from node.web.language import preferred, read_languages


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("kk-KZ,kk;q=0.9,ru;q=0.8,en;q=0.7", "kk"),
        ("de-DE,de;q=0.9,en;q=0.5", "en"),
        ("en;q=0.1,ru;q=0.9", "ru"),
        ("ru;q=0,en", "en"),
        ("de,fr", "ru"),
        ("", "ru"),
        ("*", "ru"),
        ("en;q=high", "ru"),
        (",;,", "ru"),
    ],
)
def test_the_browser_is_heard_before_sign_in(header: str, expected: str) -> None:
    """Weights of RFC 9110, 12.5.4; nothing that can be spoken gives the default."""
    assert preferred(header, default="ru") == expected


def test_an_endless_header_is_cut() -> None:
    """A header of a megabyte costs no more than one of a line."""
    assert preferred("de," * 400_000 + "kk", default="ru") == "ru"


def test_russian_has_three_plural_forms() -> None:
    """1, 2 and 5 take different forms."""
    translations = read_languages()["ru"].translations
    one, many = "%(num)s bundle behind these figures", "%(num)s bundles behind these figures"

    forms = [translations.ungettext(one, many, number) % {"num": number} for number in (1, 2, 5, 21)]

    assert forms == [
        "1 пакет за этими показателями",
        "2 пакета за этими показателями",
        "5 пакетов за этими показателями",
        "21 пакет за этими показателями",
    ]


def test_a_message_without_translation_is_shown_as_it_is() -> None:
    """A title put together from parts stays English, and is known to be."""
    language = read_languages()["kk"]

    assert language.gettext("Submission 5 is released") == "Submission 5 is released"
    assert not language.knows("Submission 5 is released")
    assert language.gettext("") == ""
