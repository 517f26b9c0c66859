"""Files as people make them: official workbooks, old encodings, printed separators, wide tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from node.adapters.reading import FileReader
from node.errors import Invalid
from node.ports.reading import FileCell, ReadFile
from schemas.registry import codelist
from schemas.structure import Column, DataStructure
from tests.support.builders_files import a_workbook, entry_of, with_entries
from tests.support.files_read import file_read

AREA = Column("AREA", "code", "CL_AREA", role="dimension", labels={"en": "Country", "ru": "Страна"})
YEAR = Column("YEAR", "period", role="dimension", labels={"en": "Period", "ru": "Период"})
KIND = Column("KIND", "code", "CL_CRIME_TYPE", role="dimension", labels={"en": "Kind of crime"})
DAY = Column("DAY", "date", labels={"en": "Day", "ru": "Дата"})
SUM = Column("SUM", "money", role="measure", labels={"en": "Amount", "ru": "Сумма"})
NUMBER = Column("NUMBER", "count", labels={"en": "Number of reports", "ru": "Количество"})
NOTE = Column("NOTE", "text", labels={"en": "Remark", "ru": "Примечание"})
TABLE = DataStructure("TEST", "TABLE", "1.0.0", (AREA, YEAR, DAY, SUM, NUMBER, NOTE))
WIDE = DataStructure("TEST", "WIDE", "1.0.0", (AREA, YEAR, KIND, SUM, NOTE))


def read(place: Path, content: str | bytes, encoding: str = "utf-8") -> ReadFile:
    """Read a text file as the table."""
    place.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return file_read(place, upload=TABLE)


def rules(file: ReadFile) -> list[str]:
    """Give the rules of what is told about a file."""
    return [notice.rule for notice in file.notices]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a file is written."""
    return tmp_path / "file"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Where a workbook is written."""
    return tmp_path / "file.xlsx"


def test_an_official_workbook_with_a_header_of_three_rows(workbook: Path) -> None:
    """Title, merged header, numbers printed with separators, footnotes, rows counted as Excel shows them."""
    with xlsxwriter.Workbook(workbook) as made:
        sheet = made.add_worksheet("Form 1")
        sheet.merge_range(0, 0, 0, 4, "Statistical return, form 1")
        sheet.merge_range(2, 0, 4, 0, "Country")
        sheet.merge_range(2, 1, 4, 1, "Period")
        sheet.merge_range(2, 2, 2, 4, "Property")
        sheet.merge_range(3, 2, 3, 3, "Frozen")
        sheet.write(4, 2, "Amount")
        sheet.write(4, 3, "Number of reports")
        sheet.merge_range(3, 4, 4, 4, "Remark")
        sheet.write_row(5, 0, ["Côte d'Ivoire", 2023, "1 234,50", 12, "as printed"])
        sheet.write_row(6, 0, ["Kazakhstan", 2024, "2 000 000", "1 000"])
        sheet.write(8, 0, "* Amounts in US dollars.")
        sheet.write(9, 0, "Source: statistical office")

    file = file_read(workbook, "form.xlsx", upload=TABLE)

    assert file.table().to_pylist() == [
        {"AREA": "CI", "YEAR": "2023", "SUM": "1234.50", "NUMBER": "12", "NOTE": "as printed"},
        {"AREA": "KZ", "YEAR": "2024", "SUM": "2000000", "NUMBER": "1000", "NOTE": None},
    ]
    assert file.first_row == 6
    assert [column.header for column in file.recipe.columns][2:4] == [
        "Property / Frozen / Amount",
        "Property / Frozen / Number of reports",
    ]
    assert {"reading.title_rows", "reading.header_rows", "reading.footnotes"} <= set(rules(file))


def test_latin_1_with_the_line_ends_of_an_old_mac(place: Path) -> None:
    """The letters and the line ends of another time."""
    text = "Country,Period,Remark\rCôte d'Ivoire,2023,été\rCuraçao,2024,août\r"

    file = read(place, text, "latin-1")

    assert file.table().to_pylist() == [
        {"AREA": "CI", "YEAR": "2023", "NOTE": "été"},
        {"AREA": "CW", "YEAR": "2024", "NOTE": "août"},
    ]
    assert file.recipe.encoding == "cp1252"


def test_line_ends_that_were_doubled_and_apostrophes_of_all_kinds(place: Path) -> None:
    """As in tables that went through several systems; an accent is no apostrophe of a name, and stays."""
    text = "Country,Period,Amount\r\r\nCôte d\u00b4Ivoire,2011,2.2\r\r\nCôte d\u2019Ivoire,2012,3.6\r\r\n"

    file = read(place, text, "cp1252")

    assert file.table().column("AREA").to_pylist() == ["Côte d\u00b4Ivoire", "CI"]
    assert (file.recipe.encoding, file.first_row) == ("cp1252", 2)


def test_an_old_mac_with_no_letter_but_spaces_and_apostrophes(place: Path) -> None:
    """Spaces that keep words together are the only sign of the encoding."""
    text = "Country,Remark\rKZ,In the Matter of\u00a0Example\rKG,Example\u2019s Nugget\r"

    file = read(place, text, "mac-roman")

    assert file.table().column("NOTE").to_pylist() == [
        "In the Matter of\u00a0Example",
        "Example\u2019s Nugget",
    ]


def test_a_header_of_words_stands_above_the_first_numbers(workbook: Path) -> None:
    """A table that names nothing we know is still cut in the right place."""
    with xlsxwriter.Workbook(workbook) as made:
        sheet = made.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "Rank")
        sheet.merge_range(0, 1, 1, 1, "Territory")
        sheet.merge_range(0, 2, 0, 3, "Interval")
        sheet.write_row(1, 2, ["Lower", "Upper"])
        sheet.write_row(2, 0, [1, "Denmark", 87, 93])
        sheet.write_row(3, 0, [1, "Finland", 85, 95])

    table = file_read(workbook, "file.xlsx", upload=TABLE).table()

    assert table.column_names == ["Rank", "Territory", "Interval / Lower", "Interval / Upper"]
    assert table.num_rows == 2


@pytest.mark.parametrize("encoding", ["cp1251", "mac-cyrillic", "koi8-r", "cp866", "utf-16-le", "utf-16-be"])
def test_cyrillic_is_told_by_its_letters(place: Path, encoding: str) -> None:
    """No mark says which encoding it is; the words do."""
    lines = ["Страна;Период;Сумма;Примечание", "Казахстан;2023;1 234,5;по данным Министерства", ""]

    file = read(place, "\r\n".join(lines), encoding)

    assert file.table().to_pylist() == [
        {"AREA": "KZ", "YEAR": "2023", "SUM": "1234.5", "NOTE": "по данным Министерства"}
    ]
    assert file.recipe.encoding == encoding


def test_kazakh_letters_of_windows_are_no_ukrainian_ones(place: Path) -> None:
    """Both alphabets share their bytes; the words decide."""
    file = read(place, "Country;Remark\nKZ;Қаржылық мониторинг агенттігі, ұлттық\n", "kz1048")

    assert file.table().column("NOTE").to_pylist() == ["Қаржылық мониторинг агенттігі, ұлттық"]


def test_two_encodings_that_both_make_sense_are_asked_about(place: Path) -> None:
    """A file is never turned into other words without a question."""
    file = read(place, "Country;Remark\nUA;Київ, Україна\n", "cp1251")

    assert "reading.ambiguous_encoding" in rules(file)
    assert file.recipe.alternatives


def test_a_person_may_say_what_the_encoding_is(place: Path) -> None:
    """What is detected can be corrected."""
    place.write_bytes("Country;Remark\nUA;Київ\n".encode("cp1251"))

    recipe = FileReader().detect(place, "file.csv", TABLE, encoding="mac-cyrillic")

    assert recipe.encoding == "mac-cyrillic"
    with pytest.raises(Invalid, match="not readable text"):
        FileReader().detect(place, "file.csv", TABLE, encoding="utf-8")


def test_unicode_text_of_excel_is_read(place: Path) -> None:
    """UTF-16 with a mark, tabs, and the decimal comma of the locale."""
    lines = ["Страна;Период;Сумма", 'Россия;2023;"12,5"', ""]

    file = read(place, "\r\n".join(lines).replace(";", "\t"), "utf-16")

    assert file.table().to_pylist() == [{"AREA": "RU", "YEAR": "2023", "SUM": "12.5"}]


def test_excels_own_first_line_says_the_separator(place: Path) -> None:
    """It is no row: Excel does not show it."""
    file = read(place, "sep=|\nCountry|Remark\nKZ|a;b,c\n")

    assert file.table().to_pylist() == [{"AREA": "KZ", "NOTE": "a;b,c"}]
    assert file.first_row == 2


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1234,5", "1,25"], ["1234.5", "1.25"]),
        (["1.234,50", "1.234"], ["1234.50", "1234"]),
        (["1,234.50", "1,234"], ["1234.50", "1234"]),
        (["1'234.50", "12"], ["1234.50", "12"]),
        (["1\u00a0234,5", "1\u202f234 567,5", "7"], ["1234.5", "1234567.5", "7"]),
        (["1,234,567", "1,234"], ["1234567", "1234"]),
        (["0,125", "3,125"], ["0.125", "3.125"]),
        (["-1 234", "+5,5"], ["-1234", "+5.5"]),
        (["\u22121,5", "(2,5)", "3,5"], ["\u22121,5", "(2,5)", "3.5"]),
        (["n/a", "1,5"], ["n/a", "1.5"]),
        (["12.50", "1e3"], ["12.50", "1e3"]),
    ],
)
def test_marks_of_numbers_are_told_from_the_whole_column(
    place: Path, cells: list[str], expected: list[str]
) -> None:
    """What no convention covers stays as it is written."""
    file = read(place, "Country\tAmount\n" + "".join(f"KZ\t{cell}\n" for cell in cells))

    assert file.table().column("SUM").to_pylist() == expected
    assert "reading.ambiguous_number" not in rules(file)


@pytest.mark.parametrize(("cell", "taken"), [("1,234", "1234"), ("1.234", "1234")])
def test_a_column_that_can_be_read_in_two_ways_is_an_error(place: Path, cell: str, taken: str) -> None:
    """Nobody can know whether it is a thousand or one and a bit."""
    file = read(place, f"Country;Amount\nKZ;{cell}\n")

    assert file.table().column("SUM").to_pylist() == [taken]
    (notice,) = [one for one in file.notices if one.rule == "reading.ambiguous_number"]
    assert (notice.severity, notice.column) == ("error", "SUM")


def test_another_column_decides_for_an_unsure_one(place: Path) -> None:
    """People write all numbers of a file in one way."""
    file = read(place, "Country;Amount;Number of reports\nKZ;1,5;1,234\n")

    assert file.table().select(["SUM", "NUMBER"]).to_pylist() == [{"SUM": "1.5", "NUMBER": "1.234"}]
    assert "reading.ambiguous_number" not in rules(file)


def test_numbers_of_a_workbook_keep_their_value_beside_printed_ones(workbook: Path) -> None:
    """A convention of texts is not applied to numbers that are numbers."""
    a_workbook(workbook, [["Country", "Amount"], ["KZ", 1.234], ["KG", "1.234,50"], ["UZ", 1234.5]])

    file = file_read(workbook, "file.xlsx", upload=TABLE)

    assert file.table().column("SUM").to_pylist() == ["1.234", "1234.50", "1234.5"]


def test_dates_of_three_kinds(workbook: Path, place: Path) -> None:
    """45292 is 1 January 2024 in Excel; days of one digit are padded."""
    a_workbook(workbook, [["Country", "Day"], ["KZ", 45292], ["KZ", "2024-02-01"]])

    assert file_read(workbook, "file.xlsx", upload=TABLE).table().column("DAY").to_pylist() == [
        "2024-01-01",
        "2024-02-01",
    ]
    dotted = read(place, "Country;Day\nKZ;31.12.2024\nKZ;1.2.2024\n")
    assert dotted.table().column("DAY").to_pylist() == ["31.12.2024", "01.02.2024"]


def test_days_of_the_other_calendar_are_not_guessed(workbook: Path) -> None:
    """Books of old Macs count from 1904: dates are dates there, too, but bare numbers stay as they are."""
    with xlsxwriter.Workbook(workbook, {"date_1904": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Country", "Day"])
        sheet.write_row(1, 0, ["KZ", 43830])
        sheet.write_datetime(2, 1, dt.datetime(2024, 1, 1), made.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001 - Excel has no zones

    assert file_read(workbook, "file.xlsx", upload=TABLE).table().column("DAY").to_pylist() == [
        "43830",
        "2024-01-01",
    ]


def test_exact_names_become_codes_and_misspelt_ones_stay(place: Path) -> None:
    """Every turned name is in the recipe; what is nearly a name is for a person to decide."""
    lines = ["Country;Period", "Казахстан;2023", "Kazakhstan;2023", "Kazakstn;2023", "KZ;2023"]

    file = read(place, "\n".join(lines))

    assert file.table().column("AREA").to_pylist() == ["KZ", "KZ", "Kazakstn", "KZ"]
    assert file.recipe.columns[0].codes == {"Kazakhstan": "KZ", "Казахстан": "KZ"}


def test_hidden_rows_and_columns_and_formulas_are_warned_about(workbook: Path) -> None:
    """They are read, and it is said."""
    with xlsxwriter.Workbook(workbook) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Country", "Amount", "Remark"])
        sheet.write_row(1, 0, ["KZ", 5, "x"])
        sheet.write(2, 0, "KG")
        sheet.write_formula(2, 1, "=B2*2", None, 10)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})

    file = file_read(workbook, "file.xlsx", upload=TABLE)

    assert file.table().column("SUM").to_pylist() == ["5", "10"]
    told: dict[str, Any] = {notice.rule: notice.params for notice in file.notices}
    assert told["reading.hidden_rows"]["rows"] == [2]
    assert told["reading.hidden_columns"]["columns"] == ["C:C"]
    assert told["reading.formulas"]["cells"] == ["B3"]


@pytest.mark.parametrize("value", [b"", b"<v></v>", b"<v/>"])
def test_a_formula_that_was_never_calculated_is_refused(workbook: Path, value: bytes) -> None:
    """Its cell would come out empty."""
    with xlsxwriter.Workbook(workbook) as made:
        sheet = made.add_worksheet("S")
        sheet.write_row(0, 0, ["Country", "Amount"])
        sheet.write_formula(1, 1, "=1+1", None, 2)
    entry = "xl/worksheets/sheet1.xml"
    with_entries(workbook, {entry: entry_of(workbook, entry).replace(b"<v>2</v>", value)})

    with pytest.raises(Invalid, match="never calculated") as caught:
        file_read(workbook, "file.xlsx", upload=TABLE)
    assert "cell B2" in caught.value.detail


def test_the_sheet_that_names_most_columns_is_read(workbook: Path) -> None:
    """A cover sheet comes first in most official workbooks; another sheet may be asked for."""
    with xlsxwriter.Workbook(workbook) as made:
        made.add_worksheet("Cover").write_row(0, 0, ["Return", "of the agency"])
        made.add_worksheet("Figures").write_row(0, 0, ["Country", "Period", "Amount"])

    recipe = file_read(workbook, "file.xlsx", upload=TABLE).recipe

    assert (recipe.sheet, recipe.alternatives) == ("Figures", ("Cover",))
    assert FileReader().detect(workbook, "file.xlsx", TABLE, sheet="Cover").sheet == "Cover"
    with pytest.raises(Invalid, match="no such sheet"):
        FileReader().detect(workbook, "file.xlsx", TABLE, sheet="Missing")


def test_codes_merged_downwards_count_for_all_their_rows(workbook: Path) -> None:
    """Values never do: they would be counted twice."""
    with xlsxwriter.Workbook(workbook) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["Country", "Period", "Amount"])
        sheet.merge_range(1, 0, 2, 0, "KZ")
        sheet.merge_range(1, 2, 2, 2, 7)
        sheet.write_column(1, 1, [2023, 2024])

    table = file_read(workbook, "file.xlsx", upload=TABLE).table()

    assert table.column("AREA").to_pylist() == ["KZ", "KZ"]
    assert table.column("SUM").to_pylist() == ["7", None]


def test_a_wide_table_becomes_a_long_one_and_keeps_its_places(workbook: Path) -> None:
    """Years over kinds of crime: every value is a row, and its cell can be found in the file."""
    with xlsxwriter.Workbook(workbook) as made:
        sheet = made.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "Country")
        sheet.merge_range(0, 1, 0, 2, 2023)
        sheet.merge_range(0, 3, 0, 4, 2024)
        sheet.write_row(1, 1, ["ML", "TF", "ML", "TF"])
        sheet.write_row(2, 0, ["Kazakhstan", 1, 2, 3, 4])
        sheet.write_row(3, 0, ["KG", 5, "", 7, 8])

    file = file_read(workbook, "file.xlsx", upload=WIDE)
    rows = file.table().to_pylist()

    assert [tuple(row[name] for name in ("AREA", "YEAR", "KIND", "SUM")) for row in rows] == [
        ("KZ", "2023", "ML", "1"),
        ("KZ", "2023", "TF", "2"),
        ("KZ", "2024", "ML", "3"),
        ("KZ", "2024", "TF", "4"),
        ("KG", "2023", "ML", "5"),
        ("KG", "2024", "ML", "7"),
        ("KG", "2024", "TF", "8"),
    ]
    assert file.places(file.first_row + 5, "SUM") == FileCell(4, "2024 / ML")
    assert file.places(file.first_row + 5, "AREA") == FileCell(4, "Country")
    assert "reading.wide_table" in rules(file)


def test_measures_over_columns_are_read_by_their_names(place: Path) -> None:
    """The usual form of a statistical return."""
    labels = [codelist("CL_MEASURE").label(code, "ru") for code in ("N_STR", "N_DISS")]
    header = ["Отчётный период", "Отчитывающееся государство", "Вид преступления", *labels]
    crime = codelist("CL_CRIME_TYPE").label("ML", "ru")
    place.write_text(";".join(header) + f"\n2023;Казахстан;{crime};1 010;4\n", encoding="utf-8")

    table = file_read(place, upload="R33_A_UPLOAD").table()

    assert table.select(["TIME_PERIOD", "REF_AREA", "CRIME_TYPE", "MEASURE", "OBS_VALUE"]).to_pylist() == [
        {"TIME_PERIOD": "2023", "REF_AREA": "KZ", "CRIME_TYPE": "ML", "MEASURE": measure, "OBS_VALUE": value}
        for measure, value in (("N_STR", "1010"), ("N_DISS", "4"))
    ]


def test_a_header_that_is_nearly_a_name_is_suggested(place: Path) -> None:
    """It is not read as that column: the person decides."""
    file = read(place, "Countri;Period\nKZ;2023\n")

    assert file.table().column_names == ["Countri", "YEAR"]
    (notice,) = [one for one in file.notices if one.rule == "reading.column_suggestion"]
    assert (notice.column, notice.params["suggestion"]) == ("Countri", "AREA")


@pytest.mark.parametrize("header", ["country", " COUNTRY ", "AREA (Country)", "Страна", "area"])
def test_a_header_is_known_by_id_and_label_in_any_case(place: Path, header: str) -> None:
    """And by both together, as messages show it."""
    assert read(place, f"{header};Period\nKZ;2023\n").table().column_names == ["AREA", "YEAR"]


def test_numbers_written_in_another_way_below_a_sample_are_refused(tmp_path: Path) -> None:
    """A long file is known by its beginning; what contradicts it is named, never misread."""
    place = tmp_path / "long.csv"
    place.write_text("Country;Amount\n" + "KZ;5\n" * 1_000_000 + "KZ;1.500\n", encoding="utf-8")

    file = file_read(place, upload=TABLE, analysed_bytes=1000)

    with pytest.raises(Invalid, match="two ways") as caught:
        file.table()
    assert caught.value.context["row"] == 1_000_002
