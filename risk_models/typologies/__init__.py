"""Records to cells: what happens inside a member's own walls, before disclosure control.

Invariants: integers only; the same records in any order, on any number of threads, give the same table; what
these functions return still holds identifiers or small counts and must not leave the node; the records are never
held whole.
"""

from __future__ import annotations

from risk_models.typologies.compilation import (
    BEHIND,
    COMPILED,
    SINGLES,
    Cells,
    Compilation,
    comparing,
    compiling,
)
from risk_models.typologies.embedded import Embedded
from risk_models.typologies.facets import FACETS, KEY
from risk_models.typologies.ports import ClusterTable, RecordEngine, Records
from risk_models.typologies.statistics import UPLOADED_AS, statistics

__all__ = [
    "BEHIND",
    "COMPILED",
    "FACETS",
    "KEY",
    "SINGLES",
    "UPLOADED_AS",
    "Cells",
    "ClusterTable",
    "Compilation",
    "Embedded",
    "RecordEngine",
    "Records",
    "comparing",
    "compiling",
    "statistics",
]
