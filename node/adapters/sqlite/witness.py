"""Views of logs, hearsay, cosignatures and inner digests as rows.

Invariants: a view is compared and replaced in one transaction, and never becomes smaller; the moments a member's log
is cosigned at never go back. If altered by an attacker, this node could be made to witness two histories: the state of
its own reading (`peer_states`) would still show one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert as upsert

from exchange.witness import Seen, View
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import cosignatures, gossip_tags, hearsay, log_nodes, log_views
from node.errors import Conflict
from node.ports.witness import Hearsay, HeldCosignature, HeldView


class SqliteWitness:
    """The WitnessStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held(self, code: str) -> HeldView:
        """Give the largest tree of a member's log that is known to have only grown; the empty view of a new one."""
        with self._database.read() as connection:
            return _held(_row(connection, code))

    def views(self) -> dict[str, View]:
        """Give every view by member code."""
        with self._database.read() as connection:
            rows = connection.execute(select(log_views).order_by(log_views.c.code))
            return {row.code: _view(row) for row in rows}

    def advance(self, code: str, leaving: HeldView, held: HeldView) -> bool:
        """Store `held` if the stored view still has the size, root and moment of `leaving`; gives whether it had."""
        if held.view.size < leaving.view.size or held.cosigned_at < leaving.cosigned_at:
            raise ValueError(f"a view of {code} cannot become smaller, nor be cosigned earlier")
        with self._database.write() as connection:
            if _named(_held(_row(connection, code))) != _named(leaving):
                return False
            _put_view(connection, code, held.view, held.cosigned_at)
            return True

    def go_back(self, code: str, view: View, *, leaving: HeldView) -> bool:
        """Store the view this node read itself if the stored one is still `leaving`; gives whether it was."""
        with self._database.write() as connection:
            if _named(_held(_row(connection, code))) != _named(leaving):
                return False
            _put_view(connection, code, view, leaving.cosigned_at)
            return True

    def hear(self, said: Hearsay) -> None:
        """Keep what a peer says of a log, in place of what it said before."""
        values = {
            "size": said.view.size,
            "root": said.view.root,
            "note": said.view.note,
            "is_checked": said.is_checked,
            "heard_at": said.heard_at,
        }
        first = upsert(hearsay).values(code=said.code, reporter=said.reporter, **values)
        with self._database.write() as connection:
            connection.execute(first.on_conflict_do_update(index_elements=["code", "reporter"], set_=values))

    def hearsay(self, code: str | None = None) -> list[Hearsay]:
        """Give what peers say, of one log or of all, ordered by code and reporter."""
        query = select(hearsay).order_by(hearsay.c.code, hearsay.c.reporter)
        if code is not None:
            query = query.where(hearsay.c.code == code)
        with self._database.read() as connection:
            return [
                Hearsay(row.code, row.reporter, _view(row), row.heard_at, row.is_checked)
                for row in connection.execute(query)
            ]

    def etag(self, reporter: str) -> str | None:
        """Give the entity tag of the last answer that a peer's checkpoints came with."""
        query = select(gossip_tags.c.etag).where(gossip_tags.c.reporter == reporter)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def put_etag(self, reporter: str, etag: str | None) -> None:
        """Store that tag, once everything that came with it is kept."""
        first = upsert(gossip_tags).values(reporter=reporter, etag=etag)
        with self._database.write() as connection:
            connection.execute(first.on_conflict_do_update(index_elements=["reporter"], set_={"etag": etag}))

    def cosignatures(self) -> list[HeldCosignature]:
        """Give the newest cosignature of each member under our own checkpoints, ordered by member."""
        with self._database.read() as connection:
            rows = connection.execute(select(cosignatures).order_by(cosignatures.c.member))
            return [HeldCosignature(row.member, row.size, row.line) for row in rows]

    def keep_cosignature(self, cosignature: HeldCosignature) -> None:
        """Keep a cosignature unless a newer one, about a larger tree, is held."""
        values = {"size": cosignature.size, "line": cosignature.line}
        first = upsert(cosignatures).values(member=cosignature.member, **values)
        is_newer = cosignatures.c.size <= cosignature.size
        with self._database.write() as connection:
            connection.execute(
                first.on_conflict_do_update(index_elements=["member"], set_=values, where=is_newer)
            )

    def nodes(self, height: int, start: int, end: int) -> dict[int, bytes]:
        """Give the digests of our own tree that are kept at a height, from index `start` up to but without `end`."""
        query = select(log_nodes).where(
            log_nodes.c.height == height, log_nodes.c.index.between(start, end - 1)
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(log_nodes.c.index))
            return {row["index"]: row["digest"] for row in rows.mappings()}

    def keep_nodes(self, height: int, nodes: Mapping[int, bytes]) -> None:
        """Keep digests of complete subtrees, which never change."""
        if not nodes:
            return
        values = [{"height": height, "index": index, "digest": digest} for index, digest in nodes.items()]
        with self._database.write() as connection:
            connection.execute(upsert(log_nodes).on_conflict_do_nothing(), values)


def follow_view(connection: Connection, code: str, seen: Seen) -> None:
    """Move the view of a log to what was read of it, in the transaction that commits the reading.

    Raises Conflict when another tree of this size was cosigned meanwhile: the next look compares the two.
    """
    if not seen.note:
        return
    row = _row(connection, code)
    view = View(seen.frontier.size, seen.frontier.root(), seen.note)
    if row is not None and row.size == view.size and row.root != view.root:
        raise Conflict(
            "Another tree of this log was cosigned meanwhile",
            detail=f"{code} has signed two roots for {view.size} entries.",
            hint="Nothing to do: the next synchronisation finds the contradiction and keeps it.",
            peer=code,
        )
    if row is None or row.size < view.size:
        _put_view(connection, code, view, row.cosigned_at if row else 0)


def _row(connection: Connection, code: str) -> Row[Any] | None:
    return connection.execute(select(log_views).where(log_views.c.code == code)).first()


def _held(row: Row[Any] | None) -> HeldView:
    return HeldView() if row is None else HeldView(_view(row), row.cosigned_at)


def _named(held: HeldView) -> tuple[int, bytes, int]:
    return held.view.size, held.view.root, held.cosigned_at


def _view(row: Row[Any]) -> View:
    return View(row.size, row.root, row.note)


def _put_view(connection: Connection, code: str, view: View, cosigned_at: int) -> None:
    values = {"size": view.size, "root": view.root, "note": view.note, "cosigned_at": cosigned_at}
    first = upsert(log_views).values(code=code, **values)
    connection.execute(first.on_conflict_do_update(index_elements=["code"], set_=values))
