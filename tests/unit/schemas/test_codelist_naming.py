"""Names of areas as people write them: what names a state, what only suggests one, and what is left alone."""

from __future__ import annotations

import pytest

from schemas.codelist import ALIAS_SEPARATOR
from schemas.registry import codelist, codelist_ids


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Kazakstan", "KZ"),
        ("Kazahkstan", "KZ"),
        ("Казхстан", "KZ"),
        ("\u041aZ", "KZ"),
        ("Kirgizstan", "KG"),
        ("Kyrgizstan", "KG"),
        ("Киргизия", "KG"),
        ("Росия", "RU"),
        ("Poccия", "RU"),
        ("Russian Federation", "RU"),
        ("Узбекистон", "UZ"),
        ("Uzbekstan", "UZ"),
        ("Белоруссия", "BY"),
        ("Беларусия", "BY"),
        ("Moldavia", "MD"),
        ("Таджикстан", "TJ"),
        ("Туркмения", "TM"),
        ("Azerbajan", "AZ"),
        ("Armeniya", "AM"),
        ("UAE", "AE"),
        ("Turkiye", "TR"),
        ("Кот д'Ивуар", "CI"),
        ("Корея, народная", None),
        ("Korea", None),
        ("Congo", None),
        ("Конго", None),
        ("Nigera", None),
        ("Барлығы", None),
        ("Прочие страны", None),
    ],
)
def test_a_state_is_suggested_when_it_is_clear_which(text: str, area: str | None) -> None:
    """Former names, other languages, slips of the finger; nothing where two states are as near."""
    assert codelist("CL_AREA").suggestion(text) == area


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("  республика  БЕЛАРУСЬ ", "BY"),
        ("Российская Федерация", "RU"),
        ("Qozog'iston", "KZ"),
        ("Объединенные Арабские Эмираты", "AE"),
        ("Iran, Islamic Republic of", "IR"),
        ("KAZ", "KZ"),
        ("kaz", None),
        ("and", None),
        ("Росия", None),
        ("398", None),
        ("", None),
    ],
)
def test_a_state_is_named_by_its_exact_names_only(text: str, area: str | None) -> None:
    """A name may be written in any case and typography; a misspelling, a number or a word names nobody."""
    assert codelist("CL_AREA").named(text) == area


@pytest.mark.parametrize("codelist_id", codelist_ids())
def test_every_label_names_its_own_code(codelist_id: str) -> None:
    """In every language; a label that two codes share names neither."""
    codes = codelist(codelist_id)
    owners: dict[str, set[str]] = {}
    for code in codes:
        for label in {*code.labels.values(), code.id}:
            owners.setdefault(label, set()).add(code.id)

    for label, ids in owners.items():
        assert codes.named(label) == (next(iter(ids)) if len(ids) == 1 else None), label
        assert codes.suggestion(label) == codes.named(label), label


@pytest.mark.parametrize("codelist_id", codelist_ids())
def test_no_alias_is_the_name_of_another_code(codelist_id: str) -> None:
    """An alias adds a name; it never makes one ambiguous."""
    codes = codelist(codelist_id)

    for code in codes:
        aliases = code.attributes.get("aliases", "")
        for alias in aliases.split(ALIAS_SEPARATOR) if aliases else ():
            assert alias == alias.strip() != "", code.id
            assert codes.named(alias) == code.id, alias


@pytest.mark.parametrize(
    ("codelist_id", "text", "code"),
    [
        ("CL_PREDICATE", "DCO-09", "DCO09"),
        ("CL_METHOD", "tm-01", "TM01"),
        ("CL_METHOD", "\u0422\u041c01", "TM01"),
        ("CL_MARKING", "FIU-ONLY", "FIU_ONLY"),
        ("CL_FATF_ITEM", "R10", "R.10"),
        ("CL_CURRENCY", "\u0412YN", "BYN"),
    ],
)
def test_a_code_written_otherwise_is_suggested(codelist_id: str, text: str, code: str) -> None:
    """Signs, case and the keyboard's alphabet are the usual slips in codes."""
    assert codelist(codelist_id).suggestion(text) == code
    assert codelist(codelist_id).named(text) is None
