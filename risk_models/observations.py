"""The cells that a model reads, by their keys.

Invariants: a cell belongs to the originator that released it and to nobody else; a withheld or missing cell
is an interval, never a zero; two live bundles that disagree about a cell leave it unknown, and are named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa

from risk_models.disclosure.relations.hierarchies import is_balanced, within
from risk_models.errors import InvalidInput
from risk_models.propagation import summed
from schemas.interval import Interval
from schemas.registry import dataflow
from schemas.status import ValueStatus
from schemas.structure import MEASURE, Dataflow

ZERO = Decimal(0)
UNKNOWN = Interval(ZERO, None)
_OF_A_CORRIDOR = ("TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FLOW_DIRECTION", "MEASURE")


@dataclass(frozen=True, slots=True)
class ModelInput:
    """One live bundle: its digest, who released it, its dataflow and its cells."""

    bundle_digest: str
    originator: str
    dataflow_id: str
    table: pa.Table


@dataclass(frozen=True, slots=True)
class Observed:
    """A cell's interval in its measure's unit, and the bundles that give it."""

    interval: Interval
    is_withheld: bool
    inputs: frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """A cell of which two live bundles of one originator say different things."""

    dataflow_id: str
    key: tuple[str, ...]
    inputs: tuple[str, ...]


class Corridor(NamedTuple):
    """The key of a cell of a flow; `facet` joins the dimensions that are particular to the dataflow."""

    time_period: str
    ref_area: str
    counterpart: str
    direction: str
    facet: str
    measure: str


Corridors = Mapping[Corridor, Observed]


@dataclass(frozen=True, slots=True)
class Observations:
    """All cells by dataflow and key (dimension values in the order of the dataflow's cells)."""

    cells: Mapping[str, Mapping[tuple[str, ...], Observed]]
    conflicts: tuple[Conflict, ...]

    def of(self, dataflow_id: str) -> Mapping[tuple[str, ...], Observed]:
        """The cells of one dataflow; none if no bundle gives any."""
        return self.cells.get(dataflow_id, {})

    def totals(self, dataflow_id: str, named: tuple[str, ...]) -> Mapping[tuple[str, ...], Observed]:
        """The cells that no cut narrows, by the `named` dimensions: every other dimension stands for its whole.

        A whole that is not given is the sum of the parts by one dimension, where the structure says that they add up
        and every code directly within the whole is given.
        """
        flow = dataflow(dataflow_id)
        places = [flow.cells.dimensions.index(name) for name in named]
        wholes = {
            place: flow.whole(name) for place, name in enumerate(flow.cells.dimensions) if name not in named
        }
        found: dict[tuple[str, ...], Observed] = {}
        parts: dict[tuple[int, tuple[str, ...]], dict[str, Observed]] = defaultdict(dict)
        for key, cell in self.of(dataflow_id).items():
            narrowed = [place for place, code in wholes.items() if key[place] != code]
            total = tuple(key[place] for place in places)
            if not narrowed:
                found[total] = cell
            elif len(narrowed) == 1:
                parts[narrowed[0], total][key[narrowed[0]]] = cell
        for (place, total), by_code in sorted(parts.items()):
            measure = dict(zip(named, total, strict=True))[MEASURE]
            whole = _whole_of(by_code, flow, flow.cells.dimensions[place], measure)
            if whole is not None:
                found.setdefault(total, whole)
        return found

    def corridors(self, dataflow_id: str) -> Corridors:
        """The cells of a dataflow of flows, by corridor."""
        dimensions = dataflow(dataflow_id).cells.dimensions
        period, area, counterpart, direction, measure = (dimensions.index(name) for name in _OF_A_CORRIDOR)
        particular = [place for place, name in enumerate(dimensions) if name not in _OF_A_CORRIDOR]
        found: dict[Corridor, Observed] = {}
        for key, cell in self.of(dataflow_id).items():
            facet = "/".join(key[place] for place in particular)
            corridor = Corridor(key[period], key[area], key[counterpart], key[direction], facet, key[measure])
            found[corridor] = cell
        return found


def observe(inputs: Iterable[ModelInput]) -> Observations:
    """Collect the cells of all inputs, whatever their order.

    Raises:
        InvalidInput: a table speaks for another member than the one that released it.
    """
    cells: dict[str, dict[tuple[str, ...], Observed]] = {}
    disputed: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for given in sorted(inputs, key=lambda given: (given.dataflow_id, given.originator, given.bundle_digest)):
        known = cells.setdefault(given.dataflow_id, {})
        for key, cell in _cells(given):
            before = known.setdefault(key, cell)
            if before.interval != cell.interval or before.is_withheld != cell.is_withheld:
                disputed.setdefault((given.dataflow_id, key), set()).update(before.inputs | cell.inputs)
    for (dataflow_id, key), bundles in disputed.items():
        cells[dataflow_id][key] = Observed(UNKNOWN, is_withheld=False, inputs=frozenset(bundles))
    conflicts = [Conflict(name, key, tuple(sorted(bundles))) for (name, key), bundles in disputed.items()]
    return Observations(cells, tuple(sorted(conflicts)))


def refuse_other_reporters(given: ModelInput, reporters: Iterable[str | None]) -> None:
    """Refuse a bundle that has rows of another member than its originator.

    Raises:
        InvalidInput: `reporters`, the areas its rows are of, are not the originator alone.
    """
    if set(reporters) - {given.originator}:
        raise InvalidInput(
            "A table speaks for another member than its originator.",
            detail=f"{given.dataflow_id} of {given.originator}, bundle {given.bundle_digest}.",
            hint="Refuse the bundle: its rows must have the originator's code as REF_AREA.",
            context={"bundle_digest": given.bundle_digest, "originator": given.originator},
        )


def _whole_of(
    by_code: Mapping[str, Observed], flow: Dataflow, dimension: str, measure: str
) -> Observed | None:
    """The whole of a dimension from its parts; None if they do not add up or one of them is not given."""
    codes = within(flow, dimension, flow.whole(dimension))
    if not codes or not is_balanced(flow, measure, dimension) or not all(code in by_code for code in codes):
        return None
    cells = [by_code[code] for code in codes]
    return Observed(
        summed(cell.interval for cell in cells),
        any(cell.is_withheld for cell in cells),
        frozenset().union(*(cell.inputs for cell in cells)),
    )


def _cells(given: ModelInput) -> Iterable[tuple[tuple[str, ...], Observed]]:
    dimensions = dataflow(given.dataflow_id).cells.dimensions
    columns = {name: given.table.column(name).to_pylist() for name in given.table.column_names}
    refuse_other_reporters(given, columns["REF_AREA"])
    source = frozenset({given.bundle_digest})
    keys = zip(*(columns[name] for name in dimensions), strict=True)
    measured = zip(
        *(columns[name] for name in ("OBS_LOWER", "OBS_UPPER", "OBS_STATUS", "CONF_STATUS")), strict=True
    )
    for key, (lower, upper, obs_status, conf_status) in zip(keys, measured, strict=True):
        interval = Interval(Decimal(lower), None if upper is None else Decimal(upper))
        yield key, Observed(interval, _is_withheld(obs_status, conf_status), source)


def _is_withheld(obs_status: str, conf_status: str) -> bool:
    return ValueStatus.from_codes(obs_status, conf_status).is_withheld
