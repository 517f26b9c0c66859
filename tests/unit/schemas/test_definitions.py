"""The packaged definitions: complete in three languages, and consistent with one another."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from string import Formatter

import pytest

import schemas
from schemas.errors import UnknownDefinition
from schemas.registry import (
    LANGUAGES,
    OTHER_LANGUAGES,
    codelist,
    codelist_ids,
    dataflow,
    messages,
    phrases,
    structure,
    structure_ids,
)
from schemas.structure import KINDS_WITH_CODES

DEFINITIONS = Path(schemas.__file__).parent / "definitions"
CIS = {"AM", "AZ", "BY", "KZ", "KG", "MD", "RU", "TJ", "TM", "UZ"}
# Counted in the standards: ISO 3166-1 has 249 entries, and four codes of ours; ISO 4217 has 178, and two of the
# past; the other numbers are those of the FATF texts (40 Recommendations, 11 Immediate Outcomes, 21 designated
# categories of offences with five regional ones under them) and of the SDMX lists named in the methodology.
SIZES = {
    "CL_AREA": 249 + 4,
    "CL_FATF_ITEM": 51,
    "CL_FATF_RATING": 8,
    "CL_OBS_STATUS": 20,
    "CL_CONF_STATUS": 11,
    "CL_FREQ": 34,
    "CL_CURRENCY": 178 + 2,
    "CL_CRIME_TYPE": 3 + 1,
    "CL_PREDICATE": 21 + 5 + 4,
}
# One declaration, two findings: parts are more than their total, or less.
DECLARED_ONCE = {"balance"}
CYRILLIC = re.compile("[\u0400-\u04ff]")


@pytest.mark.parametrize("codelist_id", codelist_ids())
def test_every_code_has_a_label_in_every_language(codelist_id: str) -> None:
    """No label is empty, and Russian and Kazakh labels are not left in English."""
    codes = codelist(codelist_id)

    assert set(codes.labels) == set(LANGUAGES)
    for code in codes:
        assert set(LANGUAGES) <= set(code.labels) <= {*LANGUAGES, *OTHER_LANGUAGES}, code.id
        assert CYRILLIC.search(code.labels["ru"]), code.id
        assert CYRILLIC.search(code.labels["kk"]), code.id
        assert not CYRILLIC.search(code.labels["en"]), code.id


@pytest.mark.parametrize(("codelist_id", "size"), SIZES.items())
def test_a_list_has_as_many_codes_as_its_standard(codelist_id: str, size: int) -> None:
    """Nothing of the standard was lost or invented."""
    assert len(codelist(codelist_id)) == size


@pytest.mark.parametrize("codelist_id", codelist_ids())
def test_no_label_of_a_list_is_used_twice(codelist_id: str) -> None:
    """Two codes that read the same could not be told apart on a screen."""
    for lang in LANGUAGES:
        labels = [code.labels[lang] for code in codelist(codelist_id)]
        assert len(set(labels)) == len(labels), lang


def test_every_code_list_file_is_in_the_index_and_rectangular() -> None:
    """No file is forgotten, and no row has a cell too many or too few."""
    files = sorted((DEFINITIONS / "codelists").glob("*.csv"))

    assert {path.stem for path in files} == set(codelist_ids())
    for path in files:
        with path.open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines)
        assert header[:7] == ["id", "parent", "ru", "kk", "en", "valid_from", "valid_to"]
        assert {len(row) for row in rows} == {len(header)}, path.name


def test_the_states_of_the_cis_are_marked() -> None:
    """The ten states that take part in the work of the CIS carry the attribute, with their ISO codes."""
    marked = codelist("CL_AREA").where("member", "cis")

    assert {code.id for code in marked} == CIS
    assert codelist("CL_AREA").code("KZ").attributes["alpha3"] == "KAZ"
    assert {"_O", "_X", "_Z", "W1"} < set(codelist("CL_AREA").ids)


def test_ratings_are_numbered_from_three_to_zero_on_both_scales() -> None:
    """C, LC, PC, NC and HE, SE, ME, LE stand for 3, 2, 1, 0, and rate what has their scale."""
    numeric = {code.id: code.attributes["numeric"] for code in codelist("CL_FATF_RATING")}

    assert numeric == {
        "C": "3",
        "LC": "2",
        "PC": "1",
        "NC": "0",
        "HE": "3",
        "SE": "2",
        "ME": "1",
        "LE": "0",
    }
    assert len(codelist("CL_FATF_ITEM").where("scale", "technical")) == 40
    assert len(codelist("CL_FATF_ITEM").where("scale", "effectiveness")) == 11


def test_every_measure_names_its_unit() -> None:
    """Values (V_*, the stock of frozen property, the GDP) are in US dollars, counts are not."""
    units = {code.id: code.attributes["unit"] for code in codelist("CL_MEASURE")}
    values = {code for code, unit in units.items() if unit == "USD"}

    assert values == {code for code in units if code.startswith("V_")} | {"S_FROZ", "GDP"}
    assert set(units.values()) == {
        *("report", "transaction", "USD", "case", "person", "request", "rating", "subject", "dissemination"),
        *("day", "order", "disclosure", "declaration", "level"),
    }


@pytest.mark.parametrize("structure_id", structure_ids())
def test_every_structure_refers_only_to_what_exists(structure_id: str) -> None:
    """Code lists exist; defaults, accepted and excluded codes are codes of them; labels are complete."""
    loaded = structure(structure_id)

    assert set(loaded.labels) == set(LANGUAGES)
    assert {rule.id for rule in loaded.rules} - DECLARED_ONCE <= set(messages())
    for column in loaded.columns:
        assert set(column.labels) == set(LANGUAGES)
        if column.kind in KINDS_WITH_CODES:
            codes = set(codelist(column.codelist or "").ids)
            named = {*column.only, *column.excluded, *([column.default] if column.default else [])}
            assert named <= codes, column.id


@pytest.mark.parametrize("rule", messages())
def test_every_rule_has_a_message_in_every_language_with_the_same_places(rule: str) -> None:
    """A translation that forgets a place in the sentence would hide a fact."""
    entry = messages()[rule]
    places = {lang: {name for _, name, _, _ in Formatter().parse(entry[lang]) if name} for lang in LANGUAGES}

    assert entry["severity"] in {"error", "warning", "note"}
    assert places["ru"] == places["kk"] == places["en"]


def test_every_phrase_is_translated() -> None:
    """Parts of messages exist in every language too."""
    assert all(set(entry) == set(LANGUAGES) for entry in phrases().values())


def test_unknown_definitions_are_refused_with_the_known_ones() -> None:
    """A wrong id says which ids there are."""
    for look_up, known in ((codelist, "CL_AREA"), (structure, "FLOW_RECORD"), (dataflow, "R33_A")):
        with pytest.raises(UnknownDefinition) as refusal:
            look_up("NOTHING")
        assert known in refusal.value.hint
