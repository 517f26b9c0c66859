"""The register of typologies, step by step: written, reviewed by another person, shared with named members, retired.

Invariants: saving never overwrites; every step is taken from the newest version, by its number, so that nobody reviews
or shares what they did not see; who wrote what others have not reviewed neither reviews nor shares it; who was told of
an entry once is told of every later version and of its retirement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from exchange import envelope
from exchange.envelope import PAYLOAD_TYPES
from exchange.manifest import Handling
from exchange.typology import Typology, TypologyStatus
from exchange.typology_wording import FACETS
from node.access import Action, Actor, decide
from node.audit import AuditEvent
from node.errors import Conflict, Fault, Invalid
from node.ports.typologies import EntryStatus, EntryVersion, HeldTypology, OwnEntry, Retirement, Telling
from node.services.append import LogContent, append
from node.services.context import Context
from node.services.members import peer_codes
from node.services.permission import permit, permit_second
from node.services.prepare import MARKING, PURPOSE
from node.services.typology_draft import Draft, described, stated_line
from schemas import registry
from schemas.digest import sha256_hex

TYPOLOGY = PAYLOAD_TYPES["typology"]


def propose(ctx: Context, actor: Actor, draft: Draft, *, now: datetime) -> OwnEntry:
    """Describe a new typology; gives its entry, with the id it has from now on.

    Raises:
        Denied. Invalid: with `faults`. Conflict: the year has no number left.
    """
    permit(actor, Action.DESCRIBE_TYPOLOGY)
    first = EntryVersion(
        typology=f"{ctx.member}-{now.year}-",
        number=1,
        description=described(draft, now.date()),
        change="",
        author=actor.login,
        written_at=now,
    )
    return ctx.typologies.propose(first, AuditEvent("typology.proposed", actor.login, "", now, {}))


def edit(
    ctx: Context, actor: Actor, typology: str, draft: Draft, *, based_on: int, change: str, now: datetime
) -> EntryVersion:
    """Write a new version of an entry; `based_on` is the number of the version that was edited.

    change: what is other than before, in a line; it stays inside.

    Raises:
        Denied, NotFound. Invalid: with `faults`. Conflict: somebody saved a version meanwhile, the entry is retired, or
            nothing would change.
    """
    permit(actor, Action.DESCRIBE_TYPOLOGY)
    entry = ctx.typologies.entry(typology)
    _require_open(entry)
    description = described(draft, now.date())
    stated = stated_line(change, "change", may_leave=False)
    _require_newest(entry, based_on)
    if description == entry.newest.description:
        raise Conflict(
            "Nothing would change",
            detail=f"Version {based_on} of {typology} says this",
            hint="Change something.",
        )
    version = EntryVersion(typology, based_on + 1, description, stated, actor.login, now)
    event = AuditEvent("typology.edited", actor.login, typology, now, {"version": version.number})
    ctx.typologies.write(version, event)
    return version


def review(ctx: Context, actor: Actor, typology: str, *, number: int, now: datetime) -> EntryVersion:
    """Stand for a version as a second person: it is what the node may share.

    Raises:
        Denied: not a releaser, or who wrote it. NotFound. Conflict: it is not the newest, or was reviewed already.
    """
    permit(actor, Action.REVIEW_TYPOLOGY)
    entry = ctx.typologies.entry(typology)
    _require_open(entry)
    _require_newest(entry, number)
    for author in _authors_unseen(entry):
        permit_second(actor, Action.REVIEW_TYPOLOGY, asked_by=author)
    reviewed = replace(entry.newest, reviewed_by=actor.login, reviewed_at=now)
    event = AuditEvent("typology.reviewed", actor.login, typology, now, {"version": number})
    ctx.typologies.review(reviewed, event)
    return reviewed


def share(
    ctx: Context, actor: Actor, typology: str, *, number: int, audience: Sequence[str], now: datetime
) -> OwnEntry:
    """Send a reviewed version to the members named, and to all who have an earlier one.

    Raises:
        Denied: not a releaser, or who wrote it. NotFound. Invalid: no member, or one that is not active. Conflict: it
            is not the newest, was not reviewed, or is shared already. Unavailable: nothing can be written.
    """
    permit(actor, Action.SHARE_TYPOLOGY)
    entry = ctx.typologies.entry(typology)
    _require_open(entry)
    _require_newest(entry, number)
    version = entry.newest
    permit_second(actor, Action.SHARE_TYPOLOGY, asked_by=version.author)
    if version.reviewed_at is None or version.shared_at is not None:
        raise Conflict(
            "This version cannot be shared",
            detail=f"Version {number} of {typology} is {version.status}",
            hint="A version is shared once, after a second person reviewed it.",
        )
    named = _named(ctx, entry, audience, now)
    said = _said(ctx, version, named, now)
    _tell(ctx, actor, said, AuditEvent("typology.shared", actor.login, typology, now, _told(said)))
    return ctx.typologies.entry(typology)


def retire(ctx: Context, actor: Actor, typology: str, *, reason: str, now: datetime) -> OwnEntry:
    """Take an entry out of use, here and wherever it was sent; the reason goes with it.

    Raises:
        Denied: not a releaser. NotFound. Invalid: no reason, or one that may name somebody. Conflict: it is retired
            already. Unavailable: nothing can be written.
    """
    permit(actor, Action.RETIRE_TYPOLOGY)
    entry = ctx.typologies.entry(typology)
    _require_open(entry)
    stated = stated_line(reason, "reason", may_leave=True)
    shared = entry.shared
    if shared is None:
        event = AuditEvent("typology.retired", actor.login, typology, now, {"reason": stated})
        ctx.typologies.retire(typology, Retirement(actor.login, now, stated), event)
        return ctx.typologies.entry(typology)
    said = replace(_said(ctx, shared, entry.audience, now), status=TypologyStatus.RETIRED, reason=stated)
    event = AuditEvent("typology.retired", actor.login, typology, now, {**_told(said), "reason": stated})
    _tell(ctx, actor, said, event)
    return ctx.typologies.entry(typology)


def open_steps(actor: Actor, entry: OwnEntry) -> tuple[str, ...]:
    """Give the steps that this person may take now: of `edit`, `review`, `share` and `retire`, in this order."""
    if entry.retirement is not None:
        return ()
    newest = entry.newest
    is_open = {
        "edit": decide(actor, Action.DESCRIBE_TYPOLOGY).allowed,
        "review": decide(actor, Action.REVIEW_TYPOLOGY).allowed
        and newest.status is EntryStatus.PROPOSED
        and actor.login not in _authors_unseen(entry),
        "share": decide(actor, Action.SHARE_TYPOLOGY).allowed
        and newest.status is EntryStatus.REVIEWED
        and actor.login != newest.author,
        "retire": decide(actor, Action.RETIRE_TYPOLOGY).allowed,
    }
    return tuple(step for step, may in is_open.items() if may)


def _authors_unseen(entry: OwnEntry) -> tuple[str, ...]:
    """Give who wrote the versions since the last reviewed one: each of them has a hand in the newest."""
    reviewed = max((one.number for one in entry.versions if one.reviewed_at is not None), default=0)
    return tuple(dict.fromkeys(one.author for one in entry.versions if one.number > reviewed))


def _require_open(entry: OwnEntry) -> None:
    if entry.retirement is not None:
        raise Conflict(
            "This typology is retired",
            detail=f"{entry.typology}: {entry.retirement.reason}",
            hint="Describe a new one if it is seen again.",
        )


def _require_newest(entry: OwnEntry, number: int) -> None:
    newest = entry.newest
    if newest.number != number:
        raise Conflict(
            "Somebody saved a newer version meanwhile",
            detail=f"{entry.typology}: version {newest.number} of {newest.author}, not {number}, is the newest",
            hint="Read the newest version beside what you typed, then send it again.",
            newest=newest.number,
        )


def _named(ctx: Context, entry: OwnEntry, audience: Sequence[str], now: datetime) -> tuple[str, ...]:
    peers = set(peer_codes(ctx, now))
    strange = sorted(set(audience) - peers)
    if strange:
        raise Invalid(
            "These are no members to share with",
            detail=", ".join(code[:8] for code in strange[:5]),
            hint="Choose among the active members.",
            faults=[Fault("audience", "unknown_code", {"code": code[:8]}) for code in strange[:5]],
        )
    named = tuple(sorted(set(audience) | set(entry.audience)))
    if not named:
        raise Invalid(
            "Nobody would receive it",
            hint="Choose the members that are to receive it; an empty choice means nobody.",
            faults=[Fault("audience", "missing")],
        )
    return named


def _said(ctx: Context, version: EntryVersion, audience: tuple[str, ...], now: datetime) -> Typology:
    facets = [facet for facet in FACETS if facet in version.description.codes]
    return Typology(
        originator=ctx.member,
        audience=audience,
        handling=Handling(marking=MARKING, purpose=PURPOSE),
        typology=version.typology,
        number=version.number,
        status=TypologyStatus.SHARED,
        description=version.description,
        codelists={FACETS[facet]: registry.codelist(FACETS[facet]).version for facet in facets},
        written_at=version.written_at.replace(microsecond=0),
        created_at=now.replace(microsecond=0),
    )


def _told(said: Typology) -> dict[str, str | int | bool]:
    return {"version": said.number, "audience": ", ".join(said.audience)}


def _tell(ctx: Context, actor: Actor, said: Typology, event: AuditEvent) -> None:
    """Sign with the log key and append: the row of the step is part of the same commit."""
    payload = said.to_bytes()
    signed = envelope.assemble(
        TYPOLOGY, payload, [envelope.sign(TYPOLOGY, payload, ctx.keyring.log_signer())]
    )

    def telling(index: int, stored: str) -> Telling:
        held = HeldTypology(ctx.member, index, sha256_hex(payload), said, stored, event.at)
        return Telling(held, actor.login)

    append(ctx, LogContent("typology", signed, said.audience, typology=telling), event=event)
