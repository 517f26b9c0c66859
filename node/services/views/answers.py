"""What each peer has said of our releases, and what we still owe it: receipts, counted.

Invariants: only our own releases are counted, of which the audience is ours to know; who has said nothing has said
nothing, not that it lacks them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from exchange.receipt import Outcome
from node.ports.ledger import live
from node.services.context import Context


@dataclass(frozen=True, slots=True)
class Answers:
    """Of our releases in force: addressed to the peer, taken in, refused there. owed: records of its to answer."""

    addressed: int
    taken: int
    refused: int
    owed: int


def answers(ctx: Context) -> dict[str, Answers]:
    """Give it by member code, for everybody a release in force is addressed to and everybody who is owed something."""
    own = live(ctx.ledger.bundles(originator=ctx.member))
    addressed = Counter(code for one in own for code in one.audience if code != ctx.member)
    indices = {one.log_index for one in own}
    newest: dict[tuple[str, int], Outcome] = {}
    for held in sorted(ctx.records.receipts(), key=lambda one: one.receipt_index):
        if held.entry.log_index in indices:
            newest[held.member, held.entry.log_index] = held.entry.outcome
    refused = Counter(code for (code, _), outcome in newest.items() if outcome is Outcome.REFUSED)
    said = Counter(code for code, _ in newest)
    owed = Counter(one.code for one in ctx.records.owed())
    return {
        code: Answers(addressed[code], said[code] - refused[code], refused[code], owed[code])
        for code in sorted(addressed.keys() | owed.keys())
    }
