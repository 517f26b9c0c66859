"""Records to cells: what happens inside a member's own walls, before disclosure control.

Invariants: integers only; the same records in any order, on any number of threads, give the same table; what
these functions return still holds identifiers or small counts and must not leave the node.
"""

from __future__ import annotations

from risk_models.typologies.contributions import CELL_COLUMNS, CONTRIBUTIONS, REMAINDER_AREA, compile  # noqa: A004
from risk_models.typologies.statistics import UPLOADED_AS, statistics

__all__ = ["CELL_COLUMNS", "CONTRIBUTIONS", "REMAINDER_AREA", "UPLOADED_AS", "compile", "statistics"]
