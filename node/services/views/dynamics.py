"""What the tier-1 model says of typologies by member: specialisation (D3), novelty (D2), diversity (D4), shift (D8).

Invariants: nothing is computed here; every figure is a row of the model's newest run, with its view and its digest, as
other members attest it; a typology is looked up by the very facet that the model writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from node.ports.work import IndicatorRun
from node.services import results as computed
from node.services.blocks import figures_in
from node.services.context import Context
from node.services.indicators import TIER_ONE, shown
from node.services.results import Result
from node.services.views.facets import Selection
from node.services.views.figure import Figure
from node.services.views.profiles import PERIOD, TYPOLOGY, Profiles
from risk_models.tier_one.cubes import particular
from schemas.structure import Dataflow

SPECIALISATION, NOVELTY, DIVERSITY, SHIFT = "D3", "D2", "D4", "D8"
EFFECTIVE, EVENNESS = "HILL_1", "EVENNESS"


@dataclass(frozen=True, slots=True)
class Speciality:
    """D3 of one member: its quotient, with limits where they are defined."""

    member: str
    result: Result

    @property
    def is_special(self) -> bool:
        """True if the whole interval lies above the region's mix, on enough reports."""
        limits = self.result.confidence
        return self.result.status == computed.OK and limits is not None and limits[0] > 1


@dataclass(frozen=True, slots=True)
class Emerging:
    """A typology that is new or surges with a member in the newest period, with the figure it was judged by."""

    code: str
    figure: Figure
    result: Result


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """How one member's reports are spread in a period; a result is None where the model gives none.

    effective: how many typologies would be as diverse if all were equal. shift: what part moved since the period
    before.
    """

    member: str
    effective: Result | None
    evenness: Result | None
    shift: Result | None


@dataclass(frozen=True, slots=True)
class Dynamics:
    """What is computed for one choice of a dataflow, direction, measure and period.

    run: None before the first. facets: the facet of each typology. whole: the facet of whole profiles.
    """

    run: IndicatorRun | None
    facets: Mapping[str, str]
    whole: str
    table: pa.Table | None

    @property
    def is_computed(self) -> bool:
        """True if the model judges this measure: it has figures of the choice."""
        return self.table is not None and self.table.num_rows > 0

    def specialities(self, period: str) -> dict[tuple[str, str], Speciality]:
        """D3 of a period, by typology and member."""
        rows = computed.where(self.table, indicator=SPECIALISATION, time_period=period)
        return {
            (self.facets[one.facet], one.ref_area): Speciality(one.ref_area, one)
            for one in rows
            if one.facet in self.facets and one.has_value
        }

    def emerging(self, found: Profiles) -> tuple[Emerging, ...]:
        """D2 of the newest period of the choice, those that signal, the most surprising first."""
        newest = found.periods[0]
        rows = computed.where(self.table, indicator=NOVELTY, time_period=newest)
        raised = [
            Emerging(self.facets[one.facet], found.at(self.facets[one.facet], one.ref_area, newest), one)
            for one in rows
            if one.facet in self.facets and one.signal in computed.SIGNALS
        ]
        return tuple(sorted(raised, key=_urgency))

    def profiles(self, members: Sequence[str], period: str) -> tuple[MemberProfile, ...]:
        """D4 and D8 of every member that has any in a period."""
        rows = computed.where(self.table, time_period=period)
        by_name = {(one.ref_area, one.indicator, one.facet): one for one in rows}
        found = [
            MemberProfile(
                member,
                by_name.get((member, DIVERSITY, f"{self.whole}/{EFFECTIVE}")),
                by_name.get((member, DIVERSITY, f"{self.whole}/{EVENNESS}")),
                by_name.get((member, SHIFT, self.whole)),
            )
            for member in members
        ]
        return tuple(one for one in found if one.effective or one.evenness or one.shift)


def dynamics(ctx: Context, flow: Dataflow, selection: Selection, found: Profiles) -> Dynamics:
    """Read what the model's newest run has of one choice: its period, and the newest period of all."""
    run = shown(ctx, TIER_ONE)
    chosen = selection.address
    measure, label = chosen["MEASURE"], [chosen.get("FLOW_DIRECTION", ""), chosen["MEASURE"], flow.id]
    named = "/".join(part for part in label if part)
    codes = {f"{_cuts(flow, code)}/{named}": code for code in found.codes}
    whole = f"{_cuts(flow, flow.whole(TYPOLOGY))}/{named}/{TYPOLOGY}"
    if run is None:
        return Dynamics(None, codes, whole, None)
    group = f"{flow.id}/{measure}/{TYPOLOGY}"
    names = {f"profiles/{group}/{chosen[PERIOD]}", f"novelty/{group}/{found.periods[0]}"}
    return Dynamics(run, codes, whole, figures_in(ctx, run, names))


def _cuts(flow: Dataflow, code: str) -> str:
    """The particular dimensions of a facet: one typology, the whole of everything else."""
    return "/".join(code if name == TYPOLOGY else flow.whole(name) for name in particular(flow))


def _urgency(one: Emerging) -> tuple[object, ...]:
    result = one.result
    return (computed.SIGNALS[result.signal], -(result.lower or 0), one.code, result.ref_area)
