"""What a file gives is a function of its bytes and its recipe."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from node.adapters import reading_csv_rows, reading_source
from node.adapters.reading import FileReader
from node.adapters.reading_layout import Layout
from node.adapters.reading_limits import DEFAULT_READING_LIMITS
from node.errors import Invalid
from node.ports.reading import Recipe
from schemas.structure import Column, DataStructure

AREA = Column("AREA", "code", "CL_AREA", role="dimension", labels={"en": "Country", "ru": "Страна"})
DAY = Column("DAY", "date", labels={"en": "Day"})
SUM = Column("SUM", "money", role="measure", labels={"en": "Amount"})
NOTE = Column("NOTE", "text", labels={"en": "Remark"})
TABLE = DataStructure("TEST", "TABLE", "1.0.0", (AREA, DAY, SUM, NOTE))

areas = st.sampled_from(["KZ", "Казахстан", "Kyrgyzstan", "kz", "nowhere", ""])
days = st.sampled_from(["2024-01-31", "31.12.2024", "1.2.2024", "45292", "soon", ""])
sums = st.sampled_from(
    ["1", "1,5", "1.5", "1 234,5", "1,234", "1.234", "1'234.50", "1.234.567", "(5)", "-", ""]
)
notes = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8
)
rows = st.lists(st.tuples(areas, days, sums, notes), max_size=12)
separators = st.sampled_from([",", ";", "\t", "|"])
ends = st.sampled_from(["\n", "\r\n", "\r"])


def written(records: list[tuple[str, ...]], separator: str, end: str) -> bytes:
    """Write records as a CSV with every cell in quotes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("Country", "Day", "Amount", "Remark"), *records])
    return text.getvalue().encode()


@settings(deadline=None, max_examples=60)
@given(rows, separators, ends)
def test_a_stored_recipe_gives_the_same_table(
    records: list[tuple[str, ...]], separator: str, end: str
) -> None:
    """Through JSON and back, with the same digest, the same notices and the same cells."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "file.csv"
        place.write_bytes(written(records, separator, end))
        reader = FileReader()
        recipe = reader.detect(place, "file.csv", TABLE)
        stored = Recipe.from_document(json.loads(json.dumps(recipe.to_document())))
        first, again = (reader.read(place, "file.csv", one, TABLE) for one in (recipe, stored))

        assert stored == recipe
        assert stored.digest == recipe.digest
        assert again.table().equals(first.table())
        assert again.notices == first.notices


@settings(deadline=None, max_examples=60)
@given(rows, separators, ends, st.integers(64, 300), st.integers(1, 80))
def test_blocks_of_any_size_give_the_cells_that_were_written(
    records: list[tuple[str, ...]], separator: str, end: str, block: int, piece: int
) -> None:
    """Where blocks are cut never shifts, joins or loses a cell."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "file.csv"
        place.write_bytes(written(records, separator, end))
        usual = reading_csv_rows._BLOCK_BYTES, reading_source._BLOCK
        reading_csv_rows._BLOCK_BYTES, reading_source._BLOCK = max(block, 64), piece
        try:
            layout = Layout("csv", "utf-8", separator)
            chunks = list(reading_csv_rows.csv_chunks(place, layout, DEFAULT_READING_LIMITS, [0]))
        finally:
            reading_csv_rows._BLOCK_BYTES, reading_source._BLOCK = usual

    cells = [tuple(cell or "" for cell in row.values()) for chunk in chunks for row in chunk.to_pylist()]
    assert cells == records


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    """Whatever is uploaded, a person reads words."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "file"
        place.write_bytes(content)
        with suppress(Invalid):
            recipe = FileReader().detect(place, "file", TABLE)
            FileReader().read(place, "file", recipe, TABLE).table()
