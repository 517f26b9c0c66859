"""schemas.stream: a table that comes in pieces."""

from __future__ import annotations

import pyarrow as pa
import pytest

from schemas.arrow import arrow_schema
from schemas.errors import InvalidTable
from schemas.stream import Repetition, StreamCheck
from tests.support.figures import FIGURES, table

KEY = ("TIME_PERIOD", "REF_AREA", "CHANNEL", "MEASURE")


def a_stream(listed_at_most: int = 1000) -> StreamCheck:
    """A check of the small statistics."""
    return StreamCheck(FIGURES, reporter="KZ", listed_at_most=listed_at_most)


def test_the_accepted_rows_of_a_piece_are_typed() -> None:
    """Each piece gives its sound rows at once, with the structure's own schema."""
    stream = a_stream()

    accepted = stream.take(table(("N_STR", "12"), ("N_STR", "x", "2021"), ("V_FROZ", "1.5")), 2)

    assert accepted.schema.equals(arrow_schema(FIGURES))
    assert accepted.column("OBS_VALUE").to_pylist() == [12, 150]
    assert accepted.column("CHANNEL").to_pylist() == ["_T", "_T"]


def test_rows_are_numbered_through_all_pieces() -> None:
    """A violation in the second piece has the file's row."""
    stream = a_stream()
    stream.take(table(("N_STR", "1")), 2)
    stream.take(table(("N_STR", "1", "2021"), ("N_STR", "x", "2022")), 3)

    result = stream.finish()

    assert [(one.rule, one.row) for one in result.violations] == [("count.not_integer", 4)]
    assert (result.rows, result.rows_refused, result.is_fatal) == (3, 1, False)


def test_a_bad_header_is_reported_once_and_refuses_every_row() -> None:
    """Nothing is accepted, every row is counted."""
    stream = a_stream()
    pieces = [table(("N_STR", "1"), ("N_STR", "2")).drop_columns(["MEASURE"]) for _ in range(2)]

    accepted = [stream.take(piece, 2).num_rows for piece in pieces]

    result = stream.finish()
    assert accepted == [0, 0]
    assert result.totals == {"column.missing": 1}
    assert (result.rows, result.rows_refused, result.is_fatal) == (4, 4, True)


def test_a_table_without_rows_is_reported() -> None:
    """An empty piece tells the columns and no more."""
    stream = a_stream()
    stream.take(table(), 2)

    result = stream.finish()

    assert result.is_fatal
    assert result.totals == {"table.empty": 1}
    assert not result.is_clean


def test_a_repetition_is_listed_at_each_of_its_rows() -> None:
    """Whoever kept the rows says which repeat; every one of them names all."""
    stream = a_stream()
    stream.take(table(("N_STR", "1"), ("N_STR", "2"), ("N_STR", "3", "2021")), 2)

    result = stream.finish([Repetition("key.duplicate", (2, 3), 2, KEY)])

    assert [(one.row, one.column, one.params["rows"]) for one in result.violations] == [
        (2, "TIME_PERIOD", [2, 3]),
        (3, "TIME_PERIOD", [2, 3]),
    ]
    assert result.totals == {"key.duplicate": 2}
    assert result.rows_refused == 2


def test_groups_that_are_not_listed_are_counted() -> None:
    """The true total is given beside the first groups."""
    stream = a_stream(listed_at_most=1)
    stream.take(table(("N_STR", "1")), 2)

    result = stream.finish(
        [Repetition("key.duplicate", (2, 9), 2, KEY)], totals={"key.duplicate": 50}, refused=40
    )

    assert len(result.violations) == 1
    assert result.totals == {"key.duplicate": 50}
    assert result.rows_refused == 40


@pytest.mark.parametrize("listed_at_most", [0, 1, 3])
def test_the_list_is_cut_and_the_totals_are_not(listed_at_most: int) -> None:
    """The first violations of the file, whichever piece they are in."""
    stream = a_stream(listed_at_most)
    for row in range(2, 8):
        stream.take(table(("N_STR", "x", str(2000 + row))), row)

    result = stream.finish()

    assert [one.row for one in result.violations] == list(range(2, 2 + listed_at_most))
    assert result.totals == {"count.not_integer": 6}


@pytest.mark.parametrize(
    "column", [pa.array([1], pa.int64()), pa.array([1]).dictionary_encode()], ids=["numbers", "dictionary"]
)
def test_a_piece_that_is_not_text_is_a_mistake_of_the_reader(column: pa.Array) -> None:
    """It is refused as such, and not reported to the analyst."""
    with pytest.raises(InvalidTable, match=r"not text|something else than texts"):
        a_stream().take(table(("N_STR", "1")).set_column(4, "OBS_VALUE", column), 2)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_texts_may_come_in_any_form_of_text(kind: pa.DataType) -> None:
    """Spaces, blanks and defaults are treated alike in all of them."""
    piece = table((" N_STR ", " 12 ", "2020", " ", None), ("N_STR", "", "2021", None, "M"))
    cast = pa.table({name: piece.column(name).cast(kind) for name in piece.column_names})

    accepted = a_stream().take(cast, 2)

    assert accepted.select(["MEASURE", "CHANNEL", "OBS_VALUE", "OBS_STATUS"]).to_pylist() == [
        {"MEASURE": "N_STR", "CHANNEL": "_T", "OBS_VALUE": 12, "OBS_STATUS": "A"},
        {"MEASURE": "N_STR", "CHANNEL": "_T", "OBS_VALUE": None, "OBS_STATUS": "M"},
    ]


def test_words_that_a_piece_does_not_use_are_not_judged() -> None:
    """A dictionary may be that of the whole file."""
    words = pa.array(["N_STR", "nonsense", None, ""])
    column = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), words)
    stream = a_stream()
    stream.take(table(("N_STR", "1")).set_column(3, "MEASURE", column), 2)

    assert stream.finish().is_clean


def test_an_empty_word_of_a_dictionary_is_an_empty_cell() -> None:
    """A null among the words, a blank one, and no place at all are the same."""
    column = pa.DictionaryArray.from_arrays(
        pa.array([0, 1, None], pa.int32()), pa.array([None, " "], pa.string())
    )
    piece = table(("N_STR", "1"), ("N_STR", "1", "2021"), ("N_STR", "1", "2022"))
    stream = a_stream()
    stream.take(piece.set_column(3, "MEASURE", column), 2)

    assert stream.finish().totals == {"value.required": 3}
