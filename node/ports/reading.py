"""Reading a file people bring: how it is to be read (a recipe), and what came out (chunks of text cells).

Invariants: a recipe holds every choice that reading makes, so the same bytes read by the same recipe give the
same cells; it is JSON of strings, integers and lists, with a digest; a file is never needed whole in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, Self

import pyarrow as pa

from node.errors import Invalid
from schemas.canonical import canonical_json
from schemas.check import Violation
from schemas.digest import sha256_hex
from schemas.stream import StreamResult
from schemas.structure import DataStructure

RECIPE_VERSION = 1
_LISTS = ("alternatives", "typologies")


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """One column of the file. `concept`: what it is read as, "" if it is not read.

    decimal and thousands: the marks in its numbers ("" where none stands). dates: "", "iso", "dmy", "serial".
    codes: texts of the file, each with the code it stands for. carries: in a wide table, the codes that the
    header gives to every value of this column, by dimension. is_unsure: its numbers can be read in two ways.
    """

    position: int
    header: str
    concept: str
    decimal: str = "."
    thousands: str = ""
    dates: str = ""
    codes: Mapping[str, str] = field(default_factory=dict, hash=False)
    carries: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything needed to read the same bytes to the same cells again.

    header_first, header_last, last_row: rows as a spreadsheet shows them; 0 where the format keeps its names
    elsewhere. last_row is None where the table goes on to the end. confirmed: a person has looked at it.
    alternatives: other encodings and sheets that fit, for a person to choose from. typologies: by which definitions
    flows are found in single transactions, id and version; none in any other file. columns_as_in: the submission
    whose columns a person had set and these are read like; 0 where the file speaks for itself.
    """

    format: str
    encoding: str
    separator: str
    sheet: str
    header_first: int
    header_last: int
    last_row: int | None
    columns: tuple[ColumnReading, ...]
    alternatives: tuple[str, ...] = ()
    typologies: tuple[str, ...] = ()
    confirmed: bool = False
    columns_as_in: int = 0
    version: int = RECIPE_VERSION

    @property
    def first_row(self) -> int:
        """The file's row of the first data row."""
        return self.header_last + 1

    @property
    def is_wide(self) -> bool:
        """True if headers carry codes, so that the rows of the table are not the rows of the file."""
        return any(column.carries for column in self.columns)

    @property
    def digest(self) -> str:
        """The digest of the document."""
        return sha256_hex(canonical_json(self.to_document()))

    def to_document(self) -> dict[str, Any]:
        """Give the recipe as JSON values."""
        document = {one.name: getattr(self, one.name) for one in fields(self)}
        document |= {name: list(getattr(self, name)) for name in _LISTS}
        document["columns"] = [
            {one.name: _plain(getattr(column, one.name)) for one in fields(column)} for column in self.columns
        ]
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read a stored recipe; raises Invalid for anything else."""
        if "version" not in document:
            document = _of_first_release(document)
        if document.get("version") != RECIPE_VERSION:
            raise _no_recipe("it has another version")
        try:
            columns = tuple(ColumnReading(**column) for column in document["columns"])
            lists = {name: tuple(document.get(name, ())) for name in _LISTS}
            recipe = cls(**{**document, **lists, "columns": columns})
        except (TypeError, KeyError) as error:
            raise _no_recipe(str(error)) from error
        _check_types(recipe)
        return recipe


@dataclass(frozen=True, slots=True)
class Precedent:
    """How a person said that the columns of an earlier file are read; `number` is that of its submission."""

    number: int
    columns: tuple[ColumnReading, ...]


@dataclass(frozen=True, slots=True)
class FileCell:
    """A place in the file: its row as a spreadsheet shows it, and the header of its column."""

    row: int | None
    header: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row as it stands in the file: its number as a spreadsheet shows it, and its cells, one a column.

    A Decimal is a number of the file's own; a text that looks like one stays a text. An empty cell is None.
    """

    number: int
    cells: tuple[str | Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A file read whole: text columns, the file row of the first data row, and the recipe's document."""

    table: pa.Table
    first_row: int
    recipe: dict[str, Any]
    notices: tuple[Violation, ...] = ()
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file ready to be read: chunks of text columns named by concept, in the order of the file.

    A column may be string or dictionary<int32, string>. `stream` opens the file anew at every call.
    `places` gives the cell of the file that a (row, concept) of the chunks came from. `around` are the texts
    beside the table: titles, footnotes, names of sheets.
    """

    recipe: Recipe
    first_row: int
    notices: tuple[Violation, ...]
    stream: Callable[[], Iterator[pa.Table]] = field(compare=False)
    places: Callable[[int | None, str], FileCell] = field(compare=False)
    around: tuple[str, ...] = ()

    def chunks(self) -> Iterator[pa.Table]:
        """Give the table in chunks, at least one; raises Invalid at a row that cannot be read."""
        return self.stream()

    def table(self) -> pa.Table:
        """Give the whole table at once, every column of plain strings."""
        chunks = [plain(chunk) for chunk in self.chunks()]
        return pa.concat_tables(chunks)

    def whole(self) -> ReadTable:
        """Give the whole table with what is known about its reading."""
        return ReadTable(self.table(), self.first_row, self.recipe.to_document(), self.notices, self.around)


@dataclass(frozen=True, slots=True)
class StagedRecords:
    """Records once checked: what was found, and what gives the accepted ones, typed, when they are asked for.

    They are kept outside memory until `take` is dropped, which may be called as often as one likes. paths: the typed
    Parquet files that hold them, for whoever reads them piece by piece; empty if no row was accepted.
    """

    result: StreamResult
    take: Callable[[], pa.Table] = field(compare=False)
    paths: tuple[str, ...] = ()


class RecordStager(Protocol):
    """Checks files of records of any length in the memory of a piece."""

    def stage(
        self, file: ReadFile, structure: DataStructure, *, reporter: str, as_of: date | None
    ) -> StagedRecords:
        """Check a file chunk by chunk; raises Invalid, TooLarge, Unavailable."""


class TableReader(Protocol):
    """Reads CSV, XLSX, Parquet and goAML exports as people make them, within limits.

    Both steps raise Invalid (what is wrong and what to do) or TooLarge, never a library's error.
    """

    def detect(
        self,
        path: Path,
        file_name: str,
        structure: DataStructure,
        *,
        sheet: str | None = None,
        encoding: str | None = None,
        like: Sequence[Precedent] = (),
    ) -> Recipe:
        """Find out how a file is to be read; a person may say which sheet, or what the encoding is.

        A header that stands as in one of `like`, the first that fits, means what it meant there, and so do the names
        below it. Marks of numbers and forms of dates are found in the file's own cells all the same.
        """

    def read(self, path: Path, file_name: str, recipe: Recipe, structure: DataStructure) -> ReadFile:
        """Read a file by a recipe and by nothing else."""

    def rows(self, path: Path, file_name: str, recipe: Recipe, wanted: Sequence[int]) -> tuple[FileRow, ...]:
        """Give the wanted rows below the header as they stand in the file, in its order; what is not there is left out.

        wanted: numbers as a spreadsheet shows them. Nothing after the last of them is read.
        """


def plain(table: pa.Table) -> pa.Table:
    """Give a table with every column of plain strings."""
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _of_first_release(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the recipes of release 0.1 meant: a header in the first row, cells as they stand."""
    names = document.get("columns", ())
    if not all(isinstance(name, str) for name in names):
        raise _no_recipe("its columns are no names")
    return {
        **{name: document.get(name, "") for name in ("format", "encoding", "separator", "sheet")},
        "header_first": 1, "header_last": 1, "last_row": None, "version": RECIPE_VERSION,
        "columns": [
            {"position": place, "header": name, "concept": name} for place, name in enumerate(names)
        ],
    }  # fmt: skip


def _check_types(recipe: Recipe) -> None:
    texts = [recipe.format, recipe.encoding, recipe.separator, recipe.sheet, *recipe.alternatives]
    texts += recipe.typologies
    rows = [recipe.header_first, recipe.header_last, *([] if recipe.last_row is None else [recipe.last_row])]
    rows.append(recipe.columns_as_in)
    for column in recipe.columns:
        rows.append(column.position)
        texts += [column.header, column.concept, column.decimal, column.thousands, column.dates]
        if not isinstance(column.is_unsure, bool):
            raise _no_recipe("a column is neither sure nor unsure")
        if not isinstance(column.codes, Mapping) or not isinstance(column.carries, Mapping):
            raise _no_recipe("the codes of a column are no table")
        texts += [*column.codes, *column.codes.values(), *column.carries, *column.carries.values()]
    if not all(isinstance(text, str) for text in texts):
        raise _no_recipe("a text is something else")
    if not all(type(row) is int and row >= 0 for row in rows) or not isinstance(recipe.confirmed, bool):
        raise _no_recipe("a row or a position is no number")


def _no_recipe(problem: str) -> Invalid:
    return Invalid(
        "This is no recipe for reading a file",
        detail=f"The recipe cannot be used: {problem[:200]}.",
        hint="Upload the file again and let the node find out how to read it.",
    )
