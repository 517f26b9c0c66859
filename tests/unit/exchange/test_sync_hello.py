"""Hello: versions, maintenance, clock; and nothing that anybody relies on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange import hello
from exchange.errors import Failure, Misconfigured, NotYet, Refused
from exchange.hello import Hello
from exchange.limits import DEFAULT, Limits
from schemas.canonical import canonical_json
from tests.support.peer_simulator import NOW, a_member

RU = Hello("RU", "irac/test/RU", NOW)


def test_what_is_written_is_read_back() -> None:
    """Unknown fields included."""
    greeting = replace(RU, maintenance="until noon", extra={"capabilities": ["x"]})

    assert hello.parse(greeting.to_bytes(), DEFAULT) == greeting


def test_the_clock_of_the_peer_is_compared_with_ours() -> None:
    """In seconds, ahead is positive."""
    member = a_member("RU")

    assert hello.greet(replace(RU, at=NOW + timedelta(seconds=90)), member, NOW) == 90
    assert hello.greet(replace(RU, at=NOW - timedelta(seconds=90)), member, NOW) == -90


def test_another_minor_version_is_spoken_with() -> None:
    """Minor versions only add."""
    assert hello.parse(replace(RU, protocol="1.9").to_bytes(), DEFAULT).protocol == "1.9"


@pytest.mark.parametrize("protocol", ["2.0", "0.9", "x"])
def test_another_major_version_is_for_the_operator(protocol: str) -> None:
    """An upgrade is no attack."""
    with pytest.raises(Misconfigured) as caught:
        hello.parse(canonical_json({"protocol": protocol}), DEFAULT)

    assert (caught.value.name, caught.value.failure) == ("protocol_unknown", Failure.OPERATOR)


@pytest.mark.parametrize(
    "other", [replace(RU, member="KZ"), replace(RU, origin="irac/other/RU")], ids=["member", "log"]
)
def test_another_member_at_the_address_is_refused(other: Hello) -> None:
    """Two nodes behind one certificate would be a mix-up at least."""
    with pytest.raises(Refused) as caught:
        hello.greet(other, a_member("RU"), NOW)

    assert caught.value.name == "identity_mismatch"


def test_a_peer_in_maintenance_is_asked_later() -> None:
    """It says why, and that is shown."""
    with pytest.raises(NotYet, match="until noon"):
        hello.greet(replace(RU, maintenance="until noon"), a_member("RU"), NOW)


def test_a_long_hello_is_refused() -> None:
    """Before it is parsed."""
    with pytest.raises(Refused) as caught:
        hello.parse(RU.to_bytes(), Limits(max_hello_bytes=10))

    assert caught.value.name == "document_too_large"
