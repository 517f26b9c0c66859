"""Rows of bundles and attestations, written the same way for what is published here and what is imported.

Invariants: a bundle supersedes only bundles of its own originator, in whatever order the two arrive, and one that
was taken back before it came is never shown; a bundle that is held already is not written twice.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.sqlite import insert

from exchange.attestation import Attestation
from exchange.limits import DEFAULT
from node.adapters.sqlite.record_rows import retraction_held
from node.adapters.sqlite.tables import attestations, bundles, own_parts, supersessions
from node.ports.ledger import Bundle, HeldAttestation

_ATTESTATIONS_REMEMBERED = 512


def add_bundle(connection: Connection, bundle: Bundle, *, is_own: bool) -> bool:
    """Store a bundle inside a writing transaction; False when one of this digest is held already."""
    values = {field.name: getattr(bundle, field.name) for field in fields(bundle)}
    values["superseded_by"] = bundle.superseded_by or _superseded_by(connection, bundle)
    values["retracted_by"] = retraction_held(connection, bundle.originator, bundle.digest)
    added = connection.execute(
        insert(bundles)
        .values(**values, is_own=is_own)
        .on_conflict_do_nothing(index_elements=[bundles.c.digest])
    )
    if added.rowcount != 1:
        return False
    for superseded in bundle.supersedes:
        _supersede(connection, bundle, superseded)
    if is_own:
        for part in set(bundle.parts):
            connection.execute(insert(own_parts).values(part=part, bundle=bundle.digest))
    return True


def add_attestation(connection: Connection, held: HeldAttestation) -> None:
    """Store an attestation inside a writing transaction; the same log entry twice is no error."""
    connection.execute(
        insert(attestations)
        .values(originator=held.originator, log_index=held.log_index, document=held.attestation.to_bytes())
        .on_conflict_do_nothing()
    )


def bundle_of(row: Row[Any]) -> Bundle:
    """Give the bundle of a row."""
    values = dict(row._mapping)  # noqa: SLF001 - public in spite of its name
    del values["is_own"]
    return Bundle(**values)


def attestation_of(row: Row[Any]) -> HeldAttestation:
    """Give the attestation of a row."""
    return HeldAttestation(row.originator, row.log_index, _attestation(row.document))


@lru_cache(maxsize=_ATTESTATIONS_REMEMBERED)
def _attestation(document: bytes) -> Attestation:
    """Read an attestation; pages ask for all of them again and again, and one never changes."""
    return Attestation.from_bytes(document, DEFAULT)


def _superseded_by(connection: Connection, bundle: Bundle) -> str | None:
    """Give the first held bundle that said before that it supersedes this one."""
    query = select(bundles.c.digest).join(supersessions, supersessions.c.by == bundles.c.digest)
    query = query.where(
        supersessions.c.originator == bundle.originator, supersessions.c.superseded == bundle.digest
    )
    return connection.execute(query.order_by(bundles.c.log_index).limit(1)).scalar()


def _supersede(connection: Connection, bundle: Bundle, superseded: str) -> None:
    connection.execute(
        insert(supersessions)
        .values(originator=bundle.originator, superseded=superseded, by=bundle.digest)
        .on_conflict_do_nothing()
    )
    connection.execute(
        update(bundles)
        .where(bundles.c.digest == superseded, bundles.c.originator == bundle.originator)
        .where(bundles.c.superseded_by.is_(None))
        .values(superseded_by=bundle.digest)
    )
