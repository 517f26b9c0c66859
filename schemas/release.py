"""The only table type that may leave a node.

Invariants: a `ReleasedTable` is made by `risk_models.disclosure` alone (an architecture test looks for other
makers); its table has exactly the columns and types of its dataflow's cells; its certificate travels under
the same signature and can be written as canonical JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas.arrow import arrow_schema
from schemas.canonical import canonical_json
from schemas.errors import InvalidTable, InvalidValue
from schemas.registry import dataflow

_FIELDS = frozenset({"rules", "counts", "relations", "audit", "exceptions"})


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was done so that the table may leave.

    rules: the rules applied, by name and parameter. counts: number of cells by value status. relations:
    the additive relations protected against. audit: its result. exceptions: each with reason and approver.
    """

    rules: Sequence[str]
    counts: Mapping[str, int]
    relations: Sequence[Mapping[str, object]]
    audit: Mapping[str, object]
    exceptions: Sequence[Mapping[str, object]] = ()

    def __post_init__(self) -> None:
        for name in ("rules", "relations", "exceptions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        try:
            canonical_json(self.to_dict())
        except (TypeError, ValueError) as reason:
            raise InvalidValue(
                "The certificate has no canonical form.",
                detail=str(reason),
                hint="Use strings, integers, lists and objects; write decimals as strings.",
            ) from reason

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, ready for a manifest."""
        return {
            "rules": list(self.rules),
            "counts": dict(self.counts),
            "relations": [dict(relation) for relation in self.relations],
            "audit": dict(self.audit),
            "exceptions": [dict(exception) for exception in self.exceptions],
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Certificate:
        """Read what `to_dict` wrote; fields this version does not know are ignored.

        Raises:
            InvalidValue: a field is absent, or has no canonical form.
        """
        absent = sorted(_FIELDS - set(document))
        if absent:
            raise InvalidValue(
                "The certificate is incomplete.",
                detail=f"Absent: {', '.join(absent)}.",
                context={"absent": absent},
            )
        return cls(**{name: document[name] for name in _FIELDS})


@dataclass(frozen=True, slots=True)
class ReleasedTable:
    """Cells that passed disclosure control, with the certificate that says so."""

    dataflow_id: str
    table: pa.Table
    certificate: Certificate

    def __post_init__(self) -> None:
        expected = arrow_schema(dataflow(self.dataflow_id).cells)
        if not self.table.schema.equals(expected, check_metadata=False):
            raise InvalidTable(
                "The table does not have the columns of its dataflow's cells.",
                detail=f"{self.dataflow_id}: expected {expected.names}, found {self.table.schema.names}.",
                hint="Build the table with schemas.arrow.arrow_schema(dataflow(id).cells).",
                context={"dataflow": self.dataflow_id},
            )
