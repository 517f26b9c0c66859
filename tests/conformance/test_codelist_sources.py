"""Our code lists against the published ones: ISO 3166-1, ISO 4217, the SDMX cross-domain lists, CLDR."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from schemas.registry import OTHER_LANGUAGES, codelist

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "codelists"
# Where a list was published in several versions, the one whose version ours bears.
SDMX = {
    "CL_FREQ": "statcodelists/CL_FREQ.csv",
    "CL_OBS_STATUS": "statcodelists/CL_OBS_STATUS.csv",
    "CL_CONF_STATUS": "statcodelists/CL_CONF_STATUS.csv",
    "CL_DECIMALS": "sdmx_CL_DECIMALS_SDMX_1.0.csv",
    "CL_UNIT_MULT": "sdmx_CL_UNIT_MULT_SDMX_1.0.csv",
    "CL_TIME_FORMAT": "sdmx_CL_TIME_FORMAT_SDMX_1.0.csv",
}
OF_THE_PAST = {"BYR", "RUR"}

pytestmark = pytest.mark.skipif(
    not SOURCE.is_dir(), reason="the published lists are not beside this repository"
)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a published list."""
    with (SOURCE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(("codelist_id", "name"), SDMX.items())
def test_codes_and_english_names_of_sdmx_are_verbatim(codelist_id: str, name: str) -> None:
    """In the order of the publication, letter by letter."""
    published = [(row.get("code") or row["id"], row["name"]) for row in rows(name)]

    assert [(code.id, code.labels["en"]) for code in codelist(codelist_id)] == published
    assert codelist(codelist_id).agency == "SDMX"


def test_areas_are_those_of_iso_3166_with_their_other_codes() -> None:
    """No entry is missing or invented, and the three-letter and numeric codes are right."""
    published = {row["alpha2"]: (row["alpha3"], row["num"]) for row in rows("iso3166_1.csv")}
    ours = {
        code.id: (code.attributes["alpha3"], code.attributes["num"])
        for code in codelist("CL_AREA")
        if "alpha3" in code.attributes
    }

    assert ours == published


def test_areas_have_the_names_of_cldr_in_the_other_languages() -> None:
    """Only the first letter is made a capital one."""
    areas = codelist("CL_AREA")

    for row in rows("iso3166_1.csv"):
        for lang in OTHER_LANGUAGES:
            assert areas.label(row["alpha2"], lang)[1:] == row[lang][1:], (row["alpha2"], lang)


def test_the_names_of_iso_3166_name_their_areas() -> None:
    """The inverted names of the standard are understood too; `Congo` alone could be either, and names none."""
    areas = codelist("CL_AREA")

    assert [row["alpha2"] for row in rows("iso3166_1.csv") if areas.named(row["name"]) != row["alpha2"]] == [
        "CG"
    ]


def test_currencies_are_those_of_iso_4217_and_two_of_the_past() -> None:
    """Three letters and three digits, as the standard gives them."""
    published = {row["alpha3"]: row["num"] for row in rows("iso4217.csv")}
    ours = {code.id: code.attributes["num"] for code in codelist("CL_CURRENCY")}

    assert {code: number for code, number in ours.items() if code not in OF_THE_PAST} == published
    assert set(ours) - set(published) == OF_THE_PAST
