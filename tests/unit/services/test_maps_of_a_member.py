"""node.services.maps: a member's own files."""

from __future__ import annotations

import pytest

from node.errors import Invalid
from node.services import maps

KZ = "KZ_PREDICATE"


def test_a_table_is_carried_over_from_csv_and_written_as_csv() -> None:
    """Theft and fraud keep their year; an empty line is no row, an empty cell no value."""
    statistics = "\ufeffYEAR,ARTICLE,OBS_VALUE\n2024,188,10\n2024,190,5\n\n2024,218,\n".encode()

    mapped = maps.applied(maps.packaged(KZ), statistics, "ARTICLE")

    assert maps.as_csv(mapped.table) == (
        "YEAR,ARTICLE,OBS_VALUE,OBS_LOWER,OBS_UPPER,OBS_STATUS,OBS_CLOSE\n"
        "2024,DCO09,5,5,5,A,0\n2024,DCO15,10,10,10,A,0\n2024,_X,,0,,L,0\n"
    )
    assert [one.unknown_rows for one in mapped.coverage] == [1]


@pytest.mark.parametrize(
    ("statistics", "title", "detail"),
    [
        ("ARTICLE,N\n188,1\n", "The table lacks a column, or has one twice", "ARTICLE, N"),
        ("", "The table lacks a column, or has one twice", ""),
        ("ARTICLE,ARTICLE,OBS_VALUE\n", "The table lacks a column, or has one twice", "ARTICLE, ARTICLE"),
        ("ARTICLE,OBS_VALUE\n188,1\n190\n", "A row has more or fewer cells than the header", "Row 3"),
        (
            "ARTICLE,OBS_VALUE\n188,1\n190,1.5\n",
            "A value is not a whole number from zero up",
            "Row 3, OBS_VALUE: 1.5",
        ),
        ("ARTICLE,OBS_VALUE\n188,-1\n", "A value is not a whole number from zero up", "-1"),
        (
            "ARTICLE,MEASURE,OBS_VALUE\n188,RATING,1\n",
            "A measure that does not add up cannot be mapped.",
            "RATING",
        ),
    ],
)
def test_a_table_that_cannot_be_mapped_is_refused_with_its_place(
    statistics: str, title: str, detail: str
) -> None:
    """The row and the column as a spreadsheet shows them."""
    with pytest.raises(Invalid) as refused:
        maps.applied(maps.packaged(KZ), statistics.encode(), "ARTICLE")

    assert refused.value.title == title
    assert detail in refused.value.detail


def test_only_utf8_is_read() -> None:
    """A file of another encoding is refused, not guessed."""
    with pytest.raises(Invalid, match="UTF-8"):
        maps.applied(maps.packaged(KZ), b"ARTICLE,OBS_VALUE\n\xf1\xf2. 188,1\n", "ARTICLE")


def test_a_national_list_is_one_code_a_line() -> None:
    """A header and further cells are allowed; what is not mapped is named."""
    listed = "code,label\n" + "".join(f"{code},x\n" for code in maps.packaged(KZ).by_national) + "\n999,new\n"

    report = maps.check(maps.packaged(KZ), national=listed.encode())

    assert [(fault.rule, fault.value) for fault in report.faults] == [
        ("map.code_unmapped", "999"), ("map.not_approved", "draft"),
    ]  # fmt: skip
    assert not report.is_sound


def test_two_coders_who_agree_are_sound() -> None:
    """The same map twice has a kappa of 1."""
    report = maps.check(maps.packaged(KZ), second=maps.packaged(KZ))

    assert (report.agreement, report.is_sound) == (1, True)
