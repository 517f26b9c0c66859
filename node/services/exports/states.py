"""Extracts of pages about members and typologies side by side: typologies of a choice, the assessment, the exchange.

Invariants: a row says what the page says in codes; who is not assessed has a row with the reason and without a level.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from node.errors import NotFound
from node.ports.ledger import live
from node.services.context import Context
from node.services.exports.extracts import Extract, Wanted, refuse_unknown
from node.services.exports.kinds import FIGURE_COLUMNS, figure_row
from node.services.results import Result
from node.services.scores import Score
from node.services.views.assessment import AXES, assessment
from node.services.views.details import details
from node.services.views.evidence import evidence
from node.services.views.exchange import PeerRow, exchange_status
from node.services.views.standing import roll
from node.services.views.typologies import Adoption, typologies


def _texts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.string()) for name in names]


def _counts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.int64()) for name in names]


_NAMES = ("METHOD", "REF_AREA", "TIME_PERIOD")
_QUOTIENT = ("LQ_LOWER", "LQ_UPPER", "LQ_LIMIT_LOWER", "LQ_LIMIT_UPPER", "LQ_STATUS")
_SINCE = ("SINCE_CERTAIN", "SINCE_POSSIBLE")
_TYPOLOGIES = pa.schema([*_texts(*_NAMES), *FIGURE_COLUMNS, *_texts(*_QUOTIENT, *_SINCE)])
_SCORES = ("RISK", *(name.upper() for name in AXES))
_BOUNDS = tuple(f"{name}_{end}" for name in _SCORES for end in ("LOWER", "UPPER"))
_RANKS = ("RANK_BEST", "RANK_WORST", "RANKED")
_ABOUT = ("REF_AREA", "TIME_PERIOD", "STATE", "LEVEL_LEAST", "LEVEL_MOST")
_ASSESSMENT = pa.schema([*_texts(*_ABOUT, *_BOUNDS), *_counts(*_RANKS), *_texts("CONFIDENCE")])
_UNIT = ("REF_AREA", "COUNTERPART_AREA", "CODE")
_DETAILS = pa.schema([*_texts(*_UNIT[1:]), *_ASSESSMENT])
_COUNTS = (
    "LOG_SIZE", "LIVE_BUNDLES", "REFUSED_RECORDS", "WAITING", "SHELVED", "TAKEN", "ADDRESSED", "REFUSED", "OWED",
)  # fmt: skip
_TEXTS = (
    "MEMBER", "STANDING", "LAST_SUCCESS_AT", "LAST_ATTEMPT_AT", "NEXT_AT", "FAILURE", "NEWEST_AT", "VERDICT", "MODEL",
)  # fmt: skip
_EXCHANGE = pa.schema([*_texts(*_TEXTS), *_counts(*_COUNTS)])


def typology_rows(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give every typology of a choice by member, with its specialisation and since when it is reported."""
    facets = {name.upper(): value for name, value in wanted.items()}
    view = typologies(ctx, dataflow=wanted.get("dataflow", ""), wanted=facets, now=now)
    if view.selection is None or view.dataflow is None:
        raise NotFound(
            "No figures by typology were shared yet", hint="They appear after the first release or import."
        )
    chosen = view.selection.address
    rows = [
        {"METHOD": row.code, "REF_AREA": member, "TIME_PERIOD": chosen["TIME_PERIOD"]}
        | figure_row(one)
        | (_quotient(special.result) if special else {})
        | _since({adopted.member: adopted for adopted in row.adoptions}.get(member))
        for row in view.rows
        for member, one, special in zip(view.members, row.figures, row.special, strict=True)
    ]
    return Extract(
        f"typologies-{view.dataflow}",
        pa.Table.from_pylist(rows, schema=_TYPOLOGIES),
        view.evidence,
        {"dataflow": view.dataflow},
        {"dataflow": view.dataflow, **chosen},
        (view.run,) if view.run is not None else (),
    )


