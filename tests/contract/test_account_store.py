"""What every AccountStore promises."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from node.access import Role
from node.adapters.sqlite import Stores
from node.errors import Conflict, NotFound
from tests.support.builders import NOON, a_session, an_account


def test_an_account_is_the_same_after_reopening(reopen: Callable[[], Stores]) -> None:
    """Every field survives, moments with their microseconds."""
    account = an_account(
        release_keyid="key", failed_sign_ins=3, locked_until=NOON + timedelta(microseconds=1)
    )
    reopen()["accounts"].add(account)

    assert reopen()["accounts"].get("aigul") == account


def test_an_unknown_login_has_no_account(rows: Stores) -> None:
    """None, not an error: a sign-in asks this about anything typed."""
    assert rows["accounts"].get("nobody") is None


def test_a_login_is_taken_once(rows: Stores) -> None:
    """The second account of a login is refused and changes nothing."""
    rows["accounts"].add(an_account())

    with pytest.raises(Conflict):
        rows["accounts"].add(an_account(display_name="somebody else"))

    assert rows["accounts"].get("aigul") == an_account()


def test_of_two_who_take_a_login_at_once_one_gets_it(rows: Stores) -> None:
    """The store decides, not the order of asking."""
    names = [f"person {number}" for number in range(4)]

    def add(name: str) -> bool:
        try:
            rows["accounts"].add(an_account(display_name=name))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, names)) == [False, False, False, True]


def test_put_replaces_an_account(rows: Stores) -> None:
    """The whole account is replaced."""
    rows["accounts"].add(an_account())
    changed = replace(an_account(), roles=frozenset({Role.AUDITOR}), is_active=False)

    rows["accounts"].put(changed)

    assert rows["accounts"].get("aigul") == changed


def test_put_of_an_unknown_account_is_not_found(rows: Stores) -> None:
    """Put never creates."""
    with pytest.raises(NotFound):
        rows["accounts"].put(an_account())

    assert rows["accounts"].all() == []


def test_all_accounts_come_by_login(rows: Stores) -> None:
    """Order does not depend on when they were made."""
    for login in ("marat", "aigul", "boris"):
        rows["accounts"].add(an_account(login))

    assert [account.login for account in rows["accounts"].all()] == ["aigul", "boris", "marat"]


def test_a_session_is_found_by_the_digest_of_its_token(reopen: Callable[[], Stores]) -> None:
    """Expired or not: the caller compares the moment."""
    reopen()["accounts"].add(an_account())
    reopen()["accounts"].open_session(a_session())

    assert reopen()["accounts"].session("sha256:token") == a_session()
    assert reopen()["accounts"].session("sha256:other") is None


def test_a_session_needs_an_account(rows: Stores) -> None:
    """Nobody is signed in who is not known."""
    with pytest.raises(Conflict):
        rows["accounts"].open_session(a_session())


def test_a_closed_session_is_forgotten(rows: Stores) -> None:
    """Closing is repeatable."""
    rows["accounts"].add(an_account())
    rows["accounts"].open_session(a_session())

    rows["accounts"].close_session("sha256:token")
    rows["accounts"].close_session("sha256:token")

    assert rows["accounts"].session("sha256:token") is None


def test_only_sessions_that_expired_before_the_moment_are_forgotten(rows: Stores) -> None:
    """Moments are compared, not their texts of different length."""
    rows["accounts"].add(an_account())
    rows["accounts"].open_session(a_session("old", expires_at=NOON - timedelta(microseconds=1)))
    rows["accounts"].open_session(a_session("now", expires_at=NOON))
    rows["accounts"].open_session(a_session("later", expires_at=NOON + timedelta(seconds=1)))

    assert rows["accounts"].close_sessions_before(NOON) == 1
    assert rows["accounts"].session("old") is None
    assert rows["accounts"].session("now") is not None
