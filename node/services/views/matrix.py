"""The corridor matrix of every period at once, packed for a chart that moves through them.

Invariants: it says of each place what the matrix of that period says, in a letter and at most two numbers; what
may not be displayed carries no number; places without a letter of their own were not shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pyarrow as pa

from node.errors import NotFound
from node.ports.ledger import live
from node.services.context import Context
from node.services.views.corridors import choose, offered_dataflows
from node.services.views.figure import NOT_DISPLAYED
from node.services.views.standing import Roll, roll
from schemas import registry
from schemas.status import ValueStatus

EXACT, ZERO, WITHHELD, UNSAID, MISSING, NOT_SHARED, ITSELF = "v", "0", "w", "h", "m", ".", "-"
PERIOD = "TIME_PERIOD"
_READ = (
    "ORIGINATOR",
    "REF_AREA",
    "COUNTERPART_AREA",
    PERIOD,
    "OBS_STATUS",
    "CONF_STATUS",
    "OBS_VALUE",
    "OBS_LOWER",
    "OBS_UPPER",
)


@dataclass(frozen=True, slots=True)
class Packed:
    """Places in the order period, reporter, counterpart.

    kinds: a letter a place. lower, upper: a number for each `EXACT` and `WITHHELD` place, in order; an upper one that
    is not known is None. Numbers are integers in the unit of the measure, money in minor units.
    """

    periods: tuple[str, ...]
    kinds: str
    lower: tuple[int, ...]
    upper: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The matrix of one choice: `chosen` by dimension, the period left open."""

    dataflow: str
    chosen: dict[str, str]
    members: tuple[str, ...]
    bundles: tuple[str, ...]
    packed: Packed


def matrix(ctx: Context, *, dataflow: str, wanted: Mapping[str, str], now: datetime) -> Matrix:
    """Give all periods of a choice, or of the nearest one that shows something; raises NotFound without cells."""
    if dataflow not in offered_dataflows(live(ctx.ledger.bundles())):
        raise NotFound(
            "Nothing on corridors was shared in this dataflow",
            detail=dataflow[:64],
            hint="Take one of the dataflows that the corridor matrix offers.",
        )
    present = roll(ctx, now)
    chosen = choose(ctx, registry.dataflow(dataflow), present, wanted, without=(PERIOD,))
    return Matrix(
        dataflow=dataflow,
        chosen=chosen.address,
        members=present.members,
        bundles=tuple(sorted({str(one) for one in chosen.cells.column("BUNDLE").to_pylist()})),
        packed=packed(chosen.cells, present.members),
    )


def made_from(ctx: Context, dataflow: str, present: Roll) -> tuple[str, ...]:
    """Give what an answer about a dataflow depends on besides the question: the members and the bundles held."""
    held = [one.digest for one in live(ctx.ledger.bundles()) if one.dataflow_id == dataflow]
    return (*present.members, *sorted(held))


def packed(cells: pa.Table, members: Sequence[str]) -> Packed:
    """Pack the cells between members that their reporters gave themselves."""
    side = len(members)
    place_of = {member: place for place, member in enumerate(members)}
    columns = [cells.column(name).to_pylist() for name in _READ]
    rows = [
        row for row in zip(*columns, strict=True) if row[0] == row[1] and {row[1], row[2]} <= place_of.keys()
    ]
    periods = tuple(sorted({row[3] for row in rows}))
    period_of = {period: place for place, period in enumerate(periods)}
    letters = bytearray(NOT_SHARED, "ascii") * (len(periods) * side * side)
    for start in range(0, len(letters), side * side):
        for place in range(side):
            letters[start + place * (side + 1)] = ord(ITSELF)
    numbered = {}
    for _, reporter, counterpart, period, status, confidentiality, value, lower, upper in rows:
        at = (period_of[period] * side + place_of[reporter]) * side + place_of[counterpart]
        kind = _letter(status, confidentiality) or _letter_of(value)
        letters[at] = ord(kind)
        if kind in {EXACT, WITHHELD}:
            numbered[at] = (value, value) if kind == EXACT else (lower, upper)
    bounds = [numbered[at] for at in sorted(numbered)]
    return Packed(
        periods, letters.decode("ascii"), tuple(low for low, _ in bounds), tuple(high for _, high in bounds)
    )


@cache
def _letter(obs_status: str, conf_status: str) -> str:
    """Give the letter that a status alone decides, "" where the value does."""
    status = ValueStatus.from_codes(obs_status, conf_status)
    if status in NOT_DISPLAYED:
        return UNSAID
    if status.is_withheld:
        return WITHHELD
    return "" if status.has_value else MISSING


def _letter_of(value: int | None) -> str:
    if value is None:
        return MISSING
    return EXACT if value else ZERO
