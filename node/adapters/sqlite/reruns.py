"""Past results computed again, as rows; if altered or lost, what was found is still in the audit log."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Row, func, insert, select

from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import reruns
from node.ports.reruns import Rerun, RerunOutcome


class SqliteReruns:
    """The RerunStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, rerun: Rerun) -> None:
        """Keep one."""
        values = {field.name: getattr(rerun, field.name) for field in fields(rerun)}
        with self._database.write() as connection:
            connection.execute(insert(reruns).values(values | {"outcome": rerun.outcome.value}))

    def newest(self, limit: int) -> list[Rerun]:
        """Give the newest, newest first."""
        query = select(reruns).order_by(reruns.c.rerun_id.desc()).limit(limit)
        with self._database.read() as connection:
            return [_rerun(row) for row in connection.execute(query)]

    def incidents(self) -> list[Rerun]:
        """Give the newest rerun of each result where that is an incident, the oldest incident first."""
        of_a_result = (reruns.c.model_id, reruns.c.model_version, reruns.c.view_id)
        newest = select(func.max(reruns.c.rerun_id)).group_by(*of_a_result)
        grave = [outcome.value for outcome in RerunOutcome if outcome.is_incident]
        query = select(reruns).where(reruns.c.rerun_id.in_(newest), reruns.c.outcome.in_(grave))
        with self._database.read() as connection:
            return [_rerun(row) for row in connection.execute(query.order_by(reruns.c.rerun_id))]


def _rerun(row: Row[Any]) -> Rerun:
    given = {name: value for name, value in row._mapping.items() if name != "rerun_id"}  # noqa: SLF001 - public
    return Rerun(**given | {"outcome": RerunOutcome(row.outcome)})
