"""schemas.mapping and the reading of map files."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from schemas.errors import InvalidDefinition
from schemas.mapping import Relation
from schemas.maps import read_map
from tests.support.builders_maps import a_map

HEADER = """
id = "KZ_TEST"
version = "1.2.0"
area = "KZ"
national_list = "KZ_ARTICLES"
shared_list = "CL_TEST"
shared_version = "1.0.0"
valid_from = 2015-01-01
proposed_by = "aigul"
approved_by = "bolat"
approved_at = 2026-03-01
"""
ENTRIES = """code,relation,shared,weight,ru,valid_to,source
188,broad,A1,,Кража,,art. 188
190,narrow,A2,0.25,Мошенничество,2019-12-31,art. 190
190,narrow,A1,3/4,Мошенничество,2019-12-31,art. 190
218,none,,,Легализация,,art. 218
"""


def test_a_map_is_read_from_header_and_entries() -> None:
    """Dates, labels, exact weights and the line of the file arrive."""
    read = read_map(HEADER, ENTRIES)

    assert (read.version_key, read.valid_from, read.is_approved) == ((1, 2, 0), dt.date(2015, 1, 1), True)
    assert [entry.weight for entry in read] == [None, Fraction(1, 4), Fraction(3, 4), None]
    assert [entry.row for entry in read] == [2, 3, 4, 5]
    assert read.entries[3].relation is Relation.NONE
    assert read.entries[3].shared is None
    assert read.national_codes().code("190").valid_to == dt.date(2019, 12, 31)
    assert read.national_codes().label("188", "ru") == "Кража"


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    """Spreadsheets write one."""
    assert len(read_map(HEADER, "\ufeff" + ENTRIES)) == 4


def test_every_unreadable_line_is_named() -> None:
    """One look is enough to correct the file."""
    entries = (
        "code,relation,shared,weight,valid_to\n1,same,A,,\n2,narrow,A1,half,\n3,exact,A,,31.12.2019\n"
        ",none,,,\n5,none,,,,,\n"
    )

    with pytest.raises(InvalidDefinition) as refused:
        read_map(HEADER, entries)

    assert [fault.split(":")[0] for fault in refused.value.context["faults"]] == [  # type: ignore[attr-defined]
        "line 2", "line 3", "line 4", "line 5", "line 6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "entries", "named"),
    [
        ("id = ", ENTRIES, "header"),
        ("", ENTRIES, "version is absent"),
        (HEADER + "colour = 'red'\n", ENTRIES, "colour is unknown"),
        (HEADER.replace("2015-01-01", "'2015'"), ENTRIES, "valid_from is not a date"),
        (HEADER, "code;relation;shared\n", "no column relation"),
        (HEADER, "code,relation,shared,colour\n", "unknown column colour"),
        (HEADER.replace("1.2.0", "1.2"), ENTRIES, "'1.2'"),
        (HEADER + "valid_to = 2014-01-01\n", ENTRIES, "ends before it begins"),
    ],
)
def test_what_is_no_map_is_refused_by_name(header: str, entries: str, named: str) -> None:
    """The refusal says which part cannot be read."""
    with pytest.raises(InvalidDefinition, match=named):
        read_map(header, entries)


def test_the_digest_covers_every_line_and_no_order() -> None:
    """A changed weight is another map; a sorted file is the same one."""
    one = a_map("1 exact B", "2 narrow A1 1/3", "2 narrow A2 2/3")

    assert one.digest == a_map("2 narrow A2 2/3", "2 narrow A1 1/3", "1 exact B").digest
    assert one.digest != a_map("1 exact B", "2 narrow A1 2/3", "2 narrow A2 1/3").digest
    assert one.digest != a_map("1 exact B", "2 narrow A1 1/3", "2 narrow A2 2/3", version="1.0.1").digest


@pytest.mark.parametrize(
    ("changes", "is_approved"),
    [
        ({}, True),
        ({"approved_by": "draft"}, False),
        ({"approved_by": "aigul"}, False),
        ({"approved_at": None}, False),
    ],
)
def test_only_another_person_on_a_day_approves(changes: dict[str, object], *, is_approved: bool) -> None:
    """A draft, one's own approval, and one without a day are none."""
    assert a_map("1 exact B", **changes).is_approved is is_approved


def test_relations_have_the_names_of_skos() -> None:
    """W3C SKOS Reference, section 10: the five mapping properties."""
    assert [relation.skos for relation in Relation] == [
        "exactMatch", "broadMatch", "narrowMatch", "closeMatch", "relatedMatch", "",
    ]  # fmt: skip
