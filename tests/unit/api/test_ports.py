"""Ports that cannot be had, explained: which, why, and what to do."""

from __future__ import annotations

import errno
import socket
from typing import Any

import pytest

from node.api import servers
from node.api.servers import listen
from node.errors import Unavailable


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    """Before anything is served."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable) as refusal:
            listen("127.0.0.1", port)

    assert f"127.0.0.1:{port}" in str(refusal.value)
    assert "Stop the program" in refusal.value.hint


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "above 1023"), (errno.EADDRNOTAVAIL, "address of this machine")],
    ids=["no right", "not ours"],
)
def test_a_port_that_cannot_be_had_is_explained(
    number: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reason with what to do about it."""

    class _Refusing(socket.socket):
        def bind(self, _address: Any) -> None:
            raise OSError(number, "refused")

    monkeypatch.setattr(servers.socket, "socket", _Refusing)

    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:443") as refusal:
        listen("127.0.0.1", 443)
    assert words in refusal.value.hint
