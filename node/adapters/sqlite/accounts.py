"""Accounts and sessions as rows.

Invariants: a login is taken once, also by two people at the same moment; a session's row is found only by the
digest of its token.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from node.access import Role
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.tables import accounts, sessions
from node.errors import Conflict, NotFound
from node.ports.accounts import Account, Session


class SqliteAccounts:
    """The AccountStore port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account: Account) -> None:
        """Store a new account; raises Conflict when the login is taken."""
        with self._database.write() as connection:
            added = connection.execute(insert(accounts).values(_values(account)).on_conflict_do_nothing())
            if added.rowcount != 1:
                raise Conflict(
                    "This login is taken",
                    detail=f"An account {account.login} exists already.",
                    hint="Choose another login.",
                    login=account.login,
                )

    def put(self, account: Account) -> None:
        """Replace an existing account; raises NotFound."""
        with self._database.write() as connection:
            changed = connection.execute(
                update(accounts).where(accounts.c.login == account.login).values(_values(account))
            )
            if changed.rowcount != 1:
                raise NotFound(
                    "There is no such account", detail=f"No account {account.login}.", login=account.login
                )

    def get(self, login: str) -> Account | None:
        """Give the account of this login, or None."""
        return self._database.remembered(("account", login), lambda: self._get(login))

    def all(self) -> list[Account]:
        """Give every account, ordered by login."""
        with self._database.read() as connection:
            return [_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.login))]

    def open_session(self, session: Session) -> None:
        """Store a session; raises Conflict when there is no account of its login."""
        values = {field.name: getattr(session, field.name) for field in fields(session)}
        with self._database.write() as connection:
            connection.execute(insert(sessions).values(values))

    def session(self, token_digest: str) -> Session | None:
        """Give the session whose token has this digest, expired or not, or None."""
        # asked at every request: one that is closed is out with the commit that closes it
        return self._database.remembered(("session", token_digest), lambda: self._session(token_digest))

    def close_session(self, token_digest: str) -> None:
        """Forget a session; unknown ones are no error."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_digest == token_digest))

    def close_sessions_of(self, login: str) -> int:
        """Forget every session of this login; gives how many."""
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(sessions.c.login == login)).rowcount

    def close_sessions_before(self, moment: datetime) -> int:
        """Forget sessions that expired before `moment`; gives how many."""
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(sessions.c.expires_at < moment)).rowcount

    def _get(self, login: str) -> Account | None:
        with self._database.read() as connection:
            row = connection.execute(select(accounts).where(accounts.c.login == login)).first()
        return _account(row) if row else None

    def _session(self, token_digest: str) -> Session | None:
        with self._database.read() as connection:
            row = connection.execute(select(sessions).where(sessions.c.token_digest == token_digest)).first()
        return Session(**row._mapping) if row else None  # noqa: SLF001 - public in spite of its name


def _values(account: Account) -> dict[str, Any]:
    values = {field.name: getattr(account, field.name) for field in fields(account)}
    return values | {"roles": tuple(sorted(role.value for role in account.roles))}


def _account(row: Row[Any]) -> Account:
    values = dict(row._mapping)  # noqa: SLF001 - public in spite of its name
    return Account(**values | {"roles": frozenset(Role(role) for role in values["roles"])})
