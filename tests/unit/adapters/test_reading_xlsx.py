"""Excel workbooks as people make them."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest
import xlsxwriter

from node.errors import Invalid, TooLarge
from tests.support.builders_files import a_workbook, entry_of, with_entries
from tests.support.files_read import whole_read

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the workbook is written."""
    return tmp_path / "файл.xlsx"


def read(place: Path, name: str = "file.xlsx", /, **limits: int) -> Any:
    """Read a workbook."""
    return whole_read(place, name, **limits)


def refused(place: Path, name: str = "file.xlsx", /, **limits: int) -> Invalid:
    """Give the refusal of a workbook."""
    with pytest.raises(Invalid) as caught:
        read(place, name, **limits)
    assert caught.value.hint
    return caught.value


def test_values_come_out_as_text_of_one_form(place: Path) -> None:
    """Whole numbers without a fraction, dates in ISO 8601, sums without what binary leaves behind."""
    values = [
        (12, "12"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (123456789012.25, "123456789012.25"),
        (1e15, "1000000000000000"),
        (-0.0000001, "-0.0000001"),
        ("007", "007"),
        (True, "TRUE"),
        (dt.date(2020, 2, 29), "2020-02-29"),
        (dt.datetime(2020, 2, 29, 13, 5, 6), "2020-02-29T13:05:06"),  # noqa: DTZ001 - Excel has no zones
        ("Қазақстан", "Қазақстан"),
        ("", None),
    ]
    a_workbook(place, [["A", "B"], *([value, "x"] for value, _ in values)])

    assert read(place).table.column("A").to_pylist() == [text for _, text in values]


def test_the_first_sheet_people_see_is_read_and_named(place: Path) -> None:
    """Hidden sheets stay hidden."""
    with xlsxwriter.Workbook(place) as workbook:
        for name in ("hidden", "Данные", "other"):
            workbook.add_worksheet(name).write_row(0, 0, [f"A {name}", "B"])
        workbook.worksheets()[0].hide()
        workbook.worksheets()[1].activate()

    result = read(place)

    assert result.table.column_names == ["A Данные", "B"]
    assert (result.recipe["format"], result.recipe["sheet"]) == ("xlsx", "Данные")
    assert result.recipe["alternatives"] == ["other"]


def test_blank_rows_keep_their_place_and_the_last_ones_go(place: Path) -> None:
    """The row of an error is the one Excel shows."""
    a_workbook(place, [["A", "B"], ["x", 1], [], ["y", 2], ["", ""], []])

    result = read(place)

    assert result.first_row == 2
    assert result.table.column("A").to_pylist() == ["x", None, "y"]


def test_a_table_that_does_not_begin_in_the_first_row_keeps_its_row_numbers(place: Path) -> None:
    """What stands above it is said to be left out."""
    a_workbook(place, [[], ["A", "B"], ["x", 1]])

    result = read(place)

    assert (result.first_row, result.table.to_pylist()) == (3, [{"A": "x", "B": "1"}])
    assert [notice.rule for notice in result.notices] == ["reading.title_rows"]


def test_a_table_that_begins_in_a_later_column_is_read(place: Path) -> None:
    """Rows keep their numbers; empty columns before the table do not matter."""
    with xlsxwriter.Workbook(place) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 2, ["A", "B"])
        sheet.write_row(3, 2, ["x", "y"])

    assert read(place).table.to_pylist() == [
        {"A": None, "B": None},
        {"A": None, "B": None},
        {"A": "x", "B": "y"},
    ]


def test_formatted_but_empty_cells_are_nothing(place: Path) -> None:
    """Colour makes no column."""
    with xlsxwriter.Workbook(place) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["A", "B"])
        sheet.write_row(1, 0, ["x", "y"])
        sheet.write_blank(5000, 200, None, workbook.add_format({"bold": True}))

    assert read(place).table.shape == (1, 2)


def test_workbooks_of_another_program_are_read(place: Path) -> None:
    """Openpyxl writes cells in another way."""
    workbook = openpyxl.Workbook()
    workbook.active.append(["A", "B"])
    workbook.active.append(["Бишкек", 5])
    workbook.save(place)

    assert read(place).table.to_pylist() == [{"A": "Бишкек", "B": "5"}]


def test_many_rows_are_read_in_order(place: Path) -> None:
    """Over the borders of the chunks they are read in."""
    count = 50_003
    a_workbook(place, [["A", "B"], *([number, "x"] for number in range(count))])

    assert read(place).table.column("A").to_pylist() == [str(number) for number in range(count)]


@pytest.mark.parametrize("name", ["old.xls", "macros.XLSM", "binary.xlsb", "table.ods"])
def test_other_kinds_of_workbook_are_refused_by_name(place: Path, name: str) -> None:
    """With what to save instead."""
    a_workbook(place, [["A", "B"]])

    assert ".xlsx" in refused(place, name).hint


def test_macros_are_refused_whatever_the_name(place: Path) -> None:
    """A renamed workbook with macros is still one."""
    with_entries(a_workbook(place, [["A", "B"]]), {"xl/vbaProject.bin": b"macros"})

    assert "macros" in refused(place).title


def test_links_to_other_workbooks_are_refused(place: Path) -> None:
    """Their values may be old or missing."""
    with_entries(a_workbook(place, [["A", "B"]]), {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})

    assert "paste" in refused(place).hint


