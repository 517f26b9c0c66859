"""How large what a warning is about is: E18, in the unit of its series.

Invariants: only a series that alarms has such a row; what withheld values leave open counts for no more than is sure.
"""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa

from node.services import results as computed
from node.services.results import Result
from node.services.rows import having
from risk_models.early_warning.alarms import EXCESS

Place = tuple[str, str, str, str]
_MONEY = "V_"


def place(one: Result) -> Place:
    """Give what names a series and its period, whatever is said of it."""
    return (one.time_period, one.ref_area, one.counterpart_area, one.facet)


def excesses_of(table: pa.Table | None) -> dict[Place, Result]:
    """Give how large each alarm is."""
    if table is None:
        return {}
    rows = having(table, "INDICATOR", EXCESS).to_pylist()
    return {place(one): one for one in map(computed.result, rows)}


def by_size(one: Result, excess: Result | None) -> tuple[int, Decimal]:
    """Give a key that sorts series of money by dollars and then all others by cases, the largest first."""
    is_money = one.facets[-2].startswith(_MONEY)
    return (0 if is_money else 1, -abs(_least(excess)))


def _least(excess: Result | None) -> Decimal:
    """Give the end of an excess that is nearest to nothing; none where it may be nothing."""
    if excess is None or excess.lower is None or excess.upper is None or excess.lower <= 0 <= excess.upper:
        return Decimal(0)
    return min(excess.lower, excess.upper, key=abs)
