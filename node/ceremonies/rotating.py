"""Rotation: the next key is made and waits; a proposal names it; it is taken into use when the registry names it.

Invariants: a key that is replaced keeps working until the registry says otherwise, at this node and at its peers.
"""

from __future__ import annotations

from pathlib import Path

from exchange import membership_document
from exchange.registry.keys import Plan
from exchange.registry.layout import MEMBERS
from node.adapters import clock
from node.bootstrap import Node
from node.ceremonies.cards import carded, compared, own_member, read_card
from node.ceremonies.changing import Lines, replaced, with_card, write_proposal
from node.ceremonies.creation import CERTIFICATE_YEARS, host_names
from node.errors import Invalid
from node.settings import Settings

KINDS = ("governance", "keeper", "witness", "log", "transport", "release")


def rotate(settings: Settings, kind: str, out: Path, *, card: Path | None = None) -> Lines:
    """Make this node's next key of a kind and write the proposal that names it; gives what changes, in words.

    release: names the keys that the node's active officers have by now. card: with `keeper`, the card of the member
    whose node is to keep the registry.

    Raises:
        Invalid: an unknown kind, or a card with another kind than keeper. Conflict: the key is kept elsewhere, or `out`
            has files. Misconfigured: `proposal_empty`.
    """
    if kind not in KINDS or (card is not None and kind != "keeper"):
        raise Invalid(
            "This key cannot be rotated so",
            detail=kind[:40],
            hint=f"Known: {', '.join(KINDS)}; --card with keeper only.",
        )

    def desired(node: Node) -> tuple[Plan, dict[str, bytes]]:
        plan = node.registry.trusted().plan
        if kind == "governance":
            node.waiting.make(kind)
            next_key = node.waiting.public(kind)
            held = node.keyring.governance_signer().public_key
            return (replaced(plan, held, next_key) if next_key else plan), {}
        if kind == "keeper":
            return _kept_by(node, plan, card), {}
        return plan, {MEMBERS: _carded(node, kind)}

    return (*compared([card] if card is not None else []), *write_proposal(settings, out, desired))


def _kept_by(node: Node, plan: Plan, card: Path | None) -> Plan:
    if card is not None:
        keeper = read_card(card, node.context.directory.membership().federation).keeper
    else:
        node.waiting.make("keeper")
        keeper = node.waiting.public("keeper") or plan.keeper
    return Plan(plan.governance, keeper, plan.roles)


def _carded(node: Node, kind: str) -> bytes:
    settings = node.settings
    if kind in {"witness", "log"}:
        node.waiting.make(kind)
    if kind == "transport":
        node.waiting.make_transport(
            member=settings.member, host_names=host_names(settings), years=CERTIFICATE_YEARS, now=clock.now()
        )
    held = node.context.directory.membership()
    member = carded(own_member(node, held.federation), held.member(settings.member))
    return membership_document.encode(with_card(held, member))
