"""People, passwords and sessions: what is stored, what is counted, and what strangers can learn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from node.access import Actor, Role
from node.errors import Conflict, Denied, Invalid, NotSignedIn, Unavailable
from node.ports.accounts import Account
from node.services import accounts, sessions
from node.services.context import Context
from schemas.digest import sha256_hex
from tests.support.federation import START, ClearPasswords, federation

PASSWORD = "correct horse battery"
OTHER = "another long sentence"
OPERATOR = Actor("otabek", frozenset({Role.OPERATOR}))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """One node; each test makes accounts of its own."""
    with federation(tmp_path_factory.mktemp("accounts"), codes=("KZ",)) as nodes:
        yield nodes["KZ"]


def _create(ctx: Context, login: str, *roles: Role, actor: Actor | None = None, **more: Any) -> Account:
    given: dict[str, Any] = {"display_name": "A Person", "password": PASSWORD, "language": "ru", **more}
    return accounts.create_account(
        ctx, actor, login=login, roles=roles or (Role.ANALYST,), now=START, **given
    )


def _fail(ctx: Context, login: str, times: int, now: datetime = START) -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            sessions.sign_in(ctx, login, "wrong password", now)


def _kinds(ctx: Context, subject: str) -> list[str]:
    return [entry.event.kind for entry in ctx.audit.entries() if entry.event.subject == subject]


def _stored(ctx: Context, login: str) -> Account:
    account = ctx.accounts.get(login)
    assert account is not None
    return account


# --- creation


def test_an_account_is_stored_with_a_digest_and_an_event(node: Context) -> None:
    """The password itself is nowhere."""
    account = _create(node, "asel", Role.SUBMITTER, Role.ANALYST)

    assert _stored(node, "asel") == account
    assert account.password_digest == "clear:" + PASSWORD  # the double of the test keeps it readable
    assert account.release_keyid is None
    assert _kinds(node, "asel") == ["account.created"]


def test_a_releaser_gets_a_key_that_opens_with_the_password(node: Context) -> None:
    """The account knows the key's id, which the registry must list."""
    account = _create(node, "ruslan", Role.RELEASER)

    assert account.release_keyid == node.keyring.release_signer("ruslan", PASSWORD).keyid
    assert _kinds(node, "ruslan") == ["account.created", "release_key.created"]


def test_an_operator_may_create_accounts_and_others_may_not(node: Context) -> None:
    """Before the first account there is only the machine itself, which has no actor."""
    _create(node, "created", actor=OPERATOR)

    with pytest.raises(Denied):
        _create(node, "denied", actor=Actor("asel", frozenset({Role.SUBMITTER, Role.AUDITOR})))
    assert node.accounts.get("denied") is None


def test_a_login_is_taken_once_and_its_key_is_not_touched(node: Context) -> None:
    """A second creation must never put its own key in the place of the first one's."""
    first = _create(node, "taken", Role.RELEASER)

    with pytest.raises(Conflict):
        _create(node, "taken", Role.RELEASER, password=OTHER)
    assert _stored(node, "taken") == first
    assert node.keyring.release_signer("taken", PASSWORD).keyid == first.release_keyid


@pytest.mark.parametrize(
    "login", ["", "A", "\u0430sel", "../x", ".x", "x.", "a..b", "a b", "x" * 33, "1a", "a\n", "a_", "a--b"]
)
def test_a_login_is_a_safe_name_of_a_file(node: Context, login: str) -> None:
    """Small Latin letters and digits; the second example has a Cyrillic letter that looks Latin."""
    with pytest.raises(Invalid):
        _create(node, login)


