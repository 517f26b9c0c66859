"""People, their passwords and their sessions.

* An unknown login, a wrong password, a locked and a closed account get one message after the same work, so
  that nobody learns from outside which logins exist or when a lock ends.
* A token leaves this module once, at sign-in; what is stored is its SHA-256.
* A login never changes hands: it names the file of the officer's release key and stands in every record.
* Changing a password moves the release key first and the account second. Cut off between the two, the old
  password still signs in and the key waits under the new one: the same change, repeated, finds the key moved
  and completes. In the other order the key would stay under a password the account no longer knows.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from node.access import Action, Actor, Role
from node.audit import AuditEvent
from node.errors import Conflict, Invalid, NotFound, NotSignedIn
from node.ports.accounts import Account, Session
from node.services.context import Context
from node.services.permission import permit
from schemas.digest import sha256_hex
from schemas.registry import LANGUAGES

TOKEN_BYTES = 32
SESSION_LASTS = timedelta(hours=8)
FAILURES_BEFORE_LOCK = 5
LONGEST_LOCK_MINUTES = 30
SHORTEST_PASSWORD = 12
# argon2 reads the whole password: without a bound its length is the attacker's choice of our work
LONGEST_PASSWORD = 1024
LONGEST_DISPLAY_NAME = 120
OPERATOR_AT_THE_MACHINE = "operator at the machine"
UNKNOWN_LOGIN = "unknown login"  # people type passwords into the wrong field: what was typed is not kept

# part of a file name: no separator, no leading dot, nothing a file system folds together
_LOGIN = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*", re.ASCII)
_LONGEST_LOGIN = 32


def create_account(
    ctx: Context,
    actor: Actor | None,
    *,
    login: str,
    display_name: str,
    roles: Iterable[Role],
    password: str,
    language: str,
    now: datetime,
) -> Account:
    """Make an account, and a release key for a releaser; `actor` None is the operator at the machine itself.

    The login is claimed before the key is made, so that two creations of one login never share a key. Cut
    off in between, the releaser can sign in, and the next change of password makes the missing key.

    Raises:
        Denied: the actor may not manage accounts. Conflict: the login is taken.
        Invalid: the login, name, roles, language or password is not usable.
    """
    if actor is not None:
        permit(actor, Action.MANAGE_ACCOUNTS)
    wanted = frozenset(roles)
    _check_identity(login, display_name, wanted, language)
    _check_password(login, password)
    account = Account(
        login=login,
        display_name=display_name.strip(),
        roles=wanted,
        password_digest=ctx.passwords.digest(password),
        language=language,
        is_active=True,
        release_keyid=None,
    )
    by = actor.login if actor is not None else OPERATOR_AT_THE_MACHINE
    ctx.accounts.add(account)
    ctx.audit.append(AuditEvent("account.created", by, login, now, {"roles": ",".join(sorted(wanted))}))
    if Role.RELEASER in wanted:
        account = _with_release_key(ctx, account, password, now)
    return account


def sign_in(ctx: Context, login: str, password: str, now: datetime) -> tuple[str, Session]:
    """Open a session of eight hours; gives the token, which is not kept, and the session.

    The caller runs one sign-in at a time: a password check takes a lot of memory by design, and attempts that
    overlap would be counted once against the lock.

    Raises:
        NotSignedIn: whatever the reason, with one message.
    """
    typed = login.strip().lower()
    account = ctx.accounts.get(typed) if _is_login(typed) else None
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


def change_password(ctx: Context, actor: Actor, old: str, new: str, now: datetime) -> None:
    """Change one's own password, and encrypt the release key under it; see the module for the order.

    Every session of the person is closed, this one too: whoever knew the old password is out.

    Raises:
        NotSignedIn: the old password is wrong.
        Invalid: the new one is not usable.
        Conflict: an interrupted change left the key under a third password: repeat with that one.
    """
    account = confirm_password(ctx, actor, old, now)
    _check_password(account.login, new)
    if new == old:
        raise Invalid("The new password is the present one", hint="Choose another one.")
    if Role.RELEASER in account.roles:
        account = _move_release_key(ctx, account, old, new, now)
    digest = ctx.passwords.digest(new)
    ctx.accounts.put(replace(account, password_digest=digest, failed_sign_ins=0, locked_until=None))
    ctx.accounts.close_sessions_of(account.login)
    ctx.audit.append(AuditEvent("account.password_changed", account.login, account.login, now))


def confirm_password(ctx: Context, actor: Actor, password: str, now: datetime) -> Account:
    """Ask a signed-in person for the password again before a lasting step; gives the account as stored.

    Wrong ones count towards the same lock as at sign-in, so that a stolen session is no place to guess at.

    Raises:
        NotSignedIn: the password is wrong, or too many were.
    """
    account = _own_account(ctx, actor)
    if not _password_holds(ctx, account, password):
        _note_failure(ctx, account, now)
        raise NotSignedIn(
            "The password is wrong", hint="Nothing was changed; enter the one you sign in with."
        )
    if _is_locked(account, now):
        raise NotSignedIn("Too many wrong passwords", hint="Nothing was changed; try again in some minutes.")
    return account


def set_language(ctx: Context, actor: Actor, language: str) -> None:
    """Keep the language a person reads in; raises Invalid for one the node does not speak."""
    _check_language(language)
    ctx.accounts.put(replace(_own_account(ctx, actor), language=language))


def _own_account(ctx: Context, actor: Actor) -> Account:
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


def _with_release_key(ctx: Context, account: Account, password: str, now: datetime) -> Account:
    document = ctx.keyring.create_release_key(account.login, password)
    return _note_release_key(ctx, account, str(document["keyid"]), now)


def _note_release_key(ctx: Context, account: Account, keyid: str, now: datetime) -> Account:
    keyed = replace(account, release_keyid=keyid)
    ctx.accounts.put(keyed)
    ctx.audit.append(AuditEvent("release_key.created", account.login, account.login, now, {"keyid": keyid}))
    return keyed


def _move_release_key(ctx: Context, account: Account, old: str, new: str, now: datetime) -> Account:
    """Bring the key under the new password from wherever an interrupted step left it."""
    if account.release_keyid is None:
        # a key that is there already was made just before an interruption, and not written down
        with suppress(Conflict):
            return _with_release_key(ctx, account, new, now)
    # refused means: an interrupted change may have moved it to the new password already
    with suppress(NotSignedIn):
        ctx.keyring.recode_release_key(account.login, old, new)
    try:
        keyid = ctx.keyring.release_signer(account.login, new).keyid
    except NotSignedIn:
        raise Conflict(
            "The release key opens with neither password",
            detail="An earlier change of password was cut off after the key had been moved.",
            hint="Repeat that change with the new password chosen then; afterwards choose another one.",
        ) from None
    return account if account.release_keyid == keyid else _note_release_key(ctx, account, keyid, now)


def _is_login(login: str) -> bool:
    return len(login) <= _LONGEST_LOGIN and _LOGIN.fullmatch(login) is not None


def _check_identity(login: str, display_name: str, roles: frozenset[Role], language: str) -> None:
    if not _is_login(login):
        raise Invalid(
            "The login cannot be used",
            hint=f"Up to {_LONGEST_LOGIN} small Latin letters and digits, parts joined by . _ or -",
        )
    if not display_name.strip() or len(display_name) > LONGEST_DISPLAY_NAME or not display_name.isprintable():
        raise Invalid("The name cannot be used", hint=f"1 to {LONGEST_DISPLAY_NAME} printable characters.")
    if not roles:
        raise Invalid("An account needs a role", hint="One or more of: " + ", ".join(Role))
    _check_language(language)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid("The node does not speak this language", hint="One of: " + ", ".join(LANGUAGES))


def _check_password(login: str, password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            "The password is too short or too long",
            hint=f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a sentence is easy to remember.",
        )
    if password.casefold() == login.casefold():
        raise Invalid("The password is the login", hint="Choose another password.")


def _token(ctx: Context) -> str:
    return base64.urlsafe_b64encode(ctx.random(TOKEN_BYTES)).rstrip(b"=").decode()
