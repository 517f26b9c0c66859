"""Typologies: who reports which, since when, what is special to whom, and what is new.

Invariants: what is special, new, diverse and moved is read from the tier-1 model's newest run, as members attest it;
who reports a typology since when is read off the figures on the page; a choice leads to figures that were shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from node.errors import NotFound
from node.ports.ledger import Bundle, live
from node.ports.work import IndicatorRun
from node.services.context import Context
from node.services.indicators import TIER_ONE
from node.services.views.acknowledged import Seen, seen
from node.services.views.dynamics import Dynamics, Emerging, MemberProfile, Speciality, dynamics
from node.services.views.evidence import Evidence, evidence, named
from node.services.views.facets import Selection
from node.services.views.figure import Figure, Kind, shades
from node.services.views.profiles import PERIOD, Profiles, narrowed, offered, profiles
from node.services.views.standing import Roll, roll
from schemas import registry


@dataclass(frozen=True, slots=True)
class Adoption:
    """Since when a member reports a typology: the first period for certain, and the first that it may have been."""

    member: str
    certain: str
    possible: str


@dataclass(frozen=True, slots=True)
class TypologyRow:
    """One typology in the chosen period, a figure a member, with what is special; adoptions, the earliest first."""

    code: str
    figures: tuple[Figure, ...]
    special: tuple[Speciality | None, ...]
    adoptions: tuple[Adoption, ...]

    @property
    def reporters(self) -> int:
        """How many members report it in this period for certain."""
        return sum(bool(one.lower) for one in self.figures)


@dataclass(frozen=True, slots=True)
class Typologies:
    """The page. `selection` is None when nothing by typology was shared.

    is_judged: the model judges this measure. run: its newest one, None before the first.
    """

    dataflows: tuple[str, ...]
    dataflow: str | None
    selection: Selection | None
    members: tuple[str, ...]
    rows: tuple[TypologyRow, ...]
    shades: dict[int, int]
    watch: tuple[Emerging, ...]
    seen: Seen
    adopted: tuple[tuple[str, Adoption], ...]
    profiles: tuple[MemberProfile, ...]
    is_judged: bool
    run: IndicatorRun | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class TypologyPage:
    """One typology: its figures by period and member, the newest first, and what is said of each member."""

    code: str
    dataflows: tuple[str, ...]
    dataflow: str
    selection: Selection
    members: tuple[str, ...]
    periods: tuple[tuple[str, tuple[Figure, ...]], ...]
    period: str
    specialities: tuple[tuple[Figure, Speciality], ...]
    adoptions: tuple[Adoption, ...]
    watch: tuple[Emerging, ...]
    seen: Seen
    is_judged: bool
    run: IndicatorRun | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Choice:
    """What both pages begin with: the choice, the figures of its period, and those of all periods."""

    flow: str
    selection: Selection
    period: str
    found: Profiles
    members: tuple[str, ...]
    special: dict[tuple[str, str], Speciality]
    judged: Dynamics
    used: list[Bundle]


def typologies(ctx: Context, *, dataflow: str, wanted: Mapping[str, str], now: datetime) -> Typologies:
    """Give all typologies in the wanted choice, or in the nearest one that shows something."""
    present = roll(ctx, now)
    names, choice = _choice(ctx, dataflow, wanted, present)
    if choice is None:
        return _nothing(present)
    rows = tuple(_row(choice, code) for code in choice.found.codes)
    newest = choice.found.periods[0]
    return Typologies(
        dataflows=names,
        dataflow=choice.flow,
        selection=choice.selection,
        members=choice.members,
        rows=rows,
        shades=shades(one for row in rows for one in row.figures),
        watch=choice.judged.emerging(choice.found),
        seen=seen(ctx, TIER_ONE),
        adopted=tuple((row.code, one) for row in rows for one in row.adoptions if one.certain == newest),
        profiles=choice.judged.profiles(choice.members, choice.period),
        is_judged=choice.judged.is_computed,
        run=choice.judged.run,
        evidence=evidence(choice.used, present),
    )


def typology(
    ctx: Context, code: str, *, dataflow: str, wanted: Mapping[str, str], now: datetime
) -> TypologyPage:
    """Give one typology; raises NotFound for one that nobody shared a figure of."""
    present = roll(ctx, now)
    names, choice = _choice(ctx, dataflow, wanted, present)
    if choice is None or code not in choice.found.codes:
        raise NotFound(
            "Nobody shared a figure of this typology", hint="Choose one on the page of typologies."
        )
    found, members = choice.found, choice.members
    return TypologyPage(
        code=code,
        dataflows=names,
        dataflow=choice.flow,
        selection=choice.selection,
        members=members,
        periods=tuple(
            (period, tuple(found.at(code, member, period) for member in members)) for period in found.periods
        ),
        period=choice.period,
        specialities=tuple(
            (found.at(code, member, choice.period), choice.special[code, member])
            for member in members
            if (code, member) in choice.special
        ),
        adoptions=_adoptions(found, code, members),
        watch=tuple(one for one in choice.judged.emerging(found) if one.code == code),
        seen=seen(ctx, TIER_ONE),
        is_judged=choice.judged.is_computed,
        run=choice.judged.run,
        evidence=evidence(choice.used, present),
    )


def with_figures(ctx: Context) -> tuple[str, ...]:
    """Give the typologies whose own page opens by their code alone."""
    shelves = offered(ctx, registry.dataflows())
    if not shelves:
        return ()
    shelf = next(iter(shelves.values()))
    chosen = narrowed(shelf, {}).without(PERIOD)
    return profiles(narrowed(shelf, chosen, without=(PERIOD,))).codes


def _nothing(present: Roll) -> Typologies:
    return Typologies(
        (),
        None,
        None,
        (),
        (),
        {},
        (),
        Seen(None, {}),
        (),
        (),
        is_judged=False,
        run=None,
        evidence=evidence((), present),
    )


def _choice(
    ctx: Context, dataflow: str, wanted: Mapping[str, str], present: Roll
) -> tuple[tuple[str, ...], _Choice | None]:
    shelves = offered(ctx, registry.dataflows())
    names = tuple(shelves)
    if not names:
        return names, None
    shelf = shelves[dataflow if dataflow in names else names[0]]
    selection = narrowed(shelf, wanted)
    open_period = narrowed(shelf, selection.without(PERIOD), without=(PERIOD,))
    found, period = profiles(open_period), selection.address[PERIOD]
    reporting = {member for _, member, _ in found.figures}
    members = tuple(member for member in present.members if member in reporting)
    judged = dynamics(ctx, shelf.flow, selection, found)
    held = {str(one) for one in open_period.cells.column("BUNDLE").to_pylist()}
    return names, _Choice(
        flow=shelf.flow.id,
        selection=selection,
        period=period,
        found=found,
        members=members,
        special=judged.specialities(period),
        judged=judged,
        used=named(live(ctx.ledger.bundles()), held),
    )


def _row(choice: _Choice, code: str) -> TypologyRow:
    return TypologyRow(
        code=code,
        figures=tuple(choice.found.at(code, member, choice.period) for member in choice.members),
        special=tuple(choice.special.get((code, member)) for member in choice.members),
        adoptions=_adoptions(choice.found, code, choice.members),
    )


def _adoptions(found: Profiles, code: str, members: Sequence[str]) -> tuple[Adoption, ...]:
    adopted = [one for member in members if (one := _adoption(found, code, member))]
    return tuple(sorted(adopted, key=lambda one: (one.possible, one.certain, one.member)))


def _adoption(found: Profiles, code: str, member: str) -> Adoption | None:
    """A withheld figure may be zero where its lower bound is; certain: the first that cannot."""
    series = [(period, found.at(code, member, period)) for period in reversed(found.periods)]
    possible = [
        period
        for period, one in series
        if one.kind is Kind.EXACT or (one.kind is Kind.WITHHELD and one.upper != 0)
    ]
    certain = [period for period, one in series if one.lower]
    return Adoption(member, certain[0] if certain else "", possible[0]) if possible else None
