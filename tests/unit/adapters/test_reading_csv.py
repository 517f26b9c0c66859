"""CSV files as people make them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from node.adapters.reading import FileReader
from node.errors import Invalid, TooLarge
from node.ports.reading import ReadTable
from schemas import registry
from schemas.canonical import canonical_json
from tests.support.files_read import whole_read

HEADER = ["AREA", "VALUE", "NOTE"]


def read(path: Path, content: bytes | str, **limits: int) -> ReadTable:
    """Read content as an uploaded file."""
    place = path / "upload"
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    return whole_read(place, **limits)


def refused(path: Path, content: bytes | str, **limits: int) -> Invalid:
    """Give the refusal of content."""
    with pytest.raises(Invalid) as caught:
        read(path, content, **limits)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_found(tmp_path: Path, separator: str, newline: str) -> None:
    """Excel writes what its locale says."""
    rows = [HEADER, ["KZ", "1,5", "a"], ["KG", "2;5", "b\tc"]]
    text = newline.join(separator.join(f'"{cell}"' for cell in row) for row in rows) + newline

    result = read(tmp_path, text)

    assert result.table.to_pydict() == {"AREA": ["KZ", "KG"], "VALUE": ["1,5", "2;5"], "NOTE": ["a", "b\tc"]}
    assert result.recipe["separator"] == separator
    assert result.first_row == 2


@pytest.mark.parametrize(
    ("codec", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1251", "cp1251")],
)
def test_encodings_are_found(tmp_path: Path, codec: str, named: str) -> None:
    """Cyrillic text is the same, however it was saved; no mark stays in the first column's name."""
    result = read(tmp_path, 'ПЕРИОД;ЗНАЧЕНИЕ\r\n"Жамбыл";"Королёв, Пётр"'.encode(codec))

    assert result.table.to_pydict() == {"ПЕРИОД": ["Жамбыл"], "ЗНАЧЕНИЕ": ["Королёв, Пётр"]}
    assert result.recipe["encoding"] == named


def test_utf_16_of_either_byte_order_is_read(tmp_path: Path) -> None:
    """The mark says which."""
    big = b"\xfe\xff" + "A\tB\nқ\t1\n".encode("utf-16-be")

    assert read(tmp_path, big).table.to_pydict() == {"A": ["қ"], "B": ["1"]}


def test_broken_utf_8_is_not_taken_for_another_encoding(tmp_path: Path) -> None:
    """A cut or damaged byte would turn every name into nonsense without anybody noticing."""
    error = refused(tmp_path, b"A,B\n" + "Қырғыз Республикасы,Кыргызстан".encode() + b"\n\xd0,1\n")

    assert "UTF-8" in error.detail


def test_every_cell_is_text_as_it_was_written(tmp_path: Path) -> None:
    """Leading zeros, long numbers, NA, true and dates are not interpreted."""
    row = ["007", "12345678901234567890", "NA", "null", "TRUE", "2020-01-02", "1e5", " x "]
    names = [f"C{number}" for number in range(len(row))]

    result = read(tmp_path, ",".join(names) + "\n" + ",".join(row) + "\n")

    assert [column[0].as_py() for column in result.table.columns] == row


def test_an_empty_cell_is_null_and_a_quoted_one_too(tmp_path: Path) -> None:
    """Nothing is nothing."""
    assert read(tmp_path, 'A,B,C\n,"",x\n').table.to_pylist() == [{"A": None, "B": None, "C": "x"}]


def test_line_breaks_in_quotes_do_not_shift_rows(tmp_path: Path) -> None:
    """The row of a record is the one Excel shows."""
    text = 'A,B\n"two\nlines",1\n"three\r\nmore\nlines",2\nlast,3\n'

    result = read(tmp_path, text)

    assert result.table.column("B").to_pylist() == ["1", "2", "3"]
    assert result.table.column("A").to_pylist() == ["two\nlines", "three\r\nmore\nlines", "last"]
    assert result.first_row == 2


def test_a_blank_row_keeps_its_place_and_the_last_ones_go(tmp_path: Path) -> None:
    """Row numbers below a blank row stay right."""
    result = read(tmp_path, "A,B\nx,1\n\n,\ny,2\n\n,\n   \n")

    assert result.table.column("A").to_pylist() == ["x", None, None, "y"]


def test_doubled_quotes_and_separators_inside_quotes_are_kept(tmp_path: Path) -> None:
    """RFC 4180, section 2, rules 6 and 7."""
    assert read(tmp_path, 'A,B\n"say ""no"", please",1\n').table.column("A").to_pylist() == [
        'say "no", please'
    ]


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    """RFC 4180, section 2, rule 2."""
    assert read(tmp_path, "A,B\n1,2").table.num_rows == 1


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    """The check says that it is empty, with the names of its columns."""
    result = read(tmp_path, "A,B\n")

    assert (result.table.column_names, result.table.num_rows) == (["A", "B"], 0)


def test_names_are_trimmed_and_repeated_ones_kept(tmp_path: Path) -> None:
    """The check names what is double."""
    assert read(tmp_path, " A ,B,A\n1,2,3\n").table.column_names == ["A", "B", "A"]


def test_blank_columns_at_the_end_are_left_out(tmp_path: Path) -> None:
    """Spreadsheets leave separators behind."""
    assert read(tmp_path, "A,B,,\n1,2,,\n").table.column_names == ["A", "B"]


