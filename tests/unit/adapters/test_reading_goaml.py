"""Exports of goAML's shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.errors import Invalid, TooLarge
from tests.support.files_read import file_read

REPORT = """<report>
  <rentity_id>7</rentity_id><submission_code>E</submission_code>
  <report_code>{code}</report_code><submission_date>{day}T10:00:00</submission_date>
  <reporting_person><first_name>Example</first_name><last_name>Invented</last_name></reporting_person>
  <transaction><transactionnumber>1</transactionnumber><report_code>STR</report_code></transaction>
</report>"""


def an_export(*reports: tuple[str, str], before: str = "") -> str:
    """Write an export of reports, each of a code and a day."""
    inside = "".join(REPORT.format(code=code, day=day) for code, day in reports)
    return f'<?xml version="1.0" encoding="utf-8"?>{before}<reports>{inside}</reports>'


def read(tmp_path: Path, content: str | bytes, *, upload: str = "R33_A_UPLOAD", **limits: int) -> list[dict]:
    """Read an export as the table of reports received."""
    place = tmp_path / "export.xml"
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    return file_read(place, "export.xml", upload=upload, **limits).table().to_pylist()


def test_reports_become_counts_by_year_and_kind(tmp_path: Path) -> None:
    """Suspicious ones together, threshold ones by kind; the state is for the node to say."""
    export = an_export(
        ("STR", "2023-02-01"),
        ("SAR", "2023-12-31"),
        ("STR", "2024-01-01"),
        ("CTR", "2023-05-05"),
        ("TTR", "2023-05-06"),
    )

    rows = read(tmp_path, export)

    assert {(row["TIME_PERIOD"], row["MEASURE"], row["REPORT_TYPE"], row["OBS_VALUE"]) for row in rows} == {
        ("2023", "N_STR", "_T", "2"),
        ("2024", "N_STR", "_T", "1"),
        ("2023", "N_THR", "CASH", "1"),
        ("2023", "N_THR", "THRESHOLD", "1"),
    }
    assert {(row["REF_AREA"], row["CRIME_TYPE"]) for row in rows} == {(None, "_T")}


def test_nothing_of_a_person_comes_out(tmp_path: Path) -> None:
    """Names, numbers and transactions are passed over."""
    assert "Invented" not in str(read(tmp_path, an_export(("STR", "2023-02-01"))))


def test_a_single_report_and_a_name_space_are_read(tmp_path: Path) -> None:
    """Exports differ in what stands around a report."""
    single = REPORT.format(code="STR", day="2023-02-01")
    spaced = (
        '<g:reports xmlns:g="urn:example">'
        + single.replace("<report>", "<g:report>").replace("</report>", "</g:report>")
        + "</g:reports>"
    )

    assert read(tmp_path, single)[0]["OBS_VALUE"] == "1"
    assert read(tmp_path, spaced)[0]["OBS_VALUE"] == "1"


BOMB = (
    "<!DOCTYPE r ["
    '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(12))
    + "]>"
)
OUTSIDE = '<!DOCTYPE r SYSTEM "http://example.invalid/r.dtd">'
FILE = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("before", [BOMB, OUTSIDE, FILE])
def test_declarations_are_refused(tmp_path: Path, before: str) -> None:
    """No entity grows, no file and no address is opened."""
    with pytest.raises(Invalid, match="not read") as caught:
        read(tmp_path, an_export(("STR", "2023-02-01"), before=before))
    assert "document type" in caught.value.detail


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (an_export(("XYZ", "2023-02-01")), "XYZ"),
        (an_export(("STR", "yesterday")), "submission date"),
        ("<?xml version='1.0'?><Workbook><Worksheet/></Workbook>", "worksheet"),
        ("<?xml version='1.0'?><reports></reports>", "No report"),
        ("<reports><report>", "well-formed"),
        ("<?xml version='1.0' encoding='no-such'?><reports/>", "well-formed"),
        ("<reports>" + "<report>" * 40, "levels"),
    ],
)
def test_another_shape_is_refused_with_the_reason(tmp_path: Path, content: str, said: str) -> None:
    """A count that leaves something out would be wrong."""
    with pytest.raises(Invalid) as caught:
        read(tmp_path, content)
    assert said in caught.value.detail
    assert caught.value.hint


def test_too_much_xml_is_refused(tmp_path: Path) -> None:
    """The walk stops at the limit."""
    with pytest.raises(TooLarge):
        read(tmp_path, an_export(*[("STR", "2023-02-01")] * 1000), max_xml_bytes=100_000)


def test_reports_are_no_table_of_another_kind(tmp_path: Path) -> None:
    """Counts of reports are not flows."""
    with pytest.raises(Invalid, match="cannot be read as this table"):
        read(tmp_path, an_export(("STR", "2023-02-01")), upload="FLOW_RECORD")
