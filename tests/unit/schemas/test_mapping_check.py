"""schemas.mapping_check: every fault of a map is named."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.codelist import Code, Codelist
from schemas.errors import InvalidDefinition
from schemas.mapping_check import check_map, check_versions, refuse_faulty
from tests.support.builders_maps import a_list, a_map


def faults(*lines: str, **changes: object) -> list[tuple[str, str | None]]:
    """Give the rules broken by these lines, and where."""
    return [(fault.rule, fault.value) for fault in check_map(a_map(*lines, **changes), a_list())]


def test_a_map_without_a_fault_has_none() -> None:
    """Each relation once, with related beside another and weights that add up."""
    assert faults(
        "1 exact B", "2 broad A1", "3 narrow A1", "3 narrow A2b", "4 close C", "4 related B", "5 none",
        "6 narrow A2a 1/3", "6 narrow A2b 2/3", "7 narrow A1 0.5", "7 narrow C 0.5", "8 related A",
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [("map.empty", "KZ_TEST")]),
        (["1 broad Q"], [("map.shared_unknown", "Q")]),
        (["1 broad _T"], [("map.shared_reserved", "_T")]),
        (["1 broad _X"], [("map.shared_reserved", "_X")]),
        (["1 broad"], [("map.shared_missing", "1")]),
        (["1 none B"], [("map.shared_given", "B")]),
        (["1 related B", "1 related B"], [("map.entry_repeated", "1")]),
        (["1 exact B", "1 exact C"], [("map.double_counting", "1"), ("map.exact_twice", "1")]),
        (["1 broad A", "1 broad B"], [("map.double_counting", "1")]),
        (["1 close A1", "1 broad A"], [("map.double_counting", "1")]),
        (["1 exact A", "1 narrow A1"], [("map.contradiction", "1")]),
        (["1 none", "1 broad B"], [("map.contradiction", "1")]),
        (["1 exact B", "2 exact B"], [("map.overlap", "2")]),
        (["1 exact B", "2 broad B"], [("map.overlap", "2")]),
        (["1 exact A", "2 broad A2a"], [("map.overlap", "2")]),
        (["1 exact A2", "2 narrow A2a", "2 narrow A2b"], [("map.overlap", "2"), ("map.overlap", "2")]),
        (["1 exact A2a", "2 narrow A1", "2 narrow A2"], [("map.overlap", "2")]),
        (["1 narrow A2", "1 narrow A2a"], [("map.targets_nested", "1")]),
        (["1 narrow A1", "1 narrow B"], [("map.no_ancestor", "1")]),
        (["1 narrow B"], [("map.no_ancestor", "1")]),
        (["1 narrow A1 1/3", "1 narrow A2 1/3"], [("map.weights_sum", "1")]),
        (["1 narrow A1 1", "1 narrow A2"], [("map.weights_partial", "1")]),
        (["1 narrow A1 0", "1 narrow A2 1"], [("map.weight_range", "0")]),
        (["1 broad A1 1/2"], [("map.weight_unused", "1")]),
        (["1 narrow A1 1/999999937", "1 narrow A2 999999936/999999937", "1 narrow B 1/2"], None),
    ],
)
def test_each_fault_is_named_at_its_code(lines: list[str], expected: list[tuple[str, str]] | None) -> None:
    """One rule for each way to lose a quantity, to count it twice, or to say what cannot be."""
    if expected is None:
        assert {rule for rule, _ in faults(*lines)} == {"map.weights_sum", "map.weights_fine"}
    else:
        assert faults(*lines) == expected


def test_an_adversarial_map_is_refused_with_every_fault() -> None:
    """Overlaps, gaps and double counting planted together are all found, and the map is not applied."""
    national = Codelist("KZ", "KZ_ARTICLES", "1", tuple(Code(code, {}) for code in "123456789"))
    planted = a_map(
        "1 exact A", "1 narrow A1",  # the same and wider at once
        "2 exact B", "2 exact C",  # two exact matches
        "3 broad A", "3 broad B",  # counted in full twice; and inside what 1 and 2 are
        "4 narrow A1 0.5", "4 narrow A2 0.4",  # a tenth is lost
        "5 none", "5 close C",  # nothing and something
        "6 broad DCO99",  # no such code
        "99 none",  # no such article; 7, 8 and 9 are forgotten
        approved_by="aigul",
    )  # fmt: skip

    found = check_map(planted, a_list(), national)

    assert {(fault.rule, fault.value) for fault in found if fault.severity == "error"} == {
        ("map.contradiction", "1"),
        ("map.exact_twice", "2"),
        ("map.double_counting", "2"),
        ("map.double_counting", "3"),
        ("map.overlap", "3"),
        ("map.overlap", "4"),
        ("map.overlap", "5"),
        ("map.weights_sum", "4"),
        ("map.contradiction", "5"),
        ("map.shared_unknown", "DCO99"),
        ("map.code_unknown", "99"),
        ("map.code_unmapped", "7"),
        ("map.code_unmapped", "8"),
        ("map.code_unmapped", "9"),
        ("map.same_person", "aigul"),
    }
    with pytest.raises(InvalidDefinition) as refused:
        refuse_faulty(planted, a_list(), national)
    named = refused.value.context["faults"]
    assert len(named) == sum(fault.severity == "error" for fault in found)  # type: ignore[arg-type]


def test_a_fault_stands_at_its_line_and_column() -> None:
    """The person who corrects the file is led to the cell."""
    (fault,) = check_map(a_map("1 exact B", "2 broad Q"), a_list())

    assert (fault.row, fault.column) == (3, "shared")


def test_what_is_broader_than_itself_is_a_cycle() -> None:
    """An article and its part that are mapped upside down: every code on the circle is named."""
    national = Codelist("KZ", "KZ_ARTICLES", "1", (Code("1", {}), Code("1.1", {}, "1")))
    upside_down = a_map("1 exact A2a", "1.1 exact A2")

    found = [fault for fault in check_map(upside_down, a_list(), national) if fault.rule == "map.cycle"]

    assert [fault.params["columns"] for fault in found] == [["1", "1.1", "A2", "A2a"]]


def test_a_code_outside_the_validity_of_the_map_may_be_left_out() -> None:
    """An article repealed before the map begins, or added after it ends, needs no line."""
    day = dt.date(2015, 1, 1)
    national = Codelist(
        "KZ",
        "KZ_ARTICLES",
        "1",
        (
            Code("1", {}),
            Code("2", {}, valid_to=dt.date(2014, 12, 31)),
            Code("3", {}, valid_from=dt.date(2020, 1, 1)),
            Code("4", {}, valid_to=day),
        ),
    )
    mapped = a_map("1 exact B", valid_from=day, valid_to=dt.date(2019, 12, 31))

    found = check_map(mapped, a_list(), national)

    assert [(fault.rule, fault.value) for fault in found] == [("map.code_unmapped", "4")]


def test_a_map_made_for_another_list_is_refused() -> None:
    """Another list, or another first number of its version; a newer addition is fine."""
    mapped = a_map("1 exact B")

    assert check_map(mapped, a_list(version="1.4.0")) == ()
    assert [fault.rule for fault in check_map(mapped, a_list(version="2.0.0"))] == ["map.list_version"]
    assert [fault.rule for fault in check_map(mapped, a_list(id="CL_OTHER"))] == ["map.list_version"]


def test_a_draft_is_a_warning_and_not_an_error() -> None:
    """It can be tried out; whoever reads the check sees what it is."""
    draft = a_map("1 exact B", approved_by="draft", approved_at=None)

    assert [(fault.rule, fault.severity) for fault in check_map(draft, a_list())] == [
        ("map.not_approved", "warning")
    ]
    refuse_faulty(draft, a_list())


@pytest.mark.parametrize(
    ("ends", "begins", "expected"),
    [
        (dt.date(2019, 12, 31), dt.date(2020, 1, 1), []),
        (dt.date(2019, 12, 31), dt.date(2020, 1, 2), ["map.versions_gap"]),
        (dt.date(2019, 12, 31), dt.date(2019, 12, 31), ["map.versions_overlap"]),
        (None, dt.date(2020, 1, 1), ["map.versions_overlap"]),
    ],
)
def test_versions_follow_one_another_day_by_day(
    ends: dt.date | None, begins: dt.date, expected: list[str]
) -> None:
    """No day has two versions of a map, and none between them has no version."""
    versions = [a_map("1 exact B", version="1.1.0", valid_from=begins), a_map("1 exact B", valid_to=ends)]

    assert [fault.rule for fault in check_versions(versions)] == expected
