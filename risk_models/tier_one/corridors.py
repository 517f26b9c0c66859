"""Families A and B over every facet: mean tickets (A4), reciprocity (B3) and imbalance (B4).

Invariants: a corridor is compared with its way back only where both members gave it; flows are those that senders
report, each belongs to its reporter.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from risk_models.indicators.reciprocity import imbalance, reciprocity
from risk_models.indicators.volume import mean_ticket
from risk_models.numerics.series import Flags
from risk_models.tier_one.columns import VALUE, Found
from risk_models.tier_one.cubes import KNOWN, Panel
from risk_models.tier_one.parameters import Graph, Thresholds, Ticket
from risk_models.tier_one.places import off_diagonal, square_of

SENT = "OUT"


def corridor_figures(panel: Panel, graph: Graph, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    """B3 and B4 of every pair of members, at every facet."""
    square = square_of(panel, panel.cube(graph.measure, SENT))
    is_known = square.state == KNOWN
    some = is_known & is_known.swapaxes(2, 3) & off_diagonal(len(panel.axes.reporters))
    some &= is_wanted[:, None, None, None]
    some &= (square.high > 0) | (square.high > 0).swapaxes(2, 3)
    flow, back = square.cells(some), square.backwards(some)
    place, label = square.place[some], f"{SENT}/{graph.measure}/{panel.flow.id}"
    both = np.asarray(flow.low + back.low >= limits.min_flow, np.bool_)
    yield Found("B4", label, panel.axes, place, {VALUE: imbalance(flow, back)}, both, "pair")
    flows = np.asarray(flow.high > 0, np.bool_)
    enough = np.asarray(flow.low[flows] >= limits.min_flow, np.bool_)
    value = reciprocity(flow[flows], back[flows])
    yield Found("B3", label, panel.axes, place[flows], {VALUE: value}, enough, "pair")


def ticket_figures(panel: Panel, ticket: Ticket, is_wanted: Flags, limits: Thresholds) -> Iterator[Found]:
    """A4 of every cell that has both an amount and a number."""
    both = {way for measure, way in panel.cubes if measure == ticket.amount}
    for direction in sorted(both & {way for measure, way in panel.cubes if measure == ticket.number}):
        amount, number = panel.cube(ticket.amount, direction), panel.cube(ticket.number, direction)
        some = amount.is_known & number.is_known & (number.high > 0) & is_wanted[:, None, None, None]
        label = "/".join(part for part in (direction, ticket.number, panel.flow.id) if part)
        enough = np.asarray(number.low[some] >= limits.min_tickets, np.bool_)
        value = mean_ticket(amount.at(some), number.at(some))
        place = np.flatnonzero(some)
        yield Found("A4", label, panel.axes, place, {VALUE: value}, enough, "reporter")
