"""What a proposal would change, in words that two people can compare on the phone.

Invariants: everything that will be in force is said, whoever wrote the proposal: what is not said is as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange import membership_document
from exchange.limits import DEFAULT
from exchange.membership import LogKey, Member, Membership, MemberStatus
from exchange.registry import definitions
from exchange.registry.keys import Owners, owners_of
from exchange.registry.layout import DEFINITIONS, DELEGATED, MEMBERS
from exchange.registry.proposal import Proposal
from exchange.registry.trusted import delegated
from node.services.definitions import shipped
from schemas.canonical import canonical_json

SHORT = 16


def told_changes(proposal: Proposal) -> tuple[str, ...]:
    """Give what changes against the registry that is held."""
    lines = (*_keys(proposal), *_membership(proposal), *_definitions(proposal), *_renewed(proposal))
    return tuple(map(_visible, lines))


def told_sheets(proposal: Proposal) -> tuple[str, ...]:
    """Give each document with the fingerprint to read aloud and how many signatures it has."""
    lines = []
    for sheet in proposal.sheets():
        lacking = ", ".join(
            f"{len(one.signed)} of {one.threshold} as {one.by} demands" for one in sheet.demands
        )
        lines.append(
            f"{sheet.role} {sheet.version}  {sheet.fingerprint}  until {sheet.expires_at.date()}  ({lacking})"
        )
    return tuple(lines)


def _visible(line: str) -> str:
    """Write out what a terminal would obey or hide: escapes, overwriting, letters that turn the line round."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in line)


def _keys(proposal: Proposal) -> Iterator[str]:
    base = proposal.base
    before = base.plan if base is not None else None
    if "root" in proposal.documents:
        governance = owners_of(proposal.root, "root")
        yield from _owners("governance", before.governance if before else None, governance)
        keeper = owners_of(proposal.root, "timestamp").keys[0]
        if before is None or before.keeper != keeper:
            yield f"keeper: key {keeper.keyid[:SHORT]}" + (
                f", before {before.keeper.keyid[:SHORT]}" if before else ""
            )
    if "targets" in proposal.documents:
        for role in delegated(proposal.targets):
            held = before.roles.get(role) if before else None
            yield from _owners(role, held, owners_of(proposal.targets, role))


def _owners(role: str, before: Owners | None, after: Owners) -> Iterator[str]:
    if before is not None and before.is_as(after):
        return
    yield f"{role}: {after.threshold} of {len(after.keys)} keys sign"
    known = before.keyids if before is not None else frozenset()
    yield from (f"{role}: key {keyid[:SHORT]} may sign" for keyid in sorted(after.keyids - known))
    yield from (
        f"{role}: key {keyid[:SHORT]} may NOT sign any more" for keyid in sorted(known - after.keyids)
    )


def _membership(proposal: Proposal) -> Iterator[str]:
    if MEMBERS not in proposal.contents:
        return
    after = membership_document.parse(proposal.contents[MEMBERS], DEFAULT)
    before = None
    if proposal.base is not None:
        before = membership_document.parse(proposal.base.membership, DEFAULT)
    if before is None or before.federation != after.federation:
        yield f"federation: {after.federation}"
    if before is None or before.policy != after.policy:
        schemes = ", ".join(after.policy.release_schemes)
        yield (
            f"policy: {after.policy.witness_quorum} witnesses, releases signed with {schemes}, "
            f"protocol {after.policy.min_protocol} at least {_rest(after.policy.extra)}".rstrip()
        )
    if after.extra != (before.extra if before is not None else {}):
        yield f"federation: also says {_rest(after.extra) or 'nothing'}"
    yield from _members(before, after)
    yield from _stopped(after)


def _stopped(after: Membership) -> Iterator[str]:
    """Whom the policy would keep from releasing: said in every proposal, before anybody signs it."""
    for member in after.members:
        if member.status is MemberStatus.ACTIVE:
            for scheme, held in member.short_of(after.policy).items():
                yield (
                    f"{member.code}: CANNOT RELEASE, {held} of {member.release_threshold} keys are of {scheme}, "
                    "which the policy demands"
                )


def _members(before: Membership | None, after: Membership) -> Iterator[str]:
    held = {member.code: member for member in before.members} if before is not None else {}
    for member in after.members:
        yield from _member(held.pop(member.code, None), member)
    yield from (f"{code}: taken out of the membership" for code in sorted(held))


def _member(before: Member | None, after: Member) -> Iterator[str]:
    if before is None:
        yield f"{after.code}: a new member"
    if before is None or before.history != after.history:
        new = after.history if before is None else after.history[len(before.history) :]
        yield from (f"{after.code}: {one.status.value} since {one.since} ({one.source})" for one in new)
        if before is not None and after.history[: len(before.history)] != before.history:
            yield f"{after.code}: lines of its history were CHANGED, not only added"
    for what, old, new_value in zip(_FACTS, _facts(before), _facts(after), strict=True):
        if old != new_value:
            yield f"{after.code}: {what} {new_value or 'none'}" + (f", before {old}" if old else "")


_FACTS = (
    "address",
    "release keys",
    "release threshold",
    "log key",
    "witness key",
    "certificate",
    "names",
    "the rest",
)


def _facts(member: Member | None) -> tuple[str, ...]:
    if member is None:
        return ("",) * len(_FACTS)
    return (
        member.address or "",
        ", ".join(keyid[:SHORT] for keyid in sorted(member.release_keys)),
        str(member.release_threshold),
        _log_keys(member.log_key) if member.log_key else "",
        member.witness_key.key.keyid[:SHORT] if member.witness_key else "",
        member.transport.fingerprint if member.transport else "",
        ", ".join(f"{language} {name}" for language, name in sorted(member.names.items())),
        _rest(
            {**member.extra, **({"encryption_key": member.encryption_key} if member.encryption_key else {})}
        ),
    )


def _log_keys(log_key: LogKey) -> str:
    former = [f"{one.key.keyid[:SHORT]} for {one.entries} entries" for one in log_key.former]
    return ", ".join([log_key.key.keyid[:SHORT], *former])


def _rest(extra: Mapping[str, Any]) -> str:
    """Give what this version does not know and keeps, so that nobody signs it unseen."""
    return canonical_json(dict(extra)).decode("utf-8") if extra else ""


def _definitions(proposal: Proposal) -> Iterator[str]:
    held = proposal.base.contents if proposal.base is not None else {}
    for role in DEFINITIONS:
        if role not in proposal.contents:
            if role in proposal.documents and role in held:
                yield f"{role}: definitions are NOT signed any more"
            continue
        after = definitions.parse(role, proposal.contents[role], DEFAULT)
        if role not in held:
            yield f"{role}: {len(after)} definitions are signed"
        before = definitions.parse(role, held[role], DEFAULT) if role in held else after
        for one in definitions.differences({role: after}, {role: before}):
            verb = (
                "added"
                if one.own is None
                else "taken out"
                if one.signed is None
                else "CHANGED under its version"
            )
            yield f"{role}: {one.name} {one.version} {verb}"
        for one in definitions.differences({role: after}, shipped()):
            yield f"{role}: {one.name} {one.version} is NOT what this node has"


def _renewed(proposal: Proposal) -> Iterator[str]:
    for role in proposal.documents:
        held = proposal.base.contents.get(role) if proposal.base is not None else None
        if role in DELEGATED and held is not None and proposal.contents.get(role) == held:
            yield f"{role}: the same content"
