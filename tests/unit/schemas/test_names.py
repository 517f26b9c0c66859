"""schemas.names."""

from __future__ import annotations

import pytest

from schemas.names import NameIndex, normalised, squeezed


def an_index(*names: tuple[str, str]) -> NameIndex:
    """An index of the given (name, code) pairs; every code is written as its own id."""
    return NameIndex.of(names, {(code, code) for _, code in names})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("  Шпицберген \u2014 «д\u2019Юф» ", 'шпицберген - "д\'юф"'),
        ("Чёрный\u00a0Юг", "ЧЕРНЫЙ ЮГ"),  # noqa: RUF001 - a Cyrillic letter is meant
        ("«Технические» компании", '"технические"  компании'),
        ("O\u02bbzbekiston", "o\u2018zbekiston"),
    ],
    ids=["dash and apostrophe", "ё and no-break space", "quotes", "turned comma"],
)
def test_names_differ_by_neither_case_nor_typography(one: str, other: str) -> None:
    """What an office programme changes on its own does not make another name."""
    assert normalised(one) == normalised(other)


def test_letters_make_another_name() -> None:
    """A letter more or less is a different name, whatever it was meant to be."""
    assert normalised("Нигер") != normalised("Нигерия")
    assert normalised("Kazakstan") != normalised("Kazakhstan")


def test_squeezing_leaves_letters_and_digits_of_one_alphabet() -> None:
    """Signs, case and look-alike capitals of the other alphabet do not tell codes apart."""
    assert squeezed("DCO-09") == squeezed("dco09") == "DCO09"
    assert squeezed("\u0422\u041c 01") == "TM01"


def test_a_name_of_two_codes_names_neither() -> None:
    """Nothing is chosen by the order of a list."""
    index = an_index(("Rouble", "BYN"), ("rouble", "RUB"), ("Tenge", "KZT"))

    assert index.named("rouble") is None
    assert index.suggested("rouble") is None
    assert index.named("TENGE") == "KZT"


def test_a_text_that_is_one_codes_name_and_another_codes_id_names_neither() -> None:
    """An id and a name are equal claims."""
    index = an_index(("ALL", "X"), ("Lek", "ALL"))

    assert index.named("ALL") is None
    assert index.named("lek") == "ALL"


def test_ids_are_exact_when_named_and_free_when_suggested() -> None:
    """A word in small letters is not taken for a code: `all` in a table is rarely the Albanian lek."""
    index = an_index(("Albanian lek", "ALL"))

    assert index.named(" ALL ") == "ALL"
    assert index.named("all") is None
    assert index.suggested("all") == "ALL"


def test_a_misspelling_is_suggested_and_never_named() -> None:
    """A person confirms it."""
    index = an_index(("Kazakhstan", "KZ"), ("Kyrgyzstan", "KG"))

    assert index.suggested("Kazahkstan") == "KZ"
    assert index.named("Kazahkstan") is None


def test_no_suggestion_is_made_between_two_near_names() -> None:
    """`Nigera` may be either."""
    index = an_index(("Niger", "NE"), ("Nigeria", "NG"))

    assert index.suggested("Nigera") is None


@pytest.mark.parametrize(
    "text", ["", "   ", "—", "***", "Ира", "398", "x" * 10_000, "something else altogether"]
)
def test_what_is_no_name_suggests_nothing(text: str) -> None:
    """Empty, short, endless and foreign texts are left alone."""
    index = an_index(("Иран", "IR"), ("Ирак", "IQ"), ("Kazakhstan", "KZ"))

    assert index.suggested(text) is None
    assert index.named(text) is None
