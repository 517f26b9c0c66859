"""Indicator runs, leases and the history of jobs as rows.

Invariants: a lease has one holder; the history is bounded; a run of the same model on the same view replaces
the row, because equal inputs give equal results.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import indicator_runs, job_runs, leases
from node.errors import NotFound
from node.ports.work import IndicatorRun, JobRun

HISTORY_RUNS = 1_000


class SqliteIndicators:
    """The IndicatorStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run: IndicatorRun) -> None:
        """Store a run durably; the same view and model twice replaces the row."""
        runs = indicator_runs.c
        same = (
            (runs.view_id == run.view_id)
            & (runs.model_id == run.model_id)
            & (runs.model_version == run.model_version)
        )
        with self._database.write() as connection:
            connection.execute(delete(indicator_runs).where(same))
            connection.execute(insert(indicator_runs).values(_values(run)))

    def latest(self, model_id: str) -> IndicatorRun | None:
        """Give the newest run of a model by its moment, whatever its version, or None."""
        newest = indicator_runs.c.model_id == model_id
        return self._database.remembered(("run", model_id), lambda: self._newest(newest))

    def by_view(self, model_id: str, view_id: str) -> IndicatorRun | None:
        """Give the newest run of a model of this view, or None."""
        same = (indicator_runs.c.model_id == model_id) & (indicator_runs.c.view_id == view_id)
        return self._database.remembered(("run of view", model_id, view_id), lambda: self._newest(same))

    def runs(self, model_ids: Collection[str], limit: int) -> list[IndicatorRun]:
        """Give the newest runs of these models, newest first."""
        wanted = indicator_runs.c.model_id.in_(model_ids)
        query = select(indicator_runs).where(wanted).order_by(*_NEWEST_FIRST).limit(limit)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(query)]

    def count(self) -> int:
        """Give how many runs are kept."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(indicator_runs)).scalar_one())

    def at(self, place: int) -> IndicatorRun:
        """Give the run at a place from 0, the one stored first at 0; raises NotFound beyond the last."""
        query = select(indicator_runs).order_by(indicator_runs.c.run_id).offset(place).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound("There is no such run", detail=f"place {place}")
        return _run(row)

    def used(self, bundle: str) -> tuple[str, ...]:
        """Give the models of which any run was computed from this bundle (a manifest digest), in order."""
        # a digest stands in the text of a list of digests whole or not at all
        named = func.instr(indicator_runs.c.inputs, bundle) > 0
        query = select(indicator_runs.c.model_id).where(named).distinct().order_by(indicator_runs.c.model_id)
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def _newest(self, wanted: ColumnElement[bool]) -> IndicatorRun | None:
        query = select(indicator_runs).where(wanted).order_by(*_NEWEST_FIRST).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _run(row) if row else None


class SqliteJobs:
    """The JobStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or renew a lease; False when somebody else holds it and it has not expired at `now`."""
        is_free = or_(leases.c.holder == holder, leases.c.until <= now)
        with self._database.write() as connection:
            taken = connection.execute(
                update(leases).where(leases.c.name == name, is_free).values(holder=holder, until=until)
            )
            if taken.rowcount == 1:
                return True
            first = insert(leases).values(name=name, holder=holder, until=until).on_conflict_do_nothing()
            return connection.execute(first).rowcount == 1

    def give_lease(self, name: str, holder: str) -> None:
        """Give a lease back; not holding it is no error."""
        with self._database.write() as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))

    def record(self, run: JobRun) -> None:
        """Keep one run in the history; the newest HISTORY_RUNS stay."""
        oldest_kept = (
            select(job_runs.c.run_id)
            .order_by(job_runs.c.run_id.desc())
            .offset(HISTORY_RUNS - 1)
            .limit(1)
            .scalar_subquery()
        )
        with self._database.write() as connection:
            connection.execute(insert(job_runs).values(_values(run)))
            connection.execute(delete(job_runs).where(job_runs.c.run_id < oldest_kept))

    def history(self, limit: int = 50) -> list[JobRun]:
        """Give runs, newest first."""
        query = select(job_runs).order_by(job_runs.c.run_id.desc()).limit(limit)
        with self._database.read() as connection:
            return [JobRun(**_without_run_id(row)) for row in connection.execute(query)]


_NEWEST_FIRST = (indicator_runs.c.run_at.desc(), indicator_runs.c.run_id.desc())


def _values(run: IndicatorRun | JobRun) -> dict[str, Any]:
    return {field.name: getattr(run, field.name) for field in fields(run)}


def _without_run_id(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "run_id"}  # noqa: SLF001 - public


def _run(row: Row[Any]) -> IndicatorRun:
    return IndicatorRun(**_without_run_id(row))
