"""SDMX-CSV 2.0 as an upload: its own columns are understood and taken away, the data columns stay.

Invariants: a table without the columns of SDMX-CSV is left as it is; rows keep their place; one file has one
structure and one action, because a submission means one thing for what was released before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute

from node.errors import Invalid
from node.ports.reading import ReadTable
from node.ports.submissions import UploadMode
from schemas.structure import Dataflow

STRUCTURE, STRUCTURE_ID, ACTION = "STRUCTURE", "STRUCTURE_ID", "ACTION"
_NAMES = (STRUCTURE, STRUCTURE_ID, "STRUCTURE_NAME", ACTION)
# the first column may say how cells with several values are separated: STRUCTURE[;]
_FIRST = re.compile(r"STRUCTURE(\[.\])?")
_REFERENCE = re.compile(r"(?P<agency>[\w.@$-]+):(?P<id>[\w@$-]+)\((?P<version>[^()]+)\)")
_KINDS = ("dataflow", "datastructure")

pc: Any = pyarrow.compute


class RowAction(StrEnum):
    """What the rows of a file mean for what was released before; the letters are those of SDMX-CSV."""

    APPEND = "append"
    MERGE = "merge"
    REPLACE = "replace"
    DELETE = "delete"
    UNSAID = ""


_ACTIONS = {
    "A": RowAction.APPEND,
    "M": RowAction.MERGE,
    "R": RowAction.REPLACE,
    "D": RowAction.DELETE,
    "I": RowAction.UNSAID,
}


@dataclass(frozen=True, slots=True)
class SdmxCsv:
    """A table that came as SDMX-CSV, without the columns of the format.

    structure: the kind of what the rows belong to, "dataflow" or "datastructure". reference: its name,
    `IRAC:R33_A(1.0.0)`. action: UNSAID if the file has no ACTION, or says only that it informs (`I`).
    """

    table: pa.Table
    structure: str
    reference: str
    action: RowAction


def is_sdmx_csv(header: list[str]) -> bool:
    """Say whether a header is that of SDMX-CSV: it begins with STRUCTURE and STRUCTURE_ID."""
    names = [name.strip() for name in header[:2]]
    return len(names) > 1 and _FIRST.fullmatch(names[0]) is not None and names[1] == STRUCTURE_ID


def recognised(table: pa.Table) -> SdmxCsv | None:
    """Take the format's columns away from a table of text; None if it is no SDMX-CSV.

    Raises Invalid: rows of several structures or actions in one file, or an action that is none.
    """
    if not is_sdmx_csv(table.column_names):
        return None
    own = _own_columns(table.column_names)
    letter = _only_value(table, own, ACTION)
    if letter and letter not in _ACTIONS:
        raise Invalid(
            "The file asks for an action there is none of",
            detail=f"{ACTION} is {letter[:40]!r}.",
            hint="Write A (append), M (merge), R (replace) or D (delete) in the column ACTION.",
        )
    data = table.select([place for place in range(table.num_columns) if place not in own.values()])
    return SdmxCsv(
        table=data.rename_columns([_without_label(name) for name in data.column_names]),
        structure=_only_value(table, own, STRUCTURE),
        reference=_only_value(table, own, STRUCTURE_ID),
        action=_ACTIONS.get(letter, RowAction.UNSAID),
    )


def without_format(read: ReadTable, dataflow: Dataflow) -> tuple[ReadTable, RowAction]:
    """Give a file as read without the columns of SDMX-CSV, and what they ask for; any other file as it is.

    Raises Invalid: what `recognised` raises, or the rows are of another dataflow.
    """
    found = recognised(read.table)
    if found is None:
        return read, RowAction.UNSAID
    if not belongs_to(found, dataflow):
        raise Invalid(
            "The file is of another dataflow",
            detail=f"Its rows say {found.reference[:80]!r}, and {dataflow.id} {dataflow.version} was chosen.",
            hint="Choose the dataflow that the file names.",
        )
    return replace(read, table=found.table), found.action


def require_mode(action: RowAction, mode: UploadMode) -> None:
    """Refuse a file that asks for something else than the person chose; raises Invalid."""
    if action is not RowAction.UNSAID and action.value != mode.value:
        raise Invalid(
            "The file asks for something else than was chosen",
            detail=f"Its column {ACTION} says {action.value}, and {mode.value} was chosen.",
            hint="Choose what the file says, or correct the column ACTION; merging is not offered.",
        )


def belongs_to(read: SdmxCsv, dataflow: Dataflow) -> bool:
    """Say whether the rows name this dataflow, or the structure it is uploaded in, of the same major version."""
    found = _REFERENCE.fullmatch(read.reference)
    if found is None or read.structure not in _KINDS:
        return False
    named = dataflow if read.structure == "dataflow" else dataflow.upload
    major = found["version"].partition(".")[0]
    return (found["agency"], found["id"]) == (named.agency, named.id) and major == named.version.partition(
        "."
    )[0]


def _own_columns(header: list[str]) -> dict[str, int]:
    """Give where the format's own columns stand: at the front, each once; a later ACTION is a data column."""
    own: dict[str, int] = {}
    for place, name in enumerate(header):
        plain = STRUCTURE if place == 0 else name.strip()
        if plain not in _NAMES or plain in own:
            break
        own[plain] = place
    return own


def _without_label(name: str) -> str:
    """Give the id of a header that carries its label as well (`REF_AREA: Reporting state`)."""
    return name.strip().partition(": ")[0]


def _only_value(table: pa.Table, columns: dict[str, int], name: str) -> str:
    """Give the one value of a column, "" if it is absent or empty."""
    if name not in columns:
        return ""
    cells = pc.utf8_trim_whitespace(table.column(columns[name]).cast(pa.string()))
    values = [value for value in pc.unique(cells).to_pylist() if value]
    if len(values) > 1:
        raise Invalid(
            "The file holds rows of several kinds",
            detail=f"{name} is {', '.join(sorted(values)[:5])}.",
            hint="Make one file for each dataflow and each action.",
        )
    return values[0] if values else ""
