"""The own log and all bundles as rows.

Invariants: a publication is one transaction, and the compare-and-swap of the head is its first statement; the
records of a publication stand exactly between the head it leaves and the head it makes.
If lost, must be restored: rollback protection depends on it. If altered, two histories could be signed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from exchange.merkle import Frontier
from exchange.publisher import LogHead
from node.adapters.sqlite.audit import append_event
from node.adapters.sqlite.bundles import add_attestation, add_bundle, attestation_of, bundle_of
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.record_rows import add_notice, add_retraction, mark_answered, move_proposal
from node.adapters.sqlite.submissions import move_submission
from node.adapters.sqlite.tables import attestations, bundles, log_heads, log_records, own_parts
from node.adapters.sqlite.typologies import tell_typology
from node.errors import Conflict
from node.ports.ledger import Bundle, HeldAttestation, LogRecord, Publication
from node.ports.submissions import SubmissionState

_OWN_LOG = 1
_ASKED_AT_ONCE = 500


class SqliteLedger:
    """The Ledger port."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # every bundle that was listed, as it was then; replaced whole, because threads list at once
        self._decoded: dict[str, Bundle] = {}

    def head(self) -> LogHead | None:
        """Give the committed head of the own log; None before the first commit."""
        with self._database.read() as connection:
            document = connection.execute(select(log_heads.c.head)).scalar()
        return _head(document) if document else None

    def publish(self, publication: Publication) -> None:
        """Commit a publication if the stored head is still `leaving`, else raise Conflict."""
        _check_records(publication)
        with self._database.write() as connection:
            _swap_head(connection, publication)
            for record in publication.records:
                connection.execute(insert(log_records).values(_record_values(record)))
            if publication.bundle and not add_bundle(connection, publication.bundle, is_own=True):
                raise Conflict(
                    "This bundle was published before",
                    detail=f"The log holds a release of {publication.bundle.digest} already.",
                    hint="Look at the bundles of this node.",
                )
            if publication.submission:
                move_submission(connection, publication.submission, leaving=SubmissionState.APPROVED)
            if publication.attestation:
                add_attestation(connection, publication.attestation)
            _add_about_records(connection, publication)
            append_event(connection, publication.event)

    def commitments(self, start: int, end: int) -> list[bytes]:
        """Give the log entries start..end-1 of the own log."""
        query = select(log_records.c.commitment).where(log_records.c.index.between(start, end - 1))
        with self._database.read() as connection:
            return [row.commitment for row in connection.execute(query.order_by(log_records.c.index))]

    def records(self, start: int, end: int) -> list[LogRecord]:
        """Give the own records start..end-1, whatever their audience: the caller filters."""
        query = select(log_records).where(log_records.c.index.between(start, end - 1))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(log_records.c.index))
            return [LogRecord(**row._mapping) for row in rows]  # noqa: SLF001 - public in spite of its name

    def bundle(self, digest: str) -> Bundle | None:
        """Give one bundle, or None."""
        return self._database.remembered(("bundle", digest), lambda: self._bundle(digest))

    def bundles(self, *, originator: str | None = None, live_only: bool = False) -> list[Bundle]:
        """Give bundles ordered by (originator, log_index)."""
        # every page begins with this list, and it changes with a release only
        held = self._database.remembered(
            ("bundles", originator, live_only), lambda: self._bundles(originator, live_only=live_only)
        )
        return list(held)

    def attestations(self, originator: str | None = None) -> list[HeldAttestation]:
        """Give attestations ordered by (originator, log_index)."""
        query = select(attestations).order_by(attestations.c.originator, attestations.c.log_index)
        if originator is not None:
            query = query.where(attestations.c.originator == originator)
        with self._database.read() as connection:
            return [attestation_of(row) for row in connection.execute(query)]

    def audience_of_part(self, part_digest: str) -> frozenset[str]:
        """Give the members any own release with this part is addressed to; empty for foreign or unknown."""
        query = select(bundles.c.audience).join(own_parts, own_parts.c.bundle == bundles.c.digest)
        with self._database.read() as connection:
            rows = connection.execute(query.where(own_parts.c.part == part_digest))
            return frozenset(member for row in rows for member in row.audience)

    def _bundle(self, digest: str) -> Bundle | None:
        with self._database.read() as connection:
            row = connection.execute(select(bundles).where(bundles.c.digest == digest)).first()
        return bundle_of(row) if row else None

    def _bundles(self, originator: str | None, *, live_only: bool) -> tuple[Bundle, ...]:
        """Read which there are, and of those that are new or changed all of it: a bundle is written once."""
        changing = (bundles.c.digest, bundles.c.superseded_by, bundles.c.retracted_by)
        query = select(*changing).order_by(bundles.c.originator, bundles.c.log_index)
        if originator is not None:
            query = query.where(bundles.c.originator == originator)
        if live_only:
            query = query.where(bundles.c.superseded_by.is_(None), bundles.c.retracted_by.is_(None))
        with self._database.read() as connection:
            found = [tuple(row) for row in connection.execute(query)]
            known = {_state(one): one for one in self._decoded.values()}
            fresh = [digest for digest, *_ in (state for state in found if state not in known)]
            for start in range(0, len(fresh), _ASKED_AT_ONCE):
                asked = select(bundles).where(bundles.c.digest.in_(fresh[start : start + _ASKED_AT_ONCE]))
                known |= {_state(one): one for one in map(bundle_of, connection.execute(asked))}
        held = tuple(known[state] for state in found)
        self._decoded = self._decoded | {one.digest: one for one in held}
        return held


