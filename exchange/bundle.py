"""Released cells to a bundle of signed-for bytes, and back.

* Only a `ReleasedTable` can be packed: what disclosure control has not made cannot leave.
* Unpacking goes from the outside in: length, digest of the bytes, then the bytes are read within limits, then
  columns, rows, content and period are compared with the manifest. The first difference ends it.
* What the receiver gets is what was signed: the logical digest is recomputed from the decoded cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exchange import parquet
from exchange.errors import Misconfigured, Refused
from exchange.limits import Limits
from exchange.manifest import DataflowRef, Handling, Manifest, Part, TimeRange
from schemas.digest import sha256_hex
from schemas.errors import UnknownDefinition
from schemas.period import TimePeriod
from schemas.registry import codelist, dataflow
from schemas.release import ReleasedTable
from schemas.structure import Dataflow

PART_NAME = "cells.parquet"
_PERIOD = "TIME_PERIOD"


@dataclass(frozen=True, slots=True)
class Header:
    """What a member says about a release beside the cells; the meaning of each field is `Manifest`'s."""

    originator: str
    audience: tuple[str, ...]
    vintage: int
    handling: Handling
    ingest: Mapping[str, Any]
    created_at: datetime
    supersedes: tuple[str, ...] = ()
    embargo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A manifest and its parts' bytes by digest."""

    manifest: Manifest
    parts: Mapping[str, bytes]


def pack(released: ReleasedTable, header: Header) -> Bundle:
    """Return the bundle of `released`: one part in the writer profile, and the manifest to be signed.

    Raises:
        TypeError: `released` is anything else than a `ReleasedTable`.
        ValueError: there is no cell, or a header field is outside its domain.
    """
    if not isinstance(released, ReleasedTable):
        raise TypeError(f"only a ReleasedTable may leave the node, not {type(released).__name__}")
    flow = dataflow(released.dataflow_id)
    content = parquet.write(released.table)
    part = Part(
        name=PART_NAME,
        length=len(content),
        digest=sha256_hex(content),
        logical_digest=parquet.logical_digest(released.table),
        rows=released.table.num_rows,
    )
    manifest = Manifest(
        originator=header.originator,
        dataflow=DataflowRef(flow.agency, flow.id, flow.version),
        codelists=_codelist_versions(flow),
        time_range=_time_range(released.table),
        vintage=header.vintage,
        supersedes=tuple(sorted(set(header.supersedes))),
        audience=tuple(sorted(set(header.audience))),
        handling=header.handling,
        parts=(part,),
        certificate=released.certificate.to_dict(),
        ingest=header.ingest,
        embargo_until=header.embargo_until,
        created_at=header.created_at,
    )
    return Bundle(manifest, MappingProxyType({part.digest: content}))


def unpack(manifest: Manifest, read_part: Callable[[str], bytes], limits: Limits) -> pa.Table:
    """Return the cells of a verified manifest, parts one after another, as the manifest lists them.

    Args:
        manifest: its signatures were verified before.
        read_part: returns the bytes of a part by its digest.
        limits: bounds on what the bytes may decode to.

    Raises:
        Misconfigured: `unknown_dataflow` or `unknown_structure_version`; a newer node can read it.
        Refused: `part_length_mismatch`, `part_digest_mismatch`, `part_rows_mismatch`,
            `logical_digest_mismatch`, `time_range_mismatch`, or a name of `parquet.read`.
    """
    columns = _known_dataflow(manifest.dataflow).cells.column_ids
    tables = [_unpack_part(part, read_part(part.digest), columns, limits) for part in manifest.parts]
    cells = pa.concat_tables(tables)
    _check_time_range(cells, manifest.time_range)
    return cells


def _unpack_part(part: Part, content: bytes, columns: tuple[str, ...], limits: Limits) -> pa.Table:
    if len(content) != part.length:
        raise _differs("part_length_mismatch", part, part.length, len(content))
    digest = sha256_hex(content)
    if digest != part.digest:
        raise _differs("part_digest_mismatch", part, part.digest, digest)
    table = parquet.read(content, limits, columns=columns)
    if table.num_rows != part.rows:
        raise _differs("part_rows_mismatch", part, part.rows, table.num_rows)
    logical = parquet.logical_digest(table)
    if logical != part.logical_digest:
        raise _differs("logical_digest_mismatch", part, part.logical_digest, logical)
    return table


def _known_dataflow(ref: DataflowRef) -> Dataflow:
    try:
        flow = dataflow(ref.id)
    except UnknownDefinition as error:
        raise _newer(
            "unknown_dataflow", f"{ref.agency}:{ref.id}({ref.version}) is not among its dataflows"
        ) from error
    if ref.agency != flow.agency or ref.version.partition(".")[0] != flow.version.partition(".")[0]:
        detail = (
            f"{ref.agency}:{ref.id}({ref.version}) arrived, {flow.agency}:{flow.id}({flow.version}) is known"
        )
        raise _newer("unknown_structure_version", detail)
    return flow


def _codelist_versions(flow: Dataflow) -> dict[str, str]:
    used = {column.codelist for column in flow.cells.columns if column.codelist is not None}
    return {name: codelist(name).version for name in sorted(used)}


def _time_range(table: pa.Table) -> TimeRange:
    written = pc.unique(table[_PERIOD]).to_pylist()
    if not written or None in written:
        raise ValueError("there is no cell, or a cell without a reporting period")
    periods = sorted(TimePeriod.parse(str(text)) for text in written)
    return TimeRange(str(periods[0]), str(periods[-1]))


def _check_time_range(cells: pa.Table, announced: TimeRange) -> None:
    try:
        found = _time_range(cells)
    except ValueError as error:
        raise _refused("time_range_mismatch", str(error)) from error
    if found != announced:
        detail = f"announced {announced.first} to {announced.last}, found {found.first} to {found.last}"
        raise _refused("time_range_mismatch", detail)


def _differs(name: str, part: Part, announced: object, found: object) -> Refused:
    return _refused(name, f"{part.name}: announced {announced}, found {found}", part=part.name)


def _refused(name: str, detail: str, **context: object) -> Refused:
    return Refused(name, title="A part is not what was signed", detail=detail, context=context)


def _newer(name: str, detail: str) -> Misconfigured:
    return Misconfigured(
        name,
        title="A release of a dataflow this node does not know",
        detail=detail,
        hint="Upgrade this node, then let the release be read again.",
    )
