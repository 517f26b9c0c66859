"""Taking back what was released: one officer proposes with her signature, a second confirms, one commit does it.

Invariants: only an own release is taken back, once, and for exactly those who got it; nobody confirms what they
proposed; both sign the very same bytes; after the commit nothing is shown here or computed from the bundle, and its
envelope, manifest and place in the log stay.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from exchange.envelope import PAYLOAD_TYPES
from exchange.limits import MAX_TEXT_CHARACTERS
from exchange.retraction import Retraction, RetractionReason
from node.access import Action, Actor
from node.audit import AuditEvent
from node.errors import Conflict, Denied, Invalid, NotFound
from node.ports.ledger import Bundle
from node.ports.records import HeldRetraction, ProposalState, RetractionProposal
from node.services import officers
from node.services.append import LogContent, append
from node.services.context import Context
from node.services.nameless import require_nameless
from node.services.permission import permit, permit_second
from schemas.digest import sha256_hex

RETRACTION = PAYLOAD_TYPES["retraction"]


def propose(
    ctx: Context,
    actor: Actor,
    bundle_digest: str,
    *,
    reason: RetractionReason,
    text: str,
    replacement: str | None,
    password: str,
    now: datetime,
) -> RetractionProposal:
    """First officer: say why a release is taken back, and sign it. Nothing changes before a second confirms.

    replacement: the digest of an own bundle that stands in its place, or None.

    Raises:
        Denied: not a releaser, another member's bundle, or a key that the registry does not list. NotFound.
        NotSignedIn: the password is wrong. Invalid: the text is none, too long or names somebody; the replacement
            is no own bundle in force. Conflict: it is taken back already, or a proposal waits.
    """
    permit(actor, Action.RETRACT)
    bundle = _own(ctx, bundle_digest)
    if bundle.retracted_by is not None:
        raise Conflict("This release is taken back already", detail=bundle.digest)
    retraction = Retraction(
        originator=ctx.member,
        bundle=bundle.digest,
        reason=reason,
        text=_stated(text),
        replacement=_replacement(ctx, bundle, replacement),
        audience=bundle.audience,
        created_at=now.replace(microsecond=0),
    )
    signers = officers.officer_signers(ctx, actor, password, now)
    proposal = RetractionProposal(
        number=0,
        retraction=retraction,
        signatures=officers.as_document(officers.signatures(RETRACTION, retraction.to_bytes(), signers)),
        proposed_by=actor.login,
        proposed_at=now,
    )
    told = {"reason": reason.value, "text": retraction.text}
    return ctx.records.propose(
        proposal, AuditEvent("retraction.proposed", actor.login, bundle.digest, now, told)
    )


def confirm(ctx: Context, actor: Actor, number: int, *, password: str, now: datetime) -> Bundle:
    """Second officer: sign the same bytes and commit the retraction; gives the bundle as it stands then.

    Raises:
        Denied: not a releaser, or who proposed it. NotFound, NotSignedIn, Unavailable. Conflict: it waits no more,
            or the registry's keys changed since the first signature.
    """
    permit(actor, Action.RETRACT)
    proposal = _waiting(ctx, number)
    permit_second(actor, Action.RETRACT, asked_by=proposal.proposed_by)
    retraction = proposal.retraction
    payload = retraction.to_bytes()
    signers = officers.officer_signers(ctx, actor, password, now)
    signed = [
        *officers.from_document(proposal.signatures),
        *officers.signatures(RETRACTION, payload, signers),
    ]
    content, signed_by = officers.sealed(ctx, RETRACTION, payload, signed)

    def held(index: int, stored: str) -> HeldRetraction:
        digest = sha256_hex(payload)
        return HeldRetraction(ctx.member, index, digest, retraction, stored, signed_by, now)

    decided = replace(
        proposal,
        signatures=officers.as_document(signed),
        state=ProposalState.CONFIRMED,
        decided_by=actor.login,
        decided_at=now,
    )
    record = LogContent("retraction", content, retraction.audience, retraction=held, proposal=decided)
    told = {"proposal": number, "reason": retraction.reason.value}
    append(ctx, record, event=AuditEvent("bundle.retracted", actor.login, retraction.bundle, now, told))
    return _own(ctx, retraction.bundle)


def withdraw(ctx: Context, actor: Actor, number: int, *, now: datetime) -> RetractionProposal:
    """Officer: end a proposal without taking anything back.

    Raises:
        Denied: not a releaser. NotFound. Conflict: it waits no more.
    """
    permit(actor, Action.RETRACT)
    proposal = _waiting(ctx, number)
    withdrawn = replace(proposal, state=ProposalState.WITHDRAWN, decided_by=actor.login, decided_at=now)
    event = AuditEvent(
        "retraction.withdrawn", actor.login, proposal.retraction.bundle, now, {"proposal": number}
    )
    ctx.records.move(withdrawn, event)
    return withdrawn


def _own(ctx: Context, digest: str) -> Bundle:
    bundle = ctx.ledger.bundle(digest)
    if bundle is None:
        raise NotFound("There is no bundle with this digest", hint="Open it from the page of its member.")
    if bundle.originator != ctx.member:
        raise Denied(
            "Only its own member takes a release back",
            detail=f"{digest} is of {bundle.originator}",
            hint="Ask that member's officers.",
        )
    return bundle


def _waiting(ctx: Context, number: int) -> RetractionProposal:
    proposal = ctx.records.proposal(number)
    if proposal.state is not ProposalState.WAITING:
        raise Conflict(
            "Somebody else took this step",
            detail=f"The proposal {number} is {proposal.state}",
            hint="Open the bundle again and look at its state.",
        )
    return proposal


def _replacement(ctx: Context, bundle: Bundle, digest: str | None) -> str | None:
    if not digest:
        return None
    other = ctx.ledger.bundle(digest)
    if other is None or other.originator != ctx.member or other.retracted_by or other.digest == bundle.digest:
        raise Invalid(
            "Nothing can be put in its place by this digest",
            detail=digest,
            hint="Name another own bundle that is not taken back, or none.",
        )
    return digest


def _stated(text: str) -> str:
    """The text leaves this node: every member of the audience reads it."""
    stated = text.strip()
    if not stated or len(stated) > MAX_TEXT_CHARACTERS:
        raise Invalid(
            "Say in words why it is taken back",
            detail=f"{len(stated)} characters, 1 to {MAX_TEXT_CHARACTERS} are taken",
        )
    require_nameless(stated)
    return stated
