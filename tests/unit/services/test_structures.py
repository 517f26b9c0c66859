"""The shared language as services tell it: in words that are complete, with examples that are right."""

from __future__ import annotations

import pyarrow as pa
import pytest

from node.errors import NotFound
from node.services import structure_words, structures
from node.services.structures_selected import selected
from schemas import registry
from schemas.check import check
from schemas.structure import Column, Dataflow, Rule

UPLOADED = [flow for flow in registry.dataflows() if flow.is_uploaded]


@pytest.mark.parametrize("language", registry.LANGUAGES)
@pytest.mark.parametrize("flow", UPLOADED, ids=lambda flow: flow.id)
def test_the_example_of_a_template_breaks_no_rule(flow: Dataflow, language: str) -> None:
    """What an analyst imitates is taken without a word."""
    example = structure_words.example_row(flow.upload, "KZ", language)
    table = pa.table({name: pa.array([text or None], pa.string()) for name, text in example.items()})

    result = check(table, flow.upload, reporter="KZ", first_row=2)

    assert dict(result.totals) == {}
    assert result.accepted.num_rows == 1


def test_every_rule_of_every_structure_is_said_in_words() -> None:
    """In each language, with nothing left to fill in."""
    for structure in structures.structures():
        for rule in structure.rules:
            assert structure_words.has_words(rule), rule.id
            for language in registry.LANGUAGES:
                assert "{" not in structure_words.rule_in_words(rule, language)


def test_a_rule_without_words_is_shown_by_its_id() -> None:
    """Never left out."""
    assert structure_words.rule_in_words(Rule("new.rule", ("A", "B")), "ru") == "new.rule: A, B"


def test_guidance_says_form_length_default_and_frequencies() -> None:
    """Everything the check will ask of a cell."""
    text = Column("X", "text", max_length=16, pattern="^[A-Z]+$", default="NONE")
    period = Column("X", "period", only=("A", "Q"))

    assert structure_words.guidance(text, "en") == (
        "Text that tells nothing about persons. At most 16 characters. Form: ^[A-Z]+$ "
        "An empty cell means NONE."
    )
    assert structure_words.guidance(period, "en").endswith("Accepted: year, quarter.")


def test_offered_codes_carry_their_validity_and_their_parent() -> None:
    """BYN replaced BYR on 1 July 2016 (ISO 4217)."""
    by_id = {code.id: code for code in structure_words.offered(Column("X", "code", "CL_CURRENCY"), "en")}
    product = structure_words.offered(Column("X", "code", "CL_PRODUCT"), "en")[1]

    assert "from 2016-07-01" in by_id["BYN"].note
    assert product.note == "part of _T"


def test_a_selection_is_complete() -> None:
    """A dataflow comes with its structures, a structure with its lists."""
    found = selected("dataflow", "IRAC", "R33_A", "1.0.0")
    lists = {column.codelist for one in found.structures for column in one.columns if column.codelist}

    assert [flow.id for flow in found.dataflows] == ["R33_A"]
    assert {one.id for one in found.structures} == {"R33_A", "R33_A_UPLOAD"}
    assert {one.id for one in found.codelists} == lists


@pytest.mark.parametrize(
    ("kind", "agency", "artefact", "version", "expected"),
    [
        ("codelist", "IRAC", "CL_CRIME_TYPE,CL_CHANNEL", "*", {"CL_CRIME_TYPE", "CL_CHANNEL"}),
        ("codelist", "SDMX", "CL_OBS_STATUS", "latest", {"CL_OBS_STATUS"}),
        ("codelist", "*", "CL_AREA", "~", {"CL_AREA"}),
        ("*", "*", "*", "*", set(registry.codelist_ids())),
    ],
)
def test_a_query_may_name_several_or_any(
    kind: str, agency: str, artefact: str, version: str, expected: set[str]
) -> None:
    """As the SDMX interface writes it."""
    assert {one.id for one in selected(kind, agency, artefact, version).codelists} == expected


@pytest.mark.parametrize(
    ("kind", "agency", "artefact", "version"),
    [
        ("codelist", "ESTAT", "*", "*"),
        ("codelist", "IRAC", "CL_AREA", "99.0.0"),
        ("dataflow", "*", "NO", "*"),
    ],
)
def test_a_query_that_matches_nothing_is_refused(kind: str, agency: str, artefact: str, version: str) -> None:
    """With the definitions that there are."""
    with pytest.raises(NotFound):
        selected(kind, agency, artefact, version)