@pytest.mark.parametrize("row", [2, 3, 150_000])
@pytest.mark.parametrize(("line", "cells"), [("x", 1), ("x,1", 2), ("x,1,2,3", 4), ("x,1,2,", 4)])
def test_a_ragged_row_is_named(tmp_path: Path, row: int, line: str, cells: int) -> None:
    """Missing and extra separators alike, at the beginning and far below."""
    error = refused(tmp_path, "A,B,C\n" + "x,1,2\n" * (row - 2) + line + "\nx,1,2\n")

    assert error.context["row"] == row
    assert f"Row {row} has {cells} cells" in error.detail


def test_a_ragged_row_after_a_line_break_in_quotes_is_named_as_excel_does(tmp_path: Path) -> None:
    """Records are counted, not lines."""
    assert refused(tmp_path, 'A,B\n"x\ny\nz",1\nonly\n').context["row"] == 3


@pytest.mark.parametrize("text", ["A~B~C\n1~2~3\n", "A:B\n1:2\n", "A B C\n1 2 3\n", "hello\n"])
def test_another_separator_is_said_in_words(tmp_path: Path, text: str) -> None:
    """The person reads which ones are known."""
    error = refused(tmp_path, text)

    assert "told apart" in error.title
    assert "semicolon" in error.hint


@pytest.mark.parametrize("text", ['A,B\nx,"open\ny,2\n', 'A,B\nx,"a"b\n'])
def test_a_quotation_mark_out_of_place_is_named(tmp_path: Path, text: str) -> None:
    """Read on, it would swallow the rest of the file."""
    error = refused(tmp_path, text)

    assert "quotation mark" in error.hint
    assert error.context["row"] == 2


def test_an_open_quotation_mark_in_a_long_file_is_no_giant_cell(tmp_path: Path) -> None:
    """It is found before it costs memory."""
    assert "quotation mark" in refused(tmp_path, 'A,B\nx,"open\n' + "y,2\n" * 100_000).hint


@pytest.mark.parametrize("content", [b"", b"\n\n", b",,,\n1,2,3,4\n", b"\xef\xbb\xbf"])
def test_a_file_without_names_is_invalid(tmp_path: Path, content: bytes) -> None:
    """There is nothing to check against."""
    refused(tmp_path, content)


def test_a_column_with_values_but_no_name_is_not_read_and_that_is_said(tmp_path: Path) -> None:
    """Its values could be anything; programs write row numbers there."""
    result = read(tmp_path, "A,,C\n1,2,3\n")

    assert result.table.to_pylist() == [{"A": "1", "C": "3"}]
    assert [(one.rule, one.column) for one in result.notices] == [("reading.column_without_name", "B")]


@pytest.mark.parametrize(
    "content",
    [
        b"A,B\n1,\x00\n",
        bytes(range(256)),
        b"\xff\xfeA\x00",
        "A,B\n1,2\n".encode("utf-32"),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    ],
)
def test_what_is_no_text_is_said_so(tmp_path: Path, content: bytes) -> None:
    """Pictures, programs and cut files."""
    refused(tmp_path, content)


def test_a_file_over_a_limit_is_too_large(tmp_path: Path) -> None:
    """Each bound has its own sentence."""
    text = "A,B,C\n" + "1,2,3\n" * 10
    too_many: list[dict[str, int]] = [
        {"max_file_bytes": 20},
        {"max_rows": 9},
        {"max_columns": 2},
        {"max_cell_characters": 0},
    ]

    for limit in too_many:
        with pytest.raises(TooLarge):
            read(tmp_path, text, **limit)
    assert read(tmp_path, text, max_rows=10, max_columns=3, max_cell_characters=1).table.num_rows == 10


def test_a_cell_that_is_too_long_is_named(tmp_path: Path) -> None:
    """In characters, as Excel counts."""
    text = "A,B\nx,1\n" + "қ" * 32_767 + ",2\n" + "қ" * 32_768 + ",3\n"

    assert refused(tmp_path, text).context["row"] == 4


def test_the_recipe_can_be_digested_and_says_how_the_file_was_read(tmp_path: Path) -> None:
    """It goes into a signed manifest."""
    recipe = read(tmp_path, "A;B\n1;2\n").recipe

    canonical_json(recipe)
    assert {name: recipe[name] for name in ("format", "encoding", "separator", "sheet")} == {
        "format": "csv",
        "encoding": "utf-8",
        "separator": ";",
        "sheet": "",
    }
    assert [column["header"] for column in recipe["columns"]] == ["A", "B"]


def test_many_rows_are_read_in_order(tmp_path: Path) -> None:
    """Over the borders of the chunks they are read in."""
    count = 250_001

    result = read(tmp_path, "A,B\n" + "".join(f"{number},x\n" for number in range(count)))

    assert result.table.column("A").to_pylist() == [str(number) for number in range(count)]


@pytest.mark.parametrize(
    "wrong",
    [{"encoding": ""}, {"encoding": "hex"}, {"encoding": "x" * 99}, {"separator": ""}, {"separator": "::"}],
    ids=str,
)
def test_a_recipe_that_a_person_garbled_is_refused_in_words(tmp_path: Path, wrong: dict[str, str]) -> None:
    """No encoding that is read, or nothing that separates columns: never a fault of the node."""
    path = tmp_path / "flows.csv"
    path.write_text("TIME_PERIOD,REF_AREA\n2012,KZ\n", encoding="utf-8")
    reader = FileReader()
    structure = registry.dataflow("CONTEXT").upload
    recipe = reader.detect(path, path.name, structure)

    with pytest.raises(Invalid):
        reader.read(path, path.name, replace(recipe, **wrong), structure)  # type: ignore[arg-type]
