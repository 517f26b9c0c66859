"""Who looks at a release: everybody, readers of statuses, counterparts, and those who reported.

Invariants: attackers come in one order; what each of them knows holds for the true values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from risk_models.disclosure.attacks.attackers import reporting_entity
from risk_models.disclosure.candidate import Candidate
from risk_models.disclosure.linear.attack import Attacker
from risk_models.disclosure.linear.system import System
from schemas.registry import codelist
from schemas.structure import Dataflow

Key = tuple[str, ...]
Contributions = Mapping[str, Mapping[Key, int]]
COUNTERPART = "COUNTERPART_AREA"
READER = "reader_of_statuses"
EXACTLY = 1


def _nobody(_keys: Collection[Key]) -> Contributions:
    return {}


@dataclass(frozen=True, slots=True)
class Insight:
    """What only those inside know of the records behind the cells; entities are numbers, never names.

    alone: cell to the reporting entity that contributed all of it. behind: gives for some cells what each reporting
    entity contributed to each, entity to cell to its part in the cell's own unit.
    """

    alone: Mapping[Key, str] = field(default_factory=dict, hash=False)
    behind: Callable[[Collection[Key]], Contributions] = _nobody


def reader_of_statuses(before: Attacker, candidates: Mapping[int, Candidate]) -> Attacker:
    """Return who also knows what a status implies of a withheld cell; nobody may then know its very value.

    candidates: by unknown.
    """
    lower, upper = before.lower.copy(), before.upper.copy()
    for place, candidate in candidates.items():
        if candidate.value is not None:
            lower[place] = max(lower[place], candidate.floor)
            if candidate.ceiling is not None:
                upper[place] = min(upper[place], candidate.ceiling)
    return replace(before, name=READER, lower=lower, upper=upper, width=EXACTLY)


def counterparts(before: Attacker, candidates: Mapping[int, Candidate], dataflow: Dataflow) -> list[Attacker]:
    """Return every member state that receives releases, given the exact figures of its own side of the corridor.

    Its own mirror tells it about them, and the true figure is the best mirror there is (methodology 3.1, 3.6).
    """
    dimensions = dataflow.cells.dimensions
    if COUNTERPART not in dimensions:
        return []
    at, whole = dimensions.index(COUNTERPART), dataflow.whole(COUNTERPART)
    members = {code.id for code in codelist("CL_AREA").where("member", "cis")}
    own: dict[str, list[int]] = defaultdict(list)
    for place, candidate in candidates.items():
        if candidate.key[at] in members and candidate.value is not None:
            own[candidate.key[at]].append(place)
    # a whole is the counterpart's own side and others' sides; those others are judged, each for itself
    wholes = frozenset(place for place, candidate in candidates.items() if candidate.key[at] == whole)
    return [
        replace(known, spared=known.spared | wholes)
        for code in sorted(own)
        for known in [before.knowing(f"counterpart {code}", sorted(own[code]))]
    ]


def insiders(
    before: Attacker, system: System, places: Mapping[Key, int], insight: Insight, *, at_most: int
) -> list[Attacker]:
    """Return the reporting entities that know most of some cells, each with its own part of them.

    places: the unknowns of the cells that are withheld. at_most: how many of them, those who know most cells first;
    who contributed all of a cell is always among them (methodology 3.4 step 4, 3.6).
    """
    parts = {
        entity: {places[key]: part for key, part in own.items() if key in places}
        for entity, own in insight.behind(frozenset(places)).items()
    }
    whole = {insight.alone[key] for key in places if key in insight.alone}
    ordered = sorted(parts, key=lambda entity: (entity not in whole, -len(parts[entity]), entity))
    chosen = ordered[: max(at_most, len(whole))]
    return [
        reporting_entity(before, system, f"reporting entity {entity}", parts[entity])
        for entity in chosen
        if parts[entity]
    ]