def _state(bundle: Bundle) -> tuple[str, str | None, str | None]:
    return bundle.digest, bundle.superseded_by, bundle.retracted_by


def _add_about_records(connection: Connection, publication: Publication) -> None:
    if publication.retraction:
        add_retraction(connection, publication.retraction)
    if publication.proposal:
        move_proposal(connection, publication.proposal)
    if publication.notice:
        add_notice(connection, publication.notice)
    if publication.typology:
        tell_typology(connection, publication.typology)
    if publication.answered:
        mark_answered(connection, publication.answered, publication.records[-1].index)


def _check_records(publication: Publication) -> None:
    """Refuse a publication whose records would leave a hole in the log; a mistake of the caller's."""
    first = publication.leaving.size if publication.leaving else 0
    expected = list(range(first, publication.head.size))
    if [record.index for record in publication.records] != expected:
        raise ValueError(f"the records of a publication have the indices {expected}, in order")


def _swap_head(connection: Connection, publication: Publication) -> None:
    document = _head_document(publication.head)
    if publication.leaving is None:
        first = upsert(log_heads).values(only=_OWN_LOG, head=document).on_conflict_do_nothing()
        swapped = connection.execute(first)
    else:
        leaving = _head_document(publication.leaving)
        swapped = connection.execute(
            update(log_heads).where(log_heads.c.head == leaving).values(head=document)
        )
    if swapped.rowcount != 1:
        raise Conflict(
            "The log has moved on",
            detail=f"Its end is no longer at entry {publication.leaving.size if publication.leaving else 0}.",
            hint="Read the head again and publish after it.",
        )


def _record_values(record: LogRecord) -> dict[str, Any]:
    return {
        "index": record.index,
        "kind": record.kind,
        "commitment": record.commitment,
        "salt": record.salt,
        "envelope": record.envelope,
        "audience": record.audience,
    }


def _head_document(head: LogHead) -> dict[str, Any]:
    return {
        "origin": head.origin,
        "size": head.size,
        "peaks": head.frontier.to_hex(),
        "checkpoint": head.checkpoint,
    }


def _head(document: dict[str, Any]) -> LogHead:
    frontier = Frontier.from_hex(document["size"], document["peaks"])
    return LogHead(document["origin"], frontier, document["checkpoint"])
