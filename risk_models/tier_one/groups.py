"""What is computed together: groups of figures that read the same dataflows, each cut into blocks by period.

Invariants: a block is named by its group and its period and depends on the cells of that period and of so many before
it, of its dataflows, and on nothing else: so its key is known from the bundles before any cell is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from risk_models.numerics.series import Flags
from risk_models.tier_one.columns import Found
from risk_models.tier_one.corridors import corridor_figures, ticket_figures
from risk_models.tier_one.cubes import Panel
from risk_models.tier_one.networks import emergence_figures, network_figures
from risk_models.tier_one.parameters import Graph, Profile, Share, Thresholds, Ticket, TierOneParameters
from risk_models.tier_one.profiles import novelty_figures, profile_figures
from risk_models.tier_one.rates import CONTEXT, DENOMINATORS, REPORTED, REPORTS, rate_figures
from risk_models.tier_one.shares import share_of_reports

Panels = Mapping[str, Panel]
Figures = Callable[[Panels, Flags], Iterator[Found]]
OfGraph = Callable[[Panel, Graph, Flags, Thresholds], Iterator[Found]]
OfProfile = Callable[[Panel, Profile, Flags, Thresholds], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Group:
    """One group. reads: measures by dataflow, the first one's periods are those of its blocks. back: periods before."""

    id: str
    reads: Mapping[str, tuple[str, ...]]
    back: int
    figures: Figures


def groups_of(parameters: TierOneParameters) -> tuple[Group, ...]:
    """Every group of a specification, in the order of their ids."""
    limits = parameters.thresholds
    found = [
        *(group for graph in parameters.graphs for group in _of_graph(graph, limits)),
        *(group for profile in parameters.profiles for group in _of_profile(profile, limits)),
        *(_of_share(share, limits) for share in parameters.shares),
        *(_of_ticket(ticket, limits) for ticket in parameters.tickets),
        _of_rates(limits),
    ]
    return tuple(sorted(found, key=lambda group: group.id))


def _of_graph(graph: Graph, limits: Thresholds) -> Iterator[Group]:
    reads = {graph.dataflow: (graph.measure,)}
    name = f"{graph.dataflow}/{graph.measure}"

    def by(figures: OfGraph) -> Figures:
        return lambda panels, is_wanted: figures(panels[graph.dataflow], graph, is_wanted, limits)

    yield Group(f"corridors/{name}", reads, 0, by(corridor_figures))
    yield Group(f"networks/{name}", reads, 0, by(network_figures))
    if graph.kind == "counts":
        yield Group(f"emergence/{name}", reads, limits.history + 1, by(emergence_figures))


def _of_profile(profile: Profile, limits: Thresholds) -> Iterator[Group]:
    reads = {profile.dataflow: (profile.measure,)}
    name = f"{profile.dataflow}/{profile.measure}/{profile.dimension}"

    def by(figures: OfProfile) -> Figures:
        return lambda panels, is_wanted: figures(panels[profile.dataflow], profile, is_wanted, limits)

    yield Group(f"novelty/{name}", reads, limits.history + 1, by(novelty_figures))
    yield Group(f"profiles/{name}", reads, 1, by(profile_figures))


def _of_share(share: Share, limits: Thresholds) -> Group:
    codes = "/".join(f"{code}" for code in [*share.part.values(), *share.whole.values()])
    return Group(
        f"shares/{share.dataflow}/{share.measure}/{share.indicator}/{codes}",
        {share.dataflow: (share.measure,)},
        0,
        lambda panels, wanted: share_of_reports(panels[share.dataflow], share, wanted, limits),
    )


def _of_ticket(ticket: Ticket, limits: Thresholds) -> Group:
    return Group(
        f"tickets/{ticket.dataflow}/{ticket.amount}/{ticket.number}",
        {ticket.dataflow: (ticket.amount, ticket.number)},
        0,
        lambda panels, wanted: ticket_figures(panels[ticket.dataflow], ticket, wanted, limits),
    )


def _of_rates(limits: Thresholds) -> Group:
    return Group(
        f"rates/{REPORTS}",
        {REPORTS: (REPORTED,), CONTEXT: tuple(DENOMINATORS.values())},
        0,
        lambda panels, wanted: rate_figures(panels[REPORTS], panels[CONTEXT], wanted, limits),
    )
