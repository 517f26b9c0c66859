"""Retractions, receipts, notices and typologies, verified again from the envelopes on disk to what is shown of them.

Invariants: as those of `verify`: nothing is repaired here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from exchange import envelope
from exchange.envelope import VerificationResult
from exchange.notice import Notice
from exchange.receipt import Receipt
from exchange.records import RecordKind
from exchange.retraction import Retraction
from exchange.typology import Typology
from node.errors import NodeError
from node.ports.records import HeldNotice, HeldReceipt, HeldRetraction
from node.ports.typologies import HeldTypology
from node.services.context import Context
from node.services.findings import Check, require
from schemas.digest import sha256_hex


def record_checks(ctx: Context) -> Iterator[Check]:
    """Give a check for every retraction, receipt, notice and typology held; unreadable rows are a finding, too."""
    kinds: tuple[tuple[str, Callable[[Context], list[Check]]], ...] = (
        ("retractions", _retractions),
        ("receipts", _receipts),
        ("notices", _notices),
        ("typologies", _typologies),
    )
    for kind, checks in kinds:
        try:
            found = checks(ctx)
        except NodeError as error:
            found = [(kind, f"{kind} of {ctx.member}", partial(_unreadable, error))]
        yield from found


def _retractions(ctx: Context) -> list[Check]:
    return [
        ("retractions", f"retraction {held.log_index} of {held.originator}", partial(_retraction, ctx, held))
        for held in ctx.records.retractions()
    ]


def _receipts(ctx: Context) -> list[Check]:
    return [
        ("receipts", f"receipt {held.receipt_index} of {held.member}", partial(_receipt, ctx, held))
        for held in ctx.records.receipts()
    ]


def _notices(ctx: Context) -> list[Check]:
    return [
        ("notices", f"notice {held.log_index} of {held.originator}", partial(_notice, ctx, held))
        for held in ctx.records.notices()
    ]


def _typologies(ctx: Context) -> list[Check]:
    return [
        ("typologies", f"typology {held.log_index} of {held.originator}", partial(_typology, ctx, held))
        for held in ctx.typologies.records()
    ]


def _unreadable(error: NodeError) -> None:
    raise error


def _retraction(ctx: Context, held: HeldRetraction) -> None:
    """Signed by officers, as it is kept; and its bundle is shown nowhere."""
    membership = ctx.directory.membership()
    member = membership.member(held.originator)
    signed = envelope.require(
        ctx.objects.get(held.envelope),
        member.release_keys,
        member.release_threshold,
        ctx.limits,
        payload_type=RecordKind.RETRACTION.payload_type,
        schemes=membership.policy.release_schemes,
    )
    read = Retraction.from_bytes(signed.payload, ctx.limits)
    require(
        (read, sha256_hex(signed.payload)) == (held.retraction, held.digest), "the row is not what was signed"
    )
    bundle = ctx.ledger.bundle(read.bundle)
    is_out = bundle is None or bundle.retracted_by is not None
    require(is_out, f"bundle {read.bundle} is shown although it was taken back")


def _receipt(ctx: Context, held: HeldReceipt) -> None:
    signed = _by_log(ctx, held.member, held.receipt_index, held.envelope, RecordKind.RECEIPT)
    read = Receipt.from_bytes(signed.payload, ctx.limits)
    require(held.entry in read.entries and read.originator == ctx.member, "the row is not what was signed")


def _notice(ctx: Context, held: HeldNotice) -> None:
    signed = _by_log(ctx, held.originator, held.log_index, held.envelope, RecordKind.NOTICE)
    require(Notice.from_bytes(signed.payload, ctx.limits) == held.notice, "the row is not what was signed")


def _typology(ctx: Context, held: HeldTypology) -> None:
    """As it is kept; of an own one, its version says what was signed."""
    signed = _by_log(ctx, held.originator, held.log_index, held.envelope, RecordKind.TYPOLOGY)
    read = Typology.from_bytes(signed.payload, ctx.limits)
    require(
        (read, sha256_hex(signed.payload)) == (held.typology, held.digest), "the row is not what was signed"
    )
    if held.originator == ctx.member:
        own = [
            one.description
            for one in ctx.typologies.entry(read.typology).versions
            if one.number == read.number
        ]
        require(own == [read.description], f"version {read.number} of {read.typology} is not what was signed")


def _by_log(ctx: Context, code: str, index: int, stored: str, kind: RecordKind) -> VerificationResult:
    log_key = ctx.directory.membership().member(code).log_key
    keys = {} if log_key is None else log_key.keys_at(index)
    return envelope.require(ctx.objects.get(stored), keys, 1, ctx.limits, payload_type=kind.payload_type)