def test_an_encrypted_workbook_is_refused_with_what_to_do(tmp_path: Path, place: Path) -> None:
    """Excel wraps it in the container of old workbooks."""
    a_workbook(place, [["A", "B"]])
    encrypted = tmp_path / "encrypted.xlsx"
    with place.open("rb") as plain, encrypted.open("wb") as target:
        msoffcrypto.OfficeFile(plain).encrypt("password", target)

    assert "password" in refused(encrypted).title
    assert "password" in refused(encrypted, "renamed.csv").title


def test_a_cell_that_shows_an_error_is_named(place: Path) -> None:
    """It would come out empty, which says something else."""
    with xlsxwriter.Workbook(place) as workbook:
        sheet = workbook.add_worksheet("S")
        sheet.write_row(0, 0, ["A", "B"])
        sheet.write_row(1, 0, ["x"])
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")

    assert "cell B2" in refused(place).detail


def test_an_error_on_another_sheet_does_not_matter(place: Path) -> None:
    """Only what is read is judged."""
    with xlsxwriter.Workbook(place) as workbook:
        workbook.add_worksheet("S").write_row(0, 0, ["A", "B"])
        workbook.add_worksheet("T").write_formula(1, 1, "=1/0", None, "#DIV/0!")

    assert read(place).table.column_names == ["A", "B"]


@pytest.mark.parametrize("cell", ["XFD1048576", "CA2", "AAA1"])
def test_a_value_far_to_the_right_is_named(place: Path, cell: str) -> None:
    """A reader makes room for every cell between, which one stray space can make billions."""
    with xlsxwriter.Workbook(place) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["A", "B"])
        sheet.write(cell, "stray")

    assert cell in refused(place).detail


def test_a_bomb_is_refused_before_it_is_opened(place: Path) -> None:
    """A gigabyte of nothing packs into a megabyte."""
    with_entries(a_workbook(place, [["A", "B"]]), {"xl/media/zero.bin": bytes(50_000_000)})

    with pytest.raises(TooLarge, match="unpacked"):
        read(place)
    with pytest.raises(TooLarge, match="unpacked"):
        read(place, max_compression_ratio=1_000_000, max_uncompressed_bytes=10_000_000)


def test_a_bomb_that_states_a_small_size_is_refused(place: Path) -> None:
    """What an archive says of itself is only a claim."""
    with_entries(a_workbook(place, [["A", "B"]]), {SHEET: b" " * 30_000_000})
    content = place.read_bytes()
    # the sizes stand in the entry's own header and in the directory at the end
    place.write_bytes(content.replace(struct.pack("<I", 30_000_000), struct.pack("<I", 100)))

    with pytest.raises(Invalid):
        read(place, max_compression_ratio=1_000_000, max_uncompressed_bytes=10_000_000)


def test_an_entry_that_is_shorter_than_it_says_is_damaged(place: Path) -> None:
    """Sizes that do not fit are never repaired."""
    a_workbook(place, [["A", "B"]])
    size = len(entry_of(place, SHEET))
    place.write_bytes(place.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", size + 7)))

    refused(place)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 this is no archive",
        b"PK\x05\x06" + bytes(18),
        b"A,B\n1,2\n",
        b"\x7fELF",
    ],
)
def test_what_is_no_workbook_is_said_so(place: Path, content: bytes) -> None:
    """Renamed, cut and empty archives."""
    place.write_bytes(content)

    refused(place)


def test_an_archive_that_is_no_workbook_is_said_so(place: Path) -> None:
    """A zipped CSV, for example."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("table.csv", "A,B\n")
    place.write_bytes(packed.getvalue())

    refused(place, "table.zip")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_workbook_is_damaged(place: Path, share: float) -> None:
    """A download that stopped."""
    a_workbook(place, [["A", "B"], *([number, "x"] for number in range(100))])
    content = place.read_bytes()
    place.write_bytes(content[: int(len(content) * share)])

    refused(place)


@pytest.mark.parametrize("entry", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
@pytest.mark.parametrize("content", [b"", b"<broken", b"\x00\xff" * 50])
def test_broken_documents_inside_never_raise_a_librarys_error(
    place: Path, entry: str, content: bytes
) -> None:
    """Invalid, or read as far as it means something."""
    with_entries(a_workbook(place, [["A", "B"], ["x", 1]]), {entry: content})

    with suppress(Invalid):
        assert read(place).table.num_columns == 2


def test_entity_expansion_is_refused(place: Path) -> None:
    """A thousand million laughs stay one line."""
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(12)
    )
    with_entries(a_workbook(place, [["A", "B"]]), {"xl/workbook.xml": laughs + b"]><workbook>&m;</workbook>"})

    refused(place)


def test_a_workbook_with_hidden_sheets_only_or_an_empty_one_is_invalid(place: Path) -> None:
    """There is nothing to read, and it is said so."""
    a_workbook(place, [])
    assert "header" in refused(place).title
    hidden = entry_of(a_workbook(place, [["A", "B"]]), "xl/workbook.xml")
    with_entries(place, {"xl/workbook.xml": hidden.replace(b"<sheet ", b'<sheet state="hidden" ')})

    assert "no sheet" in refused(place).title


def test_a_workbook_over_a_limit_is_too_large(place: Path) -> None:
    """Rows, columns and cells have the same bounds as elsewhere."""
    a_workbook(place, [["A", "B", "C"], *(["x", "y", "z"] for _ in range(10))])

    for limit in ({"max_rows": 9}, {"max_columns": 2}, {"max_cell_characters": 0}):
        with pytest.raises(TooLarge):
            read(place, **limit)
    assert read(place, max_rows=10, max_columns=3).table.num_rows == 10