@pytest.mark.parametrize(
    "more",
    [
        {"password": "elevenchars"},
        {"password": "x" * 1025},
        {"display_name": "  "},
        {"display_name": "a\nb"},
        {"language": "fr"},
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused(node: Context, more: dict[str, str]) -> None:
    """And nothing is stored."""
    with pytest.raises(Invalid):
        _create(node, "refused", **more)
    assert node.accounts.get("refused") is None


def test_a_password_is_not_the_login(node: Context) -> None:
    """Not in other letters either."""
    with pytest.raises(Invalid):
        _create(node, "twelve-chars", password="Twelve-Chars")


def test_an_account_has_a_role(node: Context) -> None:
    """Somebody without any could sign in and see nothing but refusals."""
    with pytest.raises(Invalid):
        accounts.create_account(
            node, None, login="none", display_name="N", roles=[], password=PASSWORD, language="en", now=START
        )


# --- signing in


def test_a_session_lasts_eight_hours_and_is_known_by_the_digest_of_its_token(node: Context) -> None:
    """A copy of the store lets nobody sign in."""
    _create(node, "session")

    token, session = sessions.sign_in(node, "session", PASSWORD, START)

    assert session.token_digest == sha256_hex(token.encode())
    assert session.expires_at == START + timedelta(hours=8)
    assert session.form_token != token
    assert len(token) == 43  # 32 bytes in base64url without padding
    assert sessions.signed_in(node, token, START + timedelta(hours=7, minutes=59))[0].login == "session"
    with pytest.raises(NotSignedIn):
        sessions.signed_in(node, token, START + timedelta(hours=8))


def test_a_login_is_recognised_however_it_is_typed(node: Context) -> None:
    """Phones begin with a capital letter and end with a blank."""
    _create(node, "typed")

    assert sessions.sign_in(node, " Typed ", PASSWORD, START)[1].login == "typed"


def test_signing_in_and_out_stands_in_the_audit_log(node: Context) -> None:
    """With the refused attempt before them."""
    _create(node, "audited")
    _fail(node, "audited", 1)
    token, _ = sessions.sign_in(node, "audited", PASSWORD, START)
    sessions.sign_out(node, token, START)

    assert _kinds(node, "audited") == [
        "account.created",
        "session.refused",
        "session.opened",
        "session.closed",
    ]
    with pytest.raises(NotSignedIn):
        sessions.signed_in(node, token, START)


def test_signing_out_twice_is_no_error(node: Context) -> None:
    """A page may be open twice."""
    sessions.sign_out(node, "no such token", START)


@pytest.mark.parametrize("token", ["", "no such token", "é" * 40])
def test_a_token_that_nobody_was_given_is_refused(node: Context, token: str) -> None:
    """Whatever it is made of."""
    with pytest.raises(NotSignedIn):
        sessions.signed_in(node, token, START)


def test_a_closed_account_is_out_at_once(node: Context) -> None:
    """Its sessions too."""
    account = _create(node, "closed")
    token, _ = sessions.sign_in(node, "closed", PASSWORD, START)
    node.accounts.put(replace(account, is_active=False))

    with pytest.raises(NotSignedIn):
        sessions.signed_in(node, token, START)
    with pytest.raises(NotSignedIn):
        sessions.sign_in(node, "closed", PASSWORD, START)


# --- what strangers can learn


class _CountingPasswords(ClearPasswords):
    """Counts how often the costly work was done."""

    def __init__(self) -> None:
        self.work = 0

    def digest(self, password: str) -> str:
        self.work += 1
        return super().digest(password)

    def matches(self, digest: str, password: str) -> bool:
        self.work += 1
        return super().matches(digest, password)


def test_every_refusal_has_one_text_and_costs_the_same_work(node: Context) -> None:
    """Unknown, wrong, locked (also with the right password), closed, not a login at all, absurdly long."""
    closed = _create(node, "refusal-closed")
    node.accounts.put(replace(closed, is_active=False))
    _create(node, "refusal-wrong")
    locked = _create(node, "refusal-locked")
    node.accounts.put(replace(locked, failed_sign_ins=5, locked_until=START + timedelta(minutes=1)))
    counting = _CountingPasswords()
    ctx = replace(node, passwords=counting)
    attempts = [
        ("nobody", PASSWORD),
        ("refusal-wrong", OTHER),
        ("refusal-locked", PASSWORD),
        ("refusal-locked", OTHER),
        ("refusal-closed", PASSWORD),
        ("../no login", PASSWORD),
        ("refusal-wrong", "x" * 2000),
    ]

    seen = set()
    for login, password in attempts:
        counting.work = 0
        with pytest.raises(NotSignedIn) as refusal:
            sessions.sign_in(ctx, login, password, START)
        seen.add((str(refusal.value), refusal.value.detail, refusal.value.hint, counting.work))

    assert len(seen) == 1
    assert seen.pop()[-1] == 1


def test_what_was_typed_as_an_unknown_login_is_not_kept(node: Context) -> None:
    """It is often a password."""
    secret = "my secret sentence"
    _fail(node, secret, 1)

    events = [entry.event for entry in node.audit.entries()]

    assert events[-1].kind == "session.refused"
    assert events[-1].subject == "unknown login"
    assert not any(secret in f"{event.actor} {event.subject} {event.details}" for event in events)


# --- the lock


def test_the_fifth_wrong_password_locks_for_a_minute(node: Context) -> None:
    """Four do not."""
    _create(node, "lock")
    _fail(node, "lock", 4)
    assert _stored(node, "lock").locked_until is None
    _fail(node, "lock", 1)

    assert _stored(node, "lock").locked_until == START + timedelta(minutes=1)
    assert _kinds(node, "lock").count("account.locked") == 1
    with pytest.raises(NotSignedIn):
        sessions.sign_in(node, "lock", PASSWORD, START + timedelta(seconds=59))
    assert sessions.sign_in(node, "lock", PASSWORD, START + timedelta(minutes=1))[1].login == "lock"


def test_each_further_failure_locks_twice_as_long_up_to_half_an_hour(node: Context) -> None:
    """1, 2, 4, 8, 16, 30, 30 minutes, however many follow."""
    _create(node, "doubling")
    _fail(node, "doubling", 4)
    now = START
    minutes = []
    for _ in range(8):
        _fail(node, "doubling", 1, now)
        until = _stored(node, "doubling").locked_until
        assert until is not None
        minutes.append(int((until - now).total_seconds()) // 60)
        now = until

    assert minutes == [1, 2, 4, 8, 16, 30, 30, 30]


def test_failures_by_the_thousand_cost_nothing(node: Context) -> None:
    """The time is bounded before two is raised to it."""
    account = _create(node, "thousands")
    node.accounts.put(replace(account, failed_sign_ins=1_000_000))

    _fail(node, "thousands", 1)

    assert _stored(node, "thousands").locked_until == START + timedelta(minutes=30)


def test_attempts_during_a_lock_do_not_prolong_it(node: Context) -> None:
    """Else anybody could keep anybody out for ever with one request a minute."""
    _create(node, "kept-out")
    _fail(node, "kept-out", 9)

    assert _stored(node, "kept-out").failed_sign_ins == 5
    assert _stored(node, "kept-out").locked_until == START + timedelta(minutes=1)


def test_signing_in_forgets_the_failures(node: Context) -> None:
    """The next one counts from the beginning."""
    _create(node, "forgotten")
    _fail(node, "forgotten", 4)
    sessions.sign_in(node, "forgotten", PASSWORD, START)

    assert _stored(node, "forgotten").failed_sign_ins == 0


# --- changing the password


def test_a_changed_password_opens_the_account_and_the_key(node: Context) -> None:
    """And the old one neither."""
    account = _create(node, "change", Role.RELEASER)

    accounts.change_password(node, account.actor, PASSWORD, OTHER, START)

    assert sessions.sign_in(node, "change", OTHER, START)[1].login == "change"
    assert node.keyring.release_signer("change", OTHER).keyid == account.release_keyid
    with pytest.raises(NotSignedIn):
        sessions.sign_in(node, "change", PASSWORD, START)
    with pytest.raises(NotSignedIn):
        node.keyring.release_signer("change", PASSWORD)
    assert "account.password_changed" in _kinds(node, "change")


def test_the_present_password_is_asked_for_and_guesses_are_counted(node: Context) -> None:
    """A browser left open must not become a way to guess without a lock."""
    account = _create(node, "guessed")

    with pytest.raises(NotSignedIn):
        accounts.change_password(node, account.actor, OTHER, OTHER + "!", START)

    assert _stored(node, "guessed").failed_sign_ins == 1
    assert _stored(node, "guessed").password_digest == account.password_digest


@pytest.mark.parametrize("new", ["too short", PASSWORD])
def test_a_new_password_follows_the_policy_and_is_new(node: Context, new: str) -> None:
    """Nothing is changed otherwise."""
    login = "policy" if new == PASSWORD else "policy-short"
    account = _create(node, login)

    with pytest.raises(Invalid):
        accounts.change_password(node, account.actor, PASSWORD, new, START)
    assert _stored(node, login) == account


class _FailingAccounts:
    """An account store whose next `put` is lost, as if the process was killed before it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def put(self, _account: Account) -> None:
        raise Unavailable("killed here")


def _cut_off(ctx: Context) -> Context:
    failing: Any = _FailingAccounts(ctx.accounts)
    return replace(ctx, accounts=failing)


def test_a_change_cut_off_in_the_middle_completes_when_it_is_repeated(node: Context) -> None:
    """The old password still signs in; the same change finds the key moved already."""
    account = _create(node, "cut", Role.RELEASER)
    with pytest.raises(Unavailable):
        accounts.change_password(_cut_off(node), account.actor, PASSWORD, OTHER, START)
    assert sessions.sign_in(node, "cut", PASSWORD, START)[1].login == "cut"

    accounts.change_password(node, account.actor, PASSWORD, OTHER, START)

    assert sessions.sign_in(node, "cut", OTHER, START)[1].login == "cut"
    assert node.keyring.release_signer("cut", OTHER).keyid == account.release_keyid


def test_another_password_after_a_change_cut_off_is_told_what_to_repeat(node: Context) -> None:
    """The key waits under the password of the first attempt, and nothing is made worse."""
    account = _create(node, "third", Role.RELEASER)
    with pytest.raises(Unavailable):
        accounts.change_password(_cut_off(node), account.actor, PASSWORD, OTHER, START)

    with pytest.raises(Conflict, match="Repeat that change"):
        accounts.change_password(node, account.actor, PASSWORD, "a third long sentence", START)

    accounts.change_password(node, account.actor, PASSWORD, OTHER, START)
    assert node.keyring.release_signer("third", OTHER).keyid == account.release_keyid


def test_a_creation_cut_off_after_the_key_is_mended_by_a_change_of_password(node: Context) -> None:
    """The key exists, the account does not know it yet."""
    with pytest.raises(Unavailable):
        _create(_cut_off(node), "half", Role.RELEASER)
    account = _stored(node, "half")
    assert account.release_keyid is None

    accounts.change_password(node, account.actor, PASSWORD, OTHER, START)

    assert _stored(node, "half").release_keyid == node.keyring.release_signer("half", OTHER).keyid


def test_a_creation_cut_off_before_the_key_is_mended_by_a_change_of_password(node: Context) -> None:
    """The key is made then, under the new password."""
    account = _create(node, "keyless", Role.ANALYST)
    account = replace(account, roles=frozenset({Role.RELEASER}))
    node.accounts.put(account)

    accounts.change_password(node, account.actor, PASSWORD, OTHER, START)

    assert _stored(node, "keyless").release_keyid == node.keyring.release_signer("keyless", OTHER).keyid


# --- language


def test_a_language_is_kept_if_the_node_speaks_it(node: Context) -> None:
    """Three are spoken."""
    account = _create(node, "reader")

    accounts.set_language(node, account.actor, "kk")

    assert _stored(node, "reader").language == "kk"
    with pytest.raises(Invalid):
        accounts.set_language(node, account.actor, "tt")
