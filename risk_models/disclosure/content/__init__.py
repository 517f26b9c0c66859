"""The content gate: what must not be in a text, a column or a header before anything of it may be released.

Invariants: a text in, findings out, in the same order everywhere; no clock, file or network decides; a
finding shows a masked excerpt and never the value; what cannot be looked through counts as found. What is
searched for, and what is not found, stands in docs/content-gate.md.
"""

from __future__ import annotations

from risk_models.disclosure.content.columns import (
    ColumnFault,
    header_hits,
    structure_faults,
    uploaded_column_hits,
)
from risk_models.disclosure.content.kinds import Finding, Hit, Kind, ScanReport
from risk_models.disclosure.content.scan import inspect, inspect_columns, scan
from risk_models.disclosure.content.text import scan_text

__all__ = [
    "ColumnFault",
    "Finding",
    "Hit",
    "Kind",
    "ScanReport",
    "header_hits",
    "inspect",
    "inspect_columns",
    "scan",
    "scan_text",
    "structure_faults",
    "uploaded_column_hits",
]
