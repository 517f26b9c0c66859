"""Composites for people: a specification and a table from files, a run, and the tables to write.

Invariants: nothing of a file is parsed before its size is known to be allowed; what the models refuse is refused in
the same words; no node has to be open for it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from node.errors import Invalid, TooLarge
from risk_models import specification_card
from risk_models.card_writing import as_text
from risk_models.composite import Composite, parse, run
from risk_models.composite import register as packaged_register
from risk_models.composite.acceptability import acceptability
from risk_models.composite.bounds import bounded, bounds_table
from risk_models.composite.card import card_of
from risk_models.composite.coherence import influences, pairs
from risk_models.composite.explanation import explanation
from risk_models.composite.running import table_digest
from risk_models.composite.sensitivity import sensitivity
from risk_models.errors import RiskModelError
from risk_models.exact import divided, quantise
from risk_models.model import register as model_register
from risk_models.specification import ModelSpec
from schemas.registry import LANGUAGES

MOST_TABLE_BYTES = 256 << 20
MOST_UNPACKED_BYTES = 1024 << 20
MOST_SPECIFICATION_BYTES = 1 << 20
_SEPARATORS = (",", ";", "\t")


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a refusal of the models into one of the node."""
    try:
        yield
    except RiskModelError as reason:
        raise Invalid(reason.title, detail=reason.detail, hint=reason.hint) from None


def listing() -> tuple[Composite, ...]:
    """Return every packaged composite."""
    return packaged_register.register()


def packaged(name: str) -> Composite:
    """Return a packaged composite; raises Invalid."""
    with in_words():
        return packaged_register.packaged(name)


def read_specification(content: bytes) -> Composite:
    """Read a specification of one's own; raises Invalid or TooLarge."""
    check_size(len(content), MOST_SPECIFICATION_BYTES)
    with in_words():
        return parse(_text(content))


@dataclass(frozen=True, slots=True)
class Computed:
    """Scores, the table after each step (none where scores are intervals), units left out, and the digest."""

    results: pa.Table
    steps: Mapping[str, pa.Table]
    left: tuple[str, ...]
    digest: str


def computed(model: Composite, table: pa.Table) -> Computed:
    """Return the scores of a table, as intervals if the specification names columns of bounds; raises Invalid."""
    with in_words():
        if any(one.bounds is not None for one in model.indicators):
            found = bounded(model, table)
            results = bounds_table(model, found)
            return Computed(results, {}, (), table_digest(model, results))
        outcome = run(model, table)
    return Computed(outcome.results, outcome.steps, outcome.left, outcome.digest)


def lacking(model: Composite) -> tuple[str, ...]:
    """Return the fields of the model card that nobody filled in."""
    return model.card.missing


def of_cells(name: str) -> ModelSpec[Any] | None:
    """Return a model that nodes compute over the exchange, None if there is none of this id."""
    return next((spec for spec in model_register() if spec.id == name), None)


def card(model: Composite | ModelSpec[Any], language: str) -> tuple[dict[str, Any], str]:
    """Return the model card as values and as text; raises Invalid for another language."""
    _check_language(language)
    document = card_of(model) if isinstance(model, Composite) else specification_card.card_of(model)
    return document, as_text(document, language)


