"""The Big List of Naughty Strings (suites/blns) through files: every string comes out as it went in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.support.builders_files import a_workbook
from tests.support.files_read import whole_read

STRINGS = Path(__file__).resolve().parents[3] / "shared" / "data" / "suites" / "blns" / "blns.json"

pytestmark = pytest.mark.skipif(not STRINGS.is_file(), reason="the strings are not beside this repository")


def strings() -> list[str]:
    """Return every string of the list but the empty one, which is no value."""
    return [text for text in json.loads(STRINGS.read_text(encoding="utf-8")) if text]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_string_survives_a_csv(tmp_path: Path, encoding: str, separator: str, end: str) -> None:
    """Quotes, separators, line ends of other systems, control characters and invisible ones."""
    place = tmp_path / "naughty.csv"
    with place.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle, delimiter=separator, lineterminator=end)
        writer.writerows([["TEXT", "PLACE"], *([text, number] for number, text in enumerate(strings()))])

    assert whole_read(place).table.column("TEXT").to_pylist() == strings()


def test_every_string_survives_a_workbook(tmp_path: Path) -> None:
    """No string is taken for a formula, a number, a link or an escape."""
    place = a_workbook(tmp_path / "naughty.xlsx", [])
    import xlsxwriter  # noqa: PLC0415 - options of its own

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(place, options) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["TEXT", "PLACE"])
        for number, text in enumerate(strings(), start=1):
            sheet.write_string(number, 0, text)
            sheet.write_number(number, 1, number)

    assert whole_read(place, "naughty.xlsx").table.column("TEXT").to_pylist() == strings()
