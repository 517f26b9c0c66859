"""risk_models.disclosure.content: reading, masking and telling."""

# ruff: noqa: RUF001 letters that look like others belong to the languages tested
from __future__ import annotations

import time
from itertools import pairwise

import pytest

from risk_models.disclosure.content import Kind, scan_text
from risk_models.disclosure.content.masking import masked
from risk_models.disclosure.content.plain import plain
from risk_models.disclosure.content.text import MAX_TEXT_CHARS

IIN = "010101500003"
DISGUISES = {
    "non-breaking space": "010101\u00a0500003",
    "thin spaces": "0101\u200901\u2009500003",
    "zero width": "0101\u200b0150\u200d0003",
    "soft hyphen": "010101\u00ad500003",
    "full width": "０１０１０１５００００３",
    "Arabic-Indic": "٠١٠١٠١٥٠٠٠٠٣",
    "Extended Arabic-Indic": "۰۱۰۱۰۱۵۰۰۰۰۳",
    "mathematical": "𝟎𝟏𝟎𝟏𝟎𝟏𝟓𝟎𝟎𝟎𝟎𝟑",
    "struck through": "0\u03361\u03360\u03361\u03360\u03361\u03365\u03360\u03360\u03360\u03360\u03363\u0336",
    "non-breaking hyphens": "0101\u201101\u2011500003",
    "line break": "010101\n500003",
    "dots": "0101.0150.0003",
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_number_is_found_however_its_digits_are_written(name: str) -> None:
    """The span is that of the text as it was written."""
    text = f"Клиент {DISGUISES[name]}, резидент"

    (finding,) = scan_text(text)

    assert finding.scheme == "kz.iin"
    assert plain(text[finding.start : finding.end]).text.strip("\u0336").replace(" ", "")[:2] == "01"
    assert text[finding.end - 1 :].lstrip("\u0336")[1:].startswith((",", "\u0336,"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Сергеи\u0306", "Сергей"),  # decomposed, as some systems store it
        ("o\u02bbg\u02bbli", "o'g'li"),
        ("№ 5", "№ 5"),
        ("10\u22125", "10-5"),
        ("Ивaнoв", "Иванов"),  # a and o are Latin
        ("КZ86", "KZ86"),  # its first letter is Cyrillic
        ("a\tb\r\nc", "a b\n\nc"),
    ],
)
def test_a_text_is_read_as_people_read_it(written: str, read: str) -> None:
    """Forms, spaces, dashes, apostrophes and letters of another alphabet."""
    assert plain(written).text == read


@pytest.mark.parametrize(
    ("value", "kind", "excerpt"),
    [
        ("010101500003", Kind.NATIONAL_NUMBER, "01********03"),
        ("N0000001", Kind.DOCUMENT, "N******1"),
        ("12345", Kind.PHONE, "*****"),
        ("Иванов Иван Иванович", Kind.PERSON_NAME, "И*** И*** И***"),
        ("секретно", Kind.MARKING, "секретно"),
    ],
)
def test_an_excerpt_shows_the_place_and_not_the_value(value: str, kind: Kind, excerpt: str) -> None:
    """Two characters at either end at most, initials of a name; a marking is nobody's secret."""
    assert masked(value, kind) == excerpt


def test_findings_are_in_the_order_of_the_text_and_do_not_overlap() -> None:
    """One place is told once, as the kind that stands first."""
    text = f"Иванов Иван Иванович, ИИН {IIN}, test@example.org, карта 4111 1111 1111 1111"

    findings = scan_text(text)

    assert [finding.kind for finding in findings] == ["person_name", "national_number", "email", "card"]
    assert all(one.end <= two.start for one, two in pairwise(findings))


def test_a_text_that_is_too_long_is_found_as_such() -> None:
    """Nothing is looked through in part and called clean."""
    (finding,) = scan_text("а" * (MAX_TEXT_CHARS + 1))

    assert (finding.kind, finding.kind.clearable) == (Kind.UNSCANNED, False)


def test_a_secret_is_never_cleared() -> None:
    """Everything that is personal may be cleared with a reason; a marking and an unread text may not."""
    assert {kind for kind in Kind if not kind.clearable} == {Kind.MARKING, Kind.UNSCANNED}


@pytest.mark.parametrize(
    "piece",
    [
        "8 ",
        "12 34 56 78 ",
        "+1 2 3 4 5 6 7 8 9 0 1 2 ",
        "12.03.2021-",
        "AB12 ",
        "Аа ",
        "a@a.",
        "P<<",
        "ул. А ",
        "счет № ",
        "0\u0336",
    ],
)
def test_hostile_repetition_takes_bounded_time(piece: str) -> None:
    """Twenty thousand characters of the worst that was found; ten times what they take here."""
    text = (piece * 20_000)[:20_000]
    began = time.perf_counter()

    scan_text(text)

    assert time.perf_counter() - began < 15