def assessed(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give every member with its level, interval, possible ranks and confidence in a year."""
    refuse_unknown(wanted, {"year", "model"})
    view = assessment(ctx, wanted, now)
    if view.run is None:
        raise NotFound(
            "No indicators were computed yet", hint="They are computed after the first release or import."
        )
    return Extract(
        f"assessment-{view.year}",
        pa.Table.from_pylist([_score(one, view.year) for one in view.scores], schema=_ASSESSMENT),
        view.evidence,
        {"year": view.year},
        {"model": view.model_id, "year": view.year},
        (view.run,),
        kinds=(),
    )


def detailed(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give every corridor, typology or sector with its level, interval, possible ranks and confidence in a year."""
    refuse_unknown(wanted, {"kind", "year"})
    view = details(ctx, wanted, now)
    if view.run is None or not view.year:
        raise NotFound(
            "Nothing of the kind was assessed yet", hint="It is computed after the first release or import."
        )
    rows = [
        _score(one.score, view.year)
        | dict(zip(_UNIT, (one.ref_area, one.counterpart_area, one.code), strict=True))
        for one in view.units
    ]
    return Extract(
        f"{view.kind}-assessed-{view.year}",
        pa.Table.from_pylist(rows, schema=_DETAILS),
        view.evidence,
        {"year": view.year},
        {"model": view.model_id, "kind": view.kind, "year": view.year},
        (view.run,),
        kinds=(),
    )


def peers(ctx: Context, wanted: Wanted, now: datetime) -> Extract:
    """Give how the exchange with each peer stands."""
    refuse_unknown(wanted, set())
    view = exchange_status(ctx, now)
    return Extract(
        "exchange",
        pa.Table.from_pylist([_peer(one) for one in view.peers], schema=_EXCHANGE),
        evidence(live(ctx.ledger.bundles()), roll(ctx, now)),
        {},
        {},
        view.own.runs,
        kinds=(),
    )


def _quotient(one: Result) -> dict[str, Any]:
    limits = one.confidence or (None, None)
    values = (one.lower, one.upper, *limits)
    return dict(zip(_QUOTIENT, (*(_text(value) for value in values), one.status), strict=True))


def _since(one: Adoption | None) -> dict[str, Any]:
    return {} if one is None else dict(zip(_SINCE, (one.certain or None, one.possible), strict=True))


def _score(one: Score, year: str) -> dict[str, Any]:
    found = {name: one.scores.get(name.lower()) for name in _SCORES}
    row: dict[str, Any] = {
        "REF_AREA": one.code,
        "TIME_PERIOD": year,
        "STATE": one.state,
        "LEVEL_LEAST": one.levels[0] if one.levels else None,
        "LEVEL_MOST": one.levels[-1] if one.levels else None,
        "CONFIDENCE": one.grade or None,
    }
    for name, result in found.items():
        if result is not None and result.has_value:
            row |= {f"{name}_LOWER": _text(result.lower), f"{name}_UPPER": _text(result.upper)}
    if one.ranks is not None:
        row |= dict(zip(_RANKS, (one.ranks.best, one.ranks.worst, one.ranks.of), strict=True))
    return row


def _peer(one: PeerRow) -> dict[str, Any]:
    status, said = one.status, one.agreement
    return {
        "MEMBER": one.code,
        "STANDING": one.standing.value,
        "LAST_SUCCESS_AT": _moment(status.last_success_at),
        "LAST_ATTEMPT_AT": _moment(status.last_attempt_at),
        "NEXT_AT": _moment(status.next_at),
        "FAILURE": status.failure or None,
        "NEWEST_AT": _moment(one.newest_at),
        "VERDICT": "unknown" if said is None else said.verdict,
        "MODEL": None if said is None else said.model_id,
        "LOG_SIZE": one.log_size,
        "LIVE_BUNDLES": one.live_bundles,
        "REFUSED_RECORDS": one.refusals,
        "WAITING": one.waiting,
        "SHELVED": one.shelved,
        "TAKEN": one.answers.taken,
        "ADDRESSED": one.answers.addressed,
        "REFUSED": one.answers.refused,
        "OWED": one.answers.owed,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
