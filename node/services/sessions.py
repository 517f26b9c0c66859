"""Who is signed in: sign-in, sessions, and asking for the password again.

* An unknown login, a wrong password, a locked and a closed account get one message after the same work, so
  that nobody learns from outside which logins exist or when a lock ends.
* A token leaves this module once, at sign-in; what is stored is its SHA-256.
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import datetime, timedelta

from node.access import Actor
from node.audit import AuditEvent
from node.errors import NotFound, NotSignedIn
from node.ports.accounts import Account, Session
from node.services.context import Context
from schemas.digest import sha256_hex

TOKEN_BYTES = 32
SESSION_LASTS = timedelta(hours=8)
FAILURES_BEFORE_LOCK = 5
LONGEST_LOCK_MINUTES = 30
# argon2 reads the whole password: without a bound its length is the attacker's choice of our work
LONGEST_PASSWORD = 1024
LONGEST_LOGIN = 32
UNKNOWN_LOGIN = "unknown login"  # people type passwords into the wrong field: what was typed is not kept

# part of a file name: no separator, no leading dot, nothing a file system folds together
_LOGIN = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*", re.ASCII)


def sign_in(ctx: Context, login: str, password: str, now: datetime) -> tuple[str, Session]:
    """Open a session of eight hours; gives the token, which is not kept, and the session.

    The caller runs one sign-in at a time: a password check takes a lot of memory by design, and attempts that
    overlap would be counted once against the lock.

    Raises:
        NotSignedIn: whatever the reason, with one message.
    """
    typed = login.strip().lower()
    account = ctx.accounts.get(typed) if is_login(typed) else None
    if not _password_holds(ctx, account, password):
        _note_failure(ctx, account, now)
        raise _refusal()
    if account is None or not account.is_active or _is_locked(account, now):
        _note_refused(ctx, account, now)
        raise _refusal()
    if account.failed_sign_ins or account.locked_until is not None:
        ctx.accounts.put(replace(account, failed_sign_ins=0, locked_until=None))
    ctx.accounts.close_sessions_before(now)
    token = _token(ctx)
    session = Session(
        token_digest=sha256_hex(token.encode()),
        login=account.login,
        form_token=_token(ctx),
        created_at=now,
        expires_at=now + SESSION_LASTS,
    )
    ctx.accounts.open_session(session)
    ctx.audit.append(AuditEvent("session.opened", account.login, account.login, now))
    return token, session


def signed_in(ctx: Context, token: str, now: datetime) -> tuple[Account, Session]:
    """Give who a token stands for.

    Raises:
        NotSignedIn: the token is unknown or expired, or the account was closed.
    """
    session = ctx.accounts.session(sha256_hex(token.encode())) if token else None
    if session is None or session.expires_at <= now:
        raise NotSignedIn("You are not signed in", hint="Sign in; a session lasts eight hours.")
    account = ctx.accounts.get(session.login)
    if account is None or not account.is_active:
        raise NotSignedIn("This account is closed", hint="Ask the operator of this node.")
    return account, session


def sign_out(ctx: Context, token: str, now: datetime) -> None:
    """Forget the session of this token; an unknown or expired one is no error and leaves no trace."""
    token_digest = sha256_hex(token.encode())
    session = ctx.accounts.session(token_digest)
    if session is None:
        return
    ctx.accounts.close_session(token_digest)
    ctx.audit.append(AuditEvent("session.closed", session.login, session.login, now))


def confirm_password(ctx: Context, actor: Actor, password: str, now: datetime) -> Account:
    """Ask a signed-in person for the password again before a lasting step; gives the account as stored.

    Wrong ones count towards the same lock as at sign-in, so that a stolen session is no place to guess at.

    Raises:
        NotSignedIn: the password is wrong, or too many were.
    """
    account = own_account(ctx, actor)
    if not _password_holds(ctx, account, password):
        _note_failure(ctx, account, now)
        raise NotSignedIn(
            "The password is wrong", hint="Nothing was changed; enter the one you sign in with."
        )
    if _is_locked(account, now):
        raise NotSignedIn("Too many wrong passwords", hint="Nothing was changed; try again in some minutes.")
    return account


def own_account(ctx: Context, actor: Actor) -> Account:
    """Give the stored account of a signed-in person; raises NotFound."""
    account = ctx.accounts.get(actor.login)
    if account is None:
        raise NotFound("There is no such account", detail=actor.login)
    return account


def _password_holds(ctx: Context, account: Account | None, password: str) -> bool:
    """Compare; for nobody, or a password over the bound, do the same work and say no."""
    if account is None or len(password) > LONGEST_PASSWORD:
        # making a digest costs what comparing with one costs, at whatever cost is set now
        ctx.passwords.digest(password[:LONGEST_PASSWORD])
        return False
    return ctx.passwords.matches(account.password_digest, password)


def _note_failure(ctx: Context, account: Account | None, now: datetime) -> None:
    """Count a wrong password; from the fifth on each one locks, for twice as long as the one before."""
    _note_refused(ctx, account, now)
    if account is None or _is_locked(account, now):
        return
    failures = account.failed_sign_ins + 1
    beyond = failures - FAILURES_BEFORE_LOCK
    if beyond < 0:
        ctx.accounts.put(replace(account, failed_sign_ins=failures))
        return
    # the exponent is bounded first: thousands of failures must not make a number of thousands of digits
    minutes = min(LONGEST_LOCK_MINUTES, 2 ** min(beyond, LONGEST_LOCK_MINUTES.bit_length()))
    until = now + timedelta(minutes=minutes)
    ctx.accounts.put(replace(account, failed_sign_ins=failures, locked_until=until))
    details: dict[str, str | int | bool] = {"failures": failures, "minutes": minutes}
    ctx.audit.append(AuditEvent("account.locked", account.login, account.login, now, details))


def _note_refused(ctx: Context, account: Account | None, now: datetime) -> None:
    who = account.login if account is not None else UNKNOWN_LOGIN
    ctx.audit.append(AuditEvent("session.refused", who, who, now))


def _is_locked(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and now < account.locked_until


def _refusal() -> NotSignedIn:
    return NotSignedIn(
        "The sign-in was refused",
        detail="The login or the password is not right, or the account is locked for a while.",
        hint="After five wrong passwords an account is locked for 1 to 30 minutes; the operator sees it.",
    )


def is_login(login: str) -> bool:
    """Say whether a text has the form of a login."""
    return len(login) <= LONGEST_LOGIN and _LOGIN.fullmatch(login) is not None


def _token(ctx: Context) -> str:
    return base64.urlsafe_b64encode(ctx.random(TOKEN_BYTES)).rstrip(b"=").decode()