def explained(
    model: Composite, table: pa.Table, unit: str, *, score: str | None, period: str | None, language: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return all layers of a score as values, and its sentences in a language; raises Invalid."""
    _check_language(language)
    with in_words():
        found = explanation(model, table, unit, score or model.result.scores[0], period=period)
    return found.to_document(), found.sentences(model, language)


def audited(model: Composite, table: pa.Table) -> dict[str, Any]:
    """Return how the inputs of each group hang together on a table; raises Invalid."""
    with in_words():
        frame = run(model, table).frame
        return {
            "pairs": [
                {
                    "group": one.group,
                    "one": one.one,
                    "other": one.other,
                    "correlation": _index(one.correlation),
                }
                | {"redundant": one.is_redundant}
                for one in pairs(model, frame)
            ],
            "inputs": [
                {"group": one.group, "input": one.input, "weight": quantise(one.weight)}
                | {"correlation": _index(one.correlation), "effect": _index(one.effect)}
                | {"pulls_against": one.pulls_against}
                for one in influences(model, frame)
            ],
        }


def weighed(model: Composite, table: pa.Table, score: str | None) -> list[dict[str, Any]]:
    """Return for each unit of each period the share of all weights that give it each rank; raises Invalid."""
    with in_words():
        frame = run(model, table).frame
        found = [
            pair
            for places in frame.blocks(model.result.within)
            for pair in zip(
                places, acceptability(model, frame, score or model.result.scores[0], places), strict=True
            )
        ]
    periods = frame.attributes.get(model.table.period or "", ())
    return [
        {
            "unit": one.unit,
            "period": periods[place] if periods else None,
            "least": quantise(one.least),
            "greatest": quantise(one.greatest),
            "central_ranks": list(one.central),
            "shares": [quantise(divided(share)) for share in one.shares],
        }
        for place, one in found
    ]


def varied(model: Composite, table: pa.Table, score: str | None) -> dict[str, Any]:
    """Return what the choices of a specification do to the ranks of a score; raises Invalid."""
    with in_words():
        found = sensitivity(model, table, score or model.result.scores[0])
    reference = next(iter(found.ranks.values()))
    ranges = [found.range_of(row) for row in range(len(found.units))]
    return {
        "runs": len(found.ranks),
        "mean_shift": quantise(found.indices.mean),
        "factors": [
            {"id": name, "first": _index(first), "total": _index(total)}
            for name, first, total in zip(
                found.factors, found.indices.first, found.indices.total, strict=True
            )
        ],
        "ranks": [
            {"unit": unit, "reference": f"{rank:f}", "best": f"{ends[0]:f}", "worst": f"{ends[1]:f}"}
            for unit, rank, ends in zip(found.units, reference, ranges, strict=True)
            if rank is not None and ends is not None
        ],
    }


def _index(value: Decimal | None) -> str | None:
    return None if value is None else quantise(value)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid(
            "There is no such language", detail=f"{language!r}.", hint=f"Give {', '.join(LANGUAGES)}."
        )


def read_table(name: str, content: bytes, *, sheet: str | None = None, header: int = 1) -> pa.Table:
    """Read a table by its file's ending: .csv, .xlsx or .parquet. header: the row of the column names, from 1.

    Raises:
        TooLarge: over the stated limits.
        Invalid: another ending, or not what the ending says.
    """
    check_size(len(content), MOST_TABLE_BYTES)
    ending = PurePath(name).suffix.lower()
    if ending not in _READERS:
        raise Invalid(
            "The table's file is of another kind",
            detail=f"{name} does not end in {', '.join(_READERS)}.",
            hint="Save it as CSV, as an Excel workbook or as Parquet.",
        )
    try:
        return _READERS[ending](content, sheet, header)
    except (csv.Error, CalamineError, zipfile.BadZipFile, pa.ArrowException, ValueError, OSError) as reason:
        raise Invalid(
            "The table cannot be read",
            detail=f"{name}: {reason}.",
            hint="Open it, look whether it is whole, and save it again.",
        ) from None


def _csv(content: bytes, _: str | None, header: int) -> pa.Table:
    text = _text(content)
    first = text.splitlines()[header - 1 : header] or [""]
    separator = max(_SEPARATORS, key=first[0].count)
    return _of_rows(list(csv.reader(io.StringIO(text), delimiter=separator, strict=True)), header)


def _workbook(content: bytes, sheet: str | None, header: int) -> pa.Table:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        check_size(sum(part.file_size for part in packed.infolist()), MOST_UNPACKED_BYTES)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    if sheet is not None and sheet not in book.sheet_names:
        raise ValueError(f"there is no sheet {sheet}; there are {', '.join(book.sheet_names)}")
    found = book.get_sheet_by_name(sheet or book.sheet_names[0])
    return _of_rows(
        [[_written(cell) for cell in row] for row in found.to_python(skip_empty_area=False)], header
    )


def _parquet(content: bytes, _: str | None, __: int) -> pa.Table:
    file = pq.ParquetFile(io.BytesIO(content))
    groups = range(file.metadata.num_row_groups)
    check_size(sum(file.metadata.row_group(one).total_byte_size for one in groups), MOST_UNPACKED_BYTES)
    return file.read()


_READERS: dict[str, Callable[[bytes, str | None, int], pa.Table]] = {
    ".csv": _csv,
    ".xlsx": _workbook,
    ".parquet": _parquet,
}


def _of_rows(rows: list[list[str]], header: int) -> pa.Table:
    """A table of texts; columns without a name and rows without a text are left out."""
    if len(rows) < header:
        raise ValueError(f"there is no row {header} for the column names")
    names = [name.strip() for name in rows[header - 1]]
    body = [row for row in rows[header:] if any(cell.strip() for cell in row)]
    uneven = next((place for place, row in enumerate(body, header + 1) if len(row) != len(names)), None)
    if uneven is not None:
        raise ValueError(f"row {uneven} has more or fewer cells than the header")
    named = [place for place, name in enumerate(names) if name]
    columns = [pa.array([row[place] for row in body], pa.string()) for place in named]
    return pa.Table.from_arrays(columns, names=[names[place] for place in named])


def _written(cell: Any) -> str:
    """A cell of a workbook as its text: whole numbers without a point."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004 - exact there
    return str(cell)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        raise Invalid(
            "The file is not UTF-8", detail=f"Byte {reason.start}.", hint="Save it as UTF-8."
        ) from None


def check_size(found: int, most: int = MOST_TABLE_BYTES) -> None:
    """Refuse a file over a limit before it is read; raises TooLarge."""
    if found > most:
        raise TooLarge(
            "The file is too large",
            detail=f"{found} bytes; at most {most}.",
            hint="Leave out what is not needed.",
        )
