"""One bundle: what was signed, by whom, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.manifest import Manifest, Part
from node.errors import NotFound, Unavailable
from node.ports.ledger import Bundle
from node.ports.records import HeldRetraction, ProposalState, RetractionProposal
from node.services.context import Context
from node.services.views.effect import EffectRow, effect
from node.services.views.evidence import witnesses
from node.services.views.standing import roll


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part of the manifest and whether its bytes are in the store."""

    part: Part
    is_held: bool


@dataclass(frozen=True, slots=True)
class BundlePage:
    """A bundle with its manifest as signed. `threshold` is what the registry asks of its originator today.

    retraction: what took it back. effects: who has it and who still shows it, of an own bundle. proposals: to take it
    back, newest first. witnessed_by: the members, other than its own, that have seen its entry in the log.
    """

    bundle: Bundle
    manifest: Manifest
    parts: tuple[HeldPart, ...]
    threshold: int | None
    listed_keys: frozenset[str]
    is_own: bool
    retraction: HeldRetraction | None
    effects: tuple[EffectRow, ...]
    proposals: tuple[RetractionProposal, ...]
    witnessed_by: tuple[str, ...]

    @property
    def waiting(self) -> RetractionProposal | None:
        """The proposal that a second officer has to decide about, or None."""
        return next((one for one in self.proposals if one.state is ProposalState.WAITING), None)


def bundle(ctx: Context, digest: str, now: datetime) -> BundlePage:
    """Give one bundle.

    Raises:
        NotFound: no bundle has this digest. Damaged: the manifest's bytes changed on the disk.
    """
    held = ctx.ledger.bundle(digest)
    if held is None:
        raise NotFound("There is no bundle with this digest", hint="Open it from the page of its member.")
    manifest = Manifest.from_bytes(ctx.objects.get(held.manifest), ctx.limits)
    parts = tuple(HeldPart(part, ctx.objects.has(part.digest)) for part in manifest.parts)
    threshold, listed = _registered(ctx, held.originator)
    is_own = held.originator == ctx.member
    return BundlePage(
        bundle=held,
        manifest=manifest,
        parts=parts,
        threshold=threshold,
        listed_keys=listed,
        is_own=is_own,
        retraction=ctx.records.retraction(held.retracted_by) if held.retracted_by else None,
        effects=effect(ctx, digest, now) if is_own else (),
        proposals=tuple(ctx.records.proposals(digest)) if is_own else (),
        witnessed_by=witnesses(held, roll(ctx, now)),
    )


def _registered(ctx: Context, code: str) -> tuple[int | None, frozenset[str]]:
    try:
        members = {member.code: member for member in ctx.directory.membership().members}
    except Unavailable:
        return None, frozenset()
    if code not in members:
        return None, frozenset()
    return members[code].release_threshold, frozenset(members[code].release_keys)
