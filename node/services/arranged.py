"""The cells of a bundle arranged for reading: what one choice shows lies side by side, in a file that is mapped.

Invariants: an arrangement follows from the bundle alone, so it is named by the bundle's digest and never outdated; it
has every cell of it once and says nothing else; what is lost or altered on the disk is arranged again. A section is
all cells that are equal in every dimension but the areas and the period; within it cells stand as in the bundle.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from node.ports.ledger import Bundle, live
from node.ports.work import Said
from node.services.cells import bundle_cells
from node.services.context import Context
from schemas import registry
from schemas.structure import DataStructure

AREAS = ("REF_AREA", "COUNTERPART_AREA")
PERIOD = "TIME_PERIOD"
FIRST, CELLS = "FIRST", "CELLS"
_SECTIONS, _TEXTS = b"sections", b"texts"
# of files; another one when files of before cannot be read as they are now
_FORM = 2
_MOST_CODES = 1 << 62
# what a mapping costs beside the pages that the system keeps for it, which it takes back when it needs them
_MAPPING_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Arranged:
    """sections: the common dimensions, `FIRST` row and how many `CELLS`.

    codes: of each other text column, a place in its `texts` for every cell; one of the texts may be None. others: the
    columns that are no texts.
    """

    sections: pa.Table
    codes: Mapping[str, NDArray[Any]]
    texts: Mapping[str, tuple[str | None, ...]]
    others: Mapping[str, pa.Array[Any]]

    @property
    def nbytes(self) -> int:
        """What it takes of this process's memory."""
        return int(self.sections.nbytes) + _MAPPING_BYTES


def section_names(structure: DataStructure) -> tuple[str, ...]:
    """Give the dimensions that the cells of a section have in common."""
    return tuple(name for name in structure.dimensions if name not in {*AREAS, PERIOD})


def opened(ctx: Context, bundle: Bundle) -> Arranged:
    """Give the cells of a bundle from their file, which is made now if it is not there; raises Damaged."""
    return ctx.tables.get(("arranged", bundle.digest), lambda: mapped(_file(ctx, bundle)))


def arrange_all(ctx: Context) -> Said:
    """Arrange every bundle in force that is not yet, and forget those that are in force no more."""
    bundles = {_name(bundle): bundle for bundle in live(ctx.ledger.bundles())}
    held = set(ctx.arranged.names())
    for name in sorted(bundles.keys() - held):
        _keep(ctx, bundles[name])
    ctx.arranged.drop(sorted(held - bundles.keys()))
    return Said("arranged", {"bundles": len(bundles.keys() - held)})


def arrange(cells: pa.Table, structure: DataStructure) -> Arranged:
    """Arrange cells whose texts are coded."""
    names = section_names(structure)
    whole = cells.unify_dictionaries().combine_chunks()
    key = _key(whole, names)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else ordered
    sections = whole.select(list(names)).take(pa.array(order[first], pa.int64()))
    counts = np.diff(np.append(first, len(ordered)))
    for name, numbers in ((FIRST, first), (CELLS, counts)):
        sections = sections.append_column(name, pa.array(numbers, pa.int64()))
    codes, texts, others = {}, {}, {}
    for field in whole.drop_columns(list(names)).schema:
        column = whole.column(field.name)
        if pa.types.is_dictionary(field.type):
            places, known = _codes(column)
            codes[field.name], texts[field.name] = places[order].astype(_kind(len(known))), known
        else:
            others[field.name] = _whole(column.take(pa.array(order, pa.int64())))
    return Arranged(sections, codes, texts, others)


def written(arranged: Arranged) -> bytes:
    """Give the file of an arrangement: Arrow, uncompressed; sections and texts in the metadata."""
    noted = io.BytesIO()
    with pa.ipc.new_stream(noted, arranged.sections.schema) as stream:
        stream.write_table(arranged.sections)
    told = {_SECTIONS: noted.getvalue(), _TEXTS: json.dumps(arranged.texts).encode()}
    columns = {name: pa.array(places) for name, places in arranged.codes.items()} | dict(arranged.others)
    rows = pa.table(columns).replace_schema_metadata(told)
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, rows.schema) as file:
        file.write_table(rows)
    return sink.getvalue()


def mapped(path: Path) -> Arranged:
    """Map the file of an arrangement: its rows are read from the disk when they are looked at."""
    with pa.memory_map(str(path)) as source:
        rows = pa.ipc.open_file(source).read_all()
    told = rows.schema.metadata
    with pa.ipc.open_stream(told[_SECTIONS]) as stream:
        sections = stream.read_all()
    texts = {name: tuple(known) for name, known in json.loads(told[_TEXTS]).items()}
    columns = {name: _whole(rows.column(name)) for name in rows.column_names}
    return Arranged(
        sections,
        {name: columns[name].to_numpy() for name in texts},
        texts,
        {name: column for name, column in columns.items() if name not in texts},
    )


def is_true(ctx: Context, bundle: Bundle, path: Path) -> bool:
    """Say whether a file has every cell of its bundle, and each where it belongs."""
    return written(_arranged(ctx, bundle)) == written(mapped(path))


def kept_files(ctx: Context) -> list[tuple[Bundle, Path]]:
    """Give the bundles in force whose file is there and whole."""
    found = ((bundle, ctx.arranged.find(_name(bundle))) for bundle in live(ctx.ledger.bundles()))
    return [(bundle, path) for bundle, path in found if path is not None]


def _file(ctx: Context, bundle: Bundle) -> Path:
    return ctx.arranged.find(_name(bundle)) or _keep(ctx, bundle)


def _keep(ctx: Context, bundle: Bundle) -> Path:
    return ctx.arranged.keep(_name(bundle), written(_arranged(ctx, bundle)))


def _arranged(ctx: Context, bundle: Bundle) -> Arranged:
    structure = registry.dataflow(bundle.dataflow_id).cells
    return arrange(bundle_cells(ctx, bundle, is_coded=True), structure)


def _name(bundle: Bundle) -> str:
    return f"{bundle.digest.removeprefix('sha256:')}-{_FORM}"


def _key(cells: pa.Table, names: tuple[str, ...]) -> Any:
    """Number the combinations of these columns: equal numbers for equal ones."""
    key, many = np.zeros(cells.num_rows, np.int64), 1
    for name in names:
        codes, known = _codes(cells.column(name))
        size = max(1, len(known))
        if many * size > _MOST_CODES:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            many = int(key.max(initial=0)) + 1
        key, many = key * size + codes, many * size
    return key


def _codes(column: Any) -> tuple[NDArray[np.int64], tuple[str | None, ...]]:
    """Give a column as places in its texts; None among them stands for no text."""
    coded = _whole(column if pa.types.is_dictionary(column.type) else column.dictionary_encode())
    known = tuple(coded.dictionary.to_pylist())
    places = coded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False).astype(np.int64)
    return places, (*known, None) if coded.null_count else known


def _whole(column: Any) -> Any:
    """Give a column in one piece."""
    combined = column.combine_chunks()
    if not isinstance(combined, pa.ChunkedArray):
        return combined
    return combined.chunk(0) if combined.num_chunks else pa.array([], combined.type)


def _kind(texts: int) -> Any:
    """Give the smallest numbers that places in so many texts fit in."""
    return next(kind for kind in (np.int8, np.int16, np.int32) if texts <= np.iinfo(kind).max)
