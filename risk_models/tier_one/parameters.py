"""The parameters of the tier-1 models, read strictly from their specification.

Invariants: decimals are written as text; what is watched names dataflows, dimensions and codes that exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal

from schemas.registry import codelist, dataflow

Kind = Literal["counts", "amounts"]


@dataclass(frozen=True, slots=True)
class Graph:
    """Flows between members of one measure of a dataflow that has directions.

    kind: counts of events, or amounts. mirrors: what becomes of two views of one corridor ("max" or "sum").
    """

    dataflow: str
    measure: str
    kind: Kind
    mirrors: Literal["max", "sum"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a member reports by the codes of one dimension, every other one standing for its whole.

    level: of the codes, 1 the highest; a code of a higher level that has none within counts too.
    """

    dataflow: str
    measure: str
    dimension: str
    level: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of family F: which codes are counted, of what."""

    indicator: str
    dataflow: str
    measure: str
    part: Mapping[str, str] = field(hash=False)
    whole: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A4: the measures of one dataflow that are an amount and a number of reports."""

    dataflow: str
    amount: str
    number: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Sizes, levels and minimum data, by the names of the specification."""

    z: Decimal
    level: Decimal
    prior: Decimal
    novelty_level: Decimal
    alpha: Decimal
    billion: Decimal
    most_vertices: int
    least_rest: int
    history: int
    min_history: int
    most_usual: int
    min_reports: int
    min_flow: int
    min_members: int
    min_whole: int
    min_expected: int
    min_cases: int
    min_profile: int
    min_shift: int
    min_tickets: int


@dataclass(frozen=True, slots=True)
class TierOneParameters:
    """What is computed, of which cells, with which numbers."""

    thresholds: Thresholds
    graphs: tuple[Graph, ...]
    profiles: tuple[Profile, ...]
    shares: tuple[Share, ...]
    tickets: tuple[Ticket, ...]


def read_tier_one(entry: Mapping[str, Any]) -> TierOneParameters:
    """Read the table `parameters` of a specification.

    Raises:
        KeyError, TypeError, ValueError, decimal.InvalidOperation: a field is absent or of the wrong type.
    """
    thresholds = Thresholds(
        **{one.name: _number(entry[one.name], is_count=one.type == "int") for one in fields(Thresholds)}
    )
    return TierOneParameters(
        thresholds,
        tuple(_graph(one) for one in entry["graphs"]),
        tuple(_profile(one) for one in entry["profiles"]),
        tuple(_share(one) for one in entry["shares"]),
        tuple(Ticket(_measured(one, "amount"), one["amount"], one["number"]) for one in entry["tickets"]),
    )


def _number(value: Any, *, is_count: bool) -> Any:
    if type(value) is not (int if is_count else str):
        raise TypeError(f"{value!r} is no {'whole number' if is_count else 'decimal written as text'}")
    return value if is_count else Decimal(value)


def _graph(entry: Mapping[str, Any]) -> Graph:
    if entry["kind"] not in {"counts", "amounts"} or entry["mirrors"] not in {"max", "sum"}:
        raise ValueError(f"{entry['dataflow']}: {entry['kind']}, {entry['mirrors']}")
    return Graph(_measured(entry, "measure"), entry["measure"], entry["kind"], entry["mirrors"])


def _profile(entry: Mapping[str, Any]) -> Profile:
    flow = _measured(entry, "measure")
    _codes_of(flow, {entry["dimension"]: None})
    return Profile(flow, entry["measure"], entry["dimension"], int(entry["level"]))


def _share(entry: Mapping[str, Any]) -> Share:
    flow = _measured(entry, "measure")
    part, whole = dict(entry["part"]), dict(entry.get("whole", {}))
    _codes_of(flow, {**part, **whole})
    return Share(entry["indicator"], flow, entry["measure"], part, whole)


def _measured(entry: Mapping[str, Any], measure: str) -> str:
    flow = dataflow(entry["dataflow"])
    if entry[measure] not in (flow.cells.column("MEASURE").only or ()):
        raise ValueError(f"{flow.id} does not give {entry[measure]}")
    return flow.id


def _codes_of(flow_id: str, codes: Mapping[str, str | None]) -> None:
    for name, code in codes.items():
        listed = dataflow(flow_id).cells.column(name).codelist
        if listed is None or (code is not None and code not in codelist(listed)):
            raise ValueError(f"{flow_id} has no {code or 'codes'} of {name}")
