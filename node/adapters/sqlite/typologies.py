"""The TypologyStore port, and the rows that commits of the ledger and of imports add to it.

Invariants: a version is inserted once and its texts are never updated; a step names the state it leaves; a document
that was altered is Damaged and never shown.
If lost, own drafts are lost; what was shared is in the log still.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from exchange.errors import ExchangeError
from exchange.jsondoc import Fields
from exchange.limits import DEFAULT
from exchange.typology import MOST_VERSIONS, Typology, TypologyStatus
from exchange.typology_wording import Description
from node.adapters.sqlite.audit import append_event
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import typologies, typology_records, typology_versions
from node.audit import AuditEvent
from node.errors import Conflict, Damaged, NotFound
from node.ports.typologies import EntryVersion, HeldTypology, OwnEntry, Retirement, Telling

_entries, _versions, _records = typologies.c, typology_versions.c, typology_records.c
_SPENT = 999


class SqliteTypologies:
    """The TypologyStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, first: EntryVersion, event: AuditEvent) -> OwnEntry:
        """Store a new entry under the next free number of its year; gives it with its id."""
        prefix = first.typology
        taken = select(func.max(_entries.typology)).where(
            _entries.typology.startswith(prefix, autoescape=True)
        )
        with self._database.write() as connection:
            last = connection.execute(taken).scalar()
            number = 1 + int(last.removeprefix(prefix)) if last else 1
            if number > _SPENT:
                raise Conflict(
                    "This year has no number left",
                    detail=prefix,
                    hint="Numbers begin anew with the next year.",
                )
            named = replace(first, typology=f"{prefix}{number:03d}")
            connection.execute(insert(typologies).values(typology=named.typology))
            connection.execute(insert(typology_versions).values(_version_values(named)))
            append_event(connection, replace(event, subject=named.typology))
        return OwnEntry(named.typology, (named,))

    def write(self, version: EntryVersion, event: AuditEvent) -> None:
        """Store one more version; raises Conflict unless it follows the newest of an entry that is not retired."""
        with self._database.write() as connection:
            _require_newest(connection, version.typology, version.number - 1)
            if version.number > MOST_VERSIONS:
                raise Conflict(
                    "This typology has too many versions", hint="Describe it anew, and retire this one."
                )
            connection.execute(insert(typology_versions).values(_version_values(version)))
            append_event(connection, event)

    def review(self, version: EntryVersion, event: AuditEvent) -> None:
        """Store who reviewed a version; raises Conflict unless it is the newest and nobody reviewed it yet."""
        with self._database.write() as connection:
            _require_newest(connection, version.typology, version.number)
            reviewed = connection.execute(
                update(typology_versions)
                .where(_versions.typology == version.typology, _versions.number == version.number)
                .where(_versions.reviewed_at.is_(None))
                .values(reviewed_by=version.reviewed_by, reviewed_at=version.reviewed_at)
            )
            if reviewed.rowcount != 1:
                raise _too_late(version.typology, "it was reviewed already")
            append_event(connection, event)

    def retire(self, typology: str, retirement: Retirement, event: AuditEvent) -> None:
        """Retire an entry that nobody else has; raises Conflict if it is retired, or was shared meanwhile."""
        shared = select(_versions.number).where(
            _versions.typology == typology, _versions.shared_at.is_not(None)
        )
        with self._database.write() as connection:
            if connection.execute(shared).first() is not None:
                raise _too_late(typology, "it was shared")
            _retire(connection, typology, retirement)
            append_event(connection, event)

    def entry(self, typology: str) -> OwnEntry:
        """Give an own entry; raises NotFound."""
        found = self._entries(typology)
        if not found:
            raise NotFound("There is no such typology in the register", detail=typology[:40])
        return found[0]

    def entries(self) -> Sequence[OwnEntry]:
        """Give all own entries, ordered by id."""
        return self._database.remembered(("typologies",), lambda: self._entries(None))

    def records(self, originator: str | None = None) -> Sequence[HeldTypology]:
        """Give records of typologies, own and imported, ordered by (originator, log_index)."""
        return self._database.remembered(
            ("typology_records", originator), lambda: self._read_records(originator)
        )

    def _read_records(self, originator: str | None) -> tuple[HeldTypology, ...]:
        query = select(typology_records).order_by(_records.originator, _records.log_index)
        if originator is not None:
            query = query.where(_records.originator == originator)
        with self._database.read() as connection:
            return tuple(_record_of(row) for row in connection.execute(query))

    def _entries(self, typology: str | None) -> tuple[OwnEntry, ...]:
        of_entries = select(typologies).order_by(_entries.typology)
        of_versions = select(typology_versions).order_by(_versions.typology, _versions.number)
        of_records = select(typology_records).order_by(_records.log_index)
        if typology is not None:
            of_entries = of_entries.where(_entries.typology == typology)
            of_versions = of_versions.where(_versions.typology == typology)
            of_records = of_records.where(_records.typology == typology)
        versions: dict[str, list[EntryVersion]] = defaultdict(list)
        told: dict[str, list[HeldTypology]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(of_versions):
                versions[row.typology].append(_version_of(row))
            for row in connection.execute(of_records):
                told[row.typology].append(_record_of(row))
            return tuple(
                OwnEntry(
                    row.typology,
                    tuple(versions[row.typology]),
                    _retirement_of(row),
                    tuple(told[row.typology]),
                )
                for row in connection.execute(of_entries)
            )


def add_typology(connection: Connection, held: HeldTypology) -> None:
    """Store a record of a typology inside a writing transaction."""
    connection.execute(
        upsert(typology_records)
        .values(
            originator=held.originator,
            log_index=held.log_index,
            typology=held.typology.typology,
            digest=held.digest,
            document=held.typology.to_bytes(),
            envelope=held.envelope,
            committed_at=held.committed_at,
        )
        .on_conflict_do_nothing()
    )


def tell_typology(connection: Connection, telling: Telling) -> None:
    """Take an own entry's step inside the commit of its record; raises Conflict if it cannot be taken any more."""
    said, at = telling.held.typology, telling.held.committed_at
    if said.status is TypologyStatus.RETIRED:
        _retire(connection, said.typology, Retirement(telling.by, at, said.reason or ""))
    else:
        _require_newest(connection, said.typology, said.number)
        shared = connection.execute(
            update(typology_versions)
            .where(_versions.typology == said.typology, _versions.number == said.number)
            .where(_versions.reviewed_at.is_not(None), _versions.shared_at.is_(None))
            .values(shared_by=telling.by, shared_at=at)
        )
        if shared.rowcount != 1:
            raise _too_late(said.typology, "it is shared already, or was never reviewed")
    add_typology(connection, telling.held)


def _require_newest(connection: Connection, typology: str, number: int) -> None:
    newest = select(func.max(_versions.number)).where(_versions.typology == typology)
    retired = select(_entries.retired_at).where(_entries.typology == typology)
    found = connection.execute(newest).scalar()
    if found != number:
        raise _too_late(typology, f"its newest version is {found}, not {number}")
    if connection.execute(retired).scalar() is not None:
        raise _too_late(typology, "it is retired")


def _retire(connection: Connection, typology: str, retirement: Retirement) -> None:
    retired = connection.execute(
        update(typologies)
        .where(_entries.typology == typology, _entries.retired_at.is_(None))
        .values(retired_by=retirement.by, retired_at=retirement.at, retired_reason=retirement.reason)
    )
    if retired.rowcount != 1:
        raise _too_late(typology, "it is retired already")


def _too_late(typology: str, why: str) -> Conflict:
    return Conflict(
        "Somebody else took a step meanwhile",
        detail=f"{typology}: {why}",
        hint="Open the typology again and look at its versions.",
    )


def _version_values(version: EntryVersion) -> dict[str, Any]:
    return {
        "typology": version.typology,
        "number": version.number,
        "description": version.description.to_document(),
        "change": version.change,
        "author": version.author,
        "written_at": version.written_at,
        "reviewed_by": version.reviewed_by,
        "reviewed_at": version.reviewed_at,
        "shared_by": version.shared_by,
        "shared_at": version.shared_at,
    }


def _version_of(row: Row[Any]) -> EntryVersion:
    try:
        description = Description.from_fields(Fields(row.description, "description"))
    except (ExchangeError, ValueError) as error:
        raise _damaged("typology_versions", f"{row.typology} version {row.number}: {error}") from error
    values = dict(row._mapping)  # noqa: SLF001 - public in spite of its name
    return EntryVersion(**{**values, "description": description})


def _record_of(row: Row[Any]) -> HeldTypology:
    try:
        document = Typology.from_bytes(row.document, DEFAULT)
    except ExchangeError as error:
        raise _damaged("typology_records", f"{row.originator} {row.log_index}: {error}") from error
    return HeldTypology(row.originator, row.log_index, row.digest, document, row.envelope, row.committed_at)


def _retirement_of(row: Row[Any]) -> Retirement | None:
    return Retirement(row.retired_by, row.retired_at, row.retired_reason) if row.retired_at else None


def _damaged(table: str, detail: str) -> Damaged:
    return Damaged(
        f"A row of {table} cannot be read", detail=detail, hint="Restore the database from a copy."
    )
