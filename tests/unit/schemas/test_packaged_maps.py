"""The packaged maps: worked examples for three members."""

from __future__ import annotations

import pytest

from schemas import maps
from schemas.errors import UnknownDefinition
from schemas.mapping_check import check_map, check_versions
from schemas.registry import codelist


@pytest.mark.parametrize("map_id", maps.map_ids())
def test_a_packaged_map_has_no_fault_but_that_nobody_approved_it(map_id: str) -> None:
    """It is sound, and it says of itself that it is an example."""
    packaged = maps.code_map(map_id)

    found = check_map(packaged, codelist(packaged.shared_list), packaged.national_codes())

    assert [fault.rule for fault in found] == ["map.not_approved"]
    assert not packaged.verified
    assert check_versions(maps.versions_of(map_id)) == ()


@pytest.mark.parametrize("map_id", maps.map_ids())
def test_every_line_of_a_packaged_map_has_its_source_and_a_label(map_id: str) -> None:
    """A reader can look the article up."""
    packaged = maps.code_map(map_id)

    assert [entry.national for entry in packaged if entry.national not in entry.source] == []
    assert [entry.national for entry in packaged if not entry.labels.get("ru")] == []
    assert packaged.labels.keys() == {"ru", "kk", "en"}


def test_three_members_have_a_map_of_predicate_offences() -> None:
    """Kazakhstan, Russia and Belarus, each under its area."""
    assert {one.area for one in maps.maps_of(shared_list="CL_PREDICATE")} >= {"KZ", "RU", "BY"}
    assert [one.id for one in maps.maps_of(area="KZ")] == ["KZ_PREDICATE"]


@pytest.mark.parametrize(
    ("map_id", "article", "shared"),
    [
        ("KZ_PREDICATE", "188", "DCO15"),  # theft
        ("KZ_PREDICATE", "217", "DCO09B"),  # pyramid
        ("KZ_PREDICATE", "245", "DCO17"),  # tax of an organisation
        ("RU_PREDICATE", "158", "DCO15"),  # theft
        ("RU_PREDICATE", "172.2", "DCO09B"),  # pyramid
        ("RU_PREDICATE", "290", "DCO08"),  # taking a bribe
        ("BY_PREDICATE", "209", "DCO09"),  # fraud
        ("BY_PREDICATE", "430", "DCO08"),  # taking a bribe
        ("KZ_PREDICATE", "218", None),  # laundering is no predicate
        ("RU_PREDICATE", "174.1", None),
        ("BY_PREDICATE", "235", None),
    ],
)
def test_well_known_articles_stand_where_they_belong(map_id: str, article: str, shared: str | None) -> None:
    """Articles that every analyst of the region knows by number."""
    (entry,) = maps.code_map(map_id).by_national[article]

    assert entry.shared == shared


@pytest.mark.parametrize("asked", [("KZ_NOTHING", None), ("KZ_PREDICATE", "9.9.9")])
def test_a_map_that_is_not_packaged_is_refused_with_the_known_ones(asked: tuple[str, str | None]) -> None:
    """The refusal lists what there is."""
    with pytest.raises(UnknownDefinition) as refused:
        maps.code_map(*asked)

    assert "KZ_PREDICATE" in refused.value.hint
