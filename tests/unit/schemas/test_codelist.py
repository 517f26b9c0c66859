"""schemas.codelist."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.codelist import Code, Codelist
from schemas.errors import InvalidDefinition, UnknownDefinition

LABELS = {"ru": "рубль", "kk": "рубль", "en": "rouble"}


def a_list(*codes: Code) -> Codelist:
    """A list of the given codes."""
    return Codelist("IRAC", "CL_TEST", "1.0.0", codes)


def test_a_list_iterates_counts_and_contains() -> None:
    """A code list behaves as the ordered collection it is."""
    codes = a_list(Code("B", LABELS), Code("A", LABELS, parent="B"))

    assert [code.id for code in codes] == ["B", "A"]
    assert codes.ids == ("B", "A")
    assert len(codes) == 2
    assert "A" in codes
    assert "C" not in codes


def test_a_label_is_found_by_language_and_its_absence_is_said() -> None:
    """Unknown codes and unknown languages are refused, each with its context."""
    codes = a_list(Code("A", LABELS))

    assert codes.label("A", "en") == "rouble"
    with pytest.raises(UnknownDefinition, match="no such code"):
        codes.label("Z", "en")
    with pytest.raises(UnknownDefinition, match="no label"):
        codes.label("A", "fr")


def test_a_code_is_valid_within_its_dates() -> None:
    """Both ends of the validity belong to it."""
    code = Code("BYN", LABELS, valid_from=dt.date(2016, 7, 1), valid_to=dt.date(2030, 1, 1))

    assert code.is_valid_on(dt.date(2016, 7, 1))
    assert code.is_valid_on(dt.date(2030, 1, 1))
    assert not code.is_valid_on(dt.date(2016, 6, 30))
    assert not code.is_valid_on(dt.date(2030, 1, 2))


def test_codes_are_found_by_attribute() -> None:
    """Attributes select codes in the order of the list."""
    codes = a_list(Code("A", LABELS, attributes={"member": "cis"}), Code("B", LABELS))

    assert [code.id for code in codes.where("member", "cis")] == ["A"]


def test_a_suggestion_is_made_only_when_one_code_is_meant() -> None:
    """Another spelling, a label or an attribute suggests a code; two candidates suggest none."""
    codes = a_list(
        Code("KZ", {"en": "Kazakhstan"}, attributes={"alpha3": "KAZ", "member": "cis"}),
        Code("KG", {"en": "Kyrgyzstan"}, attributes={"alpha3": "KGZ", "member": "cis"}),
    )

    assert [codes.suggestion(text) for text in ("kz", " KAZAKHSTAN ", "kgz", "cis", "x")] == [
        "KZ",
        "KZ",
        "KG",
        None,
        None,
    ]


def test_aliases_name_a_code_and_numbers_do_not() -> None:
    """398 is Kazakhstan and the tenge, 643 Russia and the rouble: a number is nobody's name."""
    codes = a_list(
        Code("KZ", {"en": "Kazakhstan"}, attributes={"num": "398", "aliases": "Казақ елі|Qazaqstan"})
    )

    assert codes.named("qazaqstan") == codes.named("КАЗАҚ  ЕЛІ") == "KZ"
    assert codes.named("398") is None
    assert codes.suggestion("398") is None
    assert codes.named("Казақ елі|Qazaqstan") is None


def test_the_national_counterpart_of_a_marking_is_not_its_name() -> None:
    """Only attributes that are names are names."""
    codes = a_list(Code("NATIONAL", {"en": "National"}, attributes={"equivalent_ru": "ДСП"}))

    assert codes.named("ДСП") is None
    assert codes.suggestion("ДСП") is None


def a_tree() -> Codelist:
    """A list of four levels and a lonely code."""
    return a_list(
        Code("A", LABELS),
        Code("AA", LABELS, parent="A"),
        Code("AAA", LABELS, parent="AA"),
        Code("AAAA", LABELS, parent="AAA"),
        Code("AB", LABELS, parent="A"),
        Code("B", LABELS),
    )


def test_codes_know_their_place_in_the_hierarchy() -> None:
    """Children in the order of the list, ancestors from the nearest, levels from one, leaves without children."""
    tree = a_tree()

    assert [code.id for code in tree.children(None)] == ["A", "B"]
    assert [code.id for code in tree.children("A")] == ["AA", "AB"]
    assert tree.children("B") == ()
    assert [code.id for code in tree.ancestors("AAAA")] == ["AAA", "AA", "A"]
    assert tree.ancestors("A") == ()


def test_the_place_of_an_unknown_code_is_refused() -> None:
    """No code, no place."""
    for place in (a_tree().children, a_tree().ancestors):
        with pytest.raises(UnknownDefinition):
            place("C")


@pytest.mark.parametrize(
    "codes",
    [
        (Code("A", LABELS), Code("A", LABELS)),
        (Code("A", LABELS, parent="B"),),
        (Code("A", LABELS, parent="A"),),
        (Code("A", LABELS, parent="B"), Code("B", LABELS, parent="A")),
        (
            Code("1", LABELS),
            *(Code(str(level), LABELS, parent=str(level - 1)) for level in range(2, 6)),
        ),
    ],
    ids=["twice", "unknown parent", "own parent", "circle", "fifth level"],
)
def test_a_list_that_contradicts_itself_cannot_be_constructed(codes: tuple[Code, ...]) -> None:
    """Ids are unique, and parents are codes of the list, in no circle and on at most four levels."""
    with pytest.raises(InvalidDefinition):
        a_list(*codes)


def test_a_code_that_contradicts_itself_cannot_be_constructed() -> None:
    """A padded id and a validity that ends before it begins are refused."""
    with pytest.raises(InvalidDefinition):
        Code(" A", LABELS)
    with pytest.raises(InvalidDefinition):
        Code("A", LABELS, valid_from=dt.date(2017, 1, 1), valid_to=dt.date(2016, 1, 1))


def test_a_list_that_ends_before_it_begins_cannot_be_constructed() -> None:
    """The validity of a version is checked like that of a code."""
    begin, end = dt.date(2026, 1, 1), dt.date(2025, 12, 31)

    with pytest.raises(InvalidDefinition, match="ends before"):
        Codelist("IRAC", "CL_TEST", "1.0.0", (), valid_from=begin, valid_to=end)
