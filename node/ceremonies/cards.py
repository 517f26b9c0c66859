"""A node's public card: what it hands to the others so that the registry can name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from exchange.keys import PublicKey
from exchange.limits import DEFAULT
from exchange.membership import (
    FormerLogKey,
    LogKey,
    Member,
    MemberStatus,
    StatusChange,
    Transport,
    WitnessKey,
    fingerprint_of,
    log_origin,
    witness_name,
)
from exchange.registry.cards import Card
from node.adapters import clock
from node.adapters.durable import write_durably
from node.bootstrap import Node, open_node
from node.ceremonies.folders import read_file
from node.errors import Invalid
from node.settings import Settings
from schemas.digest import sha256_hex
from schemas.registry import LANGUAGES, codelist

CARD_SOURCE = "card"


def write_card(settings: Settings, federation: str, file: Path) -> str:
    """Write this node's card; gives a line with its fingerprint. Raises Invalid as `own_card`."""
    node = open_node(settings)
    try:
        content = own_card(node, federation).to_bytes()
    finally:
        node.close()
    write_durably(file, content)
    return f"Card of {settings.member} written to {file}, fingerprint {sha256_hex(content)}"


def own_card(node: Node, federation: str) -> Card:
    """Give this node's card, its waiting keys in the place of those in use; raises as `own_member`."""
    waiting = node.waiting
    return Card(
        federation,
        own_member(node, federation),
        waiting.public("governance") or node.keyring.governance_signer().public_key,
        waiting.public("keeper") or node.keyring.keeper_signer().public_key,
    )


def own_member(node: Node, federation: str) -> Member:
    """Give this node's line of the registry as it is to be; needs no governance key.

    Raises:
        Invalid: fewer than two officers have a release key, or a name or address cannot stand in a registry.
    """
    keys = _release_keys(node)
    certificate = node.waiting.certificate() or node.keyring.transport_certificate()
    witness = node.waiting.public("witness") or node.keyring.witness_signer().public_key
    code, area = node.settings.member, codelist("CL_AREA")
    try:
        return Member(
            code=code,
            names={language: area.label(code, language) for language in LANGUAGES},
            history=(StatusChange(MemberStatus.ACTIVE, clock.now().date(), CARD_SOURCE),),
            address=node.settings.exchange_address,
            release_keys=keys,
            log_key=_log_key(node, log_origin(federation, code)),
            witness_key=WitnessKey(witness_name(federation, code), witness),
            transport=Transport(fingerprint_of(certificate), certificate),
        )
    except ValueError as error:
        raise Invalid("This node has no card", detail=str(error), hint="Correct its settings.") from error


def _log_key(node: Node, origin: str) -> LogKey:
    """Give the log's key as it is to be; the one that the registry names now counts for what is published so far."""
    key = node.waiting.public("log") or node.keyring.log_signer().public_key
    held = _listed_log_key(node)
    if held is None or held.key == key:
        return LogKey(origin, key, held.former if held else ())
    head = node.context.ledger.head()
    return LogKey(origin, key, (*held.former, FormerLogKey(held.key, head.size if head else 0)))


def _listed_log_key(node: Node) -> LogKey | None:
    """Give what the registry says; None before this node has joined."""
    if not node.registry.is_joined():
        return None
    members = node.context.directory.membership().members
    return next((member.log_key for member in members if member.code == node.settings.member), None)


def read_card(file: Path, federation: str) -> Card:
    """Give the card in a file, with its member code and fingerprint to compare; raises Invalid, Refused, NotFound."""
    card = Card.from_bytes(read_file(file), DEFAULT)
    if card.federation != federation:
        raise Invalid(
            f"{file} is not a card for {federation}",
            detail=f"It is for {card.federation}.",
            hint="Ask the member to write it anew.",
        )
    return card


def compared(files: Iterable[Path]) -> tuple[str, ...]:
    """Give the fingerprint of each card, to be compared with what its member read aloud; raises as `read_card`."""
    contents = [read_file(file) for file in files]
    return tuple(
        f"Card of {Card.from_bytes(content, DEFAULT).member.code}: {sha256_hex(content)}"
        for content in contents
    )


def admitted(card: Card, status: MemberStatus, since: date, source: str) -> Member:
    """Give the member of a card with the first line of its history."""
    return replace(card.member, history=(StatusChange(status, since, source),))


def carded(new: Member, held: Member) -> Member:
    """Give a member that is in the registry already, with the node of its new line and its own history."""
    return replace(
        held,
        address=new.address,
        release_keys=new.release_keys,
        log_key=new.log_key,
        witness_key=new.witness_key,
        transport=new.transport,
    )


def day_of(text: str | None, now: datetime) -> date:
    """Give the day that was typed, or today; raises Invalid."""
    if text is None:
        return now.date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("This is not a date", detail=text[:40], hint="Write it as 2026-11-23.") from None


def _release_keys(node: Node) -> dict[str, PublicKey]:
    accounts = node.context.accounts.all()
    officers = [one.login for one in accounts if one.release_keyid and one.is_active]
    if len(officers) < 2:  # noqa: PLR2004 - a release needs two officers
        raise Invalid(
            "A card needs two officers with release keys",
            detail=f"{len(officers)} account(s) have one",
            hint="Add releasers with 'irac account add … --role releaser' first.",
        )
    return {key.keyid: key for login in officers for key in node.keyring.release_publics(login)}
