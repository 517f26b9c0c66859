"""Peers' heads, statuses and refusals as rows.

Invariants: a sync cycle is one transaction whose first statement is the compare-and-swap of the peer's state;
a state's text is canonical, so equal states have equal texts. A peer's log never becomes shorter here.
If altered by an attacker, an old state of a peer could be shown as its newest.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from exchange.sync import PeerState
from node.adapters.sqlite.audit import append_event
from node.adapters.sqlite.bundles import add_attestation, add_bundle
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.peer_states import state_document, state_of
from node.adapters.sqlite.record_rows import add_notice, add_owed, add_receipt, add_retraction
from node.adapters.sqlite.tables import peer_states, peer_statuses, refusals
from node.adapters.sqlite.typologies import add_typology
from node.adapters.sqlite.witness import follow_view
from node.audit import AuditEvent
from node.errors import Conflict
from node.ports.peers import Brought, HeldRefusal, PeerStatus


class SqlitePeers:
    """The PeerStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self, code: str) -> PeerState:
        """Give how far this peer's log was witnessed; the empty state for a new peer."""
        with self._database.read() as connection:
            document = connection.execute(
                select(peer_states.c.state).where(peer_states.c.code == code)
            ).scalar()
        return state_of(document) if document else PeerState.nothing()

    def commit_import(
        self,
        code: str,
        *,
        leaving: PeerState,
        state: PeerState,
        brought: Brought,
        event: AuditEvent,
    ) -> None:
        """Commit one sync cycle if the stored state is still `leaving`, else raise Conflict.

        A bundle held already (one manifest logged twice) is kept as it is. Raises ValueError for what does
        not come from this peer, and for a log that became shorter: mistakes of the caller's.
        """
        _check_origin(code, brought)
        if state.seen.frontier.size < leaving.seen.frontier.size:
            raise ValueError(f"the log of {code} cannot become shorter")
        with self._database.write() as connection:
            _swap_state(connection, code, leaving, state)
            follow_view(connection, code, state.seen)
            _add(connection, brought)
            append_event(connection, event)

    def status(self, code: str) -> PeerStatus:
        """Give the last outcome; an empty one for a new peer."""
        with self._database.read() as connection:
            row = connection.execute(select(peer_statuses).where(peer_statuses.c.code == code)).first()
        return PeerStatus(**row._mapping) if row else PeerStatus(code)  # noqa: SLF001 - public

    def put_status(self, status: PeerStatus) -> None:
        """Store the outcome of an attempt."""
        values = {field.name: getattr(status, field.name) for field in fields(status)}
        first = upsert(peer_statuses).values(values)
        with self._database.write() as connection:
            connection.execute(first.on_conflict_do_update(index_elements=["code"], set_=values))

    def look_next(self, code: str, at: datetime) -> None:
        """Have a peer that was looked at before looked at again at `at`; no error for one that never was."""
        with self._database.write() as connection:
            connection.execute(update(peer_statuses).where(peer_statuses.c.code == code).values(next_at=at))

    def add_refusal(self, refusal: HeldRefusal) -> None:
        """Keep evidence that did not come with a commit."""
        with self._database.write() as connection:
            _add_refusal(connection, refusal)

    def refusal_of(self, subject: str) -> HeldRefusal | None:
        """Give the first refusal of a record whose payload has this digest, or None."""
        query = select(refusals).where(refusals.c.subject == subject).order_by(refusals.c.refusal_id).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _refusal(row) if row else None

    def refusals(self, code: str | None = None) -> list[HeldRefusal]:
        """Give refusals, newest first."""
        query = select(refusals).order_by(refusals.c.refusal_id.desc())
        if code is not None:
            query = query.where(refusals.c.code == code)
        with self._database.read() as connection:
            return [_refusal(row) for row in connection.execute(query)]


def _check_origin(code: str, brought: Brought) -> None:
    said = {one.originator for one in brought.bundles} | {one.originator for one in brought.attestations}
    said |= {one.originator for one in brought.retractions} | {one.originator for one in brought.notices}
    said |= {one.originator for one in brought.typologies}
    said |= {one.member for one in brought.receipts} | {one.code for one in brought.owed}
    foreign = sorted(said - {code})
    if foreign:
        raise ValueError(f"an import from {code} brings nothing of {', '.join(foreign)}")


def _swap_state(connection: Connection, code: str, leaving: PeerState, state: PeerState) -> None:
    document = state_document(state)
    swapped = connection.execute(
        update(peer_states)
        .where(peer_states.c.code == code, peer_states.c.state == state_document(leaving))
        .values(state=document)
    ).rowcount
    if not swapped and leaving == PeerState.nothing():
        first = upsert(peer_states).values(code=code, state=document).on_conflict_do_nothing()
        swapped = connection.execute(first).rowcount
    if swapped != 1:
        raise Conflict(
            "This peer was synchronised by somebody else meanwhile",
            detail=f"What was seen of {code} is no longer what this cycle began with.",
            hint="Nothing to do: the next synchronisation begins where the other one ended.",
            peer=code,
        )


def _add(connection: Connection, brought: Brought) -> None:
    for bundle in brought.bundles:
        add_bundle(connection, bundle, is_own=False)
    for attestation in brought.attestations:
        add_attestation(connection, attestation)
    for retraction in brought.retractions:
        add_retraction(connection, retraction)
    for receipt in brought.receipts:
        add_receipt(connection, receipt)
    for notice in brought.notices:
        add_notice(connection, notice)
    for typology in brought.typologies:
        add_typology(connection, typology)
    for refusal in brought.refusals:
        _add_refusal(connection, refusal)
    for owed in brought.owed:
        add_owed(connection, owed)


def _add_refusal(connection: Connection, refusal: HeldRefusal) -> None:
    values = {field.name: getattr(refusal, field.name) for field in fields(refusal)}
    connection.execute(insert(refusals).values(values))


def _refusal(row: Row[Any]) -> HeldRefusal:
    values = dict(row._mapping)  # noqa: SLF001 - public in spite of its name
    del values["refusal_id"]
    return HeldRefusal(**values)
